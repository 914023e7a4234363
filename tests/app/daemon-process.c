#include "daemon-process.h"

#include "../server/scenario.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The longest a start or an end may take [s]. */
#define PATIENCE_S 30

char *
daemon_path (const DaemonProcess *self, const char *name)
{
  return g_build_filename (self->folder, name, NULL);
}

static char *
program (const char *name)
{
  const char *build = g_getenv ("YL_BUILDDIR");
  return g_build_filename (build != NULL ? build : ".", "src", "app", name,
                           NULL);
}

static void
spawn (DaemonProcess *self, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_spawn_async_with_pipes (
      NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL,
      NULL, NULL, &self->pid, NULL, NULL, &self->output, &error);
  g_assert_no_error (error);
}

void
daemon_set_up (DaemonProcess *self)
{
  memset (self, 0, sizeof *self);
  self->folder = g_dir_make_tmp ("yilian-XXXXXX", NULL);
}

static int
wait_for_end (DaemonProcess *self)
{
  int status;
  alarm (PATIENCE_S);
  g_assert_cmpint (waitpid (self->pid, &status, 0), ==, self->pid);
  alarm (0);
  self->pid = 0;
  close (self->output);
  return WIFEXITED (status) ? WEXITSTATUS (status) : 128 + WTERMSIG (status);
}

int
daemon_end (DaemonProcess *self, int signal_number)
{
  g_assert_cmpint (kill (self->pid, signal_number), ==, 0);
  return wait_for_end (self);
}

void
daemon_tear_down (DaemonProcess *self)
{
  if (self->pid != 0)
    daemon_end (self, SIGKILL);
  g_autofree char *command = g_strdup_printf ("rm -r '%s'", self->folder);
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  g_free (self->folder);
}

/* One line of what it says; NULL at its end. */
static char *
read_line (const DaemonProcess *self)
{
  GString *line = g_string_new (NULL);
  char c;
  while (read (self->output, &c, 1) == 1) {
    if (c == '\n')
      return g_string_free (line, FALSE);
    g_string_append_c (line, c);
  }
  g_string_free (line, TRUE);
  return NULL;
}

char *
daemon_await_line (const DaemonProcess *self, const char *part)
{
  char *line;
  alarm (PATIENCE_S);
  for (;;) {
    line = read_line (self);
    g_assert_nonnull (line);
    g_test_message ("%s", line);
    if (strstr (line, part) != NULL)
      break;
    g_free (line);
  }
  alarm (0);
  return line;
}

static uint16_t
port_in (const char *line, const char *name)
{
  const char *at = strstr (line, name);
  g_assert_nonnull (at);
  return (uint16_t) g_ascii_strtoull (at + strlen (name), NULL, 10);
}

void
daemon_start (DaemonProcess *self)
{
  daemon_start_with (self, NULL);
}

void
daemon_start_with (DaemonProcess *self, const char *setting)
{
  g_autofree char *path = program ("yiliand");
  g_autofree char *data = daemon_path (self, "data");
  static const char ports[] = "server.http=127.0.0.1:0 "
                              "server.metrics=127.0.0.1:0 media.port=0";
  g_autofree char *all =
      g_strjoin (" ", ports, setting, NULL); /* ends at NULL */
  g_auto (GStrv) settings = g_strsplit (all, " ", -1);
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  const char *fixed[] = { path, "--demo",   "--data",
                          data, "--listen", "127.0.0.1:0" };
  for (size_t i = 0; i < G_N_ELEMENTS (fixed); i++)
    g_ptr_array_add (argv, (char *) fixed[i]);
  for (char **one = settings; *one != NULL; one++) {
    g_ptr_array_add (argv, (char *) "--set");
    g_ptr_array_add (argv, *one);
  }
  g_ptr_array_add (argv, NULL);
  spawn (self, (char **) argv->pdata);
  g_autofree char *line = daemon_await_line (self, "ready: ");
  self->https = port_in (line, "https=");
  self->http = port_in (line, "http=");
  self->metrics = port_in (line, "metrics=");
}

