/* yilianctl.c: options and the table of commands of the admin tool */
#include "app/yilianctl.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#define CONFIG "/etc/yilian/yilian.conf"

G_DEFINE_QUARK (yl - ctl - error - quark, yl_ctl_error)

static const struct {
  const char *words;
  unsigned n_words;
  unsigned n_arguments;
  bool (*run) (const YlCtl *self, char **arguments, GError **error);
  const char *usage;
  const char *doc;
} COMMANDS[] = {
  { "user add", 2, 1, yl_ctl_user_add, "user add ACCOUNT",
    "make an account; the password comes from the terminal or stdin" },
  { "user passwd", 2, 1, yl_ctl_user_passwd, "user passwd ACCOUNT",
    "set a new password and end the account's sessions" },
  { "course add", 2, 1, yl_ctl_course_add, "course add NAME [--title TITLE]",
    "make a course and show its addresses and tokens, once" },
  { "course list", 2, 0, yl_ctl_course_list, "course list",
    "name, day it was made and title of each course" },
  { "course remove", 2, 1, yl_ctl_course_remove, "course remove NAME",
    "remove a course; reload the daemon to end it while it is on" },
  { "course token", 2, 1, yl_ctl_course_token, "course token NAME",
    "give a course new tokens instead of the old ones" },
  { "alliance import", 2, 1, yl_ctl_alliance_import, "alliance import FILE",
    "check an alliance file and keep it; reload the daemon to use it" },
  { "backup", 1, 1, yl_ctl_backup, "backup FILE",
    "write a consistent copy of the database, also while it is in use" },
  { "restore", 1, 1, yl_ctl_restore, "restore FILE",
    "put a backup in place of the database; the daemon must be stopped" },
  { "status", 1, 0, yl_ctl_status, "status",
    "check the database and ask the daemon how it is" },
};

static char *
describe (void)
{
  GString *text = g_string_new ("Commands:\n");
  for (size_t i = 0; i < G_N_ELEMENTS (COMMANDS); i++)
    g_string_append_printf (text, "  %-22s %s\n", COMMANDS[i].usage,
                            COMMANDS[i].doc);
  return g_string_free (text, FALSE);
}

static bool
matches (const char *words, char **arguments)
{
  g_auto (GStrv) parts = g_strsplit (words, " ", -1);
  for (guint i = 0; parts[i] != NULL; i++)
    if (g_strcmp0 (parts[i], arguments[i]) != 0)
      return false;
  return true;
}

static bool
run (const YlCtl *self, char **arguments, GError **error)
{
  const guint n = g_strv_length (arguments);
  for (size_t i = 0; i < G_N_ELEMENTS (COMMANDS); i++) {
    if (!matches (COMMANDS[i].words, arguments))
      continue;
    if (n == COMMANDS[i].n_words + COMMANDS[i].n_arguments)
      return COMMANDS[i].run (self, arguments + COMMANDS[i].n_words, error);
    g_set_error (error, YL_CTL_ERROR, YL_CTL_ERROR_USAGE, "usage: yilianctl %s",
                 COMMANDS[i].usage);
    return false;
  }
  g_set_error (error, YL_CTL_ERROR, YL_CTL_ERROR_USAGE,
               n > 0 ? "unknown command '%s', see yilianctl --help"
                     : "%sa command is expected, see yilianctl --help",
               n > 0 ? arguments[0] : "");
  return false;
}

/* The daemon's own file says where the database is; @named: the file was
 * asked for, so it must be there. */
static bool
read_config (YlCtl *self, const char *path, bool named, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) wrong = NULL;
  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, &wrong)
      && (named
          || !g_error_matches (wrong, G_FILE_ERROR, G_FILE_ERROR_NOENT))) {
    g_propagate_prefixed_error (error, g_steal_pointer (&wrong), "%s: ", path);
    return false;
  }
  if (self->data == NULL)
    self->data = g_key_file_get_string (file, "store", "data", NULL);
  if (self->metrics == NULL)
    self->metrics = g_key_file_get_string (file, "server", "metrics", NULL);
  self->https = g_key_file_get_string (file, "server", "https", NULL);
  return true;
}

static bool
prepare (YlCtl *self, const char *config, GError **error)
{
  if (!read_config (self, config != NULL ? config : CONFIG, config != NULL,
                    error))
    return false;
  if (self->data == NULL || *self->data == '\0') {
    g_free (self->data);
    self->data = g_strdup ("/var/lib/yilian");
  }
  if (self->metrics == NULL)
    self->metrics = g_strdup ("127.0.0.1:9464");
  self->database = g_build_filename (self->data, "yilian.db", NULL);
  return true;
}

int
main (int argc, char **argv)
{
  YlCtl self = { 0 };
  g_autofree char *config = NULL;
  g_auto (GStrv) rest = NULL;
  g_autoptr (GError) error = NULL;
  const GOptionEntry entries[] = {
    { "config", 0, 0, G_OPTION_ARG_FILENAME, &config,
      "The daemon's configuration (" CONFIG ")", "FILE" },
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &self.data,
      "Folder of the database (as configured)", "DIR" },
    { "name", 0, 0, G_OPTION_ARG_STRING, &self.name,
      "user add: name of the person, if no alliance file has it", "NAME" },
    { "name-en", 0, 0, G_OPTION_ARG_STRING, &self.name_en,
      "user add: the name in English", "NAME" },
    { "locale", 0, 0, G_OPTION_ARG_STRING, &self.locale,
      "user add: zh-CN or en", "LOCALE" },
    { "title", 0, 0, G_OPTION_ARG_STRING, &self.title,
      "course add: what the course is about", "TITLE" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &rest, NULL,
      "COMMAND" },
    G_OPTION_ENTRY_NULL,
  };
  setlocale (LC_ALL, "");
  g_autofree char *commands = describe ();
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_option_context_set_summary (context, "Administers a Yilian gateway.");
  g_option_context_set_description (context, commands);
  g_option_context_add_main_entries (context, entries, NULL);
  char *none[] = { NULL };
  const bool done = g_option_context_parse (context, &argc, &argv, &error)
                    && prepare (&self, config, &error)
                    && run (&self, rest != NULL ? rest : none, &error);
  if (!done)
    g_printerr ("yilianctl: %s\n", error->message);
  const bool usage =
      error != NULL
      && (error->domain == G_OPTION_ERROR
          || g_error_matches (error, YL_CTL_ERROR, YL_CTL_ERROR_USAGE));
  g_free (self.data);
  g_free (self.database);
  g_free (self.metrics);
  g_free (self.name);
  g_free (self.name_en);
  g_free (self.locale);
  g_free (self.title);
  g_free (self.https);
  return done ? EXIT_SUCCESS : usage ? 2 : EXIT_FAILURE;
}
