#include "sdp/sdp-offer.h"

#include <string.h>

/* clang-format off */
const char *const yl_sdp_ext_uris[YL_SDP_N_EXT] = {
  [YL_SDP_EXT_MID] = "urn:ietf:params:rtp-hdrext:sdes:mid",
  [YL_SDP_EXT_RID] = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
  [YL_SDP_EXT_REPAIRED_RID] =
      "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
  [YL_SDP_EXT_TRANSPORT_CC] = ("http://www.ietf.org/id/"
      "draft-holmer-rmcat-transport-wide-cc-extensions-01"),
  [YL_SDP_EXT_AUDIO_LEVEL] = "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
  [YL_SDP_EXT_ABS_SEND_TIME] =
      "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
};
/* clang-format on */

/* RFC 8839, 5.4: shorter cannot be secure, longer does not fit STUN. */
enum { UFRAG_MIN = 4, PWD_MIN = 22, ICE_MAX = 256 };

/* What is read of one level; `section` is NULL at session level. */
typedef struct {
  YlSdpTransport *transport;
  YlSdpSection *section;
} Scope;

static bool
is_ice_text (const char *value, size_t min)
{
  const size_t length = strlen (value);
  for (size_t i = 0; i < length; i++) {
    if (!g_ascii_isalnum (value[i]) && value[i] != '+' && value[i] != '/')
      return false;
  }
  return length >= min && length <= ICE_MAX;
}

static bool
read_ufrag (Scope *scope, const char *value)
{
  scope->transport->ufrag = value;
  return is_ice_text (value, UFRAG_MIN);
}

static bool
read_pwd (Scope *scope, const char *value)
{
  scope->transport->pwd = value;
  return is_ice_text (value, PWD_MIN);
}

static bool
read_setup (Scope *scope, const char *value)
{
  static const char *const names[] = {
    [YL_SDP_SETUP_ACTIVE] = "active",
    [YL_SDP_SETUP_PASSIVE] = "passive",
    [YL_SDP_SETUP_ACTPASS] = "actpass",
  };
  for (unsigned i = YL_SDP_SETUP_ACTIVE; i < G_N_ELEMENTS (names); i++) {
    if (strcmp (value, names[i]) == 0) {
      scope->transport->setup = i;
      return true;
    }
  }
  return false;
}

static bool
read_fingerprint (Scope *scope, const char *value)
{
  size_t length;
  const char *hash = yl_sdp_read_word (&value, &length);
  YlSdpTransport *to = scope->transport;
  if (length != 7 || g_ascii_strncasecmp (hash, "sha-256", 7) != 0)
    return true; /* another hash: legal, and not for us (RFC 8122, 5) */

  const char *hex = yl_sdp_read_word (&value, &length);
  if (length != 32 * 3 - 1 || to->n_fingerprints == YL_SDP_MAX_FINGERPRINTS)
    return false;
  uint8_t *octets = to->fingerprints[to->n_fingerprints];
  for (size_t i = 0; i < 32; i++) {
    const int high = g_ascii_xdigit_value (hex[3 * i]);
    const int low = g_ascii_xdigit_value (hex[3 * i + 1]);
    if (high < 0 || low < 0 || (i < 31 && hex[3 * i + 2] != ':'))
      return false;
    octets[i] = (uint8_t) (high << 4 | low);
  }
  to->n_fingerprints++;
  return true;
}

static bool
read_mid (Scope *scope, const char *value)
{
  const size_t length = strlen (value);
  if (scope->section == NULL
      || !yl_sdp_is_token (value, length, YL_SDP_MAX_MID))
    return false;
  memcpy (scope->section->mid, value, length + 1);
  return true;
}

static int
parse_direction (const char *word, size_t length)
{
  static const char *const names[] = { "inactive", "sendonly", "recvonly",
                                       "sendrecv" };
  for (int i = 0; i < (int) G_N_ELEMENTS (names); i++) {
    if (yl_sdp_word_is (word, length, names[i]))
      return i; /* the index has the bits of both directions */
  }
  return -1;
}

