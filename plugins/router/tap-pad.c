/* tap-pad.c: a live track leaving the packet path as ordinary RTP */
#include "router/tap-pad.h"

#include "router/pad-properties.h"
#include "router/rtp-caps.h"

#include <string.h>

GST_DEBUG_CATEGORY_STATIC (tap_debug);
#define GST_CAT_DEFAULT tap_debug

struct _YlTapPad {
  GstPad parent;
  gint wish; /* atomic: a keyframe is wanted */

  GMutex lock; /* guards all below */
  GCond wake;
  YlPadProperties properties;
  guint64 track; /* 0: not settled */
  guint64 peer;  /* 0: any publisher */
  GQueue queue;  /* GstEvent and GstBuffer, owned */
  guint n_buffers;
  gboolean stopped;  /* pad inactive */
  gboolean detached; /* the branch failed */
  gboolean discont;

  /* worker thread */
  YlCodec codec;
  uint8_t payload_type;
  uint32_t ssrc;
  bool announced; /* stream-start and segment are queued */
};

G_DEFINE_TYPE (YlTapPad, yl_tap_pad, GST_TYPE_PAD)

enum { PROP_TRACK = YL_PAD_OWN, PROP_PEER };

/* ---- worker thread ---- */

bool
yl_tap_pad_has (YlTapPad *self, YlTrackId track)
{
  g_mutex_lock (&self->lock);
  const bool has = self->track == track.v;
  g_mutex_unlock (&self->lock);
  return has;
}

bool
yl_tap_pad_wants (YlTapPad *self, YlTrackId track, const YlSfuTrack *info,
                  bool free)
{
  g_mutex_lock (&self->lock);
  if (self->track == 0 && free && self->properties.room == info->room.v
      && (self->peer == 0 || self->peer == info->publisher.v)
      && self->properties.kind == info->kind)
    self->track = track.v;
  const bool wants =
      self->track == track.v && !self->detached && !self->stopped;
  g_mutex_unlock (&self->lock);
  return wants;
}

static void
drop_oldest (YlTapPad *self)
{
  for (GList *item = self->queue.head; item != NULL; item = item->next) {
    if (!GST_IS_BUFFER (item->data))
      continue;
    gst_buffer_unref (item->data);
    g_queue_delete_link (&self->queue, item);
    self->n_buffers--;
    self->properties.dropped++;
    self->discont = TRUE;
    return;
  }
}

static void
enqueue (YlTapPad *self, gpointer item)
{
  g_mutex_lock (&self->lock);
  if (self->stopped || self->detached) {
    gst_mini_object_unref (item);
  } else {
    g_queue_push_tail (&self->queue, item);
    self->n_buffers += GST_IS_BUFFER (item);
    if (self->n_buffers > YL_TAP_MAX_QUEUED)
      drop_oldest (self);
    g_cond_signal (&self->wake);
  }
  g_mutex_unlock (&self->lock);
}

static void
announce (YlTapPad *self, const YlSfuTrack *info, const YlPacket *packet)
{
  if (!self->announced) {
    g_autofree char *id =
        g_strdup_printf ("yilian-track-%" G_GUINT64_FORMAT, self->track);
    GstSegment segment;
    gst_segment_init (&segment, GST_FORMAT_TIME);
    enqueue (self, gst_event_new_stream_start (id));
    enqueue (self, yl_rtp_caps_event (info, packet));
    enqueue (self, gst_event_new_segment (&segment));
    g_atomic_int_set (&self->wish, 1);
  } else {
    enqueue (self, yl_rtp_caps_event (info, packet));
  }
  self->announced = true;
  self->codec = packet->codec;
  self->payload_type = packet->view.payload_type;
  self->ssrc = packet->view.ssrc;
}

void
yl_tap_pad_take (YlTapPad *self, const YlSfuTrack *info, const YlPacket *packet,
                 GstClockTime running_time)
{
  if (!self->announced || self->codec != packet->codec
      || self->payload_type != packet->view.payload_type
      || self->ssrc != packet->view.ssrc)
    announce (self, info, packet);
  GstBuffer *buffer = gst_buffer_new_memdup (packet->data, packet->size);
  GST_BUFFER_PTS (buffer) = running_time;
  GST_BUFFER_DTS (buffer) = running_time;
  enqueue (self, buffer);
}

void
yl_tap_pad_end (YlTapPad *self)
{
  if (self->announced)
    enqueue (self, gst_event_new_eos ());
}

bool
yl_tap_pad_take_wish (YlTapPad *self)
{
  return g_atomic_int_compare_and_exchange (&self->wish, 1, 0);
}

/* ---- the pad's own thread ---- */

static void
clear_queue (YlTapPad *self)
{
  gpointer item;
  while ((item = g_queue_pop_head (&self->queue)) != NULL)
    gst_mini_object_unref (item);
  self->n_buffers = 0;
}

static gpointer
wait_item (YlTapPad *self)
{
  g_mutex_lock (&self->lock);
  while (!self->stopped && g_queue_is_empty (&self->queue))
    g_cond_wait (&self->wake, &self->lock);
  gpointer item = self->stopped ? NULL : g_queue_pop_head (&self->queue);
  if (item != NULL && GST_IS_BUFFER (item)) {
    self->n_buffers--;
    if (self->discont)
      GST_BUFFER_FLAG_SET (item, GST_BUFFER_FLAG_DISCONT);
    self->discont = FALSE;
  }
  g_mutex_unlock (&self->lock);
  return item;
}

