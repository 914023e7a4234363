/* test-ylrouter.c: tracks, taps and branches on the pads of ylrouter */
#include "router/ylrouter.h"

#include "packet-pool.h"
#include "plugins.h"
#include "worker/worker.h"

#include <gst/check/gstharness.h>
#include <string.h>

#define ROOM ((YlRoomId){ 5 })
#define VIEWER 1
#define PUBLISHER 0
#define SECOND_US UINT64_C (1000000)

typedef struct {
  YlDtlsCertificate *certificate;
  YlDtlsContext *dtls;
  YlWorker *worker;
  YlSfu *sfu;
  GstElement *router;
  GstHarness *path; /* track_0 to src */
  YlPacketPool *pool;
  YlTrackId track;
  uint16_t seq;
} Fixture;

static void
add_slot (YlPeerConfig *config, YlMediaKind kind, YlCodec codec)
{
  YlPeerSection *section = &config->sections[config->n_sections++];
  section->kind = kind;
  section->direction = YL_DIRECTION_SEND;
  section->slot_ssrc = 100u * config->n_sections;
  section->n_codecs = 1;
  section->codecs[0] = (YlPeerCodec){ .codec = codec, .payload_type = 100 };
}

static void
set_up (Fixture *f, gconstpointer data)
{
  const YlPeerConfig empty = { 0 };
  YlPeerConfig viewer = { 0 };
  memset (f, 0, sizeof *f);
  f->certificate = yl_dtls_certificate_new (NULL);
  f->dtls = yl_dtls_context_new (f->certificate, NULL);
  const YlWorkerConfig config = { .dtls = f->dtls, .max_peers = 8 };
  f->worker = yl_worker_new (&config, NULL);
  g_assert_nonnull (f->worker);
  f->sfu = yl_worker_get_sfu (f->worker);
  f->pool = yl_packet_pool_new (256);

  g_assert_true (yl_sfu_add_room (f->sfu, ROOM, NULL));
  yl_sfu_set_forwarding (f->sfu, ROOM, true, 0);
  g_assert_true (yl_sfu_set_peer (f->sfu, PUBLISHER, ROOM, &empty, 0, NULL));
  add_slot (&viewer, YL_MEDIA_AUDIO, YL_CODEC_OPUS);
  add_slot (&viewer, YL_MEDIA_VIDEO, YL_CODEC_VP8);
  g_assert_true (yl_sfu_set_peer (f->sfu, VIEWER, ROOM, &viewer, 0, NULL));
  yl_sfu_set_peer_ready (f->sfu, VIEWER, true, 0);
  const YlSfuTrack track = { .room = ROOM,
                             .peer = PUBLISHER,
                             .publisher = { 77 },
                             .kind = YL_MEDIA_AUDIO,
                             .codec = YL_CODEC_OPUS,
                             .clock_rate = 48000 };
  f->track = yl_sfu_add_track (f->sfu, &track, 0, NULL);

  f->router = gst_element_factory_make ("ylrouter", NULL);
  g_assert_nonnull (f->router);
  g_object_set (f->router, "worker", f->worker, NULL);
  f->path = gst_harness_new_with_element (f->router, "track_0", "src");
  gst_harness_set_src_caps_str (f->path, "application/x-rtp");
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  gst_harness_teardown (f->path);
  gst_object_unref (f->router);
  yl_packet_pool_close (f->pool);
  yl_worker_free (f->worker);
  yl_dtls_context_free (f->dtls);
  yl_dtls_certificate_free (f->certificate);
}

static void
write_rtp (uint8_t data[52], uint8_t type, uint16_t seq)
{
  memset (data, 0, 52);
  data[0] = 0x80;
  data[1] = type;
  data[2] = (uint8_t) (seq >> 8);
  data[3] = (uint8_t) seq;
  data[7] = (uint8_t) seq;
  data[11] = 9; /* SSRC */
}

/* A list of @n packets as ylrtcsrc pushes it. */
static GstBufferList *
make_list (Fixture *f, guint n)
{
  GstBufferList *list = gst_buffer_list_new ();
  for (guint i = 0; i < n; i++) {
    YlPacketMeta *meta;
    GstBuffer *buffer = yl_packet_pool_acquire (f->pool, &meta);
    write_rtp (meta->storage, 111, f->seq);
    meta->track = f->track;
    meta->packet = (YlPacket){ .data = meta->storage,
                               .size = 52,
                               .audio_level = 255,
                               .codec = YL_CODEC_OPUS,
                               .seq = 0x10000 + f->seq++,
                               .received_us = SECOND_US };
    g_assert_true (
        yl_rtp_view_parse (&meta->packet.view, meta->storage, 52, NULL));
    yl_packet_meta_set_size (meta, 52);
    GST_BUFFER_PTS (buffer) = 3 * GST_SECOND;
    gst_buffer_list_add (list, buffer);
  }
  return list;
}

