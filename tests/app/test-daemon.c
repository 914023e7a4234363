/* The daemon as a process: starts, refuses, serves, ends, comes back. */
#include "daemon-process.h"

#include "../server/scenario.h"
#include "server/certificate.h"

#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#define assert_in(text, part) g_assert_nonnull (strstr (text, part))

static void
set_up (DaemonProcess *self, const void *data)
{
  daemon_set_up (self);
}

static void
tear_down (DaemonProcess *self, const void *data)
{
  daemon_tear_down (self);
}

/* --- starts that fail clearly --- */

static void
test_version (DaemonProcess *self, const void *data)
{
  g_autofree char *output = NULL;
  g_assert_cmpint (daemon_run (self, &output, "--version", NULL), ==, 0);
}

static void
test_misspelt_key (DaemonProcess *self, const void *data)
{
  g_autofree char *path = daemon_path (self, "y.conf");
  g_autofree char *output = NULL;
  g_assert_true (g_file_set_contents (path, "[media]\nprot = 1\n", -1, NULL));
  g_assert_cmpint (daemon_run (self, &output, "--config", path, NULL), ==, 1);
  assert_in (output, "y.conf:2: there is no key 'prot' in [media]; did you "
                     "mean 'port' in [media]?");
}

static void
test_demo_is_local (DaemonProcess *self, const void *data)
{
  static const char *const settings[] = { "server.https=0.0.0.0:0",
                                          "server.http=[::]:0" };
  for (size_t i = 0; i < G_N_ELEMENTS (settings); i++) {
    g_autofree char *folder = daemon_path (self, "data");
    g_autofree char *output = NULL;
    g_assert_cmpint (daemon_run (self, &output, "--demo", "--data", folder,
                                 "--set", settings[i], NULL),
                     ==, 1);
    assert_in (output, "--demo listens on this machine only");
  }
}

static void
test_missing_config (DaemonProcess *self, const void *data)
{
  g_autofree char *output = NULL;
  g_assert_cmpint (
      daemon_run (self, &output, "--config", "/nothing/y.conf", NULL), ==, 1);
  assert_in (output, "/nothing/y.conf");
}

static void
test_port_in_use (DaemonProcess *self, const void *data)
{
  daemon_start (self);
  DaemonProcess second;
  daemon_set_up (&second);
  g_autofree char *data_folder = daemon_path (&second, "data");
  g_autofree char *listen = g_strdup_printf ("127.0.0.1:%u", self->http);
  g_autofree char *wanted = g_strdup_printf (
      "cannot listen on 127.0.0.1 port %u (TCP): the port is in use by "
      "another program",
      self->http);
  g_autofree char *output = NULL;
  g_assert_cmpint (daemon_run (&second, &output, "--demo", "--data",
                               data_folder, "--listen", listen, "--set",
                               "media.port=0", NULL),
                   ==, 1);
  assert_in (output, wanted);
  daemon_tear_down (&second);
}

/* A site's certificate, made for @days from @days_ago. */
static char *
run_with_certificate (DaemonProcess *self, int days_ago, int days,
                      const char *option, int status)
{
  const char *names[] = { "a.test", NULL };
  g_autofree char *certificate = daemon_path (self, "c.pem");
  g_autofree char *key = daemon_path (self, "k.pem");
  g_autofree char *config = daemon_path (self, "y.conf");
  const int64_t made_ms =
      g_get_real_time () / 1000 - days_ago * INT64_C (86400000);
  g_assert_true (
      yl_certificate_make (certificate, key, names, made_ms, days, NULL));
  g_autofree char *text = g_strdup_printf (
      "[server]\nhttps = 127.0.0.1:0\ncertificate = %s\nprivate_key = %s\n"
      "metrics =\n[store]\ndata = %s\n[media]\nport = 0\n",
      certificate, key, self->folder);
  g_assert_true (g_file_set_contents (config, text, -1, NULL));
  char *output;
  g_assert_cmpint (daemon_run (self, &output, "--config", config, option, NULL),
                   ==, status);
  return output;
}

