#include "rtcp/twcc-recorder.h"

#include "base/seq.h"
#include "base/time.h"
#include "rtcp/twcc.h"

#include <string.h>

/* Numbers that are told apart: a second of 5 Mbit/s, and more when more come
 * between two feedbacks. */
#define FIRST_WINDOW 512
#define MAX_WINDOW 2048
#define SLOW_US (100 * YL_US_PER_MS)
#define FAST_US (50 * YL_US_PER_MS)
#define FAST_PENDING 10 /* arrivals that make 50 ms worth a packet */

/* Fits YL_RTCP_TWCC_MAX_SIZE even if every delta takes two octets. */
#define MAX_STATUSES 400
#define MAX_RUN 0x1fff
#define TICKS_PER_REFERENCE (YL_RTCP_TWCC_REFERENCE_US / YL_RTCP_TWCC_TICK_US)

enum {
  SYMBOL_LOST = 0,
  SYMBOL_SMALL = 1,
  SYMBOL_LARGE = 2,
};

struct YlRtcpTwccRecorder {
  YlSeqUnwrap unwrap;
  int64_t base;         /* first number of the next feedback */
  uint64_t first_at_us; /* arrival of the first one not yet told */
  uint32_t pending;     /* arrivals not yet told */
  bool flushing;        /* due, and not all is told */
  uint32_t sender_ssrc;
  uint32_t media_ssrc;
  uint8_t feedback_count;
  int64_t window;
  int64_t oldest;    /* what came before it was forgotten in growing */
  uint64_t *arrival; /* µs + 1 by number, `window` of them; 0: not arrived */
};

/* What one packet says. */
typedef struct {
  int64_t reference; /* [64 ms] */
  size_t count;
  uint8_t symbols[MAX_STATUSES];
  int16_t deltas[MAX_STATUSES]; /* [ticks] of those received */
} Feedback;

YlRtcpTwccRecorder *
yl_rtcp_twcc_recorder_new (uint32_t sender_ssrc)
{
  YlRtcpTwccRecorder *self = g_new0 (YlRtcpTwccRecorder, 1);
  self->sender_ssrc = sender_ssrc;
  self->window = FIRST_WINDOW;
  self->oldest = INT64_MIN;
  self->arrival = g_new0 (uint64_t, FIRST_WINDOW);
  return self;
}

void
yl_rtcp_twcc_recorder_free (YlRtcpTwccRecorder *self)
{
  if (self != NULL)
    g_free (self->arrival);
  g_free (self);
}

static uint64_t *
arrival_of (YlRtcpTwccRecorder *self, int64_t seq)
{
  return &self->arrival[(uint64_t) seq % (uint64_t) self->window];
}

/* What was told of numbers before the old window is not known: these stay too
 * late. */
static void
grow (YlRtcpTwccRecorder *self, int64_t newest, int64_t window)
{
  uint64_t *arrival = g_new0 (uint64_t, (size_t) window);
  self->oldest = MAX (self->oldest, newest - self->window + 1);
  for (int64_t s = self->oldest; s <= newest; s++)
    arrival[(uint64_t) s % (uint64_t) window] = *arrival_of (self, s);
  g_free (self->arrival);
  self->arrival = arrival;
  self->window = window;
}

/* Moves the window on so that it ends with @seq. */
static void
advance (YlRtcpTwccRecorder *self, int64_t newest, int64_t seq)
{
  if (seq - newest >= MAX_WINDOW) { /* a restart, not two thousand losses */
    memset (self->arrival, 0, (size_t) self->window * sizeof *self->arrival);
    self->base = seq;
    self->pending = 0;
    return;
  }
  int64_t window = self->window;
  while (seq - self->base >= window && window < MAX_WINDOW)
    window *= 2;
  if (window > self->window)
    grow (self, newest, window);
  for (int64_t s = newest + 1; s <= seq; s++)
    *arrival_of (self, s) = 0;
  self->base = MAX (self->base, seq - self->window + 1);
}

void
yl_rtcp_twcc_recorder_receive (YlRtcpTwccRecorder *self, uint32_t media_ssrc,
                               uint16_t seq16, uint64_t now_us)
{
  const bool first = !self->unwrap.started;
  const int64_t newest = self->unwrap.newest;
  const int64_t seq = yl_seq_unwrap (&self->unwrap, seq16);
  if (first)
    self->base = seq;
  else if (seq > newest)
    advance (self, newest, seq);
  else if (seq <= newest - self->window || seq < self->oldest
           || *arrival_of (self, seq) != 0)
    return; /* too late, or repeated */

  *arrival_of (self, seq) = now_us + 1;
  self->media_ssrc = media_ssrc;
  /* One that was told lost has come after all: tell again from there. */
  self->base = MIN (self->base, seq);
  if (self->pending++ == 0)
    self->first_at_us = now_us;
}

uint64_t
yl_rtcp_twcc_recorder_next_deadline (const YlRtcpTwccRecorder *self)
{
  if (self->pending == 0)
    return YL_NEVER;
  return self->first_at_us
         + (self->pending >= FAST_PENDING ? FAST_US : SLOW_US);
}

