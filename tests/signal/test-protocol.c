/* PROTOCOL.md is normative: methods, parameters and codes of the tables are
 * those it names, and the other way round. */
#include "signal/method.h"

#include <string.h>

static char *protocol;

/* The lines of a Markdown table in section @heading, without its head. */
static char **
table_of (const char *heading)
{
  const char *section = strstr (protocol, heading);
  g_assert_nonnull (section);
  const char *table = strstr (section, "|---");
  g_assert_nonnull (table);
  const char *start = strchr (table, '\n') + 1;
  const char *end = strstr (start, "\n\n");
  g_autofree char *text = end != NULL
                              ? g_strndup (start, (size_t) (end - start))
                              : g_strdup (start);
  return g_strsplit (g_strchomp (text), "\n", -1);
}

static char **
cells (const char *line)
{
  char **parts = g_strsplit (line, "|", -1);
  for (char **p = parts; *p != NULL; p++)
    g_strstrip (*p);
  return parts; /* [0] is empty */
}

static void
test_methods (void)
{
  bool seen[YL_N_METHODS] = { false };
  g_auto (GStrv) lines = table_of ("## 4. Methods");
  for (char **line = lines; *line != NULL; line++) {
    g_auto (GStrv) parts = cells (*line);
    YlMethodId id;
    g_test_message ("%s", parts[1]);
    g_assert_true (yl_method_find (parts[1], &id));
    g_assert_false (seen[id]);
    seen[id] = true;

    const YlMethod *row = yl_method_row (id);
    g_assert_cmpint (row->anybody, ==, strstr (parts[2], "anybody") != NULL);
    g_assert_cmpint (row->post_only, ==,
                     strstr (parts[2], "POST only") != NULL);
    g_assert_cmpint (row->command, ==, g_str_has_prefix (parts[3], "command"));
    for (const YlParam *p = row->params; p->kind != YL_PARAM_NONE; p++) {
      const char *dot = strchr (p->name, '.');
      const char *last = dot != NULL ? dot + 1 : p->name;
      g_test_message ("  %s", p->name);
      g_autofree char *word = g_strdup_printf ("\\b%s\\b", last);
      g_assert_true (g_regex_match_simple (word, parts[3], 0, 0));
      g_autofree char *optional = g_strdup_printf ("%s…", last);
      g_assert_cmpint (p->optional, ==, strstr (parts[3], optional) != NULL);
    }
  }
  for (int i = 0; i < YL_N_METHODS; i++) {
    g_test_message ("%s is documented", yl_method_row (i)->name);
    g_assert_true (seen[i]);
  }
}

static void
test_codes (void)
{
  size_t n, documented = 0;
  const YlCodeRow *rows = yl_code_rows (&n);
  g_auto (GStrv) lines = table_of ("## 2. Errors");
  for (char **line = lines; *line != NULL; line++) {
    g_auto (GStrv) parts = cells (*line);
    const int code = (int) g_ascii_strtoll (parts[1], NULL, 10);
    const YlCodeRow *row = yl_code_row ((YlCode) code);
    g_test_message ("%s %s", parts[1], parts[2]);
    g_assert_cmpint (row->code, ==, code);
    g_assert_cmpstr (row->name, ==, parts[2]);
    documented++;
  }
  g_assert_cmpuint (documented, ==, n);
  g_assert_cmpint (yl_code_row ((YlCode) 12345)->code, ==, YL_CODE_INTERNAL);
  g_assert_cmpint (rows[0].code, ==, YL_CODE_INTERNAL);
}

/* Who changes something says which command it is, so that a repeat is known
 * as one. */
static void
test_commands (void)
{
  for (int i = 0; i < YL_N_METHODS; i++) {
    const YlMethod *row = yl_method_row (i);
    g_test_message ("%s", row->name);
    g_assert_cmpint (row->command, ==, row->params[0].kind == YL_PARAM_COMMAND);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  const char *root = g_getenv ("YL_SRCDIR");
  g_autofree char *path = g_build_filename (root != NULL ? root : "..", "src",
                                            "signal", "PROTOCOL.md", NULL);
  g_assert_true (g_file_get_contents (path, &protocol, NULL, NULL));
  g_test_add_func ("/signal/protocol/methods", test_methods);
  g_test_add_func ("/signal/protocol/codes", test_codes);
  g_test_add_func ("/signal/protocol/commands", test_commands);
  const int status = g_test_run ();
  g_free (protocol);
  return status;
}
