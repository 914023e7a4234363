/* rtcp-fixture.h: shared by the tests of RTCP packets */
#pragma once

#include "rtcp/walker.h"

#include <glib.h>

/* The only packet of @data, which must be well-formed. */
static inline YlRtcpPacket
only_packet (const uint8_t *data, size_t size)
{
  YlRtcpWalker walker;
  YlRtcpPacket packet, more;
  g_assert_true (yl_rtcp_walker_init (&walker, data, size));
  g_assert_true (yl_rtcp_walker_next (&walker, &packet));
  g_assert_false (yl_rtcp_walker_next (&walker, &more));
  return packet;
}

/* @packet with its body cut to @size octets, in memory of its own so that a
 * sanitizer sees a read past it. Free the body. */
static inline YlRtcpPacket
cut_packet (const YlRtcpPacket *packet, size_t size)
{
  YlRtcpPacket cut = *packet;
  cut.body = g_malloc (size + (size == 0));
  if (size > 0)
    memcpy ((uint8_t *) cut.body, packet->body, size);
  cut.body_size = size;
  return cut;
}
