#include "peer/peer.h"

#include "peer/peer-private.h"

#include <string.h>

YlPeerTraffic
yl_peer_classify (const uint8_t *data, size_t size)
{
  if (size < 2)
    return YL_PEER_OTHER;
  if (data[0] <= 3)
    return YL_PEER_STUN;
  if (data[0] >= 20 && data[0] <= 63)
    return YL_PEER_DTLS;
  if (data[0] < 128 || data[0] > 191)
    return YL_PEER_OTHER;
  return data[1] >= 192 && data[1] <= 223 ? YL_PEER_RTCP : YL_PEER_RTP;
}

/* ---- life ---- */

static YlIceCredentials
credentials_of (const YlPeerConfig *config)
{
  YlIceCredentials credentials = { 0 };
  g_strlcpy (credentials.local_ufrag, config->local_ufrag,
             sizeof credentials.local_ufrag);
  g_strlcpy (credentials.local_pwd, config->local_pwd,
             sizeof credentials.local_pwd);
  g_strlcpy (credentials.remote_ufrag, config->remote_ufrag,
             sizeof credentials.remote_ufrag);
  return credentials;
}

YlPeer *
yl_peer_new (const YlPeerSetup *setup, YlPeerConfig *config, uint64_t now_us)
{
  YlPeer *self = g_new0 (YlPeer, 1);
  self->setup = *setup;
  self->config = yl_peer_config_ref (config);
  const YlIceCredentials credentials = credentials_of (config);
  self->ice = yl_ice_new (setup->ice_agent, &credentials);
  self->local_ssrc = yl_random_u32 (setup->random) | 1;
  self->report_at_us = self->ready_at_us = self->shake_by_us = YL_NEVER;
  for (size_t i = 0; i < G_N_ELEMENTS (self->fir_seen); i++)
    self->fir_seen[i] = -1;
  yl_peer_apply_sections (self, config);
  return self;
}

/* Everything that hangs on the DTLS association. */
static void
drop_association (YlPeer *self)
{
  for (uint8_t i = 0; i < self->n_tracks; i++)
    yl_peer_end_track (self, i);
  yl_peer_forget_sources (self);
  g_clear_pointer (&self->recorder, yl_rtcp_twcc_recorder_free);
  g_clear_pointer (&self->srtcp, yl_srtcp_free);
  g_clear_pointer (&self->receiver, yl_srtp_receiver_free);
  g_clear_pointer (&self->sender, yl_srtp_sender_free);
  g_clear_pointer (&self->dtls, yl_dtls_free);
  self->connected = self->heard = false;
  self->report_at_us = self->ready_at_us = self->shake_by_us = YL_NEVER;
}

void
yl_peer_free (YlPeer *self)
{
  if (self == NULL)
    return;
  drop_association (self);
  g_free (self->tracks);
  g_free (self->reports);
  yl_ice_free (self->ice);
  yl_peer_config_unref (self->config);
  g_free (self);
}

static bool
promises (const YlPeerConfig *config, const YlFingerprint *fingerprint)
{
  for (uint8_t i = 0; i < config->n_fingerprints; i++)
    if (memcmp (&config->fingerprints[i], fingerprint, sizeof *fingerprint)
        == 0)
      return true;
  return false;
}

bool
yl_peer_update_replaces_keys (const YlPeer *self, const YlPeerConfig *config)
{
  for (uint8_t i = 0; i < config->n_fingerprints; i++)
    if (!promises (self->config, &config->fingerprints[i]))
      return true;
  return config->n_fingerprints != self->config->n_fingerprints;
}

void
yl_peer_update (YlPeer *self, YlPeerConfig *config, uint64_t now_us)
{
  const YlIceCredentials before = credentials_of (self->config);
  const YlIceCredentials after = credentials_of (config);
  if (yl_peer_update_replaces_keys (self, config))
    drop_association (self);
  if (memcmp (&before, &after, sizeof before) != 0)
    yl_ice_restart (self->ice, &after);
  yl_peer_apply_sections (self, config);
  yl_peer_config_ref (config);
  yl_peer_config_unref (self->config);
  self->config = config;
}

void
yl_peer_close (YlPeer *self)
{
  self->bye_due = yl_peer_can_send (self);
  if (self->dtls != NULL && !self->closed)
    yl_dtls_close (self->dtls);
}

/* ---- what the engines below have to say ---- */

static void
end_connection (YlPeer *self, YlPeerReason reason)
{
  if (self->closed)
    return;
  self->closed = true;
  self->reason = reason;
  self->flags |= YL_PEER_FLAG_CLOSED;
}

static void
take_keys (YlPeer *self)
{
  YlSrtpKeying local, remote;
  if (!yl_dtls_get_keying (self->dtls, &local, &remote)) {
    end_connection (self, YL_PEER_REASON_HANDSHAKE);
    return;
  }
  self->sender = yl_srtp_sender_new (&local);
  self->receiver = yl_srtp_receiver_new (&remote);
  self->srtcp = yl_srtcp_new (&local, &remote);
  explicit_bzero (&local, sizeof local);
  explicit_bzero (&remote, sizeof remote);
  if (self->sender == NULL || self->receiver == NULL || self->srtcp == NULL)
    end_connection (self, YL_PEER_REASON_HANDSHAKE);
}