static void
detach (YlTapPad *self, GstFlowReturn flow)
{
  g_mutex_lock (&self->lock);
  self->detached = TRUE;
  clear_queue (self);
  g_mutex_unlock (&self->lock);
  gst_pad_pause_task (GST_PAD (self));

  g_autoptr (GstObject) element = gst_pad_get_parent (GST_PAD (self));
  if (element == NULL)
    return;
  GST_WARNING_OBJECT (self, "detached: %s", gst_flow_get_name (flow));
  gst_element_post_message (
      GST_ELEMENT (element),
      gst_message_new_element (
          element,
          gst_structure_new ("yilian-tap-detached", "pad", G_TYPE_STRING,
                             GST_OBJECT_NAME (self), "flow", G_TYPE_STRING,
                             gst_flow_get_name (flow), NULL)));
}

static void
loop (gpointer data)
{
  YlTapPad *self = data;
  gpointer item = wait_item (self);
  if (item == NULL) {
    gst_pad_pause_task (GST_PAD (self));
    return;
  }
  if (GST_IS_EVENT (item)) {
    gst_pad_push_event (GST_PAD (self), item);
    return;
  }
  const GstFlowReturn flow = gst_pad_push (GST_PAD (self), item);
  /* Not linked yet is no failure, and flushing stops us anyway. */
  if (flow != GST_FLOW_OK && flow != GST_FLOW_NOT_LINKED
      && flow != GST_FLOW_FLUSHING)
    detach (self, flow);
}

static gboolean
activate_mode (GstPad *pad, GstObject *parent, GstPadMode mode, gboolean active)
{
  YlTapPad *self = YL_TAP_PAD (pad);
  if (mode != GST_PAD_MODE_PUSH)
    return FALSE;
  g_mutex_lock (&self->lock);
  self->stopped = !active;
  if (!active)
    clear_queue (self);
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->lock);
  return active ? gst_pad_start_task (pad, loop, pad, NULL)
                : gst_pad_stop_task (pad);
}

static gboolean
handle_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  if (GST_EVENT_TYPE (event) == GST_EVENT_CUSTOM_UPSTREAM
      && gst_event_has_name (event, "GstForceKeyUnit"))
    g_atomic_int_set (&YL_TAP_PAD (pad)->wish, 1);
  gst_event_unref (event);
  return TRUE;
}

static gboolean
handle_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  if (GST_QUERY_TYPE (query) != GST_QUERY_LATENCY)
    return gst_pad_query_default (pad, parent, query);
  gst_query_set_latency (query, TRUE, 0, GST_CLOCK_TIME_NONE);
  return TRUE;
}

/* ---- object ---- */

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  YlTapPad *self = YL_TAP_PAD (object);
  g_mutex_lock (&self->lock);
  if (id == PROP_TRACK)
    self->track = g_value_get_uint64 (value);
  else if (id == PROP_PEER)
    self->peer = g_value_get_uint64 (value);
  else if (!yl_pad_properties_set (&self->properties, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  g_mutex_unlock (&self->lock);
}

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  YlTapPad *self = YL_TAP_PAD (object);
  g_mutex_lock (&self->lock);
  if (id == PROP_TRACK)
    g_value_set_uint64 (value, self->track);
  else if (id == PROP_PEER)
    g_value_set_uint64 (value, self->peer);
  else if (!yl_pad_properties_get (&self->properties, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  g_mutex_unlock (&self->lock);
}

static void
finalize (GObject *object)
{
  YlTapPad *self = YL_TAP_PAD (object);
  clear_queue (self);
  g_cond_clear (&self->wake);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (yl_tap_pad_parent_class)->finalize (object);
}

static void
yl_tap_pad_class_init (YlTapPadClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags rw = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;
  GST_DEBUG_CATEGORY_INIT (tap_debug, "yltap", 0, "tap pads of ylrouter");
  object_class->set_property = set_property;
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  g_object_class_install_property (
      object_class, PROP_TRACK,
      g_param_spec_uint64 ("track", "Track",
                           "Track to tap; 0: the first of room and kind that "
                           "no other tap has, then its id",
                           0, G_MAXUINT64, 0, rw));
  g_object_class_install_property (
      object_class, PROP_PEER,
      g_param_spec_uint64 ("peer", "Peer",
                           "Publisher of the track in the room; 0: any", 0,
                           G_MAXUINT64, 0, rw));
  yl_pad_properties_install (
      object_class,
      &(YlPadTexts){ .room = "Room to find a track in",
                     .kind = "audio or video",
                     .default_kind = "audio",
                     .dropped = "Packets the branch was too slow for" });
}

static void
yl_tap_pad_init (YlTapPad *self)
{
  g_mutex_init (&self->lock);
  g_cond_init (&self->wake);
  g_queue_init (&self->queue);
  self->stopped = TRUE;
  gst_pad_set_activatemode_function (GST_PAD (self), activate_mode);
  gst_pad_set_event_function (GST_PAD (self), handle_event);
  gst_pad_set_query_function (GST_PAD (self), handle_query);
}

GstPad *
yl_tap_pad_new (GstPadTemplate *template, const char *name)
{
  return g_object_new (YL_TYPE_TAP_PAD, "name", name, "direction", GST_PAD_SRC,
                       "template", template, NULL);
}
