/* test-passes.c: nobody waits for another's great fan-out */
#include "sfu/passes.h"

#include "packets.h"

#define T0 UINT64_C (50000000)
#define PEERS 700
#define COURSE ((YlRoomId){ 1 })
#define OTHER ((YlRoomId){ 2 })
#define CALL ((YlRoomId){ 3 })

typedef struct {
  YlRandom random;
  YlSfu *sfu;
  YlSfuPasses *passes;
  YlPlan *plan;
  uint32_t n_peers;
  int64_t seq;
  TestPacket *packets;
  int marks[8]; /* owners */
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  const YlSfuLimits limits = { .max_rooms = 4,
                               .max_peers = PEERS,
                               .max_tracks = 16 };
  memset (f, 0, sizeof *f);
  yl_random_init_seeded (&f->random, 11);
  f->sfu = yl_sfu_new (&limits, &f->random);
  f->passes = yl_sfu_passes_new ();
  f->plan = yl_plan_new ();
  f->packets = g_new0 (TestPacket, 2048);
  const YlRoomId rooms[] = { COURSE, OTHER, CALL };
  for (size_t i = 0; i < 3; i++) {
    g_assert_true (yl_sfu_add_room (f->sfu, rooms[i], NULL));
    yl_sfu_set_forwarding (f->sfu, rooms[i], true, T0);
  }
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  while (yl_sfu_passes_steal (f->passes) != NULL)
    ;
  g_free (f->packets);
  yl_plan_free (f->plan);
  yl_sfu_passes_free (f->passes);
  yl_sfu_free (f->sfu);
}

/* The index of the first of them. */
static uint32_t
join (Fixture *f, YlRoomId room, uint32_t n)
{
  const uint32_t first = f->n_peers;
  for (uint32_t i = 0; i < n; i++, f->n_peers++) {
    const YlPeerConfig config = test_config (1000 * (f->n_peers + 1));
    g_assert_true (
        yl_sfu_set_peer (f->sfu, f->n_peers, room, &config, T0, NULL));
    yl_sfu_set_peer_ready (f->sfu, f->n_peers, true, T0);
  }
  return first;
}

static YlTrackId
publish (Fixture *f, YlRoomId room, YlMediaKind kind)
{
  const bool video = kind == YL_MEDIA_VIDEO;
  const YlSfuTrack info = { .room = room,
                            .peer = YL_SFU_NO_PEER,
                            .kind = kind,
                            .codec = video ? YL_CODEC_VP8 : YL_CODEC_OPUS,
                            .clock_rate = video ? 90000 : 48000 };
  const YlTrackId id = yl_sfu_add_track (f->sfu, &info, T0, NULL);
  g_assert_cmpuint (id.v, !=, 0);
  return id;
}

static YlSfuPassFate
add_codec (Fixture *f, YlTrackId track, YlCodec codec, size_t n, int mark)
{
  const YlPacket *packets[YL_PLAN_MAX_PACKETS];
  for (size_t i = 0; i < n; i++, f->seq++)
    packets[i] = test_packet (&f->packets[f->seq % 2048], codec, f->seq,
                              (uint32_t) f->seq * 3000, T0, true);
  const YlSfuPassBatch batch = { track, n, packets };
  void *owner = &f->marks[mark];
  const YlSfuPassFate fate =
      yl_sfu_passes_add (f->passes, f->sfu, &batch, &owner, T0, f->plan);
  if (fate == YL_SFU_PASS_JOINED)
    g_assert_true (owner != &f->marks[mark]);
  return fate;
}

static YlSfuPassFate
add (Fixture *f, YlTrackId track, size_t n, int mark)
{
  return add_codec (f, track, YL_CODEC_VP8, n, mark);
}

/* One turn; counts the rows of each peer. Returns all. */
static size_t
turn (Fixture *f, unsigned *got)
{
  YlSfuPassStep step;
  size_t rows = 0;
  yl_sfu_passes_begin_turn (f->passes);
  while (yl_sfu_passes_next (f->passes, f->sfu, T0, f->plan, &step)) {
    g_assert_nonnull (step.owner);
    for (size_t i = 0; i < f->plan->n_rows; i++)
      got[f->plan->rows[i].peer]++;
    rows += f->plan->n_rows;
  }
  return rows;
}

