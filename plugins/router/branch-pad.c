/* branch-pad.c: an ordinary branch publishes into a room */
#include "router/branch-pad.h"

#include "base/seq.h"
#include "packet-pool.h"
#include "router/pad-properties.h"
#include "router/rtp-caps.h"
#include "rtp/payload-info.h"

#include <string.h>

GST_DEBUG_CATEGORY_STATIC (branch_debug);
#define GST_CAT_DEFAULT branch_debug

/* Between two reports of the branch's clock. */
#define REPORT_US UINT64_C (1000000)

/* A capture time further from now is of another clock. */
#define CLOCK_LIMIT_US 10000000

typedef struct {
  GstBuffer *buffer;
  int64_t capture_us; /* on the system clock, -1 unknown */
  YlSfuTrack format;  /* codec, kind and clock rate from the caps */
} Item;

struct _YlBranchPad {
  GstPad parent;
  YlWorker *worker; /* for waking it */
  YlPacketPool *pool;

  GMutex lock; /* guards the ring and the properties */
  Item ring[YL_BRANCH_MAX_QUEUED];
  guint head;
  guint n;
  YlPadProperties properties;
  gboolean ended; /* EOS or deactivated, behind what is queued */

  /* streaming thread */
  GstSegment segment;
  YlSfuTrack format;

  /* worker thread */
  YlTrackId track;
  YlSfuTrack published;
  uint32_t ssrc;
  YlSeqUnwrap unwrap;
  uint64_t reported_us;
};

G_DEFINE_TYPE (YlBranchPad, yl_branch_pad, GST_TYPE_PAD)

/* ---- streaming thread ---- */

/* When the packet's content happened, on the system's monotonic clock. */
static int64_t
capture_time (YlBranchPad *self, GstObject *element, GstBuffer *buffer)
{
  const GstClockTime running = gst_segment_to_running_time (
      &self->segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));
  if (!GST_CLOCK_TIME_IS_VALID (running))
    return -1;
  const GstClockTime base = gst_element_get_base_time (GST_ELEMENT (element));
  return (int64_t) ((base + running) / GST_USECOND);
}

static void
push_item (YlBranchPad *self, const Item *item)
{
  g_mutex_lock (&self->lock);
  if (self->n == YL_BRANCH_MAX_QUEUED) {
    self->properties.dropped++;
    gst_buffer_unref (item->buffer);
  } else {
    self->ring[(self->head + self->n++) % YL_BRANCH_MAX_QUEUED] = *item;
    self->ended = FALSE;
  }
  g_mutex_unlock (&self->lock);
}

static GstFlowReturn
chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  YlBranchPad *self = YL_BRANCH_PAD (pad);
  const gsize size = gst_buffer_get_size (buffer);
  YlPacketMeta *meta;
  GstBuffer *copy = size <= YL_PACKET_MAX && self->format.clock_rate > 0
                        ? yl_packet_pool_acquire (self->pool, &meta)
                        : NULL;
  if (copy == NULL) {
    g_mutex_lock (&self->lock);
    self->properties.dropped++;
    g_mutex_unlock (&self->lock);
    gst_buffer_unref (buffer);
    return GST_FLOW_OK;
  }
  gst_buffer_extract (buffer, 0, meta->storage, size);
  yl_packet_meta_set_size (meta, (uint16_t) size);
  const Item item = {
    .buffer = copy,
    .capture_us = capture_time (self, parent, buffer),
    .format = self->format,
  };
  push_item (self, &item);
  gst_buffer_unref (buffer);
  if (self->worker != NULL)
    yl_worker_wake (self->worker);
  return GST_FLOW_OK;
}

static void
set_ended (YlBranchPad *self)
{
  g_mutex_lock (&self->lock);
  self->ended = TRUE;
  g_mutex_unlock (&self->lock);
  if (self->worker != NULL)
    yl_worker_wake (self->worker);
}

static bool
set_caps (YlBranchPad *self, const GstCaps *caps)
{
  YlSfuTrack format = { 0 };
  if (!yl_rtp_caps_read (caps, &format))
    return false;
  g_mutex_lock (&self->lock);
  const bool fits =
      self->properties.any_kind || self->properties.kind == format.kind;
  g_mutex_unlock (&self->lock);
  if (fits)
    self->format = format;
  return fits;
}

static gboolean
handle_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  YlBranchPad *self = YL_BRANCH_PAD (pad);
  gboolean ok = TRUE;
  GstCaps *caps;
  switch (GST_EVENT_TYPE (event)) {
  case GST_EVENT_CAPS:
    gst_event_parse_caps (event, &caps);
    ok = set_caps (self, caps);
    break;
  case GST_EVENT_SEGMENT:
    gst_event_copy_segment (event, &self->segment);
    break;
  case GST_EVENT_EOS:
    set_ended (self);
    break;
  default:
    break;
  }
  gst_event_unref (event);
  return ok;
}

