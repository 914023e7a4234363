/* cycles.c: consultations with media, again and again, at a running daemon
 *
 *   cycles --host 127.0.0.1:8080 --pid PID --cycles 1000
 *
 * Prints what the daemon holds after the settling cycles and after the last,
 * and fails when it kept memory, a descriptor or a thread. */
#include "../support/consult-driver.h"
#include "../support/process-stat.h"
#include "base/time.h"
#include "io/clock.h"

#include <stdlib.h>

#define CONNECT_LIMIT_US (10 * YL_US_PER_S)

static char *host = NULL;
static int pid = 0;
static int cycles = 1000;
static int settle = 100;
static int media_ms = 0;
static int growth_percent = 5;
static int video_kbps = 500;
static double media_s, media_cpu_s; /* while only media flowed */

static const GOptionEntry options[] = {
  { "host", 0, 0, G_OPTION_ARG_STRING, &host, "where the daemon serves HTTP",
    "HOST:PORT" },
  { "pid", 0, 0, G_OPTION_ARG_INT, &pid, "the daemon's process", "PID" },
  { "cycles", 0, 0, G_OPTION_ARG_INT, &cycles, "how many, default 1000", "N" },
  { "settle", 0, 0, G_OPTION_ARG_INT, &settle,
    "compare with the state after so many, default 100", "N" },
  { "media", 0, 0, G_OPTION_ARG_INT, &media_ms,
    "let media flow so much longer in each cycle", "MS" },
  { "video", 0, 0, G_OPTION_ARG_INT, &video_kbps, "of each camera, default 500",
    "KBIT/S" },
  { "growth", 0, 0, G_OPTION_ARG_INT, &growth_percent,
    "how much more memory is too much, default 5", "PERCENT" },
  { NULL, 0, 0, 0, NULL, NULL, NULL },
};

static ProcessStat
look (const char *when)
{
  ProcessStat stat;
  if (!process_stat_read (&stat, pid))
    g_error ("process %d is gone", pid);
  g_print ("# %s: RSS %lu KB, %u threads, %u descriptors, %.1f s CPU\n", when,
           stat.rss_kb, stat.threads, stat.fds, stat.cpu_s);
  return stat;
}

static int
compare_times (const void *a, const void *b)
{
  const uint64_t x = *(const uint64_t *) a, y = *(const uint64_t *) b;
  return x < y ? -1 : x > y;
}

static void
print_times (GArray *times)
{
  g_array_sort (times, compare_times);
  g_print ("# offers to media both ways: median %.0f ms, p95 %.0f ms\n",
           (double) g_array_index (times, uint64_t, times->len / 2) / 1000,
           (double) g_array_index (times, uint64_t, times->len * 95 / 100)
               / 1000);
}

static void
pass_media (ConsultDriver *driver)
{
  ProcessStat before, after;
  if (media_ms == 0 || !process_stat_read (&before, pid))
    return;
  rtc_runner_pass (driver->runner, (uint64_t) media_ms * YL_US_PER_MS);
  if (process_stat_read (&after, pid)) {
    media_s += (double) media_ms / 1000;
    media_cpu_s += after.cpu_s - before.cpu_s;
  }
}

static void
run_cycle (ConsultDriver *driver, GArray *times, int i)
{
  consult_driver_open (driver);
  if (!consult_driver_connect (driver, CONNECT_LIMIT_US))
    g_error ("cycle %d: no media both ways within 10 s", i);
  g_array_append_val (times, driver->connected_us);
  pass_media (driver);
  consult_driver_close (driver);
}

static bool
check (const char *what, bool ok, int number)
{
  g_print ("%s %d - %s\n", ok ? "ok" : "not ok", number, what);
  return ok;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || host == NULL
      || pid == 0 || settle >= cycles) {
    g_printerr ("%s\n", error != NULL ? error->message
                                      : "--host and --pid are needed, and "
                                        "more cycles than settling ones");
    return EXIT_FAILURE;
  }
  ConsultDriver driver;
  ProcessStat settled = { 0 };
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  g_print ("1..3\n");
  consult_driver_init (&driver, host);
  driver.video_bps = (uint32_t) video_kbps * 1000;
  look ("before");
  for (int i = 1; i <= cycles; i++) {
    run_cycle (&driver, times, i);
    if (i == settle)
      settled = look ("settled");
    else if (i % 100 == 0)
      look ("under way");
  }
  const ProcessStat end = look ("after all");
  print_times (times);
  if (media_s > 0)
    g_print ("# daemon while media flowed: %.2f %% of a core\n",
             100 * media_cpu_s / media_s);
  consult_driver_clear (&driver);

  const unsigned long limit =
      settled.rss_kb + settled.rss_kb * (unsigned long) growth_percent / 100;
  const bool memory = check ("no more memory", end.rss_kb <= limit, 1);
  const bool fds = check ("no more descriptors", end.fds <= settled.fds, 2);
  const bool threads =
      check ("no more threads", end.threads <= settled.threads, 3);
  return memory && fds && threads ? EXIT_SUCCESS : EXIT_FAILURE;
}
