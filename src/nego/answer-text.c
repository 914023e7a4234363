#include "nego/answer-text.h"

#include <inttypes.h>

static void
write_fingerprint (GString *out, const YlFingerprint *fingerprint)
{
  g_string_append (out, "a=fingerprint:sha-256 ");
  for (size_t i = 0; i < sizeof (fingerprint->sha256); i++)
    g_string_append_printf (out, i == 0 ? "%02X" : ":%02X",
                            fingerprint->sha256[i]);
  g_string_append (out, "\r\n");
}

/* Host candidates, component 1 (rtcp-mux), falling preference (RFC 8445,
 * 5.1.2.1: type preference of a host is 126). */
static void
write_candidates (GString *out, const YlNegoSite *site)
{
  for (size_t i = 0; i < site->n_candidates; i++) {
    const YlAddress *address = &site->candidates[i];
    char ip[YL_ADDRESS_TEXT_SIZE];
    const uint32_t preference = 65535 - (uint32_t) i;
    g_string_append_printf (
        out, "a=candidate:%zu 1 udp %" PRIu32 " %s %u typ host\r\n", i + 1,
        UINT32_C (126) << 24 | preference << 8 | 255,
        yl_address_ip_text (address, ip), address->port);
  }
  g_string_append (out, "a=end-of-candidates\r\n");
}

static void
write_transport (GString *out, const YlAnswerText *self)
{
  g_string_append_printf (out, "a=ice-ufrag:%s\r\na=ice-pwd:%s\r\n",
                          self->config->local_ufrag, self->config->local_pwd);
  write_fingerprint (out, &self->site->fingerprint);
  g_string_append (out, "a=setup:passive\r\n");
}

static void
write_codec (GString *out, const YlPeerCodec *codec)
{
  static const char *const names[] = {
    [YL_CODEC_NONE] = "",
    [YL_CODEC_OPUS] = "opus",
    [YL_CODEC_VP8] = "VP8",
    [YL_CODEC_H264] = "H264",
  };
  const unsigned pt = codec->payload_type;
  g_string_append_printf (out, "a=rtpmap:%u %s/%" PRIu32 "%s\r\n", pt,
                          names[codec->codec], codec->clock_rate,
                          codec->channels == 2 ? "/2" : "");
  if (codec->nack)
    g_string_append_printf (out, "a=rtcp-fb:%u nack\r\n", pt);
  if (codec->pli)
    g_string_append_printf (out, "a=rtcp-fb:%u nack pli\r\n", pt);
  if (codec->fir)
    g_string_append_printf (out, "a=rtcp-fb:%u ccm fir\r\n", pt);
  if (codec->transport_cc)
    g_string_append_printf (out, "a=rtcp-fb:%u transport-cc\r\n", pt);

  /* What we wish to receive, not an echo: mono speech that survives loss. */
  if (codec->codec == YL_CODEC_OPUS)
    g_string_append_printf (
        out, "a=fmtp:%u minptime=10;useinbandfec=1;maxaveragebitrate=40000\r\n",
        pt);
  if (codec->codec == YL_CODEC_H264)
    g_string_append_printf (
        out,
        "a=fmtp:%u level-asymmetry-allowed=1;"
        "packetization-mode=%u;profile-level-id=%06" PRIx32 "\r\n",
        pt, codec->packetization_mode, codec->profile_level_id);
  if (codec->rtx_payload_type != YL_PAYLOAD_TYPE_NONE)
    g_string_append_printf (
        out, "a=rtpmap:%u rtx/%" PRIu32 "\r\na=fmtp:%u apt=%u\r\n",
        codec->rtx_payload_type, codec->clock_rate, codec->rtx_payload_type,
        pt);
}

static void
write_media_line (GString *out, const YlSdpSection *offered,
                  const YlPeerSection *section)
{
  const bool rejected = section->n_codecs == 0;
  g_string_append_printf (out, "m=%s %u %s", offered->media, rejected ? 0 : 9,
                          offered->proto);
  for (unsigned i = 0; i < section->n_codecs; i++) {
    const YlPeerCodec *codec = &section->codecs[i];
    g_string_append_printf (out, " %u", codec->payload_type);
    if (codec->rtx_payload_type != YL_PAYLOAD_TYPE_NONE)
      g_string_append_printf (out, " %u", codec->rtx_payload_type);
  }
  /* RFC 3264, 6: a rejected section still lists a format. */
  if (rejected)
    g_string_append_printf (out, " %s",
                            gst_sdp_media_get_format (offered->gst, 0));
  g_string_append (out, "\r\nc=IN IP4 0.0.0.0\r\n");
  if (offered->mid[0] != '\0')
    g_string_append_printf (out, "a=mid:%s\r\n", offered->mid);
}

