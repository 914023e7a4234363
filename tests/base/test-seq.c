#include "base/seq.h"

#include <glib.h>

static void
test_newer (void)
{
  g_assert_true (yl_seq_newer (1, 0));
  g_assert_true (yl_seq_newer (0, 65535));
  g_assert_false (yl_seq_newer (65535, 0));
  g_assert_false (yl_seq_newer (5, 5));
  g_assert_cmpint (yl_ts_diff (5, UINT32_MAX - 4), ==, 10);
}

static void
test_unwrap (void)
{
  YlSeqUnwrap unwrap = { 0 };
  const int64_t first = yl_seq_unwrap (&unwrap, 65534);
  g_assert_cmpint (yl_seq_unwrap (&unwrap, 1) - first, ==, 3);
  g_assert_cmpint (yl_seq_unwrap (&unwrap, 65535) - first, ==, 1);
  g_assert_cmpint (yl_seq_unwrap (&unwrap, 65000) - first, ==, -534);
  for (int lap = 0; lap < 5; lap++)
    for (unsigned seq = 2; seq < 65536; seq += 1000)
      yl_seq_unwrap (&unwrap, (uint16_t) seq);
  g_assert_cmpint (yl_seq_unwrap (&unwrap, 1) - first, ==, 3 + 5 * 65536);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/seq/newer", test_newer);
  g_test_add_func ("/base/seq/unwrap", test_unwrap);
  return g_test_run ();
}
