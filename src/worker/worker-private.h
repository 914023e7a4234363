/* worker-private.h: the inside of a worker, for the files of this folder
 *
 * worker.c: life and what other threads see; worker-turn.c: one turn;
 * worker-ingress.c: from the socket to peers; worker-batches.c: packets by
 * track, for the elements; worker-peers.c: the peer table; worker-events.c:
 * what peers and the sfu tell; worker-commands.c: what the main thread wants;
 * worker-paths.c: where media goes and comes from; worker-carry.c: rooms on
 * several workers. */
#pragma once

#include "base/heap.h"
#include "base/time.h"
#include "io/mailbox.h"
#include "io/routes.h"
#include "io/udp.h"
#include "worker/worker.h"

#include <pthread.h>
#include <stdatomic.h>

#define YL_WORKER_NO_PEER UINT32_MAX
#define YL_WORKER_NO_BATCH UINT32_MAX
/* Times that a turn asks the socket for more before it sends what came. */
#define YL_WORKER_ROUNDS 4
/* Batches in one turn; one turn receives at most YL_WORKER_ROUNDS ×
 * YL_UDP_MAX_RECEIVE messages, each of one sender with few tracks. */
#define YL_WORKER_MAX_BATCHES 256
/* Datagrams that wait for handshake time; a client sends its flight again. */
#define YL_WORKER_MAX_HANDSHAKES 512
/* Of these, one peer's: two flights with every message in fragments. */
#define YL_WORKER_PEER_HANDSHAKES 16
/* Handshake work in one turn, after its media has left: what comes meanwhile
 * never waits longer for it. */
#define YL_WORKER_HANDSHAKE_US UINT64_C (2000)
/* Sent to newcomers in one turn, a slot more at most. */
#define YL_WORKER_REPLAY_ROWS 512
#define YL_WORKER_DATAGRAM 1500
/* At least; twice the peers if that is more, so that each can still be told
 * lost or closed while half of it is full of lesser news. */
#define YL_WORKER_MIN_EVENTS 4096
/* Between two rounds of news about slots. */
#define YL_WORKER_SLOT_NEWS_US UINT64_C (20000)

/* How the packets of a track's frames follow each other. */
typedef struct {
  uint32_t timestamp; /* of the newest packet */
  uint32_t last_us;   /* when it came, low bits */
  uint16_t gap_us;    /* between two of one frame, smoothed */
  uint16_t burst_us;  /* from the first to the marker, smoothed */
} YlWorkerRhythm;

typedef struct {
  YlPeer *peer; /* NULL: the place is free */
  YlPeerId id;
  YlRoomId room;
  char *ufrags[2]; /* the newest, and the one before an ICE restart */
  bool dirty;      /* stands in the dirty list */
  bool has_keys;   /* the other side can read what we send */
  bool ready;      /* the sfu plans for it */
  bool told_connected;
  bool names_source;    /* its media does: see worker-paths.c */
  bool lost;            /* silent: see YL_PEER_EVENT_LOST */
  uint8_t n_handshakes; /* waiting */
  uint8_t n_addresses;
  YlAddress addresses[YL_ICE_MAX_REMOTES]; /* verified, oldest first */
  YlTrackId tracks[YL_PEER_MAX_TRACKS];    /* v == 0: none */
  uint32_t batches[YL_PEER_MAX_TRACKS];    /* of the turn `batch_turn` */
  uint64_t batch_turn;
  bool has_audio; /* in that turn */
  YlWorkerRhythm rhythms[YL_PEER_MAX_TRACKS];
} YlWorkerPeer;

typedef struct {
  YlTrackId track;
  uint32_t place; /* of the publisher */
  uint8_t index;  /* among its tracks */
  uint64_t hold_until_us;
  size_t n;
  void *owners[YL_PLAN_MAX_PACKETS];
  const YlPacket *packets[YL_PLAN_MAX_PACKETS];
} YlWorkerOpenBatch;

/* One track in a carry; v == 0: the place is free. */
typedef struct {
  YlTrackId track;
  uint64_t told_ntp; /* source: the newest report in the ring */
  bool starved;      /* source: packets were refused */
} YlWorkerCarryTrack;

typedef struct {
  YlCarry *carry;
  YlRoomId room;
  unsigned taken; /* sink: packets and notes in this turn */
  YlWorkerCarryTrack tracks[YL_CARRY_MAX_TRACKS];
} YlWorkerCarry;

typedef struct {
  uint32_t peer;
  YlPeerId id; /* the place may have a new tenant */
  YlIcePath path;
  uint16_t size;
  uint8_t data[YL_WORKER_DATAGRAM];
} YlWorkerHandshake;

struct YlWorker {
  /* constant */
  uint32_t max_peers;
  uint32_t max_tracks;
  uint32_t max_events;
  YlDtlsContext *dtls;
  YlMailbox *commands; /* any thread posts, the worker takes */
  YlMailbox *events;   /* the worker posts, the main thread takes */

  YlWaker *waker;
  /* any thread */
  _Atomic bool flushing;
  pthread_mutex_t metrics_lock;
  YlWorkerMetrics metrics; /* under the lock */

  /* worker thread from here on */
  YlRandom random;
  YlUdp *udp;
  YlRoutes *routes;
  int epoll;
  bool wants_output;
  uint64_t now_us;
  uint64_t turn;
  YlWorkerMetrics live;
  YlHeap *deadlines;
  YlSfu *sfu;
  YlEgress *egress;
  YlPlan *plan;            /* for resends */
  bool more_waits;         /* fan-outs, for the next turn */
  const YlPlan *under_way; /* of the list being pushed, borrowed */
  uint64_t slot_news_us;   /* not before: the next SLOT events */
  const YlWorkerSlots *slots;
  void *slots_user;
  const YlWorkerBranches *branches;
  void *branches_user;