/* A packet needs an arrival for its reference time: numbers lost before the
 * first one stay untold if they alone would fill it. */
static void
skip_leading_losses (YlRtcpTwccRecorder *self)
{
  int64_t s = self->base;
  while (s <= self->unwrap.newest && *arrival_of (self, s) == 0)
    s++;
  if (s - self->base >= MAX_STATUSES)
    self->base = s;
}

/* Collects from base on, until full or a delta exceeds 16 bits. */
static void
collect (YlRtcpTwccRecorder *self, Feedback *f)
{
  int64_t tick = 0;
  bool started = false;
  f->count = 0;
  f->reference = 0;
  for (int64_t s = self->base;
       s <= self->unwrap.newest && f->count < MAX_STATUSES; s++) {
    const uint64_t arrival = *arrival_of (self, s);
    uint8_t symbol = SYMBOL_LOST;
    if (arrival != 0) {
      const int64_t at = (int64_t) ((arrival - 1) / YL_RTCP_TWCC_TICK_US);
      if (!started) {
        started = true;
        f->reference = at / TICKS_PER_REFERENCE;
        tick = f->reference * TICKS_PER_REFERENCE;
      }
      const int64_t delta = at - tick;
      if (delta != (int16_t) delta)
        break;
      symbol = delta >= 0 && delta <= UINT8_MAX ? SYMBOL_SMALL : SYMBOL_LARGE;
      f->deltas[f->count] = (int16_t) delta;
      tick = at;
    }
    f->symbols[f->count++] = symbol;
  }
  if (!started)
    f->count = 0;
}

static size_t
run_of (const Feedback *f, size_t at)
{
  size_t n = 1;
  while (at + n < f->count && f->symbols[at + n] == f->symbols[at]
         && n < MAX_RUN)
    n++;
  return n;
}

static bool
is_large_within (const Feedback *f, size_t at, size_t n)
{
  for (size_t i = at; i < f->count && i < at + n; i++)
    if (f->symbols[i] == SYMBOL_LARGE)
      return true;
  return false;
}

static void
write_chunks (YlWriter *out, const Feedback *f)
{
  size_t at = 0;
  while (at < f->count) {
    const size_t run = run_of (f, at);
    const unsigned bits = is_large_within (f, at, 14) ? 2 : 1;
    const size_t vector = 14 / bits;
    if (run >= vector || at + run == f->count) {
      yl_writer_u16 (out, (uint16_t) (f->symbols[at] << 13 | run));
      at += run;
      continue;
    }
    unsigned chunk = 1u << 15 | (bits - 1) << 14;
    for (size_t i = 0; i < vector && at + i < f->count; i++)
      chunk |= (unsigned) f->symbols[at + i] << (14 - bits * (i + 1));
    yl_writer_u16 (out, (uint16_t) chunk);
    at += vector;
  }
}

static void
write_deltas (YlWriter *out, const Feedback *f)
{
  for (size_t i = 0; i < f->count; i++) {
    if (f->symbols[i] == SYMBOL_SMALL)
      yl_writer_u8 (out, (uint8_t) f->deltas[i]);
    else if (f->symbols[i] == SYMBOL_LARGE)
      yl_writer_u16 (out, (uint16_t) f->deltas[i]);
  }
}

static bool
write_feedback (YlRtcpTwccRecorder *self, YlWriter *out, const Feedback *f)
{
  uint8_t *begin = yl_rtcp_begin (out, YL_RTCP_RTPFB, YL_RTCP_RTPFB_TWCC);
  yl_writer_u32 (out, self->sender_ssrc);
  yl_writer_u32 (out, self->media_ssrc);
  yl_writer_u16 (out, (uint16_t) self->base);
  yl_writer_u16 (out, (uint16_t) f->count);
  yl_writer_u24 (out, (uint32_t) f->reference & 0xffffff);
  yl_writer_u8 (out, self->feedback_count);
  write_chunks (out, f);
  write_deltas (out, f);
  return yl_rtcp_end (out, begin);
}

size_t
yl_rtcp_twcc_recorder_poll_transmit (YlRtcpTwccRecorder *self, uint64_t now_us,
                                     uint8_t *data, size_t capacity)
{
  if (!self->flushing && now_us < yl_rtcp_twcc_recorder_next_deadline (self))
    return 0;

  Feedback f;
  skip_leading_losses (self);
  collect (self, &f);
  YlWriter out = yl_writer_init (data, capacity);
  if (f.count == 0 || !write_feedback (self, &out, &f)) {
    self->flushing = false;
    self->pending = 0;
    self->base = self->unwrap.newest + 1;
    return 0;
  }
  self->feedback_count++;
  self->base += (int64_t) f.count;
  self->flushing = self->base <= self->unwrap.newest;
  if (!self->flushing)
    self->pending = 0;
  return yl_writer_size (&out);
}
