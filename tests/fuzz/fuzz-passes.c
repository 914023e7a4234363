/* fuzz-passes.c: fan-outs in pieces, while viewers and tracks come and go,
 * against a model: each packet goes to each viewer once and in order, or is
 * counted as dropped */
#include "sfu/passes.h"

#include "sfu/packets.h"
#include "../support/choices.h"

#define ROOMS 6
#define PLACES 3 /* tracks of a room, and slots of a viewer: one for sound */
#define PEERS 60
#define LATE 31 /* too late in a row: the next one begins a numbering */

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

typedef struct {
  YlTrackId id;
  unsigned index; /* among all that ever were */
  bool ended;
  unsigned room;
  unsigned place;
  unsigned numbering; /* how often it began anew */
  int64_t taken;      /* seq of the newest that was not dropped, 0: none */
  GQueue passes;      /* that wait, the oldest first */
} Track;

/* An owner. */
typedef struct {
  Track *track;
  GPtrArray *kept; /* TestPacket: gone with the owner */
  size_t n;        /* of these are new: */
  const YlPacket *packets[YL_PLAN_MAX_PACKETS];
  bool old;       /* of a numbering that ended */
  uint64_t begun; /* tick, 0: nobody has any of it */
} Pass;

/* What a viewer has had of the track in one place of its room. */
typedef struct {
  const Track *track;
  unsigned numbering;
  bool open;
  uint64_t newest; /* content */
} Had;

typedef struct {
  bool used;
  bool ready;
  unsigned room;
  uint32_t ssrc;
  uint64_t joined; /* ticks */
  uint64_t became_ready;
  Had had[PLACES];
  int64_t seqs[PLACES]; /* newest egress, by slot */
} Peer;

typedef struct {
  Choices choices;
  YlRandom random;
  YlSfu *sfu;
  YlSfuPasses *passes;
  YlPlan *plan;
  uint64_t now_us;
  uint64_t tick;
  uint64_t next_content;
  uint64_t dropped;
  uint32_t next_ssrc;
  unsigned n_passes;
  bool forwarding[ROOMS];
  Track *tracks[ROOMS][PLACES];
  GPtrArray *all_tracks; /* passes outlive their track */
  Peer peers[PEERS];
} Model;

static unsigned
choose (Model *m, unsigned n)
{
  return choices_take (&m->choices, n);
}

static bool
is_audio (const Track *track)
{
  return track->place == 0;
}

static uint64_t
content_of (const YlPacket *packet)
{
  uint64_t content;
  memcpy (&content, packet->data + 12, sizeof content);
  return content;
}

/* ---- what viewers have had and are owed ---- */

static Had *
had_of (Peer *peer, const Track *track)
{
  Had *had = &peer->had[track->place];
  if (had->track != track)
    *had = (Had){ .track = track };
  if (had->numbering != track->numbering)
    had->open = false;
  had->numbering = track->numbering;
  return had;
}

static bool
sees (const Model *m, const Peer *peer, const Track *track)
{
  return peer->used && peer->ready && peer->room == track->room && !track->ended
         && m->forwarding[track->room];
}

/* Whether @packet is the next for who has had @had. */
static bool
is_due (const Had *had, const Track *track, const YlPacket *packet)
{
  return content_of (packet) > had->newest
         && (had->open || is_audio (track) || packet->info.keyframe_start);
}

static void
note_had (Had *had, const YlPacket *packet)
{
  had->newest = content_of (packet);
  had->open = true;
}

static void
check_seq (Peer *peer, const Track *track, const YlPlanRow *row)
{
  const uint32_t slot = (row->ssrc - peer->ssrc) / 10;
  g_assert_cmpuint (slot, <, PLACES);
  g_assert_true ((slot == 0) == is_audio (track));
  g_assert_cmpint (row->seq, >, peer->seqs[slot]);
  peer->seqs[slot] = row->seq;
}

/* From row @at on, those of one viewer: all that is due of @pass. Returns how
 * many. */
static size_t
check_viewer (Model *m, const Pass *pass, size_t at)
{
  const YlPlanRow *row = &m->plan->rows[at];
  Peer *peer = &m->peers[row->peer];
  Had *had = had_of (peer, pass->track);
  size_t n = 0;
  g_assert_true (sees (m, peer, pass->track));
  for (size_t i = 0; i < pass->n; i++) {
    if (!is_due (had, pass->track, pass->packets[i]))
      continue;
    g_assert_cmpuint (at + n, <, m->plan->n_rows);
    g_assert_cmpuint (row[n].peer, ==, row->peer);
    g_assert_cmpuint (row[n].packet, ==, i);
    check_seq (peer, pass->track, &row[n]);
    note_had (had, pass->packets[i]);
    n++;
  }
  g_assert_cmpuint (n, >, 0);
  return n;
}

