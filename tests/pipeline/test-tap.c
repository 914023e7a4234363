#include "pipeline/tap.h"

#include "pipeline/demo-expert.h"
#include "relay-fixture.h"

#include <glib/gstdio.h>

#define RECORD                                        \
  "proxysrc name=video ! rtpjitterbuffer latency=50 " \
  "! rtpvp8depay wait-for-keyframe=true ! mux. "      \
  "proxysrc name=audio ! rtpjitterbuffer latency=50 " \
  "! rtpopusdepay ! opusparse ! mux. "                \
  "webmmux name=mux ! filesink name=file location=%s"

static const YlRoomId room = { 7 };
static const YlPipelineTapInput inputs[] = {
  { .room = { 7 }, .kind = "video", .proxysrc = "video" },
  { .room = { 7 }, .kind = "audio", .proxysrc = "audio" },
};

typedef struct {
  RelayFixture relay;
  YlPipelineDemoExpert *expert;
  unsigned ended;
  bool failed;
  uint64_t packets; /* to wait for */
} Call;

static void
call_init (Call *self)
{
  g_autoptr (GError) error = NULL;
  *self = (Call){ 0 };
  relay_fixture_init (&self->relay);
  relay_fixture_open_room (&self->relay, room);
  self->expert = yl_pipeline_demo_expert_new (self->relay.relay);
  g_assert_true (yl_pipeline_demo_expert_join (self->expert, room, &error));
  g_assert_no_error (error);
}

static void
call_clear (Call *self)
{
  yl_pipeline_demo_expert_free (self->expert);
  relay_fixture_clear (&self->relay);
}

static void
on_ended (void *user, const GError *error)
{
  Call *call = user;
  call->ended++;
  call->failed = error != NULL;
}

static bool
has_ended (void *user)
{
  return ((Call *) user)->ended > 0;
}

static uint64_t
packets_in (Call *call)
{
  return relay_fixture_metrics (&call->relay).sfu.packets_in;
}

static bool
has_packets (void *user)
{
  Call *call = user;
  return packets_in (call) >= call->packets;
}

/* Media flow on: @n packets more come through the relay. */
static void
let_flow (Call *call, uint64_t n)
{
  call->packets = packets_in (call) + n;
  g_assert_true (fixture_wait (has_packets, call, 20));
}

typedef struct {
  unsigned frames;
  unsigned odd_frames; /* of another size */
  double loudest;      /* sample, 0..1 */
  GstClockTime last;   /* video */
} Seen;

static void
on_frame (GstElement *sink, GstBuffer *buffer, GstPad *pad, void *user)
{
  Seen *seen = user;
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  const GstStructure *s = gst_caps_get_structure (caps, 0);
  int width = 0, height = 0;
  gst_structure_get_int (s, "width", &width);
  gst_structure_get_int (s, "height", &height);
  seen->frames++;
  seen->odd_frames += width != 640 || height != 360;
  seen->last = GST_BUFFER_PTS (buffer);
}

static void
on_samples (GstElement *sink, GstBuffer *buffer, GstPad *pad, void *user)
{
  Seen *seen = user;
  GstMapInfo map;
  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  const int16_t *samples = (const int16_t *) (void *) map.data;
  for (gsize i = 0; i < map.size / sizeof *samples; i++)
    seen->loudest = MAX (seen->loudest, samples[i] / 32768.0);
  gst_buffer_unmap (buffer, &map);
}

static void
play (const char *path, Seen *seen)
{
  g_autofree char *text = g_strdup_printf (
      "filesrc location=%s ! matroskademux name=demux "
      "demux.video_0 ! queue ! vp8dec "
      "! fakesink name=video sync=false signal-handoffs=true "
      "demux.audio_0 ! queue ! opusdec ! audio/x-raw,format=S16LE "
      "! fakesink name=audio sync=false signal-handoffs=true",
      path);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) player = gst_parse_launch (text, &error);
  g_assert_no_error (error);
  g_autoptr (GstElement) video =
      gst_bin_get_by_name (GST_BIN (player), "video");
  g_autoptr (GstElement) audio =
      gst_bin_get_by_name (GST_BIN (player), "audio");
  g_signal_connect (video, "handoff", G_CALLBACK (on_frame), seen);
  g_signal_connect (audio, "handoff", G_CALLBACK (on_samples), seen);
  gst_element_set_state (player, GST_STATE_PLAYING);
  g_autoptr (GstBus) bus = gst_element_get_bus (player);
  g_autoptr (GstMessage) end = gst_bus_timed_pop_filtered (
      bus, 20 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  g_assert_nonnull (end);
  g_assert_cmpint (GST_MESSAGE_TYPE (end), ==, GST_MESSAGE_EOS);
  gst_element_set_state (player, GST_STATE_NULL);
}

static char *
new_path (void)
{
  g_autoptr (GError) error = NULL;
  char *path = NULL;
  const int fd = g_file_open_tmp ("yl-tap-XXXXXX.webm", &path, &error);
  g_assert_no_error (error);
  g_close (fd, NULL);
  return path;
}

/* Three seconds of a live room into WebM, begun and finished while media
 * flow, played back. */
