#include "rtcsrc/track-pad.h"

struct YlTrackPad {
  YlTrackId track;
  YlSfuTrack info;
  GstPad *pad;
  YlCodec codec; /* of the caps, NONE before the first */
  uint8_t payload_type;
};

static gboolean
answer_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  if (GST_QUERY_TYPE (query) != GST_QUERY_LATENCY)
    return gst_pad_query_default (pad, parent, query);
  gst_query_set_latency (query, TRUE, 0, GST_CLOCK_TIME_NONE);
  return TRUE;
}

YlTrackPad *
yl_track_pad_new (GstPadTemplate *template, const char *name, YlTrackId track,
                  const YlSfuTrack *info)
{
  YlTrackPad *self = g_new0 (YlTrackPad, 1);
  self->track = track;
  self->info = *info;
  self->pad = gst_object_ref_sink (gst_pad_new_from_template (template, name));
  gst_object_unref (template);
  gst_pad_set_query_function (self->pad, answer_query);
  gst_pad_use_fixed_caps (self->pad);
  return self;
}

void
yl_track_pad_free (YlTrackPad *self)
{
  gst_object_unref (self->pad);
  g_free (self);
}

const uint64_t *
yl_track_pad_key (const YlTrackPad *self)
{
  return &self->track.v;
}

GstPad *
yl_track_pad_get (const YlTrackPad *self)
{
  return self->pad;
}

void
yl_track_pad_start (YlTrackPad *self, GstElement *element, guint group_id)
{
  gst_pad_set_active (self->pad, TRUE);
  gst_element_add_pad (element, self->pad);

  g_autofree char *stream_id = gst_pad_create_stream_id_printf (
      self->pad, element, "%" G_GUINT64_FORMAT, self->track.v);
  GstEvent *start = gst_event_new_stream_start (stream_id);
  gst_event_set_group_id (start, group_id);
  gst_pad_push_event (self->pad, start);
}

static const char *
encoding_name (YlCodec codec)
{
  switch (codec) {
  case YL_CODEC_OPUS:
    return "OPUS";
  case YL_CODEC_VP8:
    return "VP8";
  case YL_CODEC_H264:
    return "H264";
  case YL_CODEC_NONE:
    break;
  }
  return NULL;
}

void
yl_track_pad_update (YlTrackPad *self, const YlPacket *packet)
{
  const char *name = encoding_name (packet->codec);
  if (name == NULL
      || (packet->codec == self->codec
          && packet->view.payload_type == self->payload_type))
    return;
  const bool first = self->codec == YL_CODEC_NONE;
  self->codec = packet->codec;
  self->payload_type = packet->view.payload_type;

  g_autoptr (GstCaps) caps = gst_caps_new_simple (
      "application/x-rtp", "media", G_TYPE_STRING,
      self->info.kind == YL_MEDIA_AUDIO ? "audio" : "video", "clock-rate",
      G_TYPE_INT, (int) self->info.clock_rate, "encoding-name", G_TYPE_STRING,
      name, "payload", G_TYPE_INT, (int) self->payload_type, NULL);
  gst_pad_push_event (self->pad, gst_event_new_caps (caps));
  if (first) {
    GstSegment segment;
    gst_segment_init (&segment, GST_FORMAT_TIME);
    gst_pad_push_event (self->pad, gst_event_new_segment (&segment));
  }
}
