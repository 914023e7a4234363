#include "store/token.h"

#include <glib.h>
#include <string.h>

static void
test_form (void)
{
  YlRandom random;
  char one[YL_TOKEN_SIZE], other[YL_TOKEN_SIZE];
  yl_random_init_seeded (&random, 1);
  yl_token_make (&random, one);
  yl_token_make (&random, other);
  g_assert_cmpuint (strlen (one), ==, 43);
  g_assert_cmpstr (one, !=, other);
  for (const char *c = one; *c != '\0'; c++)
    g_assert_true (g_ascii_isalnum (*c) || *c == '-' || *c == '_');
}

/* FIPS 180-2, appendix B.1 */
static void
test_hash (void)
{
  static const uint8_t abc[YL_TOKEN_HASH_SIZE] = {
    0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40,
    0xde, 0x5d, 0xae, 0x22, 0x23, 0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17,
    0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad
  };
  uint8_t hash[YL_TOKEN_HASH_SIZE];
  yl_token_hash ("abc", hash);
  g_assert_true (yl_token_hash_equal (abc, hash));
  hash[31] ^= 1;
  g_assert_false (yl_token_hash_equal (abc, hash));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/token/form", test_form);
  g_test_add_func ("/store/token/hash", test_hash);
  return g_test_run ();
}
