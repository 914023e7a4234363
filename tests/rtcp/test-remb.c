#include "rtcp/remb.h"

#include "rtcp-fixture.h"

/* clang-format off */
/* from the tests of pion/rtcp (MIT), receiver_estimated_maximum_bitrate_test.go
 */
static const uint8_t remb[] = {
  143, 206, 0, 5, 0, 0, 0, 1, 0, 0, 0, 0, 82, 69, 77, 66,
  1, 26, 32, 223, 72, 116, 237, 22,
};
/* clang-format on */

static void
test_parse (void)
{
  const YlRtcpPacket packet = only_packet (remb, sizeof remb);
  YlRtcpRemb read;
  g_assert_true (yl_rtcp_remb_parse (&read, &packet));
  g_assert_cmpuint (read.sender_ssrc, ==, 1);
  g_assert_cmpuint (read.bitrate_bps, ==, 8927168);
  g_assert_cmpuint (read.n_ssrcs, ==, 1);
  g_assert_cmpuint (read.ssrcs[0], ==, 1215622422);

  uint8_t data[sizeof remb];
  YlWriter out = yl_writer_init (data, sizeof data);
  g_assert_true (yl_rtcp_remb_write (&out, &read));
  g_assert_cmpmem (data, yl_writer_size (&out), remb, sizeof remb);
}

static void
test_malformed (void)
{
  const YlRtcpPacket packet = only_packet (remb, sizeof remb);
  YlRtcpRemb read;
  for (size_t size = 0; size < packet.body_size; size++) {
    const YlRtcpPacket cut = cut_packet (&packet, size);
    g_assert_false (yl_rtcp_remb_parse (&read, &cut));
    g_free ((uint8_t *) cut.body);
  }
  uint8_t bad[sizeof remb];
  memcpy (bad, remb, sizeof bad);
  bad[17] = 0xff; /* exponent 63 and a mantissa beyond 1 */
  const YlRtcpPacket huge = only_packet (bad, sizeof bad);
  g_assert_false (yl_rtcp_remb_parse (&read, &huge));
  bad[12] = 'X';
  const YlRtcpPacket other = only_packet (bad, sizeof bad);
  g_assert_false (yl_rtcp_remb_parse (&read, &other));
}

static void
test_extremes (void)
{
  static const uint64_t rates[] = {
    0, 1, 0x3ffff, 0x40000, UINT64_C (1) << 40, UINT64_MAX
  };
  for (size_t i = 0; i < G_N_ELEMENTS (rates); i++) {
    YlRtcpRemb in = { .bitrate_bps = rates[i] };
    YlRtcpRemb read;
    uint8_t data[20];
    YlWriter out = yl_writer_init (data, sizeof data);
    g_assert_true (yl_rtcp_remb_write (&out, &in));
    const YlRtcpPacket packet = only_packet (data, yl_writer_size (&out));
    g_assert_true (yl_rtcp_remb_parse (&read, &packet));
    g_assert_cmpuint (read.bitrate_bps, <=, rates[i]);
    g_assert_cmpuint (read.bitrate_bps, >=, rates[i] - (rates[i] >> 17));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtcp/remb/parse", test_parse);
  g_test_add_func ("/rtcp/remb/malformed", test_malformed);
  g_test_add_func ("/rtcp/remb/extremes", test_extremes);
  return g_test_run ();
}
