/* ylrouter.c: who gets what, behind pads */
#include "router/ylrouter.h"

#include "packet-meta.h"
#include "router/branch-pad.h"
#include "router/fan-out.h"
#include "router/tap-pad.h"
#include "worker/worker.h"

#include <string.h>

GST_DEBUG_CATEGORY_STATIC (router_debug);
#define GST_CAT_DEFAULT router_debug

/* Of each kind; more are refused. */
#define MAX_TAPS 64
#define MAX_BRANCHES 64

struct _YlRouter {
  GstElement parent;
  GstPad *srcpad;
  YlWorker *worker; /* set before READY, borrowed */

  /* under the object lock; owned references */
  GPtrArray *taps;     /* YlTapPad */
  GPtrArray *branches; /* YlBranchPad */
  GPtrArray *retired;  /* YlBranchPad, released: their tracks must end */
  guint next_pad;

  gint n_taps; /* atomic: the packet path looks no further at 0 */

  /* worker thread */
  YlFanOut *fan_out;
};

G_DEFINE_TYPE (YlRouter, yl_router, GST_TYPE_ELEMENT)

enum { PROP_WORKER = 1 };

#define RTP_CAPS GST_STATIC_CAPS ("application/x-rtp")

static GstStaticPadTemplate track_template = GST_STATIC_PAD_TEMPLATE (
    "track_%u", GST_PAD_SINK, GST_PAD_REQUEST, RTP_CAPS);
static GstStaticPadTemplate branch_template = GST_STATIC_PAD_TEMPLATE (
    "sink_%u", GST_PAD_SINK, GST_PAD_REQUEST, RTP_CAPS);
static GstStaticPadTemplate tap_template =
    GST_STATIC_PAD_TEMPLATE ("tap_%u", GST_PAD_SRC, GST_PAD_REQUEST, RTP_CAPS);
static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, RTP_CAPS);

/* References to what @array holds now, so that no lock is held while pads
 * are used. */
static guint
snapshot (YlRouter *self, GPtrArray *array, gpointer *items, guint max)
{
  GST_OBJECT_LOCK (self);
  const guint n = MIN (array->len, max);
  for (guint i = 0; i < n; i++)
    items[i] = gst_object_ref (array->pdata[i]);
  GST_OBJECT_UNLOCK (self);
  return n;
}

/* ---- worker thread: forwarding ---- */

static bool
is_held (gpointer *taps, guint n, YlTrackId track)
{
  for (guint i = 0; i < n; i++)
    if (yl_tap_pad_has (taps[i], track))
      return true;
  return false;
}

static void
feed_taps (YlRouter *self, YlTrackId track, const YlPacket *const *packets,
           size_t n_packets, GstClockTime arrival)
{
  YlSfu *sfu = yl_worker_get_sfu (self->worker);
  YlSfuTrack info;
  if (!yl_sfu_get_track (sfu, track, &info))
    return;
  gpointer taps[MAX_TAPS];
  const guint n = snapshot (self, self->taps, taps, MAX_TAPS);
  if (!GST_CLOCK_TIME_IS_VALID (arrival)) /* from a branch */
    arrival = gst_element_get_current_running_time (GST_ELEMENT (self));
  bool held = is_held (taps, n, track);
  for (guint i = 0; i < n; i++) {
    YlTapPad *tap = taps[i];
    if (yl_tap_pad_wants (tap, track, &info, !held)) {
      held = true;
      for (size_t p = 0; p < n_packets; p++)
        yl_tap_pad_take (tap, &info, packets[p], arrival);
      if (yl_tap_pad_take_wish (tap))
        yl_sfu_want_keyframe (sfu, track, yl_worker_now (self->worker));
    }
    gst_object_unref (tap);
  }
}

/* Hands one batch to all who want it. Takes its list. */
static void
forward_batch (YlRouter *self, const YlFanOutBatch *batch)
{
  if (g_atomic_int_get (&self->n_taps) > 0)
    feed_taps (self, batch->track, batch->packets, batch->n,
               GST_BUFFER_PTS (gst_buffer_list_get (batch->list, 0)));
  yl_fan_out_send (self->fan_out, self->worker, batch);
}

static bool
fan_out (void *user, uint64_t now_us, uint64_t *dropped)
{
  YlRouter *self = user;
  return yl_fan_out_run (self->fan_out, self->worker, now_us, dropped);
}

/* (transfer full) */
static void
forward_list (YlRouter *self, GstBufferList *list)
{
  YlFanOutBatch batch = { .list = list };
  const guint length = gst_buffer_list_length (list);
  for (guint i = 0; i < length && batch.n < YL_PLAN_MAX_PACKETS; i++) {
    GstBuffer *buffer = gst_buffer_list_get (list, i);
    const YlPacketMeta *meta = yl_packet_meta_get (buffer);
    if (meta == NULL)
      continue;
    batch.track = meta->track;
    batch.owners[batch.n] = buffer;
    batch.packets[batch.n++] = &meta->packet;
  }
  if (batch.n > 0 && self->worker != NULL)
    forward_batch (self, &batch);
  else
    gst_buffer_list_unref (list);
}

