/* assign.c: which slot shows which track */
#include "sfu/sfu-private.h"

static bool
already_shown (const Peer *peer, uint32_t track)
{
  for (uint32_t i = 0; i < peer->n_slots; i++)
    if (peer->slots[i].track == track)
      return true;
  return false;
}

/* The first track of @kind that @index may see and does not yet. */
static uint32_t
next_track (const YlSfu *self, uint32_t index, YlMediaKind kind)
{
  const Peer *peer = &self->peers[index];
  const GArray *tracks = self->rooms[peer->room].tracks;
  for (guint i = 0; i < tracks->len; i++) {
    const uint32_t track = g_array_index (tracks, uint32_t, i);
    const YlSfuTrack *info = &self->tracks[track].info;
    if (info->kind == kind && info->peer != index
        && !already_shown (peer, track))
      return track;
  }
  return NO_INDEX;
}

/* Finds the slot's payload type for @codec; without one nothing is sent. */
void
sfu_match_codec (YlSfu *self, SlotRef ref, YlCodec codec)
{
  Slot *slot = &self->peers[ref.peer].slots[ref.slot];
  const YlPeerCodec *match = NULL;
  for (unsigned i = 0; i < slot->n_codecs && match == NULL; i++)
    if (slot->codecs[i].codec == codec)
      match = &slot->codecs[i];

  const bool playable = match != NULL;
  const uint8_t type = match ? match->payload_type : YL_PAYLOAD_TYPE_NONE;
  if (slot->playable != playable)
    sfu_slot_changed (self, ref.peer, ref.slot);
  if (slot->codec != codec || slot->payload_type != type)
    yl_sfu_munger_close (&slot->munger);
  slot->playable = playable;
  slot->codec = codec;
  slot->payload_type = type;
  slot->rtx_payload_type = match && slot->rtx_ssrc != 0
                               ? match->rtx_payload_type
                               : YL_PAYLOAD_TYPE_NONE;
}

static void
attach_slot (YlSfu *self, SlotRef ref, uint32_t index, uint64_t now_us)
{
  Track *track = &self->tracks[index];
  Slot *slot = &self->peers[ref.peer].slots[ref.slot];
  slot->track = index;
  slot->viewer = track->viewers->len;
  g_array_append_val (track->viewers, ref);
  sfu_fit_history (self, track);
  yl_sfu_munger_close (&slot->munger);
  sfu_match_codec (self, ref, track->info.codec);
  sfu_slot_changed (self, ref.peer, ref.slot);
  if (self->peers[ref.peer].ready)
    sfu_show_picture (self, ref, now_us);
}

static void
move_viewer (YlSfu *self, Track *track, uint32_t from, uint32_t to)
{
  const SlotRef moved = g_array_index (track->viewers, SlotRef, from);
  g_array_index (track->viewers, SlotRef, to) = moved;
  self->peers[moved.peer].slots[moved.slot].viewer = to;
}

/* The last one takes the place; those whom the pass under way has served
 * stay in front of the others. */
static void
remove_viewer (YlSfu *self, Track *track, uint32_t viewer)
{
  const uint32_t last = track->viewers->len - 1;
  if (viewer < track->served) {
    move_viewer (self, track, --track->served, viewer);
    viewer = track->served;
  }
  if (viewer != last) /* who was there may have moved just now */
    move_viewer (self, track, last, viewer);
  g_array_set_size (track->viewers, last);
}

void
sfu_detach_slot (YlSfu *self, uint32_t peer, uint32_t index)
{
  Slot *slot = &self->peers[peer].slots[index];
  if (slot->track == NO_INDEX)
    return;
  remove_viewer (self, &self->tracks[slot->track], slot->viewer);
  sfu_fit_history (self, &self->tracks[slot->track]);
  slot->track = NO_INDEX;
  slot->playable = false;
  slot->replaying = false;
  yl_sfu_munger_close (&slot->munger);
  sfu_slot_changed (self, peer, index);
}

void
sfu_detach_peer (YlSfu *self, uint32_t peer)
{
  for (uint32_t i = 0; i < self->peers[peer].n_slots; i++)
    sfu_detach_slot (self, peer, i);
}

void
sfu_detach_viewers (YlSfu *self, Track *track)
{
  while (track->viewers->len > 0) {
    const SlotRef last =
        g_array_index (track->viewers, SlotRef, track->viewers->len - 1);
    sfu_detach_slot (self, last.peer, last.slot);
  }
}

void
sfu_assign_peer (YlSfu *self, uint32_t index, uint64_t now_us)
{
  const Peer *peer = &self->peers[index];
  for (uint32_t i = 0; i < peer->n_slots; i++) {
    if (peer->slots[i].track != NO_INDEX)
      continue;
    const uint32_t track = next_track (self, index, peer->slots[i].kind);
    if (track != NO_INDEX)
      attach_slot (self, (SlotRef){ index, i }, track, now_us);
  }
}

void
sfu_assign_room (YlSfu *self, Room *room, uint64_t now_us)
{
  for (guint i = 0; i < room->peers->len; i++)
    sfu_assign_peer (self, g_array_index (room->peers, uint32_t, i), now_us);
}
