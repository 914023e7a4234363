#include "io/clock.h"

#include "io/system-random.h"

#include <glib.h>
#include <string.h>

static void
test_monotonic (void)
{
  const uint64_t first = yl_clock_now_us ();
  g_assert_cmpuint (yl_clock_now_us (), >=, first);
  g_assert_cmpint (yl_clock_wall_ms (), >, INT64_C (1600000000000));
}

/* RFC 5905, 6: 1970-01-01 is second 2 208 988 800 of era 0. */
static void
test_ntp (void)
{
  g_assert_cmphex (yl_clock_ntp_from_wall_us (0), ==,
                   UINT64_C (2208988800) << 32);
  g_assert_cmphex (yl_clock_ntp_from_wall_us (1500000), ==,
                   (UINT64_C (2208988801) << 32) + (UINT64_C (1) << 31));
}

static void
test_random (void)
{
  YlRandom random;
  yl_system_random_init (&random);
  uint8_t a[32] = { 0 }, b[32] = { 0 };
  random.fill (&random, a, sizeof a);
  random.fill (&random, b, sizeof b);
  g_assert_cmpint (memcmp (a, b, sizeof a), !=, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/io/clock/monotonic", test_monotonic);
  g_test_add_func ("/io/clock/ntp-epoch-and-fraction", test_ntp);
  g_test_add_func ("/io/system-random/never-the-same", test_random);
  return g_test_run ();
}
