/* receive-stats.h: what a receiver report says of a stream (RFC 3550, A) */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* A value for dense arrays, set up by _init(). One thread. */
typedef struct {
  uint64_t packets; /* received, repeats included */
  uint64_t octets;  /* of payload */
  uint32_t clock_rate;
  uint32_t jitter_16; /* [ticks / 16] (A.8) */
  uint32_t transit;   /* [ticks], of the packet before */
  uint32_t cycles;    /* highest number's, shifted by 16 */
  uint32_t base_seq;
  uint32_t bad_seq; /* the one that would confirm a restart, or 0x10000 */
  uint32_t expected_before; /* at the report before */
  uint32_t received_before;
  uint32_t received;  /* since the last restart of the numbers */
  uint32_t timestamp; /* of the packet before */
  uint16_t max_seq;
  bool started;

  uint32_t lsr; /* middle 32 bits of the last sender report's NTP time */
  uint64_t lsr_at_us;
} YlRtpReceiveStats;

/* One report block without its SSRC (6.4.1). */
typedef struct {
  uint8_t fraction_lost; /* [1/256] since the report before */
  int32_t lost;          /* cumulative, -2^23..2^23-1 */
  uint32_t highest_seq;  /* extended */
  uint32_t jitter;       /* [ticks] */
  uint32_t lsr;          /* 0: no sender report yet */
  uint32_t dlsr;         /* [s / 65536] */
} YlRtpReceiveReport;

/* @clock_rate: [Hz] of the RTP timestamps, not 0. */
void yl_rtp_receive_stats_init (YlRtpReceiveStats *self, uint32_t clock_rate);

/* Authenticated packets only, so there is no probation (A.1). Not for packets
 * restored from RTX: they would hide the loss and spoil the jitter. */
void yl_rtp_receive_stats_add (YlRtpReceiveStats *self, uint16_t seq,
                               uint32_t timestamp, uint32_t payload_octets,
                               uint64_t now_us);

/* @ntp: of a sender report of this SSRC, 32.32 fixed point. */
void yl_rtp_receive_stats_sender_report (YlRtpReceiveStats *self, uint64_t ntp,
                                         uint64_t now_us);

/* Fills @report and starts the next interval. False before any packet. */
bool yl_rtp_receive_stats_report (YlRtpReceiveStats *self, uint64_t now_us,
                                  YlRtpReceiveReport *report);
