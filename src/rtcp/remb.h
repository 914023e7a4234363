/* remb.h: receiver estimated maximum bitrate (draft-alvestrand-rmcat-remb) */
#pragma once

#include "rtcp/walker.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define YL_RTCP_REMB_MAX_SSRCS 16

typedef struct {
  uint32_t sender_ssrc;
  uint64_t bitrate_bps; /* written with 18 significant bits */
  uint8_t n_ssrcs;
  uint32_t ssrcs[YL_RTCP_REMB_MAX_SSRCS];
} YlRtcpRemb;

/* False if @packet is no REMB or malformed; sources beyond the bound are left
 * out. */
bool yl_rtcp_remb_parse (YlRtcpRemb *remb, const YlRtcpPacket *packet);

bool yl_rtcp_remb_write (YlWriter *out, const YlRtcpRemb *remb);
