/* receiver.h: SRTP removal from what we receive (RFC 3711, RFC 7714)
 *
 * The packet path: no allocation, no lock. One owner, one thread. */
#pragma once

#include "base/srtp-keying.h"
#include "srtp/window.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
  YL_SRTP_OK,
  YL_SRTP_MALFORMED, /* too short, or the header's lengths lie */
  YL_SRTP_REPLAYED,  /* seen, or older than the window */
  YL_SRTP_FORGED,    /* the tag is wrong */
  YL_SRTP_N_RESULTS, /* for arrays of counters */
} YlSrtpResult;

/* Session keys and cipher contexts of one direction of one association. */
typedef struct YlSrtpReceiver YlSrtpReceiver;

/* Returns NULL for an unknown profile or an exhausted OpenSSL. @keying may
 * be wiped afterwards. */
YlSrtpReceiver *yl_srtp_receiver_new (const YlSrtpKeying *keying);
void yl_srtp_receiver_free (YlSrtpReceiver *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlSrtpReceiver, yl_srtp_receiver_free)

/**
 * yl_srtp_receiver_unprotect:
 * @window: replay window and roll-over count of the SSRC in octets 8..11 of
 *   @data. The caller keeps it beside the track, zeroed at first, and must
 *   not zero it again while the keys live, else old packets could be
 *   replayed. Only a packet whose tag is right writes it, so one scratch
 *   window may try packets of unknown SSRCs.
 * @data: SRTP packet in, plain RTP packet out, in place; its payload is
 *   undefined after any other result than %YL_SRTP_OK
 * @size: (inout): shrinks by the tag
 * @seq: (out) (optional): unwrapped sequence number (roll-over count × 65536
 *   + seq), nearest to the newest; starts in cycle 0
 */
YlSrtpResult yl_srtp_receiver_unprotect (YlSrtpReceiver *self,
                                         YlSrtpWindow *window, uint8_t *data,
                                         size_t *size, int64_t *seq);
