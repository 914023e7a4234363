/* keyframe.h: asking for a keyframe: PLI (RFC 4585, 6.3.1), FIR (RFC 5104,
 * 4.3.1) */
#pragma once

#include "rtcp/walker.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* False if @packet is no well-formed PLI. */
bool yl_rtcp_pli_parse (const YlRtcpPacket *packet, uint32_t *media_ssrc);

bool yl_rtcp_pli_write (YlWriter *out, uint32_t sender_ssrc,
                        uint32_t media_ssrc);

/* One request: repeated with the same number until answered, so a receiver
 * acts only on a number that differs from the last. */
typedef struct {
  uint32_t ssrc; /* of the media wanted */
  uint8_t seq;   /* command sequence number */
} YlRtcpFir;

/* Takes the requests out of a FIR packet; returns how many. */
size_t yl_rtcp_fir_parse (const YlRtcpPacket *packet, YlRtcpFir *requests,
                          size_t capacity);

bool yl_rtcp_fir_write (YlWriter *out, uint32_t sender_ssrc,
                        const YlRtcpFir *request);
