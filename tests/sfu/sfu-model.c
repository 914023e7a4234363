/* sfu-model.c: random lives of a forwarder, held against a reference */
#include "sfu-model.h"

#include "base/seq.h"
#include "../support/choices.h"
#include "packets.h"
#include "sfu/sfu.h"

#define MAX_PEERS 5
#define MAX_TRACKS 8
#define N_ROOMS 2
#define N_PACKETS 24

/* What an egress index of one SSRC stands for. */
typedef struct {
  uint64_t content;
  uint32_t timestamp;
  uint16_t picture_id;
} Sent;

typedef struct {
  uint32_t peer;
  uint32_t ssrc;
  YlMediaKind kind;
  GHashTable *sent; /* int64_t seq → Sent */
  int64_t newest;
  int64_t newest_rtx;
  uint64_t source; /* track of the newest packet */
} Stream;

typedef struct {
  YlTrackId id;
  uint32_t peer;
  uint64_t room;
  YlMediaKind kind;
  int64_t seq;
  uint32_t timestamp;
} Track;

typedef struct {
  Choices choices;
  YlSfu *sfu;
  YlPlan *plan;
  uint64_t now_us;
  uint64_t next_content;
  uint32_t next_ssrc;
  bool forwarding[N_ROOMS];
  uint64_t begun[N_ROOMS]; /* the first content after forwarding began */
  struct {
    bool used, ready;
    uint64_t room;
    YlPeerConfig config;
  } peers[MAX_PEERS];
  Track tracks[MAX_TRACKS];
  GHashTable *streams; /* by SSRC, media and RTX */
  TestPacket packets[N_PACKETS];
  uint64_t contents[N_PACKETS];
} Model;

static unsigned
choose (Model *m, unsigned n)
{
  return choices_take (&m->choices, n);
}

static void
free_stream (void *data)
{
  Stream *stream = data;
  g_hash_table_unref (stream->sent);
  g_free (stream);
}

static Stream *
find_stream (Model *m, uint32_t ssrc)
{
  Stream *stream = g_hash_table_lookup (m->streams, &ssrc);
  g_assert_nonnull (stream);
  return stream;
}

static uint64_t
content_of (const YlPacket *packet)
{
  uint64_t content;
  memcpy (&content, packet->data + 12, sizeof content);
  return content;
}

/* ---- rules ---- */

static void
check_media (Model *m, const Track *track, const YlPlanRow *row)
{
  const YlPacket *packet = m->plan->packets[row->packet];
  Stream *stream = find_stream (m, row->ssrc);
  g_assert_cmpuint (stream->peer, ==, row->peer);
  g_assert_true (stream->kind == track->kind);
  g_assert_true (m->peers[row->peer].ready);
  g_assert_true (m->forwarding[track->room - 1]);
  g_assert_cmpuint (m->peers[row->peer].room, ==, track->room);
  g_assert_cmpuint (row->peer, !=, track->peer);

  g_assert_cmpuint (content_of (packet) >> 8, >=, m->begun[track->room - 1]);

  /* Never a second time, whatever the content. */
  g_assert_null (g_hash_table_lookup (stream->sent, &row->seq));
  const bool newest = row->seq > stream->newest;
  if (newest && stream->source != track->id.v) {
    if (track->kind == YL_MEDIA_VIDEO)
      g_assert_true (packet->info.keyframe_start);
    if (stream->newest != 0)
      g_assert_cmpint (row->seq, ==, stream->newest + 1);
    stream->source = track->id.v;
  }
  stream->newest = MAX (stream->newest, row->seq);

  int64_t *key = g_new (int64_t, 1);
  Sent *sent = g_new (Sent, 1);
  *key = row->seq;
  *sent = (Sent){ content_of (packet), row->timestamp, row->picture_id };
  g_hash_table_insert (stream->sent, key, sent);
}

