#include "app/rooms-private.h"

#include "io/system-random.h"

#include <string.h>

#define MAX_EVENTS 256 /* in one round of the main loop */

G_DEFINE_QUARK (yl_rooms_error, yl_rooms_error)

/* --- rooms --- */

static bool
lives_on (const YlRoom *room, unsigned worker)
{
  return (room->workers >> worker & 1) != 0;
}

static void
take_to (YlRooms *self, YlRoom *room, unsigned worker)
{
  if (lives_on (room, worker))
    return;
  room->workers |= UINT64_C (1) << worker;
  self->loads[worker].n_rooms++;
  yl_lanes_post (self->lanes, worker,
                 (YlCommand){ .kind = YL_COMMAND_ROOM_ADD, .room = room->id });
  if (room->forwarding)
    yl_lanes_post (self->lanes, worker,
                   (YlCommand){ .kind = YL_COMMAND_ROOM_FORWARD,
                                .room = room->id,
                                .on = true });
}

void
yl_rooms_take_from (YlRooms *self, YlRoom *room, unsigned worker)
{
  room->workers &= ~(UINT64_C (1) << worker);
  room->carried &= ~(UINT64_C (1) << worker);
  self->loads[worker].n_rooms--;
  yl_lanes_post (
      self->lanes, worker,
      (YlCommand){ .kind = YL_COMMAND_ROOM_REMOVE, .room = room->id });
}

void
yl_rooms_open (YlRooms *self, YlRoom *room, YlRoomEvent event, void *user_data)
{
  *room = (YlRoom){
    .id = { ++self->last_room },
    .home = yl_rooms_place_room (self),
    .event = event,
    .user_data = user_data,
  };
  take_to (self, room, room->home);
}

void
yl_rooms_close (YlRooms *self, YlRoom *room)
{
  g_return_if_fail (room->n_peers == 0);
  for (unsigned i = 0; i < self->n_workers; i++)
    if (lives_on (room, i))
      yl_rooms_take_from (self, room, i);
}

void
yl_rooms_set_forwarding (YlRooms *self, YlRoom *room, bool on)
{
  if (room->forwarding == on)
    return;
  room->forwarding = on;
  for (unsigned i = 0; i < self->n_workers; i++)
    if (lives_on (room, i))
      yl_lanes_post (self->lanes, i,
                     (YlCommand){ .kind = YL_COMMAND_ROOM_FORWARD,
                                  .room = room->id,
                                  .on = on });
}

/* --- peers --- */

static bool
start_peer (YlRooms *self, const YlRoom *room, YlRoomPeer *peer,
            YlNegoRole role, GError **error)
{
  const unsigned worker = yl_rooms_place_peer (self, room, role);
  if (self->loads[worker].n_peers >= self->max_peers) {
    g_set_error (error, YL_ROOMS_ERROR, YL_ROOMS_ERROR_FULL,
                 "worker %u has %u peers", worker, self->max_peers);
    return false;
  }
  *peer = (YlRoomPeer){ .worker = worker,
                        .role = role,
                        .nego = yl_nego_session_new () };
  return true;
}

bool
yl_rooms_answer (YlRooms *self, YlRoom *room, YlRoomPeer *peer,
                 const YlNegoOffer *offer, YlNegoAnswer *answer, GError **error)
{
  const bool is_new = peer->id.v == 0;
  if (is_new && !start_peer (self, room, peer, offer->role, error))
    return false;
  const YlNegoSite site = {
    .candidates = self->loads[peer->worker].candidates,
    .n_candidates = self->n_addresses,
    .fingerprint = self->fingerprint,
  };
  if (yl_nego_answer (peer->nego, offer, &site, &self->random, answer, error))
    return true;
  if (is_new) {
    yl_nego_session_free (peer->nego);
    memset (peer, 0, sizeof *peer);
  }
  return false;
}

static void
tell_config (YlRooms *self, const YlRoomPeer *peer, YlCommandKind kind,
             YlNegoAnswer *answer)
{
  yl_lanes_post (self->lanes, peer->worker,
                 (YlCommand){ .kind = kind,
                              .room = peer->room->id,
                              .peer = peer->id,
                              .config = g_steal_pointer (&answer->config) });
}

