#include "signal/scan.h"

#include <glib.h>
#include <string.h>

static void
test_good (void)
{
  static const char *const texts[] = {
    "{}",
    "[]",
    "0",
    "-0.5e+10",
    "true",
    "null",
    "\"\"",
    " [ 1 , 2 ] ",
    "{\"a\":{\"b\":[1,{\"c\":null}]}}",
    "\"\\u4f60\\ud83d\\ude00\\n\"",
    "\"你好\"",
  };
  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_test_message ("%s", texts[i]);
    g_assert_cmpint (yl_signal_scan (texts[i], strlen (texts[i])), ==,
                     YL_SCAN_OK);
  }
}

static void
test_malformed (void)
{
  static const char *const texts[] = {
    "",
    " ",
    "{",
    "}",
    "[",
    "]",
    "[1,]",
    "{\"a\"}",
    "{\"a\":}",
    "{\"a\":1,}",
    "{a:1}",
    "[1 2]",
    "01",
    "1.",
    "1e",
    "-",
    "+1",
    ".5",
    "tru",
    "nulll",
    "{} {}",
    "[}",
    "{]",
    "\"",
    "\"\\",
    "\"\\x\"",
    "\"\\u00\"",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "\"\\udc00\"",
    "\"\\ud800\\u0041\"",
    "\"\n\"",
    "\"\xff\"",
    "// x\n1",
    "'a'",
    "NaN",
    "\xef\xbb\xbf{}",
  };
  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_test_message ("%s", texts[i]);
    g_assert_cmpint (yl_signal_scan (texts[i], strlen (texts[i])), ==,
                     YL_SCAN_MALFORMED);
  }
  g_assert_cmpint (yl_signal_scan ("1\0", 2), ==, YL_SCAN_MALFORMED);
  g_assert_cmpint (yl_signal_scan ("\"\0\"", 3), ==, YL_SCAN_MALFORMED);
}

static void
test_truncated (void)
{
  static const char text[] =
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"x\":[true,\"\\u00e9\",-1.5e3]}";
  for (size_t size = 0; size < strlen (text); size++)
    g_assert_cmpint (yl_signal_scan (text, size), ==, YL_SCAN_MALFORMED);
  g_assert_cmpint (yl_signal_scan (text, strlen (text)), ==, YL_SCAN_OK);
}

static void
test_depth (void)
{
  g_autofree char *open = g_strnfill (100000, '[');
  g_autofree char *text =
      g_strdup_printf ("%.32s1%.32s", open, "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]");
  g_assert_cmpint (yl_signal_scan (text, strlen (text)), ==, YL_SCAN_OK);
  g_assert_cmpint (yl_signal_scan (open, 33), ==, YL_SCAN_TOO_DEEP);
  g_assert_cmpint (yl_signal_scan (open, 60000), ==, YL_SCAN_TOO_DEEP);
  g_assert_cmpint (yl_signal_scan (open, 100000), ==, YL_SCAN_TOO_LARGE);
}

static void
test_size (void)
{
  g_autofree char *text = g_strnfill (YL_SCAN_MAX_OCTETS + 1, ' ');
  text[0] = '1';
  g_assert_cmpint (yl_signal_scan (text, YL_SCAN_MAX_OCTETS), ==, YL_SCAN_OK);
  g_assert_cmpint (yl_signal_scan (text, YL_SCAN_MAX_OCTETS + 1), ==,
                   YL_SCAN_TOO_LARGE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/signal/scan/good", test_good);
  g_test_add_func ("/signal/scan/malformed", test_malformed);
  g_test_add_func ("/signal/scan/truncated", test_truncated);
  g_test_add_func ("/signal/scan/depth", test_depth);
  g_test_add_func ("/signal/scan/size", test_size);
  return g_test_run ();
}
