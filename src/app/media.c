#include "app/media-private.h"

#include "base/log.h"
#include "io/system-random.h"

#include <string.h>

/* How soon a command that found the mailbox full is tried again [ms]. */
#define RETRY_MS 10

/* --- commands to the workers --- */

static gboolean
on_retry (void *user_data)
{
  YlMedia *self = user_data;
  bool empty = true;
  for (unsigned i = 0; i < self->n_lanes; i++) {
    YlMediaLane *lane = &self->lanes[i];
    YlCommand *command;
    while ((command = g_queue_peek_head (&lane->waiting)) != NULL
           && yl_worker_post (lane->worker, command))
      g_free (g_queue_pop_head (&lane->waiting));
    empty = empty && g_queue_is_empty (&lane->waiting);
  }
  if (!empty)
    return G_SOURCE_CONTINUE;
  self->retry_source = 0;
  return G_SOURCE_REMOVE;
}

/* Order counts: while one waits, the next ones wait behind it. As many wait
 * as there are rooms and peers to add and remove. */
static void
post (YlMedia *self, unsigned worker, YlCommand command)
{
  YlMediaLane *lane = &self->lanes[worker];
  if (g_queue_is_empty (&lane->waiting)
      && yl_worker_post (lane->worker, &command))
    return;
  g_queue_push_tail (&lane->waiting, g_memdup2 (&command, sizeof command));
  if (self->retry_source == 0)
    self->retry_source = g_timeout_add (RETRY_MS, on_retry, self);
}

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
  YlMediaRoom *room = g_hash_table_lookup (self->rooms, consultation);
  if (room != NULL)
    return room;
  room = g_new0 (YlMediaRoom, 1);
  room->consultation = g_strdup (consultation);
  room->id.v = ++self->last_room;
  room->worker = (unsigned) (room->id.v % self->n_lanes);
  g_hash_table_insert (self->rooms, room->consultation, room);
  g_hash_table_insert (self->by_id, &room->id.v, room);
  post (self, room->worker,
        (YlCommand){ .kind = YL_COMMAND_ROOM_ADD, .room = room->id });
  return room;
}

void
yl_media_report (YlMedia *self, YlMediaRoom *room, YlSide side,
                 YlSideMedia media)
{
  room->media[side] = media;
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
  g_hash_table_iter_init (&iter, self->rooms);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    YlMediaRoom *room = value;
    for (int side = 0; side < YL_N_SIDES; side++)
      yl_media_report (self, room, (YlSide) side, room->media[side]);
  }
}

void
yl_media_clear_peer (YlMedia *self, YlMediaRoom *room, YlSide side, bool tell)
{
  YlMediaPeer *peer = &room->peers[side];
  if (peer->id.v == 0)
    return;
  if (tell)
    post (self, room->worker,
          (YlCommand){ .kind = YL_COMMAND_PEER_REMOVE, .peer = peer->id });
  g_free (peer->account);
  g_free (peer->connection);
  yl_nego_session_free (peer->nego);
  g_array_unref (peer->slots);
  memset (peer, 0, sizeof *peer);
}

static void
remove_room (YlMedia *self, YlMediaRoom *room)
{
  for (int side = 0; side < YL_N_SIDES; side++)
    yl_media_clear_peer (self, room, (YlSide) side, true);
  post (self, room->worker,
        (YlCommand){ .kind = YL_COMMAND_ROOM_REMOVE, .room = room->id });
  g_hash_table_remove (self->by_id, &room->id.v);
  g_hash_table_remove (self->rooms, room->consultation);
}

