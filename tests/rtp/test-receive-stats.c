#include "rtp/receive-stats.h"

#include "base/time.h"

#include <glib.h>

#define MS YL_US_PER_MS

static void
add (YlRtpReceiveStats *stats, unsigned seq)
{
  yl_rtp_receive_stats_add (stats, (uint16_t) seq, seq * 960, 100,
                            seq * 20 * MS);
}

static YlRtpReceiveReport
report_of (YlRtpReceiveStats *stats)
{
  YlRtpReceiveReport report;
  g_assert_true (yl_rtp_receive_stats_report (stats, 0, &report));
  return report;
}

static void
test_loss (void)
{
  YlRtpReceiveStats stats;
  YlRtpReceiveReport report;
  yl_rtp_receive_stats_init (&stats, 48000);
  g_assert_false (yl_rtp_receive_stats_report (&stats, 0, &report));
  for (unsigned seq = 100; seq < 200; seq++)
    if (seq % 4 != 1)
      add (&stats, seq);
  report = report_of (&stats);
  g_assert_cmpint (report.lost, ==, 25);
  g_assert_cmpuint (report.fraction_lost, ==, 64);
  g_assert_cmpuint (report.highest_seq, ==, 199);
  g_assert_cmpuint (report.jitter, ==, 0);
  g_assert_cmpuint (stats.packets, ==, 75);
  g_assert_cmpuint (stats.octets, ==, 7500);

  /* nothing lost since, and a late one makes up for an old loss */
  for (unsigned seq = 200; seq < 300; seq++)
    add (&stats, seq);
  add (&stats, 297 - 4);
  report = report_of (&stats);
  g_assert_cmpint (report.lost, ==, 24);
  g_assert_cmpuint (report.fraction_lost, ==, 0);
  report = report_of (&stats);
  g_assert_cmpuint (report.fraction_lost, ==, 0);
}

static void
test_wrap (void)
{
  YlRtpReceiveStats stats;
  yl_rtp_receive_stats_init (&stats, 48000);
  for (unsigned seq = 65000; seq < 65536 + 65536 + 10; seq++)
    add (&stats, seq);
  const YlRtpReceiveReport report = report_of (&stats);
  g_assert_cmphex (report.highest_seq, ==, 0x20009);
  g_assert_cmpint (report.lost, ==, 0);
}

/* One stray number is ignored, two in a row are a restart (A.1). */
static void
test_restart (void)
{
  YlRtpReceiveStats stats;
  yl_rtp_receive_stats_init (&stats, 48000);
  for (unsigned seq = 0; seq < 10; seq++)
    add (&stats, seq);
  add (&stats, 30000);
  g_assert_cmpuint (report_of (&stats).highest_seq, ==, 9);
  add (&stats, 40000);
  add (&stats, 40001);
  const YlRtpReceiveReport report = report_of (&stats);
  g_assert_cmpuint (report.highest_seq, ==, 40001);
  g_assert_cmpint (report.lost, ==, 0);
}

/* RFC 3550, A.8 with arrivals alternately 0 and 10 ms late: the estimate
 * goes to the mean difference. */
static void
test_jitter (void)
{
  YlRtpReceiveStats stats;
  yl_rtp_receive_stats_init (&stats, 48000);
  const uint64_t start_us = UINT64_C (1) << 50;
  uint32_t timestamp = UINT32_MAX - 100000; /* wraps on the way */
  for (unsigned i = 0; i < 1000; i++, timestamp += 960)
    yl_rtp_receive_stats_add (&stats, (uint16_t) i, timestamp, 1,
                              start_us + i * 20 * MS + i % 2 * 10 * MS);
  g_assert_cmpuint (report_of (&stats).jitter, >=, 478);
  g_assert_cmpuint (report_of (&stats).jitter, <=, 481);
}

/* Packets of one frame come spread out without any jitter. */
static void
test_same_timestamp (void)
{
  YlRtpReceiveStats stats;
  yl_rtp_receive_stats_init (&stats, 90000);
  for (unsigned i = 0; i < 500; i++)
    yl_rtp_receive_stats_add (&stats, (uint16_t) i, i / 5 * 3000, 1,
                              i / 5 * 100000 / 3 + i % 5 * 2 * MS);
  g_assert_cmpuint (report_of (&stats).jitter, <=, 1);
}

static void
test_sender_report (void)
{
  YlRtpReceiveStats stats;
  YlRtpReceiveReport report;
  yl_rtp_receive_stats_init (&stats, 48000);
  add (&stats, 1);
  report = report_of (&stats);
  g_assert_cmpuint (report.lsr, ==, 0);
  g_assert_cmpuint (report.dlsr, ==, 0);
  /* RFC 3550, 6.4.1, figure 2 */
  yl_rtp_receive_stats_sender_report (
      &stats, UINT64_C (0xb44db705) << 32 | 0x20000000, 1000);
  g_assert_true (
      yl_rtp_receive_stats_report (&stats, 1000 + 5250 * MS, &report));
  g_assert_cmphex (report.lsr, ==, 0xb7052000);
  g_assert_cmphex (report.dlsr, ==, 0x00054000);
  g_assert_true (
      yl_rtp_receive_stats_report (&stats, UINT64_C (1) << 60, &report));
  g_assert_cmphex (report.dlsr, ==, UINT32_MAX);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtp/receive-stats/loss", test_loss);
  g_test_add_func ("/rtp/receive-stats/wrap", test_wrap);
  g_test_add_func ("/rtp/receive-stats/restart", test_restart);
  g_test_add_func ("/rtp/receive-stats/jitter", test_jitter);
  g_test_add_func ("/rtp/receive-stats/same-timestamp", test_same_timestamp);
  g_test_add_func ("/rtp/receive-stats/sender-report", test_sender_report);
  return g_test_run ();
}
