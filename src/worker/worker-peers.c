/* The peer table: places, and the three ways to find one. */
#include "worker/worker-private.h"

uint32_t
yl_worker_find_peer (const YlWorker *self, YlPeerId id)
{
  void *place;
  return g_hash_table_lookup_extended (self->by_id, &id.v, NULL, &place)
             ? GPOINTER_TO_UINT (place)
             : YL_WORKER_NO_PEER;
}

void
yl_worker_mark (YlWorker *self, uint32_t place)
{
  YlWorkerPeer *entry = &self->peers[place];
  if (entry->dirty)
    return;
  entry->dirty = true;
  self->dirty[self->n_dirty++] = place;
}

static uint32_t
free_place (YlWorker *self)
{
  for (uint32_t i = self->first_free; i < self->max_peers; i++)
    if (self->peers[i].peer == NULL) {
      self->first_free = i + 1;
      return i;
    }
  return YL_WORKER_NO_PEER;
}

/* After an ICE restart the old fragment still finds the peer, until the next
 * restart: checks on the old path go on until the new one works. */
static void
name_peer (YlWorker *self, uint32_t place, const char *ufrag)
{
  YlWorkerPeer *entry = &self->peers[place];
  if (entry->ufrags[0] != NULL && g_str_equal (entry->ufrags[0], ufrag))
    return;
  if (entry->ufrags[1] != NULL) {
    g_hash_table_remove (self->by_ufrag, entry->ufrags[1]);
    g_free (entry->ufrags[1]);
  }
  entry->ufrags[1] = entry->ufrags[0];
  entry->ufrags[0] = g_strdup (ufrag);
  g_hash_table_insert (self->by_ufrag, entry->ufrags[0],
                       GUINT_TO_POINTER (place));
}

uint32_t
yl_worker_add_peer (YlWorker *self, YlRoomId room, YlPeerId id,
                    YlPeerConfig *config)
{
  if (yl_worker_find_peer (self, id) != YL_WORKER_NO_PEER
      || g_hash_table_contains (self->by_ufrag, config->local_ufrag))
    return YL_WORKER_NO_PEER;
  const uint32_t place = free_place (self);
  if (place == YL_WORKER_NO_PEER)
    return place;
  if (!yl_sfu_set_peer (self->sfu, place, room, config, self->now_us, NULL)) {
    self->first_free = MIN (self->first_free, place);
    return YL_WORKER_NO_PEER;
  }
  const YlPeerSetup setup = { .ice_agent = self->ice_agent,
                              .dtls = self->dtls,
                              .random = &self->random,
                              .counters = &self->live.peer,
                              .scratch = self->scratch };
  YlWorkerPeer *entry = &self->peers[place];
  *entry = (YlWorkerPeer){ .id = id, .room = room, .dirty = entry->dirty };
  entry->peer = yl_peer_new (&setup, config, self->now_us);
  g_hash_table_insert (self->by_id, &entry->id.v, GUINT_TO_POINTER (place));
  name_peer (self, place, config->local_ufrag);
  self->live.peers++;
  yl_worker_mark (self, place);
  return place;
}

void
yl_worker_update_peer (YlWorker *self, uint32_t place, YlPeerConfig *config)
{
  YlWorkerPeer *entry = &self->peers[place];
  if (yl_peer_update_replaces_keys (entry->peer, config)) {
    yl_sfu_set_peer_ready (self->sfu, place, false, self->now_us);
    yl_egress_clear_peer (self->egress, place);
    self->live.peers_connected -= entry->told_connected;
    entry->has_keys = entry->ready = entry->told_connected = false;
  }
  yl_peer_update (entry->peer, config, self->now_us);
  name_peer (self, place, config->local_ufrag);
  /* Keys and extensions first, then the slots that need them. */
  if (entry->told_connected && yl_peer_path (entry->peer) != NULL)
    yl_worker_set_egress (self, place);
  yl_sfu_set_peer (self->sfu, place, entry->room, config, self->now_us, NULL);
  yl_worker_mark (self, place);
}

void
yl_worker_end_track (YlWorker *self, uint32_t place, uint8_t track)
{
  YlTrackId *id = &self->peers[place].tracks[track];
  if (id->v == 0)
    return;
  yl_sfu_remove_track (self->sfu, *id, self->now_us);
  if (self->n_ended < self->max_tracks)
    self->ended[self->n_ended++] = *id;
  *id = (YlTrackId){ 0 };
  self->live.tracks--;
}

static void
forget_addresses (YlWorker *self, YlWorkerPeer *entry)
{
  for (uint8_t i = 0; i < entry->n_addresses; i++)
    g_hash_table_remove (self->by_address, &entry->addresses[i]);
  entry->n_addresses = 0;
}

