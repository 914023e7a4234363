#include "rtcp/reports.h"

#include "rtcp-fixture.h"
#include "rtcp/ntp.h"

/* clang-format off */
/* from the tests of pion/rtcp (MIT), sender_report_test.go */
static const uint8_t sender_report[] = {
  0x81, 0xc8, 0x00, 0x0c,
  0x90, 0x2f, 0x9e, 0x2e,
  0xda, 0x8b, 0xd1, 0xfc, 0xdd, 0xdd, 0xa0, 0x5a,
  0xaa, 0xf4, 0xed, 0xd5,
  0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x02,
  0xbc, 0x5e, 0x9a, 0x40,
  0x00, 0x00, 0x00, 0x00,
  0x00, 0x00, 0x46, 0xe1,
  0x00, 0x00, 0x01, 0x11,
  0x09, 0xf3, 0x64, 0x32,
  0x00, 0x02, 0x4a, 0x79,
};
/* clang-format on */

static void
test_sender_report (void)
{
  const YlRtcpPacket packet = only_packet (sender_report, sizeof sender_report);
  YlRtcpReport report;
  g_assert_true (yl_rtcp_report_parse (&report, &packet));
  g_assert_true (report.is_sender);
  g_assert_cmphex (report.ssrc, ==, 0x902f9e2e);
  g_assert_cmphex (report.sender.ntp, ==, UINT64_C (0xda8bd1fcdddda05a));
  g_assert_cmphex (report.sender.rtp_timestamp, ==, 0xaaf4edd5);
  g_assert_cmpuint (report.sender.packets, ==, 1);
  g_assert_cmpuint (report.sender.octets, ==, 2);
  g_assert_cmpuint (report.n_blocks, ==, 1);
  g_assert_cmphex (report.blocks[0].ssrc, ==, 0xbc5e9a40);
  g_assert_cmphex (report.blocks[0].highest_seq, ==, 0x46e1);
  g_assert_cmpuint (report.blocks[0].jitter, ==, 273);
  g_assert_cmphex (report.blocks[0].lsr, ==, 0x9f36432);
  g_assert_cmpuint (report.blocks[0].dlsr, ==, 150137);

  uint8_t data[sizeof sender_report];
  YlWriter out = yl_writer_init (data, sizeof data);
  g_assert_true (yl_rtcp_report_write (&out, &report));
  g_assert_cmpmem (data, yl_writer_size (&out), sender_report,
                   sizeof sender_report);
  out = yl_writer_init (data, sizeof data - 1);
  g_assert_false (yl_rtcp_report_write (&out, &report));
  g_assert_cmpuint (yl_writer_size (&out), ==, 0);
}

static void
test_truncated (void)
{
  const YlRtcpPacket packet = only_packet (sender_report, sizeof sender_report);
  YlRtcpReport report = { .ssrc = 7 };
  for (size_t size = 0; size < packet.body_size; size++) {
    const YlRtcpPacket cut = cut_packet (&packet, size);
    g_assert_false (yl_rtcp_report_parse (&report, &cut));
    g_assert_cmpuint (report.ssrc, ==, 7);
    g_free ((uint8_t *) cut.body);
  }
  YlRtcpPacket more = packet;
  more.count++;
  g_assert_false (yl_rtcp_report_parse (&report, &more));
}

static void
test_receiver_report (void)
{
  YlRtcpReport report = { .ssrc = 1, .n_blocks = YL_RTCP_MAX_BLOCKS };
  for (int i = 0; i < YL_RTCP_MAX_BLOCKS; i++)
    report.blocks[i] = (YlRtcpReportBlock){
      .ssrc = (uint32_t) i,
      .fraction_lost = (uint8_t) i,
      .lost = i % 2 ? -0x800000 + i : 0x7fffff - i,
    };
  uint8_t data[1000];
  YlWriter out = yl_writer_init (data, sizeof data);
  g_assert_true (yl_rtcp_report_write (&out, &report));
  const YlRtcpPacket packet = only_packet (data, yl_writer_size (&out));
  g_assert_cmpuint (packet.type, ==, YL_RTCP_RR);
  YlRtcpReport again;
  g_assert_true (yl_rtcp_report_parse (&again, &packet));
  g_assert_false (again.is_sender);
  for (int i = 0; i < YL_RTCP_MAX_BLOCKS; i++) {
    g_assert_cmpint (again.blocks[i].lost, ==, report.blocks[i].lost);
    g_assert_cmpuint (again.blocks[i].ssrc, ==, i);
  }
}

