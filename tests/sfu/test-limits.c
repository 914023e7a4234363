/* test-limits.c: what one viewer may ask for, and what it cannot spoil */
#include "sfu/limits.h"

#include "base/time.h"
#include "packets.h"
#include "sfu/sfu.h"

#define ROOM ((YlRoomId){ 9 })
#define T0 UINT64_C (50000000)
#define SECOND YL_US_PER_S

static void
test_patience (void)
{
  YlSfuPatience patience = { 0 };
  unsigned counted = 0;
  for (uint64_t t = T0; t < T0 + 60 * SECOND; t += 10000)
    counted += yl_sfu_patience_ask (&patience, t);
  g_assert_cmpuint (counted, >=, 8);
  g_assert_cmpuint (counted, <=, 10);
}

/* Now and then counts every time; quiet makes up for much. */
static void
test_forgiving (void)
{
  YlSfuPatience patience = { 0 };
  uint64_t t = T0;
  for (int i = 0; i < 50; i++, t += 5 * SECOND)
    g_assert_true (yl_sfu_patience_ask (&patience, t));
  for (int i = 0; i < 2000; i++, t += 10000)
    yl_sfu_patience_ask (&patience, t);
  t += 40 * SECOND;
  for (int i = 0; i < 3; i++, t += 150000)
    g_assert_true (yl_sfu_patience_ask (&patience, t));
}

static void
test_budget (void)
{
  YlSfuBudget budget = { 0 };
  unsigned taken = 0;
  for (int i = 0; i < 5000; i++)
    taken += yl_sfu_budget_take (&budget, 100, T0);
  g_assert_cmpuint (taken, ==, 100); /* a burst */
  for (uint64_t t = T0; t < T0 + 10 * SECOND; t += 1000)
    taken += yl_sfu_budget_take (&budget, 100, t);
  g_assert_cmpuint (taken, >=, 1095);
  g_assert_cmpuint (taken, <=, 1105);
  g_assert_true (yl_sfu_budget_take (&budget, 100, T0 + 3600 * SECOND));
}

/* ---- in a room ---- */

