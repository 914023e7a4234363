#include "rtcp/nack.h"

#include "rtcp-fixture.h"

/* clang-format off */
/* from the tests of pion/rtcp (MIT), transport_layer_nack_test.go */
static const uint8_t nack[] = {
  0x81, 0xcd, 0x00, 0x03,
  0x90, 0x2f, 0x9e, 0x2e,
  0x90, 0x2f, 0x9e, 0x2e,
  0xaa, 0xaa, 0x55, 0x55,
};
/* clang-format on */

static void
test_parse (void)
{
  const YlRtcpPacket packet = only_packet (nack, sizeof nack);
  uint32_t ssrc = 0;
  uint16_t seqs[17];
  g_assert_cmpuint (yl_rtcp_nack_parse (&packet, &ssrc, seqs, 17), ==, 9);
  g_assert_cmphex (ssrc, ==, 0x902f9e2e);
  g_assert_cmphex (seqs[0], ==, 0xaaaa);
  for (unsigned i = 0; i < 8; i++)
    g_assert_cmphex (seqs[i + 1], ==, 0xaaab + 2 * i);
  g_assert_cmpuint (yl_rtcp_nack_parse (&packet, &ssrc, seqs, 4), ==, 4);
}

static void
test_truncated (void)
{
  const YlRtcpPacket packet = only_packet (nack, sizeof nack);
  uint16_t seqs[17];
  for (size_t size = 0; size < packet.body_size; size++) {
    uint32_t ssrc = 7;
    const YlRtcpPacket cut = cut_packet (&packet, size);
    g_assert_cmpuint (yl_rtcp_nack_parse (&cut, &ssrc, seqs, 17), ==, 0);
    g_assert_cmpuint (ssrc, ==, 7);
    g_free ((uint8_t *) cut.body);
  }
}

static void
test_round_trip (void)
{
  static const uint16_t seqs[] = {
    65000, 65016, 65017, 65535, 0, 1, 15, 16, 300
  };
  const size_t n = G_N_ELEMENTS (seqs);
  uint8_t data[12 + 5 * 4];
  YlWriter out = yl_writer_init (data, sizeof data);
  g_assert_cmpuint (yl_rtcp_nack_write (&out, 1, 2, seqs, n), ==, n);
  g_assert_cmpuint (yl_writer_size (&out), ==, 12 + 5 * 4);
  const YlRtcpPacket packet = only_packet (data, yl_writer_size (&out));
  uint32_t ssrc;
  uint16_t read[20];
  g_assert_cmpuint (yl_rtcp_nack_parse (&packet, &ssrc, read, 20), ==, n);
  g_assert_cmpuint (ssrc, ==, 2);
  g_assert_cmpmem (read, n * 2, seqs, sizeof seqs);
}

static void
test_full (void)
{
  static const uint16_t seqs[] = { 1, 2, 100, 200 };
  uint8_t data[12 + 8];
  YlWriter out = yl_writer_init (data, sizeof data);
  g_assert_cmpuint (yl_rtcp_nack_write (&out, 1, 2, seqs, 4), ==, 3);
  out = yl_writer_init (data, 15);
  g_assert_cmpuint (yl_rtcp_nack_write (&out, 1, 2, seqs, 4), ==, 0);
  g_assert_cmpuint (yl_writer_size (&out), ==, 0);
  g_assert_cmpuint (yl_rtcp_nack_write (&out, 1, 2, seqs, 0), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtcp/nack/parse", test_parse);
  g_test_add_func ("/rtcp/nack/truncated", test_truncated);
  g_test_add_func ("/rtcp/nack/round-trip", test_round_trip);
  g_test_add_func ("/rtcp/nack/full", test_full);
  return g_test_run ();
}
