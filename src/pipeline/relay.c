#include "pipeline/relay.h"

#include "base/log.h"

G_DEFINE_QUARK (yl_pipeline_error, yl_pipeline_error)

/* A bin in the pipeline whose errors are its own affair. */
typedef struct {
  GstElement *bin; /* owned by the pipeline */
  YlPipelineFailed failed;
  void *user;
} Branch;

struct YlPipelineRelay {
  GstElement *pipeline;
  GstElement *src, *router, *sink; /* owned by the pipeline */
  guint watch;
  GArray *branches; /* Branch */
  YlPipelineFailed failed;
  void *user;
};

GstElement *
yl_pipeline_make (const char *factory, const char *name, GError **error)
{
  GstElement *element = gst_element_factory_make (factory, name);
  if (element == NULL)
    g_set_error (error, YL_PIPELINE_ERROR, YL_PIPELINE_ERROR_MISSING,
                 "no GStreamer element '%s'", factory);
  return element;
}

/* ---- messages ---- */

static Branch *
branch_around (YlPipelineRelay *self, GstObject *object)
{
  for (guint i = 0; i < self->branches->len; i++) {
    Branch *branch = &g_array_index (self->branches, Branch, i);
    if (gst_object_has_as_ancestor (object, GST_OBJECT (branch->bin))
        || object == GST_OBJECT (branch->bin))
      return branch;
  }
  return NULL;
}

static void
on_error (YlPipelineRelay *self, GstMessage *message)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *details = NULL;
  gst_message_parse_error (message, &error, &details);
  yl_log_warning ("relay: %s: %s", GST_OBJECT_NAME (message->src),
                  error->message);
  yl_log_debug ("relay: %s", details != NULL ? details : "no details");

  const Branch *branch = branch_around (self, message->src);
  if (branch != NULL)
    branch->failed (branch->user, error);
  else if (self->failed != NULL)
    self->failed (self->user, error);
}

/* The router has given up a tap: its branch ends, the relay goes on. */
static void
on_tap_detached (YlPipelineRelay *self, const GstStructure *details)
{
  g_autoptr (GstPad) tap = gst_element_get_static_pad (
      self->router, gst_structure_get_string (details, "pad"));
  g_autoptr (GstPad) entry = tap != NULL ? gst_pad_get_peer (tap) : NULL;
  const Branch *branch =
      entry != NULL ? branch_around (self, GST_OBJECT (entry)) : NULL;
  if (branch == NULL)
    return; /* released meanwhile */
  g_autoptr (GError) error = g_error_new (
      YL_PIPELINE_ERROR, YL_PIPELINE_ERROR_FAILED, "detached by the router: %s",
      gst_structure_get_string (details, "flow"));
  branch->failed (branch->user, error);
}

static gboolean
on_message (GstBus *bus, GstMessage *message, void *user)
{
  YlPipelineRelay *self = user;
  switch (GST_MESSAGE_TYPE (message)) {
  case GST_MESSAGE_ERROR:
    on_error (self, message);
    break;
  case GST_MESSAGE_ELEMENT:
    if (gst_message_has_name (message, "yilian-tap-detached"))
      on_tap_detached (self, gst_message_get_structure (message));
    break;
  case GST_MESSAGE_WARNING:
    yl_log_debug ("relay: warning of %s", GST_OBJECT_NAME (message->src));
    break;
  default:
    break;
  }
  return G_SOURCE_CONTINUE;
}

/* ---- the tracks of ylrtcsrc come and go; on its streaming thread ---- */

#define ROUTER_PAD "yl-router-pad"

static void
on_pad_added (GstElement *src, GstPad *pad, void *user)
{
  GstElement *router = user;
  GstPad *into = gst_element_request_pad_simple (router, GST_PAD_NAME (pad));
  if (into == NULL || gst_pad_link (pad, into) != GST_PAD_LINK_OK)
    yl_log_warning ("relay: %s stays unlinked", GST_PAD_NAME (pad));
  g_object_set_data_full (G_OBJECT (pad), ROUTER_PAD, into,
                          into != NULL ? gst_object_unref : NULL);
}

static void
on_pad_removed (GstElement *src, GstPad *pad, void *user)
{
  GstElement *router = user;
  GstPad *into = g_object_get_data (G_OBJECT (pad), ROUTER_PAD);
  if (into == NULL)
    return;
  gst_pad_unlink (pad, into);
  gst_element_release_request_pad (router, into);
}

/* ---- construction ---- */

