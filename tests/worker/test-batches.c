/* Packets by track, and how long video waits for the rest of its frame; the
 * clock is the test's. */
#include "worker/worker-private.h"

#include "../sfu/packets.h"

#define ROOM ((YlRoomId){ 5 })
#define MANY 20   /* viewers: video waits 720 µs */
#define CROWD 100 /* video waits 3600 µs */
#define START_US UINT64_C (1000000)

typedef struct {
  YlDtlsCertificate *certificate;
  YlDtlsContext *dtls;
  YlWorker *worker;
  uint32_t n_viewers;
  int64_t seq;
  uint32_t frame;
  unsigned given_back;
  TestPacket packets[2 * YL_PLAN_MAX_PACKETS];
} Fixture;

enum { VIDEO, AUDIO };

static bool
take_slot (void *user, YlWorkerSlot *slot)
{
  return false;
}

static void
give_back_slot (void *user, void *owner)
{
  ((Fixture *) user)->given_back++;
}

static const YlWorkerSlots slots = { take_slot, give_back_slot };

static void
begin_turn (Fixture *f, uint64_t now_us)
{
  f->worker->turn++;
  f->worker->now_us = START_US + now_us;
  yl_worker_begin_batches (f->worker);
}

static void
set_up (Fixture *f, gconstpointer viewers)
{
  f->n_viewers = GPOINTER_TO_UINT (viewers);
  f->frame = 1;
  f->certificate = yl_dtls_certificate_new (NULL);
  f->dtls = yl_dtls_context_new (f->certificate, NULL);
  YlAddress loopback;
  yl_address_parse_ip (&loopback, "127.0.0.1", 0);
  const YlWorkerConfig config = { .bind = &loopback,
                                  .dtls = f->dtls,
                                  .max_peers = CROWD + 1 };
  f->worker = yl_worker_new (&config, NULL);
  yl_worker_set_slots (f->worker, &slots, f);

  YlSfu *sfu = f->worker->sfu;
  const YlPeerConfig nothing = { 0 };
  g_assert_true (yl_sfu_add_room (sfu, ROOM, NULL));
  yl_sfu_set_forwarding (sfu, ROOM, true, 0);
  g_assert_true (yl_sfu_set_peer (sfu, 0, ROOM, &nothing, 0, NULL));
  for (uint32_t i = 1; i <= f->n_viewers; i++) {
    const YlPeerConfig viewer = test_config (100 * i);
    g_assert_true (yl_sfu_set_peer (sfu, i, ROOM, &viewer, 0, NULL));
  }
  YlSfuTrack track = { .room = ROOM,
                       .kind = YL_MEDIA_VIDEO,
                       .codec = YL_CODEC_VP8,
                       .clock_rate = 90000 };
  f->worker->peers[0].tracks[VIDEO] = yl_sfu_add_track (sfu, &track, 0, NULL);
  track.kind = YL_MEDIA_AUDIO;
  track.codec = YL_CODEC_OPUS;
  f->worker->peers[0].tracks[AUDIO] = yl_sfu_add_track (sfu, &track, 0, NULL);
  begin_turn (f, 0);
}

static void
tear_down (Fixture *f, gconstpointer viewers)
{
  yl_worker_free (f->worker);
  yl_dtls_context_free (f->dtls);
  yl_dtls_certificate_free (f->certificate);
}

static void
receive (Fixture *f, uint8_t track, bool marker)
{
  TestPacket *packet = &f->packets[f->seq % (2 * YL_PLAN_MAX_PACKETS)];
  test_packet (packet, track == AUDIO ? YL_CODEC_OPUS : YL_CODEC_VP8, ++f->seq,
               f->frame, f->worker->now_us, false);
  packet->packet.view.marker = marker;
  const YlWorkerSlot slot = { .packet = &packet->packet, .owner = packet };
  g_assert_true (yl_worker_add_to_batch (f->worker, 0, track, &slot));
  f->frame += marker;
}

/* Ends the turn. Returns the number of packets handed out, as decimal digits
 * of one batch each; 0: none. */
static unsigned
take_all (Fixture *f)
{
  YlWorkerBatch batch;
  unsigned all = 0;
  while (yl_worker_take_batch (f->worker, &batch)) {
    for (size_t i = 1; i < batch.n; i++)
      g_assert_cmpint (batch.packets[i]->seq, >, batch.packets[i - 1]->seq);
    all = 10 * all + (unsigned) batch.n;
  }
  yl_worker_drop_batches (f->worker);
  return all;
}

