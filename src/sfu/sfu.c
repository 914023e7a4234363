/* sfu.c: construction, rooms, peers, tracks and events of the forwarder */
#include "sfu/sfu.h"

#include "base/time.h"
#include "sfu/sfu-private.h"

#include <string.h>

/* Low bits of a track id are its index, the rest is never used again. */
#define TRACK_INDEX_BITS 16

/* One second of 3.5 Mbit/s. */
#define HISTORY_OCTETS (512 * 1024)
#define HISTORY_PACKETS 1024

G_DEFINE_QUARK (yl_sfu_error, yl_sfu_error)

YlSfu *
yl_sfu_new (const YlSfuLimits *limits, YlRandom *random)
{
  g_return_val_if_fail (limits->max_tracks < 1u << TRACK_INDEX_BITS, NULL);
  YlSfu *self = g_new0 (YlSfu, 1);
  self->limits = *limits;
  self->random = random;
  self->rooms = g_new0 (Room, limits->max_rooms);
  self->peers = g_new0 (Peer, limits->max_peers);
  self->tracks = g_new0 (Track, limits->max_tracks);
  self->wishes = yl_heap_new (limits->max_tracks);
  self->events = g_new0 (uint32_t, limits->max_peers);
  self->newcomers = g_new0 (uint32_t, limits->max_peers);
  self->pages = yl_page_pool_new ();
  self->kept = g_new (YlPacket, YL_PLAN_MAX_PACKETS);
  self->pieced = g_malloc (YL_PLAN_MAX_PACKETS * YL_PACKET_MAX);
  return self;
}

static void
free_track (YlSfu *self, Track *track)
{
  yl_heap_set (self->wishes, (uint32_t) (track - self->tracks), YL_NEVER);
  yl_rtp_history_free (track->history);
  g_array_unref (track->viewers);
  memset (track, 0, sizeof *track);
}

static void
free_slots (Peer *peer)
{
  for (uint32_t i = 0; i < peer->n_slots; i++)
    g_free (peer->slots[i].damper);
  g_free (peer->slots);
}

static void
free_room (Room *room)
{
  g_array_unref (room->peers);
  g_array_unref (room->tracks);
  memset (room, 0, sizeof *room);
}

void
yl_sfu_free (YlSfu *self)
{
  if (self == NULL)
    return;
  for (uint32_t i = 0; i < self->limits.max_tracks; i++)
    if (self->tracks[i].used)
      free_track (self, &self->tracks[i]);
  for (uint32_t i = 0; i < self->limits.max_peers; i++)
    free_slots (&self->peers[i]);
  for (uint32_t i = 0; i < self->limits.max_rooms; i++)
    if (self->rooms[i].used)
      free_room (&self->rooms[i]);
  yl_heap_free (self->wishes);
  yl_page_pool_free (self->pages);
  g_free (self->kept);
  g_free (self->pieced);
  g_free (self->newcomers);
  g_free (self->events);
  g_free (self->tracks);
  g_free (self->peers);
  g_free (self->rooms);
  g_free (self);
}

const YlSfuCounters *
yl_sfu_counters (const YlSfu *self)
{
  return &self->counters;
}

static void
remove_index (GArray *array, uint32_t index)
{
  for (guint i = 0; i < array->len; i++)
    if (g_array_index (array, uint32_t, i) == index) {
      g_array_remove_index (array, i);
      return;
    }
}

/* ---- rooms ---- */

Room *
sfu_find_room (YlSfu *self, YlRoomId id)
{
  for (uint32_t i = 0; i < self->limits.max_rooms; i++)
    if (self->rooms[i].used && yl_room_id_equal (self->rooms[i].id, id))
      return &self->rooms[i];
  return NULL;
}

bool
yl_sfu_add_room (YlSfu *self, YlRoomId id, GError **error)
{
  if (id.v == 0 || sfu_find_room (self, id) != NULL) {
    g_set_error (error, YL_SFU_ERROR, YL_SFU_ERROR_EXISTS,
                 "room %" G_GUINT64_FORMAT " cannot be added", id.v);
    return false;
  }
  for (uint32_t i = 0; i < self->limits.max_rooms; i++) {
    Room *room = &self->rooms[i];
    if (room->used)
      continue;
    room->used = true;
    room->id = id;
    room->peers = g_array_new (FALSE, FALSE, sizeof (uint32_t));
    room->tracks = g_array_new (FALSE, FALSE, sizeof (uint32_t));
    return true;
  }
  g_set_error (error, YL_SFU_ERROR, YL_SFU_ERROR_FULL, "%u rooms already",
               self->limits.max_rooms);
  return false;
}

