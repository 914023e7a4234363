/* rtc-client.c: a light WebRTC client on our own engines */
#include "rtc-client.h"

#include "base/random.h"
#include "base/reader.h"
#include "base/time.h"
#include "base/writer.h"
#include "rtc-feedback.h"
#include "rtc-private.h"
#include "rtp/rtx.h"

#include <string.h>

RtcClient *
rtc_client_new (const RtcClientSetup *setup, uint64_t now_us)
{
  RtcClient *self = g_new0 (RtcClient, 1);
  YlRandom random;
  yl_random_init_seeded (&random, setup->seed);
  self->setup = *setup;
  self->random = random;
  self->offer.fingerprint =
      yl_dtls_certificate_fingerprint (setup->certificate);
  self->offer.audio_ssrc = setup->audio_bps > 0 ? yl_random_u32 (&random) : 0;
  self->offer.video_ssrc = setup->video_bps > 0 ? yl_random_u32 (&random) : 0;
  self->offer.video_rtx_ssrc = yl_random_u32 (&random);
  self->random = random;
  self->report_us = self->feedback_us = YL_NEVER;
  rtc_link_init (&self->link, setup->dtls);
  media_sender_init (&self->sender);
  media_sink_init (&self->sinks[YL_MEDIA_AUDIO], YL_MEDIA_AUDIO, "2");
  media_sink_init (&self->sinks[YL_MEDIA_VIDEO], YL_MEDIA_VIDEO, "3");
  rtc_client_restart_ice (self);
  return self;
}

void
rtc_client_free (RtcClient *self)
{
  if (self == NULL)
    return;
  for (unsigned kind = 0; kind < 2; kind++)
    media_sink_clear (&self->sinks[kind]);
  g_clear_pointer (&self->last_srtp, g_bytes_unref);
  rtc_link_clear (&self->link);
  media_sender_clear (&self->sender);
  yl_srtp_receiver_free (self->receiver);
  yl_srtcp_free (self->srtcp);
  g_free (self);
}

void
rtc_client_restart_ice (RtcClient *self)
{
  yl_random_ice_chars (&self->random, self->offer.ufrag, 8);
  yl_random_ice_chars (&self->random, self->offer.pwd, 24);
}

char *
rtc_client_offer (const RtcClient *self)
{
  return client_offer_write (&self->offer);
}

bool
rtc_client_answer (RtcClient *self, const char *sdp, uint64_t now_us)
{
  if (!client_answer_read (&self->answer, sdp))
    return false;
  static const unsigned slots[] = {
    [YL_MEDIA_AUDIO] = CLIENT_AUDIO_SLOT, [YL_MEDIA_VIDEO] = CLIENT_VIDEO_SLOT
  };
  for (unsigned kind = 0; kind < 2; kind++) {
    self->sinks[kind].ssrc = self->answer.sections[slots[kind]].ssrc;
    self->sinks[kind].rtx_ssrc = self->answer.sections[slots[kind]].rtx_ssrc;
  }
  self->remote = self->answer.candidates[0];
  for (size_t i = 0; i < self->answer.n_candidates; i++) {
    if (yl_address_is_loopback (&self->answer.candidates[i]))
      self->remote = self->answer.candidates[i];
  }
  const RtcLinkRemote remote = { .our_ufrag = self->offer.ufrag,
                                 .ufrag = self->answer.ufrag,
                                 .pwd = self->answer.pwd,
                                 .sha256 = self->answer.sha256 };
  rtc_link_start (&self->link, &remote, now_us);
  return true;
}

const YlAddress *
rtc_client_remote (const RtcClient *self)
{
  return &self->remote;
}

RtcState
rtc_client_state (const RtcClient *self)
{
  return self->link.state;
}

const RtcClientCounters *
rtc_client_counters (const RtcClient *self)
{
  return &self->counters;
}

const MediaSource *
rtc_client_source (const RtcClient *self, YlMediaKind kind)
{
  return &self->sender.sources[kind];
}

