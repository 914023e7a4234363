/* egress-writer.h: one row of a plan becomes one protected packet */
#pragma once

#include "rtp/rtp-ext.h"
#include "sfu/plan.h"
#include "srtp/sender.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What stays the same in all packets of one slot. */
typedef struct {
  bool used;
  YlSrtpStream *media;
  YlSrtpStream *rtx; /* NULL without RTX */
  YlRtpExtLayout layout;
  uint8_t extensions[YL_RTP_EXT_BLOCK_MAX]; /* template */
} YlEgressSlot;

/* What changes in the extensions of one packet. */
typedef struct {
  uint16_t transport_seq;
  uint32_t abs_send_time; /* 24 bits */
} YlEgressStamp;

/* Size of the packet on the wire, without padding. */
size_t yl_egress_packet_size (const YlEgressSlot *slot, const YlPlanRow *row,
                              const YlPacket *packet, size_t overhead);

/**
 * yl_egress_packet_write:
 * @padding: [octets] to add, 0 for none
 * @out: must not overlap @packet
 * Returns: the size written, 0 when protection refused it
 */
size_t yl_egress_packet_write (YlSrtpSender *sender, const YlEgressSlot *slot,
                               const YlPlanRow *row, const YlPacket *packet,
                               const YlEgressStamp *stamp, uint8_t padding,
                               uint8_t *out, size_t capacity);
