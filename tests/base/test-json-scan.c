#include "base/json-scan.h"

#include <glib.h>
#include <string.h>

static bool
scan (const char *text)
{
  return yl_json_scan (text, strlen (text), 3);
}

static void
test_accepts (void)
{
  g_assert_true (scan ("{\"a\": [1, {\"b\": \"}]\"}]}"));
  g_assert_true (scan ("[\"\\\"]\", \"\\\\\"]"));
  g_assert_true (scan ("\"\xe5\x8c\xbb\""));
  g_assert_true (scan ("[[[]]]"));
  g_assert_true (scan ("17"));
}

static void
test_refuses (void)
{
  static const char *const bad[] = { "[[[[]]]]", "[}",       "{]",
                                     "]",        "[",        "\"",
                                     "\"\\",     "[\"",      "}",
                                     "\"\\\"",   "\"\xe5\"", "{\"a\": [}]" };
  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (scan (bad[i]));
  g_assert_false (yl_json_scan ("[\0]", 3, 3));
}

static void
test_truncations (void)
{
  static const char text[] = "{\"a\": [\"x\\\"y\", {\"b\": [1]}]}";
  for (size_t size = 1; size < sizeof text - 1; size++)
    g_assert_false (yl_json_scan (text, size, 4));
  g_assert_true (yl_json_scan (text, sizeof text - 1, 4));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/json-scan/accepts", test_accepts);
  g_test_add_func ("/base/json-scan/refuses", test_refuses);
  g_test_add_func ("/base/json-scan/truncations", test_truncations);
  return g_test_run ();
}
