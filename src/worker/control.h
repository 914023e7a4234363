/* control.h: what the main thread and a media worker say to each other
 *
 * Both directions are bounded mailboxes of these values. The main thread
 * sends commands with yl_worker_post(); the worker answers with events that
 * the main thread takes out in its own loop (yl_worker_take_event() after
 * the event fd became readable). */
#pragma once

#include "base/ids.h"
#include "nego/peer-config.h"
#include "worker/carry.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum {
  /* room: create it; nothing is forwarded until ROOM_FORWARD */
  YL_COMMAND_ROOM_ADD,
  /* room, on: let media pass between the peers of the room, or stop it */
  YL_COMMAND_ROOM_FORWARD,
  /* room: remove its peers and tracks, then the room; no events follow */
  YL_COMMAND_ROOM_REMOVE,
  /* room, peer, config (reference handed over): a new connection */
  YL_COMMAND_PEER_ADD,
  /* peer, config (reference handed over): a later answer of the same peer;
   * new ICE credentials mean an ICE restart, DTLS stays */
  YL_COMMAND_PEER_UPDATE,
  /* peer: close_notify, BYE, forget */
  YL_COMMAND_PEER_REMOVE,
  /* room, carry (reference handed over): every track published into the room
   * here goes into the carry, until either worker loses the room */
  YL_COMMAND_CARRY_OUT,
  /* room, carry (reference handed over): what comes out of the carry is
   * published into the room here */
  YL_COMMAND_CARRY_IN,
} YlCommandKind;

typedef struct {
  YlCommandKind kind;
  bool on;
  YlRoomId room;
  YlPeerId peer;
  YlPeerConfig *config;
  YlCarry *carry;
} YlCommand;

/* Lets go of what a command that was not posted holds. */
void yl_command_clear (YlCommand *command);

typedef enum {
  /* ICE nominated a path and DTLS finished with a matching fingerprint; told
   * again when a peer is back after PEER_LOST */
  YL_WORKER_EVENT_PEER_CONNECTED,
  /* no valid check or packet for a while (consent, RFC 7675): the peer stays
   * and may come back with a new check or an ICE restart */
  YL_WORKER_EVENT_PEER_LOST,
  /* handshake failed, fingerprint mismatch, DTLS closed by the client, or
   * PEER_ADD refused (no such room, id or ufrag in use, table full): the peer
   * is gone for good and its id is free. Not told after PEER_REMOVE */
  YL_WORKER_EVENT_PEER_CLOSED,
  /* first packet of a published track arrived (kind says which) */
  YL_WORKER_EVENT_TRACK_ADDED,
  /* no packet of a published track for 2 s, or packets again (on) */
  YL_WORKER_EVENT_TRACK_FLOW,
  /* a slot of this peer now shows that source, or nothing (source.v == 0) */
  YL_WORKER_EVENT_SLOT,
} YlWorkerEventKind;

typedef struct {
  YlWorkerEventKind kind;
  bool on;
  YlMediaKind media;
  YlRoomId room;
  YlPeerId peer;
  YlPeerId source; /* SLOT: whose track; 0 for a local branch or none */
  char mid[YL_PEER_MID_SIZE];
} YlWorkerEvent;
