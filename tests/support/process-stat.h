/* process-stat.h: what a process holds, from /proc */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

typedef struct {
  unsigned long rss_kb; /* anonymous and file pages in memory */
  unsigned threads;
  unsigned fds;
  double cpu_s; /* user and system time so far */
} ProcessStat;

/* False: no such process, or not ours to look at. */
bool process_stat_read (ProcessStat *stat, pid_t pid);