static void
check_rtx (Model *m, Stream *media, const YlPlanRow *row)
{
  g_assert_cmpuint (row->ssrc, ==, media->ssrc + 1);
  g_assert_cmpint (row->seq, >, media->newest_rtx);
  media->newest_rtx = row->seq;
  const int64_t seq =
      media->newest + yl_seq_diff (row->osn, (uint16_t) media->newest);
  const Sent *sent = g_hash_table_lookup (media->sent, &seq);
  const YlPacket *packet = m->plan->packets[row->packet];
  if (sent == NULL) /* in the history, but came when nobody was ready */
    return;
  g_assert_cmpuint (sent->content, ==, content_of (packet));
  g_assert_cmpuint (sent->timestamp, ==, row->timestamp);
  g_assert_cmpuint (sent->picture_id, ==, row->picture_id);
}

/* ---- steps ---- */

static void
add_stream (Model *m, uint32_t peer, uint32_t ssrc, YlMediaKind kind)
{
  Stream *stream = g_new0 (Stream, 1);
  stream->peer = peer;
  stream->ssrc = ssrc;
  stream->kind = kind;
  stream->sent =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  g_hash_table_insert (m->streams, &stream->ssrc, stream);
}

static void
drop_tracks (Model *m, uint32_t peer)
{
  for (unsigned i = 0; i < MAX_TRACKS; i++)
    if (m->tracks[i].peer == peer)
      m->tracks[i] = (Track){ 0 };
}

static void
toggle_peer (Model *m)
{
  const uint32_t peer = choose (m, MAX_PEERS);
  if (m->peers[peer].used && choose (m, 4) > 0)
    return; /* most stay: a life is dull alone */
  if (m->peers[peer].used) {
    yl_sfu_remove_peer (m->sfu, peer, m->now_us);
    drop_tracks (m, peer);
    m->peers[peer].used = m->peers[peer].ready = false;
    return;
  }
  m->peers[peer].used = true;
  m->peers[peer].room = 1 + choose (m, N_ROOMS);
  m->peers[peer].config = test_config (m->next_ssrc);
  add_stream (m, peer, m->next_ssrc, YL_MEDIA_AUDIO);
  add_stream (m, peer, m->next_ssrc + 10, YL_MEDIA_VIDEO);
  add_stream (m, peer, m->next_ssrc + 20, YL_MEDIA_VIDEO);
  m->next_ssrc += 100;
  g_assert_true (yl_sfu_set_peer (m->sfu, peer,
                                  (YlRoomId){ m->peers[peer].room },
                                  &m->peers[peer].config, m->now_us, NULL));
}

static void
toggle_ready (Model *m)
{
  const uint32_t peer = choose (m, MAX_PEERS);
  if (!m->peers[peer].used)
    return;
  m->peers[peer].ready = !m->peers[peer].ready || choose (m, 4) > 0;
  yl_sfu_set_peer_ready (m->sfu, peer, m->peers[peer].ready, m->now_us);
}

/* A later answer stops or restores a section. */
static void
update_peer (Model *m)
{
  const uint32_t peer = choose (m, MAX_PEERS);
  if (!m->peers[peer].used)
    return;
  YlPeerConfig *config = &m->peers[peer].config;
  YlPeerSection *section = &config->sections[1 + choose (m, 3)];
  if (section->direction == YL_DIRECTION_SEND) {
    section->direction = YL_DIRECTION_INACTIVE;
  } else { /* an SSRC is never used again */
    section->direction = YL_DIRECTION_SEND;
    section->slot_ssrc = m->next_ssrc;
    section->slot_rtx_ssrc =
        section->kind == YL_MEDIA_VIDEO ? m->next_ssrc + 1 : 0;
    add_stream (m, peer, m->next_ssrc, section->kind);
    m->next_ssrc += 100;
  }
  g_assert_true (yl_sfu_set_peer (m->sfu, peer,
                                  (YlRoomId){ m->peers[peer].room }, config,
                                  m->now_us, NULL));
}

