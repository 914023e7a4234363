/* nack.h: generic negative acknowledgements (RFC 4585, 6.2.1) */
#pragma once

#include "rtcp/walker.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Writes the asked numbers to @seqs in the order of the packet; those beyond
 * @capacity are left out: the receiver asks again. Returns how many; 0 also
 * if @packet is no NACK. */
size_t yl_rtcp_nack_parse (const YlRtcpPacket *packet, uint32_t *media_ssrc,
                           uint16_t *seqs, size_t capacity);

/* Writes one packet that asks for the first of @seqs (ascending, wrapping).
 * Returns how many it took: all, unless @out is full. */
size_t yl_rtcp_nack_write (YlWriter *out, uint32_t sender_ssrc,
                           uint32_t media_ssrc, const uint16_t *seqs, size_t n);
