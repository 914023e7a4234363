#include "app/media-private.h"

#include "base/log.h"

#include <string.h>

/* --- rooms and peers --- */

static void
room_free (void *data)
{
  YlMediaRoom *room = data;
  g_free (room->consultation);
  g_free (room);
}

static YlMediaRoom *
ensure_room (YlMedia *self, const char *consultation)
{
  YlMediaRoom *room = g_hash_table_lookup (self->consultations, consultation);
  if (room != NULL)
    return room;
  room = g_new0 (YlMediaRoom, 1);
  room->owner = self;
  room->consultation = g_strdup (consultation);
  yl_rooms_open (self->rooms, &room->base, yl_media_on_event, room);
  g_hash_table_insert (self->consultations, room->consultation, room);
  return room;
}

void
yl_media_report (YlMedia *self, YlMediaRoom *room, YlSide side,
                 YlSideMedia media)
{
  room->media[side] = media;
  room->told[side] = true;
  const YlConsultCommand command = {
    .kind = YL_CONSULT_DO_MEDIA,
    .consultation = room->consultation,
    .side = side,
    .media = media,
  };
  yl_journal_submit (self->journal, &command, NULL, NULL);
}

void
yl_media_report_again (YlMedia *self)
{
  GHashTableIter iter;
  void *value;
  g_hash_table_iter_init (&iter, self->consultations);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    YlMediaRoom *room = value;
    for (int side = 0; side < YL_N_SIDES; side++)
      if (room->told[side])
        yl_media_report (self, room, (YlSide) side, room->media[side]);
  }
}

void
yl_media_clear_peer (YlMedia *self, YlMediaRoom *room, YlSide side)
{
  YlMediaPeer *peer = &room->peers[side];
  if (peer->slots == NULL)
    return;
  yl_rooms_leave (self->rooms, &peer->base);
  g_free (peer->account);
  g_free (peer->connection);
  g_array_unref (peer->slots);
  memset (peer, 0, sizeof *peer);
}

static void
close_room (YlMedia *self, YlMediaRoom *room)
{
  for (int side = 0; side < YL_N_SIDES; side++)
    yl_media_clear_peer (self, room, (YlSide) side);
  yl_rooms_close (self->rooms, &room->base);
}

static void
remove_room (YlMedia *self, YlMediaRoom *room)
{
  close_room (self, room);
  g_hash_table_remove (self->consultations, room->consultation);
}

static bool
in_call (YlConsultState state)
{
  return state >= YL_CONSULT_ACCEPTED && state <= YL_CONSULT_INTERRUPTED;
}

static bool
may_offer (YlConsultState state, YlSide side)
{
  return in_call (state)
         || (side == YL_SIDE_CLINIC
             && (state == YL_CONSULT_REQUESTED || state == YL_CONSULT_OFFERED));
}

/* --- offers --- */

static YlCode
code_of (const YlMediaRoom *room, const GError *error)
{
  yl_log_info ("room %" G_GUINT64_FORMAT ": offer refused: %s", room->base.id.v,
               error->message);
  if (g_error_matches (error, YL_ROOMS_ERROR, YL_ROOMS_ERROR_FULL))
    return YL_CODE_BUSY;
  return g_error_matches (error, YL_NEGO_ERROR, YL_NEGO_ERROR_STALE_GENERATION)
             ? YL_CODE_STALE_GENERATION
             : YL_CODE_BAD_SDP;
}

/* A new peer connection takes the place of the side's old one. */
static void
replace_peer (YlMedia *self, YlMediaRoom *room, YlSide side,
              const YlRoomPeer *fresh, YlNegoAnswer *answer)
{
  YlMediaPeer *peer = &room->peers[side];
  const bool was_connected = peer->base.connected;
  yl_media_clear_peer (self, room, side);
  peer->base = *fresh;
  peer->slots = g_array_new (FALSE, TRUE, sizeof (YlMediaSlot));
  yl_rooms_join (self->rooms, &room->base, &peer->base, answer);
  if (was_connected)
    yl_media_report (self, room, side, YL_SIDE_MEDIA_LOST);
}