static YlPeerReason
reason_of (const YlDtlsEvent *event)
{
  if (event->kind == YL_DTLS_EVENT_CLOSED)
    return YL_PEER_REASON_REMOTE;
  switch (event->reason) {
  case YL_DTLS_REASON_FINGERPRINT:
    return YL_PEER_REASON_FINGERPRINT;
  case YL_DTLS_REASON_TIMEOUT:
    return YL_PEER_REASON_TIMEOUT;
  default:
    return YL_PEER_REASON_HANDSHAKE;
  }
}

static void
follow_dtls (YlPeer *self)
{
  YlDtlsEvent event;
  while (self->dtls != NULL && yl_dtls_poll_event (self->dtls, &event)) {
    if (event.kind == YL_DTLS_EVENT_CONNECTED)
      take_keys (self);
    else
      end_connection (self, reason_of (&event));
  }
}

static void
follow_ice (YlPeer *self)
{
  YlIceEvent event;
  while (yl_ice_poll_event (self->ice, &event))
    switch (event) {
    case YL_ICE_EVENT_PATH:
    case YL_ICE_EVENT_EXPIRED:
      if (self->connected)
        self->flags |= YL_PEER_FLAG_PATH;
      break;
    case YL_ICE_EVENT_LOST:
      self->lost = true;
      self->flags |= YL_PEER_FLAG_LOST;
      break;
    case YL_ICE_EVENT_BACK:
      self->lost = false;
      self->flags |= YL_PEER_FLAG_BACK;
      break;
    }
}

static void
become_ready (YlPeer *self)
{
  self->ready_at_us = YL_NEVER;
  self->flags |= YL_PEER_FLAG_READY;
}

void
yl_peer_follow (YlPeer *self, uint64_t now_us)
{
  follow_ice (self);
  follow_dtls (self);
  if (self->connected || !yl_peer_can_send (self))
    return;
  self->connected = true;
  self->flags |= YL_PEER_FLAG_CONNECTED;
  self->report_at_us = now_us + YL_PEER_REPORT_US;
  self->ready_at_us = now_us + YL_PEER_READY_US;
  if (self->heard)
    become_ready (self);
}

void
yl_peer_note_sign (YlPeer *self, uint64_t now_us)
{
  yl_ice_touch (self->ice, now_us);
  if (self->lost)
    yl_peer_follow (self, now_us);
  self->heard = true;
  if (self->ready_at_us != YL_NEVER)
    become_ready (self);
}

/* ---- in ---- */

static YlPeerResult
receive_stun (YlPeer *self, const YlPeerDatagram *in, uint64_t now_us)
{
  const YlIceResult result =
      yl_ice_receive (self->ice, in->data, in->size, &in->path, now_us);
  if (result != YL_ICE_VERIFIED) {
    self->setup.counters->stun_refused++;
    return YL_PEER_REFUSED;
  }
  self->setup.counters->stun++;
  if (self->dtls == NULL && self->shake_by_us == YL_NEVER)
    self->shake_by_us = now_us + YL_PEER_SHAKE_US;
  return YL_PEER_VERIFIED;
}

void
yl_peer_note_handshake (YlPeer *self)
{
  self->shake_by_us = YL_NEVER;
}

static YlPeerResult
receive_dtls (YlPeer *self, const YlPeerDatagram *in, uint64_t now_us)
{
  if (!yl_ice_knows (self->ice, &in->path.remote)) {
    self->setup.counters->dtls_unverified++;
    return YL_PEER_REFUSED;
  }
  if (self->dtls == NULL) {
    G_STATIC_ASSERT (sizeof (YlFingerprint) == YL_DTLS_SHA256_SIZE);
    self->dtls = yl_dtls_new (
        self->setup.dtls, YL_DTLS_SERVER,
        (const uint8_t (*)[YL_DTLS_SHA256_SIZE]) self->config->fingerprints,
        self->config->n_fingerprints, now_us);
  }
  if (self->dtls == NULL)
    return YL_PEER_REFUSED;
  yl_peer_note_handshake (self);
  self->dtls_path = in->path;
  yl_dtls_receive (self->dtls, in->data, in->size, now_us);
  self->setup.counters->dtls++;
  return YL_PEER_ACCEPTED;
}

static YlPeerResult
receive_rtcp (YlPeer *self, const YlPeerDatagram *in, uint64_t now_us)
{
  YlPeerCounters *counters = self->setup.counters;
  if (self->srtcp == NULL) {
    counters->before_keys++;
    return YL_PEER_REFUSED;
  }
  const size_t size = yl_srtcp_unprotect (self->srtcp, in->data, in->size);
  if (size == 0) {
    counters->srtcp_refused++;
    return YL_PEER_REFUSED;
  }
  yl_peer_note_sign (self, now_us);
  if (!yl_peer_receive_feedback (self, in->data, size, now_us)) {
    counters->rtcp_malformed++;
    return YL_PEER_REFUSED;
  }
  counters->rtcp++;
  return YL_PEER_ACCEPTED;
}