static bool
read_extmap (Scope *scope, const char *value)
{
  uint32_t id;
  if (scope->section == NULL)
    return true;
  if (!yl_sdp_read_number (&value, UINT16_MAX, &id))
    return false;
  YlSdpExtension extension = { .id = (uint8_t) id, .directions = 3 };
  size_t length;
  if (*value == '/') {
    value++;
    const char *word = yl_sdp_read_word (&value, &length);
    const int direction = parse_direction (word, length);
    if (direction < 0)
      return false;
    extension.directions = (uint8_t) direction;
    extension.says_direction = true;
  }
  const char *uri = yl_sdp_read_word (&value, &length);
  for (unsigned i = 0; i < YL_SDP_N_EXT; i++) {
    /* Ids above 14 need two-octet headers, which we do not answer. */
    if (id >= 1 && id <= 14 && yl_sdp_word_is (uri, length, yl_sdp_ext_uris[i]))
      scope->section->extensions[i] = extension;
  }
  return true;
}

static void
add_ssrc (YlSdpSection *section, uint32_t ssrc)
{
  for (uint8_t i = 0; i < section->n_ssrcs; i++) {
    if (section->ssrcs[i] == ssrc)
      return;
  }
  if (section->n_ssrcs < YL_SDP_MAX_SSRCS)
    section->ssrcs[section->n_ssrcs++] = ssrc;
}

static bool
read_ssrc (Scope *scope, const char *value)
{
  uint32_t ssrc;
  if (scope->section == NULL || !yl_sdp_read_number (&value, UINT32_MAX, &ssrc))
    return false;
  add_ssrc (scope->section, ssrc);
  return true;
}

static bool
read_ssrc_group (Scope *scope, const char *value)
{
  size_t length;
  const char *name = yl_sdp_read_word (&value, &length);
  uint32_t media, rtx;
  if (scope->section == NULL)
    return false;
  if (!yl_sdp_word_is (name, length, "FID") || scope->section->fid[0] != 0)
    return true;
  if (*value++ != ' ' || !yl_sdp_read_number (&value, UINT32_MAX, &media)
      || *value++ != ' ' || !yl_sdp_read_number (&value, UINT32_MAX, &rtx)
      || media == rtx)
    return false;
  scope->section->fid[0] = media;
  scope->section->fid[1] = rtx;
  return true;
}

/* "send h;q" (RFC 8853): of alternatives the first, paused or not. */
static bool
read_simulcast (Scope *scope, const char *value)
{
  YlSdpSection *section = scope->section;
  size_t length;
  const char *word = yl_sdp_read_word (&value, &length);
  while (length > 0 && !yl_sdp_word_is (word, length, "send")) {
    yl_sdp_read_word (&value, &length); /* the list of "recv" */
    word = yl_sdp_read_word (&value, &length);
  }
  if (section == NULL || length == 0)
    return section != NULL;

  const char *rid = yl_sdp_read_word (&value, &length);
  const char *end = rid + length;
  section->n_rids = 0;
  while (rid < end && section->n_rids < YL_SDP_MAX_RIDS) {
    rid += *rid == '~';
    const size_t size = strcspn (rid, ",; ");
    if (!yl_sdp_is_token (rid, size, YL_SDP_MAX_MID))
      return false;
    char *to = section->rids[section->n_rids++];
    memcpy (to, rid, size);
    to[size] = '\0';
    rid += strcspn (rid, "; ");
    rid += *rid == ';';
  }
  return section->n_rids > 0;
}

static bool
read_flag (Scope *scope, const char *name)
{
  YlSdpSection *section = scope->section;
  const int direction = parse_direction (name, strlen (name));
  if (section == NULL)
    return true;
  if (direction >= 0)
    section->directions = (uint8_t) direction;
  section->rtcp_mux |= strcmp (name, "rtcp-mux") == 0;
  section->rtcp_rsize |= strcmp (name, "rtcp-rsize") == 0;
  section->bundle_only |= strcmp (name, "bundle-only") == 0;
  return true;
}

static bool
read_attribute (Scope *scope, const GstSDPAttribute *attribute, GError **error)
{
  static const struct {
    const char *name;
    bool (*read) (Scope *scope, const char *value);
  } known[] = {
    { "ice-ufrag", read_ufrag },
    { "ice-pwd", read_pwd },
    { "setup", read_setup },
    { "fingerprint", read_fingerprint },
    { "mid", read_mid },
    { "extmap", read_extmap },
    { "ssrc", read_ssrc },
    { "ssrc-group", read_ssrc_group },
    { "simulcast", read_simulcast },
  };
  const char *value = attribute->value != NULL ? attribute->value : "";
  for (size_t i = 0; i < G_N_ELEMENTS (known); i++) {
    if (strcmp (attribute->key, known[i].name) != 0)
      continue;
    if (known[i].read (scope, value))
      return true;
    g_set_error (error, YL_SDP_ERROR, YL_SDP_ERROR_MALFORMED,
                 "a=%s cannot be read", known[i].name);
    return false;
  }
  return read_flag (scope, attribute->key);
}

