#include "ice/ice.h"

#include "../support/ice-check.h"

#include <string.h>

static const IceCheck check = { .username = "abcdEFGH:remote+/",
                                .password = "0123456789012345678901" };

static void
test_finds (void)
{
  uint8_t data[ICE_CHECK_MAX];
  char ufrag[YL_ICE_UFRAG_SIZE];
  const size_t size = ice_check_write (&check, 1, data);
  g_assert_true (yl_ice_peek_ufrag (data, size, ufrag));
  g_assert_cmpstr (ufrag, ==, "abcdEFGH");
}

static void
test_lengths (void)
{
  static const struct {
    const char *username;
    const char *ufrag;
  } cases[] = {
    { "abcd:x", "abcd" },
    { "abc:x", NULL },
    { ":x", NULL },
    { "abcdefgh", NULL },
    { "", NULL },
    { "abcdefghabcdefghabcdefghabcdefgh:x",
      "abcdefghabcdefghabcdefghabcdefgh" },
    { "abcdefghabcdefghabcdefghabcdefghi:x", NULL },
    { "abcd::", "abcd" },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    const IceCheck c = { .username = cases[i].username,
                         .password = check.password };
    uint8_t data[ICE_CHECK_MAX];
    char ufrag[YL_ICE_UFRAG_SIZE] = "";
    const size_t size = ice_check_write (&c, 1, data);
    const bool found = yl_ice_peek_ufrag (data, size, ufrag);
    g_assert_cmpint (found, ==, cases[i].ufrag != NULL);
    g_assert_cmpstr (ufrag, ==, found ? cases[i].ufrag : "");
  }
}

static void
test_truncated (void)
{
  uint8_t data[ICE_CHECK_MAX];
  char ufrag[YL_ICE_UFRAG_SIZE];
  const size_t size = ice_check_write (&check, 1, data);
  for (size_t n = 0; n < size; n++) {
    g_autofree uint8_t *copy = g_memdup2 (data, n);
    g_assert_false (yl_ice_peek_ufrag (copy, n, ufrag));
  }
}

/* Each length off by one either way: no step outside, and the message's own
 * length never passes. */
static void
test_lying_lengths (void)
{
  uint8_t data[ICE_CHECK_MAX];
  char ufrag[YL_ICE_UFRAG_SIZE];
  const size_t size = ice_check_write (&check, 1, data);
  for (size_t at = 2; at < size; at++) {
    for (int step = -1; step <= 1; step += 2) {
      g_autofree uint8_t *copy = g_memdup2 (data, size);
      copy[at] = (uint8_t) (copy[at] + step);
      const bool found = yl_ice_peek_ufrag (copy, size, ufrag);
      g_assert_false (found && at < 8);
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ice/peek/finds", test_finds);
  g_test_add_func ("/ice/peek/lengths", test_lengths);
  g_test_add_func ("/ice/peek/truncated", test_truncated);
  g_test_add_func ("/ice/peek/lying-lengths", test_lying_lengths);
  return g_test_run ();
}
