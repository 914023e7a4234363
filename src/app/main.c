/* yiliand: the daemon's command line */
#include <config.h>

#include "app/config.h"
#include "app/daemon.h"
#include "app/paths.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#define DEFAULT_CONFIG "/etc/yilian/yilian.conf"

typedef struct {
  char *config;
  char *data;
  char *listen;
  char *ports_file;
  char **settings;
  gboolean demo;
  gboolean check;
  gboolean version;
} Options;

static bool
apply_setting (YlConfig *config, const char *setting, GError **error)
{
  g_auto (GStrv) sides = g_strsplit (setting, "=", 2);
  g_auto (GStrv) names = g_strsplit (sides[0], ".", 2);
  if (g_strv_length (sides) == 2 && g_strv_length (names) == 2)
    return yl_config_set (config, names[0], names[1], sides[1], error);
  g_set_error (error, YL_CONFIG_ERROR, YL_CONFIG_ERROR_SYNTAX,
               "--set takes GROUP.KEY=VALUE, not '%s'", setting);
  return false;
}

/* Defaults, then the file, then the command line. */
static YlConfig *
make_config (const Options *options, GError **error)
{
  g_autoptr (YlConfig) config = yl_config_new (options->demo);
  const char *path = options->config;
  if (path == NULL && !options->demo)
    path = DEFAULT_CONFIG;
  if (path != NULL && !yl_config_load (config, path, error))
    return NULL;
  if (options->data != NULL
      && !yl_config_set (config, "store", "data", options->data, error))
    return NULL;
  if (options->listen != NULL
      && !yl_config_set (config, "server", "https", options->listen, error))
    return NULL;
  for (char **s = options->settings; s != NULL && *s != NULL; s++)
    if (!apply_setting (config, *s, error))
      return NULL;
  if (*config->data == '\0') {
    g_autofree char *data = yl_paths_demo_data ();
    yl_config_set (config, "store", "data", data, NULL);
  }
  YlLogLevel level;
  if (yl_log_level_parse (config->level, &level))
    yl_log_set_level (level);
  return g_steal_pointer (&config);
}

static int
run (const Options *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (YlConfig) config = make_config (options, &error);
  const YlDaemonOptions daemon_options = {
    .config = config,
    .demo = options->demo,
    .ports_file = options->ports_file,
  };
  if (config != NULL && options->check) {
    if (yl_daemon_check (&daemon_options, &error)) {
      puts ("the configuration is good");
      return 0;
    }
  } else if (config != NULL) {
    g_autoptr (YlDaemon) daemon = yl_daemon_new (&daemon_options, &error);
    if (daemon != NULL)
      return yl_daemon_run (daemon);
  }
  fprintf (stderr, "yiliand: %s\n", error->message);
  return 1;
}

int
main (int argc, char **argv)
{
  Options options = { 0 };
  const GOptionEntry entries[] = {
    { "config", 'c', 0, G_OPTION_ARG_FILENAME, &options.config,
      "Read settings from FILE instead of " DEFAULT_CONFIG, "FILE" },
    { "demo", 0, 0, G_OPTION_ARG_NONE, &options.demo,
      "Run the demo alliance on this machine only", NULL },
    { "check-config", 0, 0, G_OPTION_ARG_NONE, &options.check,
      "Check settings and certificate, then end", NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &options.version, "Print the version",
      NULL },
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &options.data,
      "Folder of the database", "DIR" },
    { "listen", 0, 0, G_OPTION_ARG_STRING, &options.listen,
      "HTTPS on this address; port 0: any", "ADDRESS:PORT" },
    { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.settings,
      "Any other setting", "GROUP.KEY=VALUE" },
    { "ports-file", 0, 0, G_OPTION_ARG_FILENAME, &options.ports_file,
      "Write the ports in use to FILE when ready", "FILE" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GOptionContext) context =
      g_option_context_new ("- telemedicine consultation gateway");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc > 1) {
    fprintf (stderr, "yiliand: %s\n",
             error != NULL ? error->message : "options only, please");
    return 2;
  }
  if (options.version) {
    puts ("yiliand " PACKAGE_VERSION);
    return 0;
  }
  signal (SIGPIPE, SIG_IGN);
  const int status = run (&options);
  g_free (options.config);
  g_free (options.data);
  g_free (options.listen);
  g_free (options.ports_file);
  g_strfreev (options.settings);
  return status;
}
