/* rtx.h: retransmission payload format (RFC 4588, 4) */
#pragma once

#include "rtp/rtp-view.h"

#include <stddef.h>
#include <stdint.h>

/* The original sequence number before the payload [octets]. */
#define YL_RTP_RTX_OSN_SIZE 2

/**
 * yl_rtp_rtx_unwrap:
 * @data: the RTX packet, changed in place
 * @view: of @data; void afterwards
 * @ssrc: of the media stream it repairs
 * @payload_type: of the media (the codec's apt)
 * @size: (inout): [octets] of the packet, padding removed afterwards
 * Returns: the first octet of the restored packet, inside @data; %NULL if it
 *   carries no media (senders probe with empty RTX packets).
 */
uint8_t *yl_rtp_rtx_unwrap (uint8_t *data, const YlRtpView *view, uint32_t ssrc,
                            uint8_t payload_type, size_t *size);

/**
 * yl_rtp_rtx_wrap:
 * @to: room for @capacity octets, not overlapping @media
 * @media: the packet to repeat, its extensions are not copied
 * @header: of the RTX packet; timestamp and marker are taken from @media
 * @osn: the sequence number this receiver knows @media by
 * Returns: [octets] written, 0 if it does not fit.
 */
size_t yl_rtp_rtx_wrap (uint8_t *to, size_t capacity, const YlRtpView *media,
                        const YlRtpHeader *header, uint16_t osn);
