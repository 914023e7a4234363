/* rtc-feedback.h: the RTCP of the test client */
#pragma once

#include "rtc-client.h"

/* One SRTCP datagram. */
void rtc_feedback_receive (RtcClient *self, uint8_t *data, size_t size,
                           uint64_t now_us);

/* Reports once a second; NACK and PLI when due. */
void rtc_feedback_send (RtcClient *self, uint64_t now_us);
