#include "base/words.h"

typedef enum { RED, GREEN } Colour;

static const char *const COLOURS[] = { "red", "green" };

const char *colour_name (Colour value);
bool colour_parse (const char *text, Colour *value);
YL_WORDS_DEFINE_NAME (colour_name, Colour, COLOURS)
YL_WORDS_DEFINE_PARSE (colour_parse, Colour, COLOURS)

static void
test_both_ways (void)
{
  for (unsigned i = 0; i < G_N_ELEMENTS (COLOURS); i++) {
    Colour colour = RED;
    g_assert_true (colour_parse (colour_name ((Colour) i), &colour));
    g_assert_cmpuint (colour, ==, i);
  }
}

static void
test_unknown (void)
{
  static const char *const unknown[] = { "", "gree", "greens", "Red", NULL };
  for (unsigned i = 0; i < G_N_ELEMENTS (unknown); i++) {
    Colour colour = GREEN;
    g_assert_false (colour_parse (unknown[i], &colour));
    g_assert_cmpuint (colour, ==, GREEN);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/words/both-ways", test_both_ways);
  g_test_add_func ("/base/words/unknown", test_unknown);
  return g_test_run ();
}
