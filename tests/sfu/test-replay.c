/* test-replay.c: who comes late sees the picture at once */
#include "sfu/passes.h"

#include "one-track.h"

#define NEWCOMER 2
#define FRAME_US (33 * YL_US_PER_MS)

typedef struct {
  OneTrack one;
  TestPacket packet;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  one_track_set_up (&f->one);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  one_track_tear_down (&f->one);
}

static const YlPacket *
make (Fixture *f, TestPacket *packet, int64_t seq, bool keyframe)
{
  return test_packet (packet, YL_CODEC_VP8, seq, (uint32_t) seq * 3000,
                      f->one.now_us, keyframe);
}

/* A frame of one packet, and a frame's time passes. */
static void
forward (Fixture *f, int64_t seq, bool keyframe)
{
  const YlPacket *packet = make (f, &f->packet, seq, keyframe);
  yl_sfu_forward (f->one.sfu, f->one.track, &packet, 1, f->one.now_us,
                  f->one.plan);
  f->one.now_us += FRAME_US;
}

static bool
keyframe_is_wanted (Fixture *f)
{
  YlTrackId track;
  bool wanted = false;
  while (yl_sfu_poll_keyframe (f->one.sfu, f->one.now_us, &track))
    wanted = true;
  return wanted;
}

/* The row of the viewer, or NULL. */
static const YlPlanRow *
row_of (const Fixture *f, uint32_t peer)
{
  const YlPlanRow *found = NULL;
  for (size_t i = 0; i < f->one.plan->n_rows; i++) {
    if (f->one.plan->rows[i].peer != peer)
      continue;
    g_assert_null (found);
    found = &f->one.plan->rows[i];
  }
  return found;
}

static int64_t
source_seq (const Fixture *f, const YlPlanRow *row)
{
  return f->one.plan->packets[row->packet]->seq;
}

/* Takes in what a newcomer gets, which is all for that peer, in order and
 * without a gap. Returns how many. */
static size_t
replayed (Fixture *f, uint32_t peer, int64_t first, int64_t *newest)
{
  size_t n = 0;
  while (yl_sfu_poll_replay (f->one.sfu, f->one.now_us, f->one.plan)) {
    g_assert_cmpuint (f->one.plan->n_rows, <=, YL_PLAN_MAX_PACKETS);
    for (size_t i = 0; i < f->one.plan->n_rows; i++, n++) {
      const YlPlanRow *row = &f->one.plan->rows[i];
      g_assert_cmpuint (row->peer, ==, peer);
      g_assert_cmpuint (row->ssrc, ==, VIDEO_SLOT (peer));
      g_assert_cmpint (row->kind, ==, YL_PLAN_MEDIA);
      g_assert_cmpint (source_seq (f, row), ==, first + (int64_t) n);
      if (n > 0)
        g_assert_cmpint (row->seq, ==, *newest + 1);
      *newest = row->seq;
    }
  }
  return n;
}

static void
test_newcomer (Fixture *f, gconstpointer data)
{
  forward (f, 99, false);
  for (int64_t seq = 100; seq < 105; seq++)
    forward (f, seq, seq == 100);
  keyframe_is_wanted (f);
  one_track_join (&f->one, NEWCOMER);
  int64_t newest;
  g_assert_cmpuint (replayed (f, NEWCOMER, 100, &newest), ==, 5);
  g_assert_cmpuint (yl_sfu_counters (f->one.sfu)->replayed, ==, 5);

  /* It goes on from there as for everybody, and nobody has to send a
   * keyframe. */
  f->one.now_us += YL_US_PER_S;
  g_assert_false (keyframe_is_wanted (f));
  forward (f, 105, false);
  const YlPlanRow *row = row_of (f, NEWCOMER);
  g_assert_nonnull (row);
  g_assert_cmpint (row->seq, ==, newest + 1);
  g_assert_nonnull (row_of (f, VIEWER));
}

static void
test_many_packets (Fixture *f, gconstpointer data)
{
  for (int64_t seq = 0; seq < 150; seq++) {
    forward (f, seq, seq == 0);
    f->one.now_us = T0;
  }
  one_track_join (&f->one, NEWCOMER);
  int64_t newest;
  g_assert_cmpuint (replayed (f, NEWCOMER, 0, &newest), ==, 150);
}

static void
test_old_keyframe (Fixture *f, gconstpointer data)
{
  forward (f, 100, true);
  keyframe_is_wanted (f);
  f->one.now_us += 500 * YL_US_PER_MS;
  forward (f, 101, false);
  one_track_join (&f->one, NEWCOMER);
  int64_t newest;
  g_assert_cmpuint (replayed (f, NEWCOMER, 100, &newest), ==, 0);
  g_assert_true (keyframe_is_wanted (f));
}

