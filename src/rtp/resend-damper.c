#include "rtp/resend-damper.h"

#include "base/time.h"

bool
yl_rtp_resend_damper_allow (YlRtpResendDamper *self, uint16_t seq,
                            uint64_t now_us, uint64_t interval_us)
{
  const unsigned at = seq % YL_RTP_RESEND_DAMPER_SIZE;
  /* one more than the time, as 0 means never; 49 days until it wraps */
  const uint32_t now_ms = (uint32_t) (now_us / YL_US_PER_MS) + 1;
  const uint32_t age_ms = now_ms - self->sent_ms[at];
  if (self->sent_ms[at] != 0 && self->seq[at] == seq
      && age_ms < interval_us / YL_US_PER_MS)
    return false;
  self->seq[at] = seq;
  self->sent_ms[at] = now_ms;
  return true;
}
