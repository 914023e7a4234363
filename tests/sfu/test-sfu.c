/* test-sfu.c: who sees whom, and what feedback does */
#include "sfu/sfu.h"

#include "base/time.h"
#include "packets.h"

#define ROOM ((YlRoomId){ 9 })
#define SSRC(peer) (1000 * ((peer) + 1))
#define AUDIO_SLOT(peer) (SSRC (peer))
#define VIDEO_SLOT(peer, k) (SSRC (peer) + 10 * ((k) + 1))
#define T0 UINT64_C (50000000)

typedef struct {
  YlRandom random;
  YlSfu *sfu;
  YlPlan *plan;
  TestPacket packet;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  const YlSfuLimits limits = { .max_rooms = 2,
                               .max_peers = 8,
                               .max_tracks = 16 };
  yl_random_init_seeded (&f->random, 11);
  f->sfu = yl_sfu_new (&limits, &f->random);
  f->plan = yl_plan_new ();
  g_assert_true (yl_sfu_add_room (f->sfu, ROOM, NULL));
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  yl_plan_free (f->plan);
  yl_sfu_free (f->sfu);
}

static void
join (Fixture *f, uint32_t peer)
{
  const YlPeerConfig config = test_config (SSRC (peer));
  g_assert_true (yl_sfu_set_peer (f->sfu, peer, ROOM, &config, T0, NULL));
  yl_sfu_set_peer_ready (f->sfu, peer, true, T0);
}

static YlTrackId
publish (Fixture *f, uint32_t peer, YlMediaKind kind)
{
  const YlSfuTrack info = {
    .room = ROOM,
    .peer = peer,
    .kind = kind,
    .codec = kind == YL_MEDIA_VIDEO ? YL_CODEC_VP8 : YL_CODEC_OPUS,
    .clock_rate = kind == YL_MEDIA_VIDEO ? 90000 : 48000,
  };
  const YlTrackId id = yl_sfu_add_track (f->sfu, &info, T0, NULL);
  g_assert_cmpuint (id.v, !=, 0);
  return id;
}

static void
forward_codec (Fixture *f, YlTrackId track, YlCodec codec, int64_t seq,
               bool keyframe)
{
  const YlPacket *p =
      test_packet (&f->packet, codec, seq, (uint32_t) seq * 3000, T0, keyframe);
  yl_sfu_forward (f->sfu, track, &p, 1, T0, f->plan);
}

static void
forward_one (Fixture *f, YlTrackId track, int64_t seq, bool keyframe)
{
  forward_codec (f, track, YL_CODEC_VP8, seq, keyframe);
}

/* The source a section of @peer shows after all events, v == 0: none. */
static YlTrackId shown[8][4];
static bool playable[8][4];

static void
drain_events (Fixture *f)
{
  YlSfuEvent event;
  while (yl_sfu_poll_event (f->sfu, &event)) {
    g_assert_cmpuint (event.section, <, 4);
    shown[event.peer][event.section] = event.track;
    playable[event.peer][event.section] = event.playable;
  }
}

static void
test_assignment (Fixture *f, gconstpointer data)
{
  memset (shown, 0, sizeof shown);
  yl_sfu_set_forwarding (f->sfu, ROOM, true, T0);
  for (uint32_t i = 0; i < 4; i++)
    join (f, i);
  const YlTrackId a = publish (f, 0, YL_MEDIA_VIDEO);
  const YlTrackId b = publish (f, 1, YL_MEDIA_VIDEO);
  const YlTrackId c = publish (f, 2, YL_MEDIA_VIDEO);
  drain_events (f);
  g_assert_cmpuint (shown[0][2].v, ==, b.v); /* not its own */
  g_assert_cmpuint (shown[0][3].v, ==, c.v);
  g_assert_cmpuint (shown[3][2].v, ==, a.v);
  g_assert_cmpuint (shown[3][3].v, ==, b.v);
  g_assert_cmpuint (shown[3][1].v, ==, 0);

  /* A slot keeps its source; an empty one takes who waits. */
  yl_sfu_remove_track (f->sfu, a, T0);
  drain_events (f);
  g_assert_cmpuint (shown[3][2].v, ==, c.v);
  g_assert_cmpuint (shown[3][3].v, ==, b.v);
  g_assert_cmpuint (shown[1][2].v, ==, 0);
  g_assert_cmpuint (shown[1][3].v, ==, c.v);

  yl_sfu_remove_peer (f->sfu, 1, T0);
  drain_events (f);
  g_assert_cmpuint (shown[3][3].v, ==, 0);
  YlSfuTrack info;
  g_assert_false (yl_sfu_get_track (f->sfu, b, &info));
  g_assert_true (yl_sfu_get_track (f->sfu, c, &info));
  g_assert_cmpuint (info.peer, ==, 2);
}

