#include "srtp/window.h"

#include <glib.h>

/* Against a plain list of everything used. */
static void
test_model (void)
{
  enum { N = 4000 };
  static bool used[N];
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  YlSrtpWindow window = { 0 };
  int64_t newest = -1;
  for (int i = 0; i < 20000; i++) {
    const int reach = g_rand_int_range (rand, 0, 40) == 0 ? 400 : 150;
    int64_t index = newest + g_rand_int_range (rand, -reach, 12);
    index = CLAMP (index, 0, N - 1);
    const bool free =
        index > newest || (newest - index < YL_SRTP_WINDOW && !used[index]);
    g_assert_cmpint (yl_srtp_window_is_free (&window, index), ==, free);
    if (!free)
      continue;
    yl_srtp_window_use (&window, index);
    used[index] = true;
    newest = MAX (newest, index);
  }
  g_assert_cmpint (newest, ==, N - 1);
}

static void
test_jumps (void)
{
  static const int64_t jumps[] = { 1, 63, 64, 65, 127, 128, 129, 100000 };
  for (size_t i = 0; i < G_N_ELEMENTS (jumps); i++) {
    YlSrtpWindow window = { 0 };
    const int64_t next = 10 + jumps[i];
    yl_srtp_window_use (&window, 10);
    yl_srtp_window_use (&window, next);
    g_assert_false (yl_srtp_window_is_free (&window, next));
    g_assert_false (yl_srtp_window_is_free (&window, 10));
    const int64_t between = next - 1;
    g_assert_cmpint (yl_srtp_window_is_free (&window, between), ==,
                     between != 10);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/srtp/window/model", test_model);
  g_test_add_func ("/srtp/window/jumps", test_jumps);
  return g_test_run ();
}
