#include "server/cookie.h"
#include "server/origin.h"

#include <glib.h>

static void
test_origin (void)
{
  static const struct {
    const char *origin, *host;
    bool ours;
  } cases[] = {
    { NULL, "a.test", true },
    { NULL, NULL, true },
    { "https://a.test", "a.test", true },
    { "https://A.test:8443", "a.TEST:8443", true },
    { "https://a.test", "a.test:443", true },
    { "http://a.test:80", "a.test", true },
    { "https://[::1]:8443", "[::1]:8443", true },
    { "https://a.test:80", "a.test", false },
    { "https://a.test", "a.test:80", false },
    { "https://a.test.evil", "a.test", false },
    { "https://evil/a.test", "a.test", false },
    { "null", "a.test", false },
    { "", "a.test", false },
    { "ftp://a.test", "a.test", false },
    { "https://", "", false },
    { "https://:443", ":443", false },
    { "https://a.test", NULL, false },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("%s at %s", cases[i].origin, cases[i].host);
    g_assert_cmpint (yl_origin_matches (cases[i].origin, cases[i].host, false),
                     ==, cases[i].ours);
  }
  /* Over TLS only what came over TLS; without, a proxy may have ended it. */
  g_assert_true (yl_origin_matches ("https://a.test", "a.test", true));
  g_assert_false (yl_origin_matches ("http://a.test", "a.test", true));
  g_assert_true (yl_origin_matches (NULL, "a.test", true));
}

static void
test_cookie (void)
{
  static const struct {
    const char *header, *value;
  } cases[] = {
    { "s=abc", "abc" },
    { "x=y; s=abc", "abc" },
    { "x=y;s=abc ; z", "abc" },
    { "ss=no; s=abc", "abc" },
    { "s=first; s=second", "first" },
    { "s=1234567", "1234567" },
    { "s=12345678", NULL },
    { "s=", NULL },
    { "s", NULL },
    { "x=s=abc", NULL },
    { "", NULL },
    { ";;; ", NULL },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    char value[8];
    const bool found =
        yl_cookie_find (cases[i].header, "s", value, sizeof value);
    g_test_message ("%s", cases[i].header);
    g_assert_cmpstr (found ? value : NULL, ==, cases[i].value);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/server/headers/origin", test_origin);
  g_test_add_func ("/server/headers/cookie", test_cookie);
  return g_test_run ();
}
