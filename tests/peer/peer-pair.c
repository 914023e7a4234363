#include "peer-pair.h"

#include <string.h>

PeerPair *
peer_pair_new (void)
{
  PeerPair *self = g_new0 (PeerPair, 1);
  self->now_us = 1000000;
  for (size_t i = 0; i < 2; i++) {
    self->certificates[i] = yl_dtls_certificate_new (NULL);
    self->contexts[i] = yl_dtls_context_new (self->certificates[i], NULL);
  }
  self->agent = yl_ice_agent_new ();
  yl_random_init_seeded (&self->random, 7);
  self->config = peer_client_config (self->certificates[1], 1);
  const YlPeerSetup setup = { .ice_agent = self->agent,
                              .dtls = self->contexts[0],
                              .random = &self->random,
                              .counters = &self->counters,
                              .scratch = &self->scratch };
  self->peer = yl_peer_new (&setup, self->config, self->now_us);
  self->client = peer_client_new (self->contexts[1], self->certificates[0],
                                  self->config, self->now_us);
  yl_address_parse_ip (&self->path.remote, "192.0.2.1", 5000);
  yl_address_parse_ip (&self->path.local, "192.0.2.9", 8443);
  self->nacked = g_array_new (FALSE, FALSE, sizeof (uint16_t));
  self->tracks = g_array_new (FALSE, FALSE, sizeof (uint8_t));
  self->seqs = g_array_new (FALSE, FALSE, sizeof (int64_t));
  self->media = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  return self;
}

void
peer_pair_free (PeerPair *self)
{
  peer_client_free (self->client);
  yl_peer_free (self->peer);
  yl_peer_config_unref (self->config);
  yl_ice_agent_free (self->agent);
  for (size_t i = 0; i < 2; i++) {
    yl_dtls_context_free (self->contexts[i]);
    yl_dtls_certificate_free (self->certificates[i]);
  }
  g_array_unref (self->nacked);
  g_array_unref (self->tracks);
  g_array_unref (self->seqs);
  g_ptr_array_unref (self->media);
  g_free (self);
}

static void
take_events (PeerPair *self)
{
  YlPeerEvent event;
  while (yl_peer_poll_event (self->peer, &event)) {
    g_assert_cmpuint (self->n_events, <, PAIR_MAX_EVENTS);
    if (event.kind == YL_PEER_EVENT_NACK)
      g_array_append_vals (self->nacked, event.seqs, (guint) event.n_seqs);
    self->events[self->n_events++] = event;
  }
  g_assert_false (yl_peer_has_event (self->peer));
}

static void
to_gateway (PeerPair *self, const uint8_t *data, size_t size)
{
  alignas (8) uint8_t copy[2048];
  memcpy (copy, data, size);
  if (yl_peer_classify (data, size) == YL_PEER_RTP) {
    YlPacket packet;
    uint8_t track;
    if (!yl_peer_receive_media (self->peer, copy, size, self->now_us, &packet,
                                &track))
      return;
    g_ptr_array_add (self->media, g_bytes_new (packet.data, packet.size));
    g_array_append_val (self->tracks, track);
    g_array_append_val (self->seqs, packet.seq);
  } else {
    const YlPeerDatagram in = { .data = copy,
                                .size = size,
                                .path = self->path };
    yl_peer_receive (self->peer, &in, self->now_us);
  }
  take_events (self);
}

void
peer_pair_settle (PeerPair *self)
{
  bool busy;
  do {
    YlPeerTransmit out;
    busy = self->client->out->len > 0;
    while (self->client->out->len > 0) {
      g_autoptr (GBytes) bytes = g_ptr_array_steal_index (self->client->out, 0);
      size_t size;
      const uint8_t *data = g_bytes_get_data (bytes, &size);
      if (self->lose == NULL || !self->lose (self, true, data, size))
        to_gateway (self, data, size);
    }
    take_events (self);
    while (yl_peer_poll_transmit (self->peer, self->now_us, &out)) {
      busy = true;
      if (self->lose == NULL || !self->lose (self, false, out.data, out.size))
        peer_client_receive (self->client, out.data, out.size, self->now_us);
    }
  } while (busy);
}

void
peer_pair_advance (PeerPair *self, uint64_t us)
{
  const uint64_t end_us = self->now_us + us;
  peer_pair_settle (self);
  for (;;) {
    const uint64_t deadline = yl_peer_next_deadline (self->peer);
    if (deadline > end_us)
      break;
    /* Due work must not stay due, or the worker would spin. */
    g_assert_cmpuint (deadline, >, self->now_us);
    self->now_us = deadline;
    yl_peer_handle_timeout (self->peer, self->now_us);
    peer_pair_settle (self);
  }
  self->now_us = end_us;
}

void
peer_pair_connect (PeerPair *self)
{
  peer_client_check (self->client, true);
  peer_client_shake (self->client);
  peer_pair_settle (self);
  g_assert_true (self->client->connected);
  g_assert_true (yl_peer_is_connected (self->peer));
}

size_t
peer_pair_count (const PeerPair *self, YlPeerEventKind kind)
{
  size_t n = 0;
  for (size_t i = 0; i < self->n_events; i++)
    n += self->events[i].kind == kind;
  return n;
}

const YlPeerEvent *
peer_pair_last (const PeerPair *self, YlPeerEventKind kind)
{
  for (size_t i = self->n_events; i > 0; i--)
    if (self->events[i - 1].kind == kind)
      return &self->events[i - 1];
  return NULL;
}
