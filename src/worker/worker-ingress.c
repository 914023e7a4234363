/* From the socket to the peers, and from packets to batches. */
#include "worker/worker-private.h"

#include <string.h>

#include "io/clock.h"

static uint32_t
find_by_address (const YlWorker *self, const YlAddress *address)
{
  void *place;
  return g_hash_table_lookup_extended (self->by_address, address, NULL, &place)
             ? GPOINTER_TO_UINT (place)
             : YL_WORKER_NO_PEER;
}

static uint32_t
find_by_ufrag (const YlWorker *self, const uint8_t *data, size_t size)
{
  char ufrag[YL_ICE_UFRAG_SIZE];
  void *place;
  return yl_ice_peek_ufrag (data, size, ufrag)
                 && g_hash_table_lookup_extended (self->by_ufrag, ufrag, NULL,
                                                  &place)
             ? GPOINTER_TO_UINT (place)
             : YL_WORKER_NO_PEER;
}

/* One datagram, borrowed from the socket's buffer. */
typedef struct {
  uint8_t *data;
  size_t size;
  const YlIcePath *path;
  /* Not later than the turn's now. Senders estimate their bandwidth by it, so
   * how late the thread woke up must not show. */
  uint64_t arrived_us;
} Datagram;

/* ---- media ---- */

static bool
take_slot (YlWorker *self)
{
  if (!self->has_spare && self->slots != NULL)
    self->has_spare = self->slots->take (self->slots_user, &self->spare);
  return self->has_spare;
}

static void
receive_media (YlWorker *self, uint32_t place, const Datagram *in)
{
  YlWorkerPeer *entry = &self->peers[place];
  if (in->size > YL_PACKET_STORAGE) {
    self->live.peer.too_large++;
    return;
  }
  if (!take_slot (self)) {
    self->live.no_slot++;
    return;
  }
  uint8_t track;
  memcpy (self->spare.data, in->data, in->size);
  const bool forward =
      yl_peer_receive_media (entry->peer, self->spare.data, in->size,
                             in->arrived_us, self->spare.packet, &track);
  yl_worker_mark (self, place);
  /* A track starts with this very packet: the sfu must know it first. */
  if (yl_peer_has_event (entry->peer))
    yl_worker_follow_peer (self, place);
  if (!forward || entry->peer == NULL || entry->tracks[track].v == 0)
    return;
  if (!yl_worker_add_to_batch (self, place, track, &self->spare)) {
    self->live.no_slot++;
    return;
  }
  self->has_spare = false;
}

/* ---- handshakes ---- */

static void
put_off_handshake (YlWorker *self, uint32_t place, const Datagram *in)
{
  YlWorkerPeer *entry = &self->peers[place];
  yl_peer_note_handshake (entry->peer);
  if (self->n_handshakes == YL_WORKER_MAX_HANDSHAKES
      || entry->n_handshakes == YL_WORKER_PEER_HANDSHAKES
      || in->size > YL_WORKER_DATAGRAM) {
    self->live.handshakes_refused++;
    return;
  }
  entry->n_handshakes++;
  const uint32_t at =
      (self->first_handshake + self->n_handshakes++) % YL_WORKER_MAX_HANDSHAKES;
  YlWorkerHandshake *waiting = &self->handshakes[at];
  waiting->peer = place;
  waiting->id = entry->id;
  waiting->path = *in->path;
  waiting->size = (uint16_t) in->size;
  memcpy (waiting->data, in->data, in->size);
}

static void
receive_control (YlWorker *self, uint32_t place, uint8_t *data, size_t size,
                 const YlIcePath *path)
{
  YlWorkerPeer *entry = &self->peers[place];
  const YlPeerDatagram datagram = { .data = data, .size = size, .path = *path };
  const YlPeerResult result =
      yl_peer_receive (entry->peer, &datagram, self->now_us);
  if (result == YL_PEER_VERIFIED)
    yl_worker_bind_address (self, place, &path->remote);
  /* Feedback is read from @data, so not later than now. */
  yl_worker_follow_peer (self, place);
  if (entry->peer == NULL)
    return;
  if (result == YL_PEER_VERIFIED)
    yl_worker_ask_route (self, place);
  yl_worker_mark (self, place);
}