/* A call goes at once, however much of a course waits; a turn's share of the
 * course is bounded, and in the end everybody had everything once. */
static void
test_call_beside_course (Fixture *f, gconstpointer data)
{
  unsigned got[PEERS] = { 0 };
  const uint32_t viewers = join (f, COURSE, 300);
  const uint32_t doctor = join (f, CALL, 1);
  const YlTrackId course = publish (f, COURSE, YL_MEDIA_VIDEO);
  const YlTrackId call = publish (f, CALL, YL_MEDIA_VIDEO);
  g_assert_cmpint (add (f, course, 10, 0), ==, YL_SFU_PASS_WAITS);
  size_t all = 0, turns = 0;
  while (yl_sfu_passes_waiting (f->passes)) {
    g_assert_cmpint (add (f, call, 1, 1), ==, YL_SFU_PASS_PLANNED);
    g_assert_cmpuint (f->plan->n_rows, ==, 1);
    g_assert_cmpuint (f->plan->rows[0].peer, ==, doctor);
    const size_t rows = turn (f, got);
    g_assert_cmpuint (rows, <=,
                      YL_SFU_PASSES_ROWS + 10 * YL_SFU_PASSES_VIEWERS);
    all += rows;
    turns++;
  }
  g_assert_cmpuint (all, ==, 3000);
  g_assert_cmpuint (turns, >=, 4);
  for (uint32_t i = 0; i < 300; i++)
    g_assert_cmpuint (got[viewers + i], ==, 10);
}

/* Two courses share each turn alike. */
static void
test_courses_share (Fixture *f, gconstpointer data)
{
  unsigned got[PEERS] = { 0 };
  const uint32_t a = join (f, COURSE, 200), b = join (f, OTHER, 200);
  const YlTrackId first = publish (f, COURSE, YL_MEDIA_VIDEO);
  const YlTrackId second = publish (f, OTHER, YL_MEDIA_VIDEO);
  g_assert_cmpint (add (f, first, 10, 0), ==, YL_SFU_PASS_WAITS);
  g_assert_cmpint (add (f, second, 10, 1), ==, YL_SFU_PASS_WAITS);
  while (yl_sfu_passes_waiting (f->passes)) {
    unsigned of_a = 0, of_b = 0;
    turn (f, got);
    for (uint32_t i = 0; i < 200; i++) {
      of_a += got[a + i];
      of_b += got[b + i];
    }
    g_assert_cmpint (ABS ((int) of_a - (int) of_b), <=,
                     10 * YL_SFU_PASSES_VIEWERS);
  }
  for (uint32_t i = 0; i < 200; i++)
    g_assert_cmpuint (got[a + i] + got[b + i], ==, 20);
}

/* Sound and picture go through the viewers in step: each viewer gets both in
 * one turn. */
static void
test_sound_with_picture (Fixture *f, gconstpointer data)
{
  const uint32_t viewers = join (f, COURSE, 300);
  const YlTrackId audio = publish (f, COURSE, YL_MEDIA_AUDIO);
  const YlTrackId video = publish (f, COURSE, YL_MEDIA_VIDEO);
  g_assert_cmpint (add_codec (f, audio, YL_CODEC_OPUS, 1, 0), ==,
                   YL_SFU_PASS_WAITS);
  g_assert_cmpint (add (f, video, 10, 1), ==, YL_SFU_PASS_WAITS);
  while (yl_sfu_passes_waiting (f->passes)) {
    unsigned got[PEERS] = { 0 };
    turn (f, got);
    for (uint32_t i = 0; i < 300; i++)
      g_assert_true (got[viewers + i] == 0 || got[viewers + i] == 11);
  }
}

