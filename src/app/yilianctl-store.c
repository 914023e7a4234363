/* yilianctl-store.c: alliance file, backup, restore, status */
#include "app/yilianctl.h"

#include <gio/gio.h>
#include <string.h>
#include <unistd.h>

#define ANSWER_MAX (256u * 1024u)
#define TIMEOUT_S 5

static bool
import (YlDatabase *database, const char *text, size_t size, GError **error)
{
  const bool done =
      yl_database_begin (database, error)
      && yl_database_import_alliances (database, text, size, error)
      && yl_database_commit (database, error);
  if (!done)
    yl_database_rollback (database);
  return done;
}

bool
yl_ctl_alliance_import (const YlCtl *self, char **arguments, GError **error)
{
  g_autofree char *text = NULL;
  gsize size;
  g_autoptr (GError) wrong = NULL;
  if (!g_file_get_contents (arguments[0], &text, &size, error))
    return false;
  g_autoptr (YlAlliances) alliances = yl_alliances_parse (text, size, &wrong);
  if (alliances == NULL) {
    g_propagate_prefixed_error (error, g_steal_pointer (&wrong),
                                "%s: ", arguments[0]);
    return false;
  }
  g_autoptr (YlDatabase) database =
      yl_database_open (self->database, YL_DATABASE_MAKE, error);
  yl_ctl_give_to_daemon (self);
  if (database == NULL || !import (database, text, size, error))
    return false;
  size_t organisations, groups, persons, posts;
  yl_alliances_organisations (alliances, &organisations);
  yl_alliances_alliances (alliances, &groups);
  yl_alliances_persons (alliances, &persons);
  yl_alliances_posts (alliances, &posts);
  g_print ("%zu organisations, %zu alliances, %zu people, %zu posts; a "
           "running daemon takes them with: systemctl reload yilian\n",
           organisations, groups, persons, posts);
  return true;
}

bool
yl_ctl_backup (const YlCtl *self, char **arguments, GError **error)
{
  g_autoptr (YlDatabase) database =
      yl_database_open (self->database, YL_DATABASE_KEEP, error);
  if (database == NULL || !yl_database_backup (database, arguments[0], error))
    return false;
  g_print ("%s written\n", arguments[0]);
  return true;
}

bool
yl_ctl_restore (const YlCtl *self, char **arguments, GError **error)
{
  g_autoptr (GError) wrong = NULL;
  if (!yl_database_restore (self->database, arguments[0], &wrong)) {
    g_propagate_prefixed_error (
        error, g_steal_pointer (&wrong), "%s",
        g_error_matches (wrong, YL_STORE_ERROR, YL_STORE_ERROR_LOCKED)
            ? "stop the daemon first: "
            : "");
    return false;
  }
  yl_ctl_give_to_daemon (self);
  g_print ("%s restored; what was there is in %s.before-restore\n",
           arguments[0], self->database);
  return true;
}

/* --- status --- */

static void
print_schema (const YlCtl *self, int version)
{
  g_print ("database: %s, schema %d", self->database, version);
  if (version != YL_DATABASE_VERSION)
    g_print (", this program needs %d", YL_DATABASE_VERSION);
  g_print ("\n");
}

static bool
check_database (const YlCtl *self, GError **error)
{
  uint64_t events;
  g_autoptr (YlJournalState) state = NULL;
  g_autoptr (YlDatabase) database =
      yl_database_open (self->database, YL_DATABASE_KEEP, error);
  if (database == NULL)
    return false;
  print_schema (self, yl_database_version (database));
  if (!yl_database_verify (database, &events, error)
      || !yl_database_state (database, &state, error))
    return false;
  g_print ("events: %" G_GUINT64_FORMAT ", the chains hold\n", events);
  g_print ("open consultations: %u, posts on duty: %u\n", state->open->len,
           state->duty->len);
  return true;
}

static char *
ask_daemon (const char *address, GError **error)
{
  static const char request[] = "GET /metrics HTTP/1.0\r\n"
                                "Host: localhost\r\n\r\n";
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_socket_client_set_timeout (client, TIMEOUT_S);
  g_autoptr (GSocketConnection) connection =
      g_socket_client_connect_to_host (client, address, 9464, NULL, error);
  if (connection == NULL)
    return NULL;
  GIOStream *stream = G_IO_STREAM (connection);
  if (!g_output_stream_write_all (g_io_stream_get_output_stream (stream),
                                  request, sizeof request - 1, NULL, NULL,
                                  error))
    return NULL;
  g_autofree char *answer = g_malloc (ANSWER_MAX + 1);
  gsize size;
  if (!g_input_stream_read_all (g_io_stream_get_input_stream (stream), answer,
                                ANSWER_MAX, &size, NULL, error))
    return NULL;
  answer[size] = '\0';
  return g_steal_pointer (&answer);
}

/* The samples of Yilian's own that are not zero, without comments. */
static void
print_metrics (const char *answer)
{
  g_auto (GStrv) lines = g_strsplit (answer, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (g_strchomp (lines[i]), "yilian_")
        && !g_str_has_suffix (lines[i], " 0"))
      g_print ("  %s\n", lines[i]);
}

/* A daemon that runs holds the lock of its database. */
static bool
check_daemon (const YlCtl *self, GError **error)
{
  g_autoptr (GError) wrong = NULL;
  const int lock = yl_database_lock (self->database, &wrong);
  yl_ctl_give_to_daemon (self); /* the lock's file may be new */
  if (lock >= 0) {
    close (lock);
    g_print ("daemon: not running\n");
    return true;
  }
  if (!g_error_matches (wrong, YL_STORE_ERROR, YL_STORE_ERROR_LOCKED)) {
    g_propagate_error (error, g_steal_pointer (&wrong));
    return false;
  }
  if (*self->metrics == '\0') {
    g_print ("daemon: running, metrics are off\n");
    return true;
  }
  g_clear_error (&wrong);
  g_autofree char *answer = ask_daemon (self->metrics, &wrong);
  if (answer == NULL) {
    g_set_error (error, YL_CTL_ERROR, YL_CTL_ERROR_DAEMON,
                 "the daemon runs, but does not answer at %s: %s",
                 self->metrics, wrong->message);
    return false;
  }
  g_print ("daemon: running\n");
  print_metrics (answer);
  return true;
}

bool
yl_ctl_status (const YlCtl *self, char **arguments, GError **error)
{
  return check_database (self, error) && check_daemon (self, error);
}
