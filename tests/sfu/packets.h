/* packets.h: made-up packets and peers for the tests of src/sfu */
#pragma once

#include "nego/peer-config.h"
#include "rtp/packet.h"

#include <string.h>

#define TEST_PAYLOAD 40

/* A packet that can be copied into a history. */
typedef struct {
  uint8_t data[12 + TEST_PAYLOAD];
  YlPacket packet;
} TestPacket;

static inline const YlPacket *
test_packet (TestPacket *self, YlCodec codec, int64_t seq, uint32_t timestamp,
             uint64_t received_us, bool keyframe)
{
  memset (self, 0, sizeof *self);
  self->data[0] = 0x80;
  memcpy (self->data + 12, &seq, sizeof seq); /* tells contents apart */
  YlPacket *packet = &self->packet;
  packet->data = self->data;
  packet->size = sizeof self->data;
  packet->audio_level = 255;
  packet->codec = codec;
  packet->seq = seq;
  packet->received_us = received_us;
  packet->view.seq = (uint16_t) seq;
  packet->view.timestamp = timestamp;
  packet->view.payload = self->data + 12;
  packet->view.payload_size = TEST_PAYLOAD;
  packet->info.frame_start = true;
  packet->info.keyframe_start = keyframe;
  if (codec == YL_CODEC_VP8) {
    packet->info.descriptor_size = 6;
    packet->info.picture_id_bits = 15;
    packet->info.picture_id_at = 2;
    packet->info.tl0picidx_at = 4;
    packet->info.picture_id = (uint16_t) (seq & 0x7fff);
    packet->info.tl0picidx = (uint8_t) seq;
  }
  return packet;
}

static inline void
test_add_slot (YlPeerConfig *config, YlMediaKind kind, uint32_t ssrc)
{
  YlPeerSection *s = &config->sections[config->n_sections];
  *s = (YlPeerSection){ .kind = kind, .direction = YL_DIRECTION_SEND };
  s->mid[0] = (char) ('a' + config->n_sections++);
  s->slot_ssrc = ssrc;
  s->slot_rtx_ssrc = kind == YL_MEDIA_VIDEO ? ssrc + 1 : 0;
  if (kind == YL_MEDIA_AUDIO) {
    s->n_codecs = 1;
    s->codecs[0] = (YlPeerCodec){ .codec = YL_CODEC_OPUS,
                                  .payload_type = 111,
                                  .rtx_payload_type = YL_PAYLOAD_TYPE_NONE,
                                  .clock_rate = 48000 };
    return;
  }
  s->n_codecs = 2;
  s->codecs[0] = (YlPeerCodec){ .codec = YL_CODEC_VP8,
                                .payload_type = 96,
                                .rtx_payload_type = 97,
                                .clock_rate = 90000 };
  s->codecs[1] = (YlPeerCodec){ .codec = YL_CODEC_H264,
                                .payload_type = 102,
                                .rtx_payload_type = 103,
                                .clock_rate = 90000 };
}

/* One audio slot, two video slots; SSRCs from @ssrc on. */
static inline YlPeerConfig
test_config (uint32_t ssrc)
{
  YlPeerConfig config = { .n_sections = 1 }; /* section 0: what it sends */
  config.sections[0].direction = YL_DIRECTION_RECEIVE;
  test_add_slot (&config, YL_MEDIA_AUDIO, ssrc);
  test_add_slot (&config, YL_MEDIA_VIDEO, ssrc + 10);
  test_add_slot (&config, YL_MEDIA_VIDEO, ssrc + 20);
  return config;
}