const MediaSink *
rtc_client_sink (const RtcClient *self, YlMediaKind kind)
{
  return &self->sinks[kind];
}

void
rtc_client_send_raw (RtcClient *self, const uint8_t *data, size_t size)
{
  rtc_link_send (&self->link, data, size);
}

static void
start_media (RtcClient *self, uint64_t now_us)
{
  const MediaSenderSetup setup = {
    .sources = { [YL_MEDIA_AUDIO] = { .kind = YL_MEDIA_AUDIO,
                                      .mid = "0",
                                      .mid_id = CLIENT_MID_ID,
                                      .payload_type = CLIENT_OPUS,
                                      .ssrc = self->offer.audio_ssrc,
                                      .bitrate_bps = self->setup.audio_bps,
                                      .interval_us = 20000 },
                 [YL_MEDIA_VIDEO] = { .kind = YL_MEDIA_VIDEO,
                                      .mid = "1",
                                      .mid_id = CLIENT_MID_ID,
                                      .payload_type = CLIENT_VP8,
                                      .ssrc = self->offer.video_ssrc,
                                      .bitrate_bps = self->setup.video_bps,
                                      .interval_us = 33333 } },
    .rtx_ssrc = self->offer.video_rtx_ssrc,
    .rtx_payload_type = CLIENT_RTX,
  };
  media_sender_start (&self->sender, &setup, &self->link.local, now_us);
  self->report_us = now_us + YL_US_PER_S;
}

/* Once, when the link has them. */
static void
take_keys (RtcClient *self, uint64_t now_us)
{
  const RtcLink *link = &self->link;
  if (link->state != RTC_CONNECTED || self->receiver != NULL)
    return;
  self->receiver = yl_srtp_receiver_new (&link->remote);
  self->srtcp = yl_srtcp_new (&link->local, &link->remote);
  start_media (self, now_us);
}

static bool
lose (RtcClient *self)
{
  if (self->setup.loss == 0
      || yl_random_u32 (&self->random) % 1000 >= self->setup.loss)
    return false;
  self->counters.lost++;
  return true;
}

static void
receive_rtp (RtcClient *self, uint8_t *data, size_t size, uint64_t now_us)
{
  YlReader in = yl_reader_init (data, size);
  yl_reader_skip (&in, 8);
  const uint32_t ssrc = yl_reader_u32 (&in);
  for (unsigned i = 0; i < 2; i++) {
    MediaSink *sink = &self->sinks[i];
    const bool resent = ssrc == sink->rtx_ssrc;
    YlRtpView view;
    if (in.failed || ssrc == 0 || (ssrc != sink->ssrc && !resent))
      continue;
    if (yl_srtp_receiver_unprotect (self->receiver, &self->windows[i][resent],
                                    data, &size, NULL)
            != YL_SRTP_OK
        || !yl_rtp_view_parse (&view, data, size, NULL)) {
      self->counters.srtp_bad++;
      return;
    }
    if (resent) {
      data = yl_rtp_rtx_unwrap (data, &view, sink->ssrc, CLIENT_VP8, &size);
      if (data == NULL || !yl_rtp_view_parse (&view, data, size, NULL))
        return;
    }
    media_sink_receive (sink, &view, resent, now_us);
    self->feedback_us = now_us;
    return;
  }
  self->counters.unknown++;
}

static void
receive_media (RtcClient *self, uint8_t *data, size_t size, uint64_t now_us)
{
  if (self->receiver == NULL)
    self->counters.unknown++;
  else if (data[1] >= 192 && data[1] <= 223)
    rtc_feedback_receive (self, data, size, now_us);
  else if (!lose (self))
    receive_rtp (self, data, size, now_us);
}

