/* resend-damper.h: no second answer to a NACK while the first is under way */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define YL_RTP_RESEND_DAMPER_SIZE 64

/* One per viewer and slot, because a packet resent to one viewer is still
 * missing at another. Zero-initialised; forgets the oldest when full, then a
 * packet is resent once too often. */
typedef struct {
  uint16_t seq[YL_RTP_RESEND_DAMPER_SIZE];
  uint32_t sent_ms[YL_RTP_RESEND_DAMPER_SIZE]; /* 0: never */
} YlRtpResendDamper;

/* Whether to resend the packet this viewer knows as @seq; if so remembers the
 * time. Asked again within @interval_us (about a round trip) the answer is
 * no. */
bool yl_rtp_resend_damper_allow (YlRtpResendDamper *self, uint16_t seq,
                                 uint64_t now_us, uint64_t interval_us);