static void
push (Fixture *f, guint n)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (f->router, "track_0");
  g_assert_cmpint (gst_pad_chain_list (pad, make_list (f, n)), ==, GST_FLOW_OK);
}

static void
run_turn (Fixture *f)
{
  yl_worker_wake (f->worker);
  g_assert_true (yl_worker_begin_turn (f->worker));
  yl_worker_end_turn (f->worker);
}

/* Looks at the plan beside a list. */
static GstPadProbeReturn
check_plan (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  const Fixture *f = data;
  GstBufferList *list = GST_PAD_PROBE_INFO_BUFFER_LIST (info);
  const YlPacketMeta *meta = yl_packet_meta_get (gst_buffer_list_get (list, 0));
  const YlPlan *plan = yl_worker_plan (f->worker);
  g_assert_nonnull (plan);
  g_assert_cmpuint (plan->n_rows, ==, 3);
  g_assert_cmpuint (plan->rows[0].peer, ==, VIEWER);
  g_assert_cmpuint (plan->rows[0].payload_type, ==, 100);
  g_assert_true (plan->packets[0] == &meta->packet);
  return GST_PAD_PROBE_OK;
}

static void
test_plan (Fixture *f, gconstpointer data)
{
  g_autoptr (GstPad) src = gst_element_get_static_pad (f->router, "src");
  gst_pad_add_probe (src, GST_PAD_PROBE_TYPE_BUFFER_LIST, check_plan, f, NULL);
  push (f, 3);
  g_assert_cmpuint (gst_harness_buffers_received (f->path), ==, 3);
  g_assert_null (yl_worker_plan (f->worker));

  /* Nobody watches: nothing goes on, memory comes back. */
  yl_sfu_set_forwarding (f->sfu, ROOM, false, 0);
  push (f, 3);
  g_assert_cmpuint (gst_harness_buffers_received (f->path), ==, 3);
}

static void
test_foreign_buffers (Fixture *f, gconstpointer data)
{
  g_assert_cmpint (
      gst_harness_push (f->path, gst_buffer_new_allocate (NULL, 40, NULL)), ==,
      GST_FLOW_OK);
  g_assert_cmpuint (gst_harness_buffers_received (f->path), ==, 0);
}

/* ---- another worker ---- */

static void
command (YlWorker *worker, YlCommandKind kind, YlCarry *carry)
{
  const YlCommand command = {
    .kind = kind, .room = ROOM, .on = true, .carry = carry
  };
  g_assert_true (yl_worker_post (worker, &command));
}

/* A worker without a room yet, whose router gets what @f publishes. */
static void
set_up_sink (Fixture *f, Fixture *sink)
{
  set_up (sink, NULL);
  yl_sfu_remove_track (sink->sfu, sink->track, 0);
  YlCarry *carry = yl_carry_new (yl_worker_waker (f->worker),
                                 yl_worker_waker (sink->worker));
  yl_sfu_remove_room (f->sfu, ROOM, 0); /* as the worker knows it */
  yl_sfu_remove_peer (f->sfu, VIEWER, 0);
  yl_sfu_remove_peer (f->sfu, PUBLISHER, 0);
  command (f->worker, YL_COMMAND_ROOM_ADD, NULL);
  command (f->worker, YL_COMMAND_CARRY_OUT, yl_carry_ref (carry));
  yl_sfu_remove_room (sink->sfu, ROOM, 0);
  yl_sfu_remove_peer (sink->sfu, VIEWER, 0);
  yl_sfu_remove_peer (sink->sfu, PUBLISHER, 0);
  command (sink->worker, YL_COMMAND_ROOM_ADD, NULL);
  command (sink->worker, YL_COMMAND_ROOM_FORWARD, NULL);
  command (sink->worker, YL_COMMAND_CARRY_IN, carry);
  run_turn (f);
  run_turn (sink);
  YlPeerConfig viewer = { 0 };
  add_slot (&viewer, YL_MEDIA_AUDIO, YL_CODEC_OPUS);
  g_assert_true (yl_sfu_set_peer (sink->sfu, VIEWER, ROOM, &viewer, 0, NULL));
  yl_sfu_set_peer_ready (sink->sfu, VIEWER, true, 0);
  const YlSfuTrack track = { .room = ROOM,
                             .peer = YL_SFU_NO_PEER,
                             .kind = YL_MEDIA_AUDIO,
                             .codec = YL_CODEC_OPUS,
                             .clock_rate = 48000 };
  f->track = yl_sfu_add_track (f->sfu, &track, 0, NULL);
  g_assert_cmpuint (f->track.v, !=, 0);
}

