/* Which worker takes a room, and which a peer of it: the one place where
 * load is weighed */
#include "app/rooms-private.h"

unsigned
yl_rooms_place_room (const YlRooms *self)
{
  unsigned best = 0;
  for (unsigned i = 1; i < self->n_workers; i++) {
    const YlRoomsLane *load = &self->loads[i], *least = &self->loads[best];
    if (load->n_peers < least->n_peers
        || (load->n_peers == least->n_peers && load->n_rooms < least->n_rooms))
      best = i;
  }
  return best;
}

/* A room stays whole: packets go from a worker's peer to its own only. */
unsigned
yl_rooms_place_peer (const YlRooms *self, const YlRoom *room, YlNegoRole role)
{
  return room->home;
}

/* A room that is whole has nothing to hand on. */
void
yl_rooms_placed (YlRooms *self, YlRoom *room, const YlRoomPeer *peer)
{
}

void
yl_rooms_unplaced (YlRooms *self, YlRoom *room, const YlRoomPeer *peer)
{
}
