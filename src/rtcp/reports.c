#include "rtcp/reports.h"

#include "rtcp/ntp.h"

#include <string.h>

#define SDES_END 0
#define SDES_CNAME 1

static void
read_block (YlReader *in, YlRtcpReportBlock *block)
{
  block->ssrc = yl_reader_u32 (in);
  block->fraction_lost = yl_reader_u8 (in);
  const uint32_t lost = yl_reader_u24 (in);
  block->lost = lost & 0x800000 ? (int32_t) lost - 0x1000000 : (int32_t) lost;
  block->highest_seq = yl_reader_u32 (in);
  block->jitter = yl_reader_u32 (in);
  block->lsr = yl_reader_u32 (in);
  block->dlsr = yl_reader_u32 (in);
}

bool
yl_rtcp_report_parse (YlRtcpReport *report, const YlRtcpPacket *packet)
{
  if (packet->type != YL_RTCP_SR && packet->type != YL_RTCP_RR)
    return false;
  YlReader in = yl_reader_init (packet->body, packet->body_size);
  YlRtcpReport r = { .is_sender = packet->type == YL_RTCP_SR };
  r.ssrc = yl_reader_u32 (&in);
  if (r.is_sender) {
    r.sender.ntp = yl_reader_u64 (&in);
    r.sender.rtp_timestamp = yl_reader_u32 (&in);
    r.sender.packets = yl_reader_u32 (&in);
    r.sender.octets = yl_reader_u32 (&in);
  }
  r.n_blocks = packet->count & 0x1f;
  for (unsigned i = 0; i < r.n_blocks; i++)
    read_block (&in, &r.blocks[i]);
  if (in.failed)
    return false;
  *report = r;
  return true;
}

static void
write_block (YlWriter *out, const YlRtcpReportBlock *block)
{
  yl_writer_u32 (out, block->ssrc);
  yl_writer_u8 (out, block->fraction_lost);
  yl_writer_u24 (out, (uint32_t) block->lost & 0xffffff);
  yl_writer_u32 (out, block->highest_seq);
  yl_writer_u32 (out, block->jitter);
  yl_writer_u32 (out, block->lsr);
  yl_writer_u32 (out, block->dlsr);
}

bool
yl_rtcp_report_write (YlWriter *out, const YlRtcpReport *report)
{
  uint8_t *begin = yl_rtcp_begin (
      out, report->is_sender ? YL_RTCP_SR : YL_RTCP_RR, report->n_blocks);
  yl_writer_u32 (out, report->ssrc);
  if (report->is_sender) {
    yl_writer_u64 (out, report->sender.ntp);
    yl_writer_u32 (out, report->sender.rtp_timestamp);
    yl_writer_u32 (out, report->sender.packets);
    yl_writer_u32 (out, report->sender.octets);
  }
  for (unsigned i = 0; i < report->n_blocks; i++)
    write_block (out, &report->blocks[i]);
  return yl_rtcp_end (out, begin);
}

uint64_t
yl_rtcp_report_block_rtt_us (const YlRtcpReportBlock *block, uint64_t ntp_now)
{
  if (block->lsr == 0)
    return 0;
  const uint32_t rtt = yl_rtcp_ntp_middle (ntp_now) - block->lsr - block->dlsr;
  /* Rounding on a short path makes it negative: then half the range. */
  return rtt < UINT32_C (0x80000000) ? yl_rtcp_ntp_short_to_us (rtt) : 0;
}

/* Items up to the zero that ends a chunk; the chunk is padded to 32 bits. */
static bool
read_chunk (YlReader *in, YlRtcpCname *cname)
{
  const uint8_t *start = in->cur;
  *cname = (YlRtcpCname){ .ssrc = yl_reader_u32 (in) };
  uint8_t type;
  while ((type = yl_reader_u8 (in)) != SDES_END) {
    const uint8_t size = yl_reader_u8 (in);
    const uint8_t *text = yl_reader_take (in, size);
    if (type == SDES_CNAME && text != NULL) {
      cname->cname = (const char *) text;
      cname->size = size;
    }
  }
  if (in->failed)
    return false;
  yl_reader_skip (in, -(size_t) (in->cur - start) & 3);
  return !in->failed;
}

size_t
yl_rtcp_sdes_parse (const YlRtcpPacket *packet, YlRtcpCname *cnames,
                    size_t capacity)
{
  if (packet->type != YL_RTCP_SDES)
    return 0;
  YlReader in = yl_reader_init (packet->body, packet->body_size);
  size_t n = 0;
  YlRtcpCname cname;
  for (unsigned i = 0; i < packet->count && n < capacity; i++) {
    if (!read_chunk (&in, &cname))
      break;
    if (cname.cname != NULL)
      cnames[n++] = cname;
  }
  return n;
}

bool
yl_rtcp_sdes_write (YlWriter *out, uint32_t ssrc, const char *cname)
{
  const size_t size = strnlen (cname, UINT8_MAX);
  uint8_t *begin = yl_rtcp_begin (out, YL_RTCP_SDES, 1);
  yl_writer_u32 (out, ssrc);
  yl_writer_u8 (out, SDES_CNAME);
  yl_writer_u8 (out, (uint8_t) size);
  yl_writer_octets (out, cname, size);
  yl_writer_u8 (out, SDES_END);
  return yl_rtcp_end (out, begin);
}

size_t
yl_rtcp_bye_parse (const YlRtcpPacket *packet, uint32_t *ssrcs, size_t capacity)
{
  if (packet->type != YL_RTCP_BYE)
    return 0;
  YlReader in = yl_reader_init (packet->body, packet->body_size);
  size_t n = 0;
  for (unsigned i = 0; i < packet->count && n < capacity; i++) {
    const uint32_t ssrc = yl_reader_u32 (&in);
    if (in.failed)
      break;
    ssrcs[n++] = ssrc;
  }
  return n;
}

bool
yl_rtcp_bye_write (YlWriter *out, const uint32_t *ssrcs, size_t n)
{
  uint8_t *begin = yl_rtcp_begin (out, YL_RTCP_BYE, (uint8_t) n);
  for (size_t i = 0; i < n; i++)
    yl_writer_u32 (out, ssrcs[i]);
  return yl_rtcp_end (out, begin);
}
