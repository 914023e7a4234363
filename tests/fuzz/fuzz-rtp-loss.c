#include "rtp/loss.h"

#include "base/seq.h"
#include "base/time.h"
#include "rtp/receive-stats.h"
#include "rtp/resend-damper.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* Three octets a step: a sequence number and how much time passes. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (YlRtpLoss) loss = yl_rtp_loss_new ();
  YlRtpReceiveStats stats;
  YlRtpResendDamper damper = { 0 };
  YlSeqUnwrap unwrap = { 0 };
  uint64_t now_us = 0;
  yl_rtp_receive_stats_init (&stats, 90000);
  for (; size >= 3; data += 3, size -= 3) {
    const uint16_t seq = (uint16_t) (data[0] << 8 | data[1]);
    uint16_t seqs[16];
    now_us += data[2] * YL_US_PER_MS;
    yl_rtp_loss_receive (loss, yl_seq_unwrap (&unwrap, seq), now_us);
    yl_rtp_receive_stats_add (&stats, seq, (uint32_t) now_us, 1, now_us);
    yl_rtp_resend_damper_allow (&damper, seq, now_us, 50000);
    const size_t n = yl_rtp_loss_poll_nack (loss, now_us, 0, seqs, 16);
    g_assert_cmpuint (n, <=, 16);
    for (size_t i = 1; i < n; i++)
      g_assert_true (yl_seq_newer (seqs[i], seqs[i - 1]));
    if (n < 16)
      g_assert_cmpuint (yl_rtp_loss_next_deadline (loss), >, now_us);
    if (data[2] == 0xff)
      yl_rtp_loss_keyframe (loss, unwrap.newest);
    YlRtpReceiveReport report;
    g_assert_true (yl_rtp_receive_stats_report (&stats, now_us, &report));
  }
  YlRtpLossCounters c;
  yl_rtp_loss_get_counters (loss, &c);
  g_assert_cmpuint (c.recovered + c.given_up, <=, c.missed);
  return 0;
}
