/* rtc-feedback.c: the RTCP of the test client */
#include "rtc-feedback.h"

#include "base/time.h"
#include "rtc-private.h"
#include "rtcp/keyframe.h"
#include "rtcp/nack.h"
#include "rtcp/reports.h"
#include "rtcp/walker.h"

#define COMPOUND_MAX 1200
#define MAX_NACK 128

/* A monotonic time as NTP: any epoch will do between two clients and a
 * gateway that only looks at differences. */
static uint64_t
make_ntp (uint64_t now_us)
{
  const uint64_t seconds = now_us / YL_US_PER_S;
  const uint64_t rest_us = now_us % YL_US_PER_S;
  return seconds << 32 | (rest_us << 32) / YL_US_PER_S;
}

static void
receive_nack (RtcClient *self, const YlRtcpPacket *packet, uint64_t now_us)
{
  uint16_t seqs[MAX_NACK];
  uint32_t ssrc;
  const size_t n = yl_rtcp_nack_parse (packet, &ssrc, seqs, MAX_NACK);
  if (n == 0 || ssrc != self->offer.video_ssrc)
    return;
  self->counters.nacked += n;
  for (size_t i = 0; i < n; i++)
    rtc_client_resend (self, seqs[i], now_us);
}

static void
receive_keyframe_request (RtcClient *self, const YlRtcpPacket *packet)
{
  uint32_t ssrc;
  YlRtcpFir fir;
  if (!yl_rtcp_pli_parse (packet, &ssrc)) {
    if (yl_rtcp_fir_parse (packet, &fir, 1) == 0)
      return;
    ssrc = fir.ssrc;
  }
  if (ssrc != self->offer.video_ssrc)
    return;
  self->counters.plis++;
  self->sender.sources[YL_MEDIA_VIDEO].want_keyframe = true;
}

static void
receive_report (RtcClient *self, const YlRtcpReport *report, uint64_t now_us)
{
  if (report->n_blocks > 0)
    self->counters.receiver_reports++;
  if (!report->is_sender)
    return;
  self->counters.sender_reports++;
  for (unsigned kind = 0; kind < 2; kind++) {
    if (self->sinks[kind].ssrc == report->ssrc)
      yl_rtp_receive_stats_sender_report (&self->sinks[kind].stats,
                                          report->sender.ntp, now_us);
  }
}

void
rtc_feedback_receive (RtcClient *self, uint8_t *data, size_t size,
                      uint64_t now_us)
{
  YlRtcpWalker walker;
  YlRtcpPacket packet;
  YlRtcpReport report;
  size = yl_srtcp_unprotect (self->srtcp, data, size);
  if (size == 0 || !yl_rtcp_walker_init (&walker, data, size)) {
    self->counters.srtcp_bad++;
    return;
  }
  while (yl_rtcp_walker_next (&walker, &packet)) {
    if (yl_rtcp_report_parse (&report, &packet))
      receive_report (self, &report, now_us);
    else if (packet.type == YL_RTCP_RTPFB)
      receive_nack (self, &packet, now_us);
    else if (packet.type == YL_RTCP_PSFB)
      receive_keyframe_request (self, &packet);
  }
}

static void
send_compound (RtcClient *self, uint8_t *data, size_t size, size_t capacity)
{
  size = yl_srtcp_protect (self->srtcp, data, size, capacity);
  g_assert_cmpuint (size, >, 0);
  rtc_client_send_raw (self, data, size);
}

/* One report of @kind's source, if there is one, about both slots. */
static void
write_report (RtcClient *self, YlWriter *out, YlMediaKind kind, uint64_t now_us)
{
  const MediaSource *source = &self->sender.sources[kind];
  const uint32_t ssrc = source->setup.ssrc;
  YlRtcpReport report = { .ssrc = ssrc != 0 ? ssrc : 1,
                          .is_sender = ssrc != 0,
                          .sender = { .ntp = make_ntp (now_us),
                                      .rtp_timestamp = source->timestamp,
                                      .packets = (uint32_t) source->packets,
                                      .octets = (uint32_t) source->octets } };
  YlRtpReceiveReport received;
  MediaSink *sink = &self->sinks[kind];
  if (yl_rtp_receive_stats_report (&sink->stats, now_us, &received))
    report.blocks[report.n_blocks++] =
        (YlRtcpReportBlock){ .ssrc = sink->ssrc,
                             .fraction_lost = received.fraction_lost,
                             .lost = received.lost,
                             .highest_seq = received.highest_seq,
                             .jitter = received.jitter,
                             .lsr = received.lsr,
                             .dlsr = received.dlsr };
  yl_rtcp_report_write (out, &report);
  yl_rtcp_sdes_write (out, report.ssrc, "client");
}

static void
send_reports (RtcClient *self, uint64_t now_us)
{
  uint8_t data[COMPOUND_MAX + YL_SRTCP_MAX_OVERHEAD];
  for (unsigned kind = 0; kind < 2; kind++) {
    YlWriter out = yl_writer_init (data, COMPOUND_MAX);
    write_report (self, &out, (YlMediaKind) kind, now_us);
    send_compound (self, data, yl_writer_size (&out), sizeof data);
  }
  self->report_us = now_us + YL_US_PER_S;
}

static void
ask_for_losses (RtcClient *self, MediaSink *sink, uint64_t now_us)
{
  uint8_t data[COMPOUND_MAX + YL_SRTCP_MAX_OVERHEAD];
  YlWriter out = yl_writer_init (data, COMPOUND_MAX);
  uint16_t seqs[MAX_NACK];
  const size_t n =
      yl_rtp_loss_poll_nack (sink->loss, now_us, 0, seqs, MAX_NACK);
  if (n > 0)
    yl_rtcp_nack_write (&out, 1, sink->ssrc, seqs, n);
  if (sink->want_keyframe)
    yl_rtcp_pli_write (&out, 1, sink->ssrc);
  sink->want_keyframe = false;
  if (yl_writer_size (&out) > 0)
    send_compound (self, data, yl_writer_size (&out), sizeof data);
}

void
rtc_feedback_send (RtcClient *self, uint64_t now_us)
{
  if (now_us >= self->report_us)
    send_reports (self, now_us);
  if (now_us < self->feedback_us)
    return;
  MediaSink *video = &self->sinks[YL_MEDIA_VIDEO];
  ask_for_losses (self, video, now_us);
  self->feedback_us = yl_rtp_loss_next_deadline (video->loss);
}
