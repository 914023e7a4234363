/* rtp-fixture.h: RTP packets made for tests */
#pragma once

#include "base/writer.h"
#include "rtp/packet.h"

#include <glib.h>

typedef struct {
  uint8_t data[YL_PACKET_MAX];
  YlPacket packet;
} Fixture;

/* A VP8-like packet of @size payload octets, all of them @fill. */
static inline void
fixture_init (Fixture *self, int64_t seq, size_t size, uint8_t fill,
              uint64_t now_us)
{
  const YlRtpHeader header = {
    .ssrc = 0x11223344,
    .timestamp = 90000,
    .seq = (uint16_t) seq,
    .payload_type = 96,
    .has_extension = true,
  };
  static const uint8_t extension[] = { 0xbe, 0xde, 0, 1, 0x10, '0', 0, 0 };
  YlWriter out = yl_writer_init (self->data, sizeof self->data);
  yl_rtp_header_write (yl_writer_reserve (&out, YL_RTP_HEADER_SIZE), &header);
  yl_writer_octets (&out, extension, sizeof extension);
  uint8_t *payload = yl_writer_reserve (&out, size);
  g_assert_nonnull (payload);
  memset (payload, fill, size);
  self->packet = (YlPacket){
    .data = self->data,
    .size = (uint16_t) yl_writer_size (&out),
    .codec = YL_CODEC_VP8,
    .seq = seq,
    .received_us = now_us,
  };
  g_assert_true (yl_rtp_view_parse (&self->packet.view, self->data,
                                    self->packet.size, NULL));
}
