/* test-lip-sync.c: what a viewer computes from our sender reports
 *
 * Publishers have clocks of their own, wrong by hours, drifting, with RTP
 * clocks that drift again; their reports arrive late and irregularly. The
 * viewer maps slot timestamps to our clock by our reports and must find that
 * sound and picture of one moment belong together. */
#include "sfu/sfu.h"

#include "packets.h"
#include "sfu/clock.h"

#define ROOM ((YlRoomId){ 1 })
#define VIEWER 7
#define MS INT64_C (1000)
#define S INT64_C (1000000)
#define LIMIT_US (40 * MS)

/* One publisher's idea of time, as ppm and offsets against true time. */
typedef struct {
  int64_t ntp_offset_us;
  int64_t ntp_ppm;
  int64_t audio_ppm; /* of the sampling clock */
  int64_t jitter_us; /* of its uplink */
  int64_t ntp_step_at_us, ntp_step_us;
  uint32_t audio_base, video_base;
} Source;

typedef struct {
  YlSfu *sfu;
  YlPlan *plan;
  YlRandom random;
  TestPacket packet;
  YlTrackId audio, video;
  int64_t seq;
  uint64_t audio_report_us, video_report_us; /* next from the publisher */
  YlSfuReport audio_sr, video_sr;            /* last told the viewer */
  uint64_t next_sr_us;
  uint32_t audio_ts, video_ts; /* of the newest moment, in the slots */
  int64_t worst_us;
  unsigned n_checked;
} Fixture;

static int64_t
drifted (int64_t us, int64_t ppm)
{
  return us + us / 1000000 * ppm;
}

static int64_t
sender_time (const Source *s, int64_t now_us)
{
  return drifted (now_us, s->ntp_ppm) + s->ntp_offset_us
         + (now_us >= s->ntp_step_at_us ? s->ntp_step_us : 0);
}

static uint32_t
audio_rtp (const Source *s, int64_t now_us)
{
  return s->audio_base
         + (uint32_t) (drifted (now_us, s->ntp_ppm + s->audio_ppm) * 48 / 1000);
}

static uint32_t
video_rtp (const Source *s, int64_t now_us)
{
  return s->video_base + (uint32_t) (drifted (now_us, s->ntp_ppm) * 90 / 1000);
}

static uint64_t
to_ntp (int64_t us)
{
  return (uint64_t) (us / S) << 32 | ((uint64_t) (us % S) << 32) / S;
}

static uint64_t
jitter (Fixture *f, const Source *s)
{
  return s->jitter_us > 0 ? yl_random_u32 (&f->random) % (uint64_t) s->jitter_us
                          : 0;
}

static uint32_t
forward_one (Fixture *f, YlTrackId track, YlCodec codec, uint32_t rtp,
             uint64_t now_us)
{
  const YlPacket *p =
      test_packet (&f->packet, codec, f->seq++, rtp, now_us, true);
  yl_sfu_forward (f->sfu, track, &p, 1, now_us, f->plan);
  g_assert_cmpuint (f->plan->n_rows, ==, 1);
  return f->plan->rows[0].timestamp;
}

static void
tell_viewer (Fixture *f, uint64_t now_us)
{
  YlSfuReport reports[4];
  const size_t n = yl_sfu_sender_reports (f->sfu, VIEWER, now_us, reports, 4);
  for (size_t i = 0; i < n; i++) {
    g_assert_cmpuint (reports[i].ntp, ==, yl_sfu_ntp (now_us));
    if (reports[i].ssrc == 100)
      f->audio_sr = reports[i];
    else
      f->video_sr = reports[i];
  }
  f->next_sr_us = now_us + S;
}

/* When the viewer believes that @ts happened. */
static int64_t
believed (const YlSfuReport *sr, uint32_t ts, int64_t rate)
{
  return yl_sfu_clock_from_ntp (sr->ntp)
         + (int64_t) (int32_t) (ts - sr->rtp) * S / rate;
}

static void
check (Fixture *f)
{
  if (f->audio_sr.ssrc == 0 || f->video_sr.ssrc == 0)
    return;
  const int64_t error = believed (&f->audio_sr, f->audio_ts, 48000)
                        - believed (&f->video_sr, f->video_ts, 90000);
  f->worst_us = MAX (f->worst_us, ABS (error));
  f->n_checked++;
}

static void
publish (Fixture *f, uint32_t peer)
{
  const YlPeerConfig nothing = { 0 };
  YlSfuTrack track = { .room = ROOM,
                       .peer = peer,
                       .kind = YL_MEDIA_AUDIO,
                       .codec = YL_CODEC_OPUS,
                       .clock_rate = 48000 };
  g_assert_true (yl_sfu_set_peer (f->sfu, peer, ROOM, &nothing, 0, NULL));
  f->audio = yl_sfu_add_track (f->sfu, &track, 0, NULL);
  track.kind = YL_MEDIA_VIDEO;
  track.codec = YL_CODEC_VP8;
  track.clock_rate = 90000;
  f->video = yl_sfu_add_track (f->sfu, &track, 0, NULL);
  f->audio_sr.ssrc = f->video_sr.ssrc = 0;
}

/* Audio reports come every 5 s, video ones every second, as in Chrome; both
 * are written at the sender's time and arrive later. */
