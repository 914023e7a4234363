#include "rtcp/keyframe.h"

bool
yl_rtcp_pli_parse (const YlRtcpPacket *packet, uint32_t *media_ssrc)
{
  if (!yl_rtcp_packet_is (packet, YL_RTCP_PSFB, YL_RTCP_PSFB_PLI))
    return false;
  YlReader in = yl_reader_init (packet->body, packet->body_size);
  yl_reader_skip (&in, 4);
  const uint32_t ssrc = yl_reader_u32 (&in);
  if (in.failed)
    return false;
  *media_ssrc = ssrc;
  return true;
}

bool
yl_rtcp_pli_write (YlWriter *out, uint32_t sender_ssrc, uint32_t media_ssrc)
{
  uint8_t *begin = yl_rtcp_begin (out, YL_RTCP_PSFB, YL_RTCP_PSFB_PLI);
  yl_writer_u32 (out, sender_ssrc);
  yl_writer_u32 (out, media_ssrc);
  return yl_rtcp_end (out, begin);
}

size_t
yl_rtcp_fir_parse (const YlRtcpPacket *packet, YlRtcpFir *requests,
                   size_t capacity)
{
  if (!yl_rtcp_packet_is (packet, YL_RTCP_PSFB, YL_RTCP_PSFB_FIR))
    return 0;
  YlReader in = yl_reader_init (packet->body, packet->body_size);
  yl_reader_skip (&in, 8); /* the media SSRC of the header is unused */
  size_t n = 0;
  while (yl_reader_left (&in) > 0 && n < capacity) {
    const uint32_t ssrc = yl_reader_u32 (&in);
    const uint8_t seq = yl_reader_u8 (&in);
    yl_reader_skip (&in, 3);
    if (in.failed)
      break;
    requests[n++] = (YlRtcpFir){ .ssrc = ssrc, .seq = seq };
  }
  return n;
}

bool
yl_rtcp_fir_write (YlWriter *out, uint32_t sender_ssrc,
                   const YlRtcpFir *request)
{
  uint8_t *begin = yl_rtcp_begin (out, YL_RTCP_PSFB, YL_RTCP_PSFB_FIR);
  yl_writer_u32 (out, sender_ssrc);
  yl_writer_u32 (out, 0);
  yl_writer_u32 (out, request->ssrc);
  yl_writer_u8 (out, request->seq);
  yl_writer_zeros (out, 3);
  return yl_rtcp_end (out, begin);
}
