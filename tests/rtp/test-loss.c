#include "rtp/loss.h"

#include "base/random.h"
#include "base/time.h"

#define MS YL_US_PER_MS

static YlRtpLoss *
loss_after (const int64_t *seqs, size_t n)
{
  YlRtpLoss *loss = yl_rtp_loss_new ();
  for (size_t i = 0; i < n; i++)
    yl_rtp_loss_receive (loss, seqs[i], 0);
  return loss;
}

static void
test_no_loss (void)
{
  static const int64_t seqs[] = { 5, 6, 7, 7, 6 };
  g_autoptr (YlRtpLoss) loss = loss_after (seqs, G_N_ELEMENTS (seqs));
  uint16_t asked[4];
  g_assert_cmpuint (yl_rtp_loss_next_deadline (loss), ==, YL_NEVER);
  g_assert_cmpuint (yl_rtp_loss_poll_nack (loss, MS, 0, asked, 4), ==, 0);
  g_assert_false (yl_rtp_loss_poll_keyframe_needed (loss));
}

static void
test_reordered (void)
{
  static const int64_t seqs[] = { 5, 8, 7, 6, 9 };
  g_autoptr (YlRtpLoss) loss = loss_after (seqs, G_N_ELEMENTS (seqs));
  YlRtpLossCounters counters;
  yl_rtp_loss_get_counters (loss, &counters);
  g_assert_cmpuint (yl_rtp_loss_next_deadline (loss), ==, YL_NEVER);
  g_assert_cmpuint (counters.missed, ==, 2);
  g_assert_cmpuint (counters.recovered, ==, 2);
  g_assert_cmpuint (counters.asked, ==, 0);
}

static void
test_ask_and_repeat (void)
{
  static const int64_t seqs[] = { 65534, 65538 };
  g_autoptr (YlRtpLoss) loss = loss_after (seqs, G_N_ELEMENTS (seqs));
  uint16_t asked[4];
  const uint64_t first = yl_rtp_loss_next_deadline (loss);
  g_assert_cmpuint (first, ==, 5 * MS);
  g_assert_cmpuint (yl_rtp_loss_poll_nack (loss, first - 1, 0, asked, 4), ==,
                    0);
  g_assert_cmpuint (yl_rtp_loss_poll_nack (loss, first, 40 * MS, asked, 4), ==,
                    3);
  g_assert_cmpuint (asked[0], ==, 65535);
  g_assert_cmpuint (asked[1], ==, 0);
  g_assert_cmpuint (asked[2], ==, 1);

  yl_rtp_loss_receive (loss, 65536, first + MS);
  const uint64_t second = yl_rtp_loss_next_deadline (loss);
  g_assert_cmpuint (second, ==, first + 50 * MS);
  g_assert_cmpuint (yl_rtp_loss_poll_nack (loss, second, 40 * MS, asked, 4), ==,
                    2);
  g_assert_cmpuint (asked[0], ==, 65535);
  g_assert_cmpuint (asked[1], ==, 1);
}

static void
test_small_capacity (void)
{
  static const int64_t seqs[] = { 10, 16 };
  g_autoptr (YlRtpLoss) loss = loss_after (seqs, G_N_ELEMENTS (seqs));
  uint16_t asked[2];
  for (uint16_t round = 0; round < 2; round++) {
    g_assert_cmpuint (yl_rtp_loss_poll_nack (loss, 5 * MS, 0, asked, 2), ==, 2);
    g_assert_cmpuint (asked[0], ==, 11 + 2 * round);
  }
  g_assert_cmpuint (yl_rtp_loss_poll_nack (loss, 5 * MS, 0, asked, 2), ==, 1);
  g_assert_cmpuint (yl_rtp_loss_poll_nack (loss, 5 * MS, 0, asked, 2), ==, 0);
}

static void
run_to_end (YlRtpLoss *loss, uint64_t rtt_us, unsigned *rounds,
            uint64_t *end_us)
{
  uint16_t asked[4];
  *rounds = 0;
  *end_us = 0;
  while (yl_rtp_loss_next_deadline (loss) != YL_NEVER) {
    g_assert_cmpuint (yl_rtp_loss_next_deadline (loss), >, *end_us);
    *end_us = yl_rtp_loss_next_deadline (loss);
    if (yl_rtp_loss_poll_nack (loss, *end_us, rtt_us, asked, 4) > 0)
      (*rounds)++;
    else
      g_assert_cmpuint (yl_rtp_loss_next_deadline (loss), ==, YL_NEVER);
  }
}

