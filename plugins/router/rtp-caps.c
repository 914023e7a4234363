/* rtp-caps.c: tracks as GStreamer's RTP caps, and back */
#include "router/rtp-caps.h"

static const struct {
  YlCodec codec;
  YlMediaKind kind;
  int clock_rate; /* [Hz] */
  const char *name;
} codecs[] = {
  { YL_CODEC_OPUS, YL_MEDIA_AUDIO, 48000, "OPUS" },
  { YL_CODEC_VP8, YL_MEDIA_VIDEO, 90000, "VP8" },
  { YL_CODEC_H264, YL_MEDIA_VIDEO, 90000, "H264" },
};

static const char *const kinds[] = {
  [YL_MEDIA_AUDIO] = "audio",
  [YL_MEDIA_VIDEO] = "video",
};

YlMediaKind
yl_rtp_caps_kind (const char *name)
{
  return g_strcmp0 (name, "video") == 0 ? YL_MEDIA_VIDEO : YL_MEDIA_AUDIO;
}

const char *
yl_rtp_caps_kind_name (YlMediaKind kind)
{
  return kinds[kind];
}

GstEvent *
yl_rtp_caps_event (const YlSfuTrack *info, const YlPacket *packet)
{
  const char *name = "X-UNKNOWN";
  for (unsigned i = 0; i < G_N_ELEMENTS (codecs); i++)
    if (codecs[i].codec == packet->codec)
      name = codecs[i].name;
  GstCaps *caps = gst_caps_new_simple (
      "application/x-rtp", "media", G_TYPE_STRING, kinds[info->kind],
      "encoding-name", G_TYPE_STRING, name, "clock-rate", G_TYPE_INT,
      (int) info->clock_rate, "payload", G_TYPE_INT, packet->view.payload_type,
      "ssrc", G_TYPE_UINT, packet->view.ssrc, NULL);
  GstEvent *event = gst_event_new_caps (caps);
  gst_caps_unref (caps);
  return event;
}

bool
yl_rtp_caps_read (const GstCaps *caps, YlSfuTrack *info)
{
  const GstStructure *s = gst_caps_get_structure (caps, 0);
  const char *name = gst_structure_get_string (s, "encoding-name");
  for (unsigned i = 0; i < G_N_ELEMENTS (codecs); i++) {
    if (name == NULL || g_ascii_strcasecmp (codecs[i].name, name) != 0)
      continue;
    int rate = codecs[i].clock_rate;
    gst_structure_get_int (s, "clock-rate", &rate);
    if (rate <= 0)
      return false;
    info->codec = codecs[i].codec;
    info->kind = codecs[i].kind;
    info->clock_rate = (uint32_t) rate;
    return true;
  }
  return false;
}