/* ---- worker thread ---- */

static bool
pop_item (YlBranchPad *self, Item *item, guint64 *room, bool *ended)
{
  g_mutex_lock (&self->lock);
  const bool any = self->n > 0;
  if (any) {
    *item = self->ring[self->head];
    self->head = (self->head + 1) % YL_BRANCH_MAX_QUEUED;
    self->n--;
  }
  *room = self->properties.room;
  *ended = !any && self->ended;
  g_mutex_unlock (&self->lock);
  return any;
}

static void
unpop_item (YlBranchPad *self, const Item *item)
{
  g_mutex_lock (&self->lock);
  if (self->n == YL_BRANCH_MAX_QUEUED) {
    gst_buffer_unref (item->buffer);
    self->properties.dropped++;
  } else {
    self->head = (self->head + YL_BRANCH_MAX_QUEUED - 1) % YL_BRANCH_MAX_QUEUED;
    self->ring[self->head] = *item;
    self->n++;
  }
  g_mutex_unlock (&self->lock);
}

/* Fills the meta from the octets; false: not a packet we can forward. */
static bool
read_packet (YlBranchPad *self, const Item *item, uint64_t now_us)
{
  YlPacketMeta *meta = yl_packet_meta_get (item->buffer);
  YlPacket *packet = &meta->packet;
  const gsize size = gst_buffer_get_size (item->buffer);
  *packet = (YlPacket){
    .data = meta->storage,
    .size = (uint16_t) size,
    .audio_level = 255,
    .codec = item->format.codec,
    .received_us = now_us,
  };
  if (!yl_rtp_view_parse (&packet->view, meta->storage, size, NULL))
    return false;
  return packet->view.payload_size == 0
         || yl_rtp_payload_info_read (&packet->info, packet->codec,
                                      packet->view.payload,
                                      packet->view.payload_size);
}

static bool
same_format (const YlSfuTrack *a, const YlSfuTrack *b)
{
  return a->codec == b->codec && a->kind == b->kind
         && a->clock_rate == b->clock_rate;
}

void
yl_branch_pad_end (YlBranchPad *self, YlSfu *sfu, uint64_t now_us)
{
  if (self->track.v != 0)
    yl_sfu_remove_track (sfu, self->track, now_us);
  self->track.v = 0;
}

/* Makes sure that a track for packets like this exists. */
static bool
publish (YlBranchPad *self, YlSfu *sfu, const Item *item, guint64 room,
         uint32_t ssrc, uint64_t now_us)
{
  YlSfuTrack known;
  if (self->track.v != 0 && !yl_sfu_get_track (sfu, self->track, &known))
    self->track.v = 0; /* its room is gone */
  if (self->track.v != 0 && ssrc == self->ssrc
      && same_format (&self->published, &item->format)
      && self->published.room.v == room)
    return true;
  yl_branch_pad_end (self, sfu, now_us);
  self->published = item->format;
  self->published.room.v = room;
  self->published.peer = YL_SFU_NO_PEER;
  self->ssrc = ssrc;
  self->unwrap = (YlSeqUnwrap){ 0 };
  self->reported_us = 0;
  self->track = yl_sfu_add_track (sfu, &self->published, now_us, NULL);
  return self->track.v != 0;
}

/* The branch's clock is the pipeline's, so a packet says what a sender
 * report would. */
static void
report_clock (YlBranchPad *self, YlSfu *sfu, const Item *item,
              const YlPacket *packet, uint64_t now_us)
{
  if (self->reported_us != 0 && now_us - self->reported_us < REPORT_US)
    return;
  int64_t at_us = item->capture_us;
  if (at_us < 0 || ABS ((int64_t) now_us - at_us) > CLOCK_LIMIT_US)
    at_us = (int64_t) now_us;
  self->reported_us = now_us;
  yl_sfu_source_report (sfu, self->track, yl_sfu_ntp ((uint64_t) at_us),
                        packet->view.timestamp, now_us);
}

/* Returns false when @item belongs to the next list. */
static bool
take_item (YlBranchPad *self, YlSfu *sfu, const Item *item, guint64 room,
           uint64_t now_us, GstBufferList **list)
{
  YlPacketMeta *meta = yl_packet_meta_get (item->buffer);
  if (!read_packet (self, item, now_us)) {
    gst_buffer_unref (item->buffer);
    return true;
  }
  YlPacket *packet = &meta->packet;
  const YlTrackId before = self->track;
  if (*list != NULL && packet->view.ssrc != self->ssrc) {
    unpop_item (self, item);
    return false;
  }
  if (!publish (self, sfu, item, room, packet->view.ssrc, now_us)) {
    gst_buffer_unref (item->buffer);
    return true;
  }
  if (*list != NULL && before.v != self->track.v) { /* the codec changed */
    gst_clear_buffer_list (list);
  }
  packet->seq = yl_seq_unwrap (&self->unwrap, packet->view.seq);
  meta->track = self->track;
  report_clock (self, sfu, item, packet, now_us);
  if (*list == NULL)
    *list = gst_buffer_list_new_sized (16);
  gst_buffer_list_add (*list, item->buffer);
  return true;
}