static void
toggle_track (Model *m)
{
  Track *track = &m->tracks[choose (m, MAX_TRACKS)];
  if (track->id.v != 0 && choose (m, 4) > 0)
    return;
  if (track->id.v != 0) {
    yl_sfu_remove_track (m->sfu, track->id, m->now_us);
    *track = (Track){ 0 };
    return;
  }
  const uint32_t peer = choose (m, MAX_PEERS + 1);
  const bool local = peer == MAX_PEERS;
  if (!local && !m->peers[peer].used)
    return;
  track->peer = local ? YL_SFU_NO_PEER : peer;
  track->room = local ? 1 + choose (m, N_ROOMS) : m->peers[peer].room;
  track->kind = choose (m, 3) > 0 ? YL_MEDIA_VIDEO : YL_MEDIA_AUDIO;
  track->seq = 0x10000 + choose (m, 256) * 256;
  track->timestamp = choose (m, 256) << 24;
  const YlSfuTrack info = {
    .room = { track->room },
    .peer = track->peer,
    .kind = track->kind,
    .codec = track->kind == YL_MEDIA_VIDEO ? YL_CODEC_VP8 : YL_CODEC_OPUS,
    .clock_rate = 90000,
  };
  track->id = yl_sfu_add_track (m->sfu, &info, m->now_us, NULL);
  g_assert_cmpuint (track->id.v, !=, 0);
}

static void
toggle_forwarding (Model *m)
{
  const unsigned room = choose (m, N_ROOMS);
  const bool before = m->forwarding[room];
  m->forwarding[room] = !before || choose (m, 4) > 0;
  if (m->forwarding[room] && !before)
    m->begun[room] = m->next_content;
  yl_sfu_set_forwarding (m->sfu, (YlRoomId){ room + 1 }, m->forwarding[room],
                         m->now_us);
}

static YlCodec
choose_codec (Model *m, const Track *track)
{
  if (track->kind == YL_MEDIA_AUDIO)
    return YL_CODEC_OPUS;
  return choose (m, 30) == 0 ? YL_CODEC_H264 : YL_CODEC_VP8;
}

/* A batch with holes, repeats, disorder and now and then a jump. */
static void
send_batch (Model *m)
{
  Track *track = &m->tracks[choose (m, MAX_TRACKS)];
  const YlPacket *packets[N_PACKETS];
  if (track->id.v == 0)
    return;
  const unsigned n = 1 + choose (m, N_PACKETS);
  for (unsigned i = 0; i < n; i++) {
    const unsigned what = choose (m, 64);
    int64_t seq = ++track->seq;
    if (what == 0)
      seq = track->seq += 1 + choose (m, 200);
    else if (what < 8)
      seq = track->seq - choose (m, 40); /* late or repeated */
    else if (what == 8)
      seq = track->seq -= choose (m, 40) == 0 ? 2000 : 0; /* began anew */
    else if (what < 14)
      track->seq++; /* lost */
    track->timestamp += choose (m, 8) * 300;
    packets[i] = test_packet (&m->packets[i], choose_codec (m, track), seq,
                              track->timestamp, m->now_us, choose (m, 6) == 0);
    const uint64_t content =
        m->next_content++ << 8 | (uint64_t) (track - m->tracks);
    memcpy (m->packets[i].data + 12, &content, sizeof content);
  }
  yl_sfu_forward (m->sfu, track->id, packets, n, m->now_us, m->plan);
  for (size_t i = 0; i < m->plan->n_rows; i++)
    check_media (m, track, &m->plan->rows[i]);
}

/* What newcomers get obeys the same rules. */
static void
take_replays (Model *m)
{
  while (yl_sfu_poll_replay (m->sfu, m->now_us, m->plan))
    for (size_t i = 0; i < m->plan->n_rows; i++) {
      const YlPlanRow *row = &m->plan->rows[i];
      const uint64_t content = content_of (m->plan->packets[row->packet]);
      check_media (m, &m->tracks[content & 0xff], row);
    }
}

