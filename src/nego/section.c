#include "nego/section.h"

#include <string.h>

static void
accept_codec (const YlSdpCodec *offered, bool transport_cc, YlPeerCodec *codec)
{
  static const YlCodec codecs[] = {
    [YL_SDP_CODEC_OPUS] = YL_CODEC_OPUS,
    [YL_SDP_CODEC_VP8] = YL_CODEC_VP8,
    [YL_SDP_CODEC_H264] = YL_CODEC_H264,
  };
  G_STATIC_ASSERT (YL_SDP_NO_PAYLOAD_TYPE == YL_PAYLOAD_TYPE_NONE);
  const bool h264 = offered->kind == YL_SDP_CODEC_H264;
  *codec = (YlPeerCodec){
    .codec = codecs[offered->kind],
    .payload_type = offered->payload_type,
    /* RTX without NACK would be asked for by nobody. */
    .rtx_payload_type =
        offered->nack ? offered->rtx_payload_type : YL_PAYLOAD_TYPE_NONE,
    .channels = offered->channels,
    .clock_rate = offered->clock_rate,
    .profile_level_id = offered->profile_level_id,
    .packetization_mode = h264 ? 1 : 0,
    .nack = offered->nack,
    .pli = offered->pli,
    .fir = offered->fir,
    .transport_cc = offered->transport_cc && transport_cc,
  };
}

static bool
fits_kind (YlSdpCodecKind codec, YlMediaKind kind)
{
  return (codec == YL_SDP_CODEC_OPUS) == (kind == YL_MEDIA_AUDIO);
}

/* VP8 first, since every browser has it; else in the client's order. */
static void
accept_codecs (const YlSdpSection *offered, YlPeerSection *section)
{
  const bool transport_cc = section->extensions.transport_cc != 0;
  for (int vp8 = 1; vp8 >= 0; vp8--) {
    for (unsigned i = 0; i < offered->n_codecs; i++) {
      const YlSdpCodec *codec = &offered->codecs[i];
      if ((codec->kind == YL_SDP_CODEC_VP8) == vp8
          && fits_kind (codec->kind, section->kind)
          && section->n_codecs < YL_PEER_MAX_CODECS)
        accept_codec (codec, transport_cc,
                      &section->codecs[section->n_codecs++]);
    }
  }
}

/* Of sendrecv one half alone, for most the client's: slots have sections of
 * their own. */
static YlDirection
choose_direction (const YlSdpSection *offered, YlNegoRole role)
{
  if ((offered->directions & YL_SDP_SENDS) && role != YL_NEGO_VIEWER)
    return YL_DIRECTION_RECEIVE;
  if ((offered->directions & YL_SDP_RECEIVES) && role != YL_NEGO_PUBLISHER)
    return YL_DIRECTION_SEND;
  return YL_DIRECTION_INACTIVE;
}

static uint8_t
extension_id (const YlSdpSection *offered, YlSdpExt which,
              YlDirection direction)
{
  const uint8_t needed =
      direction == YL_DIRECTION_SEND ? YL_SDP_RECEIVES : YL_SDP_SENDS;
  const YlSdpExtension *extension = &offered->extensions[which];
  return extension->directions & needed ? extension->id : 0;
}

static void
accept_extensions (const YlSdpSection *offered, YlPeerSection *section)
{
  const YlDirection to = section->direction;
  section->extensions = (YlPeerExtensions){
    .mid = extension_id (offered, YL_SDP_EXT_MID, to),
    .rid = extension_id (offered, YL_SDP_EXT_RID, to),
    .repaired_rid = extension_id (offered, YL_SDP_EXT_REPAIRED_RID, to),
    .transport_cc = extension_id (offered, YL_SDP_EXT_TRANSPORT_CC, to),
    .audio_level = extension_id (offered, YL_SDP_EXT_AUDIO_LEVEL, to),
    .abs_send_time = extension_id (offered, YL_SDP_EXT_ABS_SEND_TIME, to),
  };
}

static void
accept_source (const YlSdpSection *offered, bool simulcast,
               YlPeerSection *section)
{
  /* RFC 8853, 5.2: the first is the one the client prefers. */
  section->n_rids = simulcast ? offered->n_rids : MIN (offered->n_rids, 1);
  memcpy (section->rids, offered->rids, sizeof (section->rids));
  if (offered->n_rids > 0)
    return;
  section->ssrc = offered->fid[0] != 0   ? offered->fid[0]
                  : offered->n_ssrcs > 0 ? offered->ssrcs[0]
                                         : 0;
  section->rtx_ssrc = offered->fid[1];
}

bool
yl_nego_accept_section (const YlSdpSection *offered, bool bundled,
                        YlNegoRole role, bool simulcast, YlPeerSection *section,
                        GError **error)
{
  G_STATIC_ASSERT (YL_SDP_MAX_MID + 1 == YL_PEER_MID_SIZE);
  G_STATIC_ASSERT (sizeof (offered->rids) == sizeof (section->rids));
  const bool audio = strcmp (offered->media, "audio") == 0;
  memset (section, 0, sizeof (*section));
  memcpy (section->mid, offered->mid, sizeof (section->mid));
  section->kind = audio ? YL_MEDIA_AUDIO : YL_MEDIA_VIDEO;
  if (!offered->open || !bundled
      || (!audio && strcmp (offered->media, "video") != 0)
      || strcmp (offered->proto, "UDP/TLS/RTP/SAVPF") != 0)
    return true;

  YlPeerSection accepted = *section;
  accepted.direction = choose_direction (offered, role);
  accept_extensions (offered, &accepted);
  accept_codecs (offered, &accepted);
  if (accepted.n_codecs == 0)
    return true;
  if (!offered->rtcp_mux) {
    g_set_error (error, YL_NEGO_ERROR, YL_NEGO_ERROR_MISSING,
                 "section %s is without rtcp-mux", offered->mid);
    return false;
  }
  if (accepted.direction == YL_DIRECTION_RECEIVE)
    accept_source (offered, simulcast, &accepted);
  *section = accepted;
  return true;
}