/* The batch that is being handed out when somebody comes. */
static void
test_pass_under_way (Fixture *f, gconstpointer data)
{
  TestPacket first, second;
  YlSfuPass pass;
  forward (f, 100, true);
  const YlPacket *packets[] = { make (f, &first, 101, false),
                                make (f, &second, 102, false) };
  yl_sfu_pass_begin (f->one.sfu, &pass, f->one.track, packets, 2);
  one_track_join (&f->one, NEWCOMER);
  int64_t newest;
  g_assert_cmpuint (replayed (f, NEWCOMER, 100, &newest), ==, 3);
  yl_sfu_pass_next (f->one.sfu, &pass, SIZE_MAX, f->one.now_us, f->one.plan);
  g_assert_null (row_of (f, NEWCOMER)); /* it has them already */
  g_assert_cmpuint (f->one.plan->n_rows, ==, 2);
}

static void
test_hole (Fixture *f, gconstpointer data)
{
  forward (f, 100, true);
  forward (f, 102, false);
  one_track_join (&f->one, NEWCOMER);
  g_assert_true (yl_sfu_poll_replay (f->one.sfu, f->one.now_us, f->one.plan));
  g_assert_cmpuint (f->one.plan->n_rows, ==, 2);
  const int64_t seq = f->one.plan->rows[0].seq;
  g_assert_cmpint (f->one.plan->rows[1].seq, ==, seq + 2);

  /* The newcomer asks for what was missing as soon as it has come. */
  forward (f, 101, false);
  const uint16_t missing = (uint16_t) (seq + 1);
  yl_sfu_nack (f->one.sfu, NEWCOMER, VIDEO_SLOT (NEWCOMER), &missing, 1,
               f->one.now_us, f->one.plan);
  g_assert_cmpuint (f->one.plan->n_rows, ==, 1);
  g_assert_cmpint (source_seq (f, &f->one.plan->rows[0]), ==, 101);
}

/* Who is gone, or whose source has begun anew, before the turn's end. */
static void
test_gone_meanwhile (Fixture *f, gconstpointer data)
{
  forward (f, 2000000, true);
  one_track_join (&f->one, NEWCOMER);
  yl_sfu_remove_peer (f->one.sfu, NEWCOMER, f->one.now_us);
  g_assert_false (yl_sfu_poll_replay (f->one.sfu, f->one.now_us, f->one.plan));

  one_track_join (&f->one, NEWCOMER);
  for (int64_t seq = 0; seq < 40; seq++)
    forward (f, seq, false);
  g_assert_false (yl_sfu_poll_replay (f->one.sfu, f->one.now_us, f->one.plan));
  g_assert_true (keyframe_is_wanted (f));
  forward (f, 40, true);
  g_assert_nonnull (row_of (f, NEWCOMER));
}

/* What a camera sent before the call was accepted is for nobody. */
static void
test_before_forwarding (Fixture *f, gconstpointer data)
{
  yl_sfu_set_forwarding (f->one.sfu, ROOM, false, f->one.now_us);
  forward (f, 100, true);
  forward (f, 101, false);
  one_track_join (&f->one, NEWCOMER);
  g_assert_false (yl_sfu_poll_replay (f->one.sfu, f->one.now_us, f->one.plan));
  yl_sfu_set_forwarding (f->one.sfu, ROOM, true, f->one.now_us);
  g_assert_false (yl_sfu_poll_replay (f->one.sfu, f->one.now_us, f->one.plan));
  g_assert_true (keyframe_is_wanted (f));
}

/* A keyframe that came between connecting and the turn's end is enough. */
static void
test_keyframe_meanwhile (Fixture *f, gconstpointer data)
{
  forward (f, 100, true);
  one_track_join (&f->one, NEWCOMER);
  forward (f, 101, true);
  g_assert_nonnull (row_of (f, NEWCOMER));
  g_assert_false (yl_sfu_poll_replay (f->one.sfu, f->one.now_us, f->one.plan));
  forward (f, 102, false);
  g_assert_nonnull (row_of (f, NEWCOMER));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) \
  g_test_add ("/sfu/replay/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("newcomer", test_newcomer);
  ADD ("many-packets", test_many_packets);
  ADD ("old-keyframe", test_old_keyframe);
  ADD ("pass-under-way", test_pass_under_way);
  ADD ("hole", test_hole);
  ADD ("gone-meanwhile", test_gone_meanwhile);
  ADD ("before-forwarding", test_before_forwarding);
  ADD ("keyframe-meanwhile", test_keyframe_meanwhile);
  return g_test_run ();
}
