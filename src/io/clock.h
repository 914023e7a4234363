/* clock.h: the real clocks, read at the edges only */
#pragma once

#include <stdint.h>

/* CLOCK_MONOTONIC [µs]. Any thread. */
uint64_t yl_clock_now_us (void);

/* Wall clock [ms since 1970-01-01 UTC]. Any thread. */
int64_t yl_clock_wall_ms (void);

/* Wall clock as NTP time, 32.32 fixed point since 1900-01-01 (RFC 5905, 6).
 * Any thread. */
uint64_t yl_clock_ntp (void);

/* What to subtract from wall time [µs since 1970] to get monotonic [µs]. It
 * moves when the wall clock is set. Any thread. */
int64_t yl_clock_wall_offset_us (void);

/* NTP time of a given wall time [µs since 1970-01-01 UTC]. */
uint64_t yl_clock_ntp_from_wall_us (int64_t wall_us);
