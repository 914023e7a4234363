/* sender.h: SRTP protection of what we send (RFC 3711, RFC 7714)
 *
 * The packet path: no allocation, no lock. One owner, one thread. */
#pragma once

#include "base/srtp-keying.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* SSRCs one sender can ever use: bounds its memory. */
#define YL_SRTP_MAX_STREAMS 256

/* Session keys and cipher contexts of one direction of one association. */
typedef struct YlSrtpSender YlSrtpSender;

/* Which indices of one SSRC are used up. Belongs to its sender and lives as
 * long: forgetting it would allow an index to be used twice. */
typedef struct YlSrtpStream YlSrtpStream;

/* Returns NULL for an unknown profile or an exhausted OpenSSL. @keying may
 * be wiped afterwards. */
YlSrtpSender *yl_srtp_sender_new (const YlSrtpKeying *keying);
void yl_srtp_sender_free (YlSrtpSender *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlSrtpSender, yl_srtp_sender_free)

/* Tag that protection appends [octets]. */
size_t yl_srtp_sender_overhead (const YlSrtpSender *self);

/**
 * yl_srtp_sender_stream:
 * Returns: (transfer none): the stream of @ssrc, made at its first mention;
 *   %NULL beyond %YL_SRTP_MAX_STREAMS. Keep it: this call allocates and
 *   searches, protection does not.
 */
YlSrtpStream *yl_srtp_sender_stream (YlSrtpSender *self, uint32_t ssrc);

/* A packet of @stream will be protected soon: fetches what that needs into
 * the cache. */
void yl_srtp_sender_prefetch (const YlSrtpSender *self,
                              const YlSrtpStream *stream);

/* What to protect. The destination already holds `header_size` octets of RTP
 * header (with extensions) and `prefix_size` octets of payload that were
 * rewritten for this receiver (RTX sequence, VP8 descriptor). The rest of
 * the payload is read from `payload`, straight from memory shared by all
 * receivers; `padding` octets follow it (the caller sets the P bit). */
typedef struct {
  YlSrtpStream *stream;
  int64_t seq; /* unwrapped; low 16 bits are those in the header */
  const uint8_t *payload;
  uint16_t payload_size;
  uint16_t header_size;
  uint8_t prefix_size;
  uint8_t padding; /* [octets], count octet included, 0 for none */
} YlSrtpPacket;

/**
 * yl_srtp_sender_protect:
 * @packet: its `seq` may start in any cycle: the first packet's becomes
 *   roll-over count 0. Late ones are fine within 128 of the newest.
 * @out: header and prefix in, SRTP packet out; must not overlap the payload
 * @capacity: at least all sizes plus yl_srtp_sender_overhead()
 * Returns: size of the SRTP packet, or 0 when it does not fit, or the index
 *   of this SSRC was used already or is too old to know: under GCM a second
 *   use would give away the authentication key.
 */
size_t yl_srtp_sender_protect (YlSrtpSender *self, const YlSrtpPacket *packet,
                               uint8_t *out, size_t capacity);

/* Packets refused because their index was used or too old. */
uint64_t yl_srtp_sender_refused (const YlSrtpSender *self);
