/* Life of a connection: checks, handshake, keys, restart, good-bye. */
#include "base/time.h"
#include "peer-pair.h"

#include <string.h>

static void
test_classify (void)
{
  static const struct {
    uint8_t octets[2];
    YlPeerTraffic traffic;
  } cases[] = {
    { { 0, 1 }, YL_PEER_STUN },      { { 3, 0 }, YL_PEER_STUN },
    { { 4, 0 }, YL_PEER_OTHER },     { { 19, 0 }, YL_PEER_OTHER },
    { { 20, 0 }, YL_PEER_DTLS },     { { 63, 0 }, YL_PEER_DTLS },
    { { 64, 0 }, YL_PEER_OTHER },    { { 127, 0 }, YL_PEER_OTHER },
    { { 128, 0 }, YL_PEER_RTP },     { { 0x80, 191 }, YL_PEER_RTP },
    { { 0x80, 192 }, YL_PEER_RTCP }, { { 0x81, 223 }, YL_PEER_RTCP },
    { { 0x80, 224 }, YL_PEER_RTP },  { { 191, 96 }, YL_PEER_RTP },
    { { 192, 96 }, YL_PEER_OTHER },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (yl_peer_classify (cases[i].octets, 2), ==,
                     cases[i].traffic);
  g_assert_cmpint (yl_peer_classify (cases[0].octets, 1), ==, YL_PEER_OTHER);
  g_assert_cmpint (yl_peer_classify (NULL, 0), ==, YL_PEER_OTHER);
}

static void
test_connect (void)
{
  g_autoptr (PeerPair) pair = peer_pair_new ();
  g_assert_null (yl_peer_path (pair->peer));
  g_assert_null (yl_peer_sender (pair->peer));
  peer_pair_connect (pair);
  g_assert_cmpuint (pair->client->check_replies, ==, 1);
  g_assert_cmpuint (peer_pair_count (pair, YL_PEER_EVENT_CONNECTED), ==, 1);
  g_assert_true (yl_address_equal (&yl_peer_path (pair->peer)->remote,
                                   &pair->path.remote));
  g_assert_nonnull (yl_peer_sender (pair->peer));
}

/* Browsers may finish DTLS on a verified path before they nominate it. */
static void
test_nominate_late (void)
{
  g_autoptr (PeerPair) pair = peer_pair_new ();
  peer_client_check (pair->client, false);
  peer_client_shake (pair->client);
  peer_pair_settle (pair);
  g_assert_true (pair->client->connected);
  g_assert_false (yl_peer_is_connected (pair->peer));
  peer_client_check (pair->client, true);
  peer_pair_settle (pair);
  g_assert_true (yl_peer_is_connected (pair->peer));
  g_assert_cmpuint (peer_pair_count (pair, YL_PEER_EVENT_CONNECTED), ==, 1);
}

/* Ready when something protected came, or after a while. */
static void
test_ready (void)
{
  g_autoptr (PeerPair) pair = peer_pair_new ();
  peer_pair_connect (pair);
  g_assert_cmpuint (peer_pair_count (pair, YL_PEER_EVENT_READY), ==, 0);
  peer_client_send_frame (pair->client, MIC_SSRC, 1, false);
  peer_pair_settle (pair);
  g_assert_cmpuint (peer_pair_count (pair, YL_PEER_EVENT_READY), ==, 1);
  peer_pair_advance (pair, 2 * YL_PEER_READY_US);
  g_assert_cmpuint (peer_pair_count (pair, YL_PEER_EVENT_READY), ==, 1);

  g_autoptr (PeerPair) silent = peer_pair_new ();
  peer_pair_connect (silent);
  peer_pair_advance (silent, YL_PEER_READY_US - 1000);
  g_assert_cmpuint (peer_pair_count (silent, YL_PEER_EVENT_READY), ==, 0);
  peer_pair_advance (silent, 2000);
  g_assert_cmpuint (peer_pair_count (silent, YL_PEER_EVENT_READY), ==, 1);
}

static void
test_unverified (void)
{
  g_autoptr (PeerPair) pair = peer_pair_new ();
  peer_client_shake (pair->client);
  peer_pair_settle (pair);
  g_assert_cmpuint (pair->counters.dtls, ==, 0);
  g_assert_cmpuint (pair->counters.dtls_unverified, >=, 1);
  uint8_t rtp[64] = { 0x80, 96 }, rtcp[64] = { 0x80, 200 };
  uint8_t nonsense[8] = { 70 };
  g_ptr_array_add (pair->client->out, g_bytes_new (rtp, sizeof rtp));
  g_ptr_array_add (pair->client->out, g_bytes_new (rtcp, sizeof rtcp));
  g_ptr_array_add (pair->client->out, g_bytes_new (nonsense, 8));
  peer_pair_settle (pair);
  g_assert_cmpuint (pair->counters.before_keys, ==, 2);
  g_assert_cmpuint (pair->counters.not_multiplexed, ==, 1);
  g_assert_cmpuint (pair->n_events, ==, 0);
}

/* Who checks and checks, but never shakes hands, is not kept. */
static void
test_no_handshake (void)
{
  g_autoptr (PeerPair) pair = peer_pair_new ();
  peer_pair_advance (pair, 10 * YL_PEER_SHAKE_US); /* no check: no hurry */
  for (unsigned i = 0; i < 10; i++) {
    g_assert_cmpuint (peer_pair_count (pair, YL_PEER_EVENT_CLOSED), ==, 0);
    peer_client_check (pair->client, true);
    peer_pair_advance (pair, YL_PEER_SHAKE_US / 10);
  }
  const YlPeerEvent *closed = peer_pair_last (pair, YL_PEER_EVENT_CLOSED);
  g_assert_nonnull (closed);
  g_assert_cmpint (closed->reason, ==, YL_PEER_REASON_TIMEOUT);
  g_assert_cmpuint (yl_peer_next_deadline (pair->peer), ==, YL_NEVER);

  /* One that began at the last moment is. */
  g_autoptr (PeerPair) late = peer_pair_new ();
  peer_client_check (late->client, true);
  peer_pair_advance (late, YL_PEER_SHAKE_US - 1000);
  peer_pair_connect (late);
  peer_pair_advance (late, 2000);
  g_assert_true (yl_peer_is_connected (late->peer));
}

static void
test_wrong_certificate (void)
{
  g_autoptr (PeerPair) pair = peer_pair_new ();
  g_autoptr (YlDtlsCertificate) other = yl_dtls_certificate_new (NULL);
  g_autoptr (YlDtlsContext) context = yl_dtls_context_new (other, NULL);
  peer_client_free (pair->client);
  pair->client = peer_client_new (context, pair->certificates[0], pair->config,
                                  pair->now_us);
  peer_client_check (pair->client, true);
  peer_client_shake (pair->client);
  peer_pair_settle (pair);
  const YlPeerEvent *closed = peer_pair_last (pair, YL_PEER_EVENT_CLOSED);
  g_assert_nonnull (closed);
  g_assert_cmpint (closed->reason, ==, YL_PEER_REASON_FINGERPRINT);
  g_assert_cmpuint (peer_pair_count (pair, YL_PEER_EVENT_CONNECTED), ==, 0);
  g_assert_null (yl_peer_sender (pair->peer));
  g_assert_cmpuint (yl_peer_next_deadline (pair->peer), ==, UINT64_MAX);
  peer_client_free (pair->client); /* before the context it uses */
  pair->client = NULL;
}

static void
test_remote_close (void)
{
  g_autoptr (PeerPair) pair = peer_pair_new ();
  peer_pair_connect (pair);
  yl_dtls_close (pair->client->dtls);
  peer_client_shake (pair->client);
  peer_pair_settle (pair);
  const YlPeerEvent *closed = peer_pair_last (pair, YL_PEER_EVENT_CLOSED);
  g_assert_nonnull (closed);
  g_assert_cmpint (closed->reason, ==, YL_PEER_REASON_REMOTE);
}

static void
test_close (void)
{
  g_autoptr (PeerPair) pair = peer_pair_new ();
  peer_pair_connect (pair);
  yl_peer_close (pair->peer);
  peer_pair_settle (pair);
  g_assert_true (pair->client->closed);
  g_assert_cmpuint (pair->client->rtcp_in->len, ==, 1);
  const uint8_t *rtcp =
      g_bytes_get_data (pair->client->rtcp_in->pdata[0], NULL);
  g_assert_cmpuint (rtcp[1], ==, 201); /* RR, then */
  g_assert_cmpuint (rtcp[9], ==, 203); /* BYE */
  g_assert_cmpuint (rtcp[8] & 0x1f, ==, 2);
}

/* New credentials, same association: keys stay. */
static void
test_restart (void)
{
  g_autoptr (PeerPair) pair = peer_pair_new ();
  peer_pair_connect (pair);
  YlSrtpSender *sender = yl_peer_sender (pair->peer);
  YlPeerConfig *next = peer_client_config (pair->certificates[1], 2);
  g_assert_false (yl_peer_update_replaces_keys (pair->peer, next));
  yl_peer_update (pair->peer, next, pair->now_us);
  pair->client->config = next;
  yl_address_parse_ip (&pair->path.remote, "198.51.100.7", 6000);
  peer_client_check (pair->client, true);
  peer_pair_settle (pair);
  g_assert_cmpuint (peer_pair_count (pair, YL_PEER_EVENT_PATH), ==, 1);
  g_assert_cmpuint (yl_peer_path (pair->peer)->remote.port, ==, 6000);
  g_assert_true (yl_peer_sender (pair->peer) == sender);
  peer_client_send_frame (pair->client, MIC_SSRC, 1, false);
  peer_pair_settle (pair);
  g_assert_cmpuint (pair->media->len, ==, 1);
  yl_peer_config_unref (pair->config);
  pair->config = next;
}

/* Another certificate: the old keys are gone, a new handshake connects. */
static void
test_replace (void)
{
  g_autoptr (PeerPair) pair = peer_pair_new ();
  peer_pair_connect (pair);
  YlDtlsCertificate *other = yl_dtls_certificate_new (NULL);
  YlDtlsContext *context = yl_dtls_context_new (other, NULL);
  YlPeerConfig *next = peer_client_config (other, 2);
  g_assert_true (yl_peer_update_replaces_keys (pair->peer, next));
  yl_peer_update (pair->peer, next, pair->now_us);
  g_assert_null (yl_peer_sender (pair->peer));
  g_assert_false (yl_peer_is_connected (pair->peer));
  peer_client_free (pair->client);
  pair->client =
      peer_client_new (context, pair->certificates[0], next, pair->now_us);
  peer_pair_connect (pair);
  g_assert_cmpuint (peer_pair_count (pair, YL_PEER_EVENT_CONNECTED), ==, 2);
  peer_client_free (pair->client);
  pair->client = NULL;
  yl_dtls_context_free (context);
  yl_dtls_certificate_free (other);
  yl_peer_config_unref (pair->config);
  pair->config = next;
}

/* Silence, a packet, silence until consent is gone, a check. */
static void
test_lost_and_back (void)
{
  g_autoptr (PeerPair) pair = peer_pair_new ();
  peer_pair_connect (pair);
  peer_pair_advance (pair, 10 * 1000000);
  g_assert_cmpuint (peer_pair_count (pair, YL_PEER_EVENT_LOST), ==, 1);
  peer_client_send_frame (pair->client, MIC_SSRC, 1, false);
  peer_pair_settle (pair);
  g_assert_cmpuint (peer_pair_count (pair, YL_PEER_EVENT_BACK), ==, 1);
  peer_pair_advance (pair, 30 * 1000000);
  g_assert_cmpuint (peer_pair_count (pair, YL_PEER_EVENT_LOST), ==, 2);
  g_assert_null (yl_peer_path (pair->peer));
  peer_client_check (pair->client, true);
  peer_pair_settle (pair);
  g_assert_nonnull (yl_peer_path (pair->peer));
  g_assert_cmpuint (peer_pair_count (pair, YL_PEER_EVENT_BACK), ==, 2);
  g_assert_cmpuint (peer_pair_count (pair, YL_PEER_EVENT_PATH), ==, 2);
  g_assert_cmpuint (peer_pair_count (pair, YL_PEER_EVENT_CONNECTED), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/peer/peer/classify", test_classify);
  g_test_add_func ("/peer/peer/connect", test_connect);
  g_test_add_func ("/peer/peer/nominate-late", test_nominate_late);
  g_test_add_func ("/peer/peer/ready", test_ready);
  g_test_add_func ("/peer/peer/unverified", test_unverified);
  g_test_add_func ("/peer/peer/no-handshake", test_no_handshake);
  g_test_add_func ("/peer/peer/wrong-certificate", test_wrong_certificate);
  g_test_add_func ("/peer/peer/remote-close", test_remote_close);
  g_test_add_func ("/peer/peer/close", test_close);
  g_test_add_func ("/peer/peer/ice-restart", test_restart);
  g_test_add_func ("/peer/peer/certificate-replaced", test_replace);
  g_test_add_func ("/peer/peer/lost-and-back", test_lost_and_back);
  return g_test_run ();
}
