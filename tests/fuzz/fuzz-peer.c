/* One connection fed with everything: datagrams as they come off the wire,
 * and what stands inside SRTP and SRTCP, which no fuzzer gets past. */
#include "peer/peer-private.h"

#include "base/reader.h"
#include "peer/peer-client.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

enum { DATAGRAM, PLAIN_RTP, PLAIN_RTCP, PASS_TIME, ASK, N_OPS };

typedef struct {
  YlPeerCounters counters;
  YlPeerScratch scratch;
  YlPeer *peer;
  uint64_t now_us;
} Target;

static void
drain (Target *self)
{
  alignas (8) uint8_t out[YL_PEER_MAX_DATAGRAM];
  YlPeerTransmit transmit;
  YlPeerEvent event;
  while (yl_peer_poll_event (self->peer, &event))
    if (event.kind == YL_PEER_EVENT_NACK)
      g_assert_cmpuint (event.n_seqs, <=, YL_PEER_MAX_NACK);
  g_assert_false (yl_peer_has_event (self->peer));
  while (yl_peer_poll_transmit (self->peer, self->now_us, &transmit))
    ;
  for (size_t n, i = 0;
       (n = yl_peer_write_rtcp (self->peer, self->now_us, out, sizeof out)) > 0;
       i++)
    g_assert_cmpuint (i, <, 64);
}

static void
receive_datagram (Target *self, uint8_t *data, size_t size)
{
  YlPeerDatagram in = { .data = data, .size = size };
  YlPacket packet;
  uint8_t track;
  yl_address_parse_ip (&in.path.remote, "192.0.2.1", 1);
  if (yl_peer_classify (data, size) == YL_PEER_RTP)
    g_assert_false (yl_peer_receive_media (self->peer, data, size, self->now_us,
                                           &packet, &track));
  else
    yl_peer_receive (self->peer, &in, self->now_us);
}

static void
receive_rtp (Target *self, uint8_t *data, size_t size)
{
  static const YlSrtpWindow fresh;
  YlPacket packet;
  uint8_t track;
  if (size < YL_RTP_HEADER_SIZE)
    return;
  YlReader in = yl_reader_init (data + 8, 4);
  const uint32_t ssrc = yl_reader_u32 (&in);
  YlPeerSource *source = yl_peer_find_source (self->peer, ssrc);
  if (source == NULL)
    source = yl_peer_add_source (self->peer, ssrc, &fresh);
  if (source == NULL
      || !yl_peer_receive_plain (self->peer, source, data, size, self->now_us,
                                 &packet, &track))
    return;
  YlPeerTrack info;
  g_assert_true (yl_peer_get_track (self->peer, track, &info));
  g_assert_true (packet.data == data);
  g_assert_cmpuint (packet.size, <=, size);
  g_assert_cmphex (packet.view.ssrc, ==, info.ssrc);
}

static void
run (Target *self, uint8_t op, uint8_t *data, size_t size)
{
  switch (op % N_OPS) {
  case DATAGRAM:
    receive_datagram (self, data, size);
    break;
  case PLAIN_RTP:
    receive_rtp (self, data, size);
    break;
  case PLAIN_RTCP:
    yl_peer_receive_feedback (self->peer, data, size, self->now_us);
    break;
  case PASS_TIME:
    self->now_us += (uint64_t) size * 50000;
    yl_peer_handle_timeout (self->peer, self->now_us);
    break;
  case ASK:
    yl_peer_request_keyframe (self->peer, size % YL_PEER_MAX_TRACKS,
                              self->now_us);
    break;
  }
  drain (self);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static YlIceAgent *agent;
  if (agent == NULL)
    agent = yl_ice_agent_new ();
  YlRandom random;
  yl_random_init_seeded (&random, 1);
  g_autofree Target *self = g_new0 (Target, 1);
  const YlPeerSetup setup = { .ice_agent = agent,
                              .random = &random,
                              .counters = &self->counters,
                              .scratch = &self->scratch };
  const YlSrtpKeying keying = { .profile = YL_SRTP_PROFILE_AEAD_AES_128_GCM };
  YlPeerConfig *config = peer_client_config (NULL, 1);
  config->sections[CAMERA].ssrc = 0; /* to be bound by mid */
  self->now_us = 1000000;
  self->peer = yl_peer_new (&setup, config, self->now_us);
  self->peer->srtcp = yl_srtcp_new (&keying, &keying);

  YlReader in = yl_reader_init (data, size);
  while (yl_reader_left (&in) > 0) {
    const uint8_t op = yl_reader_u8 (&in);
    const uint16_t wanted = yl_reader_u16 (&in);
    const size_t n = MIN (wanted, yl_reader_left (&in));
    alignas (8) uint8_t copy[YL_PACKET_STORAGE];
    const uint8_t *record = yl_reader_take (&in, n);
    if (record == NULL || n > sizeof copy)
      break;
    memcpy (copy, record, n);
    run (self, op, copy, n);
  }
  yl_peer_free (self->peer);
  yl_peer_config_unref (config);
  return 0;
}