static bool
read_section (YlSdpSection *section, const GstSDPMedia *media, GError **error)
{
  Scope scope = { .transport = &section->transport, .section = section };
  section->gst = media;
  section->media = gst_sdp_media_get_media (media);
  section->proto = gst_sdp_media_get_proto (media);
  section->directions = YL_SDP_SENDS | YL_SDP_RECEIVES;
  if (section->media == NULL || section->proto == NULL
      || gst_sdp_media_formats_len (media) == 0) {
    g_set_error (error, YL_SDP_ERROR, YL_SDP_ERROR_MALFORMED,
                 "m= line cannot be read");
    return false;
  }
  const unsigned n = gst_sdp_media_attributes_len (media);
  for (unsigned i = 0; i < n; i++) {
    if (!read_attribute (&scope, gst_sdp_media_get_attribute (media, i), error))
      return false;
  }
  section->open = gst_sdp_media_get_port (media) != 0 || section->bundle_only;
  section->n_codecs = yl_sdp_read_codecs (media, section->codecs);
  return true;
}

static int
find_mid (const YlSdpOffer *self, const char *mid, size_t length)
{
  for (int i = 0; i < self->n_sections; i++) {
    if (length > 0 && yl_sdp_word_is (mid, length, self->sections[i].mid))
      return i;
  }
  return -1;
}

/* Mids of sections that are not there are possible: they were removed. */
static void
read_bundle (YlSdpOffer *self, const char *value)
{
  size_t length;
  const char *word = yl_sdp_read_word (&value, &length);
  if (!yl_sdp_word_is (word, length, "BUNDLE") || self->n_bundle > 0)
    return;
  bool seen[YL_SDP_MAX_SECTIONS] = { false };
  for (;;) {
    word = yl_sdp_read_word (&value, &length);
    if (length == 0)
      return;
    const int i = find_mid (self, word, length);
    if (i >= 0 && !seen[i]) {
      seen[i] = true;
      self->bundle[self->n_bundle++] = (uint8_t) i;
    }
  }
}

static bool
read_session (YlSdpOffer *self, GError **error)
{
  Scope scope = { .transport = &self->transport };
  const unsigned n = gst_sdp_message_attributes_len (self->message);
  for (unsigned i = 0; i < n; i++) {
    const GstSDPAttribute *attribute =
        gst_sdp_message_get_attribute (self->message, i);
    if (strcmp (attribute->key, "group") == 0 && attribute->value != NULL)
      read_bundle (self, attribute->value);
    else if (!read_attribute (&scope, attribute, error))
      return false;
  }
  return true;
}

static bool
read_message (YlSdpOffer *self, GError **error)
{
  for (unsigned i = 0; i < self->n_sections; i++) {
    YlSdpSection *section = &self->sections[i];
    if (!read_section (section, gst_sdp_message_get_media (self->message, i),
                       error))
      return false;
    const size_t length = strlen (section->mid);
    if (length > 0 && find_mid (self, section->mid, length) != (int) i) {
      g_set_error (error, YL_SDP_ERROR, YL_SDP_ERROR_MALFORMED,
                   "mid %s appears twice", section->mid);
      return false;
    }
  }
  return read_session (self, error);
}

YlSdpOffer *
yl_sdp_offer_parse (const char *text, size_t size, GError **error)
{
  if (!yl_sdp_check_text (text, size, error))
    return NULL;
  g_autoptr (YlSdpOffer) self = g_new0 (YlSdpOffer, 1);
  gst_sdp_message_new (&self->message);
  if (gst_sdp_message_parse_buffer ((const guint8 *) text, (guint) size,
                                    self->message)
          != GST_SDP_OK
      || gst_sdp_message_medias_len (self->message) > YL_SDP_MAX_SECTIONS
      || gst_sdp_message_medias_len (self->message) == 0) {
    g_set_error (error, YL_SDP_ERROR, YL_SDP_ERROR_MALFORMED,
                 "not SDP (%zu octets)", size);
    return NULL;
  }
  self->n_sections = (uint8_t) gst_sdp_message_medias_len (self->message);
  return read_message (self, error) ? g_steal_pointer (&self) : NULL;
}

void
yl_sdp_offer_free (YlSdpOffer *self)
{
  if (self == NULL)
    return;
  gst_sdp_message_free (self->message);
  g_free (self);
}
