/* packet.h: one decrypted RTP packet on its way through the worker */
#pragma once

#include "base/ids.h"
#include "rtp/rtp-view.h"

#include <stdbool.h>
#include <stdint.h>

/* Largest RTP packet forwarded, plaintext [octets]: a datagram of 1500 less
 * IPv6 and UDP headers. Larger ones are counted and dropped at ingress. */
#define YL_PACKET_MAX 1452

/* Room for one while it is still protected, in place [octets]. */
#define YL_PACKET_STORAGE 1472

typedef enum {
  YL_CODEC_NONE,
  YL_CODEC_OPUS,
  YL_CODEC_VP8,
  YL_CODEC_H264,
} YlCodec;

/* What the forwarder needs to know of a payload, read once at ingress. */
typedef struct {
  bool keyframe_start;     /* first packet of a frame that decodes alone */
  bool frame_start;        /* first packet of a frame */
  uint8_t temporal_id;     /* VP8 TID, 0 if absent */
  bool switch_up;          /* VP8 Y bit */
  uint8_t descriptor_size; /* VP8 payload descriptor [octets], else 0 */
  uint8_t picture_id_bits; /* 0 absent, 7 or 15 */
  uint8_t picture_id_at;   /* offset of the picture id in the payload */
  uint8_t tl0picidx_at;    /* offset of TL0PICIDX in the payload, 0 absent */
  uint8_t tl0picidx;
  uint16_t picture_id;
} YlPayloadInfo;

/* Borrowed view with what ingress learned. `view` borrows from `data`; both
 * live as long as the batch that carries them. Plain RTP only: RTX has been
 * unwrapped, SSRC is the media SSRC as the sender uses it. Worker thread. */
typedef struct {
  const uint8_t *data;
  uint16_t size;       /* [octets], padding removed */
  uint8_t audio_level; /* -dBov 0..127 (RFC 6464), 255 absent */
  YlCodec codec;
  YlRtpView view;
  YlPayloadInfo info;
  int64_t seq;          /* unwrapped, per track */
  uint64_t received_us; /* monotonic */
} YlPacket;
