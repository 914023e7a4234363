#include "rtcp/keyframe.h"
#include "rtcp/nack.h"
#include "rtcp/remb.h"
#include "rtcp/reports.h"
#include "rtcp/twcc.h"

#include <glib.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* What was parsed can be written, and reads the same. */
static void
check_report (const YlRtcpPacket *packet)
{
  YlRtcpReport report;
  uint8_t data[1000];
  YlWriter out = yl_writer_init (data, sizeof data);
  if (!yl_rtcp_report_parse (&report, packet))
    return;
  g_assert_true (yl_rtcp_report_write (&out, &report));
  g_assert_cmpuint (yl_writer_size (&out), <=, packet->body_size + 4);
  g_assert_cmpmem (data + 4, yl_writer_size (&out) - 4, packet->body,
                   yl_writer_size (&out) - 4);
}

static void
check_nack (const YlRtcpPacket *packet)
{
  uint16_t seqs[64], again[64 * 17];
  uint8_t data[12 + 64 * 4];
  uint32_t ssrc = 0;
  const size_t n = yl_rtcp_nack_parse (packet, &ssrc, seqs, 64);
  YlWriter out = yl_writer_init (data, sizeof data);
  g_assert_cmpuint (yl_rtcp_nack_write (&out, 1, ssrc, seqs, n), ==, n);
  YlRtcpWalker walker;
  YlRtcpPacket written;
  if (n == 0)
    return;
  g_assert_true (yl_rtcp_walker_init (&walker, data, yl_writer_size (&out)));
  g_assert_true (yl_rtcp_walker_next (&walker, &written));
  g_assert_cmpuint (
      yl_rtcp_nack_parse (&written, &ssrc, again, G_N_ELEMENTS (again)), <=, n);
  g_assert_cmpuint (again[0], ==, seqs[0]);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  YlRtcpWalker walker;
  YlRtcpPacket packet;
  YlRtcpCname cnames[4];
  uint32_t ssrcs[4];
  YlRtcpFir firs[4];
  YlRtcpRemb remb;
  YlRtcpTwcc twcc;
  YlRtcpTwccStatus statuses[256];
  size_t n;
  if (!yl_rtcp_walker_init (&walker, data, size))
    return 0;
  while (yl_rtcp_walker_next (&walker, &packet)) {
    g_assert_true (packet.body + packet.body_size <= data + size);
    check_report (&packet);
    check_nack (&packet);
    n = yl_rtcp_sdes_parse (&packet, cnames, 4);
    for (size_t i = 0; i < n; i++)
      g_assert_true ((const uint8_t *) cnames[i].cname + cnames[i].size
                     <= packet.body + packet.body_size);
    yl_rtcp_bye_parse (&packet, ssrcs, 4);
    yl_rtcp_pli_parse (&packet, ssrcs);
    yl_rtcp_fir_parse (&packet, firs, 4);
    yl_rtcp_remb_parse (&remb, &packet);
    if (yl_rtcp_twcc_parse (&twcc, &packet, statuses, 256, &n))
      g_assert_cmpuint (n, ==, twcc.count);
  }
  g_assert_cmpuint (yl_reader_left (&walker.in), ==, 0);
  return 0;
}
