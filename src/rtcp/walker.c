#include "rtcp/walker.h"

#define VERSION 2
#define FLAG_PADDING 0x20
#define COUNT_MASK 0x1f
#define HEADER_SIZE 4

/* Takes one packet off @in. Padding may only end the last one. */
static bool
take (YlReader *in, YlRtcpPacket *packet)
{
  const uint8_t flags = yl_reader_u8 (in);
  packet->type = yl_reader_u8 (in);
  packet->count = flags & COUNT_MASK;
  packet->body_size = 4 * (size_t) yl_reader_u16 (in);
  packet->body = yl_reader_take (in, packet->body_size);
  if (in->failed || flags >> 6 != VERSION)
    return false;
  if (flags & FLAG_PADDING) {
    if (yl_reader_left (in) > 0 || packet->body_size == 0)
      return false;
    const uint8_t padding = packet->body[packet->body_size - 1];
    if (padding == 0 || padding > packet->body_size)
      return false;
    packet->body_size -= padding;
  }
  return true;
}

bool
yl_rtcp_walker_init (YlRtcpWalker *self, const uint8_t *data, size_t size)
{
  YlReader in = yl_reader_init (data, size);
  YlRtcpPacket packet;
  bool good = size > 0;
  while (good && yl_reader_left (&in) > 0)
    good = take (&in, &packet);
  self->in = yl_reader_init (data, good ? size : 0);
  return good;
}

bool
yl_rtcp_walker_next (YlRtcpWalker *self, YlRtcpPacket *packet)
{
  return yl_reader_left (&self->in) > 0 && take (&self->in, packet);
}

uint8_t *
yl_rtcp_begin (YlWriter *out, YlRtcpType type, uint8_t count)
{
  uint8_t *header = yl_writer_reserve (out, HEADER_SIZE);
  if (header != NULL) {
    header[0] = (uint8_t) (VERSION << 6 | (count & COUNT_MASK));
    header[1] = (uint8_t) type;
  }
  return header;
}

bool
yl_rtcp_end (YlWriter *out, uint8_t *begin)
{
  if (begin == NULL)
    return false;
  yl_writer_zeros (out, -(size_t) (out->cur - begin) & 3);
  if (out->failed) {
    /* A report that does not fit is left out; what came before stands. */
    out->cur = begin;
    out->failed = false;
    return false;
  }
  yl_write_u16 (begin + 2, (uint16_t) ((out->cur - begin - HEADER_SIZE) / 4));
  return true;
}
