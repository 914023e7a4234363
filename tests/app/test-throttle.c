#include "app/throttle.h"

static const YlThrottleRules rules = {
  .free_attempts = 3,
  .first_wait_us = 1000,
  .max_wait_us = 5000,
  .forget_us = 100000,
  .capacity = 3,
};

static void
test_doubles (void)
{
  static const uint64_t waits[] = { 0, 0, 1000, 2000, 4000, 5000, 5000 };
  g_autoptr (YlThrottle) self = yl_throttle_new (&rules);
  uint64_t now_us = 50;
  for (size_t i = 0; i < G_N_ELEMENTS (waits); i++) {
    g_assert_cmpuint (yl_throttle_wait_us (self, "a", now_us), ==, 0);
    yl_throttle_attempt (self, "a", now_us);
    g_assert_cmpuint (yl_throttle_wait_us (self, "a", now_us), ==, waits[i]);
    now_us += waits[i];
  }
  g_assert_cmpuint (yl_throttle_wait_us (self, "b", now_us), ==, 0);
}

static void
test_forgives (void)
{
  g_autoptr (YlThrottle) self = yl_throttle_new (&rules);
  for (int i = 0; i < 5; i++)
    yl_throttle_attempt (self, "a", 0);
  g_assert_cmpuint (yl_throttle_wait_us (self, "a", 0), >, 0);
  yl_throttle_forgive (self, "a");
  yl_throttle_forgive (self, "never seen");
  g_assert_cmpuint (yl_throttle_wait_us (self, "a", 0), ==, 0);
}

static void
test_forgets (void)
{
  g_autoptr (YlThrottle) self = yl_throttle_new (&rules);
  for (int i = 0; i < 5; i++)
    yl_throttle_attempt (self, "a", 0);
  yl_throttle_attempt (self, "a", 100001);
  g_assert_cmpuint (yl_throttle_wait_us (self, "a", 100001), ==, 0);
}

static void
test_bounded (void)
{
  static const char *const keys[] = { "a", "b", "c", "d" };
  g_autoptr (YlThrottle) self = yl_throttle_new (&rules);
  for (size_t k = 0; k < G_N_ELEMENTS (keys); k++)
    for (int i = 0; i < 5; i++)
      yl_throttle_attempt (self, keys[k], k);
  g_assert_cmpuint (yl_throttle_wait_us (self, "a", 10), ==, 0);
  g_assert_cmpuint (yl_throttle_wait_us (self, "b", 10), >, 0);
  g_assert_cmpuint (yl_throttle_wait_us (self, "d", 10), >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/throttle/doubles", test_doubles);
  g_test_add_func ("/app/throttle/forgives", test_forgives);
  g_test_add_func ("/app/throttle/forgets", test_forgets);
  g_test_add_func ("/app/throttle/bounded", test_bounded);
  return g_test_run ();
}
