/* window.h: which of the newest packet indices of one SSRC are used up */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define YL_SRTP_WINDOW 128 /* [packets] */

/* Zeroed at first. Indices are 48 bits (RFC 3711, 3.3.1). */
typedef struct {
  int64_t newest;
  uint64_t seen[YL_SRTP_WINDOW / 64]; /* bit i: newest − i is used */
  bool started;
} YlSrtpWindow;

/* False for an index that is used, or too old to know. */
static inline bool
yl_srtp_window_is_free (const YlSrtpWindow *self, int64_t index)
{
  if (!self->started || index > self->newest)
    return true;
  const int64_t age = self->newest - index;
  return age < YL_SRTP_WINDOW && !(self->seen[age / 64] >> age % 64 & 1);
}

/* Call only for an index that is free. */
static inline void
yl_srtp_window_use (YlSrtpWindow *self, int64_t index)
{
  const int64_t ahead = self->started ? index - self->newest : YL_SRTP_WINDOW;
  if (ahead <= 0) {
    self->seen[-ahead / 64] |= UINT64_C (1) << -ahead % 64;
    return;
  }
  if (ahead < 64) {
    self->seen[1] = self->seen[1] << ahead | self->seen[0] >> (64 - ahead);
    self->seen[0] <<= ahead;
  } else {
    const bool near = ahead < YL_SRTP_WINDOW;
    self->seen[1] = near ? self->seen[0] << (ahead - 64) : 0;
    self->seen[0] = 0;
  }
  self->seen[0] |= 1;
  self->newest = index;
  self->started = true;
}