static void
receive_aligned (YlWorker *self, uint32_t place, const Datagram *in)
{
  if (in->size > sizeof self->datagram) {
    self->live.peer.too_large++;
    return;
  }
  memcpy (self->datagram, in->data, in->size); /* libnice casts */
  receive_control (self, place, self->datagram, in->size, in->path);
}

/* First come, first served: a datagram each, so nobody's handshake waits for
 * another's to end. */
void
yl_worker_run_handshakes (YlWorker *self)
{
  const uint64_t start_us = self->n_handshakes > 0 ? yl_clock_now_us () : 0;
  while (self->n_handshakes > 0) {
    YlWorkerHandshake *waiting = &self->handshakes[self->first_handshake];
    YlWorkerPeer *entry = &self->peers[waiting->peer];
    if (entry->peer != NULL && yl_peer_id_equal (entry->id, waiting->id)) {
      entry->n_handshakes--;
      receive_control (self, waiting->peer, waiting->data, waiting->size,
                       &waiting->path);
    }
    self->first_handshake =
        (self->first_handshake + 1) % YL_WORKER_MAX_HANDSHAKES;
    self->n_handshakes--;
    if (yl_clock_now_us () - start_us >= YL_WORKER_HANDSHAKE_US)
      break;
  }
}

/* ---- demultiplexing ---- */

static void
receive_check (YlWorker *self, uint32_t source, const Datagram *in)
{
  /* A check names its peer, whatever address it comes from. */
  const uint32_t place = find_by_ufrag (self, in->data, in->size);
  if (place == YL_WORKER_NO_PEER)
    self->live.unknown_source++;
  else if (source != place && source != YL_WORKER_NO_PEER
           && yl_worker_holds_address (self, source, &in->path->remote))
    self->live.address_taken++;
  else
    receive_aligned (self, place, in);
}

/* Who sends it is looked up before anything is read that costs. */
static void
receive_datagram (YlWorker *self, uint32_t source, const Datagram *in)
{
  const YlPeerTraffic traffic = yl_peer_classify (in->data, in->size);
  if (traffic == YL_PEER_STUN)
    receive_check (self, source, in);
  else if (source == YL_WORKER_NO_PEER)
    self->live.unknown_source++;
  else if (traffic == YL_PEER_RTP)
    receive_media (self, source, in);
  else if (traffic == YL_PEER_DTLS)
    put_off_handshake (self, source, in);
  else
    receive_aligned (self, source, in);
}

/* Returns whether there may be more. */
static bool
receive_round (YlWorker *self)
{
  const YlUdpReceived *received;
  const size_t n = yl_udp_receive (self->udp, &received);
  for (size_t i = 0; i < n; i++) {
    const YlUdpReceived *from = &received[i];
    const YlIcePath path = { .remote = from->remote, .local = from->local };
    const uint32_t step =
        from->segment_size > 0 ? from->segment_size : from->size;
    Datagram in = { .path = &path,
                    .arrived_us = MIN (from->arrived_us, self->now_us) };
    for (uint32_t at = 0; at < from->size; at += step) {
      in.data = from->data + at;
      in.size = MIN (step, from->size - at);
      /* A check may bind the address, a good-bye may remove the peer. */
      receive_datagram (self, find_by_address (self, &from->remote), &in);
    }
  }
  return n == YL_UDP_MAX_RECEIVE;
}

void
yl_worker_receive (YlWorker *self)
{
  for (unsigned i = 0; i < YL_WORKER_ROUNDS && receive_round (self); i++)
    continue;
}
