#include "rtcp/keyframe.h"

#include "rtcp-fixture.h"

/* clang-format off */
/* from the tests of pion/rtcp (MIT), picture_loss_indication_test.go and
 * full_intra_request_test.go */
static const uint8_t pli[] = {
  0x81, 0xce, 0x00, 0x02,
  0x00, 0x00, 0x00, 0x00,
  0x4b, 0xc4, 0xfc, 0xb4,
};
static const uint8_t fir[] = {
  0x84, 0xce, 0x00, 0x06,
  0x00, 0x00, 0x00, 0x00,
  0x4b, 0xc4, 0xfc, 0xb4,
  0x12, 0x34, 0x56, 0x78, 0x42, 0x00, 0x00, 0x00,
  0x98, 0x76, 0x54, 0x32, 0x57, 0x00, 0x00, 0x00,
};
/* clang-format on */

static void
test_pli (void)
{
  const YlRtcpPacket packet = only_packet (pli, sizeof pli);
  uint32_t ssrc = 0;
  g_assert_true (yl_rtcp_pli_parse (&packet, &ssrc));
  g_assert_cmphex (ssrc, ==, 0x4bc4fcb4);

  uint8_t data[sizeof pli];
  YlWriter out = yl_writer_init (data, sizeof data);
  g_assert_true (yl_rtcp_pli_write (&out, 0, ssrc));
  g_assert_cmpmem (data, yl_writer_size (&out), pli, sizeof pli);
  g_assert_false (yl_rtcp_pli_write (&out, 0, ssrc));

  for (size_t size = 0; size < packet.body_size; size++) {
    const YlRtcpPacket cut = cut_packet (&packet, size);
    g_assert_false (yl_rtcp_pli_parse (&cut, &ssrc));
    g_free ((uint8_t *) cut.body);
  }
}

static void
test_fir (void)
{
  const YlRtcpPacket packet = only_packet (fir, sizeof fir);
  YlRtcpFir requests[3];
  uint32_t ssrc;
  g_assert_cmpuint (yl_rtcp_fir_parse (&packet, requests, 3), ==, 2);
  g_assert_cmphex (requests[0].ssrc, ==, 0x12345678);
  g_assert_cmphex (requests[0].seq, ==, 0x42);
  g_assert_cmphex (requests[1].ssrc, ==, 0x98765432);
  g_assert_cmphex (requests[1].seq, ==, 0x57);
  g_assert_cmpuint (yl_rtcp_fir_parse (&packet, requests, 1), ==, 1);
  g_assert_false (yl_rtcp_pli_parse (&packet, &ssrc));

  for (size_t size = 0; size < packet.body_size; size++) {
    const YlRtcpPacket cut = cut_packet (&packet, size);
    g_assert_cmpuint (yl_rtcp_fir_parse (&cut, requests, 3), ==, size >= 16);
    g_free ((uint8_t *) cut.body);
  }
}

static void
test_fir_round_trip (void)
{
  const YlRtcpFir in = { .ssrc = 5, .seq = 255 };
  uint8_t data[20];
  YlWriter out = yl_writer_init (data, sizeof data);
  g_assert_true (yl_rtcp_fir_write (&out, 1, &in));
  const YlRtcpPacket packet = only_packet (data, yl_writer_size (&out));
  YlRtcpFir read;
  g_assert_cmpuint (yl_rtcp_fir_parse (&packet, &read, 1), ==, 1);
  g_assert_cmpuint (read.ssrc, ==, 5);
  g_assert_cmpuint (read.seq, ==, 255);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtcp/keyframe/pli", test_pli);
  g_test_add_func ("/rtcp/keyframe/fir", test_fir);
  g_test_add_func ("/rtcp/keyframe/fir-round-trip", test_fir_round_trip);
  return g_test_run ();
}
