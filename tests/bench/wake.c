/* wake.c: how late this machine wakes who waits */
#define _GNU_SOURCE /* clock_nanosleep */
#include "wake.h"

#include "base/time.h"
#include "io/clock.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <time.h>

#define STEP_US YL_US_PER_MS

struct Wake {
  Histogram late;
  GThread *thread;
  _Atomic bool ends;
};

static void
sleep_until (uint64_t at_us)
{
  const struct timespec at = { .tv_sec = (time_t) (at_us / YL_US_PER_S),
                               .tv_nsec = (long) (at_us % YL_US_PER_S * 1000) };
  clock_nanosleep (CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
}

static void *
run (void *data)
{
  Wake *self = data;
  prctl (PR_SET_TIMERSLACK, 1); /* [ns]; by default 50 us late on purpose */
  uint64_t due_us = yl_clock_now_us () + STEP_US;
  while (!atomic_load_explicit (&self->ends, memory_order_relaxed)) {
    sleep_until (due_us);
    const uint64_t now_us = yl_clock_now_us ();
    /* Who is late for one was late for all that were due meanwhile. */
    for (; due_us <= now_us; due_us += STEP_US)
      histogram_add (&self->late, now_us - due_us);
  }
  return NULL;
}

Wake *
wake_start (GError **error)
{
  Wake *self = g_new0 (Wake, 1);
  self->thread = g_thread_try_new ("wake", run, self, error);
  if (self->thread != NULL)
    return self;
  g_free (self);
  return NULL;
}

void
wake_stop (Wake *self, Histogram *late)
{
  atomic_store_explicit (&self->ends, true, memory_order_relaxed);
  g_thread_join (self->thread);
  if (late != NULL)
    *late = self->late;
  g_free (self);
}
