/* time.h: time as engines see it: a number handed in by the caller */
#pragma once

#include <stdint.h>

/* Monotonic time [µs]. Its zero has no meaning. Wall-clock time is
 * `int64_t …_ms`, milliseconds since 1970-01-01 UTC. */
#define YL_NEVER UINT64_MAX

#define YL_US_PER_MS UINT64_C (1000)
#define YL_US_PER_S UINT64_C (1000000)

/* The earlier of two deadlines; YL_NEVER is later than everything. */
static inline uint64_t
yl_time_min (uint64_t a, uint64_t b)
{
  return a < b ? a : b;
}