void
yl_sfu_set_forwarding (YlSfu *self, YlRoomId id, bool on, uint64_t now_us)
{
  Room *room = sfu_find_room (self, id);
  if (room == NULL || room->forwarding == on)
    return;
  room->forwarding = on;
  if (on) {
    sfu_begin_anew (self, room); /* nobody was to see what was before */
    sfu_assign_room (self, room, now_us);
    return;
  }
  for (guint i = 0; i < room->peers->len; i++)
    sfu_detach_peer (self, g_array_index (room->peers, uint32_t, i));
  sfu_clear_histories (self, room);
}

void
yl_sfu_remove_room (YlSfu *self, YlRoomId id, uint64_t now_us)
{
  Room *room = sfu_find_room (self, id);
  if (room == NULL)
    return;
  yl_sfu_set_forwarding (self, id, false, now_us);
  for (guint i = 0; i < room->tracks->len; i++)
    free_track (self, &self->tracks[g_array_index (room->tracks, uint32_t, i)]);
  for (guint i = 0; i < room->peers->len; i++)
    self->peers[g_array_index (room->peers, uint32_t, i)].room = NO_INDEX;
  free_room (room);
}

/* ---- peers ---- */

Slot *
sfu_find_slot (YlSfu *self, uint32_t index, uint32_t ssrc)
{
  if (index >= self->limits.max_peers || !self->peers[index].used)
    return NULL;
  Peer *peer = &self->peers[index];
  for (uint32_t i = 0; i < peer->n_slots; i++)
    if (peer->slots[i].ssrc == ssrc)
      return &peer->slots[i];
  return NULL;
}

static void
init_slot (YlSfu *self, Slot *slot)
{
  slot->track = NO_INDEX;
  slot->resend_credit = RESEND_CREDIT;
  slot->rtx_seq = yl_random_u32 (self->random) & 0x7fff;
  yl_sfu_munger_init (&slot->munger, self->random);
}

/* Codecs and numbers may change with every answer. */
static void
configure_slot (Slot *slot, const YlPeerSection *section)
{
  slot->kind = section->kind;
  slot->ssrc = section->slot_ssrc;
  slot->rtx_ssrc = section->slot_rtx_ssrc;
  slot->n_codecs = MIN (section->n_codecs, YL_PEER_MAX_CODECS);
  memcpy (slot->codecs, section->codecs, sizeof slot->codecs);
}

/* Moves what @peer already has into @slots, or empties it. */
static void
keep_slots (YlSfu *self, uint32_t index, const YlPeerConfig *config,
            Slot *slots, const uint8_t *place)
{
  Peer *peer = &self->peers[index];
  for (uint32_t i = 0; i < peer->n_slots; i++) {
    Slot *old = &peer->slots[i];
    const uint8_t to =
        old->section < config->n_sections ? place[old->section] : UINT8_MAX;
    if (to == UINT8_MAX || config->sections[old->section].slot_ssrc != old->ssrc
        || config->sections[old->section].kind != old->kind) {
      sfu_detach_slot (self, index, i);
      continue;
    }
    slots[to] = *old;
    old->damper = NULL;
    if (old->track != NO_INDEX)
      g_array_index (self->tracks[old->track].viewers, SlotRef, old->viewer)
          .slot = to;
  }
}

