#include "rtp/receive-stats.h"

#include "base/time.h"

#define SEQ_MOD UINT32_C (0x10000)
#define MAX_DROPOUT 3000
#define MAX_MISORDER 100

void
yl_rtp_receive_stats_init (YlRtpReceiveStats *self, uint32_t clock_rate)
{
  *self = (YlRtpReceiveStats){ .clock_rate = clock_rate };
}

static void
start_at (YlRtpReceiveStats *self, uint16_t seq)
{
  self->base_seq = seq;
  self->max_seq = seq;
  self->bad_seq = SEQ_MOD;
  self->cycles = 0;
  self->received = 0;
  self->received_before = 0;
  self->expected_before = 0;
}

/* RFC 3550, A.1. False for a jump that may be a restart: it counts when the
 * next packet confirms it. */
static bool
update_seq (YlRtpReceiveStats *self, uint16_t seq)
{
  const uint16_t delta = (uint16_t) (seq - self->max_seq);
  if (delta < MAX_DROPOUT) {
    if (seq < self->max_seq)
      self->cycles += SEQ_MOD;
    self->max_seq = seq;
  } else if (delta <= SEQ_MOD - MAX_MISORDER) {
    if (seq != self->bad_seq) {
      self->bad_seq = (seq + 1u) & (SEQ_MOD - 1);
      return false;
    }
    start_at (self, seq);
  }
  self->received++;
  return true;
}

/* RFC 3550, A.8, over differences that wrap. */
static void
update_jitter (YlRtpReceiveStats *self, uint32_t timestamp, uint64_t now_us,
               bool first)
{
  const uint64_t arrival =
      now_us / YL_US_PER_S * self->clock_rate
      + now_us % YL_US_PER_S * self->clock_rate / YL_US_PER_S;
  const uint32_t transit = (uint32_t) arrival - timestamp;
  const int32_t change = (int32_t) (transit - self->transit);
  self->transit = transit;
  if (first)
    return;
  const uint32_t d = change < 0 ? 0u - (uint32_t) change : (uint32_t) change;
  self->jitter_16 += d - ((self->jitter_16 + 8) >> 4);
}

void
yl_rtp_receive_stats_add (YlRtpReceiveStats *self, uint16_t seq,
                          uint32_t timestamp, uint32_t payload_octets,
                          uint64_t now_us)
{
  const bool first = !self->started;
  self->packets++;
  self->octets += payload_octets;
  if (first) {
    self->started = true;
    start_at (self, seq);
  }
  if (!update_seq (self, seq))
    return;
  /* Packets of one frame share a timestamp and are sent spread out: only the
   * first of each says something about the network. */
  if (first || timestamp != self->timestamp)
    update_jitter (self, timestamp, now_us, first);
  self->timestamp = timestamp;
}

void
yl_rtp_receive_stats_sender_report (YlRtpReceiveStats *self, uint64_t ntp,
                                    uint64_t now_us)
{
  self->lsr = (uint32_t) (ntp >> 16);
  self->lsr_at_us = now_us;
}

/* RFC 3550, A.3 */
static void
report_loss (YlRtpReceiveStats *self, YlRtpReceiveReport *report)
{
  const uint32_t highest = self->cycles + self->max_seq;
  const uint32_t expected = highest - self->base_seq + 1;
  int64_t lost = (int64_t) expected - self->received;
  if (lost > 0x7fffff)
    lost = 0x7fffff;
  if (lost < -0x800000)
    lost = -0x800000;

  const uint32_t expected_now = expected - self->expected_before;
  const uint32_t received_now = self->received - self->received_before;
  const int64_t lost_now = (int64_t) expected_now - received_now;
  self->expected_before = expected;
  self->received_before = self->received;

  report->highest_seq = highest;
  report->lost = (int32_t) lost;
  if (lost_now > 0) {
    const int64_t fraction = (lost_now << 8) / expected_now;
    report->fraction_lost = (uint8_t) (fraction > 255 ? 255 : fraction);
  }
}

bool
yl_rtp_receive_stats_report (YlRtpReceiveStats *self, uint64_t now_us,
                             YlRtpReceiveReport *report)
{
  if (!self->started)
    return false;
  YlRtpReceiveReport r = { .jitter = self->jitter_16 >> 4, .lsr = self->lsr };
  report_loss (self, &r);
  if (self->lsr != 0) {
    const uint64_t delay_us = now_us - self->lsr_at_us;
    const uint64_t seconds = delay_us / YL_US_PER_S;
    r.dlsr = seconds > UINT16_MAX ? UINT32_MAX
                                  : (uint32_t) ((delay_us << 16) / YL_US_PER_S);
  }
  *report = r;
  return true;
}