/* What another worker publishes: its buffers, which nobody changes. */
static void
forward_carried (YlRouter *self, const YlWorkerBatch *from)
{
  YlFanOutBatch batch = { .list = gst_buffer_list_new_sized ((guint) from->n),
                          .track = from->track,
                          .n = from->n };
  for (size_t i = 0; i < from->n; i++) {
    batch.owners[i] = from->owners[i];
    batch.packets[i] = from->packets[i];
    gst_buffer_list_add (batch.list, from->owners[i]);
  }
  forward_batch (self, &batch);
}

static GstFlowReturn
track_chain_list (GstPad *pad, GstObject *parent, GstBufferList *list)
{
  if (gst_buffer_list_length (list) > 0) {
    const YlPacketMeta *meta =
        yl_packet_meta_get (gst_buffer_list_get (list, 0));
    if (meta != NULL
        && GPOINTER_TO_SIZE (gst_pad_get_element_private (pad))
               != meta->track.v)
      gst_pad_set_element_private (pad, GSIZE_TO_POINTER (meta->track.v));
  }
  forward_list (YL_ROUTER (parent), list);
  return GST_FLOW_OK;
}

static GstFlowReturn
track_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  GstBufferList *list = gst_buffer_list_new_sized (1);
  gst_buffer_list_add (list, buffer);
  return track_chain_list (pad, parent, list);
}

static void
end_taps (YlRouter *self, YlTrackId track)
{
  gpointer taps[MAX_TAPS];
  const guint n = snapshot (self, self->taps, taps, MAX_TAPS);
  for (guint i = 0; i < n; i++) {
    if (track.v != 0 && yl_tap_pad_has (taps[i], track))
      yl_tap_pad_end (taps[i]);
    gst_object_unref (taps[i]);
  }
}

/* The track's end is known from the worker; only taps are told here. */
static gboolean
track_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  if (GST_EVENT_TYPE (event) == GST_EVENT_EOS) {
    const YlTrackId track = { GPOINTER_TO_SIZE (
        gst_pad_get_element_private (pad)) };
    end_taps (YL_ROUTER (parent), track);
  }
  gst_event_unref (event);
  return TRUE;
}

/* ---- worker thread: branches ---- */

static YlBranchPad *
take_retired (YlRouter *self)
{
  GST_OBJECT_LOCK (self);
  YlBranchPad *pad = self->retired->len > 0
                         ? g_ptr_array_steal_index_fast (self->retired, 0)
                         : NULL;
  GST_OBJECT_UNLOCK (self);
  return pad;
}

static void
end_retired (YlRouter *self, uint64_t now_us)
{
  YlBranchPad *pad;
  while ((pad = take_retired (self)) != NULL) {
    end_taps (self, yl_branch_pad_track (pad));
    yl_branch_pad_end (pad, yl_worker_get_sfu (self->worker), now_us);
    gst_object_unref (pad);
  }
}

static void
drain (void *user, uint64_t now_us)
{
  YlRouter *self = user;
  gpointer branches[MAX_BRANCHES];
  YlWorkerBatch carried;
  while (yl_worker_take_carried (self->worker, &carried))
    forward_carried (self, &carried);
  const guint n = snapshot (self, self->branches, branches, MAX_BRANCHES);
  for (guint i = 0; i < n; i++) {
    GstBufferList *list;
    while ((list = yl_branch_pad_drain (
                branches[i], yl_worker_get_sfu (self->worker), now_us))
           != NULL)
      forward_list (self, list);
    gst_object_unref (branches[i]);
  }
  end_retired (self, now_us);
}

static void
want_keyframe (void *user, YlTrackId track)
{
  YlRouter *self = user;
  gpointer branches[MAX_BRANCHES];
  const guint n = snapshot (self, self->branches, branches, MAX_BRANCHES);
  for (guint i = 0; i < n; i++) {
    if (yl_track_id_equal (yl_branch_pad_track (branches[i]), track))
      yl_branch_pad_want_keyframe (branches[i]);
    gst_object_unref (branches[i]);
  }
}

static const YlWorkerBranches branch_functions = {
  .drain = drain,
  .fan_out = fan_out,
  .want_keyframe = want_keyframe,
};

/* ---- pads ---- */

static GstPad *
new_pad (YlRouter *self, GstPadTemplate *template, const char *name)
{
  const char *kind = GST_PAD_TEMPLATE_NAME_TEMPLATE (template);
  if (strcmp (kind, "tap_%u") == 0)
    return yl_tap_pad_new (template, name);
  if (strcmp (kind, "sink_%u") == 0)
    return yl_branch_pad_new (template, name, self->worker);
  GstPad *pad = gst_pad_new_from_template (template, name);
  gst_pad_set_chain_function (pad, track_chain);
  gst_pad_set_chain_list_function (pad, track_chain_list);
  gst_pad_set_event_function (pad, track_event);
  return pad;
}

/* Where a pad is listed, or NULL for tracks. */
static GPtrArray *
list_of (YlRouter *self, GstPad *pad)
{
  return YL_IS_TAP_PAD (pad)      ? self->taps
         : YL_IS_BRANCH_PAD (pad) ? self->branches
                                  : NULL;
}