YlPeerResult
yl_peer_receive (YlPeer *self, const YlPeerDatagram *in, uint64_t now_us)
{
  YlPeerResult result = YL_PEER_REFUSED;
  if (self->closed)
    return result;
  switch (yl_peer_classify (in->data, in->size)) {
  case YL_PEER_STUN:
    result = receive_stun (self, in, now_us);
    break;
  case YL_PEER_DTLS:
    result = receive_dtls (self, in, now_us);
    break;
  case YL_PEER_RTCP:
    result = receive_rtcp (self, in, now_us);
    break;
  case YL_PEER_RTP: /* has a way of its own */
  case YL_PEER_OTHER:
    self->setup.counters->not_multiplexed++;
    break;
  }
  yl_peer_follow (self, now_us);
  return result;
}

static void
watch_flow (YlPeer *self, uint64_t now_us)
{
  for (uint8_t i = 0; i < self->n_tracks; i++) {
    YlPeerTrackState *track = &self->tracks[i];
    if (track->flowing && track->last_us + YL_PEER_FLOW_US <= now_us) {
      track->flowing = false;
      self->flow |= (uint16_t) (1u << i);
    }
  }
}

void
yl_peer_handle_timeout (YlPeer *self, uint64_t now_us)
{
  if (self->closed)
    return;
  yl_ice_handle_timeout (self->ice, now_us);
  if (self->dtls != NULL)
    yl_dtls_handle_timeout (self->dtls, now_us);
  if (self->shake_by_us <= now_us)
    end_connection (self, YL_PEER_REASON_TIMEOUT);
  yl_peer_follow (self, now_us);
  watch_flow (self, now_us);
  if (self->ready_at_us <= now_us)
    become_ready (self);
  if (self->report_at_us <= now_us) {
    self->report_at_us = now_us + YL_PEER_REPORT_US;
    self->receiver_report_due = yl_peer_can_send (self);
    self->flags |= YL_PEER_FLAG_REPORTS_DUE;
  }
}

uint64_t
yl_peer_next_deadline (const YlPeer *self)
{
  if (self->closed)
    return YL_NEVER;
  uint64_t deadline =
      yl_time_min (yl_ice_next_deadline (self->ice), self->ready_at_us);
  deadline = yl_time_min (deadline, self->shake_by_us);
  if (self->dtls != NULL)
    deadline = yl_time_min (deadline, yl_dtls_next_deadline (self->dtls));
  for (uint8_t i = 0; i < self->n_tracks; i++)
    if (self->tracks[i].flowing)
      deadline =
          yl_time_min (deadline, self->tracks[i].last_us + YL_PEER_FLOW_US);
  if (yl_peer_can_send (self))
    deadline = yl_time_min (deadline, yl_peer_rtcp_deadline (self));
  return deadline;
}

/* ---- out ---- */

static bool
transmit_ice (YlPeer *self, YlPeerTransmit *transmit)
{
  YlIceTransmit ice;
  if (!yl_ice_poll_transmit (self->ice, &ice))
    return false;
  transmit->data = ice.data;
  transmit->size = ice.size;
  transmit->path = ice.path;
  return true;
}

static bool
transmit_rtcp (YlPeer *self, uint64_t now_us, YlPeerTransmit *transmit)
{
  if (!yl_peer_can_send (self))
    return false;
  transmit->size = yl_peer_write_rtcp (self, now_us, transmit->buffer,
                                       sizeof transmit->buffer);
  transmit->data = transmit->buffer;
  transmit->path = *yl_ice_path (self->ice);
  return transmit->size > 0;
}

static bool
transmit_dtls (YlPeer *self, YlPeerTransmit *transmit)
{
  if (self->dtls == NULL)
    return false;
  const YlIcePath *path = yl_ice_path (self->ice);
  transmit->size = yl_dtls_poll_transmit (self->dtls, &transmit->data);
  transmit->path = path != NULL ? *path : self->dtls_path;
  return transmit->size > 0;
}

bool
yl_peer_poll_transmit (YlPeer *self, uint64_t now_us, YlPeerTransmit *transmit)
{
  return transmit_ice (self, transmit) || transmit_rtcp (self, now_us, transmit)
         || transmit_dtls (self, transmit);
}

/* ---- for its owner ---- */

const YlIcePath *
yl_peer_path (const YlPeer *self)
{
  return self->closed ? NULL : yl_ice_path (self->ice);
}

YlSrtpSender *
yl_peer_sender (YlPeer *self)
{
  return self->sender;
}

const YlPeerConfig *
yl_peer_config (const YlPeer *self)
{
  return self->config;
}

bool
yl_peer_is_connected (const YlPeer *self)
{
  return self->connected && !self->closed;
}

bool
yl_peer_get_track (const YlPeer *self, uint8_t track, YlPeerTrack *info)
{
  if (track >= self->n_tracks || !self->tracks[track].active)
    return false;
  *info = self->tracks[track].info;
  return true;
}
