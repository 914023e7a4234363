/* media-sink.h: a viewer that only counts */
#pragma once

#include "nego/peer-config.h"
#include "rtp/loss.h"
#include "rtp/receive-stats.h"
#include "rtp/rtp-view.h"
#include "base/seq.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
  YlMediaKind kind;
  char mid[YL_PEER_MID_SIZE];
  uint32_t ssrc;
  uint32_t rtx_ssrc; /* 0: none */
  uint8_t payload_type;

  YlSeqUnwrap unwrap;
  YlRtpReceiveStats stats;
  YlRtpLoss *loss;
  bool want_keyframe;

  uint64_t packets; /* that were not resent */
  uint64_t resent;
  uint64_t octets; /* of payload */
  uint64_t frames; /* markers */
  uint64_t keyframes;
  uint64_t malformed;       /* payload that its codec does not allow */
  uint64_t before_keyframe; /* video packets before the first keyframe */
  uint64_t first_us;        /* arrival of the first packet, 0: none */
  uint64_t last_us;
  uint64_t delay_us; /* sum over packets with a plausible stamp */
  uint64_t max_delay_us;
  uint64_t stamped;
} MediaSink;

void media_sink_init (MediaSink *self, YlMediaKind kind, const char *mid);
void media_sink_clear (MediaSink *self);

/* A plain packet of `ssrc`, or restored from RTX. */
void media_sink_receive (MediaSink *self, const YlRtpView *view, bool resent,
                         uint64_t now_us);