static void
transmit_all (YlWorker *self, YlPeer *peer)
{
  while (yl_peer_poll_transmit (peer, self->now_us, &self->transmit))
    yl_worker_send (self, &self->transmit.path, self->transmit.data,
                    self->transmit.size);
}

void
yl_worker_remove_peer (YlWorker *self, uint32_t place)
{
  YlWorkerPeer *entry = &self->peers[place];
  for (uint8_t i = 0; i < YL_PEER_MAX_TRACKS; i++)
    yl_worker_end_track (self, place, i);
  yl_sfu_remove_peer (self->sfu, place, self->now_us);
  yl_egress_clear_peer (self->egress, place);
  yl_peer_close (entry->peer);
  transmit_all (self, entry->peer);

  forget_addresses (self, entry);
  g_hash_table_remove (self->by_id, &entry->id.v);
  for (size_t i = 0; i < G_N_ELEMENTS (entry->ufrags); i++)
    if (entry->ufrags[i] != NULL)
      g_hash_table_remove (self->by_ufrag, entry->ufrags[i]);
  g_free (entry->ufrags[0]);
  g_free (entry->ufrags[1]);
  yl_heap_set (self->deadlines, place, YL_NEVER);
  yl_peer_free (entry->peer);
  self->live.peers--;
  self->live.peers_connected -= entry->told_connected;
  /* The dirty list may still name the place. */
  *entry = (YlWorkerPeer){ .dirty = entry->dirty };
  self->first_free = MIN (self->first_free, place);
}

/* Moves entries [from + 1, n) one place down. Their keys in the table are the
 * places themselves, so each is taken out and put in again. */
static void
drop_address (YlWorker *self, uint32_t place, uint8_t from)
{
  YlWorkerPeer *entry = &self->peers[place];
  for (uint8_t i = from; i < entry->n_addresses; i++)
    g_hash_table_remove (self->by_address, &entry->addresses[i]);
  entry->n_addresses--;
  for (uint8_t i = from; i < entry->n_addresses; i++) {
    entry->addresses[i] = entry->addresses[i + 1];
    g_hash_table_insert (self->by_address, &entry->addresses[i],
                         GUINT_TO_POINTER (place));
  }
}

static void
release_address (YlWorker *self, uint32_t place, const YlAddress *address)
{
  YlWorkerPeer *entry = &self->peers[place];
  for (uint8_t i = 0; i < entry->n_addresses; i++)
    if (yl_address_equal (&entry->addresses[i], address)) {
      drop_address (self, place, i);
      return;
    }
}

/* Media comes from where it is sent to: that address stays. */
static uint8_t
oldest_unused (const YlWorkerPeer *entry)
{
  const YlIcePath *path = yl_peer_path (entry->peer);
  return path != NULL && yl_address_equal (&path->remote, &entry->addresses[0])
             ? 1
             : 0;
}

bool
yl_worker_holds_address (const YlWorker *self, uint32_t place,
                         const YlAddress *address)
{
  const YlWorkerPeer *entry = &self->peers[place];
  const YlIcePath *path = yl_peer_path (entry->peer);
  return entry->told_connected && !entry->lost && path != NULL
         && yl_address_equal (&path->remote, address);
}

void
yl_worker_bind_address (YlWorker *self, uint32_t place,
                        const YlAddress *address)
{
  YlWorkerPeer *entry = &self->peers[place];
  void *owner;
  if (g_hash_table_lookup_extended (self->by_address, address, NULL, &owner)) {
    if (GPOINTER_TO_UINT (owner) == place)
      return;
    release_address (self, GPOINTER_TO_UINT (owner), address);
  }
  if (entry->n_addresses == G_N_ELEMENTS (entry->addresses))
    drop_address (self, place, oldest_unused (entry));
  YlAddress *kept = &entry->addresses[entry->n_addresses++];
  *kept = *address;
  g_hash_table_insert (self->by_address, kept, GUINT_TO_POINTER (place));
}

void
yl_worker_settle (YlWorker *self)
{
  /* Following one peer may mark others, or itself again. */
  while (self->n_dirty > 0) {
    const uint32_t place = self->dirty[--self->n_dirty];
    YlWorkerPeer *entry = &self->peers[place];
    entry->dirty = false;
    if (entry->peer != NULL)
      yl_worker_follow_peer (self, place);
    if (entry->peer == NULL)
      continue;
    transmit_all (self, entry->peer);
    yl_heap_set (self->deadlines, place, yl_peer_next_deadline (entry->peer));
  }
}
