/* one-track.h: a room that forwards, a publisher with a camera and a viewer */
#pragma once

#include "base/time.h"
#include "packets.h"
#include "sfu/sfu.h"

#define ROOM ((YlRoomId){ 9 })
#define PUBLISHER 0
#define VIEWER 1
#define SSRC(peer) (1000 * ((peer) + 1))
#define VIDEO_SLOT(peer) (SSRC (peer) + 10)
#define T0 UINT64_C (50000000)

typedef struct {
  YlRandom random;
  YlSfu *sfu;
  YlPlan *plan;
  YlTrackId track;
  uint64_t now_us;
} OneTrack;

static inline void
one_track_join (OneTrack *self, uint32_t peer)
{
  const YlPeerConfig config = test_config (SSRC (peer));
  g_assert_true (
      yl_sfu_set_peer (self->sfu, peer, ROOM, &config, self->now_us, NULL));
  yl_sfu_set_peer_ready (self->sfu, peer, true, self->now_us);
}

static inline void
one_track_set_up (OneTrack *self)
{
  const YlSfuLimits limits = { .max_rooms = 1,
                               .max_peers = 16,
                               .max_tracks = 4 };
  const YlSfuTrack info = { .room = ROOM,
                            .peer = PUBLISHER,
                            .kind = YL_MEDIA_VIDEO,
                            .codec = YL_CODEC_VP8,
                            .clock_rate = 90000 };
  self->now_us = T0;
  yl_random_init_seeded (&self->random, 7);
  self->sfu = yl_sfu_new (&limits, &self->random);
  self->plan = yl_plan_new ();
  g_assert_true (yl_sfu_add_room (self->sfu, ROOM, NULL));
  yl_sfu_set_forwarding (self->sfu, ROOM, true, T0);
  one_track_join (self, PUBLISHER);
  one_track_join (self, VIEWER);
  self->track = yl_sfu_add_track (self->sfu, &info, T0, NULL);
}

static inline void
one_track_tear_down (OneTrack *self)
{
  yl_plan_free (self->plan);
  yl_sfu_free (self->sfu);
}