static void
build_slots (YlSfu *self, uint32_t index, const YlPeerConfig *config)
{
  Peer *peer = &self->peers[index];
  uint8_t place[YL_PEER_MAX_SECTIONS];
  uint32_t n = 0;
  for (unsigned i = 0; i < config->n_sections; i++)
    place[i] = config->sections[i].direction == YL_DIRECTION_SEND
                   ? (uint8_t) n++
                   : UINT8_MAX;

  Slot *slots = g_new0 (Slot, MAX (n, 1));
  keep_slots (self, index, config, slots, place);
  for (unsigned i = 0; i < config->n_sections; i++) {
    if (place[i] == UINT8_MAX)
      continue;
    Slot *slot = &slots[place[i]];
    if (slot->ssrc == 0)
      init_slot (self, slot);
    slot->section = (uint8_t) i;
    configure_slot (slot, &config->sections[i]);
  }
  free_slots (peer);
  peer->slots = slots;
  peer->n_slots = n;
  peer->changed &= (uint16_t) ((1u << n) - 1);
  for (uint32_t i = 0; i < n; i++)
    if (slots[i].track != NO_INDEX)
      sfu_match_codec (self, (SlotRef){ index, i }, slots[i].codec);
}

bool
yl_sfu_set_peer (YlSfu *self, uint32_t index, YlRoomId room_id,
                 const YlPeerConfig *config, uint64_t now_us, GError **error)
{
  Room *room = sfu_find_room (self, room_id);
  if (room == NULL || index >= self->limits.max_peers) {
    g_set_error (error, YL_SFU_ERROR, YL_SFU_ERROR_UNKNOWN,
                 "no room %" G_GUINT64_FORMAT " for peer %u", room_id.v, index);
    return false;
  }
  Peer *peer = &self->peers[index];
  const uint32_t room_index = (uint32_t) (room - self->rooms);
  if (peer->used && peer->room != room_index) {
    g_set_error (error, YL_SFU_ERROR, YL_SFU_ERROR_EXISTS,
                 "peer %u is in another room", index);
    return false;
  }
  if (!peer->used) {
    peer->used = true;
    peer->ready = false;
    peer->room = room_index;
    peer->rtt_us = 0;
    peer->clock = (YlSfuClock){ 0 };
    g_array_append_val (room->peers, index);
  }
  build_slots (self, index, config);
  if (room->forwarding)
    sfu_assign_peer (self, index, now_us);
  return true;
}

void
yl_sfu_set_peer_ready (YlSfu *self, uint32_t index, bool ready, uint64_t now_us)
{
  if (index >= self->limits.max_peers || !self->peers[index].used)
    return;
  Peer *peer = &self->peers[index];
  if (peer->ready == ready)
    return;
  peer->ready = ready;
  for (uint32_t i = 0; i < peer->n_slots; i++) {
    Slot *slot = &peer->slots[i];
    yl_sfu_munger_close (&slot->munger);
    slot->replayed = INT64_MIN; /* to a connection that is no more */
    if (ready && slot->track != NO_INDEX)
      sfu_show_picture (self, (SlotRef){ index, i }, now_us);
  }
}

void
yl_sfu_remove_peer (YlSfu *self, uint32_t index, uint64_t now_us)
{
  if (index >= self->limits.max_peers || !self->peers[index].used)
    return;
  Peer *peer = &self->peers[index];
  sfu_detach_peer (self, index);
  if (peer->room != NO_INDEX) {
    Room *room = &self->rooms[peer->room];
    remove_index (room->peers, index);
    for (guint i = room->tracks->len; i-- > 0;) {
      const Track *track =
          &self->tracks[g_array_index (room->tracks, uint32_t, i)];
      if (track->info.peer == index)
        yl_sfu_remove_track (self, track->id, now_us);
    }
  }
  free_slots (peer);
  const bool queued = peer->queued; /* its places in the queues stay */
  const bool arriving = peer->arriving;
  memset (peer, 0, sizeof *peer);
  peer->queued = queued;
  peer->arriving = arriving;
}

/* ---- tracks ---- */

Track *
sfu_find_track (YlSfu *self, YlTrackId id)
{
  const uint32_t index = id.v & ((1u << TRACK_INDEX_BITS) - 1);
  if (id.v == 0 || index >= self->limits.max_tracks)
    return NULL;
  Track *track = &self->tracks[index];
  return track->used && yl_track_id_equal (track->id, id) ? track : NULL;
}

bool
yl_sfu_get_track (const YlSfu *self, YlTrackId id, YlSfuTrack *info)
{
  const Track *track = sfu_find_track ((YlSfu *) self, id);
  if (track == NULL)
    return false;
  *info = track->info;
  return true;
}