YlCode
yl_media_offer (YlMedia *self, const YlConsultation *consultation, YlSide side,
                const YlMediaOffer *offer, char **answer)
{
  if (!may_offer (consultation->state, side))
    return YL_CODE_WRONG_STATE;
  const YlParty *party = side == YL_SIDE_CLINIC ? consultation->request->party
                                                : consultation->expert;
  YlMediaRoom *room = ensure_room (self, consultation->id);
  YlMediaPeer *peer = &room->peers[side];
  YlRoomPeer fresh = { 0 };
  const bool same =
      peer->base.id.v != 0 && strcmp (peer->connection, offer->connection) == 0;
  const YlNegoOffer text = {
    .text = offer->sdp,
    .size = strlen (offer->sdp),
    .generation = offer->generation,
  };

  YlNegoAnswer a = { 0 };
  g_autoptr (GError) error = NULL;
  if (!yl_rooms_answer (self->rooms, &room->base, same ? &peer->base : &fresh,
                        &text, &a, &error))
    return code_of (room, error);
  if (!same) {
    replace_peer (self, room, side, &fresh, &a);
    peer->account = g_strdup (party->account);
    peer->connection = g_strdup (offer->connection);
  } else if (!a.repeated) {
    yl_rooms_update (self->rooms, &peer->base, &a);
  }
  *answer = g_steal_pointer (&a.text);
  yl_nego_answer_clear (&a);
  yl_rooms_set_forwarding (self->rooms, &room->base,
                           in_call (consultation->state));
  self->handler.changed (room->consultation, self->user_data);
  return YL_CODE_OK;
}

void
yl_media_set_state (YlMedia *self, const char *consultation, YlSide side,
                    bool audio, bool video)
{
  YlMediaRoom *room = ensure_room (self, consultation);
  if (room->audio[side] == audio && room->video[side] == video)
    return;
  room->audio[side] = audio;
  room->video[side] = video;
  self->handler.changed (room->consultation, self->user_data);
}

void
yl_media_close (YlMedia *self, const char *consultation, YlSide side)
{
  YlMediaRoom *room = g_hash_table_lookup (self->consultations, consultation);
  if (room == NULL || room->peers[side].base.id.v == 0)
    return;
  yl_media_clear_peer (self, room, side);
  yl_media_report (self, room, side, YL_SIDE_MEDIA_NONE);
}

void
yl_media_set_branch (YlMedia *self, const char *consultation, YlSide side,
                     YlRoomId *room_id, unsigned *worker)
{
  YlMediaRoom *room = ensure_room (self, consultation);
  room->branch[side] = true;
  room->audio[side] = true;
  room->video[side] = true;
  *room_id = room->base.id;
  *worker = room->base.home;
  yl_rooms_set_forwarding (self->rooms, &room->base, true);
  yl_media_report (self, room, side, YL_SIDE_MEDIA_CONNECTED);
}

/* --- following the workflow --- */

void
yl_media_follow (YlMedia *self, const YlConsultation *consultation)
{
  YlMediaRoom *room =
      g_hash_table_lookup (self->consultations, consultation->id);
  if (room == NULL)
    return;
  if (consultation->state >= YL_CONSULT_OPINION_PENDING) {
    remove_room (self, room);
    return;
  }
  /* A redirect takes the expert out of the room. */
  const YlMediaPeer *expert = &room->peers[YL_SIDE_EXPERT];
  if (expert->base.id.v != 0
      && (consultation->expert == NULL
          || strcmp (consultation->expert->account, expert->account) != 0))
    yl_media_clear_peer (self, room, YL_SIDE_EXPERT);
  if (consultation->expert == NULL) {
    room->branch[YL_SIDE_EXPERT] = false;
    room->media[YL_SIDE_EXPERT] = YL_SIDE_MEDIA_NONE;
    room->told[YL_SIDE_EXPERT] = false;
  }
  yl_rooms_set_forwarding (self->rooms, &room->base,
                           in_call (consultation->state));
}

/* --- views, life --- */

void
yl_media_view (const YlMedia *self, const char *consultation, YlSide side,
               YlViewSide *view)
{
  const YlMediaRoom *room =
      g_hash_table_lookup (self->consultations, consultation);
  if (room == NULL)
    return;
  const YlMediaPeer *peer = &room->peers[side];
  view->connecting = peer->base.id.v != 0 && !peer->base.connected;
  view->present = room->branch[side];
  view->audio = room->audio[side];
  view->video = room->video[side];
}

unsigned
yl_media_count (const YlMedia *self)
{
  return g_hash_table_size (self->consultations);
}

YlMedia *
yl_media_new (const YlMediaOptions *options)
{
  YlMedia *self = g_new0 (YlMedia, 1);
  self->journal = options->journal;
  self->rooms = options->rooms;
  self->consultations =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, room_free);
  self->handler = *options->handler;
  self->user_data = options->user_data;
  return self;
}

void
yl_media_free (YlMedia *self)
{
  GHashTableIter iter;
  void *room;
  g_hash_table_iter_init (&iter, self->consultations);
  while (g_hash_table_iter_next (&iter, NULL, &room))
    close_room (self, room);
  g_hash_table_unref (self->consultations);
  g_free (self);
}
