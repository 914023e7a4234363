/* ylrtcsink.c: the end of the packet path: lists with a plan leave here */
#include "rtcsink/ylrtcsink.h"

#include "worker/worker.h"

GST_DEBUG_CATEGORY_STATIC (rtcsink_debug);
#define GST_CAT_DEFAULT rtcsink_debug

struct _YlRtcSink {
  GstElement parent;
  GstPad *sinkpad;
  YlWorker *worker; /* set before READY, borrowed */
};

G_DEFINE_TYPE (YlRtcSink, yl_rtc_sink, GST_TYPE_ELEMENT)

enum { PROP_WORKER = 1 };

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS,
                             GST_STATIC_CAPS ("application/x-rtp"));

/* Worker thread. What cannot be sent is counted by the egress: the flow never
 * stops here. */
static void
write_plan (YlRtcSink *self)
{
  if (self->worker == NULL)
    return;
  const YlPlan *plan = yl_worker_plan (self->worker);
  if (plan != NULL)
    yl_egress_write (yl_worker_get_egress (self->worker), plan,
                     yl_worker_now (self->worker));
}

static GstFlowReturn
chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  write_plan (YL_RTC_SINK (parent));
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

static GstFlowReturn
chain_list (GstPad *pad, GstObject *parent, GstBufferList *list)
{
  write_plan (YL_RTC_SINK (parent));
  gst_buffer_list_unref (list);
  return GST_FLOW_OK;
}

static gboolean
event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  gst_event_unref (event);
  return TRUE;
}

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  YlRtcSink *self = YL_RTC_SINK (object);
  if (id == PROP_WORKER)
    self->worker = g_value_get_pointer (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
yl_rtc_sink_class_init (YlRtcSinkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GST_DEBUG_CATEGORY_INIT (rtcsink_debug, "ylrtcsink", 0, "RTC sink");

  object_class->set_property = set_property;
  g_object_class_install_property (
      object_class, PROP_WORKER,
      g_param_spec_pointer ("worker", "Worker",
                            "YlWorker shared by the elements of a pipeline",
                            G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS));
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_set_static_metadata (
      element_class, "Yilian RTC sink", "Sink/Network/RTP",
      "Rewrites, protects and sends packets to WebRTC peers as planned",
      "Yilian");
}

static void
yl_rtc_sink_init (YlRtcSink *self)
{
  self->sinkpad = gst_pad_new_from_static_template (&sink_template, "sink");
  gst_pad_set_chain_function (self->sinkpad, chain);
  gst_pad_set_chain_list_function (self->sinkpad, chain_list);
  gst_pad_set_event_function (self->sinkpad, event);
  gst_element_add_pad (GST_ELEMENT (self), self->sinkpad);
  GST_OBJECT_FLAG_SET (self, GST_ELEMENT_FLAG_SINK);
}
