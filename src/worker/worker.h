/* worker.h: one media thread: a UDP port with its peers and rooms
 *
 * Shared by the elements of one pipeline. The streaming task of ylrtcsrc runs
 * the turns:
 *
 *   while (yl_worker_begin_turn (worker)) {
 *     while (yl_worker_take_batch (worker, &batch))
 *       push batch.owners on the pad of batch.track
 *     yl_worker_end_turn (worker);
 *   }
 */
#pragma once

#include "base/address.h"
#include "dtls/dtls.h"
#include "egress/egress.h"
#include "peer/peer.h"
#include "sfu/sfu.h"
#include "worker/control.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct YlWorker YlWorker;

typedef struct {
  const YlAddress *bind; /* NULL: every address, any port; copied */
  YlDtlsContext *dtls;   /* outlives the worker */
  uint32_t max_peers;    /* 0: 2048 */
  uint32_t max_rooms;    /* 0: max_peers / 2 */
} YlWorkerConfig;

/**
 * yl_worker_new:
 * @error: %YL_UDP_ERROR: the port is taken or forbidden; %G_FILE_ERROR
 * Any thread; the thread that then runs the turns is the worker thread.
 */
YlWorker *yl_worker_new (const YlWorkerConfig *config, GError **error);

/* No other thread uses it any more. Peers are told (BYE, close_notify). */
void yl_worker_free (YlWorker *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlWorker, yl_worker_free)

/* The port the kernel bound. Any thread. */
uint16_t yl_worker_port (const YlWorker *self);

/* ---- main thread; control.h says what commands and events mean ---- */

/* Hands a command over. False when the mailbox is full: nothing happened and
 * the caller still owns @command->config. Any thread. */
bool yl_worker_post (YlWorker *self, const YlCommand *command);

/* Readable while there are events. */
int yl_worker_event_fd (const YlWorker *self);

/* Takes one event out; false: there is none. One thread. */
bool yl_worker_take_event (YlWorker *self, YlWorkerEvent *event);

typedef struct {
  /* gauges */
  uint32_t peers;
  uint32_t peers_connected;
  uint32_t rooms;
  uint32_t tracks;
  uint32_t receive_buffer; /* of the socket [octets], as the kernel counts */
  /* counters */
  uint64_t turns;
  uint64_t busy_us;              /* time not spent waiting */
  uint64_t unknown_source;       /* from no bound address, and no known ufrag */
  uint64_t address_taken;        /* checks from an address of another peer */
  uint64_t handshakes_refused;   /* DTLS datagrams dropped: queue full, or the
                                  * peer's share of it */
  uint64_t no_slot;              /* packets dropped: all buffers are in use */
  uint64_t commands_refused;     /* mailbox full */
  uint64_t events_refused;       /* main thread too slow: event lost */
  uint64_t track_events_dropped; /* the same, TRACK_* only, at half full */
  uint64_t fan_out_dropped;      /* packets: too many batches wait */
  uint64_t carried_out;          /* packets handed to other workers */
  uint64_t carried_in;           /* packets other workers handed over */
  uint64_t carry_refused;        /* packets not handed over: ring full */
  YlPeerCounters peer;
  YlSfuCounters sfu;
  YlEgressCounters egress;
  uint64_t kernel_dropped; /* datagrams that found the socket full */
  uint64_t received;       /* messages of the socket */
  uint64_t received_octets;
  uint64_t sent;
  uint64_t sent_octets;
  uint64_t send_blocked;
  uint64_t send_failed;
} YlWorkerMetrics;

/* The state at the end of the newest turn. Any thread. */
void yl_worker_get_metrics (YlWorker *self, YlWorkerMetrics *metrics);

/* Makes the next begin_turn return at once; cheap when it is about to. Any
 * thread. */
void yl_worker_wake (YlWorker *self);

/* For carries from and to this worker. Borrowed. Any thread. */
YlWaker *yl_worker_waker (const YlWorker *self);

