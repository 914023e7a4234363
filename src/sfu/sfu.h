/* sfu.h: who gets what: rooms, peers, tracks and slots of one worker
 *
 * An engine on the packet path: a batch of one track goes in, a plan comes
 * out. Peers have dense indices chosen by the worker, the same that the
 * egress uses. Slot k of a kind shows the k-th other publisher's track of
 * this kind; a slot keeps its source until that ends. One thread. */
#pragma once

#include "base/ids.h"
#include "base/random.h"
#include "nego/peer-config.h"
#include "sfu/plan.h"

#include <glib.h>

typedef struct YlSfu YlSfu;

#define YL_SFU_ERROR (yl_sfu_error_quark ())
GQuark yl_sfu_error_quark (void);
typedef enum {
  YL_SFU_ERROR_FULL,    /* a table is full */
  YL_SFU_ERROR_UNKNOWN, /* no such room or peer */
  YL_SFU_ERROR_EXISTS,
} YlSfuError;

/* A track of a branch on this host has no peer. */
#define YL_SFU_NO_PEER UINT32_MAX

/* Bounds of one worker; memory for all of it is taken at construction,
 * resend histories when a video track starts. */
typedef struct {
  uint32_t max_rooms;
  uint32_t max_peers; /* peer indices are below */
  uint32_t max_tracks;
} YlSfuLimits;

/* @random: for the first sequence numbers and timestamps; borrowed */
YlSfu *yl_sfu_new (const YlSfuLimits *limits, YlRandom *random);
void yl_sfu_free (YlSfu *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlSfu, yl_sfu_free)

/* ---- control: never from within the forwarding of a batch ---- */

bool yl_sfu_add_room (YlSfu *self, YlRoomId room, GError **error);

/* Lets media pass in @room, or stops it. While it is stopped every slot of
 * the room is empty. */
void yl_sfu_set_forwarding (YlSfu *self, YlRoomId room, bool on,
                            uint64_t now_us);

/* With its tracks; its peers lose their room and stay to be removed. */
void yl_sfu_remove_room (YlSfu *self, YlRoomId room, uint64_t now_us);

/**
 * yl_sfu_set_peer:
 * @peer: index below the limit
 * @config: of which the SEND sections become slots, in their order; copied.
 *   For a known peer this is an update: slots whose mid and SSRC stay keep
 *   their source and numbering. A slot with a new SSRC starts afresh.
 * @error: %YL_SFU_ERROR_UNKNOWN when there is no such room
 */
bool yl_sfu_set_peer (YlSfu *self, uint32_t peer, YlRoomId room,
                      const YlPeerConfig *config, uint64_t now_us,
                      GError **error);

/* Its egress has keys and a path (PEER_CONNECTED), or no more. Before that
 * nothing is planned for it. Becoming ready asks for keyframes. */
void yl_sfu_set_peer_ready (YlSfu *self, uint32_t peer, bool ready,
                            uint64_t now_us);

/* With the tracks it publishes. */
void yl_sfu_remove_peer (YlSfu *self, uint32_t peer, uint64_t now_us);

typedef struct {
  YlRoomId room;
  uint32_t peer;      /* index of the publisher, or YL_SFU_NO_PEER */
  YlPeerId publisher; /* its id; 0 without a peer. With YL_SFU_NO_PEER: it is
                       * on another worker, its tracks share a clock */
  YlMediaKind kind;
  YlCodec codec;       /* of the first packet; may change later */
  uint32_t clock_rate; /* [Hz] */
} YlSfuTrack;

/* Returns an id never used before, with v == 0 on failure. The publisher's
 * own slots never show it. */
YlTrackId yl_sfu_add_track (YlSfu *self, const YlSfuTrack *track,
                            uint64_t now_us, GError **error);

/* Empties the slots that show it; waiting tracks take them. */
void yl_sfu_remove_track (YlSfu *self, YlTrackId track, uint64_t now_us);

/* False: no such track. */
bool yl_sfu_get_track (const YlSfu *self, YlTrackId track, YlSfuTrack *info);

/* Slots that show it, of peers that are ready or not; 0: no such track. */
size_t yl_sfu_viewers (const YlSfu *self, YlTrackId track);

/* ---- packet path ---- */

/**
 * yl_sfu_forward:
 * @packets: 1..YL_PLAN_MAX_PACKETS packets of @track as they arrived,
 *   reordered and late ones included; copied into the resend history
 * @plan: (out): replaced; its packets[i] is packets[i]
 */
void yl_sfu_forward (YlSfu *self, YlTrackId track,
                     const YlPacket *const *packets, size_t n_packets,
                     uint64_t now_us, YlPlan *plan);

/* A batch on its way to its viewers, some of them at a time, so that a great
 * fan-out does not hold others up. Passes of one track run one after the
 * other. */
typedef struct {
  YlTrackId track;
  uint64_t source; /* whose numbering the packets have */
  size_t n_packets;
  const YlPacket *packets[YL_PLAN_MAX_PACKETS]; /* borrowed, live until the
                                                 * pass is complete */
} YlSfuPass;

/* Takes what is new among @packets into the resend history and into @pass. */
void yl_sfu_pass_begin (YlSfu *self, YlSfuPass *pass, YlTrackId track,
                        const YlPacket *const *packets, size_t n_packets);

/* The same with more packets for a pass that nobody has got yet; there is
 * room for all of them. False: they are of another numbering, nothing done. */
bool yl_sfu_pass_append (YlSfu *self, YlSfuPass *pass,
                         const YlPacket *const *packets, size_t n_packets);

