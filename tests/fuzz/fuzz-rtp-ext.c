#include "rtp/rtp-ext.h"

#include <glib.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
assert_text (const char *a, size_t a_size, const char *b, size_t b_size)
{
  if (a == NULL || a_size > 16) /* longer ones fit two-octet headers only */
    g_assert_null (b);
  else
    g_assert_cmpmem (a, a_size, b, b_size);
}

/* The first two octets are the profile, the rest the block. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size < 2)
    return 0;
  static const YlRtpExtIds ids = {
    .mid = 1,
    .rid = 2,
    .repaired_rid = 3,
    .transport_cc = 4,
    .audio_level = 5,
    .abs_send_time = 6,
  };
  YlRtpView view = {
    .extension_profile = (uint16_t) (data[0] << 8 | data[1]),
    .extension = data + 2,
    .extension_size = size - 2,
  };
  YlRtpExt e;
  yl_rtp_ext_find (&view, 14, &e);
  YlRtpExtValues values, again;
  yl_rtp_ext_read (&view, &ids, &values);

  uint8_t block[YL_RTP_EXT_BLOCK_MAX];
  YlRtpExtLayout layout;
  yl_rtp_ext_write (block, &ids, &values, &layout);
  view = (YlRtpView){
    .extension_profile = YL_RTP_EXT_ONE_OCTET,
    .extension = layout.size > 0 ? block + 4 : NULL,
    .extension_size = layout.size > 0 ? layout.size - 4u : 0,
  };
  yl_rtp_ext_read (&view, &ids, &again);
  g_assert_cmpint (again.has_transport_seq, ==, values.has_transport_seq);
  g_assert_cmpuint (again.transport_seq, ==, values.transport_seq);
  g_assert_cmpuint (again.abs_send_time, ==, values.abs_send_time);
  g_assert_cmpuint (again.audio_level, ==, values.audio_level);
  assert_text (values.mid, values.mid_size, again.mid, again.mid_size);
  assert_text (values.rid, values.rid_size, again.rid, again.rid_size);
  assert_text (values.repaired_rid, values.repaired_rid_size,
               again.repaired_rid, again.repaired_rid_size);
  return 0;
}
