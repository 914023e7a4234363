/* The element that runs a worker: what its pads carry, and how it stops. */
#include "packet-meta.h"
#include "plugins.h"
#include "worker/worker-rig.h"

#include <gst/check/gstharness.h>
#include <gst/gst.h>

static void
test_no_worker (void)
{
  g_autoptr (GstElement) pipeline = gst_pipeline_new (NULL);
  GstElement *src = gst_element_factory_make ("ylrtcsrc", NULL);
  gst_bin_add (GST_BIN (pipeline), src);
  g_assert_cmpint (gst_element_set_state (pipeline, GST_STATE_READY), ==,
                   GST_STATE_CHANGE_FAILURE);
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message =
      gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  g_assert_nonnull (message);
  g_autoptr (GError) error = NULL;
  gst_message_parse_error (message, &error, NULL);
  g_assert_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS);
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

static GstElement *
make_src (Rig *rig)
{
  GstElement *src = gst_element_factory_make ("ylrtcsrc", NULL);
  g_object_set (src, "worker", rig->worker, NULL);
  return src;
}

static void
link_pad (GstElement *src, GstPad *pad, GstHarness *harness)
{
  gst_harness_add_element_src_pad (harness, pad);
}

static bool
harness_has_buffer (Rig *rig, void *harness)
{
  return gst_harness_buffers_in_queue (harness) > 0;
}

static void
test_track (void)
{
  g_autoptr (Rig) rig = rig_new (true);
  RigBrowser *browser = rig_add (rig);
  GstElement *src = make_src (rig);
  static GstStaticPadTemplate sink = GST_STATIC_PAD_TEMPLATE (
      "sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);
  GstHarness *harness = gst_harness_new_empty ();
  gst_harness_add_element_full (harness, src, NULL, NULL, &sink, NULL);
  g_signal_connect (src, "pad-added", G_CALLBACK (link_pad), harness);
  gst_harness_play (harness);
  rig_connect (rig);
  peer_client_send_frame (browser->client, MIC_SSRC, 7, false);
  rig_run_until (rig, harness_has_buffer, harness);

  GstBuffer *buffer = gst_harness_pull (harness);
  const YlPacketMeta *meta = yl_packet_meta_get (buffer);
  g_assert_nonnull (meta);
  g_assert_cmpuint (meta->track.v, !=, 0);
  g_assert_cmpint (meta->packet.codec, ==, YL_CODEC_OPUS);
  g_assert_cmpuint (meta->packet.view.seq, ==, 7);
  g_assert_cmpuint (gst_buffer_get_size (buffer), ==, meta->packet.size);
  g_assert_true (GST_BUFFER_PTS_IS_VALID (buffer));
  gst_buffer_unref (buffer);

  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (harness->sinkpad);
  const GstStructure *s = gst_caps_get_structure (caps, 0);
  int rate, payload;
  g_assert_cmpstr (gst_structure_get_name (s), ==, "application/x-rtp");
  g_assert_cmpstr (gst_structure_get_string (s, "media"), ==, "audio");
  g_assert_cmpstr (gst_structure_get_string (s, "encoding-name"), ==, "OPUS");
  g_assert_true (gst_structure_get_int (s, "clock-rate", &rate));
  g_assert_cmpint (rate, ==, 48000);
  g_assert_true (gst_structure_get_int (s, "payload", &payload));
  g_assert_cmpint (payload, ==, OPUS_PT);

  static const GstEventType expected[] = { GST_EVENT_STREAM_START,
                                           GST_EVENT_CAPS, GST_EVENT_SEGMENT };
  for (size_t i = 0; i < G_N_ELEMENTS (expected); i++) {
    g_autoptr (GstEvent) event = gst_harness_pull_event (harness);
    g_assert_cmpint (GST_EVENT_TYPE (event), ==, expected[i]);
  }
  gst_element_set_state (src, GST_STATE_NULL);
  gst_harness_teardown (harness);
  gst_object_unref (src);
}

static bool
no_pads (Rig *rig, void *element)
{
  GST_OBJECT_LOCK (element);
  const bool none = GST_ELEMENT (element)->numsrcpads == 0;
  GST_OBJECT_UNLOCK (element);
  return none;
}

static bool
one_pad (Rig *rig, void *element)
{
  return !no_pads (rig, element);
}

/* The pad goes when the peer goes, unlinked all the time. */
static void
test_pad_removed (void)
{
  g_autoptr (Rig) rig = rig_new (true);
  RigBrowser *browser = rig_add (rig);
  GstElement *src = gst_object_ref_sink (make_src (rig));
  g_assert_cmpint (gst_element_set_state (src, GST_STATE_PAUSED), ==,
                   GST_STATE_CHANGE_NO_PREROLL);
  gst_element_set_state (src, GST_STATE_PLAYING);
  rig_connect (rig);
  peer_client_send_frame (browser->client, MIC_SSRC, 7, false);
  rig_run_until (rig, one_pad, src);
  const YlCommand remove = { .kind = YL_COMMAND_PEER_REMOVE,
                             .peer = browser->id };
  rig_command (rig, &remove);
  rig_run_until (rig, no_pads, src);
  gst_element_set_state (src, GST_STATE_NULL);
  gst_object_unref (src);
}

/* An idle worker waits for ever; stopping does not. */
static void
test_restart (void)
{
  g_autoptr (Rig) rig = rig_new (true);
  GstElement *src = gst_object_ref_sink (make_src (rig));
  for (int i = 0; i < 5; i++) {
    gst_element_set_state (src, GST_STATE_PLAYING);
    gst_element_set_state (src, GST_STATE_PAUSED);
    gst_element_set_state (src, GST_STATE_PLAYING);
    gst_element_set_state (src, GST_STATE_NULL);
  }
  gst_element_set_state (src, GST_STATE_PLAYING);
  rig_add (rig);
  rig_connect (rig);
  gst_element_set_state (src, GST_STATE_NULL);
  gst_object_unref (src);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  yl_plugins_register_static ();
  g_test_add_func ("/rtcsrc/ylrtcsrc/no-worker", test_no_worker);
  g_test_add_func ("/rtcsrc/ylrtcsrc/track", test_track);
  g_test_add_func ("/rtcsrc/ylrtcsrc/pad-removed", test_pad_removed);
  g_test_add_func ("/rtcsrc/ylrtcsrc/restart", test_restart);
  return g_test_run ();
}
