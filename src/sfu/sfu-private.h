/* sfu-private.h: tables of the forwarder, for the files of src/sfu only
 *
 * sfu.c: construction, tables, events. assign.c: which slot shows what.
 * forward.c: the packet path. replay.c: the picture for newcomers.
 * histories.c: how much of each track is kept.
 * feedback.c: NACK, keyframes, reports. */
#pragma once

#include "base/heap.h"
#include "base/time.h"
#include "rtp/history.h"
#include "rtp/resend-damper.h"
#include "sfu/clock.h"
#include "sfu/limits.h"
#include "sfu/munger.h"
#include "sfu/sfu.h"

#define NO_INDEX UINT32_MAX

/* Sequence numbers of a track that are told apart; older ones are late. */
#define SEEN_BITS 1024

/* After a keyframe what follows it is kept so long for newcomers. Between two
 * that are asked for there are 400 ms, so nobody waits much longer than a
 * frame for one or the other; as a burst it is no more than a large one. */
#define REPLAY_US (400 * YL_US_PER_MS)

/* Too late packets in a row after which a source must have restarted. */
#define RESTART_AFTER 32

/* Resends a slot may do ahead of what it sent: feedback cannot make us send
 * more than twice the media (and this much). */
#define RESEND_CREDIT 128

typedef struct {
  uint32_t peer;
  uint32_t slot;
} SlotRef;

typedef struct {
  bool used;
  bool forwarding;
  YlRoomId id;
  GArray *peers;  /* uint32_t, by arrival */
  GArray *tracks; /* uint32_t, by publication */
} Room;

/* Keyframe request under way. */
typedef struct {
  bool wanted;
  uint8_t asked;  /* since the last keyframe started */
  uint8_t recent; /* without CALM_US between two of them */
  uint64_t asked_us;
} Wish;

typedef struct {
  bool used;
  bool started; /* newest_seq and seen[] mean something */
  uint8_t late_in_a_row;
  uint32_t room;
  YlTrackId id;
  YlSfuTrack info;
  uint64_t source; /* of munger spans: changes when numbering restarts */
  int64_t newest_seq;
  uint64_t seen[SEEN_BITS / 64];
  YlRtpHistory *history; /* video only */
  int64_t keyframe_seq;  /* its first packet, of the newest one */
  uint64_t keyframe_us;  /* 0: none yet */
  GArray *viewers;       /* SlotRef */
  uint32_t served;       /* of these, the first: by the pass under way */
  Wish wish;
  YlSfuBudget resent;   /* to all its viewers */
  YlSfuClock own_clock; /* without a peer that has one */
  YlSfuTrackClock clock;
  YlSfuSourceReport report; /* the newest, ntp == 0: none */
} Track;

/* What each packet needs comes first: one or two lines of cache a viewer. */
typedef struct {
  uint8_t section;
  bool playable;
  uint8_t payload_type;
  uint8_t rtx_payload_type;
  YlMediaKind kind;
  YlCodec codec; /* what the source sends, as last matched */
  uint32_t ssrc;
  uint32_t packets;
  uint32_t octets;
  uint32_t resend_credit;
  uint32_t viewer;  /* place in the track's viewers */
  int64_t replayed; /* source seq, of the open span: sent already up to it */
  YlSfuMunger munger;
  uint32_t rtx_ssrc;
  uint32_t track; /* index or NO_INDEX */
  bool replaying; /* has to get what followed the newest keyframe */
  uint8_t n_codecs;
  YlPeerCodec codecs[YL_PEER_MAX_CODECS];
  int64_t rtx_seq;
  YlRtpResendDamper *damper; /* NULL before the first resend */
  YlSfuPatience patience;    /* for its wishes for keyframes */
  YlSfuBudget asked;         /* packets asked for again */
} Slot;

typedef struct {
  bool used;
  bool ready;
  bool queued;      /* in the event queue */
  bool arriving;    /* among the newcomers */
  uint16_t changed; /* slots with an event, by bit */
  uint32_t n_slots;
  uint32_t room; /* index or NO_INDEX */
  Slot *slots;
  uint32_t rtt_us;  /* to it, as its reports say; 0: unknown */
  YlSfuClock clock; /* of all tracks it publishes */
} Peer;

struct YlSfu {
  YlSfuLimits limits;
  YlRandom *random;
  Room *rooms;
  Peer *peers;
  Track *tracks;
  YlHeap *wishes;   /* by track: when to ask for a keyframe */
  uint32_t *events; /* ring of peers with changed slots */
  uint32_t event_head;
  uint32_t n_events;
  uint32_t *newcomers; /* peers with a slot that is replaying */
  uint32_t n_newcomers;
  YlPagePool *pages; /* of the histories */
  YlPacket *kept;    /* YL_PLAN_MAX_PACKETS: what the plan has of those */
  uint8_t *pieced;   /* the same, YL_PACKET_MAX each: put together */
  size_t n_pieced;
  uint64_t next_source;
  YlSfuCounters counters;
};

G_STATIC_ASSERT (YL_PEER_MAX_SECTIONS <= 16); /* Peer.changed */

/* sfu.c */
Room *sfu_find_room (YlSfu *self, YlRoomId id);
Track *sfu_find_track (YlSfu *self, YlTrackId id);
Slot *sfu_find_slot (YlSfu *self, uint32_t peer, uint32_t ssrc);
void sfu_slot_changed (YlSfu *self, uint32_t peer, uint32_t slot);

/* assign.c */
void sfu_assign_peer (YlSfu *self, uint32_t peer, uint64_t now_us);
void sfu_assign_room (YlSfu *self, Room *room, uint64_t now_us);
void sfu_detach_slot (YlSfu *self, uint32_t peer, uint32_t slot);
void sfu_detach_peer (YlSfu *self, uint32_t peer);
void sfu_detach_viewers (YlSfu *self, Track *track);
void sfu_match_codec (YlSfu *self, SlotRef ref, YlCodec codec);

/* forward.c */
static inline bool
sfu_is_open_for (const Slot *slot, const Track *track)
{
  const YlSfuMunger *munger = &slot->munger;
  return munger->open && munger->spans[munger->current].source == track->source;
}

bool sfu_open_span (Slot *slot, const Track *track, uint32_t index,
                    const YlPacket *packet);
void sfu_add_row (Slot *slot, SlotRef ref, uint16_t packet, YlPlan *plan);

/* replay.c */
void sfu_begin_anew (YlSfu *self, const Room *room);
void sfu_show_picture (YlSfu *self, SlotRef ref, uint64_t now_us);

/* histories.c */
void sfu_fit_history (const YlSfu *self, Track *track);
const YlPacket *sfu_find_kept (YlSfu *self, const Track *track, int64_t seq,
                               uint64_t now_us, const YlPlan *plan);
void sfu_clear_histories (YlSfu *self, const Room *room);
void sfu_trim_histories (YlSfu *self, const Peer *viewer, uint64_t now_us);

/* feedback.c */
void sfu_want_keyframe (YlSfu *self, Track *track, uint64_t now_us);
void sfu_keyframe_started (YlSfu *self, Track *track, const YlPacket *first);
