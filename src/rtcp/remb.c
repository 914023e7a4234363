#include "rtcp/remb.h"

#define REMB_NAME UINT32_C (0x52454d42) /* "REMB" */
#define MANTISSA_BITS 18

bool
yl_rtcp_remb_parse (YlRtcpRemb *remb, const YlRtcpPacket *packet)
{
  if (!yl_rtcp_packet_is (packet, YL_RTCP_PSFB, YL_RTCP_PSFB_AFB))
    return false;
  YlReader in = yl_reader_init (packet->body, packet->body_size);
  YlRtcpRemb r = { .sender_ssrc = yl_reader_u32 (&in) };
  yl_reader_skip (&in, 4);
  const uint32_t name = yl_reader_u32 (&in);
  const uint8_t n = yl_reader_u8 (&in);
  const uint32_t rate = yl_reader_u24 (&in);
  const unsigned exponent = rate >> MANTISSA_BITS;
  const uint64_t mantissa = rate & ((1u << MANTISSA_BITS) - 1);
  for (unsigned i = 0; i < n; i++) {
    const uint32_t ssrc = yl_reader_u32 (&in);
    if (i < YL_RTCP_REMB_MAX_SSRCS)
      r.ssrcs[r.n_ssrcs++] = ssrc;
  }
  if (in.failed || name != REMB_NAME || mantissa > UINT64_MAX >> exponent)
    return false;
  r.bitrate_bps = mantissa << exponent;
  *remb = r;
  return true;
}

bool
yl_rtcp_remb_write (YlWriter *out, const YlRtcpRemb *remb)
{
  uint32_t exponent = 0;
  while (remb->bitrate_bps >> exponent >= 1u << MANTISSA_BITS)
    exponent++;
  uint8_t *begin = yl_rtcp_begin (out, YL_RTCP_PSFB, YL_RTCP_PSFB_AFB);
  yl_writer_u32 (out, remb->sender_ssrc);
  yl_writer_u32 (out, 0);
  yl_writer_u32 (out, REMB_NAME);
  yl_writer_u8 (out, remb->n_ssrcs);
  yl_writer_u24 (out, exponent << MANTISSA_BITS
                          | (uint32_t) (remb->bitrate_bps >> exponent));
  for (unsigned i = 0; i < remb->n_ssrcs; i++)
    yl_writer_u32 (out, remb->ssrcs[i]);
  return yl_rtcp_end (out, begin);
}
