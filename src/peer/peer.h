/* peer.h: one WebRTC connection: demultiplexing, ICE, DTLS, SRTP, RTP, RTCP
 *
 * A connection engine built from a YlPeerConfig. After every call that
 * changes it, drain both polls and re-read the deadline; only after
 * yl_peer_receive_media() may that wait until the end of the turn. Its time
 * is virtual but for the DTLS handshake. One owner, one thread. */
#pragma once

#include "base/random.h"
#include "dtls/dtls.h"
#include "ice/ice.h"
#include "nego/peer-config.h"
#include "rtcp/remb.h"
#include "rtcp/reports.h"
#include "rtcp/twcc.h"
#include "rtp/packet.h"
#include "srtp/receiver.h"
#include "srtp/sender.h"

#include <glib.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Published tracks of one peer: a section, or a rid of one. */
#define YL_PEER_MAX_TRACKS 16
/* SSRCs it may send with; those beyond are dropped and counted. */
#define YL_PEER_MAX_SSRCS 32
/* Largest datagram a peer sends by itself [octets]. */
#define YL_PEER_MAX_DATAGRAM 1300
/* Silence after which a track is reported as not flowing. */
#define YL_PEER_FLOW_US UINT64_C (2000000)
/* From the first valid check to the first datagram of a handshake: who has
 * nothing to say by then is removed. */
#define YL_PEER_SHAKE_US UINT64_C (15000000)
/* A viewer that publishes nothing says nothing: how long to wait for it. Our
 * last flight arrives before the media, so this is for its own half of it. */
#define YL_PEER_READY_US UINT64_C (40000)

/* What a datagram is by its first octets (RFC 7983, 7; RFC 5761, 4). */
typedef enum {
  YL_PEER_STUN,
  YL_PEER_DTLS,
  YL_PEER_RTP,
  YL_PEER_RTCP,
  YL_PEER_OTHER,
} YlPeerTraffic;

YlPeerTraffic yl_peer_classify (const uint8_t *data, size_t size);

/* What came in, and why anything of it was dropped. Shared by the peers of a
 * worker, so that a sum needs no walk. */
typedef struct {
  /* accepted */
  uint64_t stun;
  uint64_t dtls;
  uint64_t rtp;
  uint64_t rtp_octets; /* of plain packets */
  uint64_t rtcp;
  uint64_t rtx_restored;
  /* dropped */
  uint64_t not_multiplexed; /* neither STUN, DTLS nor RTP */
  uint64_t stun_refused;
  uint64_t dtls_unverified; /* no valid check from that address yet */
  uint64_t before_keys;     /* SRTP or SRTCP before the handshake ended */
  uint64_t too_large;
  uint64_t srtp[YL_SRTP_N_RESULTS]; /* by reason; OK stays 0 */
  uint64_t srtcp_refused;
  uint64_t rtp_malformed;
  uint64_t payload_malformed;
  uint64_t unknown_ssrc; /* no section claims it */
  uint64_t ssrc_table_full;
  uint64_t unknown_payload_type;
  uint64_t rtx_empty;  /* a sender's probes */
  uint64_t rtx_orphan; /* its media has not been seen */
  uint64_t rtcp_malformed;
  uint64_t rtcp_ignored; /* well-formed, of no use to us */
  /* sent */
  uint64_t nacks_sent;      /* sequence numbers asked for */
  uint64_t keyframes_asked; /* PLI and FIR */
  uint64_t twcc_sent;
  uint64_t reports_sent; /* compounds with SR or RR */
} YlPeerCounters;

/* Numbers of one NACK and one transport feedback that are looked at. */
#define YL_PEER_MAX_NACK 256
#define YL_PEER_MAX_STATUSES 1024

/* Where feedback is unpacked for an event; shared by the peers of a worker,
 * overwritten by the next event of any of them. */
typedef struct {
  uint16_t seqs[YL_PEER_MAX_NACK];
  YlRtcpTwccStatus statuses[YL_PEER_MAX_STATUSES];
} YlPeerScratch;

