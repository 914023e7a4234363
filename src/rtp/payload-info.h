/* payload-info.h: reads what the forwarder needs from a payload */
#pragma once

#include "rtp/packet.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Dispatches on @codec; audio frames start with every packet and are never
 * keyframes. @info is always written, zeros but for frame_start on failure.
 * Returns false when the payload is malformed: count and drop the packet. An
 * empty payload (padding only) is malformed here: ask payload_size first. */
bool yl_rtp_payload_info_read (YlPayloadInfo *info, YlCodec codec,
                               const uint8_t *payload, size_t size);
