/* h264.h: finds frame and keyframe starts in H264 payloads (RFC 6184) */
#pragma once

#include "rtp/packet.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Single NAL units, STAP-A and FU-A. keyframe_start is the packet with the
 * SPS: an IDR picture without one decodes only for who has it already.
 * frame_start is true for the packets with an access unit delimiter, an SPS or
 * the first slice of a picture, so perhaps twice in a frame: a new timestamp
 * decides. False if the payload is malformed; @info is then untouched. */
bool yl_rtp_h264_read (YlPayloadInfo *info, const uint8_t *payload,
                       size_t size);