typedef struct {
  YlRandom random;
  YlSfu *sfu;
  YlPlan *plan;
  YlTrackId track;
  TestPacket packets[256];
  int64_t seq;
  unsigned keyframes; /* the publisher was asked for */
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  const YlSfuLimits limits = { .max_rooms = 1,
                               .max_peers = 8,
                               .max_tracks = 4 };
  const YlSfuTrack info = { .room = ROOM,
                            .peer = YL_SFU_NO_PEER,
                            .kind = YL_MEDIA_VIDEO,
                            .codec = YL_CODEC_VP8,
                            .clock_rate = 90000 };
  memset (f, 0, sizeof *f);
  yl_random_init_seeded (&f->random, 11);
  f->sfu = yl_sfu_new (&limits, &f->random);
  f->plan = yl_plan_new ();
  g_assert_true (yl_sfu_add_room (f->sfu, ROOM, NULL));
  yl_sfu_set_forwarding (f->sfu, ROOM, true, T0);
  for (uint32_t peer = 0; peer < 4; peer++) {
    const YlPeerConfig config = test_config (1000 * (peer + 1));
    g_assert_true (yl_sfu_set_peer (f->sfu, peer, ROOM, &config, T0, NULL));
    yl_sfu_set_peer_ready (f->sfu, peer, true, T0);
  }
  f->track = yl_sfu_add_track (f->sfu, &info, T0, NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  yl_plan_free (f->plan);
  yl_sfu_free (f->sfu);
}

#define VIDEO_OF(peer) (1000 * ((peer) + 1) + 10)

/* A publisher that answers every wish with the next frame. */
static void
frame (Fixture *f, uint64_t now_us)
{
  YlTrackId asked;
  bool keyframe = f->seq == 0;
  while (yl_sfu_poll_keyframe (f->sfu, now_us, &asked)) {
    keyframe = true;
    f->keyframes++;
  }
  const YlPacket *packet =
      test_packet (&f->packets[f->seq % 256], YL_CODEC_VP8, f->seq,
                   (uint32_t) f->seq * 3000, now_us, keyframe);
  f->seq++;
  yl_sfu_forward (f->sfu, f->track, &packet, 1, now_us, f->plan);
}

/* A minute of wishes, one with every frame: the room has few keyframes; an
 * honest viewer's wish is followed at once all the same. */
static void
test_mad_viewer (Fixture *f, gconstpointer data)
{
  uint64_t t = T0;
  for (int i = 0; i < 30 * 60; i++, t += SECOND / 30) {
    yl_sfu_keyframe_request (f->sfu, 1, VIDEO_OF (1), t);
    frame (f, t);
  }
  g_assert_cmpuint (f->keyframes, <=, 12);
  g_assert_cmpuint (yl_sfu_counters (f->sfu)->keyframes_damped, >, 1700);
  const unsigned before = f->keyframes;
  yl_sfu_keyframe_request (f->sfu, 2, VIDEO_OF (2), t);
  frame (f, t);
  g_assert_cmpuint (f->keyframes, ==, before + 1);
}

/* Many viewers, each with reason enough: not more than the room can bear. */
static void
test_uneasy_room (Fixture *f, gconstpointer data)
{
  uint64_t t = T0;
  for (int i = 0; i < 30 * 60; i++, t += SECOND / 30) {
    for (uint32_t peer = 0; peer < 4; peer++)
      if (i % 30 == (int) (peer * 7))
        yl_sfu_keyframe_request (f->sfu, peer, VIDEO_OF (peer), t);
    frame (f, t);
  }
  g_assert_cmpuint (f->keyframes, <=, 60);
}

/* Asking for everything again and again is bounded work, and counted. */
static void
test_mad_nacks (Fixture *f, gconstpointer data)
{
  uint16_t seqs[YL_PLAN_MAX_PACKETS];
  uint64_t t = T0;
  uint64_t rows = 0;
  for (int i = 0; i < 30 * 4; i++, t += SECOND / 30) {
    frame (f, t);
    for (size_t k = 0; k < f->plan->n_rows; k++)
      if (f->plan->rows[k].peer == 1)
        for (size_t s = 0; s < G_N_ELEMENTS (seqs); s++)
          seqs[s] = (uint16_t) (f->plan->rows[k].seq - (int64_t) s);
    for (int burst = 0; burst < 50; burst++) {
      yl_sfu_nack (f->sfu, 1, VIDEO_OF (1), seqs, G_N_ELEMENTS (seqs), t,
                   f->plan);
      rows += f->plan->n_rows;
    }
  }
  g_assert_cmpuint (rows, <=, 120 + 128); /* twice the media, and a burst */
  g_assert_cmpuint (yl_sfu_counters (f->sfu)->nack_limited, >, 100000);
}

static bool
nack (Fixture *f, uint32_t peer, uint16_t seq, uint64_t now_us)
{
  yl_sfu_nack (f->sfu, peer, VIDEO_OF (peer), &seq, 1, now_us, f->plan);
  return f->plan->n_rows == 1;
}

/* While a room can send no more nothing is noted for who never got any: it
 * has it as soon as there is room. */
static void
test_refused_first (Fixture *f, gconstpointer data)
{
  uint16_t newest[4];
  while (yl_sfu_counters (f->sfu)->nack_limited == 0) {
    frame (f, T0);
    g_assert_cmpint (f->seq, <, 1000);
    g_assert_cmpuint (f->plan->n_rows, ==, 4);
    for (size_t k = 0; k < 4; k++)
      newest[f->plan->rows[k].peer] = (uint16_t) f->plan->rows[k].seq;
    for (uint32_t peer = 1; peer < 4; peer++)
      nack (f, peer, newest[peer], T0);
  }
  g_assert_false (nack (f, 0, newest[0], T0));
  g_assert_true (nack (f, 0, newest[0], T0 + 10000));
  g_assert_false (nack (f, 0, newest[0], T0 + 20000)); /* under way */
  g_assert_cmpuint (yl_sfu_counters (f->sfu)->nack_damped, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sfu/limits/patience", test_patience);
  g_test_add_func ("/sfu/limits/forgiving", test_forgiving);
  g_test_add_func ("/sfu/limits/budget", test_budget);
#define ADD(path, test) \
  g_test_add ("/sfu/limits/" path, Fixture, NULL, set_up, test, tear_down)
  ADD ("mad-viewer", test_mad_viewer);
  ADD ("uneasy-room", test_uneasy_room);
  ADD ("mad-nacks", test_mad_nacks);
  ADD ("refused-first", test_refused_first);
  return g_test_run ();
}