static void
test_gate (Fixture *f, gconstpointer data)
{
  join (f, 0);
  join (f, 1);
  const YlTrackId track = publish (f, 0, YL_MEDIA_VIDEO);
  forward_one (f, track, 100, true);
  g_assert_cmpuint (f->plan->n_rows, ==, 0);

  yl_sfu_set_forwarding (f->sfu, ROOM, true, T0);
  forward_one (f, track, 101, false);
  g_assert_cmpuint (f->plan->n_rows, ==, 0); /* not without a keyframe */
  forward_one (f, track, 102, true);
  g_assert_cmpuint (f->plan->n_rows, ==, 1);
  g_assert_cmpuint (f->plan->rows[0].peer, ==, 1);
  g_assert_cmpuint (f->plan->rows[0].ssrc, ==, VIDEO_SLOT (1, 0));
  g_assert_cmpuint (f->plan->rows[0].section, ==, 2);
  g_assert_cmpuint (f->plan->rows[0].payload_type, ==, 96);
  const int64_t seq = f->plan->rows[0].seq;

  yl_sfu_set_forwarding (f->sfu, ROOM, false, T0);
  forward_one (f, track, 103, true);
  g_assert_cmpuint (f->plan->n_rows, ==, 0);
  yl_sfu_set_forwarding (f->sfu, ROOM, true, T0);
  forward_one (f, track, 104, true);
  g_assert_cmpuint (f->plan->n_rows, ==, 1);
  g_assert_cmpint (f->plan->rows[0].seq, ==, seq + 1);
}

static void
test_not_ready (Fixture *f, gconstpointer data)
{
  const YlPeerConfig config = test_config (SSRC (1));
  YlTrackId asked;
  yl_sfu_set_forwarding (f->sfu, ROOM, true, T0);
  join (f, 0);
  g_assert_true (yl_sfu_set_peer (f->sfu, 1, ROOM, &config, T0, NULL));
  const YlTrackId track = publish (f, 0, YL_MEDIA_VIDEO);
  forward_one (f, track, 100, true);
  g_assert_cmpuint (f->plan->n_rows, ==, 0);
  g_assert_false (yl_sfu_poll_keyframe (f->sfu, T0, &asked));
  const uint64_t later_us = T0 + YL_US_PER_S; /* too late for a replay */
  yl_sfu_set_peer_ready (f->sfu, 1, true, later_us);
  g_assert_true (yl_sfu_poll_keyframe (f->sfu, later_us, &asked));
  g_assert_cmpuint (asked.v, ==, track.v);
}

static void
test_codec (Fixture *f, gconstpointer data)
{
  YlPeerConfig config = test_config (SSRC (1));
  config.sections[2].n_codecs = 1; /* VP8 only */
  memset (shown, 0, sizeof shown);
  yl_sfu_set_forwarding (f->sfu, ROOM, true, T0);
  join (f, 0);
  g_assert_true (yl_sfu_set_peer (f->sfu, 1, ROOM, &config, T0, NULL));
  yl_sfu_set_peer_ready (f->sfu, 1, true, T0);
  const YlTrackId track = publish (f, 0, YL_MEDIA_VIDEO);
  forward_one (f, track, 100, true);
  g_assert_cmpuint (f->plan->n_rows, ==, 1);
  drain_events (f);
  g_assert_true (playable[1][2]);

  forward_codec (f, track, YL_CODEC_H264, 101, true);
  g_assert_cmpuint (f->plan->n_rows, ==, 0);
  drain_events (f);
  g_assert_false (playable[1][2]);
  g_assert_cmpuint (shown[1][2].v, ==, track.v);

  /* A later answer brings H264. */
  config = test_config (SSRC (1));
  g_assert_true (yl_sfu_set_peer (f->sfu, 1, ROOM, &config, T0, NULL));
  forward_codec (f, track, YL_CODEC_H264, 102, true);
  g_assert_cmpuint (f->plan->n_rows, ==, 1);
  g_assert_cmpuint (f->plan->rows[0].payload_type, ==, 102);
  drain_events (f);
  g_assert_true (playable[1][2]);
}

