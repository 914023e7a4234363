/* PROTOCOL.md is normative: its table of refusals is that of reply.c, and the
 * other way round. */
#include "whip/reply.h"

#include <string.h>

/* The line of the table that names this reason. */
static bool
is_told (const char *protocol, const YlWhipRefusalRow *row)
{
  g_auto (GStrv) lines = g_strsplit (protocol, "\n", -1);
  g_autofree char *status = g_strdup_printf ("| %u |", row->status);
  g_autofree char *word = g_strdup_printf ("\\b%s\\b", row->name);
  for (char **line = lines; *line != NULL; line++) {
    g_auto (GStrv) cells = g_strsplit (*line, "|", -1);
    if (g_str_has_prefix (*line, status)
        && g_regex_match_simple (word, cells[2], 0, 0))
      return true;
  }
  return false;
}

static void
test_refusals (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "src",
                                                 "whip", "PROTOCOL.md", NULL);
  g_autofree char *protocol = NULL;
  g_autoptr (GError) error = NULL;
  g_file_get_contents (path, &protocol, NULL, &error);
  g_assert_no_error (error);
  for (int i = YL_WHIP_OK + 1; i < YL_WHIP_N_REFUSALS; i++) {
    const YlWhipRefusalRow *row = yl_whip_refusal_row ((YlWhipRefusal) i);
    g_test_message ("%u %s", row->status, row->name);
    g_assert_true (is_told (protocol, row));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/whip/protocol/refusals", test_refusals);
  return g_test_run ();
}