int
daemon_run (DaemonProcess *self, char **output, ...)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autofree char *path = program ("yiliand");
  va_list args;
  g_ptr_array_add (argv, path);
  va_start (args, output);
  char *argument;
  do {
    argument = va_arg (args, char *);
    g_ptr_array_add (argv, argument);
  } while (argument != NULL);
  va_end (args);

  spawn (self, (char **) argv->pdata);
  GString *said = g_string_new (NULL);
  char *line;
  alarm (PATIENCE_S);
  while ((line = read_line (self)) != NULL) {
    g_string_append_printf (said, "%s\n", line);
    g_free (line);
  }
  alarm (0);
  g_test_message ("%s", said->str);
  *output = g_string_free (said, FALSE);
  return wait_for_end (self);
}

char *
daemon_ctl (const DaemonProcess *self, const char *words)
{
  g_autofree char *path = program ("yilianctl");
  g_autofree char *line =
      g_strdup_printf ("'%s' --data '%s/data' %s", path, self->folder, words);
  g_autoptr (GError) error = NULL;
  char *output;
  int status;
  g_spawn_command_line_sync (line, &output, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  return output;
}

/* --- asking --- */

int
daemon_metric (const DaemonProcess *self, const char *name)
{
  g_autofree char *label = g_strdup_printf ("\nyilian_%s ", name);
  g_autofree char *text =
      client_ask (self->metrics, "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
  g_assert_nonnull (text);
  const char *at = strstr (text, label);
  g_assert_nonnull (at);
  return (int) g_ascii_strtoll (at + strlen (label), NULL, 10);
}

static char *
post (const DaemonProcess *self, const char *session, const char *body)
{
  g_autofree char *request = g_strdup_printf (
      "POST /rpc HTTP/1.1\r\nHost: 127.0.0.1\r\n"
      "Content-Type: application/json\r\nContent-Length: %zu\r\n"
      "Cookie: a=b; yilian_session=%s\r\n\r\n%s",
      strlen (body), session != NULL ? session : "none", body);
  char *reply = client_ask (self->http, request);
  g_assert_nonnull (reply);
  return reply;
}

static char *
make_body (const char *method, const char *params)
{
  g_autofree char *quoted = g_strdup (params);
  g_strdelimit (quoted, "'", '"');
  return g_strdup_printf (
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":%s}", method,
      quoted);
}

JsonNode *
daemon_ask (const DaemonProcess *self, const char *session, const char *method,
            const char *params)
{
  g_autofree char *body = make_body (method, params);
  g_autofree char *reply = post (self, session, body);
  g_autoptr (GError) error = NULL;
  JsonNode *node = json_from_string (strstr (reply, "\r\n\r\n") + 4, &error);
  g_assert_no_error (error);
  return node;
}

int
daemon_ask_code (const DaemonProcess *self, const char *session,
                 const char *method, const char *params)
{
  g_autoptr (JsonNode) reply = daemon_ask (self, session, method, params);
  JsonObject *object = json_node_get_object (reply);
  if (json_object_has_member (object, "result"))
    return 0;
  return (int) json_object_get_int_member (
      json_object_get_object_member (object, "error"), "code");
}

char *
daemon_sign_in (const DaemonProcess *self, const char *account)
{
  g_autofree char *params =
      g_strdup_printf ("{'account':'%s','password':'demo'}", account);
  g_autofree char *body = make_body ("session.open", params);
  g_autofree char *reply = post (self, NULL, body);
  const char *cookie = strstr (reply, "set-cookie: yilian_session=");
  g_assert_nonnull (cookie);
  cookie += strlen ("set-cookie: yilian_session=");
  return g_strndup (cookie, strcspn (cookie, ";"));
}

const char *
daemon_text (JsonNode *reply, const char *path)
{
  g_auto (GStrv) names = g_strsplit (path, ".", -1);
  JsonNode *node = reply;
  for (char **name = names; *name != NULL; name++) {
    if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
      return NULL;
    node = json_object_get_member (json_node_get_object (node), *name);
  }
  return node != NULL && JSON_NODE_HOLDS_VALUE (node)
             ? json_node_get_string (node)
             : NULL;
}
