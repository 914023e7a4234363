#include "rtcsrc/ylrtcsrc.h"

#include "packet-pool.h"
#include "rtcsrc/track-pad.h"
#include "worker/worker.h"

GST_DEBUG_CATEGORY_STATIC (yl_rtc_src_debug);
#define GST_CAT_DEFAULT yl_rtc_src_debug

/* Packets between the socket and the end of the pipeline, those on their way
 * to other workers included. */
#define MAX_BUFFERS 16384

enum {
  PROP_WORKER = 1,
};

struct _YlRtcSrc {
  GstElement parent;
  YlWorker *worker; /* set before READY, then constant */
  GRecMutex task_lock;
  GstTask *task;
  YlPacketPool *pool;

  /* the task's, or the state change's while it is stopped */
  GHashTable *pads; /* &YlTrackId.v → YlTrackPad */
  guint next_pad;
  guint group_id;
};

G_DEFINE_FINAL_TYPE (YlRtcSrc, yl_rtc_src, GST_TYPE_ELEMENT)
GST_ELEMENT_REGISTER_DEFINE (ylrtcsrc, "ylrtcsrc", GST_RANK_NONE,
                             YL_TYPE_RTC_SRC)

static GstStaticPadTemplate track_template =
    GST_STATIC_PAD_TEMPLATE ("track_%u", GST_PAD_SRC, GST_PAD_SOMETIMES,
                             GST_STATIC_CAPS (YL_TRACK_PAD_CAPS));

/* ---- memory for the worker's packets ---- */

static bool
take_slot (void *user, YlWorkerSlot *slot)
{
  YlRtcSrc *self = user;
  YlPacketMeta *meta;
  if (yl_packet_pool_acquire (self->pool, &meta) == NULL)
    return false;
  *slot = (YlWorkerSlot){ .data = meta->storage,
                          .packet = &meta->packet,
                          .owner = meta };
  return true;
}

static void
give_back_slot (void *user, void *owner)
{
  gst_buffer_unref (((YlPacketMeta *) owner)->buffer);
}

static const YlWorkerSlots slots = { take_slot, give_back_slot };

/* ---- one turn ---- */

static void
remove_pad (YlRtcSrc *self, YlTrackPad *pad)
{
  GstPad *gst_pad = yl_track_pad_get (pad);
  GST_DEBUG_OBJECT (gst_pad, "track ended");
  gst_pad_push_event (gst_pad, gst_event_new_eos ());
  gst_pad_set_active (gst_pad, FALSE);
  gst_element_remove_pad (GST_ELEMENT (self), gst_pad);
}

static YlTrackPad *
find_pad (YlRtcSrc *self, const YlWorkerBatch *batch)
{
  YlTrackPad *pad = g_hash_table_lookup (self->pads, &batch->track.v);
  if (pad != NULL)
    return pad;
  g_autofree char *name = g_strdup_printf ("track_%u", self->next_pad++);
  pad = yl_track_pad_new (gst_static_pad_template_get (&track_template), name,
                          batch->track, &batch->info);
  g_hash_table_insert (self->pads, (void *) yl_track_pad_key (pad), pad);
  yl_track_pad_start (pad, GST_ELEMENT (self), self->group_id);
  return pad;
}

static GstBufferList *
make_list (YlRtcSrc *self, const YlWorkerBatch *batch)
{
  const GstClockTime base = gst_element_get_base_time (GST_ELEMENT (self));
  const GstClockTime arrival = batch->packets[0]->received_us * GST_USECOND;
  const GstClockTime pts = arrival > base ? arrival - base : 0;
  GstBufferList *list = gst_buffer_list_new_sized ((guint) batch->n);
  for (size_t i = 0; i < batch->n; i++) {
    YlPacketMeta *meta = batch->owners[i];
    meta->track = batch->track;
    yl_packet_meta_set_size (meta, meta->packet.size);
    GST_BUFFER_PTS (meta->buffer) = pts;
    gst_buffer_list_add (list, meta->buffer);
  }
  return list;
}

/* Whatever a branch answers, the other tracks and the feedback go on. */
static void
push_batch (YlRtcSrc *self, const YlWorkerBatch *batch)
{
  YlTrackPad *pad = find_pad (self, batch);
  yl_track_pad_update (pad, batch->packets[0]);
  const GstFlowReturn flow =
      gst_pad_push_list (yl_track_pad_get (pad), make_list (self, batch));
  if (flow != GST_FLOW_OK)
    GST_LOG_OBJECT (yl_track_pad_get (pad), "%s", gst_flow_get_name (flow));
}

static void
run_turn (void *user)
{
  YlRtcSrc *self = user;
  YlTrackId ended;
  YlWorkerBatch batch;
  if (!yl_worker_begin_turn (self->worker)) {
    gst_task_pause (self->task);
    return;
  }
  while (yl_worker_take_ended (self->worker, &ended)) {
    YlTrackPad *pad = g_hash_table_lookup (self->pads, &ended.v);
    if (pad == NULL)
      continue;
    remove_pad (self, pad);
    g_hash_table_remove (self->pads, &ended.v);
  }
  while (yl_worker_take_batch (self->worker, &batch))
    push_batch (self, &batch);
  yl_worker_end_turn (self->worker);
}

