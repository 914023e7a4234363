/* A publisher behind a link that loses, repeats and reorders, both ways. */
#include "base/random.h"
#include "peer/peer-pair.h"
#include "rtcp/nack.h"

#include <string.h>

#define SECONDS 30
#define FRAMES_PER_SECOND 50
#define FRAMES (SECONDS * FRAMES_PER_SECOND)

typedef struct {
  PeerPair *pair;
  YlRandom random;
  uint32_t loss; /* [1/1000] */
  uint32_t lost, repeated;
  GPtrArray *late; /* of GBytes: come with the next step */
  uint16_t rtx_seq;
  guint heard; /* compounds looked at */
  uint32_t asked;
} Link;

static Link *the_link;

static bool
lose (PeerPair *pair, bool to_gateway, const uint8_t *data, size_t size)
{
  Link *link = the_link;
  const uint32_t dice = yl_random_u32 (&link->random) % 1000;
  if (dice < link->loss) {
    link->lost += to_gateway;
    return true;
  }
  if (!to_gateway)
    return false;
  if (dice >= 950) {
    g_ptr_array_add (link->late, g_bytes_new (data, size));
    return true;
  }
  if (dice >= 930) {
    link->repeated++;
    g_ptr_array_add (pair->client->out, g_bytes_new (data, size));
  }
  return false;
}

static void
resend (Link *link, uint16_t seq)
{
  uint8_t payload[40] = { (uint8_t) (seq >> 8), (uint8_t) seq, 0x10, 0x11 };
  const ClientPacket packet = { .ssrc = CAMERA_RTX_SSRC,
                                .seq = link->rtx_seq++,
                                .timestamp = seq * 1800u,
                                .payload_type = VP8_RTX_PT,
                                .transport_seq = -1,
                                .payload = payload,
                                .payload_size = sizeof payload };
  peer_client_send_rtp (link->pair->client, &packet);
}

static void
answer_nacks (Link *link)
{
  const GPtrArray *in = link->pair->client->rtcp_in;
  for (; link->heard < in->len; link->heard++) {
    size_t size;
    YlRtcpWalker walker;
    YlRtcpPacket packet;
    const uint8_t *data = g_bytes_get_data (in->pdata[link->heard], &size);
    g_assert_true (yl_rtcp_walker_init (&walker, data, size));
    while (yl_rtcp_walker_next (&walker, &packet)) {
      uint32_t ssrc;
      uint16_t seqs[128];
      const size_t n = yl_rtcp_nack_parse (&packet, &ssrc, seqs, 128);
      link->asked += (uint32_t) n;
      for (size_t i = 0; i < n; i++)
        resend (link, seqs[i]);
    }
  }
}

static void
send_frame (Link *link, uint16_t seq)
{
  const uint8_t payload[200] = {
    0x10, seq == 0 ? 0x10 : 0x11, 0, 0, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xf0, 0x00
  };
  const ClientPacket packet = { .ssrc = CAMERA_SSRC,
                                .seq = seq,
                                .timestamp = seq * 1800u,
                                .payload_type = VP8_PT,
                                .marker = true,
                                .transport_seq = seq,
                                .payload = payload,
                                .payload_size = sizeof payload };
  peer_client_send_rtp (link->pair->client, &packet);
}

static void
step (Link *link)
{
  peer_pair_advance (link->pair, 1000000 / FRAMES_PER_SECOND);
  while (link->late->len > 0)
    g_ptr_array_add (link->pair->client->out,
                     g_ptr_array_steal_index (link->late, 0));
  answer_nacks (link);
  link->pair->n_events = 0;
}

static size_t
count_distinct (const PeerPair *pair, bool *seen)
{
  size_t n = 0;
  const int64_t first = g_array_index (pair->seqs, int64_t, 0);
  for (guint i = 0; i < pair->seqs->len; i++) {
    const int64_t at = g_array_index (pair->seqs, int64_t, i) - first;
    g_assert_cmpint (at, >=, 0);
    g_assert_cmpint (at, <, FRAMES);
    n += !seen[at];
    seen[at] = true;
  }
  return n;
}

static void
run (uint32_t loss)
{
  const uint64_t seed = (uint32_t) g_test_rand_int ();
  g_test_message ("seed %" G_GUINT64_FORMAT, seed);
  g_autoptr (PeerPair) pair = peer_pair_new ();
  Link link = { .pair = pair, .loss = loss };
  yl_random_init_seeded (&link.random, seed);
  link.late = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  the_link = &link;
  peer_pair_connect (pair);
  send_frame (&link, 0); /* so that counting starts with it */
  peer_pair_settle (pair);
  pair->lose = lose;
  for (uint16_t seq = 1; seq < FRAMES; seq++) {
    send_frame (&link, seq);
    step (&link);
  }
  for (int i = 0; i < 2 * FRAMES_PER_SECOND; i++)
    step (&link);

  g_autofree bool *seen = g_new0 (bool, FRAMES);
  const size_t got = count_distinct (pair, seen);
  g_test_message ("lost %u, asked %u, got %zu of %u", link.lost, link.asked,
                  got, FRAMES);
  /* The very last ones have no successor that would show the gap. */
  g_assert_cmpuint (got, >=, FRAMES - FRAMES * loss / 20000 - 3);
  g_assert_cmpuint (pair->counters.nacks_sent, <=,
                    link.lost + link.lost + FRAMES / 8);
  /* A copy may be lost as well. */
  g_assert_cmpuint (pair->counters.srtp[YL_SRTP_REPLAYED], <=, link.repeated);
  g_assert_cmpuint (pair->counters.srtp[YL_SRTP_FORGED], ==, 0);
  g_assert_cmpuint (pair->counters.twcc_sent, >=, SECONDS * 9);
  g_assert_cmpuint (pair->counters.reports_sent, >=, SECONDS - 1);
  g_ptr_array_unref (link.late);
}

static void
test_clean (void)
{
  run (0);
}

static void
test_three_percent (void)
{
  run (30);
}

static void
test_fifteen_percent (void)
{
  run (150);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sim/lossy-publisher/clean", test_clean);
  g_test_add_func ("/sim/lossy-publisher/3-percent", test_three_percent);
  g_test_add_func ("/sim/lossy-publisher/15-percent", test_fifteen_percent);
  return g_test_run ();
}