/* Batches of a track keep their order, and grow while they wait. */
static void
test_order (Fixture *f, gconstpointer data)
{
  YlSfuPassStep step;
  int64_t newest[PEERS];
  join (f, COURSE, 100);
  memset (newest, -1, sizeof newest);
  const YlTrackId track = publish (f, COURSE, YL_MEDIA_VIDEO);
  g_assert_cmpint (add (f, track, 20, 0), ==, YL_SFU_PASS_WAITS);
  g_assert_cmpint (add (f, track, 40, 1), ==, YL_SFU_PASS_JOINED);
  g_assert_cmpint (add (f, track, 5, 1), ==, YL_SFU_PASS_WAITS); /* 65 */
  yl_sfu_passes_begin_turn (f->passes);
  g_assert_true (
      yl_sfu_passes_next (f->passes, f->sfu, T0, f->plan, &step)); /* begun */
  g_assert_true (step.owner == &f->marks[0]);
  g_assert_false (step.done);
  g_assert_cmpint (add (f, track, 1, 2), ==, YL_SFU_PASS_JOINED);
  do {
    for (size_t i = 0; i < f->plan->n_rows; i++) {
      const YlPlanRow *row = &f->plan->rows[i];
      g_assert_true (newest[row->peer] < 0
                     || row->seq == newest[row->peer] + 1);
      newest[row->peer] = row->seq;
    }
    yl_sfu_passes_begin_turn (f->passes);
  } while (yl_sfu_passes_next (f->passes, f->sfu, T0, f->plan, &step));
  g_assert_true (step.done);
  g_assert_true (step.owner == &f->marks[1]);
}

/* A track that cannot be kept up with loses packets; others do not. */
static void
test_overload (Fixture *f, gconstpointer data)
{
  unsigned got[PEERS] = { 0 };
  join (f, COURSE, 300);
  const uint32_t other = join (f, OTHER, 100);
  const YlTrackId loud = publish (f, COURSE, YL_MEDIA_VIDEO);
  const YlTrackId quiet = publish (f, OTHER, YL_MEDIA_VIDEO);
  for (int i = 0; i < YL_SFU_PASSES_PER_TRACK; i++)
    g_assert_cmpint (add (f, loud, 64, 0), ==, YL_SFU_PASS_WAITS);
  g_assert_cmpint (add (f, loud, 64, 0), ==, YL_SFU_PASS_DROPPED);
  g_assert_cmpuint (yl_sfu_passes_dropped (f->passes), ==, 64);
  g_assert_cmpuint (yl_sfu_next_deadline (f->sfu), <=, T0); /* keyframe */
  g_assert_cmpint (add (f, quiet, 10, 1), ==, YL_SFU_PASS_WAITS);
  for (int i = 0; i < 8; i++)
    turn (f, got);
  for (uint32_t i = 0; i < 100; i++)
    g_assert_cmpuint (got[other + i], ==, 10);
}

/* Viewers and tracks that come and go between steps. */
static void
test_comings_and_goings (Fixture *f, gconstpointer data)
{
  unsigned got[PEERS] = { 0 };
  join (f, COURSE, 300);
  const YlTrackId track = publish (f, COURSE, YL_MEDIA_VIDEO);
  g_assert_cmpint (add (f, track, 10, 0), ==, YL_SFU_PASS_WAITS);
  turn (f, got); /* 64 viewers have it */
  bool left[PEERS] = { false };
  for (uint32_t i = 0; i < 300; i += 7) {
    left[i] = true;
    yl_sfu_remove_peer (f->sfu, i, T0);
  }
  join (f, COURSE, 20);
  while (yl_sfu_passes_waiting (f->passes))
    turn (f, got);
  for (uint32_t i = 0; i < 320; i++)
    g_assert_cmpuint (got[i], ==, left[i] && got[i] == 0 ? 0 : 10);
  g_assert_cmpuint (got[0], ==, 10);
  g_assert_cmpuint (got[294], ==, 0);

  /* The track ends half-way: the rest goes, the owner comes back. */
  YlSfuPassStep step;
  g_assert_cmpint (add (f, track, 10, 3), ==, YL_SFU_PASS_WAITS);
  turn (f, got);
  yl_sfu_remove_track (f->sfu, track, T0);
  yl_sfu_passes_begin_turn (f->passes);
  g_assert_true (yl_sfu_passes_next (f->passes, f->sfu, T0, f->plan, &step));
  g_assert_cmpuint (f->plan->n_rows, ==, 0);
  g_assert_true (step.done);
  g_assert_true (step.owner == &f->marks[3]);
  g_assert_false (yl_sfu_passes_waiting (f->passes));
}

