/* Media in: from an SRTP packet to what the forwarder needs. */
#include "base/reader.h"
#include "peer/peer-private.h"
#include "rtp/payload-info.h"
#include "rtp/rtx.h"

#include <string.h>

static const YlPeerSection *
section_of (const YlPeer *self, const YlPeerTrackState *track)
{
  return &self->config->sections[track->info.section];
}

/* The first packet, or the first of a new SSRC: a new track begins. */
static void
start_track (YlPeer *self, uint8_t index, uint32_t ssrc,
             const YlPeerCodec *codec)
{
  YlPeerTrackState *track = &self->tracks[index];
  const uint16_t bit = (uint16_t) (1u << index);
  if (track->active && (self->added & bit) == 0)
    self->removed |= bit;
  self->added |= bit;
  self->flow &= (uint16_t) ~bit;
  self->reported &= (uint16_t) ~bit;

  yl_rtp_loss_free (track->loss);
  *track = (YlPeerTrackState){
    .info = track->info, .used = true, .active = true, .flowing = true
  };
  track->info.ssrc = ssrc;
  track->info.codec = codec->codec;
  track->info.clock_rate = codec->clock_rate;
  track->loss = codec->nack ? yl_rtp_loss_new () : NULL;
  yl_rtp_receive_stats_init (&track->stats, codec->clock_rate);
}

static void
note_arrival (YlPeer *self, uint8_t index, uint64_t now_us)
{
  YlPeerTrackState *track = &self->tracks[index];
  track->last_us = now_us;
  if (!track->flowing) {
    track->flowing = true;
    self->flow |= (uint16_t) (1u << index);
  }
}

static void
record_arrival (YlPeer *self, const YlRtpView *view,
                const YlRtpExtValues *values, uint64_t now_us)
{
  if (!values->has_transport_seq)
    return;
  if (self->recorder == NULL)
    self->recorder = yl_rtcp_twcc_recorder_new (self->local_ssrc);
  yl_rtcp_twcc_recorder_receive (self->recorder, view->ssrc,
                                 values->transport_seq, now_us);
}

/* Puts the media packet in the place of the RTX one that carried it. */
static bool
restore (YlPeer *self, const YlPeerTrackState *track, const YlPeerCodec *codec,
         uint8_t *data, size_t *size, YlRtpView *view)
{
  if (!track->active) {
    self->setup.counters->rtx_orphan++;
    return false;
  }
  const uint8_t *media = yl_rtp_rtx_unwrap (data, view, track->info.ssrc,
                                            codec->payload_type, size);
  if (media == NULL) {
    self->setup.counters->rtx_empty++;
    return false;
  }
  memmove (data, media, *size);
  if (!yl_rtp_view_parse (view, data, *size, NULL)) {
    self->setup.counters->rtp_malformed++;
    return false;
  }
  self->setup.counters->rtx_restored++;
  return true;
}

static bool
fill_packet (YlPeer *self, YlPeerTrackState *track, const YlPeerCodec *codec,
             const YlRtpView *view, const uint8_t *data, int64_t seq,
             YlPacket *packet)
{
  YlPacket p = { .data = data, .codec = codec->codec, .view = *view };
  p.seq = seq;
  p.size =
      (uint16_t) (yl_rtp_view_header_size (view, data) + view->payload_size);
  /* Padding alone is forwarded, empty, so that the numbers have no gap. */
  if (view->payload_size > 0
      && !yl_rtp_payload_info_read (&p.info, codec->codec, view->payload,
                                    view->payload_size)) {
    self->setup.counters->payload_malformed++;
    return false;
  }
  track->info.codec = codec->codec;
  track->info.clock_rate = codec->clock_rate;
  if (track->loss != NULL && p.info.keyframe_start)
    yl_rtp_loss_keyframe (track->loss, seq);
  *packet = p;
  return true;
}

static bool
receive_on_track (YlPeer *self, const YlPeerSource *source,
                  const YlRtpExtValues *values, YlRtpView *view, uint8_t *data,
                  size_t size, uint64_t now_us, YlPacket *packet)
{
  YlPeerCounters *counters = self->setup.counters;
  YlPeerTrackState *track = &self->tracks[source->track];
  const YlPeerCodec *codec = yl_peer_find_codec (
      section_of (self, track), view->payload_type, source->is_rtx);
  if (codec == NULL) {
    counters->unknown_payload_type++;
    return false;
  }
  const uint8_t audio_level = values->audio_level;
  if (source->is_rtx) {
    if (!restore (self, track, codec, data, &size, view))
      return false;
  } else {
    if (!track->active || track->info.ssrc != source->ssrc)
      start_track (self, source->track, source->ssrc, codec);
    yl_rtp_receive_stats_add (&track->stats, view->seq, view->timestamp,
                              (uint32_t) view->payload_size, now_us);
  }
  const int64_t seq = yl_seq_unwrap (&track->unwrap, view->seq);
  if (track->loss != NULL)
    yl_rtp_loss_receive (track->loss, seq, now_us);
  note_arrival (self, source->track, now_us);
  if (!fill_packet (self, track, codec, view, data, seq, packet))
    return false;
  packet->audio_level = audio_level;
  packet->received_us = now_us;
  return true;
}

bool
yl_peer_receive_plain (YlPeer *self, YlPeerSource *source, uint8_t *data,
                       size_t size, uint64_t now_us, YlPacket *packet,
                       uint8_t *track)
{
  YlPeerCounters *counters = self->setup.counters;
  YlRtpView view;
  YlRtpExtValues values;
  if (size > YL_PACKET_MAX) {
    counters->too_large++;
    return false;
  }
  if (!yl_rtp_view_parse (&view, data, size, NULL)) {
    counters->rtp_malformed++;
    return false;
  }
  yl_rtp_ext_read (&view, &self->ids, &values);
  record_arrival (self, &view, &values, now_us);
  if (source->track == YL_PEER_NO_TRACK
      && !yl_peer_bind_source (self, source, &view, &values)) {
    counters->unknown_ssrc++;
    return false;
  }
  if (!receive_on_track (self, source, &values, &view, data, size, now_us,
                         packet))
    return false;
  *track = source->track;
  counters->rtp++;
  counters->rtp_octets += packet->size;
  return true;
}

bool
yl_peer_receive_media (YlPeer *self, uint8_t *data, size_t size,
                       uint64_t now_us, YlPacket *packet, uint8_t *track)
{
  YlPeerCounters *counters = self->setup.counters;
  if (self->receiver == NULL || self->closed) {
    counters->before_keys++;
    return false;
  }
  if (size > YL_PACKET_STORAGE) {
    counters->too_large++;
    return false;
  }
  if (size < YL_RTP_HEADER_SIZE) {
    counters->srtp[YL_SRTP_MALFORMED]++;
    return false;
  }
  YlReader in = yl_reader_init (data + 8, 4);
  const uint32_t ssrc = yl_reader_u32 (&in);
  YlSrtpWindow fresh = { 0 };
  YlPeerSource *source = yl_peer_find_source (self, ssrc);
  const YlSrtpResult result = yl_srtp_receiver_unprotect (
      self->receiver, source != NULL ? &source->window : &fresh, data, &size,
      NULL);
  if (result != YL_SRTP_OK) {
    counters->srtp[result]++;
    return false;
  }
  yl_peer_note_sign (self, now_us);
  if (source == NULL)
    source = yl_peer_add_source (self, ssrc, &fresh);
  if (source == NULL) {
    counters->ssrc_table_full++;
    return false;
  }
  return yl_peer_receive_plain (self, source, data, size, now_us, packet,
                                track);
}