static void
test_expired_certificate (DaemonProcess *self, const void *data)
{
  g_autofree char *checked =
      run_with_certificate (self, 20, 10, "--check-config", 1);
  assert_in (checked, "c.pem' expired on 20");
  g_autofree char *started = run_with_certificate (self, 20, 10, NULL, 1);
  assert_in (started, "c.pem' expired on 20");
}

static void
test_expiring_certificate (DaemonProcess *self, const void *data)
{
  g_autofree char *soon =
      run_with_certificate (self, 0, 20, "--check-config", 0);
  assert_in (soon, "the certificate expires in 1");
  g_autofree char *later =
      run_with_certificate (self, 0, 60, "--check-config", 0);
  g_assert_null (strstr (later, "expires in"));
}

static void
test_missing_certificate (DaemonProcess *self, const void *data)
{
  g_autofree char *output = NULL;
  g_autofree char *config = daemon_path (self, "y.conf");
  g_assert_true (g_file_set_contents (
      config, "[server]\ncertificate = /nothing/c.pem\n", -1, NULL));
  g_assert_cmpint (
      daemon_run (self, &output, "--config", config, "--check-config", NULL),
      ==, 1);
  assert_in (output, "/nothing/c.pem");
}

static void
test_newer_database (DaemonProcess *self, const void *data)
{
  daemon_start (self);
  g_assert_cmpint (daemon_end (self, SIGTERM), ==, 0);
  g_autofree char *folder = daemon_path (self, "data");
  g_autofree char *path = g_build_filename (folder, "yilian.db", NULL);
  sqlite3 *database;
  g_assert_cmpint (sqlite3_open (path, &database), ==, SQLITE_OK);
  g_assert_cmpint (
      sqlite3_exec (database, "PRAGMA user_version = 9999", NULL, NULL, NULL),
      ==, SQLITE_OK);
  sqlite3_close (database);
  g_autofree char *output = NULL;
  g_assert_cmpint (daemon_run (self, &output, "--demo", "--data", folder, NULL),
                   ==, 1);
  assert_in (output, "install the newer program");
}

/* --- service --- */

static void
test_serves (DaemonProcess *self, const void *data)
{
  daemon_start (self);
  g_autofree char *session = daemon_sign_in (self, "clinic");
  g_autoptr (JsonNode) home = daemon_ask (self, session, "home.get", "{}");
  g_assert_cmpstr (daemon_text (home, "result.person.account"), ==, "clinic");
  g_assert_cmpint (daemon_metric (self, "rpc_calls_total{method=\"home.get\"}"),
                   ==, 1);
  g_assert_cmpint (daemon_metric (self, "sign_ins_total"), ==, 1);
  g_assert_cmpint (daemon_end (self, SIGTERM), ==, 0);
}

/* Who compares figures has to know. */
static void
test_srtp_library (DaemonProcess *self, const void *data)
{
  daemon_start_with (self, "media.portable_srtp=1");
  g_assert_cmpint (daemon_metric (self, "srtp_library{name=\"openssl\"}"), ==,
                   1);
  g_assert_cmpint (daemon_end (self, SIGTERM), ==, 0);
}