/* All who are left in a pass have got it, and one of them leaves: the others
 * keep their places. */
static void
test_leaving_when_served (Fixture *f, gconstpointer data)
{
  unsigned got[PEERS] = { 0 };
  join (f, COURSE, 65);
  const YlTrackId track = publish (f, COURSE, YL_MEDIA_VIDEO);
  g_assert_cmpint (add (f, track, 10, 0), ==, YL_SFU_PASS_WAITS);
  turn (f, got); /* 64 viewers have it */
  yl_sfu_remove_peer (f->sfu, 64, T0);
  yl_sfu_remove_peer (f->sfu, 0, T0);
  yl_sfu_remove_peer (f->sfu, 63, T0);
  g_assert_cmpuint (yl_sfu_viewers (f->sfu, track), ==, 62);
  turn (f, got);
  g_assert_false (yl_sfu_passes_waiting (f->passes));
  g_assert_cmpint (add (f, track, 10, 0), ==, YL_SFU_PASS_WAITS);
  turn (f, got);
  for (uint32_t i = 1; i < 63; i++)
    g_assert_cmpuint (got[i], ==, 20);
}

/* What the history gave to a connection that was lost counts for nothing with
 * the next one. */
static void
test_coming_back (Fixture *f, gconstpointer data)
{
  unsigned got[PEERS] = { 0 };
  join (f, COURSE, 300);
  const YlTrackId track = publish (f, COURSE, YL_MEDIA_VIDEO);
  g_assert_cmpint (add (f, track, 10, 0), ==, YL_SFU_PASS_WAITS);
  const uint32_t late = join (f, COURSE, 1);
  g_assert_true (yl_sfu_poll_replay (f->sfu, T0, f->plan));
  g_assert_cmpuint (f->plan->rows[0].peer, ==, late);
  const uint64_t later = T0 + 1000000; /* too late for another replay */
  yl_sfu_set_peer_ready (f->sfu, late, false, T0);
  yl_sfu_set_peer_ready (f->sfu, late, true, later);
  g_assert_false (yl_sfu_poll_replay (f->sfu, later, f->plan));
  while (yl_sfu_passes_waiting (f->passes))
    turn (f, got);
  g_assert_cmpuint (got[late], ==, 10);
}

/* The source starts its numbers anew half-way: what waits of the old ones is
 * of no use, and the next pass begins with everybody. */
static void
test_restart (Fixture *f, gconstpointer data)
{
  unsigned got[PEERS] = { 0 };
  const uint32_t viewers = join (f, COURSE, 100);
  const YlTrackId track = publish (f, COURSE, YL_MEDIA_VIDEO);
  f->seq = 10000;
  g_assert_cmpint (add (f, track, 20, 0), ==, YL_SFU_PASS_WAITS);
  turn (f, got);
  memset (got, 0, sizeof got);
  f->seq = 100;
  g_assert_cmpint (add (f, track, 40, 1), ==, YL_SFU_PASS_WAITS);
  while (yl_sfu_passes_waiting (f->passes))
    turn (f, got);
  for (uint32_t i = 1; i < 100; i++)
    g_assert_cmpuint (got[viewers + i], ==, got[viewers]);
  g_assert_cmpuint (got[viewers], >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, test) \
  g_test_add ("/sfu/passes/" path, Fixture, NULL, set_up, test, tear_down)
  ADD ("call-beside-course", test_call_beside_course);
  ADD ("courses-share", test_courses_share);
  ADD ("sound-with-picture", test_sound_with_picture);
  ADD ("order", test_order);
  ADD ("overload", test_overload);
  ADD ("comings-and-goings", test_comings_and_goings);
  ADD ("leaving-when-served", test_leaving_when_served);
  ADD ("coming-back", test_coming_back);
  ADD ("restart", test_restart);
  return g_test_run ();
}