  /* peers */
  YlIceAgent *ice_agent;
  YlPeerScratch *scratch;
  YlWorkerPeer *peers;    /* max_peers */
  GHashTable *by_id;      /* &YlPeerId.v → place */
  GHashTable *by_ufrag;   /* text → place */
  GHashTable *by_address; /* YlAddress → place */
  GHashTable *rooms;      /* set of ids */
  uint32_t n_dirty;
  uint32_t *dirty;     /* max_peers */
  uint32_t first_free; /* no free place is below */

  /* the turn's media */
  bool has_spare;
  YlWorkerSlot spare;         /* taken, not used yet */
  uint32_t n_batches;         /* the first were held over from the last turn */
  uint32_t next_batch;        /* to be taken */
  uint32_t n_held;            /* the first of them wait for the next turn */
  uint64_t held_until_us;     /* the earliest of those, or YL_NEVER */
  uint64_t nap_until_us;      /* a frame they belong to is whole by then */
  YlWorkerOpenBatch *batches; /* YL_WORKER_MAX_BATCHES */
  uint32_t n_ended;
  YlTrackId *ended; /* max_tracks */

  /* rooms shared with other workers */
  GPtrArray *carries_out; /* YlWorkerCarry: to the others */
  GPtrArray *carries_in;  /* YlWorkerCarry: from the others */
  uint32_t next_carry;    /* of carries_in, in this turn */
  YlCarryItem *carried;   /* the newest taken */

  /* handshakes waiting, a ring */
  uint32_t first_handshake;
  uint32_t n_handshakes;
  YlWorkerHandshake *handshakes; /* YL_WORKER_MAX_HANDSHAKES */

  YlPeerTransmit transmit;
  alignas (8) uint8_t datagram[YL_WORKER_DATAGRAM];
};

/* ---- worker-peers.c ---- */

uint32_t yl_worker_find_peer (const YlWorker *self, YlPeerId id);

/* Returns the place, or YL_WORKER_NO_PEER: no room, no place, id taken. */
uint32_t yl_worker_add_peer (YlWorker *self, YlRoomId room, YlPeerId id,
                             YlPeerConfig *config);

void yl_worker_update_peer (YlWorker *self, uint32_t place,
                            YlPeerConfig *config);

/* Says good-bye on the wire and forgets everything about it. */
void yl_worker_remove_peer (YlWorker *self, uint32_t place);

/* Whether the peer's media goes to this address and it is heard of: then no
 * check in another's name takes it away. Sources can be spoofed. */
bool yl_worker_holds_address (const YlWorker *self, uint32_t place,
                              const YlAddress *address);

/* Packets and handshakes from this address are the peer's from now on. */
void yl_worker_bind_address (YlWorker *self, uint32_t place,
                             const YlAddress *address);

void yl_worker_end_track (YlWorker *self, uint32_t place, uint8_t track);

/* It changed: settle it before the turn ends. */
void yl_worker_mark (YlWorker *self, uint32_t place);

/* Events, datagrams and the new deadline of all marked peers. */
void yl_worker_settle (YlWorker *self);

/* ---- worker-paths.c ---- */

/* Hands its keys, path and extensions to the egress; it has a path. */
void yl_worker_set_egress (YlWorker *self, uint32_t place);

/* It has another path. */
void yl_worker_set_path (YlWorker *self, uint32_t place);

/* A check came: whether its source must be named from now on. */
void yl_worker_ask_route (YlWorker *self, uint32_t place);

/* After news of the host's routes all name their source until then. */
void yl_worker_follow_routes (YlWorker *self);

/* ---- worker-events.c ---- */

/* Acts on what the peer has to tell. May remove the peer. */
void yl_worker_follow_peer (YlWorker *self, uint32_t place);

void yl_worker_follow_sfu (YlWorker *self);

void yl_worker_tell (YlWorker *self, const YlWorkerEvent *event);

/* ---- worker-ingress.c ---- */

void yl_worker_receive (YlWorker *self);

/* At most YL_WORKER_HANDSHAKE_US of waiting handshakes. */
void yl_worker_run_handshakes (YlWorker *self);

/* ---- worker-batches.c ---- */

/* A turn begins, with what the last one held. */
void yl_worker_begin_batches (YlWorker *self);

/* Takes the packet in @slot; false: there are too many batches. */
bool yl_worker_add_to_batch (YlWorker *self, uint32_t place, uint8_t track,
                             const YlWorkerSlot *slot);

/* Gives back every slot that nobody took; what is held stays. */
void yl_worker_drop_batches (YlWorker *self);

/* Gives back what is held. */
void yl_worker_drop_held (YlWorker *self);

/* ---- worker-commands.c ---- */

void yl_worker_run_commands (YlWorker *self);

/* ---- worker-carry.c ---- */

/* (transfer full) */
void yl_worker_carry_out (YlWorker *self, YlRoomId room, YlCarry *carry);
void yl_worker_carry_in (YlWorker *self, YlRoomId room, YlCarry *carry);

/* Takes no part any more in carries of @room. */
void yl_worker_drop_carries (YlWorker *self, YlRoomId room);
void yl_worker_free_carries (YlWorker *self);

/* Once a turn, before the sfu is followed: ends, reports, wishes. */
void yl_worker_tend_carries (YlWorker *self);

/* Asks the worker that @track comes from; false: from none. */
bool yl_worker_ask_carried (YlWorker *self, YlTrackId track);

/* ---- worker-turn.c ---- */

size_t yl_worker_send_egress (void *user, const YlEgressMessage *messages,
                              size_t n, YlSendResult *why);

void yl_worker_send (YlWorker *self, const YlIcePath *path, const uint8_t *data,
                     size_t size);
