/* RTCP in: one compound at a time, told item by item.
 *
 * The compound stays in the caller's memory; the event poll walks it, so no
 * queue is needed however much one datagram says. */
#include "peer/peer-private.h"
#include "rtcp/keyframe.h"
#include "rtcp/nack.h"
#include "rtcp/ntp.h"
#include "rtcp/remb.h"
#include "rtcp/reports.h"
#include "rtcp/twcc.h"

#define MAX_FIR 8
#define MAX_BYE 31

static YlPeerTrackState *
track_of (YlPeer *self, uint32_t ssrc, uint8_t *index)
{
  const YlPeerSource *source = yl_peer_find_source (self, ssrc);
  if (source == NULL || source->track == YL_PEER_NO_TRACK || source->is_rtx)
    return NULL;
  *index = source->track;
  YlPeerTrackState *track = &self->tracks[source->track];
  return track->active ? track : NULL;
}

static void
note_sender_report (YlPeer *self, const YlRtcpReport *report, uint64_t now_us)
{
  uint8_t index;
  YlPeerTrackState *track = track_of (self, report->ssrc, &index);
  if (track == NULL)
    return;
  track->report = report->sender;
  track->report_us = now_us;
  yl_rtp_receive_stats_sender_report (&track->stats, report->sender.ntp,
                                      now_us);
  self->reported |= (uint16_t) (1u << index);
}

static void
note_round_trip (YlPeer *self, const YlRtcpReport *report, uint64_t now_us)
{
  for (uint8_t i = 0; i < report->n_blocks; i++) {
    const uint64_t rtt = yl_rtcp_report_block_rtt_us (
        &report->blocks[i], yl_peer_report_ntp (now_us));
    if (rtt > 0 && rtt < 10 * YL_US_PER_S)
      self->rtt_us = (uint32_t) rtt;
  }
}

/* A sender that stops says BYE, and may go on later with the same SSRC: its
 * track pauses. */
static void
note_bye (YlPeer *self, const YlRtcpPacket *packet)
{
  uint32_t ssrcs[MAX_BYE];
  const size_t n = yl_rtcp_bye_parse (packet, ssrcs, G_N_ELEMENTS (ssrcs));
  for (size_t i = 0; i < n; i++) {
    uint8_t index;
    YlPeerTrackState *track = track_of (self, ssrcs[i], &index);
    if (track != NULL && track->flowing) {
      track->flowing = false;
      self->flow |= (uint16_t) (1u << index);
    }
  }
}

bool
yl_peer_receive_feedback (YlPeer *self, const uint8_t *data, size_t size,
                          uint64_t now_us)
{
  YlRtcpWalker walker;
  YlRtcpPacket packet;
  if (!yl_rtcp_walker_init (&walker, data, size))
    return false;
  self->walker = walker;
  self->packet_open = false;
  while (yl_rtcp_walker_next (&walker, &packet)) {
    YlRtcpReport report;
    if (packet.type == YL_RTCP_BYE)
      note_bye (self, &packet);
    if ((packet.type == YL_RTCP_SR || packet.type == YL_RTCP_RR)
        && yl_rtcp_report_parse (&report, &packet)) {
      note_round_trip (self, &report, now_us);
      if (report.is_sender)
        note_sender_report (self, &report, now_us);
    }
  }
  return true;
}

/* ---- one function a kind of packet: true when *event is written; they are
 * called again for the same packet until they return false ---- */

static bool
tell_reception (YlPeer *self, YlPeerEvent *event)
{
  YlRtcpReport report;
  if (!yl_rtcp_report_parse (&report, &self->packet)
      || self->packet_item >= report.n_blocks)
    return false;
  const YlRtcpReportBlock *block = &report.blocks[self->packet_item++];
  *event = (YlPeerEvent){ .kind = YL_PEER_EVENT_RECEPTION,
                          .ssrc = block->ssrc,
                          .rtt_us = self->rtt_us,
                          .block = *block };
  return true;
}

static bool
tell_nack (YlPeer *self, YlPeerEvent *event)
{
  YlPeerScratch *scratch = self->setup.scratch;
  uint32_t ssrc;
  if (self->packet_item++ > 0)
    return false;
  const size_t n = yl_rtcp_nack_parse (&self->packet, &ssrc, scratch->seqs,
                                       G_N_ELEMENTS (scratch->seqs));
  if (n == 0)
    return false;
  *event = (YlPeerEvent){
    .kind = YL_PEER_EVENT_NACK, .ssrc = ssrc, .seqs = scratch->seqs, .n_seqs = n
  };
  return true;
}

