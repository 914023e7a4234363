/* clock.c: the clock of one source, as its sender reports show it */
#include "sfu/clock.h"

#include "base/time.h"

#include <glib.h>

/* Two of these are looked back for the report that was delayed least; short
 * enough to follow 100 ppm of drift within 6 ms. */
#define PERIOD_US (30 * YL_US_PER_S)

/* The offset moves by at most 5 ms a second, so that two tracks whose reports
 * leave at different moments differ by a few milliseconds at most. */
#define SLEW_DIVISOR 200

/* Further than any queueing delay: the sender's clock was set. */
#define JUMP_US ((int64_t) (2 * YL_US_PER_S))

int64_t
yl_sfu_clock_from_ntp (uint64_t ntp)
{
  return (int64_t) ((ntp >> 32) * YL_US_PER_S
                    + ((ntp & 0xffffffff) * YL_US_PER_S >> 32));
}

static void
restart (YlSfuClock *self, int64_t delay_us, uint64_t now_us)
{
  self->known = true;
  self->offset_us = delay_us;
  self->least_us = delay_us;
  self->least_before_us = delay_us;
  self->period_us = now_us;
  self->updated_us = now_us;
}

bool
yl_sfu_clock_update (YlSfuClock *self, int64_t sender_us, uint64_t received_us)
{
  const int64_t delay_us = (int64_t) received_us - sender_us;
  if (!self->known || ABS (delay_us - self->offset_us) > JUMP_US) {
    const bool jumped = self->known;
    restart (self, delay_us, received_us);
    return jumped;
  }
  if (received_us - self->period_us >= PERIOD_US) {
    self->least_before_us = self->least_us;
    self->least_us = delay_us;
    self->period_us = received_us;
  }
  self->least_us = MIN (self->least_us, delay_us);

  const int64_t target_us = MIN (self->least_us, self->least_before_us);
  const int64_t most_us =
      (int64_t) (received_us - self->updated_us) / SLEW_DIVISOR;
  self->offset_us += CLAMP (target_us - self->offset_us, -most_us, most_us);
  self->updated_us = received_us;
  return false;
}

uint32_t
yl_sfu_clock_rtp_at (const YlSfuClock *self, const YlSfuTrackClock *track,
                     uint32_t clock_rate, uint64_t now_us)
{
  const int64_t sender_now_us = (int64_t) now_us - self->offset_us;
  const int64_t since_us = sender_now_us - track->sender_us;
  const int64_t rate = clock_rate;
  const int64_t ticks =
      since_us / 1000000 * rate + since_us % 1000000 * rate / 1000000;
  return track->rtp + (uint32_t) ticks;
}
