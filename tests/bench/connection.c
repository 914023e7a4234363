/* connection.c: the life of one connection, and its way to keys */
#include "connection.h"

#include "../support/udp-socket.h"
#include "base/random.h"
#include "base/time.h"
#include "io/clock.h"
#include "io/system-random.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define REPORT_US YL_US_PER_S

static bool
fail (GError **error, const char *what)
{
  g_set_error (error, TARGET_ERROR, TARGET_ERROR_FAILED, "%s: %s", what,
               g_strerror (errno));
  return false;
}

static bool
open_socket (Connection *self, GError **error)
{
  const int on = 1, room = 1 << 20;
  self->local.address = self->setup->own;
  self->fd = udp_socket_bind (&self->local.address);
  if (self->fd < 0)
    return fail (error, "no socket");
  setsockopt (self->fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  if (setsockopt (self->fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) != 0
      || (self->setup->gro
          && setsockopt (self->fd, SOL_UDP, UDP_GRO, &on, sizeof on) != 0))
    return fail (error, "setsockopt");
  return true;
}

static void
describe (Connection *self)
{
  YlRandom random;
  TargetLocal *local = &self->local;
  yl_system_random_init (&random);
  yl_random_ice_chars (&random, local->ufrag, sizeof local->ufrag - 1);
  yl_random_ice_chars (&random, local->pwd, sizeof local->pwd - 1);
  local->fingerprint = self->setup->fingerprint;
  local->receives = connection_receives (self);
  local->twcc = self->setup->twcc && local->receives;
  if (!connection_sends (self))
    return;
  local->ssrc[YL_MEDIA_AUDIO] = yl_random_u32 (&random) | 1;
  local->ssrc[YL_MEDIA_VIDEO] = yl_random_u32 (&random) | 1;
  local->rtx_ssrc = yl_random_u32 (&random) | 1;
}

Connection *
connection_new (const ConnectionSetup *setup, ConnectionRole role,
                unsigned number, GError **error)
{
  Connection *self = g_new0 (Connection, 1);
  self->setup = setup;
  self->role = role;
  self->number = number;
  self->fd = -1;
  self->video_bps = setup->video_bps;
  self->report_us = self->pli_us = YL_NEVER;
  rtc_link_init (&self->link, setup->dtls);
  if (connection_sends (self)) {
    media_sender_init (&self->sender);
    for (unsigned kind = 0; kind < 2; kind++)
      self->sent[kind] = g_new0 (SentPacket, SENT_RING);
  }
  if (!open_socket (self, error)) {
    connection_free (self);
    return NULL;
  }
  describe (self);
  return self;
}

void
connection_free (Connection *self)
{
  if (self->fd >= 0)
    close (self->fd);
  rtc_link_clear (&self->link);
  if (connection_sends (self))
    media_sender_clear (&self->sender);
  for (unsigned kind = 0; kind < 2; kind++)
    g_free (self->sent[kind]);
  yl_srtp_receiver_free (self->receiver);
  yl_srtcp_free (self->srtcp);
  yl_rtcp_twcc_recorder_free (self->twcc);
  g_clear_error (&self->error);
  g_free (self);
}

static void
flush (Connection *self)
{
  GBytes *datagram;
  while ((datagram = rtc_link_poll_transmit (&self->link)) != NULL) {
    size_t size;
    const void *data = g_bytes_get_data (datagram, &size);
    if (send (self->fd, data, size, 0) < 0)
      g_debug ("send: %s", g_strerror (errno));
    g_bytes_unref (datagram);
  }
}

/* Reports of many connections are spread over the second. */
static void
use_keys (Connection *self, const YlSrtpKeying *local,
          const YlSrtpKeying *remote, uint64_t now_us)
{
  self->send_keys = *local;
  self->srtcp = yl_srtcp_new (local, remote);
  self->state = CONNECTION_WAITING;
  self->connected_us = now_us;
  self->report_us = now_us + self->number * 7919 % 1000 * REPORT_US / 1000;
  if (connection_receives (self)) {
    self->receiver = yl_srtp_receiver_new (remote);
    self->pli_us = now_us + 500 * YL_US_PER_MS;
    if (self->remote.twcc_id != 0)
      self->twcc = yl_rtcp_twcc_recorder_new (1);
  }
  if (connection_sends (self))
    connection_start_sending (self, now_us);
  if (!connection_receives (self))
    self->state = CONNECTION_SETTLED;
}

static void
fail_with (Connection *self, const char *what)
{
  self->state = CONNECTION_FAILED;
  if (self->error == NULL)
    g_set_error (&self->error, TARGET_ERROR, TARGET_ERROR_FAILED, "%s", what);
}

void
connection_start (Connection *self, uint64_t now_us)
{
  const TargetRemote *remote = &self->remote;
  if (!udp_socket_aim (self->fd, &remote->address)) {
    fail_with (self, "the server's address cannot be reached");
    return;
  }
  self->state = CONNECTION_CONNECTING;
  if (remote->keyed) {
    use_keys (self, &remote->send_keys, &remote->receive_keys, now_us);
    /* Who gives keys takes no requests for keyframes. */
    if (self->source != NULL)
      self->source->sender.sources[YL_MEDIA_VIDEO].want_keyframe = true;
    return;
  }
  const RtcLinkRemote link = { .our_ufrag = self->local.ufrag,
                               .ufrag = remote->ufrag,
                               .pwd = remote->pwd,
                               .sha256 = remote->sha256,
                               .our_pwd =
                                   remote->checks ? self->local.pwd : NULL,
                               .address = remote->address };
  rtc_link_start (&self->link, &link, now_us);
}

static const char *
why_closed (const Connection *self)
{
  switch (self->link.reason) {
  case YL_DTLS_REASON_FINGERPRINT:
    return "DTLS: another certificate than was announced";
  case YL_DTLS_REASON_PROFILE:
    return "DTLS: no common SRTP profile";
  case YL_DTLS_REASON_HANDSHAKE:
    return "DTLS: alert or protocol error";
  case YL_DTLS_REASON_TIMEOUT:
    return "DTLS: time-out";
  default:
    return "the server ended the connection";
  }
}

/* The state follows the link's. */
static void
follow_link (Connection *self, uint64_t now_us)
{
  if (self->link.state == RTC_CLOSED && self->state != CONNECTION_FAILED)
    fail_with (self, why_closed (self));
  else if (self->link.state == RTC_CONNECTED && self->srtcp == NULL)
    use_keys (self, &self->link.local, &self->link.remote, now_us);
}

void
connection_receive_link (Connection *self, const uint8_t *data, size_t size,
                         uint64_t now_us)
{
  rtc_link_receive (&self->link, data, size, now_us);
  flush (self);
  follow_link (self, now_us);
}

void
connection_handle_timeout (Connection *self, uint64_t now_us)
{
  if (now_us >= rtc_link_next_deadline (&self->link)) {
    rtc_link_handle_timeout (&self->link, now_us);
    flush (self);
    follow_link (self, now_us);
  }
  if (self->srtcp != NULL && self->state != CONNECTION_FAILED)
    connection_report (self, now_us);
}

uint64_t
connection_next_deadline (const Connection *self)
{
  uint64_t next_us = rtc_link_next_deadline (&self->link);
  next_us = yl_time_min (next_us, self->report_us);
  return yl_time_min (next_us, self->pli_us);
}

void
connection_nag (Connection *self)
{
  self->nags = true;
  self->pli_us = 0;
}

void
connection_close (Connection *self)
{
  rtc_link_close (&self->link);
  flush (self);
}