static GstPad *
request_new_pad (GstElement *element, GstPadTemplate *template,
                 const char *wanted, const GstCaps *caps)
{
  YlRouter *self = YL_ROUTER (element);
  g_autofree char *made = NULL;
  if (wanted == NULL) {
    const char *form = GST_PAD_TEMPLATE_NAME_TEMPLATE (template);
    GST_OBJECT_LOCK (self);
    made = g_strdup_printf ("%.*s%u", (int) strlen (form) - 2, form,
                            self->next_pad++);
    GST_OBJECT_UNLOCK (self);
  }
  GstPad *pad = new_pad (self, template, wanted != NULL ? wanted : made);
  GPtrArray *list = list_of (self, pad);
  GST_OBJECT_LOCK (self);
  const bool full =
      list != NULL
      && list->len >= (list == self->taps ? MAX_TAPS : MAX_BRANCHES);
  if (list != NULL && !full)
    g_ptr_array_add (list, gst_object_ref_sink (pad));
  g_atomic_int_set (&self->n_taps, (gint) self->taps->len);
  GST_OBJECT_UNLOCK (self);
  if (full) {
    gst_object_unref (gst_object_ref_sink (pad));
    return NULL;
  }
  gst_pad_set_active (pad, TRUE);
  gst_element_add_pad (element, pad);
  return pad;
}

static void
release_pad (GstElement *element, GstPad *pad)
{
  YlRouter *self = YL_ROUTER (element);
  GPtrArray *list = list_of (self, pad);
  GST_OBJECT_LOCK (self);
  guint index;
  if (list != NULL && g_ptr_array_find (list, pad, &index)) {
    g_ptr_array_steal_index_fast (list, index);
    if (list == self->branches)
      g_ptr_array_add (self->retired, gst_object_ref (pad));
    gst_object_unref (pad);
  }
  g_atomic_int_set (&self->n_taps, (gint) self->taps->len);
  GST_OBJECT_UNLOCK (self);
  gst_pad_set_active (pad, FALSE);
  gst_element_remove_pad (element, pad);
  if (self->worker != NULL)
    yl_worker_wake (self->worker);
}

/* ---- element ---- */

static GstStateChangeReturn
change_state (GstElement *element, GstStateChange transition)
{
  YlRouter *self = YL_ROUTER (element);
  if (transition == GST_STATE_CHANGE_NULL_TO_READY) {
    if (self->worker == NULL) {
      GST_ELEMENT_ERROR (self, RESOURCE, SETTINGS, (NULL),
                         ("the property \"worker\" is not set"));
      return GST_STATE_CHANGE_FAILURE;
    }
    yl_worker_set_branches (self->worker, &branch_functions, self);
  }
  const GstStateChangeReturn result = GST_ELEMENT_CLASS (yl_router_parent_class)
                                          ->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_READY_TO_NULL)
    yl_worker_set_branches (self->worker, NULL, NULL);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    yl_fan_out_reset (self->fan_out);
  return result;
}

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  YlRouter *self = YL_ROUTER (object);
  if (id == PROP_WORKER)
    self->worker = g_value_get_pointer (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
finalize (GObject *object)
{
  YlRouter *self = YL_ROUTER (object);
  g_ptr_array_unref (self->taps);
  g_ptr_array_unref (self->branches);
  g_ptr_array_unref (self->retired);
  yl_fan_out_free (self->fan_out);
  G_OBJECT_CLASS (yl_router_parent_class)->finalize (object);
}

static void
yl_router_class_init (YlRouterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GST_DEBUG_CATEGORY_INIT (router_debug, "ylrouter", 0, "RTC router");

  object_class->set_property = set_property;
  object_class->finalize = finalize;
  g_object_class_install_property (
      object_class, PROP_WORKER,
      g_param_spec_pointer ("worker", "Worker",
                            "YlWorker shared by the elements of a pipeline",
                            G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS));
  element_class->change_state = change_state;
  element_class->request_new_pad = request_new_pad;
  element_class->release_pad = release_pad;
  gst_element_class_add_static_pad_template (element_class, &track_template);
  gst_element_class_add_static_pad_template_with_gtype (
      element_class, &branch_template, YL_TYPE_BRANCH_PAD);
  gst_element_class_add_static_pad_template_with_gtype (
      element_class, &tap_template, YL_TYPE_TAP_PAD);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (
      element_class, "Yilian router", "Generic/RTP",
      "Plans which WebRTC peer gets which packet, with taps and branches",
      "Yilian");
}

static void
yl_router_init (YlRouter *self)
{
  self->srcpad = gst_pad_new_from_static_template (&src_template, "src");
  gst_element_add_pad (GST_ELEMENT (self), self->srcpad);
  self->taps = g_ptr_array_new_with_free_func (gst_object_unref);
  self->branches = g_ptr_array_new_with_free_func (gst_object_unref);
  self->retired = g_ptr_array_new_with_free_func (gst_object_unref);
  self->fan_out = yl_fan_out_new (self->srcpad);
}
