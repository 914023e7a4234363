/* Which worker takes a room, and which a peer of it: the one place where
 * load is weighed */
#include "app/rooms-private.h"

#define SAMPLE_MS 500

/* --- load --- */

static gboolean
sample (void *user_data)
{
  YlRooms *self = user_data;
  for (unsigned i = 0; i < self->n_workers; i++) {
    YlWorkerMetrics metrics;
    yl_worker_get_metrics (yl_lanes_worker (self->lanes, i), &metrics);
    const YlPlacementSample now = { .busy_us = metrics.busy_us,
                                    .packets = metrics.sfu.packets_out };
    yl_placement_update (&self->loads[i].load, &now,
                         (uint64_t) g_get_monotonic_time ());
  }
  return G_SOURCE_CONTINUE;
}

void
yl_rooms_start_sampling (YlRooms *self)
{
  if (self->n_workers > 1)
    self->sampling = g_timeout_add (SAMPLE_MS, sample, self);
}

void
yl_rooms_stop_sampling (YlRooms *self)
{
  g_clear_handle_id (&self->sampling, g_source_remove);
}

static void
read_loads (const YlRooms *self, YlPlacementLoad *loads)
{
  for (unsigned i = 0; i < self->n_workers; i++) {
    loads[i] = self->loads[i].load;
    loads[i].peers = self->loads[i].n_peers;
    loads[i].rooms = self->loads[i].n_rooms;
  }
}

/* --- placing --- */

unsigned
yl_rooms_place_room (const YlRooms *self)
{
  YlPlacementLoad loads[YL_ROOMS_MAX_WORKERS];
  read_loads (self, loads);
  return yl_placement_room (loads, self->n_workers);
}

/* Who publishes is where the room began: packets go from there to viewers on
 * other workers, not the other way. */
unsigned
yl_rooms_place_peer (const YlRooms *self, const YlRoom *room, YlNegoRole role)
{
  YlPlacementLoad loads[YL_ROOMS_MAX_WORKERS];
  YlPlacementShare shares[YL_ROOMS_MAX_WORKERS];
  if (role != YL_NEGO_VIEWER || self->n_workers == 1)
    return room->home;
  read_loads (self, loads);
  for (unsigned i = 0; i < self->n_workers; i++)
    shares[i] = (YlPlacementShare){
      .has_room = (room->workers >> i & 1) != 0,
      .viewers = room->viewers[i],
    };
  return yl_placement_viewer (loads, self->n_workers, room->home, shares,
                              self->max_viewers);
}

/* --- rooms on several workers --- */

static void
carry (YlRooms *self, YlRoom *room, unsigned to)
{
  YlCarry *link =
      yl_carry_new (yl_worker_waker (yl_lanes_worker (self->lanes, room->home)),
                    yl_worker_waker (yl_lanes_worker (self->lanes, to)));
  room->carried |= UINT64_C (1) << to;
  yl_lanes_post (self->lanes, to,
                 (YlCommand){ .kind = YL_COMMAND_CARRY_IN,
                              .room = room->id,
                              .carry = yl_carry_ref (link) });
  yl_lanes_post (self->lanes, room->home,
                 (YlCommand){ .kind = YL_COMMAND_CARRY_OUT,
                              .room = room->id,
                              .carry = link });
}

void
yl_rooms_placed (YlRooms *self, YlRoom *room, const YlRoomPeer *peer)
{
  const unsigned worker = peer->worker;
  if (peer->role != YL_NEGO_VIEWER)
    return;
  room->viewers[worker]++;
  if (worker != room->home && (room->carried >> worker & 1) == 0)
    carry (self, room, worker);
}

/* Without viewers there, nothing needs to go there. */
void
yl_rooms_unplaced (YlRooms *self, YlRoom *room, const YlRoomPeer *peer)
{
  const unsigned worker = peer->worker;
  if (peer->role != YL_NEGO_VIEWER)
    return;
  room->viewers[worker]--;
  if (room->viewers[worker] == 0 && worker != room->home)
    yl_rooms_take_from (self, room, worker);
}
