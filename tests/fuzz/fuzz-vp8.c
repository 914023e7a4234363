#include "rtp/vp8.h"

#include <glib.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  YlPayloadInfo info, again;
  uint16_t width, height;
  if (!yl_rtp_vp8_read (&info, data, size))
    return 0;
  g_assert_cmpuint (info.descriptor_size, <, size);
  yl_rtp_vp8_read_size (&info, data, size, &width, &height);

  /* the same numbers give the same octets, others only change themselves */
  g_autofree uint8_t *copy = g_memdup2 (data, size);
  yl_rtp_vp8_rewrite (copy, &info, info.picture_id, info.tl0picidx);
  g_assert_cmpmem (copy, size, data, size);
  yl_rtp_vp8_rewrite (copy, &info, 0x5555, 0x77);
  g_assert_true (yl_rtp_vp8_read (&again, copy, size));
  g_assert_cmpuint (again.descriptor_size, ==, info.descriptor_size);
  g_assert_cmpuint (again.temporal_id, ==, info.temporal_id);
  g_assert_cmpint (again.keyframe_start, ==, info.keyframe_start);
  yl_rtp_vp8_rewrite (copy, &info, info.picture_id, info.tl0picidx);
  g_assert_cmpmem (copy, size, data, size);
  return 0;
}