static void
set_forwarding (YlMedia *self, YlMediaRoom *room, bool on)
{
  if (room->forwarding == on)
    return;
  room->forwarding = on;
  post (self, room->worker,
        (YlCommand){
            .kind = YL_COMMAND_ROOM_FORWARD, .room = room->id, .on = on });
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
answer_offer (YlMedia *self, YlMediaRoom *room, YlMediaPeer *peer,
              const YlMediaOffer *offer, YlNegoAnswer *answer)
{
  const YlNegoSite site = {
    .candidates = self->lanes[room->worker].candidates,
    .n_candidates = self->n_addresses,
    .fingerprint = self->fingerprint,
  };
  const YlNegoOffer text = {
    .text = offer->sdp,
    .size = strlen (offer->sdp),
    .generation = offer->generation,
  };
  g_autoptr (GError) error = NULL;
  if (yl_nego_answer (peer->nego, &text, &site, &self->random, answer, &error))
    return YL_CODE_OK;
  yl_log_info ("room %" G_GUINT64_FORMAT ": offer refused: %s", room->id.v,
               error->message);
  return g_error_matches (error, YL_NEGO_ERROR, YL_NEGO_ERROR_STALE_GENERATION)
             ? YL_CODE_STALE_GENERATION
             : YL_CODE_BAD_SDP;
}

/* A new peer connection takes the place of the side's old one. */
static void
replace_peer (YlMedia *self, YlMediaRoom *room, YlSide side, YlMediaPeer *with)
{
  YlMediaPeer *peer = &room->peers[side];
  const bool was_connected = peer->connected;
  yl_media_clear_peer (self, room, side, true);
  *peer = *with;
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
  YlMediaPeer fresh = { 0 };
  const bool same =
      peer->id.v != 0 && strcmp (peer->connection, offer->connection) == 0;
  if (!same)
    fresh.nego = yl_nego_session_new ();

  YlNegoAnswer a = { 0 };
  const YlCode code =
      answer_offer (self, room, same ? peer : &fresh, offer, &a);
  if (code != YL_CODE_OK) {
    g_clear_pointer (&fresh.nego, yl_nego_session_free);
    return code;
  }
  if (!same) {
    fresh.id.v = ++self->last_peer;
    fresh.account = g_strdup (party->account);
    fresh.connection = g_strdup (offer->connection);
    fresh.slots = g_array_new (FALSE, TRUE, sizeof (YlMediaSlot));
    replace_peer (self, room, side, &fresh);
  }
  if (!a.repeated)
    post (self, room->worker,
          (YlCommand){ .kind =
                           same ? YL_COMMAND_PEER_UPDATE : YL_COMMAND_PEER_ADD,
                       .room = room->id,
                       .peer = peer->id,
                       .config = g_steal_pointer (&a.config) });
  *answer = g_steal_pointer (&a.text);
  yl_nego_answer_clear (&a);
  set_forwarding (self, room, in_call (consultation->state));
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
  YlMediaRoom *room = g_hash_table_lookup (self->rooms, consultation);
  if (room == NULL || room->peers[side].id.v == 0)
    return;
  yl_media_clear_peer (self, room, side, true);
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
  *room_id = room->id;
  *worker = room->worker;
  set_forwarding (self, room, true);
  yl_media_report (self, room, side, YL_SIDE_MEDIA_CONNECTED);
}

/* --- following the workflow --- */

void
yl_media_follow (YlMedia *self, const YlConsultation *consultation)
{
  YlMediaRoom *room = g_hash_table_lookup (self->rooms, consultation->id);
  if (room == NULL)
    return;
  if (consultation->state >= YL_CONSULT_OPINION_PENDING) {
    remove_room (self, room);
    return;
  }
  /* A redirect takes the expert out of the room. */
  const YlMediaPeer *expert = &room->peers[YL_SIDE_EXPERT];
  if (expert->id.v != 0
      && (consultation->expert == NULL
          || strcmp (consultation->expert->account, expert->account) != 0))
    yl_media_clear_peer (self, room, YL_SIDE_EXPERT, true);
  if (consultation->expert == NULL) {
    room->branch[YL_SIDE_EXPERT] = false;
    room->media[YL_SIDE_EXPERT] = YL_SIDE_MEDIA_NONE;
  }
  set_forwarding (self, room, in_call (consultation->state));
}

/* --- views, life --- */

void
yl_media_view (const YlMedia *self, const char *consultation, YlSide side,
               YlViewSide *view)
{
  const YlMediaRoom *room = g_hash_table_lookup (self->rooms, consultation);
  if (room == NULL)
    return;
  const YlMediaPeer *peer = &room->peers[side];
  view->connecting = peer->id.v != 0 && !peer->connected;
  view->present = room->branch[side];
  view->audio = room->audio[side];
  view->video = room->video[side];
}

void
yl_media_count (const YlMedia *self, unsigned *rooms, unsigned *peers)
{
  GHashTableIter iter;
  void *value;
  *rooms = g_hash_table_size (self->rooms);
  *peers = 0;
  g_hash_table_iter_init (&iter, self->rooms);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    for (int side = 0; side < YL_N_SIDES; side++)
      *peers += ((const YlMediaRoom *) value)->peers[side].id.v != 0;
}

YlMedia *
yl_media_new (const YlMediaOptions *options)
{
  YlMedia *self = g_new0 (YlMedia, 1);
  self->journal = options->journal;
  self->n_lanes = options->n_workers;
  self->lanes = g_new0 (YlMediaLane, options->n_workers);
  self->n_addresses = options->n_addresses;
  for (unsigned i = 0; i < self->n_lanes; i++) {
    YlMediaLane *lane = &self->lanes[i];
    lane->worker = options->workers[i];
    g_queue_init (&lane->waiting);
    lane->candidates = g_memdup2 (
        options->addresses, options->n_addresses * sizeof *options->addresses);
    for (unsigned k = 0; k < options->n_addresses; k++)
      lane->candidates[k].port = yl_worker_port (lane->worker);
  }
  memcpy (self->fingerprint.sha256, options->fingerprint,
          sizeof self->fingerprint.sha256);
  yl_system_random_init (&self->random);
  self->rooms =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, room_free);
  self->by_id = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->handler = *options->handler;
  self->user_data = options->user_data;
  return self;
}

static void
forget_command (void *data)
{
  YlCommand *command = data;
  if (command->config != NULL)
    yl_peer_config_unref (command->config);
  g_free (command);
}

void
yl_media_free (YlMedia *self)
{
  GHashTableIter iter;
  void *room;
  g_hash_table_iter_init (&iter, self->rooms);
  while (g_hash_table_iter_next (&iter, NULL, &room))
    for (int side = 0; side < YL_N_SIDES; side++)
      yl_media_clear_peer (self, room, (YlSide) side, true);
  g_clear_handle_id (&self->retry_source, g_source_remove);
  for (unsigned i = 0; i < self->n_lanes; i++) {
    g_queue_clear_full (&self->lanes[i].waiting, forget_command);
    g_free (self->lanes[i].candidates);
  }
  g_hash_table_unref (self->by_id);
  g_hash_table_unref (self->rooms);
  g_free (self->lanes);
  g_free (self);
}
