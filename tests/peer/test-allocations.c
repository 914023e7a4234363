/* test-allocations.c: media and feedback coming in allocate nothing */
#include "../support/allocations.h"
#include "peer-pair.h"

#include <stdalign.h>
#include <string.h>

/* One second of a call with losses, prepared before anything is counted. */
#define PACKETS 200

static void
prepare (PeerClient *client, uint16_t first)
{
  const uint8_t payload[300] = { 0x10, 0x11 };
  for (uint16_t i = 0; i < PACKETS; i++) {
    const ClientPacket packet = { .ssrc = CAMERA_SSRC,
                                  .seq = (uint16_t) (first + i),
                                  .payload_type = VP8_PT,
                                  .transport_seq = first + i,
                                  .payload = payload,
                                  .payload_size = sizeof payload };
    if (i % 10 != 7)
      peer_client_send_rtp (client, &packet);
  }
}

static void
drain (PeerPair *pair)
{
  YlPeerTransmit out;
  YlPeerEvent event;
  while (yl_peer_poll_event (pair->peer, &event))
    ;
  while (yl_peer_poll_transmit (pair->peer, pair->now_us, &out))
    ;
}

static void
play (PeerPair *pair, const GPtrArray *datagrams)
{
  alignas (8) uint8_t data[YL_PACKET_STORAGE];
  for (guint i = 0; i < datagrams->len; i++) {
    size_t size;
    YlPacket packet;
    uint8_t track;
    const void *from = g_bytes_get_data (datagrams->pdata[i], &size);
    memcpy (data, from, size);
    pair->now_us += 5000;
    g_assert_true (yl_peer_receive_media (pair->peer, data, size, pair->now_us,
                                          &packet, &track));
    if (yl_peer_next_deadline (pair->peer) <= pair->now_us)
      yl_peer_handle_timeout (pair->peer, pair->now_us);
    drain (pair);
  }
}

static void
test_ingress (void)
{
  g_autoptr (PeerPair) pair = peer_pair_new ();
  peer_pair_connect (pair);
  prepare (pair->client, 0);
  play (pair, pair->client->out); /* what is made once is made now */
  g_ptr_array_set_size (pair->client->out, 0);
  prepare (pair->client, PACKETS);
  const unsigned long before = allocations_so_far ();
  play (pair, pair->client->out);
  g_assert_cmpuint (pair->counters.nacks_sent, >, 0);
  g_assert_cmpuint (pair->counters.twcc_sent, >, 0);
  g_assert_cmpuint (pair->counters.reports_sent, >, 0);
  g_assert_cmpuint (allocations_so_far (), ==, before);
  g_ptr_array_set_size (pair->client->out, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/peer/allocations/ingress", test_ingress);
  return g_test_run ();
}
