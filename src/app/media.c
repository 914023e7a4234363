#include "app/media.h"

#include "app/desk-private.h"
#include "base/log.h"
#include "io/system-random.h"
#include "nego/nego.h"

#include <string.h>

/* How soon a command that found the mailbox full is tried again [ms]. */
#define RETRY_MS 10
#define MAX_EVENTS 256 /* in one round of the main loop */

/* A slot of a peer and whose media it shows. */
typedef struct {
  char mid[YL_PEER_MID_SIZE];
  YlMediaKind kind;
  bool playable;
  YlPeerId source; /* 0: a branch, or nothing */
} Slot;

typedef struct {
  YlPeerId id; /* 0: none */
  char *account;
  char *connection;
  YlNegoSession *nego;
  bool connected;
  GArray *slots; /* of Slot */
} Peer;

typedef struct {
  char *consultation;
  YlRoomId id;
  unsigned worker;
  bool forwarding;
  Peer peers[YL_N_SIDES];
  bool branch[YL_N_SIDES];
  bool audio[YL_N_SIDES], video[YL_N_SIDES];
} Room;

typedef struct {
  YlWorker *worker;
  GQueue waiting; /* of YlCommand that found its mailbox full */
  YlAddress *candidates;
} Plane;

struct YlMedia {
  YlJournal *journal;
  Plane *planes;
  unsigned n_planes;
  unsigned n_addresses;
  YlFingerprint fingerprint;
  YlRandom random;
  GHashTable *rooms; /* Room by consultation */
  GHashTable *by_id; /* Room by the id of the room */
  uint64_t last_room;
  uint64_t last_peer;
  guint retry_source;
  YlMediaHandler handler;
  void *user_data;
};

/* --- commands to the workers --- */