GstBufferList *
yl_branch_pad_drain (YlBranchPad *self, YlSfu *sfu, uint64_t now_us)
{
  GstBufferList *list = NULL;
  Item item;
  guint64 room;
  bool ended = false;
  for (unsigned i = 0; i < YL_PLAN_MAX_PACKETS; i++)
    if (!pop_item (self, &item, &room, &ended)
        || !take_item (self, sfu, &item, room, now_us, &list))
      break;
  if (ended && list == NULL)
    yl_branch_pad_end (self, sfu, now_us);
  return list;
}

YlTrackId
yl_branch_pad_track (const YlBranchPad *self)
{
  return self->track;
}

/* ---- keyframes ---- */

static void
ask_upstream (GstElement *element, gpointer pad)
{
  /* As libgstvideo writes it, which would be a library for one line. */
  gst_pad_push_event (
      GST_PAD (pad),
      gst_event_new_custom (
          GST_EVENT_CUSTOM_UPSTREAM,
          gst_structure_new ("GstForceKeyUnit", "running-time",
                             GST_TYPE_CLOCK_TIME, GST_CLOCK_TIME_NONE,
                             "all-headers", G_TYPE_BOOLEAN, TRUE, "count",
                             G_TYPE_UINT, 0, NULL)));
}

void
yl_branch_pad_want_keyframe (YlBranchPad *self)
{
  g_autoptr (GstObject) element = gst_pad_get_parent (GST_PAD (self));
  if (element != NULL) /* an encoder may take its time: not on our thread */
    gst_element_call_async (GST_ELEMENT (element), ask_upstream,
                            gst_object_ref (self), gst_object_unref);
}

/* ---- object ---- */

static gboolean
activate_mode (GstPad *pad, GstObject *parent, GstPadMode mode, gboolean active)
{
  YlBranchPad *self = YL_BRANCH_PAD (pad);
  if (mode != GST_PAD_MODE_PUSH)
    return FALSE;
  if (active)
    gst_segment_init (&self->segment, GST_FORMAT_TIME);
  else
    set_ended (self);
  return TRUE;
}

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  YlBranchPad *self = YL_BRANCH_PAD (object);
  g_mutex_lock (&self->lock);
  if (!yl_pad_properties_set (&self->properties, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  g_mutex_unlock (&self->lock);
}

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  YlBranchPad *self = YL_BRANCH_PAD (object);
  g_mutex_lock (&self->lock);
  if (!yl_pad_properties_get (&self->properties, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  g_mutex_unlock (&self->lock);
}

static void
finalize (GObject *object)
{
  YlBranchPad *self = YL_BRANCH_PAD (object);
  for (; self->n > 0; self->n--, self->head++)
    gst_buffer_unref (self->ring[self->head % YL_BRANCH_MAX_QUEUED].buffer);
  yl_packet_pool_close (self->pool);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (yl_branch_pad_parent_class)->finalize (object);
}

static void
yl_branch_pad_class_init (YlBranchPadClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GST_DEBUG_CATEGORY_INIT (branch_debug, "ylbranch", 0,
                           "branch pads of ylrouter");
  object_class->set_property = set_property;
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  yl_pad_properties_install (
      object_class,
      &(YlPadTexts){ .room = "Room to publish into",
                     .kind = "audio or video; NULL takes what the caps say",
                     .dropped = "Packets the worker did not take in time" });
}

static void
yl_branch_pad_init (YlBranchPad *self)
{
  g_mutex_init (&self->lock);
  self->properties.any_kind = TRUE;
  self->pool = yl_packet_pool_new (2 * YL_BRANCH_MAX_QUEUED);
}

GstPad *
yl_branch_pad_new (GstPadTemplate *template, const char *name, YlWorker *worker)
{
  YlBranchPad *self =
      g_object_new (YL_TYPE_BRANCH_PAD, "name", name, "direction", GST_PAD_SINK,
                    "template", template, NULL);
  /* not in init, where a pad has no direction yet */
  gst_pad_set_activatemode_function (GST_PAD (self), activate_mode);
  gst_pad_set_chain_function (GST_PAD (self), chain);
  gst_pad_set_event_function (GST_PAD (self), handle_event);
  self->worker = worker;
  return GST_PAD (self);
}