void
rtc_client_receive (RtcClient *self, uint8_t *data, size_t size,
                    uint64_t now_us)
{
  self->counters.received++;
  switch (rtc_link_receive (&self->link, data, size, now_us)) {
  case RTC_LINK_TAKEN:
    take_keys (self, now_us);
    break;
  case RTC_LINK_MEDIA:
    receive_media (self, data, size, now_us);
    break;
  case RTC_LINK_BAD:
    self->counters.unknown++;
    break;
  }
}

static void
send_protected (RtcClient *self, const uint8_t *data, size_t size)
{
  if (!lose (self))
    rtc_client_send_raw (self, data, size);
  g_clear_pointer (&self->last_srtp, g_bytes_unref);
  self->last_srtp = g_bytes_new (data, size);
}

static void
send_media (RtcClient *self, YlMediaKind kind, uint64_t now_us)
{
  uint8_t data[MEDIA_PROTECTED_MAX];
  size_t size;
  int64_t seq;
  while ((size = media_sender_next (&self->sender, kind, now_us, data, &seq))
         > 0)
    send_protected (self, data, size);
}

void
rtc_client_resend (RtcClient *self, uint16_t seq, uint64_t now_us)
{
  uint8_t data[MEDIA_PROTECTED_MAX];
  const size_t size = media_sender_resend (&self->sender, seq, now_us, data);
  if (size == 0)
    return;
  send_protected (self, data, size);
  self->counters.resent++;
}

void
rtc_client_handle_timeout (RtcClient *self, uint64_t now_us)
{
  rtc_link_handle_timeout (&self->link, now_us);
  take_keys (self, now_us);
  if (self->link.state != RTC_CONNECTED)
    return;
  send_media (self, YL_MEDIA_AUDIO, now_us);
  send_media (self, YL_MEDIA_VIDEO, now_us);
  rtc_feedback_send (self, now_us);
}

GBytes *
rtc_client_poll_transmit (RtcClient *self)
{
  GBytes *datagram = rtc_link_poll_transmit (&self->link);
  self->counters.sent += datagram != NULL;
  return datagram;
}

uint64_t
rtc_client_next_deadline (const RtcClient *self)
{
  uint64_t next_us = rtc_link_next_deadline (&self->link);
  if (self->link.state != RTC_CONNECTED)
    return next_us;
  next_us = yl_time_min (next_us, media_sender_next_deadline (&self->sender));
  next_us = yl_time_min (next_us, self->report_us);
  return yl_time_min (next_us, self->feedback_us);
}

void
rtc_client_set_sending (RtcClient *self, bool sending, uint64_t now_us)
{
  media_sender_set_sending (&self->sender, sending, now_us);
}

void
rtc_client_close (RtcClient *self)
{
  rtc_link_close (&self->link);
}

void
rtc_client_send_protected (RtcClient *self, YlMediaKind kind, uint8_t *plain,
                           size_t header_size, size_t size)
{
  MediaSource *source = &self->sender.sources[kind];
  uint8_t data[MEDIA_PROTECTED_MAX];
  yl_write_u16 (plain + 2, (uint16_t) source->seq);
  yl_write_u32 (plain + 8, source->setup.ssrc);
  send_protected (self, data,
                  media_sender_protect (&self->sender, plain, header_size, size,
                                        source->seq++, data));
}

void
rtc_client_send_rtcp (RtcClient *self, const uint8_t *plain, size_t size)
{
  uint8_t data[MEDIA_PACKET_MAX + YL_SRTCP_MAX_OVERHEAD];
  memcpy (data, plain, size);
  size = yl_srtcp_protect (self->srtcp, data, size, sizeof data);
  g_assert_cmpuint (size, >, 0);
  rtc_client_send_raw (self, data, size);
}

const ClientAnswer *
rtc_client_get_answer (const RtcClient *self)
{
  return &self->answer;
}

const ClientOffer *
rtc_client_get_offer (const RtcClient *self)
{
  return &self->offer;
}

GBytes *
rtc_client_last_srtp (const RtcClient *self)
{
  return self->last_srtp;
}
