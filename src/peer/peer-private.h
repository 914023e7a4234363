/* peer-private.h: the inside of a connection, for the files of this folder
 *
 * peer.c: life, ICE, DTLS, deadlines; peer-sources.c: SSRC to track;
 * peer-ingress.c: media in; peer-feedback.c: RTCP in; peer-reports.c: RTCP
 * out; peer-events.c: the event poll. */
#pragma once

#include "base/seq.h"
#include "base/time.h"
#include "peer/peer.h"
#include "rtcp/twcc-recorder.h"
#include "rtcp/walker.h"
#include "rtp/loss.h"
#include "rtp/receive-stats.h"
#include "rtp/rtp-ext.h"
#include "srtp/srtcp.h"

#define YL_PEER_NO_TRACK 0xff
/* Between sender and receiver reports: as browsers do for video. */
#define YL_PEER_REPORT_US UINT64_C (1000000)
/* Between two keyframe requests for one track. */
#define YL_PEER_KEYFRAME_US UINT64_C (200000)

/* One SSRC the other side sends with. It stays in the table as long as the
 * keys live, or its replay window would be forgotten. */
typedef struct {
  uint32_t ssrc;
  uint8_t track; /* or YL_PEER_NO_TRACK */
  bool is_rtx;
  bool retired; /* another SSRC took its track: it never comes back */
  YlSrtpWindow window;
} YlPeerSource;

/* One published track: a RECEIVE section, or a rid of one. */
typedef struct {
  YlPeerTrack info;
  bool used;    /* the place in the table is taken */
  bool active;  /* packets arrived and it has not ended */
  bool flowing; /* the newest of them is younger than YL_PEER_FLOW_US */
  bool keyframe_wanted;
  uint8_t fir_seq;
  YlSeqUnwrap unwrap;
  YlRtpReceiveStats stats;
  YlRtpLoss *loss; /* NULL without NACK */
  uint64_t last_us;
  uint64_t keyframe_asked_us;
  YlRtcpSenderInfo report; /* newest from the sender */
  uint64_t report_us;
} YlPeerTrackState;

/* What waits to be told, one bit each; tracks have a bit by index. */
enum {
  YL_PEER_FLAG_CONNECTED = 1 << 0,
  YL_PEER_FLAG_PATH = 1 << 1,
  YL_PEER_FLAG_LOST = 1 << 2,
  YL_PEER_FLAG_BACK = 1 << 3,
  YL_PEER_FLAG_CLOSED = 1 << 4,
  YL_PEER_FLAG_REPORTS_DUE = 1 << 5,
  YL_PEER_FLAG_READY = 1 << 6,
};

struct YlPeer {
  YlPeerSetup setup;
  YlPeerConfig *config;
  uint32_t local_ssrc; /* of our feedback */

  YlIce *ice;
  YlDtls *dtls;        /* NULL before the first verified DTLS datagram */
  YlIcePath dtls_path; /* where it came from: answers before nomination */
  bool connected;      /* CONNECTED was told for this association */
  bool heard;          /* something protected came on this association */
  bool lost;
  uint64_t shake_by_us; /* YL_NEVER before a check and once DTLS began */
  uint64_t ready_at_us; /* YL_NEVER before CONNECTED and once it was heard */
  bool closed;
  YlPeerReason reason;

  /* keys: all or none */
  YlSrtpSender *sender;
  YlSrtpReceiver *receiver;
  YlSrtcp *srtcp;

  /* media in */
  YlRtpExtIds ids;
  uint8_t n_sources;
  uint8_t last_source; /* index of the one seen last */
  uint8_t n_tracks;    /* places, used or not */
  YlPeerSource *sources;
  YlPeerTrackState *tracks;
  YlRtcpTwccRecorder *recorder; /* NULL before the first numbered packet */

  /* media out */
  uint64_t report_at_us; /* YL_NEVER before the keys */
  bool receiver_report_due;
  bool bye_due;
  uint8_t n_reports;
  uint8_t max_reports;
  YlPeerSenderReport *reports; /* room for the most there were */
  uint32_t rtt_us;
  int16_t fir_seen[YL_PEER_MAX_SECTIONS]; /* last number, -1: none */

  /* events */
  uint32_t flags;
  uint16_t added, removed, flow, reported;
  YlRtcpWalker walker; /* of the RTCP datagram being told */
  YlRtcpPacket packet; /* the one being told item by item */
  uint8_t packet_item;
  bool packet_open;
};

/* The clock of our sender reports: monotonic time as 32.32 fixed point. */
static inline uint64_t
yl_peer_report_ntp (uint64_t now_us)
{
  return (now_us / YL_US_PER_S) << 32
         | ((now_us % YL_US_PER_S) << 32) / YL_US_PER_S;
}

static inline bool
yl_peer_can_send (const YlPeer *self)
{
  return self->srtcp != NULL && !self->closed && yl_ice_path (self->ice);
}

/* ---- peer.c ---- */

/* Takes over what ICE and DTLS have to tell. */
void yl_peer_follow (YlPeer *self, uint64_t now_us);

/* A packet with a right tag came. */
void yl_peer_note_sign (YlPeer *self, uint64_t now_us);

/* ---- peer-sources.c ---- */

/* Reads the extension ids of @config, ends tracks whose section is gone. */
void yl_peer_apply_sections (YlPeer *self, const YlPeerConfig *config);

YlPeerSource *yl_peer_find_source (YlPeer *self, uint32_t ssrc);

/* Takes a place in the table for an authenticated SSRC; NULL: full. Moves the
 * others. */
YlPeerSource *yl_peer_add_source (YlPeer *self, uint32_t ssrc,
                                  const YlSrtpWindow *window);

/* Finds the section that claims the packet's SSRC: by a=ssrc, else by mid and
 * rid, else by a payload type that only one section has. */
bool yl_peer_bind_source (YlPeer *self, YlPeerSource *source,
                          const YlRtpView *view, const YlRtpExtValues *values);

void yl_peer_end_track (YlPeer *self, uint8_t track);

void yl_peer_forget_sources (YlPeer *self);

/* The codec of @section with this payload type, its own or its RTX one. */
const YlPeerCodec *yl_peer_find_codec (const YlPeerSection *section,
                                       uint8_t payload_type, bool rtx);

/* ---- peer-ingress.c ---- */

/* A plain RTP packet whose tag was right; as yl_peer_receive_media(). */
bool yl_peer_receive_plain (YlPeer *self, YlPeerSource *source, uint8_t *data,
                            size_t size, uint64_t now_us, YlPacket *packet,
                            uint8_t *track);

/* ---- peer-feedback.c ---- */

/* A plain compound; read by the event poll. False: malformed. */
bool yl_peer_receive_feedback (YlPeer *self, const uint8_t *data, size_t size,
                               uint64_t now_us);

/* The next thing the compound says, or false at its end. */
bool yl_peer_poll_feedback (YlPeer *self, YlPeerEvent *event);

/* ---- peer-reports.c ---- */

/* Writes and protects the next datagram of RTCP; 0: nothing is due. */
size_t yl_peer_write_rtcp (YlPeer *self, uint64_t now_us, uint8_t *data,
                           size_t capacity);

uint64_t yl_peer_rtcp_deadline (const YlPeer *self);