static void
write_extensions (GString *out, const YlSdpSection *offered,
                  const YlPeerExtensions *accepted)
{
  const uint8_t ids[YL_SDP_N_EXT] = {
    [YL_SDP_EXT_MID] = accepted->mid,
    [YL_SDP_EXT_RID] = accepted->rid,
    [YL_SDP_EXT_REPAIRED_RID] = accepted->repaired_rid,
    [YL_SDP_EXT_TRANSPORT_CC] = accepted->transport_cc,
    [YL_SDP_EXT_AUDIO_LEVEL] = accepted->audio_level,
    [YL_SDP_EXT_ABS_SEND_TIME] = accepted->abs_send_time,
  };
  static const char *const seen_from_here[] = { "/inactive", "/recvonly",
                                                "/sendonly", "/sendrecv" };
  for (unsigned i = 0; i < YL_SDP_N_EXT; i++) {
    const YlSdpExtension *extension = &offered->extensions[i];
    if (ids[i] == 0)
      continue;
    g_string_append_printf (
        out, "a=extmap:%u%s %s\r\n", ids[i],
        extension->says_direction ? seen_from_here[extension->directions] : "",
        yl_sdp_ext_uris[i]);
  }
}

/* The k-th audio and the k-th video slot share a stream, and all share a
 * CNAME: this is what joins a voice to its picture. */
static void
write_slot (GString *out, const YlPeerConfig *config,
            const YlPeerSection *section, unsigned k)
{
  if (section->slot_rtx_ssrc != 0)
    g_string_append_printf (out, "a=ssrc-group:FID %u %u\r\n",
                            section->slot_ssrc, section->slot_rtx_ssrc);
  const uint32_t ssrcs[] = { section->slot_ssrc, section->slot_rtx_ssrc };
  g_string_append_printf (out, "a=msid:yilian-%u slot-%s\r\n", k, section->mid);
  for (size_t i = 0; i < G_N_ELEMENTS (ssrcs) && ssrcs[i] != 0; i++)
    g_string_append_printf (out, "a=ssrc:%u cname:%s\r\n", ssrcs[i],
                            config->cname);
}

static void
write_rids (GString *out, const YlPeerSection *section)
{
  for (unsigned i = 0; i < section->n_rids; i++)
    g_string_append_printf (out, "a=rid:%s recv\r\n", section->rids[i]);
  for (unsigned i = 0; i < section->n_rids; i++)
    g_string_append_printf (out, "%s%s", i == 0 ? "a=simulcast:recv " : ";",
                            section->rids[i]);
  if (section->n_rids > 0)
    g_string_append (out, "\r\n");
}

/* How many slots of the same kind come before section @index. */
static unsigned
slot_rank (const YlPeerConfig *config, unsigned index)
{
  unsigned k = 0;
  for (unsigned i = 0; i < index; i++)
    k += config->sections[i].direction == YL_DIRECTION_SEND
         && config->sections[i].kind == config->sections[index].kind;
  return k;
}

static void
write_section (GString *out, const YlAnswerText *self, unsigned index,
               bool tagged)
{
  static const char *const directions[] = {
    [YL_DIRECTION_INACTIVE] = "inactive",
    [YL_DIRECTION_RECEIVE] = "recvonly",
    [YL_DIRECTION_SEND] = "sendonly",
  };
  const YlSdpSection *offered = &self->offer->sections[index];
  const YlPeerSection *section = &self->config->sections[index];
  write_media_line (out, offered, section);
  if (section->n_codecs == 0)
    return;
  write_transport (out, self);
  if (tagged)
    write_candidates (out, self->site);
  write_extensions (out, offered, &section->extensions);
  g_string_append_printf (out, "a=%s\r\na=rtcp-mux\r\n",
                          directions[section->direction]);
  if (offered->rtcp_rsize)
    g_string_append (out, "a=rtcp-rsize\r\n");
  for (unsigned i = 0; i < section->n_codecs; i++)
    write_codec (out, &section->codecs[i]);
  write_rids (out, section);
  if (section->direction == YL_DIRECTION_SEND)
    write_slot (out, self->config, section, slot_rank (self->config, index));
}

char *
yl_answer_text_write (const YlAnswerText *self)
{
  const YlSdpOffer *offer = self->offer;
  const YlPeerSection *sections = self->config->sections;
  GString *out = g_string_new (NULL);
  g_string_append_printf (out,
                          "v=0\r\no=- %" PRIu64 " %" PRIu32
                          " IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"
                          "a=ice-lite\r\na=msid-semantic: WMS *\r\n"
                          "a=group:BUNDLE",
                          self->session_id, self->version);
  int tagged = -1;
  for (unsigned i = 0; i < offer->n_bundle; i++) {
    const unsigned index = offer->bundle[i];
    if (sections[index].n_codecs == 0)
      continue;
    g_string_append_printf (out, " %s", sections[index].mid);
    if (tagged < 0)
      tagged = (int) index;
  }
  g_string_append (out, "\r\n");
  for (unsigned i = 0; i < offer->n_sections; i++)
    write_section (out, self, i, (int) i == tagged);
  return g_string_free (out, FALSE);
}