static void
test_sessions (DaemonProcess *self, const void *data)
{
  daemon_start (self);
  g_assert_cmpint (daemon_ask_code (self, NULL, "session.get", "{}"), ==, 1001);
  g_autoptr (JsonNode) nobody = daemon_ask (self, NULL, "session.get", "{}");
  g_assert_true (json_object_get_boolean_member (
      json_object_get_object_member (
          json_object_get_object_member (json_node_get_object (nobody),
                                         "error"),
          "data"),
      "demo"));
  g_autofree char *first = daemon_sign_in (self, "learner");
  g_autofree char *second = daemon_sign_in (self, "learner");
  /* A wrong old password changes nothing; a right one ends the others. */
  g_assert_cmpint (daemon_ask_code (self, first, "session.password",
                                    "{'old':'wrong','new':'long enough'}"),
                   ==, 1002);
  g_assert_cmpint (daemon_ask_code (self, first, "session.password",
                                    "{'old':'demo','new':'long enough'}"),
                   ==, 0);
  g_assert_cmpint (daemon_ask_code (self, second, "session.get", "{}"), ==,
                   1001);
  g_assert_cmpint (daemon_ask_code (self, NULL, "session.open",
                                    "{'account':'learner',"
                                    "'password':'demo'}"),
                   ==, 1002);
  g_assert_cmpint (daemon_ask_code (self, NULL, "session.open",
                                    "{'account':'learner',"
                                    "'password':'long enough'}"),
                   ==, 0);
  g_assert_cmpint (daemon_ask_code (self, first, "session.close", "{}"), ==, 0);
  g_assert_cmpint (daemon_ask_code (self, first, "session.get", "{}"), ==,
                   1001);
}

/* The language chosen at sign-in is the person's from then on. */
static void
test_locale (DaemonProcess *self, const void *data)
{
  daemon_start (self);
  g_autoptr (JsonNode) opened =
      daemon_ask (self, NULL, "session.open",
                  "{'account':'clinic','password':'demo','locale':'en'}");
  g_assert_cmpstr (daemon_text (opened, "result.locale"), ==, "en");
  g_assert_cmpint (daemon_end (self, SIGTERM), ==, 0);
  daemon_start (self);
  g_autofree char *session = daemon_sign_in (self, "clinic");
  g_autoptr (JsonNode) home = daemon_ask (self, session, "home.get", "{}");
  g_assert_cmpstr (daemon_text (home, "result.person.locale"), ==, "en");
  g_assert_cmpint (daemon_end (self, SIGKILL), ==, 128 + SIGKILL);
  daemon_start (self);
  g_autoptr (JsonNode) found = daemon_ask (self, session, "session.get", "{}");
  g_assert_cmpstr (daemon_text (found, "result.locale"), ==, "en");
}

/* How many wrong passwords are looked at before one is not. The wait runs
 * from the guess before: on a slow machine the first ones, of 1 s and 2 s,
 * may be over when that is answered. */
static unsigned
count_guesses (DaemonProcess *self, const char *account)
{
  g_autofree char *params =
      g_strdup_printf ("{'account':'%s','password':'guess'}", account);
  for (unsigned n = 0;; n++) {
    g_autoptr (JsonNode) reply =
        daemon_ask (self, NULL, "session.open", params);
    const char *name = daemon_text (reply, "error.data.name");
    if (strcmp (name, "throttled") == 0)
      return n;
    g_assert_cmpstr (name, ==, "wrong-credentials");
  }
}

/* Guessing is slowed down, for known and unknown accounts alike. */
static void
test_throttled (DaemonProcess *self, const void *data)
{
  daemon_start (self);
  static const char *const accounts[] = { "clinic", "nobody" };
  for (size_t i = 0; i < G_N_ELEMENTS (accounts); i++) {
    const unsigned guesses = count_guesses (self, accounts[i]);
    g_assert_cmpuint (guesses, >=, 5);
    g_assert_cmpuint (guesses, <=, 12);
  }
}

static int
open_websocket (DaemonProcess *self, const char *session)
{
  const ClientUpgrade upgrade = { .session = session };
  const int fd = client_dial (self->http);
  g_assert_cmpuint (client_upgrade (fd, &upgrade), ==, 101);
  return fd;
}