static GstElement *
add_element (YlPipelineRelay *self, const char *factory, void *worker,
             GError **error)
{
  GstElement *element = yl_pipeline_make (factory, NULL, error);
  if (element == NULL)
    return NULL;
  g_object_set (element, "worker", worker, NULL);
  gst_bin_add (GST_BIN (self->pipeline), element);
  return element;
}

static bool
build (YlPipelineRelay *self, void *worker, GError **error)
{
  self->src = add_element (self, "ylrtcsrc", worker, error);
  if (self->src == NULL)
    return false;
  self->router = add_element (self, "ylrouter", worker, error);
  if (self->router == NULL)
    return false;
  self->sink = add_element (self, "ylrtcsink", worker, error);
  if (self->sink == NULL)
    return false;
  if (!gst_element_link (self->router, self->sink)) {
    g_set_error (error, YL_PIPELINE_ERROR, YL_PIPELINE_ERROR_FAILED,
                 "cannot link ylrouter to ylrtcsink");
    return false;
  }
  g_signal_connect (self->src, "pad-added", G_CALLBACK (on_pad_added),
                    self->router);
  g_signal_connect (self->src, "pad-removed", G_CALLBACK (on_pad_removed),
                    self->router);
  return true;
}

YlPipelineRelay *
yl_pipeline_relay_new (void *worker, YlPipelineFailed failed, void *user,
                       GError **error)
{
  g_autoptr (YlPipelineRelay) self = g_new0 (YlPipelineRelay, 1);
  self->failed = failed;
  self->user = user;
  self->branches = g_array_new (FALSE, FALSE, sizeof (Branch));
  self->pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  /* Packets are stamped with the system's monotonic clock, so no branch may
   * bring in another. */
  g_autoptr (GstClock) clock = gst_system_clock_obtain ();
  gst_pipeline_use_clock (GST_PIPELINE (self->pipeline), clock);
  g_autoptr (GstBus) bus = gst_element_get_bus (self->pipeline);
  self->watch = gst_bus_add_watch (bus, on_message, self);
  return build (self, worker, error) ? g_steal_pointer (&self) : NULL;
}

void
yl_pipeline_relay_free (YlPipelineRelay *self)
{
  if (self == NULL)
    return;
  yl_pipeline_relay_stop (self);
  g_source_remove (self->watch);
  gst_object_unref (self->pipeline);
  g_array_unref (self->branches);
  g_free (self);
}

bool
yl_pipeline_relay_start (YlPipelineRelay *self, GError **error)
{
  /* The src makes no data before someone connects: PLAYING comes at once or
   * later, only a refusal is a failure. */
  if (gst_element_set_state (self->pipeline, GST_STATE_PLAYING)
      == GST_STATE_CHANGE_FAILURE) {
    g_set_error (error, YL_PIPELINE_ERROR, YL_PIPELINE_ERROR_FAILED,
                 "the relay pipeline does not start");
    return false;
  }
  return true;
}

void
yl_pipeline_relay_stop (YlPipelineRelay *self)
{
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
}

GstElement *
yl_pipeline_relay_get_router (YlPipelineRelay *self)
{
  return self->router;
}

GstPipeline *
yl_pipeline_relay_get_pipeline (YlPipelineRelay *self)
{
  return GST_PIPELINE (self->pipeline);
}

/* ---- branches ---- */

void
yl_pipeline_relay_add_branch (YlPipelineRelay *self, GstElement *bin,
                              YlPipelineFailed failed, void *user)
{
  const Branch branch = { .bin = bin, .failed = failed, .user = user };
  g_array_append_val (self->branches, branch);
  gst_bin_add (GST_BIN (self->pipeline), bin);
}

static gboolean
release_peer (GstElement *bin, GstPad *pad, void *router)
{
  g_autoptr (GstPad) peer = gst_pad_get_peer (pad);
  if (peer != NULL)
    gst_element_release_request_pad (router, peer);
  return TRUE;
}

/* What the router pushes must have stopped before the bin stops, or it would
 * see a flushing pad; what the bin pushes must have stopped before the
 * router's pad goes, for the same reason. */
void
yl_pipeline_relay_remove_branch (YlPipelineRelay *self, GstElement *bin)
{
  for (guint i = 0; i < self->branches->len; i++) {
    if (g_array_index (self->branches, Branch, i).bin == bin) {
      g_array_remove_index_fast (self->branches, i);
      break;
    }
  }
  gst_element_foreach_sink_pad (bin, release_peer, self->router);
  gst_element_set_locked_state (bin, TRUE);
  gst_element_set_state (bin, GST_STATE_NULL);
  gst_element_foreach_src_pad (bin, release_peer, self->router);
  gst_bin_remove (GST_BIN (self->pipeline), bin);
}
