/* test-allocations.c: forwarding and sending allocate nothing */
#include "egress/egress.h"
#include "sfu/sfu.h"
#include "srtp/sender.h"

#include "../support/allocations.h"
#include "../sfu/packets.h"

#include <stdlib.h>

#define VIEWERS 20
#define BATCH 10
#define ROOM ((YlRoomId){ 1 })

static size_t n_sent;

static size_t
swallow (void *user, const YlEgressMessage *messages, size_t n,
         YlSendResult *why)
{
  n_sent += n;
  *why = YL_SEND_OK;
  return n;
}

typedef struct {
  YlSfu *sfu;
  YlEgress *egress;
  YlPlan *plan;
  YlTrackId audio, video;
  int64_t seq;
  TestPacket packets[BATCH];
} Path;

static void
run_batch (Path *p, YlTrackId track, YlCodec codec, size_t n, uint64_t now_us)
{
  const YlPacket *packets[BATCH];
  uint16_t seqs[4];
  for (size_t i = 0; i < n; i++) {
    packets[i] = test_packet (&p->packets[i], codec, ++p->seq,
                              (uint32_t) now_us, now_us, i == 0);
    p->packets[i].packet.info.descriptor_size = codec == YL_CODEC_VP8 ? 6 : 0;
  }
  yl_sfu_forward (p->sfu, track, packets, n, now_us, p->plan);
  g_assert_cmpuint (p->plan->n_rows, ==, n * VIEWERS);
  for (unsigned i = 0; i < 4; i++)
    seqs[i] = (uint16_t) p->plan->rows[i % n].seq;
  yl_egress_write (p->egress, p->plan, now_us);
  yl_sfu_nack (p->sfu, 1, 110, seqs, 4, now_us, p->plan);
  yl_egress_write (p->egress, p->plan, now_us);
}

static void
run_turn (Path *p, uint64_t now_us)
{
  YlTrackId track;
  YlSfuReport reports[4];
  run_batch (p, p->video, YL_CODEC_VP8, BATCH, now_us);
  run_batch (p, p->audio, YL_CODEC_OPUS, 1, now_us);
  yl_sfu_keyframe_request (p->sfu, 1, 110, now_us);
  while (yl_sfu_poll_keyframe (p->sfu, now_us, &track))
    ;
  yl_sfu_sender_reports (p->sfu, 1, now_us, reports, 4);
  yl_egress_flush (p->egress, now_us);
}

static void
test_none (void)
{
  const YlSfuLimits limits = { .max_rooms = 1,
                               .max_peers = VIEWERS + 1,
                               .max_tracks = 4 };
  const YlPeerConfig nothing = { 0 };
  const YlSrtpKeying keying = { .profile = YL_SRTP_PROFILE_AEAD_AES_128_GCM };
  YlSrtpSender *senders[VIEWERS + 1] = { NULL };
  YlRandom random;
  Path p = { .plan = yl_plan_new (), .seq = 0x10000 };
  yl_random_init_seeded (&random, 1);
  p.sfu = yl_sfu_new (&limits, &random);
  p.egress = yl_egress_new (VIEWERS + 1, swallow, NULL);
  g_assert_true (yl_sfu_add_room (p.sfu, ROOM, NULL));
  yl_sfu_set_forwarding (p.sfu, ROOM, true, 0);
  g_assert_true (yl_sfu_set_peer (p.sfu, 0, ROOM, &nothing, 0, NULL));
  for (uint32_t i = 1; i <= VIEWERS; i++) {
    const YlPeerConfig config = test_config (100 * i);
    senders[i] = yl_srtp_sender_new (&keying);
    const YlEgressPeer peer = { .sender = senders[i], .config = &config };
    g_assert_true (yl_sfu_set_peer (p.sfu, i, ROOM, &config, 0, NULL));
    yl_egress_set_peer (p.egress, i, &peer);
    yl_sfu_set_peer_ready (p.sfu, i, true, 0);
  }
  YlSfuTrack track = { .room = ROOM,
                       .kind = YL_MEDIA_AUDIO,
                       .codec = YL_CODEC_OPUS,
                       .clock_rate = 48000 };
  p.audio = yl_sfu_add_track (p.sfu, &track, 0, NULL);
  track = (YlSfuTrack){ .room = ROOM,
                        .kind = YL_MEDIA_VIDEO,
                        .codec = YL_CODEC_VP8,
                        .clock_rate = 90000 };
  p.video = yl_sfu_add_track (p.sfu, &track, 0, NULL);

  uint64_t now_us = 1000000;
  for (unsigned i = 0; i < 200; i++) /* tables and histories settle */
    run_turn (&p, now_us += 33000);
  const unsigned long before = allocations_so_far ();
  for (unsigned i = 0; i < 500; i++)
    run_turn (&p, now_us += 33000);
  const unsigned long during = allocations_so_far () - before;
  g_assert_cmpuint (during, ==, 0);
  g_assert_cmpuint (yl_sfu_counters (p.sfu)->resent, >, 0);
  g_assert_cmpuint (yl_egress_counters (p.egress)->dropped_protect, ==, 0);
  g_assert_cmpuint (n_sent, >, 0);

  for (uint32_t i = 1; i <= VIEWERS; i++)
    yl_srtp_sender_free (senders[i]);
  yl_egress_free (p.egress);
  yl_sfu_free (p.sfu);
  yl_plan_free (p.plan);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/egress/allocations/none-per-packet", test_none);
  return g_test_run ();
}
