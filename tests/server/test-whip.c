/* The routes of WHIP and WHEP over real connections */
#include "scenario.h"

#include <string.h>
#include <unistd.h>

#define REQUEST(method, path, headers, body) \
  method " " path " HTTP/1.1\r\nHost: a.test\r\n" headers "\r\n" body
#define OFFER                                                        \
  "Authorization: Bearer right\r\nContent-Type: application/sdp\r\n" \
  "Content-Length: 4\r\n"

#define assert_in(text, part) g_assert_nonnull (strstr (text, part))

/* One connection for the whole session, from a page elsewhere. */
static void
client_session (Scenario *self)
{
  const int fd = client_dial (yl_server_http_port (self->server));
  g_autofree char *preflight =
      client_exchange (fd, REQUEST ("OPTIONS", "/whip/ecg",
                                    "Origin: https://b.test\r\n"
                                    "Access-Control-Request-Method: POST\r\n",
                                    ""));
  assert_in (preflight, "HTTP/1.1 200");
  assert_in (preflight, "access-control-allow-origin: *");
  assert_in (preflight, "accept-post: application/sdp");
  g_autofree char *created = client_exchange (
      fd, REQUEST ("POST", "/whip/ecg", "Origin: https://b.test\r\n" OFFER,
                   "v=0\n"));
  assert_in (created, "HTTP/1.1 201");
  assert_in (created, "content-type: application/sdp");
  assert_in (created, "location: /whip/ecg/id1");
  assert_in (created, "etag: \"id1\"");
  assert_in (created, "cache-control: no-store");
  assert_in (created, "\r\n\r\nv=0\n");
  g_autofree char *removed =
      client_exchange (fd, REQUEST ("DELETE", "/whip/ecg/id1",
                                    "Authorization: Bearer right\r\n", ""));
  assert_in (removed, "HTTP/1.1 200");
  close (fd);
}

static void
test_session (void)
{
  scenario_play (NULL, client_session);
}

static void
client_refusals (Scenario *self)
{
  static const struct {
    const char *request;
    const char *status;
  } cases[] = {
    { REQUEST ("POST", "/whip/ecg", "Content-Length: 4\r\n", "v=0\n"), "401" },
    { REQUEST ("POST", "/whip/ecg",
               "Authorization: Bearer wrong\r\nContent-Length: 4\r\n"
               "Content-Type: application/sdp\r\n",
               "v=0\n"),
      "401" },
    { REQUEST ("POST", "/whip/ecg",
               "Authorization: Bearer right\r\nContent-Length: 2\r\n"
               "Content-Type: application/json\r\n",
               "{}"),
      "415" },
    { REQUEST ("POST", "/whip/ecg", OFFER "Accept: text/html\r\n", "v=0\n"),
      "406" },
    { REQUEST ("POST", "/whip/ecg",
               "Authorization: Bearer right\r\nContent-Length: 65537\r\n"
               "Content-Type: application/sdp\r\n",
               ""),
      "413" },
    { REQUEST ("POST", "/whip/ecg",
               "Authorization: Bearer right\r\nTransfer-Encoding: chunked\r\n"
               "Content-Type: application/sdp\r\n",
               ""),
      "411" },
    { REQUEST ("POST", "/whip/ECG", OFFER, "v=0\n"), "404" },
    { REQUEST ("POST", "/whip", OFFER, "v=0\n"), "404" },
    { REQUEST ("POST", "/whipped", OFFER, "v=0\n"), "404" },
    { REQUEST ("GET", "/whip/ecg", "", ""), "405" },
    { REQUEST ("PUT", "/whip/ecg", OFFER, "v=0\n"), "405" },
    { REQUEST ("HEAD", "/whep/ecg", "", ""), "405" },
    { REQUEST ("DELETE", "/whep/ecg", "", ""), "405" },
    { REQUEST ("DELETE", "/whep/ecg/id1", "", ""), "401" },
    { REQUEST ("DELETE", "/whep/ecg/id1", OFFER, "v=0\n"), "200" },
    { REQUEST ("PATCH", "/whep/ecg/id1", OFFER, "v=0\n"), "405" },
    { REQUEST ("PATCH", "/whep/ecg/id1", "", ""), "405" },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *reply = scenario_ask (self, cases[i].request);
    g_test_message ("case %zu: %s", i, reply);
    g_assert_nonnull (reply);
    g_assert_cmpint (strncmp (reply + strlen ("HTTP/1.1 "), cases[i].status, 3),
                     ==, 0);
  }
}

static void
test_refusals (void)
{
  scenario_play (NULL, client_refusals);
}

/* A wrong request of sensible size costs its client no new connection. */
static void
client_stays_connected (Scenario *self)
{
  const int fd = client_dial (yl_server_http_port (self->server));
  g_autofree char *wrong = client_exchange (
      fd, REQUEST ("POST", "/whip/ecg", "Content-Length: 4\r\n", "v=0\n"));
  assert_in (wrong, "HTTP/1.1 401");
  assert_in (wrong, "www-authenticate: Bearer");
  g_autofree char *right =
      client_exchange (fd, REQUEST ("POST", "/whip/ecg", OFFER, "v=0\n"));
  assert_in (right, "HTTP/1.1 201");
  close (fd);
}

static void
test_stays_connected (void)
{
  scenario_play (NULL, client_stays_connected);
}

/* Lines longer than any that is right. */
static void
client_long_lines (Scenario *self)
{
  g_autofree char *much = g_strnfill (2000, 'a');
  g_autofree char *token = g_strdup_printf (
      REQUEST ("DELETE", "/whip/ecg/id1", "Authorization: Bearer %s\r\n", ""),
      much);
  g_autofree char *refused = scenario_ask (self, token);
  assert_in (refused, "HTTP/1.1 401");
  g_autofree char *path =
      g_strdup_printf (REQUEST ("OPTIONS", "/whip/%s", "", ""), much);
  g_autofree char *not_found = scenario_ask (self, path);
  assert_in (not_found, "HTTP/1.1 414");
}

static void
test_long_lines (void)
{
  scenario_play (NULL, client_long_lines);
}

/* What the metrics' listener serves is nothing else. */
static void
client_metrics_port (Scenario *self)
{
  g_autofree char *reply =
      client_ask (yl_server_metrics_port (self->server),
                  REQUEST ("POST", "/whip/ecg", OFFER, "v=0\n"));
  assert_in (reply, "HTTP/1.1 404");
}

static void
test_metrics_port (void)
{
  scenario_play (NULL, client_metrics_port);
}

/* The client goes away before its answer: the answer goes nowhere. */
static void
client_held (Scenario *self)
{
  scenario_leave_held (self, REQUEST ("POST", "/whip/ecg", OFFER, "hold"));
}

static void
test_held (void)
{
  const ScenarioOptions plain = { 0 };
  const YlWhipRequest request = { .course = "ecg" };
  Scenario scenario;
  scenario_set_up (&scenario, &plain);
  scenario_run (&scenario, client_held);
  yl_http_whip_reply (scenario.held,
                      yl_whip_reply_created (&request, "late", "v=0"));
  scenario_tear_down (&scenario);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/server/whip/session", test_session);
  g_test_add_func ("/server/whip/refusals", test_refusals);
  g_test_add_func ("/server/whip/stays-connected", test_stays_connected);
  g_test_add_func ("/server/whip/long-lines", test_long_lines);
  g_test_add_func ("/server/whip/metrics-port", test_metrics_port);
  g_test_add_func ("/server/whip/held", test_held);
  return g_test_run ();
}
