/* meter.h: what a process costs */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct {
  uint64_t cpu_ns;     /* user and system, all threads, since its start */
  uint64_t own_cpu_ns; /* the same of this process */
  uint64_t at_ns;      /* when this was read, monotonic */
  unsigned long rss_kb;
  unsigned threads;
} Meter;

/* @error: the process has ended */
bool meter_read (Meter *meter, pid_t pid, GError **error);