/* The very buffers leave from the other worker's router, which nobody
 * watches here. */
static void
test_carry (Fixture *f, gconstpointer data)
{
  Fixture sink;
  set_up_sink (f, &sink);
  GstBufferList *list = make_list (f, 3);
  GstBuffer *first = gst_buffer_ref (gst_buffer_list_get (list, 0));
  g_autoptr (GstPad) pad = gst_element_get_static_pad (f->router, "track_0");
  g_assert_cmpint (gst_pad_chain_list (pad, list), ==, GST_FLOW_OK);
  g_assert_cmpuint (gst_harness_buffers_received (f->path), ==, 0);
  run_turn (&sink);
  g_assert_cmpuint (gst_harness_buffers_received (sink.path), ==, 3);
  GstBuffer *got = gst_harness_pull (sink.path);
  g_assert_true (got == first);
  gst_buffer_unref (got);
  gst_buffer_unref (first);
  tear_down (&sink, NULL);
}

/* The source is gone, elements and pool and all, before anybody looked at
 * what it sent. */
static void
test_carry_outlives_source (Fixture *f, gconstpointer data)
{
  Fixture sink;
  set_up_sink (f, &sink);
  push (f, 3);
  tear_down (f, NULL);
  run_turn (&sink);
  g_assert_cmpuint (gst_harness_buffers_received (sink.path), ==, 3);
  tear_down (&sink, NULL);
  set_up (f, NULL);
}

/* The same the other way: what lies between them goes with the last. */
static void
test_carry_outlives_sink (Fixture *f, gconstpointer data)
{
  Fixture sink;
  set_up_sink (f, &sink);
  push (f, 3);
  tear_down (&sink, NULL);
  push (f, 3);
  run_turn (f);
}

/* ---- taps ---- */

static GstHarness *
tap (Fixture *f, const char *name, guint64 peer, const char *kind)
{
  GstPad *pad = gst_element_request_pad_simple (f->router, name);
  g_object_set (pad, "room", ROOM.v, "peer", peer, "kind", kind, NULL);
  gst_object_unref (pad);
  return gst_harness_new_with_element (f->router, NULL, name);
}

static void
test_tap (Fixture *f, gconstpointer data)
{
  push (f, 1);
  GstHarness *any = tap (f, "tap_0", 0, "audio");
  GstHarness *other = tap (f, "tap_1", 78, "audio");
  GstHarness *video = tap (f, "tap_2", 0, "video");
  push (f, 2);
  GstBuffer *buffer = gst_harness_pull (any);
  g_assert_null (yl_packet_meta_get (buffer));
  g_assert_cmpuint (GST_BUFFER_PTS (buffer), ==, 3 * GST_SECOND);
  g_assert_cmpuint (gst_buffer_get_size (buffer), ==, 52);
  uint8_t seq[2];
  gst_buffer_extract (buffer, 2, seq, 2);
  g_assert_cmpuint (seq[1], ==, 1);
  gst_buffer_unref (buffer);
  gst_buffer_unref (gst_harness_pull (any));

  g_autoptr (GstPad) pad = gst_element_get_static_pad (f->router, "tap_0");
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  const GstStructure *s = gst_caps_get_structure (caps, 0);
  g_assert_cmpstr (gst_structure_get_string (s, "encoding-name"), ==, "OPUS");
  guint64 track;
  g_object_get (pad, "track", &track, NULL);
  g_assert_cmpuint (track, ==, f->track.v);
  g_assert_cmpuint (gst_harness_buffers_received (other), ==, 0);
  g_assert_cmpuint (gst_harness_buffers_received (video), ==, 0);

  /* Its end is the branch's end. */
  g_autoptr (GstPad) in = gst_element_get_static_pad (f->router, "track_0");
  gst_pad_send_event (in, gst_event_new_eos ());
  GstEvent *event;
  do {
    event = gst_harness_pull_event (any);
    g_assert_nonnull (event);
    const bool eos = GST_EVENT_TYPE (event) == GST_EVENT_EOS;
    gst_event_unref (event);
    if (eos)
      break;
  } while (true);
  gst_harness_teardown (any);
  gst_harness_teardown (other);
  gst_harness_teardown (video);
}

