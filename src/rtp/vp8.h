/* vp8.h: VP8 payload descriptor, read and rewritten (RFC 7741, 4.2) */
#pragma once

#include "rtp/packet.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads descriptor and frame header. False if they do not fit in @size; @info
 * is then untouched. */
bool yl_rtp_vp8_read (YlPayloadInfo *info, const uint8_t *payload, size_t size);

/* Overwrites picture id and TL0PICIDX in a copy of the payload @info was read
 * from. The width of the picture id stays, so a 7-bit one takes the low bits;
 * fields the packet lacks are left out. */
void yl_rtp_vp8_rewrite (uint8_t *payload, const YlPayloadInfo *info,
                         uint16_t picture_id, uint8_t tl0picidx);

/* Reads width and height from the payload of a keyframe_start packet.
 * False if they are not there. */
bool yl_rtp_vp8_read_size (const YlPayloadInfo *info, const uint8_t *payload,
                           size_t size, uint16_t *width, uint16_t *height);