/* Plans @pass for the next @max_viewers. Returns whether viewers are left;
 * one who comes meanwhile gets it as well, nobody gets it twice. */
bool yl_sfu_pass_next (YlSfu *self, const YlSfuPass *pass, size_t max_viewers,
                       uint64_t now_us, YlPlan *plan);

/**
 * yl_sfu_nack:
 * @ssrc: of a slot of viewer @peer, as its feedback names it
 * @seqs: egress sequence numbers missing there, at most
 *   YL_PLAN_MAX_PACKETS are looked at
 * @plan: (out): replaced; RTX rows for what the history still holds. Repeats
 *   within 40 ms are ignored; a viewer without RTX gets nothing
 */
void yl_sfu_nack (YlSfu *self, uint32_t peer, uint32_t ssrc,
                  const uint16_t *seqs, size_t n_seqs, uint64_t now_us,
                  YlPlan *plan);

/**
 * yl_sfu_poll_replay:
 * @plan: (out): replaced; packets out of the history, for one viewer who has
 *   just come: the newest keyframe and what followed it, if it is fresh.
 *   Otherwise a keyframe is asked for
 *
 * Once a turn, until %false, so that nobody who comes has to wait for a
 * keyframe nor everybody else to get one.
 */
bool yl_sfu_poll_replay (YlSfu *self, uint64_t now_us, YlPlan *plan);

/* PLI or FIR of viewer @peer for one of its slots. Who asks again and again
 * waits ever longer; so nobody spoils the picture of the others. */
void yl_sfu_keyframe_request (YlSfu *self, uint32_t peer, uint32_t ssrc,
                              uint64_t now_us);

/* A keyframe of @track is wanted by someone beside the slots (a tap). */
void yl_sfu_want_keyframe (YlSfu *self, YlTrackId track, uint64_t now_us);

/* Whom to ask for a keyframe now: merged over viewers, at most every 400 ms
 * per track (the first two repeats after 150 ms), repeated ever more slowly
 * until one starts. False: nobody. The caller
 * finds the publisher with yl_sfu_get_track(). */
bool yl_sfu_poll_keyframe (YlSfu *self, uint64_t now_us, YlTrackId *track);

/* When poll_keyframe or poll_replay may have something, or YL_NEVER. */
uint64_t yl_sfu_next_deadline (const YlSfu *self);

/* A report of viewer @peer tells the round trip to it: what it may ask for
 * again is kept that long. @rtt_us: 0: unknown */
void yl_sfu_reception (YlSfu *self, uint32_t peer, uint32_t rtt_us);

/* What the resend histories hold [octets]. */
size_t yl_sfu_history_octets (const YlSfu *self);

/* ---- reports ---- */

/* A sender report about @track: its clock pair and when it arrived [µs].
 * @ntp: 32.32 fixed point, the sender's clock */
void yl_sfu_source_report (YlSfu *self, YlTrackId track, uint64_t ntp,
                           uint32_t rtp, uint64_t received_us);

typedef struct {
  uint64_t ntp;
  uint64_t received_us;
  uint32_t rtp;
} YlSfuSourceReport;

/* The newest report about @track, to tell another worker; false: none yet. */
bool yl_sfu_get_source_report (const YlSfu *self, YlTrackId track,
                               YlSfuSourceReport *report);

/* What the sender report for one slot has to say. */
typedef struct {
  uint32_t ssrc;
  uint64_t ntp; /* 32.32; the gateway's clock: @now_us as NTP time */
  uint32_t rtp; /* the same instant in the slot's timestamps */
  uint32_t packets;
  uint32_t octets; /* payload, wraps */
} YlSfuReport;

/* Reports of a viewer's slots that send and whose source's clock is known.
 * Returns how many of @reports (at most @max) were written. */
size_t yl_sfu_sender_reports (YlSfu *self, uint32_t peer, uint64_t now_us,
                              YlSfuReport *reports, size_t max);

/* Monotonic µs as NTP time 32.32, the clock of the reports above; also what
 * LSR of a receiver report refers to. */
static inline uint64_t
yl_sfu_ntp (uint64_t now_us)
{
  return (now_us / 1000000) << 32 | ((now_us % 1000000) << 32) / 1000000;
}

/* ---- events ---- */

/* A slot of a peer has a new source, or none. */
typedef struct {
  uint32_t peer;
  uint8_t section; /* of the peer's configuration */
  bool playable;   /* false with a track: no codec in common, or none yet */
  YlTrackId track; /* v == 0: the slot is empty */
  uint32_t source; /* its publisher's index or YL_SFU_NO_PEER */
} YlSfuEvent;

/* Each slot reports its newest state once; drain until false. */
bool yl_sfu_poll_event (YlSfu *self, YlSfuEvent *event);

/* Whether polling may yield one. */
bool yl_sfu_has_event (const YlSfu *self);

/* ---- counters ---- */

typedef struct {
  uint64_t packets_in;
  uint64_t packets_out;  /* media rows */
  uint64_t resent;       /* RTX rows */
  uint64_t replayed;     /* media rows out of the history, for newcomers */
  uint64_t duplicate;    /* seen before: the original after its RTX */
  uint64_t too_late;     /* older than the history or the slot's source */
  uint64_t nack_missing; /* asked for, not in the history */
  uint64_t nack_damped;  /* asked for again too soon or too often */
  uint64_t no_codec;     /* no payload type in common */
  uint64_t nack_limited; /* not looked at: the viewer or the room is mad */
  uint64_t keyframes_asked;
  uint64_t keyframes_damped; /* wishes of viewers who ask too often */
} YlSfuCounters;

const YlSfuCounters *yl_sfu_counters (const YlSfu *self);
