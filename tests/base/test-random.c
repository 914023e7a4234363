#include "base/random.h"

#include <glib.h>
#include <string.h>

static void
test_repeats (void)
{
  YlRandom a, b;
  yl_random_init_seeded (&a, 1);
  yl_random_init_seeded (&b, 1);
  for (int i = 0; i < 100; i++)
    g_assert_cmpuint (yl_random_u64 (&a), ==, yl_random_u64 (&b));
  yl_random_init_seeded (&b, 2);
  g_assert_cmpuint (yl_random_u64 (&a), !=, yl_random_u64 (&b));
}

static void
test_ice_chars (void)
{
  YlRandom random;
  char text[33];
  yl_random_init_seeded (&random, 3);
  yl_random_ice_chars (&random, text, 32);
  g_assert_cmpuint (strlen (text), ==, 32);
  for (const char *p = text; *p != '\0'; p++)
    g_assert_true (g_ascii_isalnum (*p) || *p == '+' || *p == '/');
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/random/repeats", test_repeats);
  g_test_add_func ("/base/random/ice-chars", test_ice_chars);
  return g_test_run ();
}
