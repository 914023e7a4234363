#include "rtcp/twcc-recorder.h"

#include "base/random.h"
#include "base/time.h"
#include "rtcp-fixture.h"
#include "rtcp/twcc.h"

#define MS YL_US_PER_MS

typedef struct {
  YlRtcpTwcc twcc;
  YlRtcpTwccStatus status[512];
  size_t n;
} Feedback;

static bool
poll (YlRtcpTwccRecorder *recorder, uint64_t now_us, Feedback *f)
{
  uint8_t data[YL_RTCP_TWCC_MAX_SIZE];
  const size_t size =
      yl_rtcp_twcc_recorder_poll_transmit (recorder, now_us, data, sizeof data);
  if (size == 0)
    return false;
  g_assert_cmpuint (size, <=, sizeof data);
  const YlRtcpPacket packet = only_packet (data, size);
  g_assert_true (yl_rtcp_twcc_parse (&f->twcc, &packet, f->status, 512, &f->n));
  return true;
}

static void
assert_arrival (const YlRtcpTwccStatus *status, uint64_t at_us)
{
  g_assert_true (status->received);
  g_assert_cmpint (
      status->arrival_us, ==,
      (int64_t) (at_us / YL_RTCP_TWCC_TICK_US * YL_RTCP_TWCC_TICK_US));
}

static void
test_deadline (void)
{
  g_autoptr (YlRtcpTwccRecorder) recorder = yl_rtcp_twcc_recorder_new (1);
  Feedback f;
  g_assert_cmpuint (yl_rtcp_twcc_recorder_next_deadline (recorder), ==,
                    YL_NEVER);
  g_assert_false (poll (recorder, 0, &f));
  yl_rtcp_twcc_recorder_receive (recorder, 9, 1, 10 * MS);
  g_assert_cmpuint (yl_rtcp_twcc_recorder_next_deadline (recorder), ==,
                    110 * MS);
  for (uint16_t seq = 2; seq <= 10; seq++)
    yl_rtcp_twcc_recorder_receive (recorder, 9, seq, 20 * MS);
  g_assert_cmpuint (yl_rtcp_twcc_recorder_next_deadline (recorder), ==,
                    60 * MS);
  g_assert_false (poll (recorder, 60 * MS - 1, &f));
  g_assert_true (poll (recorder, 60 * MS, &f));
  g_assert_cmpuint (f.twcc.sender_ssrc, ==, 1);
  g_assert_cmpuint (f.twcc.media_ssrc, ==, 9);
  g_assert_cmpuint (f.twcc.base_seq, ==, 1);
  g_assert_cmpuint (f.n, ==, 10);
  assert_arrival (&f.status[0], 10 * MS);
  assert_arrival (&f.status[9], 20 * MS);
  g_assert_false (poll (recorder, 60 * MS, &f));
  g_assert_cmpuint (yl_rtcp_twcc_recorder_next_deadline (recorder), ==,
                    YL_NEVER);
}

/* Losses between feedbacks are told, and taken back when one comes late. */
static void
test_loss_and_late (void)
{
  g_autoptr (YlRtcpTwccRecorder) recorder = yl_rtcp_twcc_recorder_new (1);
  Feedback f;
  yl_rtcp_twcc_recorder_receive (recorder, 9, 65534, 0);
  g_assert_true (poll (recorder, 100 * MS, &f));
  yl_rtcp_twcc_recorder_receive (recorder, 9, 2, 100 * MS);
  g_assert_true (poll (recorder, 200 * MS, &f));
  g_assert_cmpuint (f.twcc.base_seq, ==, 65535);
  g_assert_cmpuint (f.twcc.feedback_count, ==, 1);
  g_assert_cmpuint (f.n, ==, 4);
  for (unsigned i = 0; i < 3; i++)
    g_assert_false (f.status[i].received);
  assert_arrival (&f.status[3], 100 * MS);

  yl_rtcp_twcc_recorder_receive (recorder, 9, 0, 210 * MS);
  yl_rtcp_twcc_recorder_receive (recorder, 9, 0, 215 * MS); /* repeated */
  g_assert_true (poll (recorder, 310 * MS, &f));
  g_assert_cmpuint (f.twcc.base_seq, ==, 0);
  g_assert_cmpuint (f.n, ==, 3);
  assert_arrival (&f.status[0], 210 * MS);
  g_assert_false (f.status[1].received);
  assert_arrival (&f.status[2], 100 * MS);
}

/* A pause of more than 8 s does not fit one packet's deltas. */
static void
test_pause (void)
{
  g_autoptr (YlRtcpTwccRecorder) recorder = yl_rtcp_twcc_recorder_new (1);
  Feedback f;
  yl_rtcp_twcc_recorder_receive (recorder, 9, 1, 0);
  yl_rtcp_twcc_recorder_receive (recorder, 9, 3, 9 * YL_US_PER_S);
  g_assert_true (poll (recorder, 9 * YL_US_PER_S, &f));
  g_assert_cmpuint (f.n, ==, 2);
  assert_arrival (&f.status[0], 0);
  g_assert_true (poll (recorder, 9 * YL_US_PER_S, &f));
  g_assert_cmpuint (f.twcc.base_seq, ==, 3);
  assert_arrival (&f.status[0], 9 * YL_US_PER_S);
  g_assert_false (poll (recorder, 9 * YL_US_PER_S, &f));
}

