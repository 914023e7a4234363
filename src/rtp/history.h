/* history.h: the last moments of one track, kept for resending */
#pragma once

#include "rtp/packet.h"

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

/* Older packets are not worth their bandwidth. */
#define YL_RTP_HISTORY_AGE_US UINT64_C (1000000)

/* Kept at first: enough for those who are near. */
#define YL_RTP_HISTORY_FIRST_US UINT64_C (200000)

/* Copies packets into a ring of its own: nobody has to keep batches alive.
 * Bounded by octets, packets and age; it begins small, and grows while what
 * it should keep does not fit. */
typedef struct YlRtpHistory YlRtpHistory;

/**
 * yl_rtp_history_new:
 * @octets: of packet data at most, at least %YL_PACKET_MAX; 512 KiB hold a
 *   second of 4 Mbit/s
 * @packets: at most, rounded up to a power of two
 */
YlRtpHistory *yl_rtp_history_new (size_t octets, uint32_t packets);

/* From now on packets are kept for at least @age_us, as far as the bounds
 * allow; more than was wanted before, never less. */
void yl_rtp_history_want (YlRtpHistory *self, uint64_t age_us);

/* Somebody asked for what was gone already: wants twice as much. */
void yl_rtp_history_want_more (YlRtpHistory *self);

void yl_rtp_history_free (YlRtpHistory *self);

/* Forgets all: the source counts from somewhere else now. */
void yl_rtp_history_clear (YlRtpHistory *self);

/* Late and repeated packets are welcome. */
void yl_rtp_history_add (YlRtpHistory *self, const YlPacket *packet);

/* The packet with the unwrapped @seq, or NULL if it is too old or was never
 * seen. Borrowed until the next _add(). */
const YlPacket *yl_rtp_history_find (const YlRtpHistory *self, int64_t seq,
                                     uint64_t now_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlRtpHistory, yl_rtp_history_free)
