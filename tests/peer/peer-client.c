#include "peer-client.h"

#include "base/writer.h"
#include "support/ice-check.h"

#include <stdalign.h>
#include <string.h>

static YlPeerCodec
opus (void)
{
  return (YlPeerCodec){ .codec = YL_CODEC_OPUS,
                        .payload_type = OPUS_PT,
                        .rtx_payload_type = YL_PAYLOAD_TYPE_NONE,
                        .channels = 2,
                        .clock_rate = 48000,
                        .transport_cc = true };
}

static YlPeerCodec
vp8 (void)
{
  return (YlPeerCodec){ .codec = YL_CODEC_VP8,
                        .payload_type = VP8_PT,
                        .rtx_payload_type = VP8_RTX_PT,
                        .clock_rate = 90000,
                        .nack = true,
                        .pli = true,
                        .fir = true,
                        .transport_cc = true };
}

static void
fill_section (YlPeerSection *section, const char *mid, YlMediaKind kind,
              YlDirection direction)
{
  g_strlcpy (section->mid, mid, sizeof section->mid);
  section->kind = kind;
  section->direction = direction;
  section->n_codecs = 1;
  section->codecs[0] = kind == YL_MEDIA_AUDIO ? opus () : vp8 ();
  section->extensions = (YlPeerExtensions){ .mid = MID_EXT,
                                            .transport_cc = TWCC_EXT,
                                            .audio_level = LEVEL_EXT };
}

YlPeerConfig *
peer_client_config (const YlDtlsCertificate *client, uint32_t number)
{
  YlPeerConfig *config = yl_peer_config_new ();
  g_snprintf (config->local_ufrag, sizeof config->local_ufrag, "gate%u",
              number);
  g_snprintf (config->local_pwd, sizeof config->local_pwd,
              "gatewaypassword%08u", number);
  g_strlcpy (config->remote_ufrag, "client", sizeof config->remote_ufrag);
  g_strlcpy (config->remote_pwd, "clientpassword0123456789",
             sizeof config->remote_pwd);
  g_strlcpy (config->cname, "cname", sizeof config->cname);
  config->n_fingerprints = 1;
  if (client != NULL)
    memcpy (config->fingerprints[0].sha256, yl_dtls_certificate_sha256 (client),
            sizeof config->fingerprints[0].sha256);

  YlPeerSection *s = config->sections;
  config->n_sections = N_SECTIONS;
  fill_section (&s[MIC], "0", YL_MEDIA_AUDIO, YL_DIRECTION_RECEIVE);
  fill_section (&s[CAMERA], "1", YL_MEDIA_VIDEO, YL_DIRECTION_RECEIVE);
  fill_section (&s[SLOT_AUDIO], "2", YL_MEDIA_AUDIO, YL_DIRECTION_SEND);
  fill_section (&s[SLOT_VIDEO], "3", YL_MEDIA_VIDEO, YL_DIRECTION_SEND);
  s[MIC].ssrc = MIC_SSRC;
  s[CAMERA].ssrc = CAMERA_SSRC;
  s[CAMERA].rtx_ssrc = CAMERA_RTX_SSRC;
  s[SLOT_AUDIO].slot_ssrc = 0xa0000000 + number;
  s[SLOT_VIDEO].slot_ssrc = 0xb0000000 + number;
  s[SLOT_VIDEO].slot_rtx_ssrc = 0xc0000000 + number;
  return config;
}

PeerClient *
peer_client_new (YlDtlsContext *context, const YlDtlsCertificate *gateway,
                 const YlPeerConfig *config, uint64_t now_us)
{
  PeerClient *self = g_new0 (PeerClient, 1);
  uint8_t fingerprint[1][YL_DTLS_SHA256_SIZE];
  memcpy (fingerprint, yl_dtls_certificate_sha256 (gateway),
          sizeof fingerprint);
  self->config = config;
  self->dtls = yl_dtls_new (
      context, YL_DTLS_CLIENT,
      (const uint8_t (*)[YL_DTLS_SHA256_SIZE]) fingerprint, 1, now_us);
  self->out = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  self->rtp_in =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  self->rtcp_in =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  return self;
}

void
peer_client_free (PeerClient *self)
{
  if (self == NULL)
    return;
  yl_srtcp_free (self->srtcp);
  yl_srtp_receiver_free (self->receiver);
  yl_srtp_sender_free (self->sender);
  yl_dtls_free (self->dtls);
  g_ptr_array_unref (self->out);
  g_ptr_array_unref (self->rtp_in);
  g_ptr_array_unref (self->rtcp_in);
  g_free (self);
}

static void
say (PeerClient *self, const uint8_t *data, size_t size)
{
  g_ptr_array_add (self->out, g_bytes_new (data, size));
}

void
peer_client_check (PeerClient *self, bool use_candidate)
{
  g_autofree char *username = g_strdup_printf (
      "%s:%s", self->config->local_ufrag, self->config->remote_ufrag);
  const IceCheck check = { .username = username,
                           .password = self->config->local_pwd,
                           .use_candidate = use_candidate };
  uint8_t data[ICE_CHECK_MAX];
  say (self, data, ice_check_write (&check, ++self->checks, data));
}

static void
take_keys (PeerClient *self)
{
  YlSrtpKeying local, remote;
  g_assert_true (yl_dtls_get_keying (self->dtls, &local, &remote));
  self->sender = yl_srtp_sender_new (&local);
  self->receiver = yl_srtp_receiver_new (&remote);
  self->srtcp = yl_srtcp_new (&local, &remote);
  self->connected = true;
}

