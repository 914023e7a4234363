/* rtc-private.h: the state of an RtcClient, for its two halves */
#pragma once

#include "rtc-client.h"

#include "base/random.h"
#include "srtp/receiver.h"
#include "srtp/sender.h"
#include "srtp/srtcp.h"

struct RtcClient {
  RtcClientSetup setup;
  YlRandom random;
  ClientOffer offer;
  ClientAnswer answer;
  YlAddress remote;
  RtcState state;
  uint32_t n_checks;
  uint64_t check_us;    /* when to check next */
  uint64_t report_us;   /* when to report next */
  uint64_t feedback_us; /* when to look for losses next */
  YlDtls *dtls;
  YlSrtpSender *sender;
  YlSrtpReceiver *receiver;
  YlSrtcp *srtcp;
  YlSrtpWindow windows[2][2]; /* by kind; media, RTX */
  MediaSource sources[2];     /* by kind */
  MediaSink sinks[2];
  YlRtpHistory *history[2];
  int64_t rtx_seq;
  bool sending;
  GQueue output; /* of GBytes */
  GBytes *last_srtp;
  RtcClientCounters counters;
};

/* Sends the video packet @seq once more, by RTX. */
void rtc_client_resend (RtcClient *self, uint16_t seq, uint64_t now_us);
