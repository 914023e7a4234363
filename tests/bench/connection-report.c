/* connection-report.c: the RTCP of a connection */
#include "base/time.h"
#include "connection.h"
#include "io/clock.h"
#include "rtcp/keyframe.h"
#include "rtcp/reports.h"

#include <sys/socket.h>

#define COMPOUND_MAX 1200
#define REPORT_US YL_US_PER_S
#define PLI_US (500 * YL_US_PER_MS)
#define NAG_US (10 * YL_US_PER_MS)

static void
send_compound (Connection *self, uint8_t *data, size_t size, size_t capacity)
{
  size = yl_srtcp_protect (self->srtcp, data, size, capacity);
  if (size > 0 && send (self->fd, data, size, 0) < 0)
    self->unsent++;
}

/* Who only receives reports as anybody. */
static uint32_t
own_ssrc (const Connection *self, YlMediaKind kind)
{
  return connection_sends (self) ? self->local.ssrc[kind] : 1;
}

/* 32.32 fixed point to the report's 16.16. */
static uint32_t
middle (uint64_t ntp)
{
  return (uint32_t) (ntp >> 16);
}

/* [s / 65536]; 0: never */
static uint32_t
delay_since (uint64_t then_us, uint64_t now_us)
{
  return then_us == 0 ? 0
                      : (uint32_t) (((now_us - then_us) << 16) / YL_US_PER_S);
}

static void
add_blocks (const Connection *self, YlRtcpReport *report, uint64_t now_us)
{
  for (unsigned kind = 0; kind < 2; kind++) {
    const Stream *stream = &self->streams[kind];
    if (stream->ssrc == 0)
      continue;
    report->blocks[report->n_blocks++] =
        (YlRtcpReportBlock){ .ssrc = stream->ssrc,
                             .highest_seq = (uint32_t) stream->unwrap.newest,
                             .lsr = middle (self->report_ntp[kind]),
                             .dlsr = delay_since (self->reported_us[kind],
                                                  now_us) };
  }
}

static void
write_report (const Connection *self, YlWriter *out, YlMediaKind kind,
              uint64_t now_us)
{
  const MediaSource *source = &self->sender.sources[kind];
  YlRtcpReport report = { .ssrc = own_ssrc (self, kind),
                          .is_sender = connection_sends (self) };
  if (report.is_sender)
    report.sender = (YlRtcpSenderInfo){ .ntp = yl_clock_ntp (),
                                        .rtp_timestamp = source->timestamp,
                                        .packets = (uint32_t) source->packets,
                                        .octets = (uint32_t) source->octets };
  if (kind == YL_MEDIA_AUDIO)
    add_blocks (self, &report, now_us);
  yl_rtcp_report_write (out, &report);
  yl_rtcp_sdes_write (out, report.ssrc, "load");
}

static void
send_reports (Connection *self, uint64_t now_us)
{
  uint8_t data[COMPOUND_MAX + YL_SRTCP_MAX_OVERHEAD];
  const unsigned n = connection_sends (self) ? 2 : 1;
  for (unsigned kind = 0; kind < n; kind++) {
    YlWriter out = yl_writer_init (data, COMPOUND_MAX);
    write_report (self, &out, (YlMediaKind) kind, now_us);
    send_compound (self, data, yl_writer_size (&out), sizeof data);
  }
  /* Now and then whether the numbers still mean what they did. */
  if (self->state == CONNECTION_SETTLED)
    self->streams[YL_MEDIA_AUDIO].inspect =
        self->streams[YL_MEDIA_VIDEO].inspect = true;
}

/* A compound whose report is of the video: without reduced size, which not
 * every server offers, it has to begin so (RFC 3550, 6.1), and by the block
 * Janus tells what is spoken of. */
static void
ask_for_keyframe (Connection *self)
{
  uint8_t data[COMPOUND_MAX + YL_SRTCP_MAX_OVERHEAD];
  YlWriter out = yl_writer_init (data, COMPOUND_MAX);
  const Stream *video = &self->streams[YL_MEDIA_VIDEO];
  const uint32_t ssrc =
      video->ssrc != 0 ? video->ssrc : self->remote.ssrc[YL_MEDIA_VIDEO];
  if ((self->first_ns != 0 && !self->nags) || ssrc == 0)
    return;
  const YlRtcpReport report = {
    .ssrc = own_ssrc (self, YL_MEDIA_VIDEO),
    .n_blocks = 1,
    .blocks = { { .ssrc = ssrc,
                  .highest_seq = (uint32_t) video->unwrap.newest } },
  };
  yl_rtcp_report_write (&out, &report);
  yl_rtcp_sdes_write (&out, report.ssrc, "load");
  yl_rtcp_pli_write (&out, report.ssrc, ssrc);
  send_compound (self, data, yl_writer_size (&out), sizeof data);
}

static void
send_twcc (Connection *self, uint64_t now_us)
{
  uint8_t data[YL_RTCP_TWCC_MAX_SIZE + YL_SRTCP_MAX_OVERHEAD];
  size_t size;
  while ((size = yl_rtcp_twcc_recorder_poll_transmit (self->twcc, now_us, data,
                                                      YL_RTCP_TWCC_MAX_SIZE))
         > 0)
    send_compound (self, data, size, sizeof data);
}

void
connection_report (Connection *self, uint64_t now_us)
{
  if (now_us >= self->report_us) {
    send_reports (self, now_us);
    self->report_us = now_us + REPORT_US;
  }
  if (now_us >= self->pli_us) {
    ask_for_keyframe (self);
    self->pli_us = now_us + (self->nags ? NAG_US : PLI_US);
  }
  if (self->twcc != NULL
      && now_us >= yl_rtcp_twcc_recorder_next_deadline (self->twcc))
    send_twcc (self, now_us);
}
