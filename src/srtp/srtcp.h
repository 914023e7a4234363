/* srtcp.h: SRTCP both ways of one association, by libsrtp (RFC 3711, 3.4) */
#pragma once

#include "base/srtp-keying.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What protection adds at most [octets]: tag and index. */
#define YL_SRTCP_MAX_OVERHEAD 20

/* SSRCs that may send RTCP on one association, per direction. */
#define YL_SRTCP_MAX_SENDERS 64

typedef struct YlSrtcp YlSrtcp;

/* Returns NULL for an unknown profile. Keyings may be wiped afterwards. */
YlSrtcp *yl_srtcp_new (const YlSrtpKeying *local, const YlSrtpKeying *remote);
void yl_srtcp_free (YlSrtcp *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlSrtcp, yl_srtcp_free)

/* Protects a compound packet in place. @data is aligned to 4 octets and
 * holds @size + YL_SRTCP_MAX_OVERHEAD. Returns the new size, 0 if refused. */
size_t yl_srtcp_protect (YlSrtcp *self, uint8_t *data, size_t size,
                         size_t capacity);

/* Removes protection in place; @data is aligned to 4 octets. Returns the
 * size of the compound packet, or 0: malformed, forged or replayed. */
size_t yl_srtcp_unprotect (YlSrtcp *self, uint8_t *data, size_t size);