/* An update keeps sources and numbers of slots that stay. */
static void
test_update (Fixture *f, gconstpointer data)
{
  yl_sfu_set_forwarding (f->sfu, ROOM, true, T0);
  join (f, 0);
  join (f, 1);
  const YlTrackId track = publish (f, 0, YL_MEDIA_VIDEO);
  forward_one (f, track, 100, true);
  const int64_t seq = f->plan->rows[0].seq;

  YlPeerConfig config = test_config (SSRC (1));
  config.sections[1].direction = YL_DIRECTION_INACTIVE;
  g_assert_true (yl_sfu_set_peer (f->sfu, 1, ROOM, &config, T0, NULL));
  forward_one (f, track, 101, false);
  g_assert_cmpuint (f->plan->n_rows, ==, 1);
  g_assert_cmpint (f->plan->rows[0].seq, ==, seq + 1);

  config.sections[2].direction = YL_DIRECTION_INACTIVE;
  g_assert_true (yl_sfu_set_peer (f->sfu, 1, ROOM, &config, T0, NULL));
  forward_one (f, track, 102, true); /* the second slot took over */
  g_assert_cmpuint (f->plan->n_rows, ==, 1);
  g_assert_cmpuint (f->plan->rows[0].ssrc, ==, VIDEO_SLOT (1, 1));
}

static void
test_duplicates (Fixture *f, gconstpointer data)
{
  yl_sfu_set_forwarding (f->sfu, ROOM, true, T0);
  join (f, 0);
  join (f, 1);
  const YlTrackId track = publish (f, 0, YL_MEDIA_VIDEO);
  forward_one (f, track, 5000, true);
  forward_one (f, track, 5000, true);
  g_assert_cmpuint (f->plan->n_rows, ==, 0);
  g_assert_cmpuint (yl_sfu_counters (f->sfu)->duplicate, ==, 1);
  forward_one (f, track, 3000, false);
  g_assert_cmpuint (f->plan->n_rows, ==, 0);
  g_assert_cmpuint (yl_sfu_counters (f->sfu)->too_late, ==, 1);

  /* A source that began anew is believed after a while, at a keyframe. */
  for (int i = 0; i < 40; i++)
    forward_one (f, track, 1000 + i, false);
  g_assert_cmpuint (f->plan->n_rows, ==, 0);
  forward_one (f, track, 1040, true);
  g_assert_cmpuint (f->plan->n_rows, ==, 1);
}

/* Numbers below the old ones can be resent as well. */
static void
test_nack_after_restart (Fixture *f, gconstpointer data)
{
  yl_sfu_set_forwarding (f->sfu, ROOM, true, T0);
  join (f, 0);
  join (f, 1);
  const YlTrackId track = publish (f, 0, YL_MEDIA_VIDEO);
  for (int i = 0; i < 100; i++)
    forward_one (f, track, 5000 + i, i == 0);
  for (int i = 0; i < 90; i++) /* 2 * 1024 lower: the same places */
    forward_one (f, track, 2952 + i, i > 40);
  g_assert_cmpuint (f->plan->n_rows, ==, 1);
  const uint16_t seq = (uint16_t) f->plan->rows[0].seq;
  yl_sfu_nack (f->sfu, 1, VIDEO_SLOT (1, 0), &seq, 1, T0, f->plan);
  g_assert_cmpuint (f->plan->n_rows, ==, 1);
}