static void
ask_again (Model *m)
{
  const uint32_t peer = choose (m, MAX_PEERS);
  if (!m->peers[peer].used)
    return;
  const YlPeerSection *section =
      &m->peers[peer].config.sections[1 + choose (m, 3)];
  Stream *stream = g_hash_table_lookup (m->streams, &section->slot_ssrc);
  if (stream == NULL)
    return;
  uint16_t seqs[16];
  const unsigned n = 1 + choose (m, 16);
  for (unsigned i = 0; i < n; i++)
    seqs[i] = (uint16_t) (stream->newest - choose (m, 64) + 2);
  yl_sfu_nack (m->sfu, peer, stream->ssrc, seqs, n, m->now_us, m->plan);
  g_assert_cmpuint (m->plan->n_rows, <=, n);
  for (size_t i = 0; i < m->plan->n_rows; i++) {
    g_assert_cmpuint (m->plan->rows[i].peer, ==, peer);
    check_rtx (m, stream, &m->plan->rows[i]);
  }
}

static void
pass_time (Model *m)
{
  YlTrackId track;
  YlSfuEvent event;
  YlSfuReport reports[4];
  m->now_us += 1000 * (1 + choose (m, 200));
  take_replays (m);
  while (yl_sfu_poll_keyframe (m->sfu, m->now_us, &track)) {
    YlSfuTrack info;
    g_assert_true (yl_sfu_get_track (m->sfu, track, &info));
    g_assert_true (info.kind == YL_MEDIA_VIDEO);
  }
  g_assert_cmpuint (yl_sfu_next_deadline (m->sfu), >, m->now_us);
  while (yl_sfu_poll_event (m->sfu, &event)) {
    g_assert_true (m->peers[event.peer].used);
    g_assert_cmpuint (event.source, !=, event.peer);
  }
  const Track *reported = &m->tracks[choose (m, MAX_TRACKS)];
  yl_sfu_source_report (m->sfu, reported->id, (uint64_t) choose (m, 256) << 40,
                        7, m->now_us);
  g_assert_cmpuint (yl_sfu_sender_reports (m->sfu, choose (m, MAX_PEERS),
                                           m->now_us, reports, 4),
                    <=, 3);
}

static void
request_keyframe (Model *m)
{
  const uint32_t peer = choose (m, MAX_PEERS);
  if (m->peers[peer].used)
    yl_sfu_keyframe_request (
        m->sfu, peer, m->peers[peer].config.sections[2].slot_ssrc, m->now_us);
}

void
sfu_model_run (const uint8_t *data, size_t size)
{
  static void (*const steps[]) (Model *) = {
    toggle_peer,  toggle_ready,      update_peer,
    toggle_track, toggle_forwarding, request_keyframe,
  };
  const YlSfuLimits limits = { .max_rooms = N_ROOMS,
                               .max_peers = MAX_PEERS,
                               .max_tracks = MAX_TRACKS };
  YlRandom random;
  yl_random_init_seeded (&random, size);
  Model *m = g_new0 (Model, 1);
  m->choices = (Choices){ data, size };
  m->now_us = 5000000;
  m->next_content = 1;
  m->next_ssrc = 1000;
  m->streams =
      g_hash_table_new_full (g_int_hash, g_int_equal, NULL, free_stream);
  m->sfu = yl_sfu_new (&limits, &random);
  m->plan = yl_plan_new ();
  for (unsigned i = 0; i < N_ROOMS; i++)
    yl_sfu_add_room (m->sfu, (YlRoomId){ i + 1 }, NULL);
  while (m->choices.left > 0) {
    const unsigned what = choose (m, 40);
    if (what < G_N_ELEMENTS (steps))
      steps[what](m);
    else if (what < 30)
      send_batch (m);
    else if (what < 36)
      ask_again (m);
    else
      pass_time (m);
  }
  yl_plan_free (m->plan);
  yl_sfu_free (m->sfu);
  g_hash_table_unref (m->streams);
  g_free (m);
}