static GstFlowReturn
fail (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  gst_buffer_unref (buffer);
  return GST_FLOW_ERROR;
}

/* A branch that breaks is detached; the call goes on. */
static void
test_tap_error (Fixture *f, gconstpointer data)
{
  g_autoptr (GstBus) bus = gst_bus_new ();
  gst_element_set_bus (f->router, bus);
  GstPad *out = gst_element_request_pad_simple (f->router, "tap_0");
  g_object_set (out, "track", f->track.v, NULL);
  g_autoptr (GstPad) broken =
      gst_object_ref_sink (gst_pad_new ("broken", GST_PAD_SINK));
  gst_pad_set_chain_function (broken, fail);
  gst_pad_set_active (broken, TRUE);
  g_assert_cmpint (gst_pad_link (out, broken), ==, GST_PAD_LINK_OK);
  push (f, 1);
  GstMessage *message =
      gst_bus_timed_pop_filtered (bus, 10 * GST_SECOND, GST_MESSAGE_ELEMENT);
  g_assert_nonnull (message);
  g_assert_true (gst_message_has_name (message, "yilian-tap-detached"));
  gst_message_unref (message);
  push (f, 1);
  g_assert_cmpuint (gst_harness_buffers_received (f->path), ==, 2);
  gst_pad_unlink (out, broken);
  gst_element_release_request_pad (f->router, out);
  gst_object_unref (out);
  gst_element_set_bus (f->router, NULL);
}

static GstFlowReturn
block (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  GMutex *gate = gst_pad_get_element_private (pad);
  gst_buffer_unref (buffer);
  g_mutex_lock (gate);
  g_mutex_unlock (gate);
  return GST_FLOW_OK;
}

/* A branch that stalls loses its oldest packets, nobody else does. */
static void
test_tap_stall (Fixture *f, gconstpointer data)
{
  GMutex gate;
  g_mutex_init (&gate);
  g_mutex_lock (&gate);
  GstPad *out = gst_element_request_pad_simple (f->router, "tap_0");
  g_object_set (out, "track", f->track.v, NULL);
  g_autoptr (GstPad) slow =
      gst_object_ref_sink (gst_pad_new ("slow", GST_PAD_SINK));
  gst_pad_set_element_private (slow, &gate);
  gst_pad_set_chain_function (slow, block);
  gst_pad_set_active (slow, TRUE);
  g_assert_cmpint (gst_pad_link (out, slow), ==, GST_PAD_LINK_OK);
  for (int i = 0; i < 1000; i++) {
    push (f, 1);
    gst_buffer_unref (gst_harness_pull (f->path));
  }
  guint64 dropped;
  g_object_get (out, "dropped", &dropped, NULL);
  g_assert_cmpuint (dropped, >=, 1000 - 512 - 1);
  g_mutex_unlock (&gate);
  gst_element_release_request_pad (f->router, out);
  gst_object_unref (out);
  g_mutex_clear (&gate);
}

/* ---- branches ---- */

static GstBuffer *
vp8_packet (uint16_t seq)
{
  uint8_t *data = g_malloc (52);
  write_rtp (data, 96, seq);
  data[12] = 0x10; /* S: start of a frame; then a keyframe's header */
  data[13] = 0x10;
  data[16] = 0x9d;
  data[17] = 0x01;
  data[18] = 0x2a;
  return gst_buffer_new_wrapped (data, 52);
}

