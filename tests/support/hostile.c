/* hostile.c: what a client with a valid connection may still send */
#include "hostile.h"

#include "base/writer.h"
#include "ice-check.h"
#include "worker/worker.h"

#include <string.h>

#define RTP_HEADER 12

static void
send_check (RtcClient *client, const char *password, bool controlled)
{
  g_autofree char *username =
      g_strdup_printf ("%s:%s", rtc_client_get_answer (client)->ufrag,
                       rtc_client_get_offer (client)->ufrag);
  const IceCheck check = { .username = username,
                           .password = password,
                           .use_candidate = true,
                           .controlled = controlled };
  uint8_t data[ICE_CHECK_MAX];
  rtc_client_send_raw (client, data, ice_check_write (&check, 1, data));
}

static void
stun_bad_integrity (RtcClient *client)
{
  send_check (client, "not-the-password-at-all", false);
}

static void
stun_role_conflict (RtcClient *client)
{
  send_check (client, rtc_client_get_answer (client)->pwd, true);
}

static void
stun_truncated (RtcClient *client)
{
  static const uint8_t header[20] = {
    0, 1, 0xff, 0xff, 0x21, 0x12, 0xa4, 0x42
  };
  rtc_client_send_raw (client, header, sizeof header);
}

/* A record of epoch 1 that nobody can have protected. */
static void
dtls_garbage (RtcClient *client)
{
  uint8_t record[13 + 64] = { 23, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 1, 0, 64 };
  memset (record + 13, 0xa5, 64);
  rtc_client_send_raw (client, record, sizeof record);
}

static void
srtp_bad_tag (RtcClient *client)
{
  size_t size;
  const uint8_t *last = g_bytes_get_data (rtc_client_last_srtp (client), &size);
  g_autofree uint8_t *data = g_memdup2 (last, size);
  /* A number not seen yet, else it would count as a repeat. */
  yl_write_u16 (data + 2, (uint16_t) ((data[2] << 8 | data[3]) + 500));
  rtc_client_send_raw (client, data, size);
}

static void
srtp_replayed (RtcClient *client)
{
  size_t size;
  const uint8_t *last = g_bytes_get_data (rtc_client_last_srtp (client), &size);
  rtc_client_send_raw (client, last, size);
}

static void
srtp_short (RtcClient *client)
{
  static const uint8_t data[20] = { 0x80, 96 };
  rtc_client_send_raw (client, data, sizeof data);
}

/* The extension says it is longer than the packet. */
static void
rtp_lying_extension (RtcClient *client)
{
  uint8_t data[60] = { 0x90, CLIENT_VP8 };
  yl_write_u32 (data + 8, rtc_client_get_offer (client)->video_ssrc);
  yl_write_u32 (data + 12, 0xbedeffff);
  rtc_client_send_raw (client, data, sizeof data);
}

/* The count is ciphertext on the wire: only after the tag proved right can
 * the gateway see that it exceeds the packet. */
static void
rtp_lying_padding (RtcClient *client)
{
  uint8_t data[40] = { 0xa0, CLIENT_VP8 };
  data[39] = 200;
  rtc_client_send_protected (client, YL_MEDIA_VIDEO, data, RTP_HEADER,
                             sizeof data);
}

/* A descriptor that announces fields beyond the payload's end. */
static void
vp8_lying_descriptor (RtcClient *client)
{
  uint8_t data[RTP_HEADER + 2] = { 0x80, CLIENT_VP8 };
  data[RTP_HEADER] = 0x90;
  data[RTP_HEADER + 1] = 0xe0;
  rtc_client_send_protected (client, YL_MEDIA_VIDEO, data, RTP_HEADER,
                             sizeof data);
}

static void
rtp_unknown_payload_type (RtcClient *client)
{
  uint8_t data[40] = { 0x80, 77 };
  rtc_client_send_protected (client, YL_MEDIA_VIDEO, data, RTP_HEADER,
                             sizeof data);
}

static void
srtcp_forged (RtcClient *client)
{
  uint8_t data[60] = { 0x80, 200, 0, 6 };
  rtc_client_send_raw (client, data, sizeof data);
}

/* A report whose length field says more than there is. */
static void
rtcp_lying_length (RtcClient *client)
{
  uint8_t data[32] = { 0x81, 200, 0xff, 0xff, 0, 0, 0, 1 };
  rtc_client_send_rtcp (client, data, sizeof data);
}

static void
not_multiplexed (RtcClient *client)
{
  static const uint8_t data[100] = { 0xff };
  rtc_client_send_raw (client, data, sizeof data);
}

static void
far_too_large (RtcClient *client)
{
  static uint8_t data[9000] = { 0x80, CLIENT_VP8 };
  rtc_client_send_raw (client, data, sizeof data);
}

#define COUNTER(field) offsetof (YlWorkerMetrics, field)

const Attack hostile_attacks[] = {
  { "stun-bad-integrity", stun_bad_integrity, COUNTER (peer.stun_refused) },
  { "stun-role-conflict", stun_role_conflict, COUNTER (peer.stun_refused) },
  { "stun-truncated", stun_truncated, COUNTER (unknown_source) },
  { "dtls-garbage", dtls_garbage, COUNTER (peer.dtls) },
  { "srtp-bad-tag", srtp_bad_tag, COUNTER (peer.srtp[YL_SRTP_FORGED]) },
  { "srtp-replayed", srtp_replayed, COUNTER (peer.srtp[YL_SRTP_REPLAYED]) },
  { "srtp-short", srtp_short, COUNTER (peer.srtp[YL_SRTP_MALFORMED]) },
  { "rtp-lying-extension", rtp_lying_extension,
    COUNTER (peer.srtp[YL_SRTP_MALFORMED]) },
  { "rtp-lying-padding", rtp_lying_padding, COUNTER (peer.rtp_malformed) },
  { "vp8-lying-descriptor", vp8_lying_descriptor,
    COUNTER (peer.payload_malformed) },
  { "rtp-unknown-payload-type", rtp_unknown_payload_type,
    COUNTER (peer.unknown_payload_type) },
  { "srtcp-forged", srtcp_forged, COUNTER (peer.srtcp_refused) },
  { "rtcp-lying-length", rtcp_lying_length, COUNTER (peer.rtcp_malformed) },
  { "not-multiplexed", not_multiplexed, COUNTER (peer.not_multiplexed) },
  { "far-too-large", far_too_large, COUNTER (peer.too_large) },
};
const size_t hostile_n_attacks = G_N_ELEMENTS (hostile_attacks);