/* What a peer borrows; all outlives it. */
typedef struct {
  YlIceAgent *ice_agent;
  YlDtlsContext *dtls;
  YlRandom *random;
  YlPeerCounters *counters;
  YlPeerScratch *scratch;
} YlPeerSetup;

typedef struct YlPeer YlPeer;

/* @config: takes a reference */
YlPeer *yl_peer_new (const YlPeerSetup *setup, YlPeerConfig *config,
                     uint64_t now_us);
void yl_peer_free (YlPeer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlPeer, yl_peer_free)

/* Whether @config promises another certificate: then yl_peer_update() drops
 * the association and yl_peer_sender() with it. */
bool yl_peer_update_replaces_keys (const YlPeer *self,
                                   const YlPeerConfig *config);

/* A later answer. New credentials mean an ICE restart; tracks whose section
 * is gone end. @config: takes a reference */
void yl_peer_update (YlPeer *self, YlPeerConfig *config, uint64_t now_us);

/* Queues BYE for the slots and close_notify; drain the transmit poll. */
void yl_peer_close (YlPeer *self);

/* ---- in ---- */

typedef struct {
  uint8_t *data; /* aligned to 4 octets; changed (decrypted in place) and
                  * borrowed until the event poll is drained */
  size_t size;
  YlIcePath path;
} YlPeerDatagram;

typedef enum {
  YL_PEER_REFUSED, /* dropped and counted */
  YL_PEER_ACCEPTED,
  YL_PEER_VERIFIED, /* a valid check: bind the remote address to this peer */
} YlPeerResult;

/* A datagram of its handshake has come and waits for its turn, or was refused
 * for want of one: it does say something. */
void yl_peer_note_handshake (YlPeer *self);

/* STUN, DTLS or SRTCP, and whatever else comes. */
YlPeerResult yl_peer_receive (YlPeer *self, const YlPeerDatagram *datagram,
                              uint64_t now_us);

/**
 * yl_peer_receive_media:
 * @data: an SRTP packet of at most %YL_PACKET_STORAGE octets, decrypted and
 *   restored from RTX in place
 * @now_us: when it arrived, which may be a little before other calls' now
 * @packet: (out): borrows from @data; written only on success
 * @track: (out): which published track, below %YL_PEER_MAX_TRACKS
 * Returns: %false when there is nothing to forward: dropped, or padding.
 */
bool yl_peer_receive_media (YlPeer *self, uint8_t *data, size_t size,
                            uint64_t now_us, YlPacket *packet, uint8_t *track);

void yl_peer_handle_timeout (YlPeer *self, uint64_t now_us);

/* [µs], or YL_NEVER. */
uint64_t yl_peer_next_deadline (const YlPeer *self);

/* ---- out ---- */

/* One datagram; `buffer` is room for those that are made on demand. */
typedef struct {
  const uint8_t *data; /* borrowed until the next call on the peer */
  size_t size;
  YlIcePath path;
  alignas (8) uint8_t buffer[YL_PEER_MAX_DATAGRAM];
} YlPeerTransmit;

bool yl_peer_poll_transmit (YlPeer *self, uint64_t now_us,
                            YlPeerTransmit *transmit);

