/* What the workers report: connections, losses, slots */
#include "app/media-private.h"

#include "app/desk-private.h"

#include <string.h>

static const char *
slot_source (const YlMediaRoom *room, YlSide viewer, const YlMediaSlot *slot)
{
  if (!slot->playable)
    return NULL;
  for (int side = 0; side < YL_N_SIDES; side++) {
    const bool shown = slot->source.v != 0
                           ? room->peers[side].base.id.v == slot->source.v
                           : room->branch[side] && side != (int) viewer;
    if (shown)
      return yl_side_name ((YlSide) side);
  }
  return NULL;
}

static void
tell_slots (YlMedia *self, const YlMediaRoom *room, YlSide side)
{
  const YlMediaPeer *peer = &room->peers[side];
  JsonArray *array = json_array_new ();
  for (unsigned i = 0; i < peer->slots->len; i++) {
    const YlMediaSlot *slot = &g_array_index (peer->slots, YlMediaSlot, i);
    json_array_add_element (
        array,
        yl_node_object (
            "mid", yl_node_text (slot->mid), "kind",
            yl_node_text (slot->kind == YL_MEDIA_AUDIO ? "audio" : "video"),
            "source", yl_node_text (slot_source (room, side, slot)), NULL));
  }
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_ARRAY);
  json_node_take_array (node, array);
  self->handler.slots (room->consultation, side, node, self->user_data);
}

static void
on_slot (YlMedia *self, const YlMediaRoom *room, YlSide side,
         const YlWorkerEvent *event)
{
  GArray *slots = room->peers[side].slots;
  YlMediaSlot slot = { .kind = event->media,
                       .playable = event->on,
                       .source = event->source };
  g_strlcpy (slot.mid, event->mid, sizeof slot.mid);
  unsigned i = 0;
  while (i < slots->len
         && strcmp (g_array_index (slots, YlMediaSlot, i).mid, slot.mid) != 0)
    i++;
  if (i < slots->len)
    g_array_index (slots, YlMediaSlot, i) = slot;
  else if (i < YL_PEER_MAX_SECTIONS)
    g_array_append_val (slots, slot);
  tell_slots (self, room, side);
}

static YlSide
side_of (const YlMediaRoom *room, const YlRoomPeer *peer)
{
  return peer == &room->peers[YL_SIDE_CLINIC].base ? YL_SIDE_CLINIC
                                                   : YL_SIDE_EXPERT;
}

void
yl_media_on_event (YlRoomPeer *peer, const YlWorkerEvent *event,
                   void *user_data)
{
  YlMediaRoom *room = user_data;
  YlMedia *self = room->owner;
  const YlSide side = side_of (room, peer);
  const bool was_connected = peer->connected;
  switch (event->kind) {
  case YL_WORKER_EVENT_PEER_CONNECTED:
    peer->connected = true;
    yl_media_report (self, room, side, YL_SIDE_MEDIA_CONNECTED);
    tell_slots (self, room, side);
    break;
  case YL_WORKER_EVENT_PEER_LOST:
    peer->connected = false;
    yl_media_report (self, room, side, YL_SIDE_MEDIA_LOST);
    break;
  case YL_WORKER_EVENT_PEER_CLOSED:
    yl_media_clear_peer (self, room, side);
    if (was_connected)
      yl_media_report (self, room, side, YL_SIDE_MEDIA_LOST);
    self->handler.changed (room->consultation, self->user_data);
    break;
  case YL_WORKER_EVENT_SLOT:
    on_slot (self, room, side, event);
    break;
  case YL_WORKER_EVENT_TRACK_ADDED:
  case YL_WORKER_EVENT_TRACK_FLOW:
    break; /* the page sees it by itself */
  }
}