size_t
yl_sfu_viewers (const YlSfu *self, YlTrackId id)
{
  const Track *track = sfu_find_track ((YlSfu *) self, id);
  return track != NULL ? track->viewers->len : 0;
}

static Track *
new_track (YlSfu *self, const YlSfuTrack *info, uint32_t room)
{
  for (uint32_t i = 0; i < self->limits.max_tracks; i++) {
    Track *track = &self->tracks[i];
    if (track->used)
      continue;
    track->used = true;
    track->room = room;
    track->info = *info;
    track->source = ++self->next_source;
    track->id.v = track->source << TRACK_INDEX_BITS | i;
    track->viewers = g_array_new (FALSE, FALSE, sizeof (SlotRef));
    if (info->kind == YL_MEDIA_VIDEO)
      track->history =
          yl_rtp_history_new (self->pages, HISTORY_OCTETS, HISTORY_PACKETS);
    return track;
  }
  return NULL;
}

YlTrackId
yl_sfu_add_track (YlSfu *self, const YlSfuTrack *info, uint64_t now_us,
                  GError **error)
{
  const YlTrackId none = { 0 };
  Room *room = sfu_find_room (self, info->room);
  const bool known_peer =
      info->peer == YL_SFU_NO_PEER
      || (info->peer < self->limits.max_peers && self->peers[info->peer].used);
  if (room == NULL || !known_peer || info->clock_rate == 0) {
    g_set_error (error, YL_SFU_ERROR, YL_SFU_ERROR_UNKNOWN,
                 "no room %" G_GUINT64_FORMAT " or peer %u for a track",
                 info->room.v, info->peer);
    return none;
  }
  Track *track = new_track (self, info, (uint32_t) (room - self->rooms));
  if (track == NULL) {
    g_set_error (error, YL_SFU_ERROR, YL_SFU_ERROR_FULL, "%u tracks already",
                 self->limits.max_tracks);
    return none;
  }
  const uint32_t index = (uint32_t) (track - self->tracks);
  g_array_append_val (room->tracks, index);
  if (room->forwarding)
    sfu_assign_room (self, room, now_us);
  return track->id;
}

void
yl_sfu_remove_track (YlSfu *self, YlTrackId id, uint64_t now_us)
{
  Track *track = sfu_find_track (self, id);
  if (track == NULL)
    return;
  Room *room = &self->rooms[track->room];
  sfu_detach_viewers (self, track);
  remove_index (room->tracks, (uint32_t) (track - self->tracks));
  free_track (self, track);
  if (room->forwarding)
    sfu_assign_room (self, room, now_us);
}

/* ---- events ---- */

void
sfu_slot_changed (YlSfu *self, uint32_t index, uint32_t slot)
{
  Peer *peer = &self->peers[index];
  peer->changed |= (uint16_t) (1u << slot);
  if (peer->queued)
    return;
  const uint32_t max = self->limits.max_peers;
  self->events[(self->event_head + self->n_events) % max] = index;
  self->n_events++;
  peer->queued = true;
}

static void
fill_event (const YlSfu *self, uint32_t index, const Slot *slot,
            YlSfuEvent *event)
{
  *event = (YlSfuEvent){
    .peer = index,
    .section = slot->section,
    .playable = slot->playable,
    .source = YL_SFU_NO_PEER,
  };
  if (slot->track == NO_INDEX)
    return;
  event->track = self->tracks[slot->track].id;
  event->source = self->tracks[slot->track].info.peer;
}

bool
yl_sfu_has_event (const YlSfu *self)
{
  return self->n_events > 0;
}

bool
yl_sfu_poll_event (YlSfu *self, YlSfuEvent *event)
{
  while (self->n_events > 0) {
    const uint32_t index = self->events[self->event_head];
    Peer *peer = &self->peers[index];
    if (peer->changed != 0) {
      const unsigned slot = (unsigned) __builtin_ctz (peer->changed);
      peer->changed &= (uint16_t) ~(1u << slot);
      fill_event (self, index, &peer->slots[slot], event);
      return true;
    }
    peer->queued = false;
    self->event_head = (self->event_head + 1) % self->limits.max_peers;
    self->n_events--;
  }
  return false;
}
