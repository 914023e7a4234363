/* Which published track an SSRC belongs to (RFC 8843, 9.2; RFC 8852). */
#include "peer/peer-private.h"

#include <string.h>

static bool
receives (const YlPeerSection *section)
{
  return section->direction == YL_DIRECTION_RECEIVE;
}

/* With BUNDLE an id means the same in every section (RFC 8843, 9.1), so the
 * first that has it will do. */
static YlRtpExtIds
collect_ids (const YlPeerConfig *config)
{
  YlRtpExtIds ids = { 0 };
  for (uint8_t i = 0; i < config->n_sections; i++) {
    const YlPeerExtensions *from = &config->sections[i].extensions;
    if (!receives (&config->sections[i]))
      continue;
    ids.mid = ids.mid != 0 ? ids.mid : from->mid;
    ids.rid = ids.rid != 0 ? ids.rid : from->rid;
    ids.repaired_rid =
        ids.repaired_rid != 0 ? ids.repaired_rid : from->repaired_rid;
    ids.transport_cc =
        ids.transport_cc != 0 ? ids.transport_cc : from->transport_cc;
    ids.audio_level =
        ids.audio_level != 0 ? ids.audio_level : from->audio_level;
    ids.abs_send_time =
        ids.abs_send_time != 0 ? ids.abs_send_time : from->abs_send_time;
  }
  return ids;
}

static bool
section_stays (const YlPeerConfig *before, const YlPeerConfig *after,
               uint8_t section)
{
  return section < after->n_sections && receives (&after->sections[section])
         && strcmp (before->sections[section].mid, after->sections[section].mid)
                == 0;
}

void
yl_peer_apply_sections (YlPeer *self, const YlPeerConfig *config)
{
  self->ids = collect_ids (config);
  for (uint8_t i = 0; i < self->n_tracks; i++) {
    const YlPeerTrackState *track = &self->tracks[i];
    if (track->used
        && !section_stays (self->config, config, track->info.section))
      yl_peer_end_track (self, i);
  }
}

YlPeerSource *
yl_peer_find_source (YlPeer *self, uint32_t ssrc)
{
  if (self->last_source < self->n_sources
      && self->sources[self->last_source].ssrc == ssrc)
    return &self->sources[self->last_source];
  for (uint8_t i = 0; i < self->n_sources; i++)
    if (self->sources[i].ssrc == ssrc) {
      self->last_source = i;
      return &self->sources[i];
    }
  return NULL;
}

YlPeerSource *
yl_peer_add_source (YlPeer *self, uint32_t ssrc, const YlSrtpWindow *window)
{
  if (self->n_sources == YL_PEER_MAX_SSRCS)
    return NULL;
  /* Grows to each power of two, as there are few. */
  if ((self->n_sources & (self->n_sources - 1)) == 0)
    self->sources = g_renew (YlPeerSource, self->sources,
                             MAX (2, 2 * (size_t) self->n_sources));
  YlPeerSource *source = &self->sources[self->n_sources++];
  *source = (YlPeerSource){ .ssrc = ssrc,
                            .track = YL_PEER_NO_TRACK,
                            .window = *window };
  return source;
}

void
yl_peer_forget_sources (YlPeer *self)
{
  g_clear_pointer (&self->sources, g_free);
  self->n_sources = 0;
  self->last_source = 0;
}

const YlPeerCodec *
yl_peer_find_codec (const YlPeerSection *section, uint8_t payload_type,
                    bool rtx)
{
  for (uint8_t i = 0; i < section->n_codecs; i++) {
    const YlPeerCodec *codec = &section->codecs[i];
    if ((rtx ? codec->rtx_payload_type : codec->payload_type) == payload_type)
      return codec;
  }
  return NULL;
}

/* Where a source belongs. */
typedef struct {
  uint8_t section;
  uint8_t rid;
  bool is_rtx;
} Claim;

static bool
claim_by_ssrc (const YlPeerConfig *config, uint32_t ssrc, Claim *claim)
{
  for (uint8_t i = 0; i < config->n_sections; i++) {
    const YlPeerSection *section = &config->sections[i];
    if (!receives (section) || ssrc == 0)
      continue;
    if (section->ssrc == ssrc || section->rtx_ssrc == ssrc) {
      *claim = (Claim){ .section = i, .is_rtx = section->rtx_ssrc == ssrc };
      return true;
    }
  }
  return false;
}

static bool
text_is (const char *text, uint8_t size, const char *other)
{
  return strlen (other) == size && memcmp (text, other, size) == 0;
}

static bool
find_rid (const YlPeerSection *section, const char *rid, uint8_t size,
          uint8_t *index)
{
  for (uint8_t i = 0; i < section->n_rids; i++)
    if (text_is (rid, size, section->rids[i])) {
      *index = i;
      return true;
    }
  return false;
}