static void
test_nack (Fixture *f, gconstpointer data)
{
  yl_sfu_set_forwarding (f->sfu, ROOM, true, T0);
  join (f, 0);
  join (f, 1);
  const YlTrackId track = publish (f, 0, YL_MEDIA_VIDEO);
  uint16_t seqs[20];
  for (int i = 0; i < 20; i++) {
    forward_one (f, track, 100 + i, i == 0);
    seqs[i] = (uint16_t) f->plan->rows[0].seq;
  }
  const uint32_t ssrc = VIDEO_SLOT (1, 0);
  yl_sfu_nack (f->sfu, 1, ssrc, &seqs[7], 2, T0, f->plan);
  g_assert_cmpuint (f->plan->n_rows, ==, 2);
  const YlPlanRow *row = &f->plan->rows[1];
  g_assert_cmpuint (row->kind, ==, YL_PLAN_RTX);
  g_assert_cmpuint (row->osn, ==, seqs[8]);
  g_assert_cmpuint (row->ssrc, ==, ssrc + 1);
  g_assert_cmpuint (row->payload_type, ==, 97);
  g_assert_cmpint (row->seq, ==, f->plan->rows[0].seq + 1);
  g_assert_cmpint (f->plan->packets[row->packet]->seq, ==, 108);

  /* Too soon again; then not. */
  yl_sfu_nack (f->sfu, 1, ssrc, &seqs[7], 2, T0 + 10000, f->plan);
  g_assert_cmpuint (f->plan->n_rows, ==, 0);
  yl_sfu_nack (f->sfu, 1, ssrc, &seqs[7], 2, T0 + 50000, f->plan);
  g_assert_cmpuint (f->plan->n_rows, ==, 2);

  const uint16_t never = (uint16_t) (seqs[0] - 5);
  yl_sfu_nack (f->sfu, 1, ssrc, &never, 1, T0 + 50000, f->plan);
  g_assert_cmpuint (f->plan->n_rows, ==, 0);
  yl_sfu_nack (f->sfu, 1, 4711, seqs, 1, T0 + 50000, f->plan);
  g_assert_cmpuint (f->plan->n_rows, ==, 0);
}

static void
test_nack_without_rtx (Fixture *f, gconstpointer data)
{
  YlPeerConfig config = test_config (SSRC (1));
  config.sections[2].slot_rtx_ssrc = 0;
  yl_sfu_set_forwarding (f->sfu, ROOM, true, T0);
  join (f, 0);
  g_assert_true (yl_sfu_set_peer (f->sfu, 1, ROOM, &config, T0, NULL));
  yl_sfu_set_peer_ready (f->sfu, 1, true, T0);
  const YlTrackId track = publish (f, 0, YL_MEDIA_VIDEO);
  forward_one (f, track, 100, true);
  const uint16_t seq = (uint16_t) f->plan->rows[0].seq;
  yl_sfu_nack (f->sfu, 1, VIDEO_SLOT (1, 0), &seq, 1, T0, f->plan);
  g_assert_cmpuint (f->plan->n_rows, ==, 0);
}

/* Feedback can at most double what a viewer is sent. */
static void
test_nack_flood (Fixture *f, gconstpointer data)
{
  yl_sfu_set_forwarding (f->sfu, ROOM, true, T0);
  join (f, 0);
  join (f, 1);
  const YlTrackId track = publish (f, 0, YL_MEDIA_VIDEO);
  uint16_t seqs[64];
  for (int i = 0; i < 64; i++) {
    forward_one (f, track, 100 + i, i == 0);
    seqs[i] = (uint16_t) f->plan->rows[0].seq;
  }
  size_t resent = 0;
  for (int i = 0; i < 10; i++) {
    yl_sfu_nack (f->sfu, 1, VIDEO_SLOT (1, 0), seqs, 64,
                 T0 + (uint64_t) i * 60000, f->plan);
    resent += f->plan->n_rows;
  }
  g_assert_cmpuint (resent, ==, 128);
}

