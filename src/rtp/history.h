/* history.h: the last moments of one track, kept for resending */
#pragma once

#include "base/page-pool.h"
#include "rtp/packet.h"

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

/* Older packets are not worth their bandwidth. */
#define YL_RTP_HISTORY_AGE_US UINT64_C (1000000)

/* Kept at first: enough for those who are near. */
#define YL_RTP_HISTORY_FIRST_US UINT64_C (200000)

/* How long what somebody once needed is remembered, at least; at most twice
 * as long. */
#define YL_RTP_HISTORY_NEED_US UINT64_C (60000000)

/* Copies packets into pages that histories share: nobody has to keep batches
 * alive. Bounded by octets, packets and YL_RTP_HISTORY_AGE_US; within these
 * bounds the two newest frames are kept, and what is older than what is to be
 * kept gives its pages back. */
typedef struct YlRtpHistory YlRtpHistory;

/**
 * yl_rtp_history_new:
 * @pages: outlives it
 * @octets: at most, at least two pages; 512 KiB hold a second of 3.5 Mbit/s
 * @packets: at most, rounded up to a power of two
 */
YlRtpHistory *yl_rtp_history_new (YlPagePool *pages, size_t octets,
                                  uint32_t packets);
void yl_rtp_history_free (YlRtpHistory *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlRtpHistory, yl_rtp_history_free)

/* From now on packets are kept for @age_us, as far as the bounds allow: more
 * or less than before. */
void yl_rtp_history_keep (YlRtpHistory *self, uint64_t age_us);

/* Somebody asked for one that is @age_us old, or nearly did: kept for that
 * long while this is remembered, even if _keep() says less. */
void yl_rtp_history_need (YlRtpHistory *self, uint64_t age_us, uint64_t now_us);

/* Somebody asked for what was gone already: twice as much is needed. */
void yl_rtp_history_need_more (YlRtpHistory *self, uint64_t now_us);

/* All that has come since @from_us is kept until @until_us. */
void yl_rtp_history_hold (YlRtpHistory *self, uint64_t from_us,
                          uint64_t until_us);

/* Gives back what is older, as _add() does: for tracks that have stopped, now
 * and then. */
void yl_rtp_history_trim (YlRtpHistory *self, uint64_t now_us);

/* Forgets all: the source counts from somewhere else now. */
void yl_rtp_history_clear (YlRtpHistory *self);

/* Late and repeated packets are welcome. */
void yl_rtp_history_add (YlRtpHistory *self, const YlPacket *packet);

/**
 * yl_rtp_history_find:
 * @seq: unwrapped
 * @packet: (out): borrows from the history until that changes, or from @room
 * @room: (out): for a packet that does not lie in one piece; untouched else
 * Returns: %false if it is too old or was never seen
 */
bool yl_rtp_history_find (const YlRtpHistory *self, int64_t seq,
                          uint64_t now_us, YlPacket *packet,
                          uint8_t room[YL_PACKET_MAX]);

/* Whether that would find it. */
bool yl_rtp_history_has (const YlRtpHistory *self, int64_t seq,
                         uint64_t now_us);