/* Two thousand between two feedbacks, every third lost, and all is told. */
static void
test_many_between (void)
{
  g_autoptr (YlRtcpTwccRecorder) recorder = yl_rtcp_twcc_recorder_new (1);
  Feedback f;
  enum { N = 2001, FIRST = 65000 };
  for (int i = 0; i < N; i++)
    if (i % 3 != 1)
      yl_rtcp_twcc_recorder_receive (recorder, 9, (uint16_t) (FIRST + i),
                                     (uint64_t) i * 1000);
  int told = 0;
  while (poll (recorder, N * 1000, &f)) {
    g_assert_cmpuint (f.twcc.base_seq, ==, (uint16_t) (FIRST + told));
    for (size_t i = 0; i < f.n; i++, told++) {
      if (told % 3 != 1)
        assert_arrival (&f.status[i], (uint64_t) told * 1000);
      else
        g_assert_false (f.status[i].received);
    }
  }
  g_assert_cmpint (told, ==, N);
}

/* What was told stays told when room is made for more: repeats from before are
 * not taken for new. */
static void
test_repeat_after_growing (void)
{
  g_autoptr (YlRtcpTwccRecorder) recorder = yl_rtcp_twcc_recorder_new (1);
  Feedback f;
  enum { TOLD = 500, N = 1300 };
  for (int i = 0; i < TOLD; i++)
    yl_rtcp_twcc_recorder_receive (recorder, 9, (uint16_t) i, 10 * MS);
  while (poll (recorder, 100 * MS, &f))
    continue;
  for (int i = TOLD; i < N; i++)
    yl_rtcp_twcc_recorder_receive (recorder, 9, (uint16_t) i, 110 * MS);
  for (int i = 0; i < N; i++)
    yl_rtcp_twcc_recorder_receive (recorder, 9, (uint16_t) i, 120 * MS);
  int told = TOLD;
  while (poll (recorder, 200 * MS, &f)) {
    g_assert_cmpuint (f.twcc.base_seq, ==, told);
    for (size_t i = 0; i < f.n; i++, told++)
      assert_arrival (&f.status[i], 110 * MS);
  }
  g_assert_cmpint (told, ==, N);
}

static void
test_jumps (void)
{
  g_autoptr (YlRtcpTwccRecorder) recorder = yl_rtcp_twcc_recorder_new (1);
  Feedback f;
  yl_rtcp_twcc_recorder_receive (recorder, 9, 1, 0);
  yl_rtcp_twcc_recorder_receive (recorder, 9, 5000, 0); /* starts afresh */
  g_assert_true (poll (recorder, 100 * MS, &f));
  g_assert_cmpuint (f.twcc.base_seq, ==, 5000);
  g_assert_cmpuint (f.n, ==, 1);
  yl_rtcp_twcc_recorder_receive (recorder, 9, 1, 100 * MS); /* too late */
  g_assert_false (poll (recorder, 300 * MS, &f));

  /* a gap that would fill packets with losses alone */
  yl_rtcp_twcc_recorder_receive (recorder, 9, 6500, 300 * MS);
  g_assert_true (poll (recorder, 400 * MS, &f));
  g_assert_cmpuint (f.twcc.base_seq, ==, 6500);
  g_assert_false (poll (recorder, 400 * MS, &f));
}

typedef struct {
  uint64_t arrival_us[65536]; /* 0: lost */
  bool told[65536];
} Truth;

static void
compare (const Feedback *f, Truth *truth)
{
  for (size_t i = 0; i < f->n; i++) {
    const uint16_t seq = f->status[i].seq;
    if (f->status[i].received) {
      assert_arrival (&f->status[i], truth->arrival_us[seq]);
      truth->told[seq] = true;
    } else {
      g_assert_cmpuint (truth->arrival_us[seq], ==, 0);
    }
  }
}

/* Every arrival is told with its time, through loss, bursts and the wrap of
 * the numbers. */
static void
test_random (void)
{
  const uint64_t seed = (uint64_t) g_test_rand_int ();
  g_test_message ("seed %" G_GUINT64_FORMAT, seed);
  YlRandom random;
  yl_random_init_seeded (&random, seed);
  g_autoptr (YlRtcpTwccRecorder) recorder = yl_rtcp_twcc_recorder_new (1);
  g_autofree Truth *truth = g_new0 (Truth, 1);
  const unsigned n = 40000;
  const uint16_t first = 50000;
  uint64_t now_us = 1000;
  Feedback f;
  for (unsigned i = 0; i < n; i++) {
    const uint16_t seq = (uint16_t) (first + i);
    const uint32_t dice = yl_random_u32 (&random);
    now_us += dice % 97 == 0 ? 200 * MS : dice % 2000;
    if (dice % 13 != 0 && dice % 499 > 5) {
      truth->arrival_us[seq] = now_us;
      yl_rtcp_twcc_recorder_receive (recorder, 9, seq, now_us);
    }
    while (poll (recorder, now_us, &f))
      compare (&f, truth);
  }
  while (poll (recorder, now_us + YL_US_PER_S, &f))
    compare (&f, truth);
  for (unsigned seq = 0; seq < 65536; seq++)
    g_assert_cmpint (truth->told[seq], ==, truth->arrival_us[seq] != 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtcp/twcc-recorder/deadline", test_deadline);
  g_test_add_func ("/rtcp/twcc-recorder/loss-and-late", test_loss_and_late);
  g_test_add_func ("/rtcp/twcc-recorder/many-between", test_many_between);
  g_test_add_func ("/rtcp/twcc-recorder/repeat-after-growing",
                   test_repeat_after_growing);
  g_test_add_func ("/rtcp/twcc-recorder/pause", test_pause);
  g_test_add_func ("/rtcp/twcc-recorder/jumps", test_jumps);
  g_test_add_func ("/rtcp/twcc-recorder/random", test_random);
  return g_test_run ();
}