/* The next text that holds @part; -1 and the code at a close. */
static char *
wait_for (int fd, const char *part, unsigned *code)
{
  char *text;
  int opcode;
  while ((opcode = client_read_frame (fd, &text, code)) >= 0) {
    if (opcode == 8) {
      g_free (text);
      return NULL;
    }
    if (strstr (text, part) != NULL)
      return text;
    g_free (text);
  }
  return NULL;
}

static void
test_seat (DaemonProcess *self, const void *data)
{
  unsigned code = 0;
  daemon_start (self);
  g_autofree char *session = daemon_sign_in (self, "clinic");
  const int older = open_websocket (self, session);
  g_autofree char *hello = wait_for (older, "\"hello\"", &code);
  g_assert_nonnull (hello);
  const int newer = open_websocket (self, session);
  g_autofree char *taken = wait_for (older, "seat.taken", &code);
  g_assert_nonnull (taken);
  g_assert_null (wait_for (older, "never", &code));
  g_assert_cmpuint (code, ==, 4409);
  const char *request =
      "{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"session.get\"}";
  client_send_frame (newer, 1, request, strlen (request));
  g_autofree char *reply = wait_for (newer, "\"id\":5", &code);
  g_assert_nonnull (reply);

  const int stranger = open_websocket (self, "unknown");
  g_assert_null (wait_for (stranger, "hello", &code));
  g_assert_cmpuint (code, ==, 4401);

  /* Too deep: answered, then closed. */
  g_autofree char *deep = g_strnfill (1000, '[');
  client_send_frame (newer, 1, deep, strlen (deep));
  g_autofree char *error = wait_for (newer, "parse-error", &code);
  g_assert_nonnull (error);
  g_assert_null (wait_for (newer, "never", &code));
  g_assert_cmpuint (code, ==, 1009);
  close (older);
  close (newer);
  close (stranger);
}

/* Signing out anywhere ends the WebSocket of that session. */
static void
test_signed_out (DaemonProcess *self, const void *data)
{
  unsigned code = 0;
  daemon_start (self);
  g_autofree char *session = daemon_sign_in (self, "clinic");
  const int fd = open_websocket (self, session);
  g_autofree char *hello = wait_for (fd, "\"hello\"", &code);
  g_assert_nonnull (hello);
  g_assert_cmpint (daemon_ask_code (self, session, "session.close", "{}"), ==,
                   0);
  g_assert_null (wait_for (fd, "never", &code));
  g_assert_cmpuint (code, ==, 4401);
  close (fd);
}

#define REQUEST                                                        \
  "{'command':'c-1','post':'qinghe-doctor','department':'cardiology'," \
  "'urgency':'routine','patient':{'sex':'female','age':61,"            \
  "'complaint':'x','summary':''},'question':'?',"                      \
  "'consent':{'read':true,'doctor':'d','at':1}}"

/* So does whoever ends it in the store: the daemon is told to look again. */
static void
test_session_removed (DaemonProcess *self, const void *data)
{
  unsigned code = 0;
  sqlite3 *database;
  daemon_start (self);
  g_autofree char *session = daemon_sign_in (self, "clinic");
  const int fd = open_websocket (self, session);
  g_autofree char *hello = wait_for (fd, "\"hello\"", &code);
  g_assert_nonnull (hello);
  g_autofree char *path = daemon_path (self, "data/yilian.db");
  g_assert_cmpint (sqlite3_open (path, &database), ==, SQLITE_OK);
  g_assert_cmpint (
      sqlite3_exec (database, "DELETE FROM session", NULL, NULL, NULL), ==,
      SQLITE_OK);
  sqlite3_close (database);
  g_assert_cmpint (kill (self->pid, SIGHUP), ==, 0);
  g_assert_null (wait_for (fd, "never", &code));
  g_assert_cmpuint (code, ==, 4401);
  close (fd);
}

