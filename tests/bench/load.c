/* load.c: the same traffic to any of the servers, and what it cost them
 *
 *   load --target yilian --scenario course --viewers 60 --seconds 10
 *
 * Prints one JSON object. */
#include "targets.h"

#include <stdlib.h>

static char *target_name = NULL;
static char **target_options = NULL;

static const GOptionEntry options[] = {
  { "target", 0, 0, G_OPTION_ARG_STRING, &target_name, "server to run",
    "NAME" },
  { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &target_options,
    "setting of the target", "KEY=VALUE" },
  { NULL, 0, 0, 0, NULL, NULL, NULL },
};

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    g_printerr ("%s\n", error->message);
    return EXIT_FAILURE;
  }
  if (targets_find (target_name) == NULL) {
    g_printerr ("no such target\n");
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
