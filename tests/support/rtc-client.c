/* rtc-client.c: a light WebRTC client on our own engines */
#include "rtc-client.h"

#include "base/random.h"
#include "base/reader.h"
#include "base/time.h"
#include "base/writer.h"
#include "ice-check.h"
#include "rtc-feedback.h"
#include "rtc-private.h"
#include "rtp/rtx.h"

#include <string.h>

#define CHECK_FAST_US (50 * YL_US_PER_MS)
#define CHECK_SLOW_US (2500 * YL_US_PER_MS)
#define HISTORY_OCTETS (512 * 1024)

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
  self->check_us = self->report_us = self->feedback_us = YL_NEVER;
  g_queue_init (&self->output);
  media_sink_init (&self->sinks[YL_MEDIA_AUDIO], YL_MEDIA_AUDIO, "2");
  media_sink_init (&self->sinks[YL_MEDIA_VIDEO], YL_MEDIA_VIDEO, "3");
  for (unsigned kind = 0; kind < 2; kind++)
    self->history[kind] = yl_rtp_history_new (HISTORY_OCTETS, 1024);
  rtc_client_restart_ice (self);
  return self;
}

void
rtc_client_free (RtcClient *self)
{
  if (self == NULL)
    return;
  g_queue_clear_full (&self->output, (GDestroyNotify) g_bytes_unref);
  for (unsigned kind = 0; kind < 2; kind++) {
    media_sink_clear (&self->sinks[kind]);
    yl_rtp_history_free (self->history[kind]);
  }
  g_clear_pointer (&self->last_srtp, g_bytes_unref);
  yl_dtls_free (self->dtls);
  yl_srtp_sender_free (self->sender);
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
  if (self->state == RTC_NEW)
    self->state = RTC_CHECKING;
  self->check_us = now_us;
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
  return self->state;
}

const RtcClientCounters *
rtc_client_counters (const RtcClient *self)
{
  return &self->counters;
}

const MediaSource *
rtc_client_source (const RtcClient *self, YlMediaKind kind)
{
  return &self->sources[kind];
}

const MediaSink *
rtc_client_sink (const RtcClient *self, YlMediaKind kind)
{
  return &self->sinks[kind];
}

void
rtc_client_send_raw (RtcClient *self, const uint8_t *data, size_t size)
{
  self->counters.sent++;
  g_queue_push_tail (&self->output, g_bytes_new (data, size));
}

/* Every check nominates: there is one path. */
static void
send_check (RtcClient *self, uint64_t now_us)
{
  g_autofree char *username =
      g_strdup_printf ("%s:%s", self->answer.ufrag, self->offer.ufrag);
  const IceCheck check = { .username = username,
                           .password = self->answer.pwd,
                           .use_candidate = true };
  uint8_t data[ICE_CHECK_MAX];
  rtc_client_send_raw (self, data,
                       ice_check_write (&check, ++self->n_checks, data));
  self->check_us =
      now_us + (self->state == RTC_CHECKING ? CHECK_FAST_US : CHECK_SLOW_US);
}

static void
start_media (RtcClient *self, uint64_t now_us)
{
  const MediaSourceSetup audio = { .kind = YL_MEDIA_AUDIO,
                                   .mid = "0",
                                   .mid_id = CLIENT_MID_ID,
                                   .payload_type = CLIENT_OPUS,
                                   .ssrc = self->offer.audio_ssrc,
                                   .bitrate_bps = self->setup.audio_bps,
                                   .interval_us = 20000 };
  const MediaSourceSetup video = { .kind = YL_MEDIA_VIDEO,
                                   .mid = "1",
                                   .mid_id = CLIENT_MID_ID,
                                   .payload_type = CLIENT_VP8,
                                   .ssrc = self->offer.video_ssrc,
                                   .bitrate_bps = self->setup.video_bps,
                                   .interval_us = 33333 };
  media_source_init (&self->sources[YL_MEDIA_AUDIO], &audio, now_us);
  media_source_init (&self->sources[YL_MEDIA_VIDEO], &video, now_us);
  self->report_us = now_us + YL_US_PER_S;
  self->sending = true;
}