void
yl_rooms_join (YlRooms *self, YlRoom *room, YlRoomPeer *peer,
               YlNegoAnswer *answer)
{
  take_to (self, room, peer->worker);
  peer->id.v = ++self->last_peer;
  peer->room = room;
  if (room->n_peers++ == 0)
    self->n_rooms++;
  self->loads[peer->worker].n_peers++;
  g_hash_table_insert (self->peers, &peer->id.v, peer);
  tell_config (self, peer, YL_COMMAND_PEER_ADD, answer);
  yl_rooms_placed (self, room, peer);
}

void
yl_rooms_update (YlRooms *self, YlRoomPeer *peer, YlNegoAnswer *answer)
{
  tell_config (self, peer, YL_COMMAND_PEER_UPDATE, answer);
}

/* It is none of ours any more; the worker knows, or is told. */
static void
forget (YlRooms *self, YlRoomPeer *peer)
{
  if (peer->id.v == 0)
    return;
  g_hash_table_remove (self->peers, &peer->id.v);
  self->loads[peer->worker].n_peers--;
  if (--peer->room->n_peers == 0)
    self->n_rooms--;
  yl_rooms_unplaced (self, peer->room, peer);
  peer->id.v = 0;
}

void
yl_rooms_leave (YlRooms *self, YlRoomPeer *peer)
{
  if (peer->id.v != 0)
    yl_lanes_post (
        self->lanes, peer->worker,
        (YlCommand){ .kind = YL_COMMAND_PEER_REMOVE, .peer = peer->id });
  forget (self, peer);
  yl_nego_session_free (peer->nego);
  memset (peer, 0, sizeof *peer);
}

/* --- events --- */

static void
on_event (YlRooms *self, const YlWorkerEvent *event)
{
  YlRoomPeer *peer = g_hash_table_lookup (self->peers, &event->peer.v);
  if (peer == NULL)
    return; /* removed meanwhile */
  const YlRoom *room = peer->room;
  if (event->kind == YL_WORKER_EVENT_PEER_CLOSED)
    forget (self, peer);
  room->event (peer, event, room->user_data);
}

void
yl_rooms_take_events (YlRooms *self, unsigned worker)
{
  YlWorkerEvent event;
  /* The rest in the next round of the loop: others wait as well. */
  for (int i = 0;
       i < MAX_EVENTS && yl_lanes_take_event (self->lanes, worker, &event); i++)
    on_event (self, &event);
}

/* --- life --- */

unsigned
yl_rooms_count (const YlRooms *self)
{
  return self->n_rooms;
}

unsigned
yl_rooms_count_peers (const YlRooms *self)
{
  return g_hash_table_size (self->peers);
}

YlRooms *
yl_rooms_new (const YlRoomsOptions *options)
{
  g_return_val_if_fail (options->n_workers <= YL_ROOMS_MAX_WORKERS, NULL);
  YlRooms *self = g_new0 (YlRooms, 1);
  self->lanes = yl_lanes_new (options->workers, options->n_workers);
  self->n_workers = options->n_workers;
  self->max_peers = options->max_peers;
  self->max_viewers = MAX (options->max_viewers, 1);
  self->n_addresses = options->n_addresses;
  self->loads = g_new0 (YlRoomsLane, self->n_workers);
  for (unsigned i = 0; i < self->n_workers; i++) {
    self->loads[i].candidates = g_memdup2 (
        options->addresses, options->n_addresses * sizeof *options->addresses);
    for (unsigned k = 0; k < options->n_addresses; k++)
      self->loads[i].candidates[k].port = yl_worker_port (options->workers[i]);
  }
  memcpy (self->fingerprint.sha256, options->fingerprint,
          sizeof self->fingerprint.sha256);
  yl_system_random_init (&self->random);
  self->peers = g_hash_table_new (g_int64_hash, g_int64_equal);
  yl_rooms_start_sampling (self);
  return self;
}

void
yl_rooms_free (YlRooms *self)
{
  yl_rooms_stop_sampling (self);
  for (unsigned i = 0; i < self->n_workers; i++)
    g_free (self->loads[i].candidates);
  g_free (self->loads);
  g_hash_table_unref (self->peers);
  yl_lanes_free (self->lanes);
  g_free (self);
}
