/* worker-rig.h: a YlWorker on loopback and browsers with sockets of their own
 *
 * Everything runs on one thread: a step sends what the browsers have, runs
 * one turn that never waits, and hands out what arrived. */
#pragma once

#include "io/udp.h"
#include "peer/peer-client.h"
#include "worker/worker.h"

#include <stdatomic.h>

#define RIG_MAX_BROWSERS 8

typedef struct {
  YlPeerId id;
  YlPeerConfig *config;
  PeerClient *client;
  YlUdp *udp;
  unsigned strangers; /* datagrams from elsewhere than the worker's address */
} RigBrowser;

typedef struct {
  YlDtlsCertificate *certificates[2]; /* gateway, browsers */
  YlDtlsContext *contexts[2];
  YlWorker *worker;
  YlAddress address; /* of the worker */
  bool threaded;     /* somebody else runs the turns */
  bool deaf;         /* takes no events */
  uint64_t first_id; /* of its browsers, less one */
  YlPlan *plan;
  _Atomic size_t slots_in_use;
  size_t n_browsers;
  RigBrowser browsers[RIG_MAX_BROWSERS];
  GArray *events; /* of YlWorkerEvent */
} Rig;

#define RIG_ROOM ((YlRoomId){ 77 })

Rig *rig_new (bool threaded);

/* A worker that listens on every address; its browsers know it by @ip. */
Rig *rig_new_everywhere (const char *ip);

void rig_free (Rig *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Rig, rig_free)

void rig_command (Rig *self, const YlCommand *command);

/* Posts PEER_ADD for a new browser into RIG_ROOM. */
RigBrowser *rig_add (Rig *self);

/* Waits and runs one turn as the elements would, also on a thread of its own.
 * False: flushing. */
bool rig_turn (Rig *self);

void rig_step (Rig *self);

/* Steps until @done, or fails after ten seconds. */
void rig_run_until (Rig *self, bool (*done) (Rig *self, void *data),
                    void *data);

/* Check, nomination and handshake of all browsers. */
void rig_connect (Rig *self);

size_t rig_count (const Rig *self, YlWorkerEventKind kind);