/* ---- state changes ---- */

static gboolean
check_worker (YlRtcSrc *self)
{
  if (self->worker != NULL)
    return TRUE;
  GST_ELEMENT_ERROR (self, RESOURCE, SETTINGS,
                     ("No media worker was given to this element."),
                     ("the property \"worker\" is not set"));
  return FALSE;
}

static void
enter_thread (GstTask *task, GThread *thread, void *user)
{
  yl_worker_enter_thread (YL_RTC_SRC (user)->worker);
}

static void
prepare (YlRtcSrc *self)
{
  self->pool = yl_packet_pool_new (MAX_BUFFERS);
  self->group_id = gst_util_group_id_next ();
  yl_worker_set_slots (self->worker, &slots, self);
  self->task = gst_task_new (run_turn, self, NULL);
  gst_task_set_lock (self->task, &self->task_lock);
  gst_task_set_enter_callback (self->task, enter_thread, self, NULL);
}

static void
start (YlRtcSrc *self)
{
  yl_worker_set_flushing (self->worker, false);
  gst_task_start (self->task);
}

/* Returns when the turn that runs is over. */
static void
halt (YlRtcSrc *self)
{
  yl_worker_set_flushing (self->worker, true);
  gst_task_pause (self->task);
  g_rec_mutex_lock (&self->task_lock);
  g_rec_mutex_unlock (&self->task_lock);
}

static void
tear_down (YlRtcSrc *self)
{
  GHashTableIter iter;
  void *pad;
  yl_worker_set_flushing (self->worker, true);
  gst_task_join (self->task);
  g_clear_pointer (&self->task, gst_object_unref);
  g_hash_table_iter_init (&iter, self->pads);
  while (g_hash_table_iter_next (&iter, NULL, &pad)) {
    gst_pad_set_active (yl_track_pad_get (pad), FALSE);
    gst_element_remove_pad (GST_ELEMENT (self), yl_track_pad_get (pad));
    g_hash_table_iter_remove (&iter);
  }
  yl_worker_set_slots (self->worker, NULL, NULL);
  g_clear_pointer (&self->pool, yl_packet_pool_close);
}

static GstStateChangeReturn
change_state (GstElement *element, GstStateChange transition)
{
  YlRtcSrc *self = YL_RTC_SRC (element);
  if (transition == GST_STATE_CHANGE_NULL_TO_READY && !check_worker (self))
    return GST_STATE_CHANGE_FAILURE;
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED)
    prepare (self);
  if (transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED)
    halt (self);

  const GstStateChangeReturn result =
      GST_ELEMENT_CLASS (yl_rtc_src_parent_class)
          ->change_state (element, transition);
  if (result == GST_STATE_CHANGE_FAILURE)
    return result;

  switch (transition) {
  case GST_STATE_CHANGE_PAUSED_TO_PLAYING:
    start (self);
    return result;
  case GST_STATE_CHANGE_READY_TO_PAUSED:
  case GST_STATE_CHANGE_PLAYING_TO_PAUSED:
    return GST_STATE_CHANGE_NO_PREROLL; /* live */
  case GST_STATE_CHANGE_PAUSED_TO_READY:
    tear_down (self);
    return result;
  default:
    return result;
  }
}

/* ---- object ---- */

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  YlRtcSrc *self = YL_RTC_SRC (object);
  if (id == PROP_WORKER)
    self->worker = g_value_get_pointer (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  const YlRtcSrc *self = YL_RTC_SRC (object);
  if (id == PROP_WORKER)
    g_value_set_pointer (value, self->worker);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
finalize (GObject *object)
{
  YlRtcSrc *self = YL_RTC_SRC (object);
  g_hash_table_unref (self->pads);
  g_rec_mutex_clear (&self->task_lock);
  G_OBJECT_CLASS (yl_rtc_src_parent_class)->finalize (object);
}

static void
yl_rtc_src_init (YlRtcSrc *self)
{
  g_rec_mutex_init (&self->task_lock);
  self->pads = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL,
                                      (GDestroyNotify) yl_track_pad_free);
  GST_OBJECT_FLAG_SET (self, GST_ELEMENT_FLAG_SOURCE);
}

static void
yl_rtc_src_class_init (YlRtcSrcClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GstElementClass *element_class = GST_ELEMENT_CLASS (class);
  GST_DEBUG_CATEGORY_INIT (yl_rtc_src_debug, "ylrtcsrc", 0,
                           "WebRTC tracks of one worker");
  object_class->set_property = set_property;
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  element_class->change_state = change_state;
  g_object_class_install_property (
      object_class, PROP_WORKER,
      g_param_spec_pointer ("worker", "Worker",
                            "The YlWorker whose turns this element runs",
                            G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS
                                | GST_PARAM_MUTABLE_READY));
  gst_element_class_add_static_pad_template (element_class, &track_template);
  gst_element_class_set_static_metadata (
      element_class, "Yilian WebRTC source", "Source/Network",
      "Receives from the peers of one worker, a pad per published track",
      "The Yilian authors");
}
