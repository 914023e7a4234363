/* meter.c: what a process costs */
#include "meter.h"

#include "../support/process-stat.h"
#include "target.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static uint64_t
read_clock (clockid_t clock)
{
  struct timespec at = { 0 };
  clock_gettime (clock, &at);
  return (uint64_t) at.tv_sec * 1000000000 + (uint64_t) at.tv_nsec;
}

/* The kernel counts exactly here only: elsewhere each core may be some pages
 * behind. */
static unsigned long
read_rss_kb (pid_t pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/smaps_rollup", pid);
  g_autofree char *text = NULL;
  if (!g_file_get_contents (path, &text, NULL, NULL))
    return 0;
  const char *at = strstr (text, "\nRss:");
  return at != NULL ? strtoul (at + 5, NULL, 10) : 0;
}

bool
meter_read (Meter *meter, pid_t pid, GError **error)
{
  clockid_t clock;
  ProcessStat stat;
  if (clock_getcpuclockid (pid, &clock) != 0
      || !process_stat_read (&stat, pid)) {
    g_set_error (error, TARGET_ERROR, TARGET_ERROR_FAILED,
                 "the server has ended");
    return false;
  }
  const unsigned long rss_kb = read_rss_kb (pid);
  meter->rss_kb = rss_kb > 0 ? rss_kb : stat.rss_kb;
  meter->threads = stat.threads;
  meter->cpu_ns = read_clock (clock);
  meter->own_cpu_ns = read_clock (CLOCK_PROCESS_CPUTIME_ID);
  meter->at_ns = read_clock (CLOCK_MONOTONIC);
  return true;
}