static void
test_drains (DaemonProcess *self, const void *data)
{
  unsigned code = 0;
  daemon_start (self);
  g_autofree char *session = daemon_sign_in (self, "clinic");
  const int fd = open_websocket (self, session);
  g_autofree char *hello = wait_for (fd, "\"hello\"", &code);
  g_assert_nonnull (hello);
  g_assert_cmpint (kill (self->pid, SIGTERM), ==, 0);
  g_autofree char *notice = wait_for (fd, "server.draining", &code);
  g_assert_nonnull (notice);
  g_assert_null (wait_for (fd, "never", &code));
  g_assert_cmpuint (code, ==, 1012);
  close (fd);
  g_assert_cmpint (daemon_end (self, SIGTERM), ==, 0);
}

/* In a hurry: with a WebSocket still open. */
static void
test_ends_at_once (DaemonProcess *self, const void *data)
{
  unsigned code = 0;
  daemon_start (self);
  g_autofree char *session = daemon_sign_in (self, "clinic");
  g_assert_cmpint (
      daemon_ask_code (self, session, "consultation.request", REQUEST), ==, 0);
  const int fd = open_websocket (self, session);
  g_autofree char *hello = wait_for (fd, "\"hello\"", &code);
  g_assert_nonnull (hello);
  g_assert_cmpint (kill (self->pid, SIGTERM), ==, 0);
  g_autofree char *notice = wait_for (fd, "server.draining", &code);
  g_assert_nonnull (notice);
  g_assert_cmpint (daemon_end (self, SIGTERM), ==, 0);
  close (fd);
}

/* --- nothing is lost --- */

static void
test_killed (DaemonProcess *self, const void *data)
{
  daemon_start (self);
  g_autofree char *session = daemon_sign_in (self, "clinic");
  g_autoptr (JsonNode) made =
      daemon_ask (self, session, "consultation.request", REQUEST);
  const char *id = daemon_text (made, "result.id");
  g_assert_nonnull (id);
  g_assert_cmpint (daemon_end (self, SIGKILL), ==, 128 + SIGKILL);

  daemon_start (self);
  g_autofree char *params = g_strdup_printf ("{'consultation':'%s'}", id);
  g_autoptr (JsonNode) found =
      daemon_ask (self, session, "consultation.get", params);
  g_assert_cmpstr (daemon_text (found, "result.id"), ==, id);
  /* The same command again gets the first answer, not a second request. */
  g_autoptr (JsonNode) repeated =
      daemon_ask (self, session, "consultation.request", REQUEST);
  g_assert_cmpstr (daemon_text (repeated, "result.id"), ==, id);
}

static void
add (const char *path, void (*test) (DaemonProcess *self, const void *data))
{
  g_test_add (path, DaemonProcess, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_setenv ("MALLOC_PERTURB_", "165", TRUE); /* what was freed shows */
  add ("/app/daemon/version", test_version);
  add ("/app/daemon/misspelt-key", test_misspelt_key);
  add ("/app/daemon/demo-is-local", test_demo_is_local);
  add ("/app/daemon/missing-config", test_missing_config);
  add ("/app/daemon/port-in-use", test_port_in_use);
  add ("/app/daemon/expired-certificate", test_expired_certificate);
  add ("/app/daemon/expiring-certificate", test_expiring_certificate);
  add ("/app/daemon/missing-certificate", test_missing_certificate);
  add ("/app/daemon/newer-database", test_newer_database);
  add ("/app/daemon/serves", test_serves);
  add ("/app/daemon/srtp-library", test_srtp_library);
  add ("/app/daemon/sessions", test_sessions);
  add ("/app/daemon/locale", test_locale);
  add ("/app/daemon/throttled", test_throttled);
  add ("/app/daemon/seat", test_seat);
  add ("/app/daemon/signed-out", test_signed_out);
  add ("/app/daemon/session-removed", test_session_removed);
  add ("/app/daemon/drains", test_drains);
  add ("/app/daemon/ends-at-once", test_ends_at_once);
  add ("/app/daemon/killed", test_killed);
  return g_test_run ();
}