static void
test_give_up (void)
{
  static const int64_t seqs[] = { 10, 12 };
  unsigned rounds;
  uint64_t end_us;
  {
    g_autoptr (YlRtpLoss) loss = loss_after (seqs, G_N_ELEMENTS (seqs));
    run_to_end (loss, 10 * MS, &rounds, &end_us);
    g_assert_cmpuint (rounds, ==, 10);
    g_assert_true (yl_rtp_loss_poll_keyframe_needed (loss));
    g_assert_false (yl_rtp_loss_poll_keyframe_needed (loss));
    /* too late to count as recovered */
    yl_rtp_loss_receive (loss, 11, end_us);
    YlRtpLossCounters counters;
    yl_rtp_loss_get_counters (loss, &counters);
    g_assert_cmpuint (counters.given_up, ==, 1);
    g_assert_cmpuint (counters.recovered, ==, 0);
    g_assert_cmpuint (counters.asked, ==, 10);
  }
  {
    g_autoptr (YlRtpLoss) loss = loss_after (seqs, G_N_ELEMENTS (seqs));
    run_to_end (loss, 300 * MS, &rounds, &end_us);
    g_assert_cmpuint (rounds, ==, 4);
    g_assert_cmpuint (end_us, ==, YL_US_PER_S);
    g_assert_true (yl_rtp_loss_poll_keyframe_needed (loss));
  }
}

static void
test_large_gap (void)
{
  static const int64_t seqs[] = { 10, 12, 12 + YL_RTP_LOSS_MAX + 1 };
  g_autoptr (YlRtpLoss) loss = loss_after (seqs, G_N_ELEMENTS (seqs));
  g_assert_cmpuint (yl_rtp_loss_next_deadline (loss), ==, YL_NEVER);
  g_assert_true (yl_rtp_loss_poll_keyframe_needed (loss));
  /* and goes on from there */
  yl_rtp_loss_receive (loss, seqs[2] + 2, 0);
  uint16_t asked[4];
  g_assert_cmpuint (yl_rtp_loss_poll_nack (loss, 5 * MS, 0, asked, 4), ==, 1);
}

static void
test_keyframe (void)
{
  static const int64_t seqs[] = { 10, 12, 14, 16 };
  g_autoptr (YlRtpLoss) loss = loss_after (seqs, G_N_ELEMENTS (seqs));
  uint16_t asked[4];
  yl_rtp_loss_keyframe (loss, 14);
  g_assert_cmpuint (yl_rtp_loss_poll_nack (loss, 5 * MS, 0, asked, 4), ==, 1);
  g_assert_cmpuint (asked[0], ==, 15);
}

/* A lossy, reordering link whose sender answers every NACK, seed printed. */
static void
test_random (void)
{
  const uint64_t seed = (uint64_t) g_test_rand_int ();
  g_test_message ("seed %" G_GUINT64_FORMAT, seed);
  YlRandom random;
  yl_random_init_seeded (&random, seed);
  g_autoptr (YlRtpLoss) loss = yl_rtp_loss_new ();
  uint64_t now_us = 0;
  for (int64_t seq = 1; seq < 20000; seq++, now_us += 2 * MS) {
    if (yl_random_u32 (&random) % 10 != 0 || seq == 1 || seq == 19999)
      yl_rtp_loss_receive (loss, seq, now_us);
    uint16_t asked[8];
    const size_t n = yl_rtp_loss_poll_nack (loss, now_us, 20 * MS, asked, 8);
    for (size_t i = 0; i < n; i++) {
      const int64_t wanted = seq - (uint16_t) ((uint16_t) seq - asked[i]);
      g_assert_cmpint (wanted, <, seq);
      if (yl_random_u32 (&random) % 4 != 0)
        yl_rtp_loss_receive (loss, wanted, now_us);
    }
  }
  YlRtpLossCounters counters;
  yl_rtp_loss_get_counters (loss, &counters);
  g_assert_cmpuint (counters.missed, >, 1000);
  g_assert_cmpuint (counters.given_up, <=, 5);
  g_assert_cmpuint (counters.missed - counters.recovered - counters.given_up, <,
                    64);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtp/loss/no-loss", test_no_loss);
  g_test_add_func ("/rtp/loss/reordered", test_reordered);
  g_test_add_func ("/rtp/loss/ask-and-repeat", test_ask_and_repeat);
  g_test_add_func ("/rtp/loss/small-capacity", test_small_capacity);
  g_test_add_func ("/rtp/loss/give-up", test_give_up);
  g_test_add_func ("/rtp/loss/large-gap", test_large_gap);
  g_test_add_func ("/rtp/loss/keyframe", test_keyframe);
  g_test_add_func ("/rtp/loss/random", test_random);
  return g_test_run ();
}
