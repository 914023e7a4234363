#include "rtp/rtp-view.h"

#include <string.h>

/* clang-format off */
static const uint8_t full[] = {
  0xb1, 0xe0, 0x12, 0x34, /* padding, extension, one CSRC; marker, type 96 */
  0xde, 0xad, 0xbe, 0xef,
  0x01, 0x02, 0x03, 0x04,
  0xca, 0xfe, 0xca, 0xfe, /* CSRC */
  0xbe, 0xde, 0x00, 0x01, 0x10, 0x41, 0x00, 0x00,
  'm', 'e', 'd', 'i', 'a',
  0x00, 0x00, 0x03,
};
/* clang-format on */

static void
test_fields (void)
{
  YlRtpView view;
  g_assert_true (yl_rtp_view_parse (&view, full, sizeof full, NULL));
  g_assert_cmphex (view.ssrc, ==, 0x01020304);
  g_assert_cmphex (view.timestamp, ==, 0xdeadbeef);
  g_assert_cmphex (view.seq, ==, 0x1234);
  g_assert_cmpuint (view.payload_type, ==, 96);
  g_assert_true (view.marker);
  g_assert_cmphex (view.extension_profile, ==, 0xbede);
  g_assert_cmpmem (view.extension, view.extension_size, full + 20, 4);
  g_assert_cmpmem (view.payload, view.payload_size, "media", 5);
  g_assert_cmpuint (yl_rtp_view_header_size (&view, full), ==, 24);
}

static void
test_truncated (void)
{
  for (size_t size = 0; size < sizeof full; size++) {
    g_autofree uint8_t *cut = g_memdup2 (full, size);
    YlRtpView view = { .ssrc = 7 };
    g_autoptr (GError) error = NULL;
    /* what is cut inside the payload may end in a plausible count */
    if (yl_rtp_view_parse (&view, cut, size, &error)) {
      g_assert_cmpuint (size, >=, 24);
      g_assert_no_error (error);
    } else {
      g_assert_error (error, YL_RTP_ERROR, YL_RTP_ERROR_MALFORMED);
      g_assert_cmpuint (view.ssrc, ==, 7);
    }
  }
}

static void
assert_refused (size_t at, uint8_t value)
{
  uint8_t bad[sizeof full];
  YlRtpView view;
  memcpy (bad, full, sizeof full);
  bad[at] = value;
  g_assert_false (yl_rtp_view_parse (&view, bad, sizeof bad, NULL));
}

static void
test_lying_lengths (void)
{
  assert_refused (0, 0x71);  /* version 1 */
  assert_refused (0, 0xbf);  /* fifteen CSRCs */
  assert_refused (19, 5);    /* extension past the end */
  assert_refused (18, 0xff); /* far past the end */
  assert_refused (sizeof full - 1, 0);
  assert_refused (sizeof full - 1, 9);
  assert_refused (sizeof full - 1, 0xff);
}

static void
test_padding_only (void)
{
  YlRtpView view;
  uint8_t data[13 + 3] = { 0xa0, 96 };
  data[sizeof data - 1] = 4;
  g_assert_true (yl_rtp_view_parse (&view, data, sizeof data, NULL));
  g_assert_cmpuint (view.payload_size, ==, 0);
  g_assert_null (view.extension);
}

static void
test_header (void)
{
  const YlRtpHeader header = {
    .ssrc = 0xfedcba98,
    .timestamp = 0x01020304,
    .seq = 0xffff,
    .payload_type = 127,
    .marker = true,
  };
  uint8_t data[YL_RTP_HEADER_SIZE];
  YlRtpView view;
  yl_rtp_header_write (data, &header);
  g_assert_true (yl_rtp_view_parse (&view, data, sizeof data, NULL));
  g_assert_cmphex (view.ssrc, ==, header.ssrc);
  g_assert_cmphex (view.timestamp, ==, header.timestamp);
  g_assert_cmpuint (view.seq, ==, header.seq);
  g_assert_cmpuint (view.payload_type, ==, 127);
  g_assert_true (view.marker);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtp/rtp-view/fields", test_fields);
  g_test_add_func ("/rtp/rtp-view/truncated", test_truncated);
  g_test_add_func ("/rtp/rtp-view/lying-lengths", test_lying_lengths);
  g_test_add_func ("/rtp/rtp-view/padding-only", test_padding_only);
  g_test_add_func ("/rtp/rtp-view/header", test_header);
  return g_test_run ();
}
