/* twcc.h: transport-wide feedback, read
 * (draft-holmer-rmcat-transport-wide-cc-extensions-01, 3.1) */
#pragma once

#include "rtcp/walker.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Arrival times count in 250 µs, the reference time in 64 ms. */
#define YL_RTCP_TWCC_TICK_US 250
#define YL_RTCP_TWCC_REFERENCE_US 64000

typedef struct {
  uint32_t sender_ssrc;
  uint32_t media_ssrc;
  uint16_t base_seq;
  uint16_t count;         /* packets reported on */
  int32_t reference;      /* 24 bits signed [64 ms], wraps */
  uint8_t feedback_count; /* wraps */
} YlRtcpTwcc;

typedef struct {
  uint16_t seq;
  bool received;
  /* Since the receiver's zero, from the reference time; valid if received.
   * Wraps with it every 12.4 days. */
  int64_t arrival_us;
} YlRtcpTwccStatus;

/**
 * yl_rtcp_twcc_parse:
 * @statuses: (out caller-allocates): one for each number from base_seq on
 * @capacity: of @statuses; a packet that reports on more is refused
 * @n: (out): how many were written
 * Returns: %false if @packet is no feedback or malformed; outputs untouched,
 *   but for @statuses.
 */
bool yl_rtcp_twcc_parse (YlRtcpTwcc *twcc, const YlRtcpPacket *packet,
                         YlRtcpTwccStatus *statuses, size_t capacity,
                         size_t *n);