static void
test_frame (Fixture *f, gconstpointer viewers)
{
  receive (f, VIDEO, false);
  g_assert_cmpuint (take_all (f), ==, 0);
  begin_turn (f, 30);
  receive (f, VIDEO, false);
  receive (f, VIDEO, false);
  g_assert_cmpuint (take_all (f), ==, 0);
  g_assert_cmpuint (f->worker->held_until_us, ==, START_US + 720);
  begin_turn (f, 60);
  receive (f, VIDEO, true);
  g_assert_cmpuint (take_all (f), ==, 4);
  g_assert_true (f->worker->held_until_us == YL_NEVER);
  g_assert_cmpuint (f->given_back, ==, 0);
}

static void
test_deadline (Fixture *f, gconstpointer viewers)
{
  receive (f, VIDEO, false);
  g_assert_cmpuint (take_all (f), ==, 0);
  begin_turn (f, 719);
  receive (f, VIDEO, false); /* does not prolong the first one's wait */
  g_assert_cmpuint (take_all (f), ==, 0);
  begin_turn (f, 720);
  g_assert_cmpuint (take_all (f), ==, 2);
  f->frame++;
  begin_turn (f, 5000);
  receive (f, VIDEO, false);
  g_assert_cmpuint (take_all (f), ==, 0);
  g_assert_cmpuint (f->worker->held_until_us, ==, START_US + 5720);
  begin_turn (f, 6000);
  g_assert_cmpuint (take_all (f), ==, 1);
}

static void
test_audio (Fixture *f, gconstpointer viewers)
{
  receive (f, AUDIO, false);
  g_assert_cmpuint (take_all (f), ==, 1);
  begin_turn (f, 10);
  receive (f, VIDEO, false);
  receive (f, VIDEO, false);
  g_assert_cmpuint (take_all (f), ==, 0);
  begin_turn (f, 20); /* takes the video along */
  receive (f, AUDIO, false);
  g_assert_cmpuint (take_all (f), ==, 21);
  begin_turn (f, 30);
  receive (f, VIDEO, false);
  g_assert_cmpuint (take_all (f), ==, 0);
  begin_turn (f, 40);
  receive (f, VIDEO, true);
  g_assert_cmpuint (take_all (f), ==, 2);
}

static void
test_full (Fixture *f, gconstpointer viewers)
{
  for (unsigned i = 0; i < YL_PLAN_MAX_PACKETS + 3; i++)
    receive (f, VIDEO, false);
  YlWorkerBatch batch;
  g_assert_true (yl_worker_take_batch (f->worker, &batch));
  g_assert_cmpuint (batch.n, ==, YL_PLAN_MAX_PACKETS);
  g_assert_cmpuint (take_all (f), ==, 0);
  begin_turn (f, 100);
  receive (f, VIDEO, true);
  g_assert_cmpuint (take_all (f), ==, 4);
}

/* A call of two waits for a burst as well, and nobody for nobody. */
static void
test_few (Fixture *f, gconstpointer viewers)
{
  receive (f, VIDEO, false);
  g_assert_cmpuint (take_all (f), ==, f->n_viewers > 0 ? 0 : 1);
  g_assert_cmpuint (f->worker->held_until_us, ==,
                    f->n_viewers > 0 ? START_US + 300 : YL_NEVER);
}

/* Frames whose packets come one by one are not held, until they come in a
 * burst again. */
static void
test_spread (Fixture *f, gconstpointer viewers)
{
  uint64_t now_us = 0;
  for (unsigned i = 0; i < 25; i++) {
    begin_turn (f, now_us += 3000);
    receive (f, VIDEO, i % 5 == 4);
    take_all (f);
  }
  begin_turn (f, now_us += 3000);
  receive (f, VIDEO, false);
  g_assert_cmpuint (take_all (f), ==, 1);
  begin_turn (f, now_us += 3000);
  receive (f, VIDEO, true);
  take_all (f);
  for (unsigned i = 0; i < 50; i++) {
    begin_turn (f, now_us += i % 5 == 0 ? 13000 : 10);
    receive (f, VIDEO, i % 5 == 4);
    take_all (f);
  }
  begin_turn (f, now_us += 13000);
  receive (f, VIDEO, false);
  g_assert_cmpuint (take_all (f), ==, 0);
}

