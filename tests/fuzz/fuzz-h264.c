#include "rtp/h264.h"

#include <glib.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  YlPayloadInfo info;
  if (yl_rtp_h264_read (&info, data, size))
    g_assert_true (info.frame_start || !info.keyframe_start);
  return 0;
}
