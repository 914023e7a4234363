/* test-clock.c: one clock offset per source keeps its tracks in step */
#include "sfu/clock.h"

#include "base/random.h"

#include <glib.h>

#define SECOND INT64_C (1000000)

static void
test_ntp (void)
{
  g_assert_cmpint (yl_sfu_clock_from_ntp (UINT64_C (5) << 32 | 0x80000000), ==,
                   5500000);
  g_assert_cmpint (yl_sfu_clock_from_ntp (UINT64_MAX), >, 0);
}

static void
test_first_report (void)
{
  YlSfuClock clock = { 0 };
  g_assert_false (yl_sfu_clock_update (&clock, 90 * SECOND, 5 * SECOND));
  g_assert_true (clock.known);
  const YlSfuTrackClock track = { .known = true,
                                  .sender_us = 90 * SECOND,
                                  .rtp = 1000 };
  g_assert_cmpuint (
      yl_sfu_clock_rtp_at (&clock, &track, 48000, 5 * SECOND + SECOND / 2), ==,
      1000 + 24000);
  g_assert_cmpuint (
      yl_sfu_clock_rtp_at (&clock, &track, 48000, 5 * SECOND - SECOND / 2), ==,
      (uint32_t) (1000 - 24000));
}

/* Queueing delays reports, never the other way round: the least counts, and
 * the offset glides there. */
static void
test_glides (void)
{
  YlSfuClock clock = { 0 };
  yl_sfu_clock_update (&clock, 0, 400000); /* 400 ms late */
  int64_t before = clock.offset_us;
  for (int i = 1; i < 100; i++) {
    yl_sfu_clock_update (&clock, i * SECOND, (uint64_t) (i * SECOND) + 30000);
    g_assert_cmpint (ABS (clock.offset_us - before), <=, 5000);
    before = clock.offset_us;
  }
  g_assert_cmpint (ABS (clock.offset_us - 30000), <=, 1000);
}

static void
test_follows_drift (void)
{
  YlSfuClock clock = { 0 };
  YlRandom random;
  yl_random_init_seeded (&random, 3);
  for (int64_t i = 0; i < 600; i++) {
    const int64_t now = i * SECOND;
    const int64_t sender = now - now / 10000; /* 100 ppm slow */
    const int64_t jitter = yl_random_u32 (&random) % 50000;
    yl_sfu_clock_update (&clock, sender, (uint64_t) (now + jitter));
    if (i > 120)
      g_assert_cmpint (ABS (clock.offset_us - now / 10000), <=, 15000);
  }
}

static void
test_jump (void)
{
  YlSfuClock clock = { 0 };
  yl_sfu_clock_update (&clock, 100 * SECOND, 10 * SECOND);
  g_assert_true (yl_sfu_clock_update (&clock, 3700 * SECOND, 11 * SECOND));
  g_assert_cmpint (clock.offset_us, ==, -3689 * SECOND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sfu/clock/ntp", test_ntp);
  g_test_add_func ("/sfu/clock/first-report", test_first_report);
  g_test_add_func ("/sfu/clock/glides-to-least-delay", test_glides);
  g_test_add_func ("/sfu/clock/follows-drift", test_follows_drift);
  g_test_add_func ("/sfu/clock/jump", test_jump);
  return g_test_run ();
}