static void
check_plan (Model *m, const Pass *pass)
{
  if (pass->old || pass->track->ended)
    g_assert_cmpuint (m->plan->n_rows, ==, 0);
  for (size_t i = 0; i < m->plan->n_rows;)
    i += check_viewer (m, pass, i);
}

/* Nobody was left out. Who became ready after the first step may have been
 * passed over, unless it came behind all others. */
static void
check_complete (Model *m, const Pass *pass)
{
  for (unsigned i = 0; i < PEERS && !pass->old; i++) {
    Peer *peer = &m->peers[i];
    if (!sees (m, peer, pass->track)
        || (pass->begun != 0 && peer->became_ready != peer->joined
            && peer->became_ready >= pass->begun))
      continue;
    const Had *had = had_of (peer, pass->track);
    for (size_t k = 0; k < pass->n; k++)
      g_assert_false (is_due (had, pass->track, pass->packets[k]));
  }
}

/* ---- passes ---- */

static void
pass_free (void *data)
{
  Pass *pass = data;
  g_ptr_array_unref (pass->kept);
  g_free (pass);
}

static void
take_out (Model *m, Pass *pass)
{
  g_assert_true (g_queue_remove (&pass->track->passes, pass));
  m->n_passes--;
  pass_free (pass);
}

static void
void_passes (Track *track)
{
  for (GList *l = track->passes.head; l != NULL; l = l->next)
    ((Pass *) l->data)->old = true;
  track->numbering++;
}

/* What newcomers get out of the history, as the worker does each turn. */
static void
take_replays (Model *m)
{
  while (yl_sfu_poll_replay (m->sfu, m->now_us, m->plan))
    for (size_t i = 0; i < m->plan->n_rows; i++) {
      const YlPlanRow *row = &m->plan->rows[i];
      const YlPacket *packet = m->plan->packets[row->packet];
      const uint64_t content = content_of (packet);
      const Track *track = g_ptr_array_index (m->all_tracks, content & 0xffff);
      Peer *peer = &m->peers[row->peer];
      Had *had = had_of (peer, track);
      g_assert_true (sees (m, peer, track));
      g_assert_true (is_due (had, track, packet));
      check_seq (peer, track, row);
      note_had (had, packet);
    }
}

static void
take_turn (Model *m)
{
  YlSfuPassStep step;
  size_t rows = 0;
  take_replays (m);
  yl_sfu_passes_begin_turn (m->passes);
  while (yl_sfu_passes_next (m->passes, m->sfu, m->now_us, m->plan, &step)) {
    Pass *pass = step.owner;
    g_assert_true (pass == g_queue_peek_head (&pass->track->passes));
    g_assert_cmpuint (rows, <, YL_SFU_PASSES_ROWS);
    rows += m->plan->n_rows;
    if (pass->begun == 0)
      pass->begun = m->tick;
    check_plan (m, pass);
    if (!step.done)
      continue;
    check_complete (m, pass);
    take_out (m, pass);
  }
  g_assert_true (yl_sfu_passes_waiting (m->passes) == (m->n_passes > 0));
}

/* ---- batches ---- */

typedef struct {
  Pass *pass;
  size_t n; /* in all; of the pass are those that are new */
  const YlPacket *packets[YL_PLAN_MAX_PACKETS];
  bool restart;
  int64_t newest;
} Batch;

/* Mostly new ones, some lost on their way or repeated; or a whole batch that
 * begins a new numbering. */
static Batch
make_batch (Model *m, Track *track)
{
  Batch batch = { .n = 1 + choose (m, YL_PLAN_MAX_PACKETS),
                  .newest = track->taken };
  batch.restart = batch.n > LATE && track->taken > 0 && choose (m, 16) == 0;
  batch.pass = g_new0 (Pass, 1);
  batch.pass->track = track;
  batch.pass->kept = g_ptr_array_new_with_free_func (g_free);
  if (batch.restart)
    batch.newest -= 3000;
  else if (batch.newest == 0)
    batch.newest = INT64_C (1) << 40;
  const YlCodec codec = is_audio (track) ? YL_CODEC_OPUS : YL_CODEC_VP8;
  for (size_t i = 0; i < batch.n; i++) {
    const unsigned how = choose (m, 16);
    const bool again =
        how == 0 && !batch.restart && (i > 0 || track->taken > 0);
    if (!again)
      batch.newest += how == 1 && !batch.restart ? 3 : 1;
    TestPacket *packet = g_new (TestPacket, 1);
    batch.packets[i] =
        test_packet (packet, codec, batch.newest, (uint32_t) batch.newest * 300,
                     m->now_us, how < 8 && !is_audio (track));
    const uint64_t content = m->next_content++ << 16 | track->index;
    memcpy (packet->data + 12, &content, sizeof content);
    g_ptr_array_add (batch.pass->kept, packet);
    if (!again && (!batch.restart || i >= LATE))
      batch.pass->packets[batch.pass->n++] = batch.packets[i];
  }
  return batch;
}