typedef enum {
  /* keys and a path: yl_peer_path() and yl_peer_sender() are set */
  YL_PEER_EVENT_CONNECTED,
  /* the other side has its keys as well: something protected came, or
   * YL_PEER_READY_US have passed; before that it may drop what it gets */
  YL_PEER_EVENT_READY,
  YL_PEER_EVENT_PATH, /* the path moved; NULL: consent is gone */
  YL_PEER_EVENT_LOST,
  YL_PEER_EVENT_BACK,
  YL_PEER_EVENT_CLOSED, /* for good; `reason` */
  /* published tracks: `track` */
  YL_PEER_EVENT_TRACK_ADDED,   /* its first packet is on its way */
  YL_PEER_EVENT_TRACK_REMOVED, /* section gone, BYE, or a new SSRC */
  YL_PEER_EVENT_TRACK_FLOW,    /* `on`: packets again, or none for a while */
  YL_PEER_EVENT_SOURCE_REPORT, /* `sender`, received at `at_us` */
  /* slots, by `ssrc` as the feedback names it */
  YL_PEER_EVENT_NACK,      /* `seqs`, `n_seqs` */
  YL_PEER_EVENT_KEYFRAME,  /* PLI or FIR */
  YL_PEER_EVENT_RECEPTION, /* `block` and `rtt_us` */
  /* of the whole connection */
  YL_PEER_EVENT_TRANSPORT_FEEDBACK, /* `twcc`, `statuses`, `n_statuses` */
  YL_PEER_EVENT_REMB,               /* `bitrate_bps` */
  YL_PEER_EVENT_REPORTS_DUE,        /* call yl_peer_send_reports() */
} YlPeerEventKind;

typedef enum {
  YL_PEER_REASON_NONE,
  YL_PEER_REASON_FINGERPRINT, /* not the certificate the offer promised */
  YL_PEER_REASON_HANDSHAKE,
  YL_PEER_REASON_TIMEOUT, /* checks, but no handshake, or no end of it */
  YL_PEER_REASON_REMOTE,  /* close_notify */
} YlPeerReason;

/* Fields that @kind does not name are 0. Pointers are borrowed until the next
 * event of any peer with the same scratch. */
typedef struct {
  YlPeerEventKind kind;
  bool on;
  uint8_t track;
  YlPeerReason reason;
  uint32_t ssrc;
  uint32_t rtt_us; /* 0 unknown */
  uint64_t at_us;
  uint64_t bitrate_bps;
  YlRtcpSenderInfo sender;
  YlRtcpReportBlock block;
  const uint16_t *seqs;
  size_t n_seqs;
  YlRtcpTwcc twcc;
  const YlRtcpTwccStatus *statuses;
  size_t n_statuses;
} YlPeerEvent;

bool yl_peer_poll_event (YlPeer *self, YlPeerEvent *event);

/* Whether that would yield one: cheap, for every packet. */
bool yl_peer_has_event (const YlPeer *self);

/* ---- for its owner ---- */

/* Where to send, borrowed; NULL: nowhere now. */
const YlIcePath *yl_peer_path (const YlPeer *self);

/* Protects what goes to the slots, borrowed; NULL before CONNECTED. */
YlSrtpSender *yl_peer_sender (YlPeer *self);

const YlPeerConfig *yl_peer_config (const YlPeer *self);

bool yl_peer_is_connected (const YlPeer *self);

/* A published track as its packets show it. */
typedef struct {
  uint8_t section; /* of the configuration */
  uint8_t rid;     /* index into the section's rids, 0 without */
  YlMediaKind kind;
  YlCodec codec;       /* of the newest packet */
  uint32_t clock_rate; /* [Hz] */
  uint32_t ssrc;
} YlPeerTrack;

/* False: no packet of it has arrived, or it has ended. */
bool yl_peer_get_track (const YlPeer *self, uint8_t track, YlPeerTrack *info);

/* Asks the publisher for a keyframe: PLI, or FIR where only that was
 * negotiated; at most one every 200 ms per track, later ones merge. */
void yl_peer_request_keyframe (YlPeer *self, uint8_t track, uint64_t now_us);

/* What the sender reports of the slots say, NTP on the clock of the sfu (32.32
 * of monotonic time); @n at most %YL_PEER_MAX_SECTIONS. They leave with the
 * next transmit polls. */
typedef struct {
  uint32_t ssrc;
  YlRtcpSenderInfo info;
} YlPeerSenderReport;

void yl_peer_send_reports (YlPeer *self, const YlPeerSenderReport *reports,
                           size_t n);
