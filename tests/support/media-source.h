/* media-source.h: a camera or a microphone that never was
 *
 * Packets whose headers a forwarder believes: VP8 descriptor with picture id
 * and TL0PICIDX, keyframe header with a size; Opus TOC. A frame is cut into
 * equal packets, the last ones an octet longer when it does not come out even,
 * as libwebrtc does. Each payload ends with the packet's number at the source
 * and the time of sending, so a receiver can tell which it is and the delay. */
#pragma once

#include "nego/peer-config.h"
#include "rtp/history.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MEDIA_PACKET_MAX 1200 /* header and payload [octets] */
#define MEDIA_STAMP_SIZE 8
#define MEDIA_TAIL_SIZE (8 + MEDIA_STAMP_SIZE) /* number and stamp */

typedef struct {
  YlMediaKind kind;
  const char *mid;
  uint8_t mid_id; /* of the header extension */
  uint8_t payload_type;
  uint32_t ssrc;
  uint32_t bitrate_bps;
  uint32_t interval_us; /* between two frames */
  uint32_t spread_us;   /* of the packets of one frame, 0: one burst */
} MediaSourceSetup;

typedef struct {
  MediaSourceSetup setup;
  uint8_t extension[32]; /* block with the mid, as it goes on the wire */
  size_t extension_size;
  int64_t seq;
  uint32_t timestamp;
  uint64_t next_us;  /* of the next packet */
  uint64_t frame_us; /* of the frame under way, or the next */
  uint16_t picture_id;
  uint8_t tl0picidx;
  bool want_keyframe;
  unsigned frame_parts; /* packets of the frame under way */
  unsigned frame_part;  /* the next of them */
  size_t frame_size;    /* of its payloads, less what each has of its own */
  bool frame_is_key;

  uint64_t packets;
  uint64_t octets; /* of payload */
  uint64_t frames;
  uint64_t keyframes;
} MediaSource;

typedef struct {
  uint8_t data[MEDIA_PACKET_MAX];
  size_t header_size;
  size_t size;
  int64_t seq;
} MediaPacket;

void media_source_init (MediaSource *self, const MediaSourceSetup *setup,
                        uint64_t now_us);

/* The next frame begins at @now_us: nothing is made up for. */
void media_source_skip (MediaSource *self, uint64_t now_us);

/* The next packet that is due; false: none is until `next_us`. */
bool media_source_next (MediaSource *self, uint64_t now_us,
                        MediaPacket *packet);
