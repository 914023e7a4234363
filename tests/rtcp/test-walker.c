#include "rtcp/walker.h"

#include "rtcp-fixture.h"

/* clang-format off */
static const uint8_t compound[] = {
  0x80, 0xc9, 0, 1, 0, 0, 0, 1,                 /* RR */
  0x81, 0xca, 0, 2, 0, 0, 0, 1, 1, 1, 'a', 0,   /* SDES */
  0xa1, 0xce, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 4, /* PLI, padded */
};
/* clang-format on */

static void
test_compound (void)
{
  YlRtcpWalker walker;
  YlRtcpPacket packet;
  g_assert_true (yl_rtcp_walker_init (&walker, compound, sizeof compound));
  g_assert_true (yl_rtcp_walker_next (&walker, &packet));
  g_assert_cmpuint (packet.type, ==, YL_RTCP_RR);
  g_assert_cmpuint (packet.body_size, ==, 4);
  g_assert_true (yl_rtcp_walker_next (&walker, &packet));
  g_assert_true (yl_rtcp_packet_is (&packet, YL_RTCP_SDES, 1));
  g_assert_true (yl_rtcp_walker_next (&walker, &packet));
  g_assert_true (yl_rtcp_packet_is (&packet, YL_RTCP_PSFB, YL_RTCP_PSFB_PLI));
  g_assert_cmpmem (packet.body, packet.body_size, compound + 24, 8);
  g_assert_false (yl_rtcp_walker_next (&walker, &packet));
}

static void
test_truncated (void)
{
  for (size_t size = 0; size < sizeof compound; size++) {
    g_autofree uint8_t *cut = g_memdup2 (compound, size);
    YlRtcpWalker walker;
    YlRtcpPacket packet;
    const bool border = size == 8 || size == 20;
    g_assert_cmpint (yl_rtcp_walker_init (&walker, cut, size), ==, border);
    g_assert_cmpint (yl_rtcp_walker_next (&walker, &packet), ==, border);
  }
}

static void
assert_refused (size_t at, uint8_t value)
{
  g_autofree uint8_t *bad = g_memdup2 (compound, sizeof compound);
  YlRtcpWalker walker;
  bad[at] = value;
  g_assert_false (yl_rtcp_walker_init (&walker, bad, sizeof compound));
}

static void
test_lying (void)
{
  assert_refused (0, 0x40);  /* version */
  assert_refused (0, 0xa0);  /* padding in the middle */
  assert_refused (3, 2);     /* borders move */
  assert_refused (23, 4);    /* past the end */
  assert_refused (22, 0xff); /* far past it */
  assert_refused (35, 0);    /* padding of nothing */
  assert_refused (35, 13);   /* more padding than packet */
  static const uint8_t empty_padded[] = { 0xa0, 0xc9, 0, 0 };
  YlRtcpWalker walker;
  g_assert_false (
      yl_rtcp_walker_init (&walker, empty_padded, sizeof empty_padded));
}

static void
test_write (void)
{
  uint8_t data[12];
  YlWriter out = yl_writer_init (data, sizeof data);
  uint8_t *begin = yl_rtcp_begin (&out, YL_RTCP_APP, 3);
  yl_writer_u8 (&out, 9);
  g_assert_true (yl_rtcp_end (&out, begin));
  const YlRtcpPacket packet = only_packet (data, yl_writer_size (&out));
  g_assert_true (yl_rtcp_packet_is (&packet, YL_RTCP_APP, 3));
  g_assert_cmpmem (packet.body, packet.body_size, "\x9\0\0\0", 4);

  /* what does not fit is taken back, what was there stays */
  begin = yl_rtcp_begin (&out, YL_RTCP_APP, 3);
  yl_writer_u8 (&out, 9);
  g_assert_false (yl_rtcp_end (&out, begin));
  g_assert_cmpuint (yl_writer_size (&out), ==, 8);
  g_assert_false (out.failed);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtcp/walker/compound", test_compound);
  g_test_add_func ("/rtcp/walker/truncated", test_truncated);
  g_test_add_func ("/rtcp/walker/lying", test_lying);
  g_test_add_func ("/rtcp/walker/write", test_write);
  return g_test_run ();
}
