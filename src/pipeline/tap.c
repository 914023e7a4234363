#include "pipeline/tap.h"

#include "base/log.h"

#define FINISH_S 5

/* What may wait in the queue of a proxysrc; the oldest goes first. */
#define QUEUE_LEAKS_DOWNSTREAM 2
#define QUEUE_OCTETS (2 * 1024 * 1024)
#define QUEUE_TIME GST_SECOND

struct YlPipelineTap {
  YlPipelineRelay *relay;
  GstElement *branch;                              /* a pipeline */
  GstElement *entries[YL_PIPELINE_TAP_MAX_INPUTS]; /* proxysinks in the relay */
  size_t n_entries;
  guint watch;
  guint finish_timeout; /* 0: not finishing */
  bool attached;
  bool has_ended;
  YlPipelineTapEnded ended;
  void *user;
};

/* ---- the end ---- */

/* The router's pads go first, so that it pushes no more. */
static void
release_router_pads (YlPipelineTap *self)
{
  if (!self->attached)
    return;
  self->attached = false;
  GstElement *router = yl_pipeline_relay_get_router (self->relay);
  for (size_t i = 0; i < self->n_entries; i++) {
    g_autoptr (GstPad) sink =
        gst_element_get_static_pad (self->entries[i], "sink");
    g_autoptr (GstPad) tap = gst_pad_get_peer (sink);
    if (tap != NULL)
      gst_element_release_request_pad (router, tap);
  }
}

static void
set_null (GstElement *branch, void *user)
{
  gst_element_set_state (branch, GST_STATE_NULL);
}

/* The branch stops on a thread of GStreamer's: a slow disk may take its
 * time. */
static void
take_down (YlPipelineTap *self)
{
  release_router_pads (self);
  for (size_t i = 0; i < self->n_entries; i++)
    yl_pipeline_relay_remove_branch (self->relay, self->entries[i]);
  self->n_entries = 0;
  g_clear_handle_id (&self->watch, g_source_remove);
  g_clear_handle_id (&self->finish_timeout, g_source_remove);
  if (self->branch != NULL)
    gst_element_call_async (self->branch, set_null, NULL, NULL);
  g_clear_pointer (&self->branch, gst_object_unref);
}

static void
end (YlPipelineTap *self, const GError *error)
{
  if (self->has_ended)
    return;
  self->has_ended = true;
  take_down (self);
  if (self->ended != NULL)
    self->ended (self->user, error);
}

static void
on_entry_failed (void *user, const GError *error)
{
  end (user, error);
}

static gboolean
on_branch_message (GstBus *bus, GstMessage *message, void *user)
{
  YlPipelineTap *self = user;
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS) {
    end (self, NULL);
    return G_SOURCE_CONTINUE;
  }
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    g_autoptr (GError) error = NULL;
    gst_message_parse_error (message, &error, NULL);
    yl_log_warning ("tap: %s: %s", GST_OBJECT_NAME (message->src),
                    error->message);
    end (self, error);
  }
  return G_SOURCE_CONTINUE;
}

static gboolean
on_finish_timeout (void *user)
{
  YlPipelineTap *self = user;
  g_autoptr (GError) error =
      g_error_new (YL_PIPELINE_ERROR, YL_PIPELINE_ERROR_FAILED,
                   "the branch did not finish within %d s", FINISH_S);
  self->finish_timeout = 0;
  end (self, error);
  return G_SOURCE_REMOVE;
}

void
yl_pipeline_tap_finish (YlPipelineTap *self)
{
  if (self->has_ended || self->finish_timeout != 0)
    return;
  self->finish_timeout =
      g_timeout_add_seconds (FINISH_S, on_finish_timeout, self);
  release_router_pads (self);
  for (size_t i = 0; i < self->n_entries; i++) {
    g_autoptr (GstPad) sink =
        gst_element_get_static_pad (self->entries[i], "sink");
    gst_pad_send_event (sink, gst_event_new_eos ());
  }
}

void
yl_pipeline_tap_free (YlPipelineTap *self)
{
  if (self == NULL)
    return;
  if (!self->has_ended)
    take_down (self);
  g_free (self);
}

/* ---- construction ---- */

static bool
failed (GError **error, const char *what, const char *name)
{
  g_set_error (error, YL_PIPELINE_ERROR, YL_PIPELINE_ERROR_FAILED, "%s '%s'",
               what, name);
  return false;
}

