/* connection-send.c: a connection's camera and microphone */
#define _GNU_SOURCE /* recvmmsg, sendmmsg */
#include "base/time.h"
#include "connection.h"
#include "scratch.h"
#include "rtcp/keyframe.h"
#include "rtcp/nack.h"
#include "rtcp/reports.h"
#include "rtcp/walker.h"

#include <errno.h>
#include <time.h>

#define AUDIO_BPS 40000
#define AUDIO_INTERVAL_US 20000
#define VIDEO_INTERVAL_US 33333
#define NACK_MAX 128

static MediaSourceSetup
source_setup (const Connection *self, YlMediaKind kind)
{
  const bool video = kind == YL_MEDIA_VIDEO;
  const TargetRemote *remote = &self->remote;
  return (MediaSourceSetup){
    .kind = kind,
    .mid = remote->mid[kind],
    .mid_id = remote->mid_id,
    .payload_type = remote->send_payload_type[kind],
    .ssrc = self->local.ssrc[kind],
    .bitrate_bps = video ? self->video_bps : AUDIO_BPS,
    .interval_us = video ? VIDEO_INTERVAL_US : AUDIO_INTERVAL_US,
    .spread_us = video ? self->setup->spread_us : 0,
  };
}

/* Cameras of many rooms do not start in step. */
void
connection_start_sending (Connection *self, uint64_t now_us)
{
  MediaSenderSetup setup = { .rtx_ssrc = self->local.rtx_ssrc,
                             .rtx_payload_type =
                                 self->remote.send_rtx_payload_type };
  for (unsigned kind = 0; kind < 2; kind++)
    setup.sources[kind] = source_setup (self, (YlMediaKind) kind);
  if (setup.rtx_payload_type == 0)
    setup.rtx_ssrc = 0;
  media_sender_start (&self->sender, &setup, &self->send_keys, now_us);
  const uint64_t phase_us = self->number * 7919 % VIDEO_INTERVAL_US;
  for (unsigned kind = 0; kind < 2; kind++)
    media_source_skip (&self->sender.sources[kind], now_us + phase_us);
}

static uint64_t
wall_ns (void)
{
  struct timespec now;
  clock_gettime (CLOCK_REALTIME, &now);
  return (uint64_t) now.tv_sec * 1000000000 + (uint64_t) now.tv_nsec;
}

typedef struct {
  SentPacket *entries[SCRATCH_SEND];
  unsigned n;
} Batch;

static void
collect (Connection *self, ScratchSend *send, YlMediaKind kind, Batch *batch,
         uint64_t now_us)
{
  while (batch->n < SCRATCH_SEND) {
    int64_t seq;
    const size_t size = media_sender_next (&self->sender, kind, now_us,
                                           send->data[batch->n], &seq);
    if (size == 0)
      return;
    send->iovs[batch->n].iov_len = size;
    if (self->record != NULL && self->record->len < self->record_max)
      g_ptr_array_add (self->record, g_bytes_new (send->data[batch->n], size));
    SentPacket *entry = &self->sent[kind][seq % SENT_RING];
    entry->seq = seq;
    batch->entries[batch->n++] = entry;
  }
}

void
connection_send_media (Connection *self, Scratch *scratch, uint64_t now_us)
{
  Batch batch = { .n = 0 };
  collect (self, &scratch->send, YL_MEDIA_AUDIO, &batch, now_us);
  collect (self, &scratch->send, YL_MEDIA_VIDEO, &batch, now_us);
  const uint64_t sent_ns = wall_ns ();
  for (unsigned i = 0; i < batch.n; i++)
    batch.entries[i]->sent_ns = sent_ns;
  unsigned done = 0;
  while (done < batch.n) {
    const int n =
        sendmmsg (self->fd, scratch->send.messages + done, batch.n - done, 0);
    if (n <= 0 && errno != EINTR && errno != ECONNREFUSED)
      break;
    done += n > 0 ? (unsigned) n : 0;
  }
  self->packets_sent += done;
  self->unsent += batch.n - done;
}

static void
resend (Connection *self, const YlRtcpPacket *packet, uint64_t now_us)
{
  uint16_t seqs[NACK_MAX];
  uint32_t ssrc;
  const size_t n = yl_rtcp_nack_parse (packet, &ssrc, seqs, NACK_MAX);
  if (n == 0 || ssrc != self->local.ssrc[YL_MEDIA_VIDEO])
    return;
  self->nacked += n;
  for (size_t i = 0; i < n; i++) {
    uint8_t data[MEDIA_PROTECTED_MAX];
    const size_t size =
        media_sender_resend (&self->sender, seqs[i], now_us, data);
    if (size > 0 && send (self->fd, data, size, 0) < 0)
      self->unsent++;
  }
}

/* To be told when: by that a server knows how far away we are. */
static void
note_report (Connection *self, const YlRtcpPacket *packet, uint64_t now_us)
{
  YlRtcpReport report;
  if (!yl_rtcp_report_parse (&report, packet) || !report.is_sender)
    return;
  for (unsigned kind = 0; kind < 2; kind++) {
    if (self->streams[kind].ssrc != report.ssrc)
      continue;
    self->report_ntp[kind] = report.sender.ntp;
    self->reported_us[kind] = now_us;
  }
}

void
connection_receive_feedback (Connection *self, uint8_t *data, size_t size,
                             uint64_t now_us)
{
  YlRtcpWalker walker;
  YlRtcpPacket packet;
  YlRtcpFir fir;
  uint32_t ssrc;
  size = yl_srtcp_unprotect (self->srtcp, data, size);
  if (size == 0 || !yl_rtcp_walker_init (&walker, data, size)) {
    self->bad++;
    return;
  }
  while (yl_rtcp_walker_next (&walker, &packet)) {
    const bool wanted = yl_rtcp_pli_parse (&packet, &ssrc)
                        || yl_rtcp_fir_parse (&packet, &fir, 1) > 0;
    note_report (self, &packet, now_us);
    if (wanted && connection_sends (self)) {
      self->plis++;
      self->sender.sources[YL_MEDIA_VIDEO].want_keyframe = true;
    } else if (packet.type == YL_RTCP_RTPFB && connection_sends (self)) {
      resend (self, &packet, now_us);
    }
  }
}
