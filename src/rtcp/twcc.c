#include "rtcp/twcc.h"

enum {
  SYMBOL_LOST = 0,
  SYMBOL_SMALL = 1,
  SYMBOL_LARGE = 2,
};

/* Symbols are kept in the statuses' arrival_us until the deltas are read. */
static size_t
read_chunk (uint16_t chunk, YlRtcpTwccStatus *statuses, size_t left)
{
  size_t n;
  if (chunk >> 15 == 0) { /* run length (3.1.3) */
    n = chunk & 0x1fff;
    n = n < left ? n : left;
    for (size_t i = 0; i < n; i++)
      statuses[i].arrival_us = chunk >> 13 & 3;
  } else { /* status vector (3.1.4) of 14 one-bit or 7 two-bit symbols */
    const unsigned bits = chunk >> 14 & 1 ? 2 : 1;
    n = 14 / bits;
    n = n < left ? n : left;
    for (size_t i = 0; i < n; i++)
      statuses[i].arrival_us =
          chunk >> (14 - bits * (i + 1)) & ((1u << bits) - 1);
  }
  return n;
}

static bool
read_delta (YlReader *in, YlRtcpTwccStatus *status, int64_t *time_us)
{
  int32_t ticks;
  switch (status->arrival_us) {
  case SYMBOL_LOST:
    status->received = false;
    status->arrival_us = 0;
    return true;
  case SYMBOL_SMALL:
    ticks = yl_reader_u8 (in);
    break;
  case SYMBOL_LARGE:
    ticks = (int16_t) yl_reader_u16 (in);
    break;
  default:
    return false; /* reserved */
  }
  *time_us += ticks * YL_RTCP_TWCC_TICK_US;
  status->received = true;
  status->arrival_us = *time_us;
  return !in->failed;
}

bool
yl_rtcp_twcc_parse (YlRtcpTwcc *twcc, const YlRtcpPacket *packet,
                    YlRtcpTwccStatus *statuses, size_t capacity, size_t *n)
{
  if (!yl_rtcp_packet_is (packet, YL_RTCP_RTPFB, YL_RTCP_RTPFB_TWCC))
    return false;
  YlReader in = yl_reader_init (packet->body, packet->body_size);
  YlRtcpTwcc t;
  t.sender_ssrc = yl_reader_u32 (&in);
  t.media_ssrc = yl_reader_u32 (&in);
  t.base_seq = yl_reader_u16 (&in);
  t.count = yl_reader_u16 (&in);
  const uint32_t reference = yl_reader_u24 (&in);
  t.reference = reference & 0x800000 ? (int32_t) reference - 0x1000000
                                     : (int32_t) reference;
  t.feedback_count = yl_reader_u8 (&in);
  if (in.failed || t.count == 0 || t.count > capacity)
    return false;

  for (size_t at = 0; at < t.count;) {
    const size_t got =
        read_chunk (yl_reader_u16 (&in), statuses + at, t.count - at);
    if (in.failed || got == 0) /* a run of none would never end */
      return false;
    at += got;
  }
  int64_t time_us = (int64_t) t.reference * YL_RTCP_TWCC_REFERENCE_US;
  for (size_t i = 0; i < t.count; i++) {
    statuses[i].seq = (uint16_t) (t.base_seq + i);
    if (!read_delta (&in, &statuses[i], &time_us))
      return false;
  }
  *twcc = t;
  *n = t.count;
  return true;
}
