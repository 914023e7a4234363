/* rooms-private.h: what the files of rooms share */
#pragma once

#include "app/lanes.h"
#include "app/placement.h"
#include "app/rooms.h"

typedef struct {
  unsigned n_peers;
  unsigned n_rooms;
  YlAddress *candidates;
  YlPlacementLoad load; /* sampled; what is placed is counted above */
} YlRoomsLane;

struct YlRooms {
  YlLanes *lanes;
  YlRoomsLane *loads; /* one for each worker */
  unsigned n_workers;
  unsigned max_peers;
  unsigned max_viewers; /* of a room on one worker */
  guint sampling;
  unsigned n_addresses;
  YlFingerprint fingerprint;
  YlRandom random;
  GHashTable *peers; /* YlRoomPeer by its id */
  unsigned n_rooms;  /* with peers */
  uint64_t last_room;
  uint64_t last_peer;
};

/* Where a new room begins. */
unsigned yl_rooms_place_room (const YlRooms *self);

/* On which worker a new peer of @room with this role goes; the room is taken
 * there if it does not live there yet. */
unsigned yl_rooms_place_peer (const YlRooms *self, const YlRoom *room,
                              YlNegoRole role);

/* @peer has joined @room, or left it and is counted no more: what the room's
 * workers hand each other may have to change. */
void yl_rooms_placed (YlRooms *self, YlRoom *room, const YlRoomPeer *peer);
void yl_rooms_unplaced (YlRooms *self, YlRoom *room, const YlRoomPeer *peer);

/* Looks at the workers' load from now on, if there is a choice. */
void yl_rooms_start_sampling (YlRooms *self);
void yl_rooms_stop_sampling (YlRooms *self);

/* The room lives on @worker no more; all its peers there have left. */
void yl_rooms_take_from (YlRooms *self, YlRoom *room, unsigned worker);
