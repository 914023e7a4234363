#include "rtp/loss.h"

#include "base/time.h"

#include <string.h>

/* Packets overtaken on the way are not lost yet. */
#define REORDER_US (5 * YL_US_PER_MS)
#define MIN_INTERVAL_US (20 * YL_US_PER_MS)
#define MAX_INTERVAL_US (250 * YL_US_PER_MS)
#define UNKNOWN_RTT_US (80 * YL_US_PER_MS)
#define GIVE_UP_US YL_US_PER_S
#define MAX_ASKED 10
#define FIRST_MISSING 8

typedef struct {
  int64_t seq;
  uint64_t since_us;
  uint64_t due_us; /* ask, or give up */
  uint32_t asked;
} Missing;

struct YlRtpLoss {
  int64_t newest;
  bool started;
  bool keyframe_needed;
  size_t n;
  size_t capacity;
  Missing *missing;     /* ascending; NULL before the first gap */
  uint64_t deadline_us; /* never later than the first due_us */
  YlRtpLossCounters counters;
};

YlRtpLoss *
yl_rtp_loss_new (void)
{
  YlRtpLoss *self = g_new0 (YlRtpLoss, 1);
  self->deadline_us = YL_NEVER;
  return self;
}

void
yl_rtp_loss_free (YlRtpLoss *self)
{
  if (self != NULL)
    g_free (self->missing);
  g_free (self);
}

static void
give_up (YlRtpLoss *self, uint64_t n)
{
  self->counters.given_up += n;
  self->keyframe_needed = true;
}

/* Few tracks ever miss many at once. */
static void
reserve (YlRtpLoss *self, size_t n)
{
  if (n <= self->capacity)
    return;
  self->capacity = MAX (self->capacity, FIRST_MISSING);
  while (self->capacity < n)
    self->capacity *= 2;
  self->missing = g_renew (Missing, self->missing, self->capacity);
}

static void
add_gap (YlRtpLoss *self, int64_t first, uint64_t gap, uint64_t now_us)
{
  self->counters.missed += gap;
  if (gap > YL_RTP_LOSS_MAX - self->n) {
    give_up (self, self->n + gap);
    self->n = 0;
    return;
  }
  reserve (self, self->n + gap);
  for (uint64_t i = 0; i < gap; i++)
    self->missing[self->n++] = (Missing){
      .seq = first + (int64_t) i,
      .since_us = now_us,
      .due_us = now_us + REORDER_US,
    };
  self->deadline_us = yl_time_min (self->deadline_us, now_us + REORDER_US);
}

/* The first place whose number is not before @seq. */
static size_t
place_of (const YlRtpLoss *self, int64_t seq)
{
  size_t low = 0;
  size_t high = self->n;
  while (low < high) {
    const size_t middle = (low + high) / 2;
    if (self->missing[middle].seq < seq)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static void
remove_range (YlRtpLoss *self, size_t from, size_t to)
{
  if (from == to)
    return;
  memmove (&self->missing[from], &self->missing[to],
           (self->n - to) * sizeof self->missing[0]);
  self->n -= to - from;
}

void
yl_rtp_loss_receive (YlRtpLoss *self, int64_t seq, uint64_t now_us)
{
  if (!self->started) {
    self->started = true;
    self->newest = seq;
  } else if (seq > self->newest) {
    const uint64_t gap = (uint64_t) (seq - self->newest) - 1;
    if (gap > 0)
      add_gap (self, self->newest + 1, gap, now_us);
    self->newest = seq;
  } else {
    const size_t at = place_of (self, seq);
    if (at < self->n && self->missing[at].seq == seq) {
      remove_range (self, at, at + 1);
      self->counters.recovered++;
    }
  }
}

void
yl_rtp_loss_keyframe (YlRtpLoss *self, int64_t seq)
{
  remove_range (self, 0, place_of (self, seq));
  self->keyframe_needed = false;
}

static uint64_t
interval_of (uint64_t rtt_us)
{
  const uint64_t us = rtt_us != 0 ? rtt_us + rtt_us / 4 : UNKNOWN_RTT_US;
  return CLAMP (us, MIN_INTERVAL_US, MAX_INTERVAL_US);
}

size_t
yl_rtp_loss_poll_nack (YlRtpLoss *self, uint64_t now_us, uint64_t rtt_us,
                       uint16_t *seqs, size_t capacity)
{
  if (now_us < yl_rtp_loss_next_deadline (self))
    return 0;

  const uint64_t interval_us = interval_of (rtt_us);
  size_t kept = 0;
  size_t n_seqs = 0;
  self->deadline_us = YL_NEVER;
  for (size_t i = 0; i < self->n; i++) {
    Missing m = self->missing[i];
    const uint64_t end_us = m.since_us + GIVE_UP_US;
    if (m.due_us <= now_us) {
      if (now_us >= end_us || m.asked == MAX_ASKED) {
        give_up (self, 1);
        continue;
      }
      if (n_seqs < capacity) {
        seqs[n_seqs++] = (uint16_t) m.seq;
        m.asked++;
        m.due_us = yl_time_min (now_us + interval_us, end_us);
      }
    }
    self->deadline_us = yl_time_min (self->deadline_us, m.due_us);
    self->missing[kept++] = m;
  }
  self->n = kept;
  self->counters.asked += n_seqs;
  return n_seqs;
}

bool
yl_rtp_loss_poll_keyframe_needed (YlRtpLoss *self)
{
  const bool needed = self->keyframe_needed;
  self->keyframe_needed = false;
  return needed;
}

uint64_t
yl_rtp_loss_next_deadline (const YlRtpLoss *self)
{
  return self->n > 0 ? self->deadline_us : YL_NEVER;
}

void
yl_rtp_loss_get_counters (const YlRtpLoss *self, YlRtpLossCounters *counters)
{
  *counters = self->counters;
}
