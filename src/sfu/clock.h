/* clock.h: the clock of one source, as its sender reports show it
 *
 * Every source gets one offset between its clock and ours, used for all its
 * tracks: whatever error that offset has, it has for sound and picture
 * alike, so viewers stay in step (RFC 3550, 6.4.1). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Zero-initialised: unknown. */
typedef struct {
  bool known;
  int64_t offset_us;       /* ours minus the sender's, moved slowly */
  int64_t least_us;        /* smallest seen in this period: least delay */
  int64_t least_before_us; /* and in the period before */
  uint64_t period_us;      /* when this period began */
  uint64_t updated_us;
} YlSfuClock;

/* What one track's last report said. Zero-initialised: nothing. */
typedef struct {
  bool known;
  int64_t sender_us; /* sender's clock */
  uint32_t rtp;      /* at the same instant [ticks] */
} YlSfuTrackClock;

/* NTP 32.32 as microseconds of the sender's clock. */
int64_t yl_sfu_clock_from_ntp (uint64_t ntp);

/* Feeds the arrival of a report of any track of the source. Returns true
 * when the sender's clock jumped: what its other tracks reported is void. */
bool yl_sfu_clock_update (YlSfuClock *self, int64_t sender_us,
                          uint64_t received_us);

/* The track's timestamp at @now_us, from its last report. */
uint32_t yl_sfu_clock_rtp_at (const YlSfuClock *self,
                              const YlSfuTrackClock *track, uint32_t clock_rate,
                              uint64_t now_us);
