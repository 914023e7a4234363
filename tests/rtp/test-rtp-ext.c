#include "rtp/rtp-ext.h"

#include "base/time.h"

#include <string.h>

static const YlRtpExtIds ids = {
  .mid = 4,
  .rid = 10,
  .repaired_rid = 11,
  .transport_cc = 3,
  .audio_level = 1,
  .abs_send_time = 2,
};

static YlRtpView
view_of (uint16_t profile, const uint8_t *data, size_t size)
{
  return (YlRtpView){
    .extension_profile = profile,
    .extension = data,
    .extension_size = size,
  };
}

/* RFC 8285, 4.2: padding between elements, and zero-length is one octet */
static void
test_one_octet (void)
{
  static const uint8_t block[] = { 0x10, 0x85, 0,    0,    0x32, 0xaa,
                                   0xbb, 0xcc, 0x31, 0x12, 0x34, 0 };
  const YlRtpView view = view_of (YL_RTP_EXT_ONE_OCTET, block, sizeof block);
  YlRtpExtIter iter;
  YlRtpExt e;
  yl_rtp_ext_iter_init (&iter, &view);
  g_assert_true (yl_rtp_ext_iter_next (&iter, &e));
  g_assert_cmpuint (e.id, ==, 1);
  g_assert_cmpmem (e.data, e.size, block + 1, 1);
  g_assert_true (yl_rtp_ext_iter_next (&iter, &e));
  g_assert_cmpuint (e.id, ==, 3);
  g_assert_cmpmem (e.data, e.size, block + 5, 3);
  g_assert_true (yl_rtp_ext_iter_next (&iter, &e));
  g_assert_cmpuint (e.size, ==, 2);
  g_assert_false (yl_rtp_ext_iter_next (&iter, &e));

  g_assert_true (yl_rtp_ext_find (&view, 3, &e));
  g_assert_cmpuint (e.size, ==, 3);
  g_assert_false (yl_rtp_ext_find (&view, 0, &e));
  g_assert_false (yl_rtp_ext_find (&view, 9, &e));
}

/* RFC 8285, 4.3: an empty element, padding, one of three octets */
static void
test_two_octet (void)
{
  static const uint8_t block[] = { 1, 0, 2, 1, 0x85, 0, 200, 3, 7, 8, 9, 0 };
  const YlRtpView view = view_of (0x1005, block, sizeof block);
  YlRtpExt e;
  g_assert_true (yl_rtp_ext_find (&view, 1, &e));
  g_assert_cmpuint (e.size, ==, 0);
  g_assert_true (yl_rtp_ext_find (&view, 2, &e));
  g_assert_cmpuint (e.data[0], ==, 0x85);
  g_assert_true (yl_rtp_ext_find (&view, 200, &e));
  g_assert_cmpmem (e.data, e.size, block + 8, 3);
}

static void
test_malformed (void)
{
  static const uint8_t stop[] = { 0xf0, 0x10, 0x33, 0 };
  static const uint8_t reserved[] = { 0x03, 0x10, 0x33, 0 };
  static const uint8_t past[] = { 0x17, 1, 2, 3 };
  static const uint8_t past_two[] = { 1, 3, 2, 3 };
  YlRtpExt e;
  YlRtpView view = view_of (YL_RTP_EXT_ONE_OCTET, stop, 4);
  g_assert_false (yl_rtp_ext_find (&view, 1, &e));
  view = view_of (YL_RTP_EXT_ONE_OCTET, reserved, 4);
  g_assert_false (yl_rtp_ext_find (&view, 1, &e));
  view = view_of (YL_RTP_EXT_ONE_OCTET, past, 4);
  g_assert_false (yl_rtp_ext_find (&view, 1, &e));
  view = view_of (YL_RTP_EXT_TWO_OCTET, past_two, 4);
  g_assert_false (yl_rtp_ext_find (&view, 1, &e));
  view = view_of (0x4321, past, 4);
  g_assert_false (yl_rtp_ext_find (&view, 1, &e));
  view = view_of (0, NULL, 0);
  g_assert_false (yl_rtp_ext_find (&view, 1, &e));
}

