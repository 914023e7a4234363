#include "srtp/receiver.h"

#include "oracle.h"

#include <string.h>

#define SSRC 0xcafe0001

/* An SRTP packet made by libsrtp, with what it hides. */
typedef struct {
  uint8_t plain[PACKET_MAX];
  union {
    uint8_t octets[PACKET_MAX];
    uint32_t aligned;
  } wire;
  size_t plain_size;
  size_t wire_size;
  size_t header_size;
} Packet;

static void
make_packet (Packet *packet, srtp_t oracle, GRand *rand, uint16_t seq)
{
  packet->plain_size =
      oracle_packet (rand, SSRC, seq, packet->plain, &packet->header_size);
  memcpy (packet->wire.octets, packet->plain, packet->plain_size);
  int size = (int) packet->plain_size;
  g_assert_cmpint (srtp_protect (oracle, packet->wire.octets, &size), ==,
                   srtp_err_status_ok);
  packet->wire_size = (size_t) size;
}

/* Works on a copy of exactly the right size, so that a sanitizer sees every
 * step outside. */
static YlSrtpResult
unprotect (YlSrtpReceiver *receiver, YlSrtpWindow *window, const uint8_t *wire,
           size_t size, const Packet *expected, int64_t *seq)
{
  g_autofree uint8_t *copy = g_memdup2 (wire, size);
  const YlSrtpResult result =
      yl_srtp_receiver_unprotect (receiver, window, copy, &size, seq);
  if (result == YL_SRTP_OK)
    g_assert_cmpmem (copy, size, expected->plain, expected->plain_size);
  return result;
}

/* Pairs arrive swapped, some get lost, and the number wraps twice. */
static void
test_opens_libsrtp (gconstpointer data)
{
  const YlSrtpKeying keying = oracle_keying (GPOINTER_TO_UINT (data), 21);
  g_autoptr (YlSrtpReceiver) receiver = yl_srtp_receiver_new (&keying);
  srtp_t oracle = oracle_session (&keying, ssrc_any_outbound);
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);
  YlSrtpWindow window = { 0 };
  int64_t seq = 300;
  while (seq < 0x20400) {
    static Packet first, second;
    int64_t got;
    make_packet (&first, oracle, rand, (uint16_t) seq);
    make_packet (&second, oracle, rand, (uint16_t) (seq + 1));
    g_assert_cmpint (unprotect (receiver, &window, second.wire.octets,
                                second.wire_size, &second, &got),
                     ==, YL_SRTP_OK);
    g_assert_cmpint (got, ==, seq + 1);
    g_assert_cmpint (unprotect (receiver, &window, first.wire.octets,
                                first.wire_size, &first, &got),
                     ==, YL_SRTP_OK);
    g_assert_cmpint (got, ==, seq);
    seq += g_rand_int_range (rand, 2, 200);
  }
  srtp_dealloc (oracle);
}

/* A number before the first: to libsrtp that is the end of cycle 0, and what
 * follows is cycle 1. Forwarders do this when a resent packet is older than
 * all they sent. */
static void
test_before_first (gconstpointer data)
{
  static const uint16_t seqs[] = { 3, 4, 65530, 5, 6 };
  static const int64_t indices[] = { 3, 4, 65530, 65541, 65542 };
  const YlSrtpKeying keying = oracle_keying (GPOINTER_TO_UINT (data), 26);
  g_autoptr (YlSrtpReceiver) receiver = yl_srtp_receiver_new (&keying);
  srtp_t oracle = oracle_session (&keying, ssrc_any_outbound);
  g_autoptr (GRand) rand = g_rand_new_with_seed (9);
  YlSrtpWindow window = { 0 };
  for (size_t i = 0; i < G_N_ELEMENTS (seqs); i++) {
    static Packet packet;
    int64_t got;
    make_packet (&packet, oracle, rand, seqs[i]);
    g_assert_cmpint (unprotect (receiver, &window, packet.wire.octets,
                                packet.wire_size, &packet, &got),
                     ==, YL_SRTP_OK);
    g_assert_cmpint (got, ==, indices[i]);
  }
  srtp_dealloc (oracle);
}

static void
test_forged (gconstpointer data)
{
  const YlSrtpKeying keying = oracle_keying (GPOINTER_TO_UINT (data), 22);
  g_autoptr (YlSrtpReceiver) receiver = yl_srtp_receiver_new (&keying);
  srtp_t oracle = oracle_session (&keying, ssrc_any_outbound);
  g_autoptr (GRand) rand = g_rand_new_with_seed (6);
  YlSrtpWindow window = { 0 };
  static Packet packet;
  make_packet (&packet, oracle, rand, 9);
  for (size_t i = 0; i < packet.wire_size; i++) {
    packet.wire.octets[i] ^= 0x10;
    g_assert_cmpint (unprotect (receiver, &window, packet.wire.octets,
                                packet.wire_size, &packet, NULL),
                     !=, YL_SRTP_OK);
    packet.wire.octets[i] ^= 0x10;
  }
  /* None of them moved the window. */
  g_assert_false (window.started);
  g_assert_cmpint (unprotect (receiver, &window, packet.wire.octets,
                              packet.wire_size, &packet, NULL),
                   ==, YL_SRTP_OK);
  srtp_dealloc (oracle);
}

