/* srtcp.h: SRTCP both ways of one association, (RFC 3711, 3.4;
 * RFC 7714, 9)
 *
 * Small: there is one for each viewer. One owner, one thread. */
#pragma once

#include "base/srtp-keying.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What protection adds at most [octets]: tag and index. */
#define YL_SRTCP_MAX_OVERHEAD 20

/* Largest SRTCP packet either way [octets]. */
#define YL_SRTCP_MAX_SIZE 1500

/* SSRCs that may send RTCP on one association, per direction. */
#define YL_SRTCP_MAX_SENDERS 64

typedef struct YlSrtcp YlSrtcp;

/* Returns NULL for an unknown profile, two that differ, or an exhausted
 * OpenSSL. Keyings may be wiped afterwards. */
YlSrtcp *yl_srtcp_new (const YlSrtpKeying *local, const YlSrtpKeying *remote);
void yl_srtcp_free (YlSrtcp *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlSrtcp, yl_srtcp_free)

/* Protects a compound packet in place. Returns the new size, or 0: longer
 * than YL_SRTCP_MAX_SIZE or than @capacity afterwards, or one SSRC too many. */
size_t yl_srtcp_protect (YlSrtcp *self, uint8_t *data, size_t size,
                         size_t capacity);

/* Removes protection in place. Returns the size of the compound packet, or
 * 0: malformed, not encrypted, forged, replayed, or one SSRC too many; then
 * the payload is undefined. */
size_t yl_srtcp_unprotect (YlSrtcp *self, uint8_t *data, size_t size);