static gboolean
on_retry (void *user_data)
{
  YlMedia *self = user_data;
  bool empty = true;
  for (unsigned i = 0; i < self->n_planes; i++) {
    Plane *plane = &self->planes[i];
    YlCommand *command;
    while ((command = g_queue_peek_head (&plane->waiting)) != NULL
           && yl_worker_post (plane->worker, command))
      g_free (g_queue_pop_head (&plane->waiting));
    empty = empty && g_queue_is_empty (&plane->waiting);
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
  Plane *plane = &self->planes[worker];
  if (g_queue_is_empty (&plane->waiting)
      && yl_worker_post (plane->worker, &command))
    return;
  g_queue_push_tail (&plane->waiting, g_memdup2 (&command, sizeof command));
  if (self->retry_source == 0)
    self->retry_source = g_timeout_add (RETRY_MS, on_retry, self);
}

/* --- rooms and peers --- */

static void
room_free (void *data)
{
  Room *room = data;
  g_free (room->consultation);
  g_free (room);
}

static Room *
ensure_room (YlMedia *self, const char *consultation)
{
  Room *room = g_hash_table_lookup (self->rooms, consultation);
  if (room != NULL)
    return room;
  room = g_new0 (Room, 1);
  room->consultation = g_strdup (consultation);
  room->id.v = ++self->last_room;
  room->worker = (unsigned) (room->id.v % self->n_planes);
  g_hash_table_insert (self->rooms, room->consultation, room);
  g_hash_table_insert (self->by_id, &room->id.v, room);
  post (self, room->worker,
        (YlCommand){ .kind = YL_COMMAND_ROOM_ADD, .room = room->id });
  return room;
}

static void
report (YlMedia *self, const Room *room, YlSide side, YlSideMedia media)
{
  const YlConsultCommand command = {
    .kind = YL_CONSULT_DO_MEDIA,
    .consultation = room->consultation,
    .side = side,
    .media = media,
  };
  yl_journal_submit (self->journal, &command, NULL, NULL);
}

/* Forgets the peer; the worker is told unless it told us. */
static void
clear_peer (YlMedia *self, Room *room, YlSide side, bool tell)
{
  Peer *peer = &room->peers[side];
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
remove_room (YlMedia *self, Room *room)
{
  for (int side = 0; side < YL_N_SIDES; side++)
    clear_peer (self, room, (YlSide) side, true);
  post (self, room->worker,
        (YlCommand){ .kind = YL_COMMAND_ROOM_REMOVE, .room = room->id });
  g_hash_table_remove (self->by_id, &room->id.v);
  g_hash_table_remove (self->rooms, room->consultation);
}

static void
set_forwarding (YlMedia *self, Room *room, bool on)
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
answer_offer (YlMedia *self, Room *room, Peer *peer, const YlMediaOffer *offer,
              YlNegoAnswer *answer)
{
  const YlNegoSite site = {
    .candidates = self->planes[room->worker].candidates,
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
replace_peer (YlMedia *self, Room *room, YlSide side, Peer *with)
{
  Peer *peer = &room->peers[side];
  const bool was_connected = peer->connected;
  clear_peer (self, room, side, true);
  *peer = *with;
  if (was_connected)
    report (self, room, side, YL_SIDE_MEDIA_LOST);
}

YlCode
yl_media_offer (YlMedia *self, const YlConsultation *consultation, YlSide side,
                const YlMediaOffer *offer, char **answer)
{
  if (!may_offer (consultation->state, side))
    return YL_CODE_WRONG_STATE;
  const YlParty *party = side == YL_SIDE_CLINIC ? consultation->request->party
                                                : consultation->expert;
  Room *room = ensure_room (self, consultation->id);
  Peer *peer = &room->peers[side];
  Peer fresh = { 0 };
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
    fresh.slots = g_array_new (FALSE, TRUE, sizeof (Slot));
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
  Room *room = ensure_room (self, consultation);
  if (room->audio[side] == audio && room->video[side] == video)
    return;
  room->audio[side] = audio;
  room->video[side] = video;
  self->handler.changed (room->consultation, self->user_data);
}

void
yl_media_close (YlMedia *self, const char *consultation, YlSide side)
{
  Room *room = g_hash_table_lookup (self->rooms, consultation);
  if (room == NULL || room->peers[side].id.v == 0)
    return;
  clear_peer (self, room, side, true);
  report (self, room, side, YL_SIDE_MEDIA_NONE);
}

void
yl_media_set_branch (YlMedia *self, const char *consultation, YlSide side,
                     YlRoomId *room_id, unsigned *worker)
{
  Room *room = ensure_room (self, consultation);
  room->branch[side] = true;
  room->audio[side] = true;
  room->video[side] = true;
  *room_id = room->id;
  *worker = room->worker;
  set_forwarding (self, room, true);
  report (self, room, side, YL_SIDE_MEDIA_CONNECTED);
}

/* --- following the workflow --- */

void
yl_media_follow (YlMedia *self, const YlConsultation *consultation)
{
  Room *room = g_hash_table_lookup (self->rooms, consultation->id);
  if (room == NULL)
    return;
  if (consultation->state >= YL_CONSULT_OPINION_PENDING) {
    remove_room (self, room);
    return;
  }
  /* A redirect takes the expert out of the room. */
  const Peer *expert = &room->peers[YL_SIDE_EXPERT];
  if (expert->id.v != 0
      && (consultation->expert == NULL
          || strcmp (consultation->expert->account, expert->account) != 0))
    clear_peer (self, room, YL_SIDE_EXPERT, true);
  if (consultation->expert == NULL)
    room->branch[YL_SIDE_EXPERT] = false;
  set_forwarding (self, room, in_call (consultation->state));
}

/* --- what the workers report --- */

static const char *
slot_source (const Room *room, YlSide viewer, const Slot *slot)
{
  if (!slot->playable)
    return NULL;
  for (int side = 0; side < YL_N_SIDES; side++) {
    const bool shown = slot->source.v != 0
                           ? room->peers[side].id.v == slot->source.v
                           : room->branch[side] && side != (int) viewer;
    if (shown)
      return yl_side_name ((YlSide) side);
  }
  return NULL;
}

static void
tell_slots (YlMedia *self, const Room *room, YlSide side)
{
  const Peer *peer = &room->peers[side];
  JsonArray *array = json_array_new ();
  for (unsigned i = 0; i < peer->slots->len; i++) {
    const Slot *slot = &g_array_index (peer->slots, Slot, i);
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
on_slot (YlMedia *self, const Room *room, YlSide side,
         const YlWorkerEvent *event)
{
  GArray *slots = room->peers[side].slots;
  Slot slot = { .kind = event->media,
                .playable = event->on,
                .source = event->source };
  g_strlcpy (slot.mid, event->mid, sizeof slot.mid);
  unsigned i = 0;
  while (i < slots->len
         && strcmp (g_array_index (slots, Slot, i).mid, slot.mid) != 0)
    i++;
  if (i < slots->len)
    g_array_index (slots, Slot, i) = slot;
  else if (i < YL_PEER_MAX_SECTIONS)
    g_array_append_val (slots, slot);
  tell_slots (self, room, side);
}

static void
on_event (YlMedia *self, const YlWorkerEvent *event)
{
  Room *room = g_hash_table_lookup (self->by_id, &event->room.v);
  if (room == NULL)
    return; /* removed meanwhile */
  for (int i = 0; i < YL_N_SIDES; i++) {
    const YlSide side = (YlSide) i;
    Peer *peer = &room->peers[side];
    if (peer->id.v == 0 || !yl_peer_id_equal (peer->id, event->peer))
      continue;
    const bool was_connected = peer->connected;
    switch (event->kind) {
    case YL_WORKER_EVENT_PEER_CONNECTED:
      peer->connected = true;
      report (self, room, side, YL_SIDE_MEDIA_CONNECTED);
      tell_slots (self, room, side);
      break;
    case YL_WORKER_EVENT_PEER_LOST:
      peer->connected = false;
      report (self, room, side, YL_SIDE_MEDIA_LOST);
      break;
    case YL_WORKER_EVENT_PEER_CLOSED:
      clear_peer (self, room, side, false);
      if (was_connected)
        report (self, room, side, YL_SIDE_MEDIA_LOST);
      self->handler.changed (room->consultation, self->user_data);
      break;
    case YL_WORKER_EVENT_SLOT:
      on_slot (self, room, side, event);
      break;
    case YL_WORKER_EVENT_TRACK_ADDED:
    case YL_WORKER_EVENT_TRACK_FLOW:
      break; /* the page sees it by itself */
    }
    return;
  }
}

void
yl_media_take_events (YlMedia *self, unsigned worker)
{
  YlWorkerEvent event;
  /* The rest in the next round of the loop: others wait as well. */
  for (int i = 0; i < MAX_EVENTS
                  && yl_worker_take_event (self->planes[worker].worker, &event);
       i++)
    on_event (self, &event);
}

/* --- views, life --- */

void
yl_media_view (const YlMedia *self, const char *consultation, YlSide side,
               YlViewSide *view)
{
  const Room *room = g_hash_table_lookup (self->rooms, consultation);
  if (room == NULL)
    return;
  const Peer *peer = &room->peers[side];
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
      *peers += ((const Room *) value)->peers[side].id.v != 0;
}

YlMedia *
yl_media_new (const YlMediaOptions *options)
{
  YlMedia *self = g_new0 (YlMedia, 1);
  self->journal = options->journal;
  self->n_planes = options->n_workers;
  self->planes = g_new0 (Plane, options->n_workers);
  self->n_addresses = options->n_addresses;
  for (unsigned i = 0; i < self->n_planes; i++) {
    Plane *plane = &self->planes[i];
    plane->worker = options->workers[i];
    g_queue_init (&plane->waiting);
    plane->candidates = g_memdup2 (
        options->addresses, options->n_addresses * sizeof *options->addresses);
    for (unsigned k = 0; k < options->n_addresses; k++)
      plane->candidates[k].port = yl_worker_port (plane->worker);
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
      clear_peer (self, room, (YlSide) side, true);
  g_clear_handle_id (&self->retry_source, g_source_remove);
  for (unsigned i = 0; i < self->n_planes; i++) {
    g_queue_clear_full (&self->planes[i].waiting, forget_command);
    g_free (self->planes[i].candidates);
  }
  g_hash_table_unref (self->by_id);
  g_hash_table_unref (self->rooms);
  g_free (self->planes);
  g_free (self);
}