static void
test_record (void)
{
  Call call;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = new_path ();
  g_autofree char *branch = g_strdup_printf (RECORD, path);
  call_init (&call);
  let_flow (&call, 50);
  YlPipelineTap *tap = yl_pipeline_tap_new (call.relay.relay, branch, inputs, 2,
                                            on_ended, &call, &error);
  g_assert_no_error (error);
  let_flow (&call, 4 * 80); /* 50 of audio and at least 30 of video a second */
  yl_pipeline_tap_finish (tap);
  g_assert_true (fixture_wait (has_ended, &call, 10));
  g_assert_false (call.failed);
  g_assert_cmpuint (call.ended, ==, 1);
  yl_pipeline_tap_free (tap);
  let_flow (&call, 50);
  call_clear (&call);

  Seen seen = { 0 };
  play (path, &seen);
  g_test_message ("%u frames to %.2f s, loudest sample %.2f", seen.frames,
                  (double) seen.last / GST_SECOND, seen.loudest);
  g_assert_cmpuint (seen.frames, >=, 40);
  g_assert_cmpuint (seen.odd_frames, ==, 0);
  g_assert_cmpfloat (seen.loudest, >, 0.05);
  g_unlink (path);
}

/* Taps come and go, in order and broken off, and media flow on. */
static void
test_come_and_go (void)
{
  Call call;
  g_autoptr (GError) error = NULL;
  call_init (&call);
  for (unsigned round = 0; round < 10; round++) {
    YlPipelineTap *tap = yl_pipeline_tap_new (
        call.relay.relay,
        "proxysrc name=video ! fakesink proxysrc name=audio ! fakesink", inputs,
        2, on_ended, &call, &error);
    g_assert_no_error (error);
    let_flow (&call, 20);
    call.ended = 0;
    if (round % 2 == 0) {
      yl_pipeline_tap_finish (tap);
      g_assert_true (fixture_wait (has_ended, &call, 10));
      g_assert_false (call.failed);
    }
    yl_pipeline_tap_free (tap);
  }
  let_flow (&call, 50);
  call_clear (&call);
}

static void
test_failing_branch (void)
{
  Call call;
  g_autoptr (GError) error = NULL;
  call_init (&call);
  YlPipelineTap *tap =
      yl_pipeline_tap_new (call.relay.relay,
                           "proxysrc name=video ! identity error-after=5 "
                           "! fakesink proxysrc name=audio ! fakesink",
                           inputs, 2, on_ended, &call, &error);
  g_assert_no_error (error);
  g_assert_true (fixture_wait (has_ended, &call, 10));
  g_assert_true (call.failed);
  yl_pipeline_tap_free (tap);
  let_flow (&call, 50);
  call_clear (&call);
}

/* One that ends before the first packet. */
static void
test_no_media (void)
{
  Call call;
  g_autoptr (GError) error = NULL;
  call_init (&call);
  YlPipelineTapInput nobody[] = { inputs[0], inputs[1] };
  nobody[0].room.v = nobody[1].room.v = 99;
  YlPipelineTap *tap = yl_pipeline_tap_new (
      call.relay.relay,
      "proxysrc name=video ! fakesink proxysrc name=audio ! fakesink", nobody,
      2, on_ended, &call, &error);
  g_assert_no_error (error);
  let_flow (&call, 20);
  yl_pipeline_tap_finish (tap);
  yl_pipeline_tap_finish (tap);
  g_assert_true (fixture_wait (has_ended, &call, 10));
  g_assert_false (call.failed);
  yl_pipeline_tap_free (tap);
  call_clear (&call);
}

/* A branch that never takes anything stalls nobody. */
static void
test_stalled_branch (void)
{
  Call call;
  g_autoptr (GError) error = NULL;
  call_init (&call);
  YlPipelineTap *tap =
      yl_pipeline_tap_new (call.relay.relay,
                           "proxysrc name=video "
                           "! fakesink sync=true ts-offset=60000000000 "
                           "proxysrc name=audio ! fakesink",
                           inputs, 2, on_ended, &call, &error);
  g_assert_no_error (error);
  let_flow (&call, 300);
  yl_pipeline_tap_free (tap);
  let_flow (&call, 50);
  call_clear (&call);
}

static void
test_bad_descriptions (void)
{
  static const char *const bad[] = { "nonsense ! !", "fakesrc",
                                     "fakesrc ! ylnothing",
                                     "fakesrc ! fakesink" };
  RelayFixture f;
  relay_fixture_init (&f);
  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (
        yl_pipeline_tap_new (f.relay, bad[i], inputs, 2, NULL, NULL, &error));
    g_assert_nonnull (error);
  }
  relay_fixture_clear (&f);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  yl_plugins_register_static ();
  g_test_add_func ("/pipeline/tap/record", test_record);
  g_test_add_func ("/pipeline/tap/come-and-go", test_come_and_go);
  g_test_add_func ("/pipeline/tap/failing-branch", test_failing_branch);
  g_test_add_func ("/pipeline/tap/no-media", test_no_media);
  g_test_add_func ("/pipeline/tap/stalled-branch", test_stalled_branch);
  g_test_add_func ("/pipeline/tap/bad-descriptions", test_bad_descriptions);
  return g_test_run ();
}