/* Makes begin_turn return false until cleared. Any thread. */
void yl_worker_set_flushing (YlWorker *self, bool flushing);

/* ---- worker thread: the turn ---- */

/* Memory for one packet, lent by the element that will push it on. */
typedef struct {
  uint8_t *data;    /* YL_PACKET_STORAGE octets, aligned to 4 */
  YlPacket *packet; /* filled by the worker; borrows from data */
  void *owner;      /* a GstBuffer */
} YlWorkerSlot;

typedef struct {
  /* False: all are in use. */
  bool (*take) (void *user, YlWorkerSlot *slot);
  /* Unused after all. */
  void (*give_back) (void *user, void *owner);
} YlWorkerSlots;

/* Where the packets of the coming turns go; while NULL they are dropped.
 * Before the thread that runs the turns starts, or on it. */
void yl_worker_set_slots (YlWorker *self, const YlWorkerSlots *slots,
                          void *user);

/* The calling thread runs the turns from now on. */
void yl_worker_enter_thread (YlWorker *self);

/* Waits for something to do, then: commands, one batch from the socket,
 * feedback. False: flushing, leave the loop. */
bool yl_worker_begin_turn (YlWorker *self);

/* Packets of one track that arrived in this turn, in their order. */
typedef struct {
  YlTrackId track;
  YlSfuTrack info;
  size_t n;                       /* 1..YL_PLAN_MAX_PACKETS */
  void *const *owners;            /* of the slots, now the caller's */
  const YlPacket *const *packets; /* live with their owners */
} YlWorkerBatch;

/* Until false. Borrowed until the next call. */
bool yl_worker_take_batch (YlWorker *self, YlWorkerBatch *batch);

/* Batches of tracks that another worker publishes here (YL_COMMAND_CARRY_IN):
 * `owners` are references of the caller's to shared, immutable packets. Until
 * false. Borrowed until the next call. */
bool yl_worker_take_carried (YlWorker *self, YlWorkerBatch *batch);

/* Before anything that takes its time: hands @batch of @track to the workers
 * that carry its room, if any. */
void yl_worker_carry (YlWorker *self, YlTrackId track,
                      const YlCarryBatch *batch);

/* Tracks that ended since the last call: remove their pads. Until false. */
bool yl_worker_take_ended (YlWorker *self, YlTrackId *track);

/* Local branches, deadlines, keyframe requests, events, flush, metrics. */
void yl_worker_end_turn (YlWorker *self);

/* Monotonic [µs], read once a turn. */
uint64_t yl_worker_now (const YlWorker *self);

/* The plan of the list on its way from ylrouter to ylrtcsink, or NULL. It goes
 * beside the list, not in it: the packets may be another worker's as well. */
const YlPlan *yl_worker_plan (const YlWorker *self);
void yl_worker_set_plan (YlWorker *self, const YlPlan *plan);

YlSfu *yl_worker_get_sfu (YlWorker *self);
YlEgress *yl_worker_get_egress (YlWorker *self);

/* Branches of this host that publish into rooms (sink pads of ylrouter). */
typedef struct {
  /* Once a turn, before the flush: hand in what waits. */
  void (*drain) (void *user, uint64_t now_us);
  /* Once a turn, after the flush: a bounded share of what goes to many
   * viewers. Returns whether more waits; then the worker looks at its socket
   * and comes back at once. @dropped: (out) packets given up so far. */
  bool (*fan_out) (void *user, uint64_t now_us, uint64_t *dropped);
  /* Someone needs a keyframe of this track (its peer is YL_SFU_NO_PEER). */
  void (*want_keyframe) (void *user, YlTrackId track);
} YlWorkerBranches;

/* NULL clears. While no thread runs the turns, or on that thread. */
void yl_worker_set_branches (YlWorker *self, const YlWorkerBranches *branches,
                             void *user);
