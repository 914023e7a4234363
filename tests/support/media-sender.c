/* media-sender.c: a camera and a microphone, protected and ready to go */
#include "media-sender.h"

#include "base/reader.h"
#include "base/seq.h"
#include "base/time.h"
#include "rtp/rtx.h"

#include <string.h>

#define HISTORY_OCTETS (512 * 1024)
#define HISTORY_PACKETS 1024

void
media_sender_init (MediaSender *self)
{
  memset (self, 0, sizeof *self);
  self->pages = yl_page_pool_new ();
  self->history =
      yl_rtp_history_new (self->pages, HISTORY_OCTETS, HISTORY_PACKETS);
}

void
media_sender_clear (MediaSender *self)
{
  yl_srtp_sender_free (self->srtp);
  yl_rtp_history_free (self->history);
  yl_page_pool_free (self->pages);
}

void
media_sender_start (MediaSender *self, const MediaSenderSetup *setup,
                    const YlSrtpKeying *keys, uint64_t now_us)
{
  self->srtp = yl_srtp_sender_new (keys);
  self->rtx_ssrc = setup->rtx_ssrc;
  self->rtx_payload_type = setup->rtx_payload_type;
  for (unsigned kind = 0; kind < 2; kind++)
    media_source_init (&self->sources[kind], &setup->sources[kind], now_us);
  self->sending = true;
}

void
media_sender_set_sending (MediaSender *self, bool sending, uint64_t now_us)
{
  if (sending && !self->sending) {
    for (unsigned kind = 0; kind < 2; kind++)
      media_source_skip (&self->sources[kind], now_us);
  }
  self->sending = sending;
}

size_t
media_sender_protect (MediaSender *self, const uint8_t *plain,
                      size_t header_size, size_t size, int64_t seq,
                      uint8_t out[MEDIA_PROTECTED_MAX])
{
  YlReader in = yl_reader_init (plain, size);
  yl_reader_skip (&in, 8);
  const YlSrtpPacket packet = {
    .stream = yl_srtp_sender_stream (self->srtp, yl_reader_u32 (&in)),
    .seq = seq,
    .payload = plain + header_size,
    .payload_size = (uint16_t) (size - header_size),
    .header_size = (uint16_t) header_size,
  };
  g_assert_cmpuint (size, <=, MEDIA_PACKET_MAX);
  memcpy (out, plain, header_size);
  const size_t n =
      yl_srtp_sender_protect (self->srtp, &packet, out, MEDIA_PROTECTED_MAX);
  g_assert_cmpuint (n, >, 0);
  return n;
}

static void
keep_packet (MediaSender *self, const MediaPacket *packet, uint64_t now_us)
{
  YlPacket kept = { .data = (uint8_t *) packet->data,
                    .size = (uint16_t) packet->size,
                    .seq = packet->seq,
                    .received_us = now_us };
  if (yl_rtp_view_parse (&kept.view, packet->data, packet->size, NULL))
    yl_rtp_history_add (self->history, &kept);
}

size_t
media_sender_next (MediaSender *self, YlMediaKind kind, uint64_t now_us,
                   uint8_t out[MEDIA_PROTECTED_MAX], int64_t *seq)
{
  MediaSource *source = &self->sources[kind];
  MediaPacket packet;
  if (!self->sending || source->setup.ssrc == 0
      || !media_source_next (source, now_us, &packet))
    return 0;
  if (kind == YL_MEDIA_VIDEO)
    keep_packet (self, &packet, now_us);
  *seq = packet.seq;
  return media_sender_protect (self, packet.data, packet.header_size,
                               packet.size, packet.seq, out);
}

size_t
media_sender_resend (MediaSender *self, uint16_t seq, uint64_t now_us,
                     uint8_t out[MEDIA_PROTECTED_MAX])
{
  const MediaSource *source = &self->sources[YL_MEDIA_VIDEO];
  const int64_t full = source->seq + yl_seq_diff (seq, (uint16_t) source->seq);
  YlPacket kept;
  uint8_t room[YL_PACKET_MAX];
  if (self->rtx_ssrc == 0
      || !yl_rtp_history_find (self->history, full, now_us, &kept, room))
    return 0;
  uint8_t data[MEDIA_PACKET_MAX];
  const YlRtpHeader header = { .ssrc = self->rtx_ssrc,
                               .seq = (uint16_t) self->rtx_seq,
                               .payload_type = self->rtx_payload_type };
  const size_t size =
      yl_rtp_rtx_wrap (data, sizeof data, &kept.view, &header, kept.view.seq);
  if (size == 0)
    return 0;
  return media_sender_protect (self, data, YL_RTP_HEADER_SIZE, size,
                               self->rtx_seq++, out);
}

uint64_t
media_sender_next_deadline (const MediaSender *self)
{
  uint64_t next_us = YL_NEVER;
  for (unsigned kind = 0; kind < 2 && self->sending; kind++)
    if (self->sources[kind].setup.ssrc != 0)
      next_us = yl_time_min (next_us, self->sources[kind].next_us);
  return next_us;
}
