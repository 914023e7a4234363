#include "io/clock.h"

#include "base/time.h"

#include <time.h>

#define NTP_EPOCH_S UINT64_C (2208988800) /* 1900 to 1970 */

static uint64_t
read_us (clockid_t id)
{
  struct timespec t;
  clock_gettime (id, &t);
  return (uint64_t) t.tv_sec * YL_US_PER_S + (uint64_t) t.tv_nsec / 1000;
}

uint64_t
yl_clock_now_us (void)
{
  return read_us (CLOCK_MONOTONIC);
}

int64_t
yl_clock_wall_ms (void)
{
  return (int64_t) (read_us (CLOCK_REALTIME) / YL_US_PER_MS);
}

int64_t
yl_clock_wall_offset_us (void)
{
  return (int64_t) read_us (CLOCK_REALTIME)
         - (int64_t) read_us (CLOCK_MONOTONIC);
}

uint64_t
yl_clock_ntp (void)
{
  return yl_clock_ntp_from_wall_us ((int64_t) read_us (CLOCK_REALTIME));
}

uint64_t
yl_clock_ntp_from_wall_us (int64_t wall_us)
{
  const uint64_t us = (uint64_t) wall_us;
  const uint64_t seconds = us / YL_US_PER_S + NTP_EPOCH_S;
  return seconds << 32 | ((us % YL_US_PER_S) << 32) / YL_US_PER_S;
}
