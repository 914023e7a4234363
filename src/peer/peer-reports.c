/* RTCP out: what is due is written when the transmit poll asks for it. */
#include "base/writer.h"
#include "peer/peer-private.h"
#include "rtcp/keyframe.h"
#include "rtcp/nack.h"
#include "rtcp/reports.h"

#define MAX_NACK 64

static YlRtcpReportBlock
make_block (YlPeerTrackState *track, const YlRtpReceiveReport *from)
{
  return (YlRtcpReportBlock){ .ssrc = track->info.ssrc,
                              .fraction_lost = from->fraction_lost,
                              .lost = from->lost,
                              .highest_seq = from->highest_seq,
                              .jitter = from->jitter,
                              .lsr = from->lsr,
                              .dlsr = from->dlsr };
}

static bool
write_receiver_report (YlPeer *self, YlWriter *out, uint64_t now_us)
{
  YlRtcpReport report = { .ssrc = self->local_ssrc };
  for (uint8_t i = 0; i < self->n_tracks; i++) {
    YlPeerTrackState *track = &self->tracks[i];
    YlRtpReceiveReport r;
    if (track->active
        && yl_rtp_receive_stats_report (&track->stats, now_us, &r))
      report.blocks[report.n_blocks++] = make_block (track, &r);
  }
  return yl_rtcp_report_write (out, &report)
         && yl_rtcp_sdes_write (out, self->local_ssrc, self->config->cname);
}

/* A compound begins with a report (RFC 3550, 6.1), so the receiver's goes
 * first; sender reports that do not fit go with the next datagram. */
static void
write_reports (YlPeer *self, YlWriter *out, uint64_t now_us)
{
  if (self->receiver_report_due) {
    self->receiver_report_due = false;
    self->setup.counters->reports_sent +=
        write_receiver_report (self, out, now_us);
  }
  while (self->n_reports > 0) {
    const YlPeerSenderReport *from = &self->reports[self->n_reports - 1];
    const YlRtcpReport report = { .ssrc = from->ssrc,
                                  .is_sender = true,
                                  .sender = from->info };
    YlWriter attempt = *out;
    if (!yl_rtcp_report_write (&attempt, &report)
        || !yl_rtcp_sdes_write (&attempt, from->ssrc, self->config->cname))
      return;
    *out = attempt;
    self->n_reports--;
  }
}

static uint64_t
keyframe_due (const YlPeerTrackState *track)
{
  if (!track->active || !track->keyframe_wanted)
    return YL_NEVER;
  return track->keyframe_asked_us == 0
             ? 0
             : track->keyframe_asked_us + YL_PEER_KEYFRAME_US;
}

static const YlPeerCodec *
codec_of (const YlPeer *self, const YlPeerTrackState *track)
{
  const YlPeerSection *section = &self->config->sections[track->info.section];
  for (uint8_t i = 0; i < section->n_codecs; i++)
    if (section->codecs[i].codec == track->info.codec)
      return &section->codecs[i];
  return NULL;
}

static void
write_keyframe_requests (YlPeer *self, YlWriter *out, uint64_t now_us)
{
  for (uint8_t i = 0; i < self->n_tracks; i++) {
    YlPeerTrackState *track = &self->tracks[i];
    if (keyframe_due (track) > now_us)
      continue;
    const YlPeerCodec *codec = codec_of (self, track);
    const YlRtcpFir fir = { track->info.ssrc, track->fir_seq };
    bool written = true;
    if (codec != NULL && codec->pli)
      written = yl_rtcp_pli_write (out, self->local_ssrc, track->info.ssrc);
    else if (codec != NULL && codec->fir)
      written = yl_rtcp_fir_write (out, self->local_ssrc, &fir);
    if (!written)
      return;
    track->fir_seq++;
    track->keyframe_wanted = false;
    track->keyframe_asked_us = now_us;
    self->setup.counters->keyframes_asked++;
  }
}

