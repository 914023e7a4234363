/* test-histories.c: as much is kept as viewers may ask for, and no more */

#include "base/page-pool.h"
#include "one-track.h"

/* One packet a millisecond: of so many octets, with what is kept beside. */
#define PACKET_OCTETS 108

typedef struct {
  OneTrack one;
  int64_t seq;
  int64_t sent; /* the viewer's number of the newest */
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

static void
forward (Fixture *f, bool keyframe)
{
  TestPacket packet;
  f->seq++;
  f->one.now_us += YL_US_PER_MS;
  const YlPacket *packets[] = { test_packet (&packet, YL_CODEC_VP8, f->seq,
                                             (uint32_t) f->seq * 90,
                                             f->one.now_us, keyframe) };
  yl_sfu_forward (f->one.sfu, f->one.track, packets, 1, f->one.now_us,
                  f->one.plan);
  for (size_t i = 0; i < f->one.plan->n_rows; i++)
    if (f->one.plan->rows[i].peer == VIEWER)
      f->sent = f->one.plan->rows[i].seq;
}

static void
forward_for (Fixture *f, unsigned ms)
{
  for (unsigned i = 0; i < ms; i++)
    forward (f, false);
}

/* Whether the viewer gets what came @ms ago once more. */
static bool
is_resent (Fixture *f, unsigned ms)
{
  const uint16_t seq = (uint16_t) (f->sent - ms);
  yl_sfu_nack (f->one.sfu, VIEWER, VIDEO_SLOT (VIEWER), &seq, 1, f->one.now_us,
               f->one.plan);
  g_assert_cmpuint (f->one.plan->n_rows, <=, 1);
  if (f->one.plan->n_rows == 1)
    g_assert_cmpint (f->one.plan->packets[0]->seq, ==, f->seq - ms);
  return f->one.plan->n_rows == 1;
}

/* About @ms of packets are kept: not less, and two pages more at most. */
static void
assert_keeps (const Fixture *f, unsigned ms)
{
  const size_t octets = yl_sfu_history_octets (f->one.sfu);
  g_assert_cmpuint (octets, >=, (ms - 1) * PACKET_OCTETS);
  g_assert_cmpuint (octets, <=, ms * PACKET_OCTETS + 2 * YL_PAGE_SIZE);
}

static void
test_round_trip (Fixture *f, gconstpointer data)
{
  forward (f, true);
  forward_for (f, 2000);
  assert_keeps (f, 200); /* nothing is known yet */
  yl_sfu_reception (f->one.sfu, VIEWER, 0);
  forward_for (f, 1000);
  assert_keeps (f, 200);
  yl_sfu_reception (f->one.sfu, VIEWER, 2000);
  forward_for (f, 1000);
  assert_keeps (f, 54);
  yl_sfu_reception (f->one.sfu, VIEWER, 100000);
  forward_for (f, 1000);
  assert_keeps (f, 250);
  g_assert_true (is_resent (f, 249));
}

/* All that one request asks for is there at once, also what had to be put
 * together from two pages. */
static void
test_many_at_once (Fixture *f, gconstpointer data)
{
  forward (f, true);
  yl_sfu_reception (f->one.sfu, VIEWER, 400000);
  forward_for (f, 1000);
  for (unsigned back = 800; back >= YL_PLAN_MAX_PACKETS; back -= 50) {
    uint16_t seqs[YL_PLAN_MAX_PACKETS];
    for (unsigned i = 0; i < YL_PLAN_MAX_PACKETS; i++)
      seqs[i] = (uint16_t) (f->sent - back + i);
    yl_sfu_nack (f->one.sfu, VIEWER, VIDEO_SLOT (VIEWER), seqs,
                 YL_PLAN_MAX_PACKETS, f->one.now_us, f->one.plan);
    for (unsigned i = 0; i < f->one.plan->n_rows; i++) {
      const YlPacket *packet =
          f->one.plan->packets[f->one.plan->rows[i].packet];
      const int64_t seq = f->seq - back + i;
      g_assert_cmpint (packet->seq, ==, seq);
      g_assert_cmpmem (packet->view.payload, 8, &seq, 8);
    }
    g_assert_cmpuint (f->one.plan->n_rows, ==, YL_PLAN_MAX_PACKETS);
    forward_for (f, 64); /* earns as many resends again */
  }
}

/* A shorter one is believed when it stays. */
static void
test_shorter_round_trip (Fixture *f, gconstpointer data)
{
  forward (f, true);
  yl_sfu_reception (f->one.sfu, VIEWER, 200000);
  yl_sfu_reception (f->one.sfu, VIEWER, 2000);
  forward_for (f, 1500);
  assert_keeps (f, 400);
  for (int i = 0; i < 60; i++)
    yl_sfu_reception (f->one.sfu, VIEWER, 2000);
  forward_for (f, 1500);
  assert_keeps (f, 54);
}

/* Who asks late, whatever the reports say, is answered the next time. */
static void
test_late_request (Fixture *f, gconstpointer data)
{
  forward (f, true);
  yl_sfu_reception (f->one.sfu, VIEWER, 2000);
  forward_for (f, 2000);
  g_assert_false (is_resent (f, 200));
  g_assert_false (is_resent (f, 201)); /* doubled twice by now */
  forward_for (f, 1000);
  g_assert_true (is_resent (f, 200)); /* and it may be later still */
  yl_sfu_reception (f->one.sfu, VIEWER, 2000);
  forward_for (f, 1000);
  g_assert_true (is_resent (f, 299)); /* it is kept for 400 ms by now */
  forward_for (f, 60000);
  assert_keeps (f, 598);
  forward_for (f, 60000);
  assert_keeps (f, 54);
}

/* Of many some are far away. */
static void
test_many_viewers (Fixture *f, gconstpointer data)
{
  forward (f, true);
  for (uint32_t peer = VIEWER + 1; peer <= VIEWER + 4; peer++)
    one_track_join (&f->one, peer);
  for (uint32_t peer = VIEWER; peer <= VIEWER + 4; peer++)
    yl_sfu_reception (f->one.sfu, peer, peer == VIEWER + 2 ? 50000 : 1000);
  forward_for (f, 2000);
  assert_keeps (f, 1000);
  yl_sfu_remove_peer (f->one.sfu, VIEWER + 4, f->one.now_us);
  forward_for (f, 2000);
  assert_keeps (f, 150); /* the farthest */
  yl_sfu_remove_peer (f->one.sfu, VIEWER + 2, f->one.now_us);
  forward_for (f, 2000);
  assert_keeps (f, 52);
  for (uint32_t peer = VIEWER; peer <= VIEWER + 3; peer++)
    yl_sfu_remove_peer (f->one.sfu, peer, f->one.now_us);
  forward_for (f, 2000);
  assert_keeps (f, 50);
}

/* For newcomers, until they would get another keyframe anyway. */
static void
test_keyframe (Fixture *f, gconstpointer data)
{
  forward (f, true);
  yl_sfu_reception (f->one.sfu, VIEWER, 2000);
  forward_for (f, 1000);
  assert_keeps (f, 54);
  forward (f, true);
  for (int i = 0; i < 180; i++) /* a replay is of so many packets at most */
    forward (f, false);
  one_track_join (&f->one, 2);
  size_t n = 0;
  while (yl_sfu_poll_replay (f->one.sfu, f->one.now_us, f->one.plan))
    n += f->one.plan->n_rows;
  g_assert_cmpuint (n, ==, 181);
  yl_sfu_remove_peer (f->one.sfu, 2, f->one.now_us);
  forward_for (f, 200);
  assert_keeps (f, 381);
  forward_for (f, 100);
  assert_keeps (f, 54);
}

/* What nobody is to see is not kept. */
static void
test_not_forwarding (Fixture *f, gconstpointer data)
{
  forward (f, true);
  forward_for (f, 500);
  yl_sfu_set_forwarding (f->one.sfu, ROOM, false, f->one.now_us);
  g_assert_cmpuint (yl_sfu_history_octets (f->one.sfu), ==, 0);
  forward_for (f, 500);
  g_assert_cmpuint (yl_sfu_history_octets (f->one.sfu), ==, 0);
  yl_sfu_set_forwarding (f->one.sfu, ROOM, true, f->one.now_us);
  forward (f, true);
  forward_for (f, 1000);
  assert_keeps (f, 200);
  g_assert_true (is_resent (f, 150));
}

/* A camera that is switched off leaves no more than a page behind. */
static void
test_stopped (Fixture *f, gconstpointer data)
{
  YlSfuReport reports[4];
  forward (f, true);
  forward_for (f, 1000);
  f->one.now_us += YL_US_PER_S;
  yl_sfu_sender_reports (f->one.sfu, VIEWER, f->one.now_us, reports, 4);
  g_assert_cmpuint (yl_sfu_history_octets (f->one.sfu), ==, YL_PAGE_SIZE);
}

#define ADD(name, test) \
  g_test_add ("/sfu/histories/" name, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("round-trip", test_round_trip);
  ADD ("many-at-once", test_many_at_once);
  ADD ("shorter-round-trip", test_shorter_round_trip);
  ADD ("late-request", test_late_request);
  ADD ("many-viewers", test_many_viewers);
  ADD ("keyframe", test_keyframe);
  ADD ("not-forwarding", test_not_forwarding);
  ADD ("stopped", test_stopped);
  return g_test_run ();
}
