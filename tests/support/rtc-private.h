/* rtc-private.h: the state of an RtcClient, for its two halves */
#pragma once

#include "rtc-client.h"

#include "base/random.h"
#include "media-sender.h"
#include "srtp/receiver.h"
#include "srtp/srtcp.h"

struct RtcClient {
  RtcClientSetup setup;
  YlRandom random;
  ClientOffer offer;
  ClientAnswer answer;
  YlAddress remote;
  RtcLink link;
  uint64_t report_us;   /* when to report next */
  uint64_t feedback_us; /* when to look for losses next */
  MediaSender sender;
  YlSrtpReceiver *receiver; /* NULL before the keys */
  YlSrtcp *srtcp;
  YlSrtpWindow windows[2][2]; /* by kind; media, RTX */
  MediaSink sinks[2];
  GBytes *last_srtp;
  RtcClientCounters counters;
};

/* Sends the video packet @seq once more, by RTX. */
void rtc_client_resend (RtcClient *self, uint16_t seq, uint64_t now_us);
