#include "rtcp/nack.h"

#define BITMASK_BITS 16

size_t
yl_rtcp_nack_parse (const YlRtcpPacket *packet, uint32_t *media_ssrc,
                    uint16_t *seqs, size_t capacity)
{
  if (!yl_rtcp_packet_is (packet, YL_RTCP_RTPFB, YL_RTCP_RTPFB_NACK))
    return 0;
  YlReader in = yl_reader_init (packet->body, packet->body_size);
  yl_reader_skip (&in, 4);
  const uint32_t ssrc = yl_reader_u32 (&in);
  size_t n = 0;
  while (yl_reader_left (&in) > 0 && n < capacity) {
    const uint16_t first = yl_reader_u16 (&in);
    const uint16_t following = yl_reader_u16 (&in);
    if (in.failed)
      break;
    seqs[n++] = first;
    for (unsigned bit = 0; bit < BITMASK_BITS && n < capacity; bit++)
      if (following >> bit & 1)
        seqs[n++] = (uint16_t) (first + bit + 1);
  }
  if (n > 0)
    *media_ssrc = ssrc;
  return n;
}

size_t
yl_rtcp_nack_write (YlWriter *out, uint32_t sender_ssrc, uint32_t media_ssrc,
                    const uint16_t *seqs, size_t n)
{
  if (n == 0)
    return 0;
  uint8_t *begin = yl_rtcp_begin (out, YL_RTCP_RTPFB, YL_RTCP_RTPFB_NACK);
  yl_writer_u32 (out, sender_ssrc);
  yl_writer_u32 (out, media_ssrc);
  size_t done = 0;
  while (done < n && (done == 0 || yl_writer_left (out) >= 4)) {
    const uint16_t first = seqs[done++];
    uint16_t following = 0;
    for (; done < n; done++) {
      const uint16_t ahead = (uint16_t) (seqs[done] - first);
      if (ahead == 0 || ahead > BITMASK_BITS)
        break;
      following |= (uint16_t) (1 << (ahead - 1));
    }
    yl_writer_u16 (out, first);
    yl_writer_u16 (out, following);
  }
  return yl_rtcp_end (out, begin) ? done : 0;
}