static bool
claim_by_mid (const YlPeerConfig *config, const YlRtpView *view,
              const YlRtpExtValues *values, Claim *claim)
{
  uint8_t i = 0;
  if (values->mid == NULL)
    return false;
  while (
      i < config->n_sections
      && !(receives (&config->sections[i])
           && text_is (values->mid, values->mid_size, config->sections[i].mid)))
    i++;
  if (i == config->n_sections)
    return false;

  const YlPeerSection *section = &config->sections[i];
  Claim found = { .section = i };
  found.is_rtx = yl_peer_find_codec (section, view->payload_type, true) != NULL;
  const char *rid = found.is_rtx ? values->repaired_rid : values->rid;
  const uint8_t rid_size =
      found.is_rtx ? values->repaired_rid_size : values->rid_size;
  if (rid != NULL && section->n_rids > 0
      && !find_rid (section, rid, rid_size, &found.rid))
    return false;
  /* Which of several encodings this is only a rid can tell. */
  if (rid == NULL && section->n_rids > 1)
    return false;
  *claim = found;
  return true;
}

static bool
claim_by_payload_type (const YlPeerConfig *config, uint8_t payload_type,
                       Claim *claim)
{
  unsigned int n = 0;
  for (uint8_t i = 0; i < config->n_sections; i++) {
    const YlPeerSection *section = &config->sections[i];
    if (!receives (section) || section->n_rids > 1)
      continue;
    const bool media =
        yl_peer_find_codec (section, payload_type, false) != NULL;
    const bool rtx = yl_peer_find_codec (section, payload_type, true) != NULL;
    if (media || rtx) {
      *claim = (Claim){ .section = i, .is_rtx = rtx };
      n++;
    }
  }
  return n == 1;
}

static uint8_t
add_track (YlPeer *self)
{
  if (self->n_tracks == YL_PEER_MAX_TRACKS)
    return YL_PEER_NO_TRACK;
  self->tracks = g_renew (YlPeerTrackState, self->tracks, self->n_tracks + 1u);
  self->tracks[self->n_tracks] = (YlPeerTrackState){ 0 };
  return self->n_tracks++;
}

static uint8_t
take_track (YlPeer *self, const Claim *claim)
{
  uint8_t free_place = YL_PEER_NO_TRACK;
  for (uint8_t i = 0; i < self->n_tracks; i++) {
    const YlPeerTrackState *track = &self->tracks[i];
    if (!track->used && free_place == YL_PEER_NO_TRACK)
      free_place = i;
    if (track->used && track->info.section == claim->section
        && track->info.rid == claim->rid)
      return i;
  }
  if (free_place == YL_PEER_NO_TRACK)
    free_place = add_track (self);
  if (free_place != YL_PEER_NO_TRACK) {
    YlPeerTrackState *track = &self->tracks[free_place];
    track->used = true;
    track->info = (YlPeerTrack){
      .section = claim->section,
      .rid = claim->rid,
      .kind = self->config->sections[claim->section].kind,
    };
  }
  return free_place;
}

/* The newest SSRC has the track; the one before is retired for good, so that
 * a sender cannot make two of them change places packet by packet. */
static void
retire_others (YlPeer *self, const YlPeerSource *source)
{
  for (uint8_t i = 0; i < self->n_sources; i++) {
    YlPeerSource *other = &self->sources[i];
    if (other != source && other->track == source->track
        && other->is_rtx == source->is_rtx) {
      other->track = YL_PEER_NO_TRACK;
      other->retired = true;
    }
  }
}

bool
yl_peer_bind_source (YlPeer *self, YlPeerSource *source, const YlRtpView *view,
                     const YlRtpExtValues *values)
{
  Claim claim;
  if (source->retired
      || !(claim_by_ssrc (self->config, source->ssrc, &claim)
           || claim_by_mid (self->config, view, values, &claim)
           || claim_by_payload_type (self->config, view->payload_type, &claim)))
    return false;
  const uint8_t track = take_track (self, &claim);
  if (track == YL_PEER_NO_TRACK)
    return false;
  source->track = track;
  source->is_rtx = claim.is_rtx;
  retire_others (self, source);
  return true;
}

void
yl_peer_end_track (YlPeer *self, uint8_t index)
{
  YlPeerTrackState *track = &self->tracks[index];
  const uint16_t bit = (uint16_t) (1u << index);
  /* One that was added but not yet told of was never there. */
  if (track->active && (self->added & bit) == 0)
    self->removed |= bit;
  self->added &= (uint16_t) ~bit;
  self->flow &= (uint16_t) ~bit;
  self->reported &= (uint16_t) ~bit;
  yl_rtp_loss_free (track->loss);
  *track = (YlPeerTrackState){ 0 };
  for (uint8_t i = 0; i < self->n_sources; i++)
    if (self->sources[i].track == index)
      self->sources[i].track = YL_PEER_NO_TRACK;
}