static void
test_round_trip (void)
{
  const YlRtpExtValues in = {
    .mid = "video-1",
    .mid_size = 7,
    .rid = "h",
    .rid_size = 1,
    .repaired_rid = "0123456789abcdef",
    .repaired_rid_size = 16,
    .audio_level = 93,
    .voice = true,
    .has_transport_seq = true,
    .transport_seq = 0xfffe,
    .has_abs_send_time = true,
    .abs_send_time = 0x00abcdef,
  };
  uint8_t block[YL_RTP_EXT_BLOCK_MAX];
  YlRtpExtLayout layout;
  yl_rtp_ext_write (block, &ids, &in, &layout);
  g_assert_cmpuint (layout.size % 4, ==, 0);
  g_assert_cmpuint (block[2] << 8 | block[3], ==, layout.size / 4 - 1);

  const YlRtpView view =
      view_of (YL_RTP_EXT_ONE_OCTET, block + 4, layout.size - 4u);
  YlRtpExtValues out;
  yl_rtp_ext_read (&view, &ids, &out);
  g_assert_cmpmem (out.mid, out.mid_size, "video-1", 7);
  g_assert_cmpmem (out.rid, out.rid_size, "h", 1);
  g_assert_cmpmem (out.repaired_rid, out.repaired_rid_size, in.repaired_rid,
                   16);
  g_assert_cmpuint (out.audio_level, ==, 93);
  g_assert_true (out.voice);
  g_assert_true (out.has_transport_seq);
  g_assert_cmphex (out.transport_seq, ==, 0xfffe);
  g_assert_true (out.has_abs_send_time);
  g_assert_cmphex (out.abs_send_time, ==, 0xabcdef);

  /* a template is patched where the layout says */
  block[layout.transport_seq_at] = 0x12;
  block[layout.transport_seq_at + 1] = 0x34;
  yl_rtp_ext_patch_abs_send_time (block + layout.abs_send_time_at, 1);
  block[layout.audio_level_at] = 0x7f;
  yl_rtp_ext_read (&view, &ids, &out);
  g_assert_cmphex (out.transport_seq, ==, 0x1234);
  g_assert_cmphex (out.abs_send_time, ==, 1);
  g_assert_cmpuint (out.audio_level, ==, 127);
  g_assert_false (out.voice);
}

static void
test_write_nothing (void)
{
  const YlRtpExtIds none = { 0 };
  const YlRtpExtValues values = {
    .mid = "0",
    .mid_size = 1,
    .audio_level = 1,
    .has_transport_seq = true,
  };
  uint8_t block[YL_RTP_EXT_BLOCK_MAX];
  YlRtpExtLayout layout;
  yl_rtp_ext_write (block, &none, &values, &layout);
  g_assert_cmpuint (layout.size, ==, 0);
  g_assert_cmpuint (layout.transport_seq_at, ==, 0);
}

static void
test_absent (void)
{
  static const uint8_t block[] = { 0x30, 0xff, 0x21, 1, 2, 0, 0, 0 };
  const YlRtpView view = view_of (YL_RTP_EXT_ONE_OCTET, block, sizeof block);
  YlRtpExtValues out;
  yl_rtp_ext_read (&view, &ids, &out);
  g_assert_false (out.has_transport_seq); /* one octet */
  g_assert_false (out.has_abs_send_time); /* two octets */
  g_assert_cmpuint (out.audio_level, ==, YL_RTP_EXT_AUDIO_LEVEL_ABSENT);
  g_assert_null (out.mid);
}

static void
test_abs_send_time (void)
{
  g_assert_cmphex (yl_rtp_ext_abs_send_time (0), ==, 0);
  g_assert_cmphex (yl_rtp_ext_abs_send_time (YL_US_PER_S), ==, 1 << 18);
  g_assert_cmphex (yl_rtp_ext_abs_send_time (YL_US_PER_S / 2), ==, 1 << 17);
  g_assert_cmphex (yl_rtp_ext_abs_send_time (64 * YL_US_PER_S), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtp/rtp-ext/one-octet", test_one_octet);
  g_test_add_func ("/rtp/rtp-ext/two-octet", test_two_octet);
  g_test_add_func ("/rtp/rtp-ext/malformed", test_malformed);
  g_test_add_func ("/rtp/rtp-ext/round-trip", test_round_trip);
  g_test_add_func ("/rtp/rtp-ext/write-nothing", test_write_nothing);
  g_test_add_func ("/rtp/rtp-ext/absent", test_absent);
  g_test_add_func ("/rtp/rtp-ext/abs-send-time", test_abs_send_time);
  return g_test_run ();
}
