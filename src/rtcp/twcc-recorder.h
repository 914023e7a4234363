/* twcc-recorder.h: tells a sender when its packets arrived
 * (draft-holmer-rmcat-transport-wide-cc-extensions-01) */
#pragma once

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

/* Largest packet it makes [octets]. */
#define YL_RTCP_TWCC_MAX_SIZE 1100

/* An engine for one connection: all its SSRCs share the numbers. Bounded: it
 * remembers the arrivals of the newest 512 numbers, and from when more than
 * that come between two feedbacks, of up to 2048. Older ones are too late. */
typedef struct YlRtcpTwccRecorder YlRtcpTwccRecorder;

/* @sender_ssrc: ours, as in all feedback to this peer. */
YlRtcpTwccRecorder *yl_rtcp_twcc_recorder_new (uint32_t sender_ssrc);

void yl_rtcp_twcc_recorder_free (YlRtcpTwccRecorder *self);

/* A packet with transport-wide number @seq on @media_ssrc arrived. */
void yl_rtcp_twcc_recorder_receive (YlRtcpTwccRecorder *self,
                                    uint32_t media_ssrc, uint16_t seq,
                                    uint64_t now_us);

/* Writes the next RTCP packet that is due; returns its size, 0 when there is
 * none. Call until it returns 0. @capacity: %YL_RTCP_TWCC_MAX_SIZE. */
size_t yl_rtcp_twcc_recorder_poll_transmit (YlRtcpTwccRecorder *self,
                                            uint64_t now_us, uint8_t *data,
                                            size_t capacity);

/* 50 to 100 ms after the first arrival not yet told, or YL_NEVER. */
uint64_t yl_rtcp_twcc_recorder_next_deadline (const YlRtcpTwccRecorder *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlRtcpTwccRecorder, yl_rtcp_twcc_recorder_free)
