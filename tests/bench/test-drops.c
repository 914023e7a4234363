/* test-drops.c: what a server says it dropped, read out of its metrics */
#include "drops.h"

static const char BEFORE[] =
    "# HELP yilian_packets_dropped_total packets by reason\n"
    "# TYPE yilian_packets_dropped_total counter\n"
    "yilian_packets_dropped_total{reason=\"kernel_full\"} 5\n"
    "yilian_packets_dropped_total{reason=\"unknown_source\"} 18446744073\n"
    "yilian_packets_dropped_total{reason=\"too_late\"} 0\n"
    "yilian_feedback_refused_total{reason=\"resend_limited\"} 7\n"
    "yilian_tracks 2\n";

static const char AFTER[] =
    "yilian_packets_dropped_total{reason=\"kernel_full\"} 6\n"
    "yilian_packets_dropped_total{reason=\"unknown_source\"} 18446744173\n"
    "yilian_packets_dropped_total{reason=\"too_late\"} 0\n"
    "yilian_packets_dropped_total{reason=\"new\"} 3";

static void
test_read (void)
{
  g_autoptr (GArray) drops = drops_read (BEFORE);
  g_assert_cmpuint (drops->len, ==, 3);
  g_assert_cmpuint (drops_count (drops, DROPS_BY_KERNEL), ==, 5);
  g_assert_cmpuint (drops_count (drops, "unknown_source"), ==, 18446744073);
  g_assert_cmpuint (drops_count (drops, "resend_limited"), ==, 0);
  g_assert_cmpuint (drops_sum (drops), ==, 18446744078);
}

static void
test_since (void)
{
  g_autoptr (GArray) before = drops_read (BEFORE);
  g_autoptr (GArray) after = drops_read (AFTER);
  g_autoptr (GArray) grown = drops_since (before, after);
  g_assert_cmpuint (grown->len, ==, 3); /* nothing of too_late */
  g_assert_cmpuint (drops_count (grown, DROPS_BY_KERNEL), ==, 1);
  g_assert_cmpuint (drops_count (grown, "unknown_source"), ==, 100);
  g_assert_cmpuint (drops_count (grown, "new"), ==, 3);
  g_assert_cmpuint (drops_sum (grown), ==, 104);
}

static void
test_truncated (void)
{
  for (gsize size = 0; size < sizeof BEFORE; size++) {
    g_autofree char *part = g_strndup (BEFORE, size);
    g_autoptr (GArray) drops = drops_read (part);
    g_assert_cmpuint (drops->len, <=, 3);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bench/drops/read", test_read);
  g_test_add_func ("/bench/drops/since", test_since);
  g_test_add_func ("/bench/drops/truncated", test_truncated);
  return g_test_run ();
}