void
peer_client_shake (PeerClient *self)
{
  const uint8_t *data;
  size_t size;
  YlDtlsEvent event;
  while (yl_dtls_poll_event (self->dtls, &event)) {
    if (event.kind == YL_DTLS_EVENT_CONNECTED)
      take_keys (self);
    else
      self->closed = true;
  }
  while ((size = yl_dtls_poll_transmit (self->dtls, &data)) > 0)
    say (self, data, size);
}

static YlSrtpWindow *
window_of (PeerClient *self, uint32_t ssrc)
{
  for (size_t i = 0; i < G_N_ELEMENTS (self->windows); i++)
    if (self->window_ssrcs[i] == ssrc || self->window_ssrcs[i] == 0) {
      self->window_ssrcs[i] = ssrc;
      return &self->windows[i];
    }
  g_assert_not_reached ();
}

static void
receive_rtp (PeerClient *self, const uint8_t *data, size_t size)
{
  uint8_t plain[2048];
  memcpy (plain, data, size);
  YlReader in = yl_reader_init (data + 8, 4);
  g_assert_cmpint (yl_srtp_receiver_unprotect (
                       self->receiver, window_of (self, yl_reader_u32 (&in)),
                       plain, &size, NULL),
                   ==, YL_SRTP_OK);
  g_ptr_array_add (self->rtp_in, g_bytes_new (plain, size));
}

static void
receive_rtcp (PeerClient *self, const uint8_t *data, size_t size)
{
  alignas (8) uint8_t plain[2048];
  memcpy (plain, data, size);
  size = yl_srtcp_unprotect (self->srtcp, plain, size);
  g_assert_cmpuint (size, >, 0);
  g_ptr_array_add (self->rtcp_in, g_bytes_new (plain, size));
}

void
peer_client_receive (PeerClient *self, const uint8_t *data, size_t size,
                     uint64_t now_us)
{
  if (data[0] <= 3) {
    const IceReply reply = ice_reply_read (self->config->local_pwd, data, size);
    if (self->hostile && reply.kind == ICE_REPLY_ERROR)
      return;
    g_assert_cmpint (reply.kind, ==, ICE_REPLY_SUCCESS);
    self->check_replies++;
  } else if (data[0] <= 63) {
    yl_dtls_receive (self->dtls, data, size, now_us);
    peer_client_shake (self);
  } else if (data[1] >= 192 && data[1] <= 223) {
    receive_rtcp (self, data, size);
  } else {
    receive_rtp (self, data, size);
  }
}

void
peer_client_send_rtp (PeerClient *self, const ClientPacket *packet)
{
  uint8_t out[1600];
  uint8_t block[YL_RTP_EXT_BLOCK_MAX];
  const YlRtpExtIds ids = { .mid = MID_EXT, .transport_cc = TWCC_EXT };
  YlRtpExtValues values = { .audio_level = YL_RTP_EXT_AUDIO_LEVEL_ABSENT,
                            .mid = packet->mid };
  YlRtpExtLayout layout;
  if (packet->mid != NULL)
    values.mid_size = (uint8_t) strlen (packet->mid);
  values.has_transport_seq = packet->transport_seq >= 0;
  values.transport_seq = (uint16_t) packet->transport_seq;
  yl_rtp_ext_write (block, &ids, &values, &layout);

  const YlRtpHeader header = { .ssrc = packet->ssrc,
                               .timestamp = packet->timestamp,
                               .seq = packet->seq,
                               .payload_type = packet->payload_type,
                               .marker = packet->marker,
                               .has_extension = layout.size > 0 };
  yl_rtp_header_write (out, &header);
  memcpy (out + YL_RTP_HEADER_SIZE, block, layout.size);
  const YlSrtpPacket srtp = {
    .stream = yl_srtp_sender_stream (self->sender, packet->ssrc),
    .seq = packet->index > 0 ? packet->index : packet->seq,
    .payload = packet->payload,
    .payload_size = (uint16_t) packet->payload_size,
    .header_size = (uint16_t) (YL_RTP_HEADER_SIZE + layout.size)
  };
  const size_t size =
      yl_srtp_sender_protect (self->sender, &srtp, out, sizeof out);
  g_assert_cmpuint (size, >, 0);
  say (self, out, size);
}

void
peer_client_send_frame (PeerClient *self, uint32_t ssrc, uint16_t seq,
                        bool keyframe)
{
  /* RFC 7741: descriptor with S, then the frame header, whose lowest bit is
   * 0 in a keyframe, start code and 320 x 240 */
  uint8_t payload[200] = {
    0x10, keyframe ? 0x10 : 0x11, 0, 0, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xf0, 0x00
  };
  const bool audio = ssrc == MIC_SSRC;
  payload[sizeof payload - 1] = (uint8_t) seq;
  const ClientPacket packet = { .ssrc = ssrc,
                                .timestamp = seq * (audio ? 960u : 3000u),
                                .seq = seq,
                                .payload_type = audio ? OPUS_PT : VP8_PT,
                                .marker = !audio,
                                .transport_seq = -1,
                                .payload = payload,
                                .payload_size = audio ? 100 : sizeof payload };
  peer_client_send_rtp (self, &packet);
}

void
peer_client_send_rtcp (PeerClient *self, const uint8_t *data, size_t size)
{
  alignas (8) uint8_t out[1500];
  memcpy (out, data, size);
  size = yl_srtcp_protect (self->srtcp, out, size, sizeof out);
  g_assert_cmpuint (size, >, 0);
  say (self, out, size);
}