static void
test_keyframes (Fixture *f, gconstpointer data)
{
  YlTrackId asked;
  yl_sfu_set_forwarding (f->sfu, ROOM, true, T0);
  for (uint32_t i = 0; i < 3; i++)
    join (f, i);
  const YlTrackId track = publish (f, 0, YL_MEDIA_VIDEO);
  g_assert_true (yl_sfu_poll_keyframe (f->sfu, T0, &asked)); /* on join */
  g_assert_cmpuint (asked.v, ==, track.v);
  g_assert_false (yl_sfu_poll_keyframe (f->sfu, T0, &asked));

  /* Merged and throttled. */
  yl_sfu_keyframe_request (f->sfu, 1, VIDEO_SLOT (1, 0), T0 + 1000);
  yl_sfu_keyframe_request (f->sfu, 2, VIDEO_SLOT (2, 0), T0 + 2000);
  g_assert_false (yl_sfu_poll_keyframe (f->sfu, T0 + 300000, &asked));
  g_assert_cmpuint (yl_sfu_next_deadline (f->sfu), ==, T0 + 400000);

  /* Asked again until one starts, less and less often. */
  g_assert_true (yl_sfu_poll_keyframe (f->sfu, T0 + 400000, &asked));
  g_assert_cmpuint (yl_sfu_next_deadline (f->sfu), ==, T0 + 1200000);
  forward_one (f, track, 100, true);
  g_assert_cmpuint (yl_sfu_next_deadline (f->sfu), ==, YL_NEVER);

  /* Asked again soon after an answer, but only twice in a row. */
  yl_sfu_keyframe_request (f->sfu, 1, VIDEO_SLOT (1, 0), T0 + 450000);
  g_assert_cmpuint (yl_sfu_next_deadline (f->sfu), ==, T0 + 550000);
  g_assert_true (yl_sfu_poll_keyframe (f->sfu, T0 + 550000, &asked));
  forward_one (f, track, 101, true);
  yl_sfu_keyframe_request (f->sfu, 1, VIDEO_SLOT (1, 0), T0 + 560000);
  g_assert_cmpuint (yl_sfu_next_deadline (f->sfu), ==, T0 + 950000);
  g_assert_true (yl_sfu_poll_keyframe (f->sfu, T0 + 950000, &asked));
  forward_one (f, track, 102, true);

  /* Calm has returned: at once. */
  yl_sfu_keyframe_request (f->sfu, 1, VIDEO_SLOT (1, 0), T0 + 9000000);
  g_assert_true (yl_sfu_poll_keyframe (f->sfu, T0 + 9000000, &asked));
}

static void
test_errors (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  const YlPeerConfig config = test_config (1);
  g_assert_false (yl_sfu_add_room (f->sfu, ROOM, &error));
  g_assert_error (error, YL_SFU_ERROR, YL_SFU_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_false (
      yl_sfu_set_peer (f->sfu, 0, (YlRoomId){ 4 }, &config, T0, &error));
  g_assert_error (error, YL_SFU_ERROR, YL_SFU_ERROR_UNKNOWN);
  g_clear_error (&error);
  g_assert_true (yl_sfu_add_room (f->sfu, (YlRoomId){ 4 }, NULL));
  g_assert_false (yl_sfu_add_room (f->sfu, (YlRoomId){ 5 }, &error));
  g_assert_error (error, YL_SFU_ERROR, YL_SFU_ERROR_FULL);

  join (f, 0);
  const YlTrackId track = publish (f, 0, YL_MEDIA_AUDIO);
  yl_sfu_remove_room (f->sfu, ROOM, T0);
  YlSfuTrack info;
  g_assert_false (yl_sfu_get_track (f->sfu, track, &info));
  yl_sfu_remove_peer (f->sfu, 0, T0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, test) \
  g_test_add ("/sfu/sfu/" path, Fixture, NULL, set_up, test, tear_down)
  ADD ("slot-shows-kth-publisher", test_assignment);
  ADD ("nothing-before-forwarding", test_gate);
  ADD ("nothing-before-ready", test_not_ready);
  ADD ("codec-match", test_codec);
  ADD ("update-keeps-numbering", test_update);
  ADD ("duplicates-and-restart", test_duplicates);
  ADD ("nack-becomes-rtx", test_nack);
  ADD ("nack-after-restart", test_nack_after_restart);
  ADD ("nack-without-rtx", test_nack_without_rtx);
  ADD ("nack-flood-is-bounded", test_nack_flood);
  ADD ("keyframes-merged-and-throttled", test_keyframes);
  ADD ("errors", test_errors);
  return g_test_run ();
}
