/* reports.h: sender and receiver reports, SDES CNAME, BYE (RFC 3550, 6) */
#pragma once

#include "rtcp/walker.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define YL_RTCP_MAX_BLOCKS 31

typedef struct {
  uint32_t ssrc;         /* of the stream reported on */
  uint8_t fraction_lost; /* [1/256] */
  int32_t lost;          /* cumulative, 24 bits signed */
  uint32_t highest_seq;  /* extended */
  uint32_t jitter;       /* [ticks] */
  uint32_t lsr;          /* middle 32 bits of NTP, 0: none */
  uint32_t dlsr;         /* [s / 65536] */
} YlRtcpReportBlock;

typedef struct {
  uint64_t ntp;           /* 32.32 fixed point seconds since 1900 */
  uint32_t rtp_timestamp; /* at the same instant */
  uint32_t packets;
  uint32_t octets; /* of payload */
} YlRtcpSenderInfo;

/* A sender report, or a receiver report when @is_sender is false. */
typedef struct {
  uint32_t ssrc; /* who reports */
  bool is_sender;
  uint8_t n_blocks;
  YlRtcpSenderInfo sender; /* if is_sender */
  YlRtcpReportBlock blocks[YL_RTCP_MAX_BLOCKS];
} YlRtcpReport;

/* False if @packet is neither SR nor RR, or malformed. */
bool yl_rtcp_report_parse (YlRtcpReport *report, const YlRtcpPacket *packet);

/* False, and nothing written, when it does not fit. */
bool yl_rtcp_report_write (YlWriter *out, const YlRtcpReport *report);

/* Round trip [µs] from a block about one of our streams, whose sender report
 * carried our NTP time; 0 when it cannot be told. @ntp_now: on the same clock
 * as the sender reports. */
uint64_t yl_rtcp_report_block_rtt_us (const YlRtcpReportBlock *block,
                                      uint64_t ntp_now);

/* The CNAME of one source, borrowed, not terminated. */
typedef struct {
  uint32_t ssrc;
  const char *cname;
  size_t size; /* [octets], 0..255 */
} YlRtcpCname;

/* Takes up to @capacity CNAMEs out of an SDES packet; returns how many. A
 * malformed rest is ignored. */
size_t yl_rtcp_sdes_parse (const YlRtcpPacket *packet, YlRtcpCname *cnames,
                           size_t capacity);

/* One chunk with one CNAME of at most 255 octets. */
bool yl_rtcp_sdes_write (YlWriter *out, uint32_t ssrc, const char *cname);

/* Takes the sources out of a BYE packet; returns how many. */
size_t yl_rtcp_bye_parse (const YlRtcpPacket *packet, uint32_t *ssrcs,
                          size_t capacity);

/* @n: 1..31; without a reason. */
bool yl_rtcp_bye_write (YlWriter *out, const uint32_t *ssrcs, size_t n);
