/* loss.h: what is missing of an incoming track, and when to ask for it */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Missing packets remembered at once; a larger gap is given up. */
#define YL_RTP_LOSS_MAX 256

/* An engine for one track. Every packet that uses a number of the media SSRC
 * is reported here: also padding-only ones and those restored from RTX. */
typedef struct YlRtpLoss YlRtpLoss;

YlRtpLoss *yl_rtp_loss_new (void);

void yl_rtp_loss_free (YlRtpLoss *self);

/* @seq: unwrapped (yl_seq_unwrap()). */
void yl_rtp_loss_receive (YlRtpLoss *self, int64_t seq, uint64_t now_us);

/* A frame that decodes alone starts at @seq: nothing before it is asked for
 * any more, and a pending need for a keyframe is met. */
void yl_rtp_loss_keyframe (YlRtpLoss *self, int64_t seq);

/**
 * yl_rtp_loss_poll_nack:
 * @rtt_us: to the sender; 0 if unknown
 * @seqs: (out caller-allocates): numbers to ask for now, ascending
 * Returns: how many, at most @capacity; call again while it is @capacity.
 * Also gives up what is a second old or was asked for ten times.
 */
size_t yl_rtp_loss_poll_nack (YlRtpLoss *self, uint64_t now_us, uint64_t rtt_us,
                              uint16_t *seqs, size_t capacity);

/* True once after packets were given up: of a video, ask for a keyframe. */
bool yl_rtp_loss_poll_keyframe_needed (YlRtpLoss *self);

/* When to poll next, or YL_NEVER. */
uint64_t yl_rtp_loss_next_deadline (const YlRtpLoss *self);

typedef struct {
  uint64_t missed;    /* gaps seen, in packets */
  uint64_t recovered; /* came late or resent */
  uint64_t given_up;
  uint64_t asked; /* numbers in NACKs, repeats included */
} YlRtpLossCounters;

void yl_rtp_loss_get_counters (const YlRtpLoss *self,
                               YlRtpLossCounters *counters);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlRtpLoss, yl_rtp_loss_free)