static size_t
count_viewers (const Model *m, const Track *track)
{
  size_t n = 0;
  for (unsigned i = 0; i < PEERS; i++)
    n += m->peers[i].used && m->peers[i].room == track->room;
  return m->forwarding[track->room] && !track->ended ? n : 0;
}

static YlSfuPassFate
foresee (const Model *m, Track *track, size_t n)
{
  const Pass *newest = g_queue_peek_tail (&track->passes);
  if (newest == NULL && count_viewers (m, track) * n <= YL_SFU_PASSES_SMALL)
    return YL_SFU_PASS_PLANNED;
  if (newest != NULL && newest->begun == 0 && !newest->old && !track->ended
      && newest->n + n <= YL_PLAN_MAX_PACKETS)
    return YL_SFU_PASS_JOINED;
  return track->passes.length == YL_SFU_PASSES_PER_TRACK
                 || m->n_passes == YL_SFU_PASSES_MAX
             ? YL_SFU_PASS_DROPPED
             : YL_SFU_PASS_WAITS;
}

static void
join_pass (Pass *to, Pass *from, bool restart)
{
  if (restart) {
    to->n = 0;
    to->old = false;
  }
  for (size_t i = 0; i < from->n; i++)
    to->packets[to->n++] = from->packets[i];
  g_ptr_array_extend_and_steal (to->kept, g_ptr_array_ref (from->kept));
}

static void
follow_fate (Model *m, Track *track, Batch *batch, YlSfuPassFate fate)
{
  Pass *pass = batch->pass;
  if (fate == YL_SFU_PASS_DROPPED) {
    m->dropped += batch->n;
    pass_free (pass);
    return;
  }
  if (track->ended)
    pass->n = 0;
  else
    track->taken = batch->newest;
  if (batch->restart && !track->ended)
    void_passes (track);
  if (fate == YL_SFU_PASS_WAITS) {
    g_queue_push_tail (&track->passes, pass);
    m->n_passes++;
    return;
  }
  if (fate == YL_SFU_PASS_JOINED) {
    join_pass (g_queue_peek_tail (&track->passes), pass, batch->restart);
  } else {
    check_plan (m, pass);
    check_complete (m, pass);
  }
  pass_free (pass);
}

static void
add_to (Model *m, Track *track)
{
  Batch batch = make_batch (m, track);
  const YlSfuPassBatch adding = { track->id, batch.n, batch.packets };
  const YlSfuPassFate expected = foresee (m, track, batch.n);
  void *owner = batch.pass;
  const YlSfuPassFate fate = yl_sfu_passes_add (m->passes, m->sfu, &adding,
                                                &owner, m->now_us, m->plan);
  g_assert_cmpint (fate, ==, expected);
  g_assert_true (owner
                 == (fate == YL_SFU_PASS_JOINED
                         ? g_queue_peek_tail (&track->passes)
                         : (void *) batch.pass));
  follow_fate (m, track, &batch, fate);
  g_assert_cmpuint (yl_sfu_passes_dropped (m->passes), ==, m->dropped);
}

/* ---- steps ---- */

static void
add_batch (Model *m)
{
  const unsigned any = choose (m, 256);
  Track *track = m->tracks[any % ROOMS][any / ROOMS % PLACES];
  if (any >= 240 && m->all_tracks->len > 0) /* its end is not known yet */
    track = m->all_tracks->pdata[choose (m, m->all_tracks->len)];
  if (track != NULL)
    add_to (m, track);
}

static void
toggle_track (Model *m)
{
  const unsigned room = choose (m, ROOMS), place = choose (m, PLACES);
  Track **track = &m->tracks[room][place];
  if (*track != NULL && choose (m, 4) > 0)
    return;
  if (*track != NULL) {
    yl_sfu_remove_track (m->sfu, (*track)->id, m->now_us);
    (*track)->ended = true;
    *track = NULL;
    return;
  }
  const YlSfuTrack info = {
    .room = { room + 1 },
    .peer = YL_SFU_NO_PEER,
    .kind = place == 0 ? YL_MEDIA_AUDIO : YL_MEDIA_VIDEO,
    .codec = place == 0 ? YL_CODEC_OPUS : YL_CODEC_VP8,
    .clock_rate = 90000,
  };
  *track = g_new0 (Track, 1);
  (*track)->id = yl_sfu_add_track (m->sfu, &info, m->now_us, NULL);
  (*track)->index = m->all_tracks->len;
  (*track)->room = room;
  (*track)->place = place;
  g_assert_cmpuint ((*track)->id.v, !=, 0);
  g_ptr_array_add (m->all_tracks, *track);
}