static void
test_replayed (gconstpointer data)
{
  const YlSrtpKeying keying = oracle_keying (GPOINTER_TO_UINT (data), 23);
  g_autoptr (YlSrtpReceiver) receiver = yl_srtp_receiver_new (&keying);
  srtp_t oracle = oracle_session (&keying, ssrc_any_outbound);
  g_autoptr (GRand) rand = g_rand_new_with_seed (8);
  enum { N = 3 * YL_SRTP_WINDOW };
  static Packet packets[N];
  YlSrtpWindow window = { 0 };
  for (unsigned i = 0; i < N; i++)
    make_packet (&packets[i], oracle, rand, (uint16_t) (65400 + i));
  for (unsigned i = 0; i < N; i++) {
    for (unsigned k = 0; k < 2; k++)
      g_assert_cmpint (unprotect (receiver, &window, packets[i].wire.octets,
                                  packets[i].wire_size, &packets[i], NULL),
                       ==, k == 0 ? YL_SRTP_OK : YL_SRTP_REPLAYED);
  }
  for (unsigned i = 0; i < N; i++)
    g_assert_cmpint (unprotect (receiver, &window, packets[i].wire.octets,
                                packets[i].wire_size, &packets[i], NULL),
                     ==, YL_SRTP_REPLAYED);
  srtp_dealloc (oracle);
}

static void
test_truncated (gconstpointer data)
{
  const YlSrtpKeying keying = oracle_keying (GPOINTER_TO_UINT (data), 24);
  g_autoptr (YlSrtpReceiver) receiver = yl_srtp_receiver_new (&keying);
  srtp_t oracle = oracle_session (&keying, ssrc_any_outbound);
  g_autoptr (GRand) rand = g_rand_new_with_seed (9);
  YlSrtpWindow window = { 0 };
  for (uint16_t i = 0; i < 8; i++) {
    static Packet packet;
    make_packet (&packet, oracle, rand, i);
    const size_t least =
        packet.header_size + yl_srtp_profile_overhead (keying.profile);
    for (size_t size = 0; size < packet.wire_size; size++) {
      const YlSrtpResult result = unprotect (
          receiver, &window, packet.wire.octets, size, &packet, NULL);
      g_assert_cmpint (result, ==,
                       size < least ? YL_SRTP_MALFORMED : YL_SRTP_FORGED);
    }
    g_assert_cmpint (unprotect (receiver, &window, packet.wire.octets,
                                packet.wire_size, &packet, NULL),
                     ==, YL_SRTP_OK);
  }
  srtp_dealloc (oracle);
}

/* An extension or CSRC list longer than the packet, or version 1. */
static void
test_lying_lengths (gconstpointer data)
{
  const YlSrtpKeying keying = oracle_keying (GPOINTER_TO_UINT (data), 25);
  g_autoptr (YlSrtpReceiver) receiver = yl_srtp_receiver_new (&keying);
  YlSrtpWindow window = { 0 };
  static const Packet none;
  uint8_t packet[60] = { 0x90, 96, 0, 1 };
  packet[15] = 9; /* words: 12 + 4 + 36 leaves less than a tag */
  g_assert_cmpint (
      unprotect (receiver, &window, packet, sizeof packet, &none, NULL), ==,
      YL_SRTP_MALFORMED);
  packet[0] = 0x8f;
  g_assert_cmpint (
      unprotect (receiver, &window, packet, sizeof packet, &none, NULL), ==,
      YL_SRTP_MALFORMED);
  packet[0] = 0x40;
  g_assert_cmpint (
      unprotect (receiver, &window, packet, sizeof packet, &none, NULL), ==,
      YL_SRTP_MALFORMED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  oracle_add ("/srtp/receiver/opens-libsrtp", test_opens_libsrtp);
  oracle_add ("/srtp/receiver/before-first", test_before_first);
  oracle_add ("/srtp/receiver/forged", test_forged);
  oracle_add ("/srtp/receiver/replayed", test_replayed);
  oracle_add ("/srtp/receiver/truncated", test_truncated);
  oracle_add ("/srtp/receiver/lying-lengths", test_lying_lengths);
  return g_test_run ();
}
