#include "sdp/sdp-text.h"

#include <string.h>

static void
assert_refused (const char *text, size_t size, int code)
{
  g_autoptr (GError) error = NULL;
  g_assert_false (yl_sdp_check_text (text, size, &error));
  g_assert_error (error, YL_SDP_ERROR, code);
}

static void
assert_bad (const char *text)
{
  assert_refused (text, strlen (text), YL_SDP_ERROR_MALFORMED);
}

static void
test_small (void)
{
  const char *good = "v=0\r\nm=audio 9 X 0\r\n";
  g_assert_true (yl_sdp_check_text (good, strlen (good), NULL));
  for (size_t size = 0; size < strlen (good); size++) {
    if (size > 0 && good[size - 1] == '\n')
      continue; /* whole lines, but then without a section */
    assert_refused (good, size, YL_SDP_ERROR_MALFORMED);
  }
  assert_bad ("v=0\r\n");
  assert_bad ("v=1\r\nm=audio 9 X 0\r\n");
  assert_bad ("m=audio 9 X 0\r\nv=0\r\n");
  assert_bad ("v=0\r\nm=audio 9 X 0\r\n\r\n");
  assert_bad ("v=0\r\nm=audio\r9 X 0\r\n");
  assert_bad ("v=0\r\nm=audio 9 X\t0\r\n");
  assert_bad ("v=0\r\nM=audio 9 X 0\r\n");
  assert_bad ("v=0\r\nm:audio 9 X 0\r\n");
  assert_bad ("v=0\r\nm=\xff\xfe\r\n");
  assert_refused ("v=0\r\nm=a\0b\r\n", 12, YL_SDP_ERROR_MALFORMED);
}

static void
assert_size (size_t line, unsigned lines, bool accepted)
{
  g_autofree char *filler = g_strnfill (line - 2, 'x');
  GString *text = g_string_new ("v=0\nm=audio 9 X 0\n");
  for (unsigned i = 0; i < lines; i++)
    g_string_append_printf (text, "a=%s\n", filler);
  if (accepted)
    g_assert_true (yl_sdp_check_text (text->str, text->len, NULL));
  else
    assert_refused (text->str, text->len, YL_SDP_ERROR_TOO_LARGE);
  g_string_free (text, TRUE);
}

static void
test_bounds (void)
{
  assert_size (YL_SDP_MAX_LINE, 1, true);
  assert_size (YL_SDP_MAX_LINE + 1, 1, false);
  assert_size (1023, 31, true);
  assert_size (1023, 32, false);
}

static void
test_sections (void)
{
  for (unsigned n = YL_SDP_MAX_SECTIONS; n <= YL_SDP_MAX_SECTIONS + 1; n++) {
    GString *text = g_string_new ("v=0\n");
    for (unsigned i = 0; i < n; i++)
      g_string_append (text, "m=audio 9 X 0\n");
    g_assert_true (yl_sdp_check_text (text->str, text->len, NULL)
                   == (n <= YL_SDP_MAX_SECTIONS));
    g_string_free (text, TRUE);
  }
}

static void
test_number (void)
{
  const char *at = "4294967295x";
  uint32_t number = 0;
  g_assert_true (yl_sdp_read_number (&at, UINT32_MAX, &number));
  g_assert_cmpuint (number, ==, UINT32_MAX);
  g_assert_cmpstr (at, ==, "x");
  static const char *const bad[] = {
    "", "x", "-1", " 1", "128", "99999999999999999999999999"
  };
  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++) {
    at = bad[i];
    g_assert_false (yl_sdp_read_number (&at, 127, &number));
    g_assert_true (at == bad[i]);
  }
}

static void
test_token (void)
{
  g_assert_true (yl_sdp_is_token ("a-b_1.", 6, 6));
  g_assert_false (yl_sdp_is_token ("abc", 3, 2));
  g_assert_false (yl_sdp_is_token ("", 0, 2));
  g_assert_false (yl_sdp_is_token ("a b", 3, 16));
  g_assert_false (yl_sdp_is_token ("a:b", 3, 16));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sdp/text/small", test_small);
  g_test_add_func ("/sdp/text/bounds", test_bounds);
  g_test_add_func ("/sdp/text/sections", test_sections);
  g_test_add_func ("/sdp/text/number", test_number);
  g_test_add_func ("/sdp/text/token", test_token);
  return g_test_run ();
}