static void
test_branch (Fixture *f, gconstpointer data)
{
  GstPad *pad = gst_element_request_pad_simple (f->router, "sink_0");
  g_object_set (pad, "room", ROOM.v, "kind", "video", NULL);
  GstHarness *branch = gst_harness_new_with_element (f->router, "sink_0", NULL);
  gst_harness_set_src_caps_str (
      branch, "application/x-rtp, media=video, encoding-name=VP8, "
              "clock-rate=90000");
  gst_harness_push (branch, vp8_packet (7));
  gst_harness_push (branch, vp8_packet (8));
  g_assert_cmpuint (gst_harness_buffers_received (f->path), ==, 0);
  run_turn (f); /* asks the branch for a keyframe, too */
  GstBuffer *first = gst_harness_pull (f->path);
  const YlPacketMeta *meta = yl_packet_meta_get (first);
  const YlTrackId track = meta->track;
  gst_buffer_unref (first);
  g_assert_cmpuint (gst_harness_buffers_received (f->path), ==, 2);
  YlSfuTrack info;
  g_assert_true (yl_sfu_get_track (f->sfu, track, &info));
  g_assert_cmpuint (info.peer, ==, YL_SFU_NO_PEER);
  g_assert_cmpuint (info.room.v, ==, ROOM.v);

  yl_sfu_want_keyframe (f->sfu, track, yl_worker_now (f->worker));
  run_turn (f);
  GstEvent *event;
  bool asked = false;
  while (!asked && (event = gst_harness_pull_upstream_event (branch))) {
    asked = gst_event_has_name (event, "GstForceKeyUnit");
    gst_event_unref (event);
  }
  g_assert_true (asked);

  gst_harness_push_event (branch, gst_event_new_eos ());
  run_turn (f);
  g_assert_false (yl_sfu_get_track (f->sfu, track, &info));
  gst_harness_teardown (branch); /* releases the pad */
  gst_object_unref (pad);
}

static void
test_branch_release (Fixture *f, gconstpointer data)
{
  GstPad *pad = gst_element_request_pad_simple (f->router, "sink_0");
  g_object_set (pad, "room", ROOM.v, NULL);
  GstHarness *branch = gst_harness_new_with_element (f->router, "sink_0", NULL);
  gst_harness_set_src_caps_str (
      branch, "application/x-rtp, media=video, encoding-name=VP8, "
              "clock-rate=90000");
  gst_harness_push (branch, vp8_packet (7));
  run_turn (f);
  GstBuffer *first = gst_harness_pull (f->path);
  const YlTrackId track = yl_packet_meta_get (first)->track;
  gst_buffer_unref (first);
  gst_harness_teardown (branch); /* releases the pad */
  gst_object_unref (pad);
  run_turn (f);
  YlSfuTrack info;
  g_assert_false (yl_sfu_get_track (f->sfu, track, &info));
}

static void
test_branch_refuses (Fixture *f, gconstpointer data)
{
  GstPad *pad = gst_element_request_pad_simple (f->router, "sink_0");
  GstCaps *caps = gst_caps_from_string (
      "application/x-rtp, media=video, encoding-name=VP9, clock-rate=90000");
  gst_pad_send_event (pad, gst_event_new_stream_start ("x"));
  g_assert_false (gst_pad_send_event (pad, gst_event_new_caps (caps)));
  gst_caps_unref (caps);
  g_object_set (pad, "kind", "audio", NULL);
  caps = gst_caps_from_string (
      "application/x-rtp, media=video, encoding-name=VP8, clock-rate=90000");
  g_assert_false (gst_pad_send_event (pad, gst_event_new_caps (caps)));
  gst_caps_unref (caps);
  gst_element_release_request_pad (f->router, pad);
  gst_object_unref (pad);
}

static void
test_without_worker (void)
{
  g_autoptr (GstElement) router =
      gst_object_ref_sink (gst_element_factory_make ("ylrouter", NULL));
  g_assert_cmpint (gst_element_set_state (router, GST_STATE_READY), ==,
                   GST_STATE_CHANGE_FAILURE);
  gst_element_set_state (router, GST_STATE_NULL);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  yl_plugins_register_static ();
#define ADD(path, test) \
  g_test_add ("/plugins/ylrouter/" path, Fixture, NULL, set_up, test, tear_down)
  ADD ("plan-travels-with-list", test_plan);
  ADD ("foreign-buffers-end-here", test_foreign_buffers);
  ADD ("carry", test_carry);
  ADD ("carry-outlives-source", test_carry_outlives_source);
  ADD ("carry-outlives-sink", test_carry_outlives_sink);
  ADD ("tap", test_tap);
  ADD ("tap-error-detaches", test_tap_error);
  ADD ("tap-stall-drops-oldest", test_tap_stall);
  ADD ("branch-publishes", test_branch);
  ADD ("branch-released", test_branch_release);
  ADD ("branch-refuses", test_branch_refuses);
  g_test_add_func ("/plugins/ylrouter/without-worker", test_without_worker);
  return g_test_run ();
}