static void
run (Fixture *f, const Source *s, int64_t from_us, int64_t until_us)
{
  f->audio_report_us = f->video_report_us = (uint64_t) from_us + 300 * MS;
  f->next_sr_us = (uint64_t) from_us;
  for (int64_t now = from_us; now < until_us; now += 20 * MS) {
    const uint64_t late_us = (uint64_t) now + jitter (f, s);
    if ((uint64_t) now >= f->audio_report_us) {
      yl_sfu_source_report (f->sfu, f->audio, to_ntp (sender_time (s, now)),
                            audio_rtp (s, now), late_us);
      f->audio_report_us += 5 * S;
    }
    if ((uint64_t) now >= f->video_report_us) {
      yl_sfu_source_report (f->sfu, f->video, to_ntp (sender_time (s, now)),
                            video_rtp (s, now), late_us);
      f->video_report_us += S;
    }
    f->audio_ts =
        forward_one (f, f->audio, YL_CODEC_OPUS, audio_rtp (s, now), late_us);
    f->video_ts = forward_one (f, f->video, YL_CODEC_VP8, video_rtp (s, now),
                               (uint64_t) now + jitter (f, s));
    if ((uint64_t) now >= f->next_sr_us)
      tell_viewer (f, late_us);
    check (f);
  }
}

static void
set_up (Fixture *f, gconstpointer data)
{
  const YlSfuLimits limits = { .max_rooms = 1,
                               .max_peers = 8,
                               .max_tracks = 8 };
  const YlPeerConfig config = test_config (100);
  memset (f, 0, sizeof *f);
  const uint32_t seed = g_test_rand_int ();
  g_test_message ("seed %u", seed);
  yl_random_init_seeded (&f->random, seed);
  f->sfu = yl_sfu_new (&limits, &f->random);
  f->plan = yl_plan_new ();
  f->seq = 0x10000;
  g_assert_true (yl_sfu_add_room (f->sfu, ROOM, NULL));
  yl_sfu_set_forwarding (f->sfu, ROOM, true, 0);
  g_assert_true (yl_sfu_set_peer (f->sfu, VIEWER, ROOM, &config, 0, NULL));
  yl_sfu_set_peer_ready (f->sfu, VIEWER, true, 0);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_test_message ("worst error %" G_GINT64_FORMAT " us over %u moments",
                  f->worst_us, f->n_checked);
  yl_plan_free (f->plan);
  yl_sfu_free (f->sfu);
}

static void
test_skewed (Fixture *f, gconstpointer data)
{
  const Source s = { .ntp_offset_us = 3600 * 1000 * S,
                     .audio_base = 0xfffff000,
                     .video_base = 12345,
                     .ntp_step_at_us = INT64_MAX };
  publish (f, 0);
  run (f, &s, 10 * S, 40 * S);
  g_assert_cmpuint (f->n_checked, >, 1000);
  g_assert_cmpint (f->worst_us, <=, 2 * MS);
}

static void
test_drift_and_jitter (Fixture *f, gconstpointer data)
{
  const Source s = { .ntp_offset_us = 77 * S,
                     .ntp_ppm = 150,
                     .audio_ppm = -100,
                     .jitter_us = 200 * MS,
                     .audio_base = 99,
                     .video_base = 0x80000000,
                     .ntp_step_at_us = INT64_MAX };
  publish (f, 0);
  run (f, &s, 10 * S, 600 * S);
  g_assert_cmpint (f->worst_us, <=, LIMIT_US);
}

/* Another publisher in the same slots, with quite another clock. */
static void
test_switch (Fixture *f, gconstpointer data)
{
  const Source first = { .ntp_offset_us = 5 * S,
                         .jitter_us = 30 * MS,
                         .audio_base = 1,
                         .video_base = 2,
                         .ntp_step_at_us = INT64_MAX };
  const Source second = { .ntp_offset_us = 4000 * S,
                          .ntp_ppm = -80,
                          .jitter_us = 60 * MS,
                          .audio_base = 0x70000000,
                          .video_base = 0x10,
                          .ntp_step_at_us = INT64_MAX };
  publish (f, 0);
  run (f, &first, 10 * S, 30 * S);
  yl_sfu_remove_peer (f->sfu, 0, 30 * S);
  publish (f, 1);
  run (f, &second, 33 * S, 80 * S);
  g_assert_cmpint (f->worst_us, <=, LIMIT_US);
}

/* Its clock is set while it talks; what its tracks said before is void. */
static void
test_clock_set (Fixture *f, gconstpointer data)
{
  const Source s = { .ntp_offset_us = 5000 * S,
                     .jitter_us = 30 * MS,
                     .ntp_step_at_us = 20 * S + 600 * MS,
                     .ntp_step_us = -600 * S };
  publish (f, 0);
  run (f, &s, 10 * S, 60 * S);
  g_assert_cmpint (f->worst_us, <=, LIMIT_US);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, test) \
  g_test_add ("/sfu/lip-sync/" path, Fixture, NULL, set_up, test, tear_down)
  ADD ("skewed-bases", test_skewed);
  ADD ("drift-and-jitter", test_drift_and_jitter);
  ADD ("switch", test_switch);
  ADD ("clock-set", test_clock_set);
  return g_test_run ();
}