static void
write_nacks (YlPeer *self, YlWriter *out, uint64_t now_us)
{
  for (uint8_t i = 0; i < self->n_tracks; i++) {
    YlPeerTrackState *track = &self->tracks[i];
    if (!track->active || track->loss == NULL)
      continue;
    uint16_t seqs[MAX_NACK];
    const size_t n = yl_rtp_loss_poll_nack (track->loss, now_us, self->rtt_us,
                                            seqs, G_N_ELEMENTS (seqs));
    /* Those that do not fit are asked for with the next round trip. */
    if (n > 0)
      self->setup.counters->nacks_sent +=
          yl_rtcp_nack_write (out, self->local_ssrc, track->info.ssrc, seqs, n);
    if (yl_rtp_loss_poll_keyframe_needed (track->loss)
        && track->info.kind == YL_MEDIA_VIDEO)
      track->keyframe_wanted = true;
  }
}

static void
write_bye (YlPeer *self, YlWriter *out)
{
  const YlRtcpReport report = { .ssrc = self->local_ssrc };
  uint32_t ssrcs[YL_PEER_MAX_SECTIONS];
  size_t n = 0;
  for (uint8_t i = 0; i < self->config->n_sections; i++)
    if (self->config->sections[i].direction == YL_DIRECTION_SEND)
      ssrcs[n++] = self->config->sections[i].slot_ssrc;
  if (n > 0 && yl_rtcp_report_write (out, &report))
    yl_rtcp_bye_write (out, ssrcs, n);
}

static void
write_due (YlPeer *self, YlWriter *out, uint64_t now_us)
{
  if (self->bye_due) {
    self->bye_due = false;
    write_bye (self, out);
    return;
  }
  write_reports (self, out, now_us);
  write_nacks (self, out, now_us);
  write_keyframe_requests (self, out, now_us);
  if (yl_writer_size (out) == 0 && self->recorder != NULL
      && yl_rtcp_twcc_recorder_next_deadline (self->recorder) <= now_us) {
    const size_t size = yl_rtcp_twcc_recorder_poll_transmit (
        self->recorder, now_us, out->cur, yl_writer_left (out));
    out->cur += size;
    self->setup.counters->twcc_sent += size > 0;
  }
}

size_t
yl_peer_write_rtcp (YlPeer *self, uint64_t now_us, uint8_t *data,
                    size_t capacity)
{
  YlWriter out = yl_writer_init (data, capacity - YL_SRTCP_MAX_OVERHEAD);
  write_due (self, &out, now_us);
  const size_t size = yl_writer_size (&out);
  return size > 0 ? yl_srtcp_protect (self->srtcp, data, size, capacity) : 0;
}

uint64_t
yl_peer_rtcp_deadline (const YlPeer *self)
{
  uint64_t deadline = self->report_at_us;
  if (self->n_reports > 0 || self->receiver_report_due || self->bye_due)
    return 0;
  if (self->recorder != NULL)
    deadline = yl_time_min (
        deadline, yl_rtcp_twcc_recorder_next_deadline (self->recorder));
  for (uint8_t i = 0; i < self->n_tracks; i++) {
    const YlPeerTrackState *track = &self->tracks[i];
    deadline = yl_time_min (deadline, keyframe_due (track));
    if (track->active && track->loss != NULL)
      deadline =
          yl_time_min (deadline, yl_rtp_loss_next_deadline (track->loss));
  }
  return deadline;
}

void
yl_peer_request_keyframe (YlPeer *self, uint8_t index, uint64_t now_us)
{
  g_return_if_fail (index < self->n_tracks);
  if (self->tracks[index].active)
    self->tracks[index].keyframe_wanted = true;
}

void
yl_peer_send_reports (YlPeer *self, const YlPeerSenderReport *reports, size_t n)
{
  g_return_if_fail (n <= YL_PEER_MAX_SECTIONS);
  if (n > self->max_reports) {
    self->reports = g_renew (YlPeerSenderReport, self->reports, n);
    self->max_reports = (uint8_t) n;
  }
  for (size_t i = 0; i < n; i++)
    self->reports[i] = reports[i];
  self->n_reports = (uint8_t) n;
}
