#include "scenario.h"

#include <errno.h>
#include <openssl/ssl.h>
#include <string.h>
#include <unistd.h>

#define OPCODE_TEXT 1
#define OPCODE_BINARY 2
#define OPCODE_CLOSE 8

#define assert_in(text, part) g_assert_nonnull (strstr (text, part))

/* --- files --- */

static void
client_files (Scenario *self)
{
  const int fd = client_dial (yl_server_http_port (self->server));
  g_autofree char *index =
      client_exchange (fd, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  assert_in (index, "HTTP/1.1 200");
  assert_in (index, "content-type: text/html; charset=utf-8");
  assert_in (index, "cache-control: no-cache");
  assert_in (index, "default-src 'none'; script-src 'self'");
  assert_in (index, "\r\n\r\n<!doctype html>");
  /* The connection is kept. */
  g_autofree char *packed =
      client_exchange (fd, "GET /app-1a2b3c4d.js?v=1 HTTP/1.1\r\nHost: a\r\n"
                           "Accept-Encoding: br, gzip\r\n\r\n");
  assert_in (packed, "content-encoding: gzip");
  assert_in (packed, "immutable");
  assert_in (packed, "text/javascript");
  assert_in (packed, "\r\n\r\npacked");
  g_autofree char *plain =
      client_exchange (fd, "GET /app-1a2b3c4d.js HTTP/1.1\r\nHost: a\r\n\r\n");
  assert_in (plain, "\r\n\r\nplain");
  const char *etag = strstr (plain, "etag: ") + 6;
  g_autofree char *again =
      g_strdup_printf ("GET /app-1a2b3c4d.js HTTP/1.1\r\nHost: a\r\n"
                       "If-None-Match: %.*s\r\n\r\n",
                       (int) strcspn (etag, "\r"), etag);
  g_autofree char *unchanged = client_exchange (fd, again);
  assert_in (unchanged, "HTTP/1.1 304");
  g_autofree char *head =
      client_exchange (fd, "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
  assert_in (head, "HTTP/1.1 200");
  close (fd);
}

static void
test_files (void)
{
  scenario_play (NULL, client_files);
}

static void
client_not_found (Scenario *self)
{
  static const char *const paths[] = { "/nothing.js",     "/../key.pem",
                                       "/%2e%2e/key.pem", "/key.pem",
                                       "/.hidden.js",     "//etc/passwd",
                                       "/a\\..\\b.js" };
  for (size_t i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_autofree char *request =
        g_strdup_printf ("GET %s HTTP/1.1\r\nHost: a\r\n\r\n", paths[i]);
    g_autofree char *reply = scenario_ask (self, request);
    g_test_message ("%s", paths[i]);
    g_assert_true (reply == NULL || strstr (reply, " 200 ") == NULL);
  }
}

static void
test_not_found (void)
{
  scenario_play (NULL, client_not_found);
}

/* --- health --- */

static void
client_health (Scenario *self)
{
  g_autofree char *health =
      scenario_ask (self, "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
  assert_in (health, "HTTP/1.1 200");
  self->not_ready = true;
  g_autofree char *ready =
      scenario_ask (self, "GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n");
  assert_in (ready, "HTTP/1.1 503");
  assert_in (ready, "not yet");
  g_autofree char *hidden =
      scenario_ask (self, "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
  assert_in (hidden, "HTTP/1.1 404");
  const int fd = client_dial (yl_server_metrics_port (self->server));
  g_autofree char *metrics =
      client_exchange (fd, "GET /metrics HTTP/1.1\r\nHost: https\r\n\r\n");
  assert_in (metrics, "yilian_test 1");
  g_autofree char *index =
      client_exchange (fd, "GET / HTTP/1.1\r\nHost: http\r\n\r\n");
  assert_in (index, "HTTP/1.1 404");
  close (fd);
}

static void
test_health (void)
{
  scenario_play (NULL, client_health);
}

/* --- POST --- */

#define POST(headers, body) \
  "POST /rpc HTTP/1.1\r\nHost: a.test:1\r\n" headers "\r\n" body

static void
client_post (Scenario *self)
{
  static const struct {
    const char *request;
    const char *status;
  } cases[] = {
    { POST ("Content-Type: application/json\r\nContent-Length: 2\r\n", "{}"),
      "HTTP/1.1 200" },
    { POST ("Content-Type: application/json; charset=utf-8\r\n"
            "Origin: http://a.test:1\r\nContent-Length: 2\r\n",
            "{}"),
      "HTTP/1.1 200" },
    { POST ("Content-Type: application/json\r\nOrigin: http://b.test\r\n"
            "Content-Length: 2\r\n",
            "{}"),
      "HTTP/1.1 403" },
    { POST ("Content-Type: application/json\r\nOrigin: null\r\n"
            "Content-Length: 2\r\n",
            "{}"),
      "HTTP/1.1 403" },
    { POST ("Content-Type: text/plain\r\nContent-Length: 2\r\n", "{}"),
      "HTTP/1.1 415" },
    { POST ("Content-Type: application/json\r\nContent-Length: 65537\r\n", ""),
      "HTTP/1.1 413" },
    { "POST /other HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
      "HTTP/1.1 404" },
    { "DELETE / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 405" },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *reply = scenario_ask (self, cases[i].request);
    g_test_message ("case %zu", i);
    g_assert_nonnull (reply);
    g_assert_true (g_str_has_prefix (reply, cases[i].status));
  }
  g_autofree char *good = scenario_ask (self, cases[0].request);
  assert_in (good, "set-cookie: a=b");
  assert_in (good, "\r\n\r\n{}");
  assert_in (good, "cache-control: no-store");
}

static void
test_post (void)
{
  scenario_play (NULL, client_post);
}

/* The client goes away before its answer: the answer goes nowhere. */
static void
client_post_held (Scenario *self)
{
  scenario_leave_held (
      self,
      POST ("Content-Type: application/json\r\nContent-Length: 4\r\n", "hold"));
}

static void
test_post_held (void)
{
  const ScenarioOptions plain = { 0 };
  Scenario scenario;
  scenario_set_up (&scenario, &plain);
  scenario_run (&scenario, client_post_held);
  yl_http_post_reply (scenario.held, 200, NULL, "late");
  scenario_tear_down (&scenario);
}

/* --- WebSockets --- */

static int
open_socket (Scenario *self, const char *session)
{
  const ClientUpgrade upgrade = { .session = session };
  const int fd = client_dial (yl_server_http_port (self->server));
  g_assert_cmpuint (client_upgrade (fd, &upgrade), ==, 101);
  return fd;
}

static void
assert_text (int fd, const char *wanted)
{
  g_autofree char *text = NULL;
  unsigned code = 0;
  const int opcode = client_read_frame (fd, &text, &code);
  g_assert_cmpuint (code, ==, 0);
  g_assert_cmpint (opcode, ==, OPCODE_TEXT);
  g_assert_cmpstr (text, ==, wanted);
}

static void
assert_close (int fd, unsigned wanted)
{
  g_autofree char *text = NULL;
  unsigned code = 0;
  int opcode;
  while ((opcode = client_read_frame (fd, &text, &code)) == OPCODE_TEXT)
    g_clear_pointer (&text, g_free);
  g_assert_cmpint (opcode, ==, OPCODE_CLOSE);
  g_assert_cmpuint (code, ==, wanted);
  close (fd);
}

static void
client_websocket (Scenario *self)
{
  const int fd = open_socket (self, "good");
  assert_text (fd, "hello");
  client_send_frame (fd, OPCODE_TEXT, "one", 3);
  assert_text (fd, "one");
  /* A message in many reads, just within the bound. */
  g_autofree char *largest = g_strnfill (YL_SERVER_MESSAGE_MAX, 'y');
  client_send_frame (fd, OPCODE_TEXT, largest, YL_SERVER_MESSAGE_MAX);
  assert_text (fd, largest);
  client_send_frame (fd, OPCODE_TEXT, "close", 5);
  assert_close (fd, 4409);
}

static void
test_websocket (void)
{
  scenario_play (NULL, client_websocket);
}

static void
client_no_cookie (Scenario *self)
{
  assert_close (open_socket (self, NULL), 4401);
  assert_close (open_socket (self, "bad"), 4401);
  g_autofree char *endless = g_strnfill (500, 'a');
  assert_close (open_socket (self, endless), 4401);
}

static void
test_no_cookie (void)
{
  scenario_play (NULL, client_no_cookie);
}

static void
client_oversized (Scenario *self)
{
  g_autofree char *much = g_strnfill (YL_SERVER_MESSAGE_MAX + 1, 'z');
  int fd = open_socket (self, "good");
  client_send_frame (fd, OPCODE_TEXT, much, YL_SERVER_MESSAGE_MAX + 1);
  assert_close (fd, 1009);
  fd = open_socket (self, "good");
  client_send_frame (fd, OPCODE_BINARY, "\0", 1);
  assert_close (fd, 1003);
}

static void
test_oversized (void)
{
  scenario_play (NULL, client_oversized);
}

static void
client_refused_upgrades (Scenario *self)
{
  static const struct {
    ClientUpgrade upgrade;
    unsigned status;
  } cases[] = {
    { { .origin = "http://a.test:1" }, 101 },
    { { .origin = "https://a.test:1" }, 101 },
    { { .origin = "http://a.test" }, 403 },
    { { .origin = "http://evil.test" }, 403 },
    { { .origin = "null" }, 403 },
    { { .path = "/other" }, 404 },
    { { .protocol = "chat" }, 400 },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    const int fd = client_dial (yl_server_http_port (self->server));
    g_test_message ("case %zu", i);
    g_assert_cmpuint (client_upgrade (fd, &cases[i].upgrade), ==,
                      cases[i].status);
    close (fd);
  }
}

static void
test_refused_upgrades (void)
{
  scenario_play (NULL, client_refused_upgrades);
}

static void
client_slow_reader (Scenario *self)
{
  const int fd = open_socket (self, "good");
  client_send_frame (fd, OPCODE_TEXT, "flood", 5);
  g_assert_true (client_wait_closed (fd));
  close (fd);
  YlServerStats stats;
  yl_server_stats (self->server, &stats);
  g_assert_cmpuint (stats.slow_readers, ==, 1);
}

static void
test_slow_reader (void)
{
  scenario_play (NULL, client_slow_reader);
}

/* --- floods --- */

/* Connections that never finish their handshake displace one another; an
 * honest client from the same address still gets in, and members stay. */
static void
client_half_open (Scenario *self)
{
  enum { N = 200 };
  int fds[N];
  const int member = open_socket (self, "good");
  assert_text (member, "hello");
  for (int i = 0; i < N; i++) {
    fds[i] = client_dial (yl_server_http_port (self->server));
    g_assert_cmpint (write (fds[i], "GET /ws HT", 10), ==, 10);
  }
  const int fd = open_socket (self, "good");
  assert_text (fd, "hello");
  client_send_frame (member, OPCODE_TEXT, "still here", 10);
  assert_text (member, "still here");
  YlServerStats stats;
  yl_server_stats (self->server, &stats);
  g_assert_cmpuint (stats.admission.guests, <=, 8);
  g_assert_cmpuint (stats.admission.displaced, >=, N - 8);
  g_assert_true (client_wait_closed (fds[0]));
  for (int i = 0; i < N; i++)
    close (fds[i]);
  close (fd);
  close (member);
}

static void
test_half_open (void)
{
  const ScenarioOptions options = { .caps = { .guests = 16,
                                              .guests_per_address = 8,
                                              .members = 10,
                                              .members_per_address = 10 } };
  scenario_play (&options, client_half_open);
}

static void
client_handshake_timeout (Scenario *self)
{
  const int fd = client_dial (yl_server_http_port (self->server));
  g_assert_cmpint (write (fd, "GET / HT", 8), ==, 8);
  g_assert_true (client_wait_closed (fd));
  close (fd);
}

static void
test_handshake_timeout (void)
{
  const ScenarioOptions options = { .handshake_s = 1 };
  scenario_play (&options, client_handshake_timeout);
}

static void
client_members_full (Scenario *self)
{
  const int first = open_socket (self, "good");
  assert_text (first, "hello");
  assert_close (open_socket (self, "good"), 1013);
  close (first);
}

static void
test_members_full (void)
{
  const ScenarioOptions options = { .caps = { .guests = 16,
                                              .guests_per_address = 16,
                                              .members = 1,
                                              .members_per_address = 1 } };
  scenario_play (&options, client_members_full);
}

static void
client_http2 (Scenario *self)
{
  static const unsigned char offered[] = "\x02h2\x08http/1.1";
  const unsigned char *chosen;
  unsigned size;
  const int fd = client_dial (yl_server_https_port (self->server));
  SSL_CTX *context = SSL_CTX_new (TLS_client_method ());
  SSL *tls = SSL_new (context);
  g_assert_cmpint (SSL_set_alpn_protos (tls, offered, sizeof offered - 1), ==,
                   0);
  g_assert_cmpint (SSL_set_fd (tls, fd), ==, 1);
  g_assert_cmpint (SSL_connect (tls), ==, 1);
  SSL_get0_alpn_selected (tls, &chosen, &size);
  g_assert_cmpmem (chosen, size, "h2", 2);
  SSL_free (tls);
  SSL_CTX_free (context);
  close (fd);
}

static void
test_http2 (void)
{
  scenario_play (&(ScenarioOptions){ .tls = true }, client_http2);
}

/* Octets that are no HTTP at all. */
static void
client_garbage (Scenario *self)
{
  static const char *const garbage[] = {
    "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "GET\r\n\r\n",
    "\r\n\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "GET / HTTP/1.1\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
  };
  for (size_t i = 0; i < G_N_ELEMENTS (garbage); i++) {
    const int fd = client_dial (yl_server_http_port (self->server));
    if (write (fd, garbage[i], strlen (garbage[i])) < 0)
      g_test_message ("closed early");
    close (fd);
  }
  g_autofree char *reply =
      scenario_ask (self, "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
  assert_in (reply, "HTTP/1.1 200");
}

static void
test_garbage (void)
{
  scenario_play (NULL, client_garbage);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/server/server/files", test_files);
  g_test_add_func ("/server/server/not-found", test_not_found);
  g_test_add_func ("/server/server/health", test_health);
  g_test_add_func ("/server/server/post", test_post);
  g_test_add_func ("/server/server/post-held", test_post_held);
  g_test_add_func ("/server/server/websocket", test_websocket);
  g_test_add_func ("/server/server/no-cookie", test_no_cookie);
  g_test_add_func ("/server/server/oversized", test_oversized);
  g_test_add_func ("/server/server/refused-upgrades", test_refused_upgrades);
  g_test_add_func ("/server/server/slow-reader", test_slow_reader);
  g_test_add_func ("/server/server/half-open", test_half_open);
  g_test_add_func ("/server/server/handshake-timeout", test_handshake_timeout);
  g_test_add_func ("/server/server/members-full", test_members_full);
  g_test_add_func ("/server/server/http2", test_http2);
  g_test_add_func ("/server/server/garbage", test_garbage);
  return g_test_run ();
}