static void
take_keys (RtcClient *self, uint64_t now_us)
{
  YlSrtpKeying local, remote;
  if (!yl_dtls_get_keying (self->dtls, &local, &remote)) {
    self->state = RTC_CLOSED;
    return;
  }
  self->sender = yl_srtp_sender_new (&local);
  self->receiver = yl_srtp_receiver_new (&remote);
  self->srtcp = yl_srtcp_new (&local, &remote);
  self->state = RTC_CONNECTED;
  start_media (self, now_us);
}

static void
drain_dtls (RtcClient *self, uint64_t now_us)
{
  const uint8_t *data;
  size_t size;
  YlDtlsEvent event;
  while ((size = yl_dtls_poll_transmit (self->dtls, &data)) > 0)
    rtc_client_send_raw (self, data, size);
  while (yl_dtls_poll_event (self->dtls, &event)) {
    if (event.kind == YL_DTLS_EVENT_CONNECTED)
      take_keys (self, now_us);
    else
      self->state = RTC_CLOSED;
  }
}

static void
receive_stun (RtcClient *self, const uint8_t *data, size_t size,
              uint64_t now_us)
{
  const IceReply reply = ice_reply_read (self->answer.pwd, data, size);
  if (reply.kind != ICE_REPLY_SUCCESS) {
    self->counters.unknown++;
    return;
  }
  if (self->state != RTC_CHECKING)
    return;
  self->state = RTC_HANDSHAKE;
  self->check_us = now_us + CHECK_SLOW_US;
  self->dtls = yl_dtls_new (
      self->setup.dtls, YL_DTLS_CLIENT,
      (const uint8_t (*)[YL_DTLS_SHA256_SIZE]) self->answer.sha256, 1, now_us);
  drain_dtls (self, now_us);
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

void
rtc_client_receive (RtcClient *self, uint8_t *data, size_t size,
                    uint64_t now_us)
{
  self->counters.received++;
  if (size < 2) {
    self->counters.unknown++;
  } else if (data[0] < 4) {
    receive_stun (self, data, size, now_us);
  } else if (data[0] >= 20 && data[0] < 64 && self->dtls != NULL) {
    yl_dtls_receive (self->dtls, data, size, now_us);
    drain_dtls (self, now_us);
  } else if (self->receiver != NULL && data[1] >= 192 && data[1] <= 223) {
    rtc_feedback_receive (self, data, size, now_us);
  } else if (self->receiver != NULL && !lose (self)) {
    receive_rtp (self, data, size, now_us);
  } else if (self->receiver == NULL) {
    self->counters.unknown++;
  }
}

static void
protect (RtcClient *self, const uint8_t *plain, size_t header_size, size_t size,
         int64_t seq, uint32_t ssrc)
{
  uint8_t out[MEDIA_PACKET_MAX + 64];
  const YlSrtpPacket packet = {
    .stream = yl_srtp_sender_stream (self->sender, ssrc),
    .seq = seq,
    .payload = plain + header_size,
    .payload_size = (uint16_t) (size - header_size),
    .header_size = (uint16_t) header_size,
  };
  g_assert_cmpuint (size, <=, MEDIA_PACKET_MAX);
  memcpy (out, plain, header_size);
  const size_t n =
      yl_srtp_sender_protect (self->sender, &packet, out, sizeof out);
  g_assert_cmpuint (n, >, 0);
  if (!lose (self))
    rtc_client_send_raw (self, out, n);
  g_clear_pointer (&self->last_srtp, g_bytes_unref);
  self->last_srtp = g_bytes_new (out, n);
}

static void
keep_packet (RtcClient *self, YlMediaKind kind, const MediaPacket *packet,
             uint64_t now_us)
{
  YlPacket kept = { .data = packet->data,
                    .size = (uint16_t) packet->size,
                    .seq = packet->seq,
                    .received_us = now_us };
  if (yl_rtp_view_parse (&kept.view, packet->data, packet->size, NULL))
    yl_rtp_history_add (self->history[kind], &kept);
}

static void
send_media (RtcClient *self, YlMediaKind kind, uint64_t now_us)
{
  MediaSource *source = &self->sources[kind];
  MediaPacket packet;
  if (!self->sending || source->setup.ssrc == 0)
    return;
  while (media_source_next (source, now_us, &packet)) {
    protect (self, packet.data, packet.header_size, packet.size, packet.seq,
             source->setup.ssrc);
    keep_packet (self, kind, &packet, now_us);
  }
}

void
rtc_client_resend (RtcClient *self, uint16_t seq, uint64_t now_us)
{
  MediaSource *source = &self->sources[YL_MEDIA_VIDEO];
  const int64_t full = source->seq + yl_seq_diff (seq, (uint16_t) source->seq);
  const YlPacket *packet =
      yl_rtp_history_find (self->history[YL_MEDIA_VIDEO], full, now_us);
  if (packet == NULL)
    return;
  uint8_t data[MEDIA_PACKET_MAX];
  const YlRtpHeader header = { .ssrc = self->offer.video_rtx_ssrc,
                               .seq = (uint16_t) self->rtx_seq,
                               .payload_type = CLIENT_RTX };
  const size_t size = yl_rtp_rtx_wrap (data, sizeof data, &packet->view,
                                       &header, packet->view.seq);
  if (size == 0)
    return;
  protect (self, data, YL_RTP_HEADER_SIZE, size, self->rtx_seq++, header.ssrc);
  self->counters.resent++;
}

void
rtc_client_handle_timeout (RtcClient *self, uint64_t now_us)
{
  if (now_us >= self->check_us && self->state != RTC_CLOSED)
    send_check (self, now_us);
  if (self->dtls != NULL) {
    yl_dtls_handle_timeout (self->dtls, now_us);
    drain_dtls (self, now_us);
  }
  if (self->state != RTC_CONNECTED)
    return;
  send_media (self, YL_MEDIA_AUDIO, now_us);
  send_media (self, YL_MEDIA_VIDEO, now_us);
  rtc_feedback_send (self, now_us);
}

GBytes *
rtc_client_poll_transmit (RtcClient *self)
{
  return g_queue_pop_head (&self->output);
}

uint64_t
rtc_client_next_deadline (const RtcClient *self)
{
  uint64_t next_us = self->state != RTC_CLOSED ? self->check_us : YL_NEVER;
  if (self->dtls != NULL)
    next_us = yl_time_min (next_us, yl_dtls_next_deadline (self->dtls));
  if (self->state != RTC_CONNECTED)
    return next_us;
  for (unsigned kind = 0; kind < 2 && self->sending; kind++) {
    if (self->sources[kind].setup.ssrc != 0)
      next_us = yl_time_min (next_us, self->sources[kind].next_us);
  }
  next_us = yl_time_min (next_us, self->report_us);
  return yl_time_min (next_us, self->feedback_us);
}

void
rtc_client_set_sending (RtcClient *self, bool sending, uint64_t now_us)
{
  if (sending && !self->sending) {
    for (unsigned kind = 0; kind < 2; kind++)
      self->sources[kind].next_us = now_us;
  }
  self->sending = sending;
}

void
rtc_client_close (RtcClient *self)
{
  if (self->dtls != NULL) {
    yl_dtls_close (self->dtls);
    drain_dtls (self, 0);
  }
  self->state = RTC_CLOSED;
}

void
rtc_client_send_protected (RtcClient *self, YlMediaKind kind, uint8_t *plain,
                           size_t header_size, size_t size)
{
  MediaSource *source = &self->sources[kind];
  yl_write_u16 (plain + 2, (uint16_t) source->seq);
  yl_write_u32 (plain + 8, source->setup.ssrc);
  protect (self, plain, header_size, size, source->seq++, source->setup.ssrc);
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