static bool
tell_transport_feedback (YlPeer *self, YlPeerEvent *event)
{
  YlPeerScratch *scratch = self->setup.scratch;
  YlPeerEvent e = { .kind = YL_PEER_EVENT_TRANSPORT_FEEDBACK,
                    .statuses = scratch->statuses };
  if (self->packet_item++ > 0
      || !yl_rtcp_twcc_parse (&e.twcc, &self->packet, scratch->statuses,
                              G_N_ELEMENTS (scratch->statuses), &e.n_statuses))
    return false;
  *event = e;
  return true;
}

static bool
tell_pli (YlPeer *self, YlPeerEvent *event)
{
  uint32_t ssrc;
  if (self->packet_item++ > 0 || !yl_rtcp_pli_parse (&self->packet, &ssrc))
    return false;
  *event = (YlPeerEvent){ .kind = YL_PEER_EVENT_KEYFRAME, .ssrc = ssrc };
  return true;
}

/* A FIR is repeated with its number until a keyframe comes. */
static bool
is_new_fir (YlPeer *self, const YlRtcpFir *fir)
{
  for (uint8_t i = 0; i < self->config->n_sections; i++) {
    const YlPeerSection *section = &self->config->sections[i];
    if (section->direction != YL_DIRECTION_SEND
        || section->slot_ssrc != fir->ssrc)
      continue;
    const bool is_new = self->fir_seen[i] != fir->seq;
    self->fir_seen[i] = fir->seq;
    return is_new;
  }
  return false;
}

static bool
tell_fir (YlPeer *self, YlPeerEvent *event)
{
  YlRtcpFir requests[MAX_FIR];
  const size_t n = yl_rtcp_fir_parse (&self->packet, requests, MAX_FIR);
  while (self->packet_item < n) {
    const YlRtcpFir *fir = &requests[self->packet_item++];
    if (is_new_fir (self, fir)) {
      *event =
          (YlPeerEvent){ .kind = YL_PEER_EVENT_KEYFRAME, .ssrc = fir->ssrc };
      return true;
    }
  }
  return false;
}

static bool
tell_remb (YlPeer *self, YlPeerEvent *event)
{
  YlRtcpRemb remb;
  if (self->packet_item++ > 0 || !yl_rtcp_remb_parse (&remb, &self->packet))
    return false;
  *event = (YlPeerEvent){ .kind = YL_PEER_EVENT_REMB,
                          .bitrate_bps = remb.bitrate_bps };
  return true;
}

typedef struct {
  YlRtcpType type;
  int format; /* -1: any count */
  bool (*tell) (YlPeer *self, YlPeerEvent *event);
} Row;

static const Row rows[] = {
  { YL_RTCP_SR, -1, tell_reception },
  { YL_RTCP_RR, -1, tell_reception },
  { YL_RTCP_RTPFB, YL_RTCP_RTPFB_NACK, tell_nack },
  { YL_RTCP_RTPFB, YL_RTCP_RTPFB_TWCC, tell_transport_feedback },
  { YL_RTCP_PSFB, YL_RTCP_PSFB_PLI, tell_pli },
  { YL_RTCP_PSFB, YL_RTCP_PSFB_FIR, tell_fir },
  { YL_RTCP_PSFB, YL_RTCP_PSFB_AFB, tell_remb },
};

static const Row *
find_row (const YlRtcpPacket *packet)
{
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].type == packet->type
        && (rows[i].format < 0 || rows[i].format == packet->count))
      return &rows[i];
  return NULL;
}

bool
yl_peer_poll_feedback (YlPeer *self, YlPeerEvent *event)
{
  for (;;) {
    if (self->packet_open) {
      const Row *row = find_row (&self->packet);
      if (row != NULL && row->tell (self, event))
        return true;
      if (row == NULL && self->packet.type != YL_RTCP_SDES
          && self->packet.type != YL_RTCP_BYE)
        self->setup.counters->rtcp_ignored++;
      self->packet_open = false;
    }
    if (!yl_rtcp_walker_next (&self->walker, &self->packet))
      return false;
    self->packet_open = true;
    self->packet_item = 0;
  }
}
