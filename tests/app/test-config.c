#include "app/config.h"

#include <string.h>

static void
assert_refused (const char *text, const char *wanted)
{
  g_autoptr (YlConfig) config = yl_config_new (false);
  g_autoptr (GError) error = NULL;
  g_assert_false (yl_config_parse (config, "y.conf", text, &error));
  g_assert_nonnull (error);
  g_test_message ("%s", error->message);
  g_assert_cmpstr (error->message, ==, wanted);
}

static void
test_defaults (void)
{
  g_autoptr (YlConfig) site = yl_config_new (false);
  g_autoptr (YlConfig) demo = yl_config_new (true);
  g_assert_cmpstr (site->https, ==, "[::]:443");
  g_assert_cmpstr (demo->https, ==, "127.0.0.1:8443");
  g_assert_cmpint (site->media_port, ==, 443);
  g_assert_cmpint (demo->media_port, ==, 8443);
  g_assert_cmpint (demo->workers, ==, 0);
}

/* Every default is a value its own key takes. */
static void
test_defaults_fit (void)
{
  size_t n;
  const YlConfigKey *keys = yl_config_keys (&n);
  g_autoptr (YlConfig) config = yl_config_new (false);
  for (size_t i = 0; i < n; i++) {
    const char *values[] = { keys[i].value, keys[i].demo_value };
    for (size_t k = 0; k < G_N_ELEMENTS (values); k++) {
      g_autoptr (GError) error = NULL;
      if (values[k] != NULL)
        g_assert_true (yl_config_set (config, keys[i].group, keys[i].name,
                                      values[k], &error));
      g_assert_no_error (error);
    }
  }
}

static void
test_file (void)
{
  g_autoptr (YlConfig) config = yl_config_new (false);
  g_autoptr (GError) error = NULL;
  g_assert_true (yl_config_parse (config, "y.conf",
                                  "# a comment\n"
                                  "\n[server]\n"
                                  "  https = 192.0.2.1:8443 \n"
                                  "http=\n"
                                  "[media]\n"
                                  "announce = 192.0.2.7, 2001:db8::7\n"
                                  "port=0\n",
                                  &error));
  g_assert_no_error (error);
  g_assert_cmpstr (config->https, ==, "192.0.2.1:8443");
  g_assert_cmpstr (config->http, ==, "");
  g_assert_cmpstr (config->announce, ==, "192.0.2.7, 2001:db8::7");
  g_assert_cmpint (config->media_port, ==, 0);
}

static void
test_misspelt (void)
{
  assert_refused ("[media]\n\nanounce = 192.0.2.1\n",
                  "y.conf:3: there is no key 'anounce' in [media]; did you "
                  "mean 'announce' in [media]?");
  assert_refused ("[server]\nworkers = 2\n",
                  "y.conf:2: there is no key 'workers' in [server]; did you "
                  "mean 'workers' in [media]?");
  assert_refused ("[medai]\nport = 2\n",
                  "y.conf:2: there is no key 'port' in [medai]; did you mean "
                  "'port' in [media]?");
}

static void
test_values (void)
{
  assert_refused ("[media]\nport = 70000\n",
                  "y.conf:2: port in [media] cannot be '70000': a whole "
                  "number from 0 to 65535 is wanted");
  assert_refused ("[media]\nworkers = two\n",
                  "y.conf:2: workers in [media] cannot be 'two': a whole "
                  "number from 0 to 64 is wanted");
  assert_refused ("[server]\nhttps = localhost\n",
                  "y.conf:2: https in [server] cannot be 'localhost': like "
                  "127.0.0.1:8443 or [::]:443");
  assert_refused ("[media]\nannounce = 192.0.2.1, x\n",
                  "y.conf:2: announce in [media] cannot be '192.0.2.1, x': "
                  "IP addresses are wanted");
  assert_refused ("[log]\nlevel = loud\n",
                  "y.conf:2: level in [log] cannot be 'loud': error, "
                  "warning, info or debug is wanted");
}

static void
test_syntax (void)
{
  assert_refused ("https = x\n",
                  "y.conf:1: a [group] has to come before 'https = x'");
  assert_refused ("[server]\nwhat\n",
                  "y.conf:2: neither [group] nor key = value: 'what'");
}

static void
test_listen (void)
{
  YlAddress address;
  g_assert_true (yl_config_parse_listen ("[2001:db8::1]:443", &address));
  g_assert_cmpuint (address.port, ==, 443);
  g_assert_true (yl_config_parse_listen ("0.0.0.0:0", &address));
  static const char *const wrong[] = {
    "",         ":443",        "443",           "127.0.0.1",
    "::1:443",  "[::1]",       "[::1:443",      "127.0.0.1:",
    "[]:1",     "1.2.3.4:-1",  "1.2.3.4:65536", "[127.0.0.1:8]:1x",
    "a.test:1", "127.0.0.1: 1"
  };
  for (size_t i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_test_message ("%s", wrong[i]);
    g_assert_false (yl_config_parse_listen (wrong[i], &address));
  }
}

/* packaging/yilian.conf says exactly what the table says: group, name,
 * default and documentation of every key, and nothing else. */
static void
test_documented (void)
{
  g_autofree char *path = g_build_filename (
      g_getenv ("YL_SRCDIR") != NULL ? g_getenv ("YL_SRCDIR") : "..",
      "packaging", "yilian.conf", NULL);
  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (GString) doc = g_string_new (NULL);
  g_autofree char *group = NULL;
  size_t n, i = 0;
  const YlConfigKey *keys = yl_config_keys (&n);
  for (char **line = lines; *line != NULL; line++) {
    if ((*line)[0] == '[') {
      g_free (group);
      group = g_strndup (*line + 1, strlen (*line) - 2);
    } else if (g_str_has_prefix (*line, "# ")) {
      g_string_append_printf (doc, "%s%s", doc->len > 0 ? " " : "", *line + 2);
    } else if ((*line)[0] == '#') {
      g_assert_cmpuint (i, <, n);
      g_autofree char *wanted =
          g_strdup_printf ("#%s = %s", keys[i].name, keys[i].value);
      g_assert_cmpstr (*line, ==, g_strchomp (wanted));
      g_assert_cmpstr (group, ==, keys[i].group);
      g_assert_cmpstr (doc->str, ==, keys[i].doc);
      i++;
    } else {
      g_assert_cmpstr (*line, ==, "");
      g_string_truncate (doc, 0);
    }
  }
  g_assert_cmpuint (i, ==, n);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/config/defaults", test_defaults);
  g_test_add_func ("/app/config/defaults-fit", test_defaults_fit);
  g_test_add_func ("/app/config/file", test_file);
  g_test_add_func ("/app/config/misspelt", test_misspelt);
  g_test_add_func ("/app/config/values", test_values);
  g_test_add_func ("/app/config/syntax", test_syntax);
  g_test_add_func ("/app/config/listen", test_listen);
  g_test_add_func ("/app/config/documented", test_documented);
  return g_test_run ();
}
