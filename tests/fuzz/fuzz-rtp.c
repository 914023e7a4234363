#include "rtp/payload-info.h"
#include "rtp/rtx.h"
#include "rtp/vp8.h"

#include <glib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
unwrap_and_parse (const uint8_t *data, size_t size, const YlRtpView *view)
{
  g_autofree uint8_t *copy = g_memdup2 (data, size);
  YlRtpView v;
  size_t restored_size = size;
  g_assert_true (yl_rtp_view_parse (&v, copy, size, NULL));
  const uint8_t *restored = yl_rtp_rtx_unwrap (copy, &v, 1, 96, &restored_size);
  if (restored == NULL)
    return;
  g_assert_true (yl_rtp_view_parse (&v, restored, restored_size, NULL));
  g_assert_cmpuint (v.payload_size, ==, view->payload_size - 2);
  g_assert_cmpuint (v.timestamp, ==, view->timestamp);
  g_assert_cmpuint (v.marker, ==, view->marker);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  YlRtpView view;
  if (!yl_rtp_view_parse (&view, data, size, NULL))
    return 0;
  g_assert_true (view.payload + view.payload_size <= data + size);
  unwrap_and_parse (data, size, &view);
  for (YlCodec codec = YL_CODEC_NONE; codec <= YL_CODEC_H264; codec++) {
    YlPayloadInfo info;
    yl_rtp_payload_info_read (&info, codec, view.payload, view.payload_size);
  }
  return 0;
}
