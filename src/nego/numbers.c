#include "nego/numbers.h"

#include "sdp/sdp-offer.h"

static bool
add_payload (YlNegoNumbers *self, uint8_t pt, uint32_t meaning, GError **error)
{
  if (self->payloads[pt] != 0 && self->payloads[pt] != meaning) {
    g_set_error (error, YL_NEGO_ERROR, YL_NEGO_ERROR_CONFLICT,
                 "payload type %u has two meanings", pt);
    return false;
  }
  self->payloads[pt] = meaning;
  return true;
}

static bool
add_codec (YlNegoNumbers *self, const YlPeerCodec *codec, GError **error)
{
  const uint32_t rtx = UINT32_C (1) << 31;
  const uint32_t meaning = /* a profile has 24 bits (RFC 6184, 8.1) */
      (uint32_t) codec->codec << 24 | (codec->profile_level_id & 0xffffff);
  return add_payload (self, codec->payload_type, meaning, error)
         && (codec->rtx_payload_type == YL_PAYLOAD_TYPE_NONE
             || add_payload (self, codec->rtx_payload_type,
                             rtx | codec->payload_type, error));
}

static bool
add_extension (YlNegoNumbers *self, uint8_t id, YlSdpExt which, GError **error)
{
  const char *uri = yl_sdp_ext_uris[which];
  if (id == 0)
    return true;
  if (self->extensions[id] != NULL && self->extensions[id] != uri) {
    g_set_error (error, YL_NEGO_ERROR, YL_NEGO_ERROR_CONFLICT,
                 "extension id %u has two meanings", id);
    return false;
  }
  self->extensions[id] = uri;
  return true;
}

bool
yl_nego_numbers_add (YlNegoNumbers *self, const YlPeerSection *section,
                     GError **error)
{
  const YlPeerExtensions *ids = &section->extensions;
  for (unsigned i = 0; i < section->n_codecs; i++) {
    if (!add_codec (self, &section->codecs[i], error))
      return false;
  }
  return add_extension (self, ids->mid, YL_SDP_EXT_MID, error)
         && add_extension (self, ids->rid, YL_SDP_EXT_RID, error)
         && add_extension (self, ids->repaired_rid, YL_SDP_EXT_REPAIRED_RID,
                           error)
         && add_extension (self, ids->transport_cc, YL_SDP_EXT_TRANSPORT_CC,
                           error)
         && add_extension (self, ids->audio_level, YL_SDP_EXT_AUDIO_LEVEL,
                           error)
         && add_extension (self, ids->abs_send_time, YL_SDP_EXT_ABS_SEND_TIME,
                           error);
}
