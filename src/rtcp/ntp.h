/* ntp.h: NTP timestamps as RTCP carries them (RFC 3550, 4) */
#pragma once

#include <stdint.h>

/* 32.32 fixed point seconds since 1900, of wall time [µs since 1970]. */
static inline uint64_t
yl_rtcp_ntp_from_us (int64_t wall_us)
{
  const uint64_t us = (uint64_t) wall_us;
  const uint64_t seconds = us / 1000000 + UINT64_C (2208988800);
  return seconds << 32 | ((us % 1000000) << 32) / 1000000;
}

/* The middle 32 bits: 16.16 fixed point seconds, as in LSR. */
static inline uint32_t
yl_rtcp_ntp_middle (uint64_t ntp)
{
  return (uint32_t) (ntp >> 16);
}

/* A duration [µs] as 16.16 fixed point seconds, as in DLSR; saturates. */
static inline uint32_t
yl_rtcp_ntp_short (uint64_t duration_us)
{
  const uint64_t seconds = duration_us / 1000000;
  if (seconds > UINT16_MAX)
    return UINT32_MAX;
  return (uint32_t) (seconds << 16 | ((duration_us % 1000000) << 16) / 1000000);
}

/* 16.16 fixed point seconds as a duration [µs]. */
static inline uint64_t
yl_rtcp_ntp_short_to_us (uint32_t value)
{
  return ((uint64_t) value * 1000000) >> 16;
}