static bool
parse_branch (YlPipelineTap *self, const char *text, GError **error)
{
  g_autoptr (GError) parse_error = NULL;
  GstElement *parsed = gst_parse_launch_full (
      text, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &parse_error);
  if (parsed == NULL) {
    g_propagate_error (error, g_steal_pointer (&parse_error));
    return false;
  }
  if (!GST_IS_PIPELINE (parsed)) {
    gst_object_unref (gst_object_ref_sink (parsed));
    return failed (error, "more than one element is needed in", text);
  }
  self->branch = gst_object_ref_sink (parsed);

  /* One clock and base time: the times of the packets stay true. */
  GstPipeline *relay = yl_pipeline_relay_get_pipeline (self->relay);
  g_autoptr (GstClock) clock = gst_pipeline_get_clock (relay);
  gst_pipeline_use_clock (GST_PIPELINE (self->branch), clock);
  gst_element_set_start_time (self->branch, GST_CLOCK_TIME_NONE);
  gst_element_set_base_time (self->branch,
                             gst_element_get_base_time (GST_ELEMENT (relay)));

  g_autoptr (GstBus) bus = gst_element_get_bus (self->branch);
  self->watch = gst_bus_add_watch (bus, on_branch_message, self);
  return true;
}

/* So that the thread of a tap pad never waits for the branch. */
static void
make_leaky (GstElement *proxysrc)
{
  g_autoptr (GObject) queue =
      gst_child_proxy_get_child_by_index (GST_CHILD_PROXY (proxysrc), 0);
  g_object_set (queue, "leaky", QUEUE_LEAKS_DOWNSTREAM, "max-size-buffers", 0,
                "max-size-bytes", QUEUE_OCTETS, "max-size-time",
                (guint64) QUEUE_TIME, NULL);
}

/* Puts a proxysink into the relay and joins it to the branch; no media yet. */
static bool
add_entry (YlPipelineTap *self, const YlPipelineTapInput *input, GError **error)
{
  g_autoptr (GstElement) proxysrc =
      gst_bin_get_by_name (GST_BIN (self->branch), input->proxysrc);
  if (proxysrc == NULL
      || g_object_class_find_property (G_OBJECT_GET_CLASS (proxysrc),
                                       "proxysink")
             == NULL)
    return failed (error, "the branch has no proxysrc", input->proxysrc);
  GstElement *entry = yl_pipeline_make ("proxysink", NULL, error);
  if (entry == NULL)
    return false;
  make_leaky (proxysrc);
  yl_pipeline_relay_add_branch (self->relay, entry, on_entry_failed, self);
  g_object_set (proxysrc, "proxysink", entry, NULL);
  self->entries[self->n_entries++] = entry;
  return gst_element_sync_state_with_parent (entry)
         || failed (error, "cannot start the entry of", input->proxysrc);
}

static bool
attach (YlPipelineTap *self, size_t at, const YlPipelineTapInput *input,
        GError **error)
{
  GstElement *router = yl_pipeline_relay_get_router (self->relay);
  g_autoptr (GstPad) tap = gst_element_request_pad_simple (router, "tap_%u");
  if (tap == NULL)
    return failed (error, "the router has no pad for", input->proxysrc);
  /* the room last: with it the pad looks for its track */
  g_object_set (tap, "kind", input->kind, "track", input->track.v, "room",
                input->room.v, NULL);
  g_autoptr (GstPad) sink =
      gst_element_get_static_pad (self->entries[at], "sink");
  if (gst_pad_link (tap, sink) == GST_PAD_LINK_OK)
    return true;
  gst_element_release_request_pad (router, tap);
  return failed (error, "cannot link the router to", input->proxysrc);
}

static bool
set_up (YlPipelineTap *self, const char *branch,
        const YlPipelineTapInput *inputs, size_t n_inputs, GError **error)
{
  if (!parse_branch (self, branch, error))
    return false;
  for (size_t i = 0; i < n_inputs; i++)
    if (!add_entry (self, &inputs[i], error))
      return false;
  if (gst_element_set_state (self->branch, GST_STATE_PLAYING)
      == GST_STATE_CHANGE_FAILURE)
    return failed (error, "cannot start", branch);
  self->attached = true;
  for (size_t i = 0; i < n_inputs; i++)
    if (!attach (self, i, &inputs[i], error))
      return false;
  return true;
}

YlPipelineTap *
yl_pipeline_tap_new (YlPipelineRelay *relay, const char *branch,
                     const YlPipelineTapInput *inputs, size_t n_inputs,
                     YlPipelineTapEnded ended, void *user, GError **error)
{
  g_return_val_if_fail (n_inputs <= YL_PIPELINE_TAP_MAX_INPUTS, NULL);
  g_autoptr (YlPipelineTap) self = g_new0 (YlPipelineTap, 1);
  self->relay = relay;
  self->ended = ended;
  self->user = user;
  return set_up (self, branch, inputs, n_inputs, error)
             ? g_steal_pointer (&self)
             : NULL;
}

GstElement *
yl_pipeline_tap_get_element (YlPipelineTap *self, const char *name)
{
  return self->branch != NULL
             ? gst_bin_get_by_name (GST_BIN (self->branch), name)
             : NULL;
}