static void
set_ready (Model *m, uint32_t index, bool ready)
{
  Peer *peer = &m->peers[index];
  if (peer->ready == ready)
    return;
  peer->ready = ready;
  peer->became_ready = m->tick;
  memset (peer->had, 0, sizeof peer->had); /* a new connection */
  yl_sfu_set_peer_ready (m->sfu, index, ready, m->now_us);
}

static void
join (Model *m)
{
  const unsigned room = choose (m, ROOMS), what = choose (m, 256);
  unsigned n = 1 + what % 16;
  for (uint32_t i = 0; i < PEERS && n > 0; i++) {
    if (m->peers[i].used)
      continue;
    n--;
    const YlPeerConfig config = test_config (m->next_ssrc);
    m->peers[i] = (Peer){
      .used = true, .room = room, .ssrc = m->next_ssrc, .joined = m->tick
    };
    m->next_ssrc += 100;
    g_assert_true (yl_sfu_set_peer (m->sfu, i, (YlRoomId){ room + 1 }, &config,
                                    m->now_us, NULL));
    set_ready (m, i, what < 224);
  }
}

static void
leave (Model *m)
{
  const uint32_t index = choose (m, PEERS);
  m->peers[index].used = m->peers[index].ready = false;
  yl_sfu_remove_peer (m->sfu, index, m->now_us);
}

static void
toggle_ready (Model *m)
{
  const uint32_t index = choose (m, PEERS);
  if (m->peers[index].used)
    set_ready (m, index, !m->peers[index].ready);
}

static void
set_forwarding (Model *m, unsigned room, bool on)
{
  m->forwarding[room] = on;
  yl_sfu_set_forwarding (m->sfu, (YlRoomId){ room + 1 }, on, m->now_us);
  for (unsigned i = 0; i < PLACES && on; i++)
    if (m->tracks[room][i] != NULL)
      void_passes (m->tracks[room][i]);
}

static void
toggle_forwarding (Model *m)
{
  const unsigned room = choose (m, ROOMS);
  if (!m->forwarding[room] || choose (m, 4) == 0)
    set_forwarding (m, room, !m->forwarding[room]);
}

static void
pass_time (Model *m)
{
  YlTrackId track;
  YlSfuEvent event;
  m->now_us += 1000 * (uint64_t) choose (m, 250);
  while (yl_sfu_poll_keyframe (m->sfu, m->now_us, &track))
    ;
  while (yl_sfu_poll_event (m->sfu, &event))
    ;
}

/* ---- a life ---- */

static Model *
begin (const uint8_t *data, size_t size)
{
  const YlSfuLimits limits = { .max_rooms = ROOMS,
                               .max_peers = PEERS,
                               .max_tracks = ROOMS * PLACES };
  Model *m = g_new0 (Model, 1);
  *m = (Model){
    .choices = { data, size },
    .passes = yl_sfu_passes_new (),
    .plan = yl_plan_new (),
    .now_us = 5000000,
    .tick = 1,
    .next_content = 1,
    .next_ssrc = 1000,
    .all_tracks = g_ptr_array_new_with_free_func (g_free),
  };
  yl_random_init_seeded (&m->random, size);
  m->sfu = yl_sfu_new (&limits, &m->random);
  for (unsigned i = 0; i < ROOMS; i++) {
    g_assert_true (yl_sfu_add_room (m->sfu, (YlRoomId){ i + 1 }, NULL));
    set_forwarding (m, i, true);
  }
  return m;
}

/* What waits goes, in bounded time, or is given back. */
static void
end (Model *m, bool steal)
{
  Pass *pass;
  for (unsigned i = 0; !steal && yl_sfu_passes_waiting (m->passes); i++) {
    g_assert_cmpuint (i, <, YL_SFU_PASSES_MAX * (1 + PEERS / 8));
    m->tick++;
    take_turn (m);
  }
  while ((pass = yl_sfu_passes_steal (m->passes)) != NULL)
    take_out (m, pass);
  g_assert_cmpuint (m->n_passes, ==, 0);
  yl_plan_free (m->plan);
  yl_sfu_passes_free (m->passes);
  yl_sfu_free (m->sfu);
  g_ptr_array_unref (m->all_tracks);
  g_free (m);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static void (*const steps[]) (Model *) = {
    toggle_track,      join,      leave,        toggle_ready, join,
    toggle_forwarding, pass_time, toggle_track,
  };
  Model *m = begin (data, size);
  const bool steal = choose (m, 4) == 1;
  while (m->choices.left > 0) {
    const unsigned what = choose (m, 32);
    m->tick++;
    if (what < G_N_ELEMENTS (steps))
      steps[what](m);
    else if (what < 24)
      add_batch (m);
    else
      take_turn (m);
  }
  end (m, steal);
  return 0;
}