/* RFC 3550, 6.4.1, figure 2: 6.125 s by these numbers */
static void
test_round_trip_time (void)
{
  YlRtcpReportBlock block = { .lsr = 0xb7052000, .dlsr = 0x00054000 };
  const uint64_t now = UINT64_C (0xb44db710) << 32 | 0x80000000;
  g_assert_cmpuint (yl_rtcp_report_block_rtt_us (&block, now), ==, 6125000);
  block.dlsr = 0x000b6001; /* rounding makes it negative */
  g_assert_cmpuint (yl_rtcp_report_block_rtt_us (&block, now), ==, 0);
  block.lsr = 0;
  g_assert_cmpuint (yl_rtcp_report_block_rtt_us (&block, now), ==, 0);
}

static void
test_ntp (void)
{
  g_assert_cmphex (yl_rtcp_ntp_from_us (0), ==, UINT64_C (2208988800) << 32);
  g_assert_cmphex (yl_rtcp_ntp_from_us (1500000), ==,
                   UINT64_C (2208988801) << 32 | 0x80000000);
  g_assert_cmphex (yl_rtcp_ntp_short (5250000), ==, 0x00054000);
  g_assert_cmphex (yl_rtcp_ntp_short (UINT64_C (70000000000)), ==, UINT32_MAX);
  g_assert_cmpuint (yl_rtcp_ntp_short_to_us (0x00054000), ==, 5250000);
}

static void
test_sdes (void)
{
  uint8_t data[300];
  for (size_t size = 0; size <= 20; size++) {
    g_autofree char *cname = g_strnfill (size, 'c');
    YlWriter out = yl_writer_init (data, sizeof data);
    g_assert_true (yl_rtcp_sdes_write (&out, 0xabcd, cname));
    const YlRtcpPacket packet = only_packet (data, yl_writer_size (&out));
    YlRtcpCname read[2];
    g_assert_cmpuint (yl_rtcp_sdes_parse (&packet, read, 2), ==, 1);
    g_assert_cmphex (read[0].ssrc, ==, 0xabcd);
    g_assert_cmpmem (read[0].cname, read[0].size, cname, size);
    for (size_t cut_size = 0; cut_size < 4 + 2 + size + 1; cut_size++) {
      const YlRtcpPacket cut = cut_packet (&packet, cut_size);
      g_assert_cmpuint (yl_rtcp_sdes_parse (&cut, read, 2), ==, 0);
      g_free ((uint8_t *) cut.body);
    }
  }
}

/* Two chunks, the first with a NOTE before its CNAME. */
static void
test_sdes_chunks (void)
{
  /* clang-format off */
  static const uint8_t data[] = {
    0x82, 0xca, 0, 6,
    0, 0, 0, 1, 7, 2, 'h', 'i', 1, 1, 'a', 0,
    0, 0, 0, 2, 1, 3, 'b', 'c', 'd', 0, 0, 0,
  };
  /* clang-format on */
  const YlRtcpPacket packet = only_packet (data, sizeof data);
  YlRtcpCname read[2];
  g_assert_cmpuint (yl_rtcp_sdes_parse (&packet, read, 2), ==, 2);
  g_assert_cmpmem (read[0].cname, read[0].size, "a", 1);
  g_assert_cmpuint (read[1].ssrc, ==, 2);
  g_assert_cmpmem (read[1].cname, read[1].size, "bcd", 3);
  g_assert_cmpuint (yl_rtcp_sdes_parse (&packet, read, 1), ==, 1);
}

static void
test_bye (void)
{
  static const uint32_t ssrcs[] = { 1, 0xffffffff };
  uint8_t data[20];
  YlWriter out = yl_writer_init (data, sizeof data);
  g_assert_true (yl_rtcp_bye_write (&out, ssrcs, 2));
  YlRtcpPacket packet = only_packet (data, yl_writer_size (&out));
  uint32_t read[3];
  g_assert_cmpuint (yl_rtcp_bye_parse (&packet, read, 3), ==, 2);
  g_assert_cmpmem (read, 8, ssrcs, 8);
  packet.count = 3;
  g_assert_cmpuint (yl_rtcp_bye_parse (&packet, read, 3), ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtcp/reports/sender-report", test_sender_report);
  g_test_add_func ("/rtcp/reports/truncated", test_truncated);
  g_test_add_func ("/rtcp/reports/receiver-report", test_receiver_report);
  g_test_add_func ("/rtcp/reports/round-trip-time", test_round_trip_time);
  g_test_add_func ("/rtcp/reports/ntp", test_ntp);
  g_test_add_func ("/rtcp/reports/sdes", test_sdes);
  g_test_add_func ("/rtcp/reports/sdes-chunks", test_sdes_chunks);
  g_test_add_func ("/rtcp/reports/bye", test_bye);
  return g_test_run ();
}
