/* rooms.h: rooms and peers on the media workers
 *
 * What consultations and courses have in common: a room lives on one worker
 * or more, each peer of it on one of them; offers are answered here, the
 * worker is told, and what it reports finds its peer again. Rooms and peers
 * are embedded in what their owner knows of them. Main thread. */
#pragma once

#include "app/placement.h"
#include "base/address.h"
#include "nego/nego.h"
#include "worker/worker.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* A room's presence is a bit per worker. */
#define YL_ROOMS_MAX_WORKERS YL_PLACEMENT_MAX_WORKERS

#define YL_ROOMS_ERROR (yl_rooms_error_quark ())
typedef enum {
  YL_ROOMS_ERROR_FULL, /* the worker has no place for one more peer */
} YlRoomsError;
GQuark yl_rooms_error_quark (void);

typedef struct YlRooms YlRooms;
typedef struct YlRoom YlRoom;
typedef struct YlRoomPeer YlRoomPeer;

/* After PEER_CLOSED the peer has left already. */
typedef void (*YlRoomEvent) (YlRoomPeer *peer, const YlWorkerEvent *event,
                             void *user_data);

struct YlRoom {
  YlRoomId id;
  unsigned home;    /* the worker it was placed on first */
  uint64_t workers; /* a bit for each it lives on */
  uint64_t carried; /* a bit for each that gets the home's media */
  uint16_t viewers[YL_ROOMS_MAX_WORKERS]; /* viewers on each */
  bool forwarding;
  unsigned n_peers;
  YlRoomEvent event;
  void *user_data; /* of @event */
};

struct YlRoomPeer {
  YlPeerId id; /* 0: not there */
  YlRoom *room;
  unsigned worker;
  YlNegoRole role;
  bool connected;      /* as the worker said last */
  YlNegoSession *nego; /* NULL: no offer will follow */
};

typedef struct {
  YlWorker **workers; /* borrowed */
  unsigned n_workers;
  unsigned max_peers;   /* of each worker */
  unsigned max_viewers; /* of a room on one worker, then it goes to others */
  const YlAddress *addresses; /* announced, ports are the workers'; copied */
  unsigned n_addresses;
  uint8_t fingerprint[32]; /* SHA-256 of the DTLS certificate */
} YlRoomsOptions;

YlRooms *yl_rooms_new (const YlRoomsOptions *options);
/* All rooms are closed. */
void yl_rooms_free (YlRooms *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlRooms, yl_rooms_free)

/* --- rooms --- */

/* Fills @room and makes it known to its first worker. */
void yl_rooms_open (YlRooms *self, YlRoom *room, YlRoomEvent event,
                    void *user_data);

/* All its peers have left. */
void yl_rooms_close (YlRooms *self, YlRoom *room);

/* Lets media pass between its peers, or stops it. */
void yl_rooms_set_forwarding (YlRooms *self, YlRoom *room, bool on);

/* --- peers --- */

/**
 * yl_rooms_answer:
 * @peer: zero for a new one: then it is placed, and joins with the answer's
 *   configuration by yl_rooms_join(); else the session it joined with
 * @answer: (out): yl_nego_answer_clear()
 * @error: %YL_ROOMS_ERROR, %YL_NEGO_ERROR or %YL_SDP_ERROR; a new @peer is
 *   zero again then
 */
bool yl_rooms_answer (YlRooms *self, YlRoom *room, YlRoomPeer *peer,
                      const YlNegoOffer *offer, YlNegoAnswer *answer,
                      GError **error);

/* @peer, which stays where it is from now on, is one of @room. The
 * configuration is taken out of @answer. */
void yl_rooms_join (YlRooms *self, YlRoom *room, YlRoomPeer *peer,
                    YlNegoAnswer *answer);

/* A later answer of a peer that has joined; likewise. */
void yl_rooms_update (YlRooms *self, YlRoomPeer *peer, YlNegoAnswer *answer);

/* Frees what @peer holds and zeroes it; a zero one stays so. */
void yl_rooms_leave (YlRooms *self, YlRoomPeer *peer);

/* --- what the workers say --- */

void yl_rooms_take_events (YlRooms *self, unsigned worker);

/* Rooms that have peers now. */
unsigned yl_rooms_count (const YlRooms *self);

/* Peers of all rooms now. */
unsigned yl_rooms_count_peers (const YlRooms *self);
