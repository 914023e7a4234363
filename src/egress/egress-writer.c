/* egress-writer.c: one row of a plan becomes one protected packet */
#include "egress/egress-writer.h"

#include "base/writer.h"
#include "rtp/rtx.h"
#include "rtp/vp8.h"

#include <string.h>

#define PADDING_BIT 0x20

size_t
yl_egress_packet_size (const YlEgressSlot *slot, const YlPlanRow *row,
                       const YlPacket *packet, size_t overhead)
{
  return YL_RTP_HEADER_SIZE + slot->layout.size
         + (row->kind == YL_PLAN_RTX ? YL_RTP_RTX_OSN_SIZE : 0)
         + packet->view.payload_size + overhead;
}

static void
stamp_extensions (uint8_t *block, const YlRtpExtLayout *layout,
                  const YlPacket *packet, const YlEgressStamp *stamp)
{
  if (layout->transport_seq_at > 0)
    yl_write_u16 (block + layout->transport_seq_at, stamp->transport_seq);
  if (layout->abs_send_time_at > 0) {
    uint8_t *to = block + layout->abs_send_time_at;
    to[0] = (uint8_t) (stamp->abs_send_time >> 16);
    yl_write_u16 (to + 1, (uint16_t) stamp->abs_send_time);
  }
  if (layout->audio_level_at > 0) {
    uint8_t *to = block + layout->audio_level_at;
    if (packet->audio_level <= 127)
      to[0] = packet->audio_level;
    else /* the source has none: padding instead, the size stays */
      to[-1] = to[0] = 0;
  }
}

/* Octets before the shared rest of the payload: OSN, VP8 descriptor. */
static uint8_t
write_prefix (uint8_t *to, const YlPlanRow *row, const YlPacket *packet,
              size_t descriptor_size)
{
  uint8_t *start = to;
  if (row->kind == YL_PLAN_RTX) {
    yl_write_u16 (to, row->osn);
    to += YL_RTP_RTX_OSN_SIZE;
  }
  if (descriptor_size > 0) {
    memcpy (to, packet->view.payload, descriptor_size);
    yl_rtp_vp8_rewrite (to, &packet->info, row->picture_id, row->tl0picidx);
    to += descriptor_size;
  }
  return (uint8_t) (to - start);
}

size_t
yl_egress_packet_write (YlSrtpSender *sender, const YlEgressSlot *slot,
                        const YlPlanRow *row, const YlPacket *packet,
                        const YlEgressStamp *stamp, uint8_t padding,
                        uint8_t *out, size_t capacity)
{
  const YlPayloadInfo *info = &packet->info;
  const bool numbered = info->picture_id_bits > 0 || info->tl0picidx_at > 0;
  const size_t descriptor_size =
      numbered && info->descriptor_size <= packet->view.payload_size
          ? info->descriptor_size
          : 0;
  const size_t header_size = YL_RTP_HEADER_SIZE + slot->layout.size;
  if (header_size + YL_RTP_RTX_OSN_SIZE + descriptor_size > capacity)
    return 0;

  const YlRtpHeader header = {
    .ssrc = row->ssrc,
    .timestamp = row->timestamp,
    .seq = (uint16_t) row->seq,
    .payload_type = row->payload_type,
    .marker = packet->view.marker,
    .has_extension = slot->layout.size > 0,
  };
  yl_rtp_header_write (out, &header);
  if (padding > 0)
    out[0] |= PADDING_BIT;
  memcpy (out + YL_RTP_HEADER_SIZE, slot->extensions, slot->layout.size);
  stamp_extensions (out + YL_RTP_HEADER_SIZE, &slot->layout, packet, stamp);

  const YlSrtpPacket plain = {
    .stream = row->kind == YL_PLAN_RTX ? slot->rtx : slot->media,
    .seq = row->seq,
    .header_size = (uint16_t) header_size,
    .prefix_size =
        write_prefix (out + header_size, row, packet, descriptor_size),
    .payload = packet->view.payload + descriptor_size,
    .payload_size = (uint16_t) (packet->view.payload_size - descriptor_size),
    .padding = padding,
  };
  return yl_srtp_sender_protect (sender, &plain, out, capacity);
}
