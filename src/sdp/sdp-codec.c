#include "sdp/sdp-codec.h"

#include "sdp/sdp-text.h"

#include <string.h>

enum { FB_NACK = 1, FB_PLI = 2, FB_FIR = 4, FB_TRANSPORT_CC = 8 };

/* What the attributes say of one payload type; strings are borrowed. */
typedef struct {
  const char *rtpmap; /* "VP8/90000" */
  const char *fmtp;   /* "apt=96" */
  unsigned feedback;
} Payload;

static unsigned
read_feedback (const char *text)
{
  static const struct {
    const char *text;
    unsigned flag;
  } known[] = {
    { "nack", FB_NACK },
    { "nack pli", FB_PLI },
    { "ccm fir", FB_FIR },
    { "transport-cc", FB_TRANSPORT_CC },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (known); i++) {
    if (strcmp (text, known[i].text) == 0)
      return known[i].flag;
  }
  return 0;
}

/* One pass over the attributes: a section may have thousands. */
static void
read_payloads (const GstSDPMedia *media, Payload payloads[128])
{
  const unsigned n = gst_sdp_media_attributes_len (media);
  for (unsigned i = 0; i < n; i++) {
    const GstSDPAttribute *attribute = gst_sdp_media_get_attribute (media, i);
    const char *value = attribute->value;
    const bool any = value != NULL && g_str_has_prefix (value, "* ");
    uint32_t pt = 0;
    if (value == NULL || (!any && !yl_sdp_read_number (&value, 127, &pt)))
      continue;
    value += strcspn (value, " ");
    value += strspn (value, " ");
    if (strcmp (attribute->key, "rtcp-fb") == 0) {
      const unsigned flag = read_feedback (value);
      for (uint32_t k = any ? 0 : pt; k <= (any ? 127 : pt); k++)
        payloads[k].feedback |= flag;
    } else if (!any && strcmp (attribute->key, "rtpmap") == 0) {
      payloads[pt].rtpmap = value;
    } else if (!any && strcmp (attribute->key, "fmtp") == 0) {
      payloads[pt].fmtp = value;
    }
  }
}

/* The value of @name in "a=1;b=2", or NULL; ends at ';', ' ' or NUL. */
static const char *
find_parameter (const char *fmtp, const char *name)
{
  const size_t length = strlen (name);
  for (const char *p = fmtp; p != NULL && *p != '\0';) {
    p += strspn (p, "; ");
    if (g_ascii_strncasecmp (p, name, length) == 0 && p[length] == '=')
      return p + length + 1;
    p += strcspn (p, ";");
  }
  return NULL;
}

/* Baseline and constrained baseline are what every browser decodes. */
static bool
read_h264 (const char *fmtp, YlSdpCodec *codec)
{
  const char *mode = find_parameter (fmtp, "packetization-mode");
  const char *profile = find_parameter (fmtp, "profile-level-id");
  if (mode == NULL || profile == NULL || mode[0] != '1'
      || strspn (profile, "0123456789abcdefABCDEF") != 6
      || g_ascii_strncasecmp (profile, "42", 2) != 0)
    return false;
  codec->profile_level_id = (uint32_t) g_ascii_strtoull (profile, NULL, 16);
  return true;
}

static bool
read_codec (const Payload *payload, YlSdpCodec *codec)
{
  static const struct {
    const char *rtpmap;
    YlSdpCodecKind kind;
    uint32_t clock_rate;
    uint8_t channels;
  } known[] = {
    { "opus/48000/2", YL_SDP_CODEC_OPUS, 48000, 2 },
    { "VP8/90000", YL_SDP_CODEC_VP8, 90000, 1 },
    { "H264/90000", YL_SDP_CODEC_H264, 90000, 1 },
  };
  for (size_t i = 0; payload->rtpmap != NULL && i < G_N_ELEMENTS (known); i++) {
    if (g_ascii_strcasecmp (payload->rtpmap, known[i].rtpmap) != 0)
      continue;
    codec->kind = known[i].kind;
    codec->clock_rate = known[i].clock_rate;
    codec->channels = known[i].channels;
    return codec->kind != YL_SDP_CODEC_H264 || read_h264 (payload->fmtp, codec);
  }
  return false;
}

static uint8_t
find_rtx (const Payload payloads[128], uint32_t pt)
{
  for (uint8_t i = 0; i < 128; i++) {
    const char *apt = find_parameter (payloads[i].fmtp, "apt");
    uint32_t of;
    if (apt != NULL && payloads[i].rtpmap != NULL
        && g_ascii_strcasecmp (payloads[i].rtpmap, "rtx/90000") == 0
        && yl_sdp_read_number (&apt, 127, &of) && of == pt)
      return i;
  }
  return YL_SDP_NO_PAYLOAD_TYPE;
}

uint8_t
yl_sdp_read_codecs (const GstSDPMedia *media,
                    YlSdpCodec codecs[YL_SDP_MAX_CODECS])
{
  Payload payloads[128] = { 0 };
  read_payloads (media, payloads);

  uint8_t n = 0;
  const unsigned n_formats = gst_sdp_media_formats_len (media);
  for (unsigned i = 0; i < n_formats && n < YL_SDP_MAX_CODECS; i++) {
    const char *format = gst_sdp_media_get_format (media, i);
    uint32_t pt;
    YlSdpCodec codec = { 0 };
    if (!yl_sdp_read_number (&format, 127, &pt) || *format != '\0'
        || !read_codec (&payloads[pt], &codec))
      continue;
    const unsigned feedback = payloads[pt].feedback;
    codec.payload_type = (uint8_t) pt;
    codec.rtx_payload_type = codec.kind == YL_SDP_CODEC_OPUS
                                 ? YL_SDP_NO_PAYLOAD_TYPE
                                 : find_rtx (payloads, pt);
    codec.nack = feedback & FB_NACK;
    codec.pli = feedback & FB_PLI;
    codec.fir = feedback & FB_FIR;
    codec.transport_cc = feedback & FB_TRANSPORT_CC;
    codecs[n++] = codec;
    payloads[pt].rtpmap = NULL; /* a number repeated in m= counts once */
  }
  return n;
}
