/* seq.h: arithmetic on numbers that wrap (RFC 1982; RFC 3550, A.1) */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* How far @a is ahead of @b: −32768..32767. */
static inline int16_t
yl_seq_diff (uint16_t a, uint16_t b)
{
  return (int16_t) (uint16_t) (a - b);
}

static inline bool
yl_seq_newer (uint16_t a, uint16_t b)
{
  return yl_seq_diff (a, b) > 0;
}

/* How far timestamp @a is ahead of @b [ticks]. */
static inline int32_t
yl_ts_diff (uint32_t a, uint32_t b)
{
  return (int32_t) (a - b);
}

/* Turns a 16-bit number into a 64-bit count, the one nearest to the newest
 * seen. The first is placed in cycle 1 so that a late one stays positive. */
typedef struct {
  int64_t newest;
  bool started;
} YlSeqUnwrap;

static inline int64_t
yl_seq_unwrap (YlSeqUnwrap *self, uint16_t seq)
{
  if (!self->started) {
    self->started = true;
    self->newest = INT64_C (0x10000) + seq;
    return self->newest;
  }
  const int64_t value =
      self->newest + yl_seq_diff (seq, (uint16_t) self->newest);
  if (value > self->newest)
    self->newest = value;
  return value;
}
