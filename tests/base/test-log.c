#include "base/log.h"

static void
test_levels (void)
{
  YlLogLevel level = YL_LOG_ERROR;
  g_assert_true (yl_log_level_parse ("debug", &level));
  g_assert_cmpint (level, ==, YL_LOG_DEBUG);
  g_assert_false (yl_log_level_parse ("loud", &level));
  g_assert_cmpint (level, ==, YL_LOG_DEBUG);
}

static void
test_one_line (void)
{
  if (g_test_subprocess ()) {
    yl_log_info ("a\nb %d", 7);
    yl_log_debug ("left out");
    yl_log_set_level (YL_LOG_DEBUG);
    yl_log_debug ("%0*d", 3000, 1);
    return;
  }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("*info: a b 7\n*debug: 000*\n");
  g_test_trap_assert_stderr_unmatched ("*left out*");
}

int
main (int argc, char **argv)
{
  g_unsetenv ("JOURNAL_STREAM");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/log/levels", test_levels);
  g_test_add_func ("/base/log/one-line", test_one_line);
  return g_test_run ();
}
