#include "rtcp/twcc.h"

#include "rtcp-fixture.h"

/* clang-format off */
/* from the tests of pion/rtcp (MIT), transport_layer_cc_test.go */
static const uint8_t one[] = {
  0xaf, 0xcd, 0x00, 0x05,
  0xfa, 0x17, 0xfa, 0x17,
  0x43, 0x03, 0x2f, 0xa0,
  0x00, 0x99, 0x00, 0x01,
  0x3d, 0xe8, 0x02, 0x17,
  0x20, 0x01, 0x94, 0x01,
};
/* two-bit vector: small, large, lost, small, lost, lost, lost; then a one-bit
 * vector whose first two count; then a run of two lost */
static const uint8_t mixed[] = {
  0x8f, 0xcd, 0x00, 0x08,
  0, 0, 0, 1, 0, 0, 0, 2,
  0xff, 0xfe, 0x00, 0x17,
  0xff, 0xff, 0xff, 0xff, /* reference -1 */
  0xd8, 0x40,             /* 11 01 10 00 01 00 00 00 */
  0xa0, 0x00,             /* 10 1 0 0 … */
  0x00, 0x02,
  0x04, 0xff, 0xfc, 0x08, /* +4, -4, +8 */
  0x10, 0x00, 0x00, 0x00, /* +16 */
  0, 0,
};
/* clang-format on */

static void
test_one (void)
{
  const YlRtcpPacket packet = only_packet (one, sizeof one);
  YlRtcpTwcc twcc;
  YlRtcpTwccStatus status[1];
  size_t n;
  g_assert_true (yl_rtcp_twcc_parse (&twcc, &packet, status, 1, &n));
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmphex (twcc.sender_ssrc, ==, 0xfa17fa17);
  g_assert_cmphex (twcc.media_ssrc, ==, 0x43032fa0);
  g_assert_cmpuint (twcc.base_seq, ==, 153);
  g_assert_cmpint (twcc.reference, ==, 4057090);
  g_assert_cmpuint (twcc.feedback_count, ==, 23);
  g_assert_true (status[0].received);
  g_assert_cmpint (status[0].arrival_us, ==, INT64_C (4057090) * 64000 + 37000);
  g_assert_false (yl_rtcp_twcc_parse (&twcc, &packet, status, 0, &n));
}

static void
test_mixed (void)
{
  const YlRtcpPacket packet = only_packet (mixed, sizeof mixed);
  YlRtcpTwcc twcc;
  YlRtcpTwccStatus status[64];
  size_t n;
  g_assert_true (yl_rtcp_twcc_parse (&twcc, &packet, status, 64, &n));
  g_assert_cmpuint (n, ==, 23);
  static const struct {
    unsigned at;
    int64_t us;
  } received[] = {
    { 0, -64000 + 1000 },
    { 1, -64000 },
    { 3, -64000 + 2000 },
    { 7, -64000 + 6000 },
  };
  for (size_t i = 0; i < n; i++)
    g_assert_cmpuint (status[i].seq, ==, (uint16_t) (0xfffe + i));
  size_t count = 0;
  for (size_t i = 0; i < n; i++)
    count += status[i].received;
  g_assert_cmpuint (count, ==, G_N_ELEMENTS (received));
  for (size_t i = 0; i < count; i++) {
    g_assert_true (status[received[i].at].received);
    g_assert_cmpint (status[received[i].at].arrival_us, ==, received[i].us);
  }
}

static void
test_truncated (void)
{
  const YlRtcpPacket packet = only_packet (mixed, sizeof mixed);
  for (size_t size = 0; size < packet.body_size; size++) {
    const YlRtcpPacket cut = cut_packet (&packet, size);
    YlRtcpTwcc twcc = { .count = 7 };
    YlRtcpTwccStatus status[64];
    size_t n = 3;
    /* the zeros that fill the last word may be missing */
    const bool whole = size >= 16 + 6 + 5;
    g_assert_cmpint (yl_rtcp_twcc_parse (&twcc, &cut, status, 64, &n), ==,
                     whole);
    g_assert_cmpuint (n, ==, whole ? 23 : 3);
    g_free ((uint8_t *) cut.body);
  }
}

static void
assert_refused (size_t at, uint8_t value)
{
  uint8_t bad[sizeof mixed];
  YlRtcpTwcc twcc;
  YlRtcpTwccStatus status[64];
  size_t n;
  memcpy (bad, mixed, sizeof mixed);
  bad[at] = value;
  const YlRtcpPacket packet = only_packet (bad, sizeof bad);
  g_assert_false (yl_rtcp_twcc_parse (&twcc, &packet, status, 64, &n));
}

static void
test_lying (void)
{
  assert_refused (15, 0);    /* reports on nothing */
  assert_refused (15, 65);   /* on more than we take */
  assert_refused (14, 0xff); /* on far more */
  assert_refused (25, 0);    /* a run of none */
  assert_refused (20, 0xf8); /* reserved symbol */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtcp/twcc/one", test_one);
  g_test_add_func ("/rtcp/twcc/mixed", test_mixed);
  g_test_add_func ("/rtcp/twcc/truncated", test_truncated);
  g_test_add_func ("/rtcp/twcc/lying", test_lying);
  return g_test_run ();
}
