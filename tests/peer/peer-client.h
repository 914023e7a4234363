/* peer-client.h: the browser's side of one connection, in memory
 *
 * Controlling ICE, DTLS client, SRTP on the same libraries as the gateway;
 * what it says is collected, what it hears is handed in. */
#pragma once

#include "dtls/dtls.h"
#include "nego/peer-config.h"
#include "rtp/rtp-ext.h"
#include "srtp/receiver.h"
#include "srtp/sender.h"
#include "srtp/srtcp.h"

#include <glib.h>

/* Sections of the configuration: published audio and video, then a slot of
 * each. Payload types and extension ids as Chrome numbers them. */
enum { MIC, CAMERA, SLOT_AUDIO, SLOT_VIDEO, N_SECTIONS };
#define MIC_SSRC 0x1111
#define CAMERA_SSRC 0x2222
#define CAMERA_RTX_SSRC 0x3333
#define OPUS_PT 111
#define VP8_PT 96
#define VP8_RTX_PT 97
#define MID_EXT 4
#define TWCC_EXT 3
#define LEVEL_EXT 1

/* (transfer full): @client may be NULL, then no certificate fits; @number
 * makes credentials and slot SSRCs differ. */
YlPeerConfig *peer_client_config (const YlDtlsCertificate *client,
                                  uint32_t number);

typedef struct {
  const YlPeerConfig *config; /* of the gateway's side */
  YlDtls *dtls;
  YlSrtpSender *sender;
  YlSrtpReceiver *receiver;
  YlSrtcp *srtcp;
  GPtrArray *out;     /* of GBytes: datagrams to the gateway */
  GPtrArray *rtp_in;  /* of GBytes: plain packets heard */
  GPtrArray *rtcp_in; /* of GBytes: plain compounds heard */
  YlSrtpWindow windows[8];
  uint32_t window_ssrcs[8];
  uint32_t checks;
  uint32_t check_replies;
  bool connected;
  bool closed;
  bool hostile; /* sends bad checks, so gets error replies */
} PeerClient;

/* @context: of the client's certificate; @gateway: whose it expects */
PeerClient *peer_client_new (YlDtlsContext *context,
                             const YlDtlsCertificate *gateway,
                             const YlPeerConfig *config, uint64_t now_us);
void peer_client_free (PeerClient *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PeerClient, peer_client_free)

void peer_client_check (PeerClient *self, bool use_candidate);

/* Queues the next flight of the handshake. */
void peer_client_shake (PeerClient *self);

void peer_client_receive (PeerClient *self, const uint8_t *data, size_t size,
                          uint64_t now_us);

typedef struct {
  uint32_t ssrc;
  uint32_t timestamp;
  uint16_t seq;
  int64_t index; /* unwrapped seq, 0: the same */
  uint8_t payload_type;
  bool marker;
  const char *mid;   /* NULL: without the extension */
  int transport_seq; /* -1: without */
  const uint8_t *payload;
  size_t payload_size;
} ClientPacket;

void peer_client_send_rtp (PeerClient *self, const ClientPacket *packet);

/* One packet of a VP8 frame of its own, or one Opus packet. */
void peer_client_send_frame (PeerClient *self, uint32_t ssrc, uint16_t seq,
                             bool keyframe);

void peer_client_send_rtcp (PeerClient *self, const uint8_t *data, size_t size);