/* With many viewers such packets leave by pairs. */
static void
test_pairs (Fixture *f, gconstpointer viewers)
{
  uint64_t now_us = 0;
  for (unsigned frame = 0; frame < 10; frame++) {
    for (unsigned pair = 0; pair < 3; pair++) {
      begin_turn (f, now_us);
      receive (f, VIDEO, false);
      g_assert_cmpuint (take_all (f), ==, 0);
      g_assert_cmpuint (f->worker->held_until_us, ==, START_US + now_us + 3600);
      begin_turn (f, now_us + 3000);
      receive (f, VIDEO, pair == 2);
      g_assert_cmpuint (take_all (f), ==, pair == 2 ? 2 : 0);
      begin_turn (f, now_us + 3600);
      g_assert_cmpuint (take_all (f), ==, pair == 2 ? 0 : 2);
      now_us += 6000;
    }
    now_us += 15000;
  }
}

/* The thread sleeps until a frame should be whole, if that is soon. */
static void
test_nap (Fixture *f, gconstpointer viewers)
{
  const unsigned gap_us = 20;
  uint64_t now_us = 0;
  for (unsigned i = 0; i < 100; i++) {
    begin_turn (f, now_us += i % 5 == 0 ? 33000 : gap_us);
    receive (f, VIDEO, i % 5 == 4);
    take_all (f);
    g_assert_true (i % 5 < 4 || f->worker->nap_until_us == YL_NEVER);
  }
  begin_turn (f, now_us += 33000);
  receive (f, VIDEO, false);
  g_assert_cmpuint (take_all (f), ==, 0);
  const uint64_t nap_us = f->worker->nap_until_us - f->worker->now_us;
  g_assert_cmpuint (nap_us, >=, 4 * gap_us - 5);
  g_assert_cmpuint (nap_us, <=, 4 * gap_us * 5 / 4 + 5);
}

/* The track ends, or the element goes: nothing is lost. */
static void
test_end (Fixture *f, gconstpointer viewers)
{
  receive (f, VIDEO, false);
  g_assert_cmpuint (take_all (f), ==, 0);
  begin_turn (f, 10);
  yl_sfu_remove_track (f->worker->sfu, f->worker->peers[0].tracks[VIDEO], 0);
  g_assert_cmpuint (take_all (f), ==, 0);
  g_assert_cmpuint (f->given_back, ==, 1);
  begin_turn (f, 20);
  g_assert_true (f->worker->held_until_us == YL_NEVER);
  g_assert_cmpuint (take_all (f), ==, 0);
}

static void
test_stop (Fixture *f, gconstpointer viewers)
{
  receive (f, VIDEO, false);
  receive (f, VIDEO, false);
  g_assert_cmpuint (take_all (f), ==, 0);
  yl_worker_set_slots (f->worker, NULL, NULL);
  g_assert_cmpuint (f->given_back, ==, 2);
}

/* Another publisher at the same place does not get the packets of the first. */
static void
test_next_tenant (Fixture *f, gconstpointer viewers)
{
  YlWorkerPeer *entry = &f->worker->peers[0];
  receive (f, VIDEO, false);
  g_assert_cmpuint (take_all (f), ==, 0);
  const YlTrackId first = entry->tracks[VIDEO];
  *entry = (YlWorkerPeer){ .tracks = { entry->tracks[AUDIO] } };
  begin_turn (f, 10);
  receive (f, VIDEO, true);
  YlWorkerBatch batch;
  g_assert_true (yl_worker_take_batch (f->worker, &batch));
  g_assert_false (yl_track_id_equal (batch.track, first));
  g_assert_cmpuint (batch.n, ==, 1);
  g_assert_cmpuint (take_all (f), ==, 0);
  begin_turn (f, 900);
  g_assert_true (yl_worker_take_batch (f->worker, &batch));
  g_assert_true (yl_track_id_equal (batch.track, first));
}

static void
add (const char *path, unsigned viewers,
     void (*test) (Fixture *f, gconstpointer viewers))
{
  g_test_add (path, Fixture, GUINT_TO_POINTER (viewers), set_up, test,
              tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/worker/batches/held-to-the-end-of-a-frame", MANY, test_frame);
  add ("/worker/batches/held-until-a-deadline", MANY, test_deadline);
  add ("/worker/batches/audio-is-never-held", MANY, test_audio);
  add ("/worker/batches/full", MANY, test_full);
  add ("/worker/batches/few-viewers", 1, test_few);
  add ("/worker/batches/no-viewers", 0, test_few);
  add ("/worker/batches/spread-frames-are-not-held", MANY, test_spread);
  add ("/worker/batches/spread-frames-leave-by-pairs", CROWD, test_pairs);
  add ("/worker/batches/sleeps-for-a-burst", 1, test_nap);
  add ("/worker/batches/track-ends", MANY, test_end);
  add ("/worker/batches/element-stops", MANY, test_stop);
  add ("/worker/batches/next-tenant", MANY, test_next_tenant);
  return g_test_run ();
}
