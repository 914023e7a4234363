#include "scenario.h"

#include <errno.h>

#include <arpa/inet.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "server/certificate.h"

#define TIMEOUT_S 5

/* --- the server's side --- */

static void
on_opened (YlSocket *socket, const YlCaller *caller, void *user_data)
{
  Scenario *self = user_data;
  self->opened++;
  if (g_strcmp0 (caller->session, "good") != 0)
    yl_socket_close (socket, 4401, "not signed in");
  else if (!yl_socket_admit (socket))
    yl_socket_close (socket, 1013, "full");
  else
    yl_socket_send (socket, "hello");
}

static void
on_text (YlSocket *socket, const char *text, size_t size, void *user_data)
{
  g_autofree char *copy = g_strndup (text, size);
  if (strcmp (copy, "close") == 0) {
    yl_socket_close (socket, 4409, "seat taken");
  } else if (strcmp (copy, "flood") == 0) {
    g_autofree char *much = g_strnfill (65536, 'x');
    for (int i = 0; i < 16; i++)
      yl_socket_send (socket, much);
  } else {
    yl_socket_send (socket, copy);
  }
}

static void
on_closed (YlSocket *socket, void *user_data)
{
  Scenario *self = user_data;
  self->closed++;
}

static void
on_post (YlHttpPost *post, const YlCaller *caller, const char *body,
         size_t size, void *user_data)
{
  Scenario *self = user_data;
  g_autofree char *copy = g_strndup (body, size);
  if (strcmp (copy, "hold") == 0)
    self->held = post;
  else
    yl_http_post_reply (post, 200, "a=b", copy);
}

/* Every course has the token "right"; "hold" is answered by the test. */
static void
on_whip (YlHttpPost *post, const YlCaller *caller, const YlWhipRequest *request,
         const char *body, size_t size, void *user_data)
{
  Scenario *self = user_data;
  YlWhipRefusal refusal = request->refusal;
  g_autofree char *copy = g_strndup (body != NULL ? body : "", size);
  if (request->action == YL_WHIP_OPTIONS) {
    yl_http_whip_reply (post, yl_whip_reply_options (request));
    return;
  }
  if (strcmp (copy, "hold") == 0) {
    self->held = post;
    return;
  }
  if (refusal == YL_WHIP_OK && strcmp (request->token, "right") != 0)
    refusal = YL_WHIP_WRONG_TOKEN;
  if (refusal != YL_WHIP_OK)
    yl_http_whip_reply (post, yl_whip_reply_refused (request, refusal, 7));
  else if (request->action == YL_WHIP_REMOVE)
    yl_http_whip_reply (post, yl_whip_reply_removed (request));
  else
    yl_http_whip_reply (post, yl_whip_reply_created (request, "id1", copy));
}

static const char *
not_ready (void *user_data)
{
  const Scenario *self = user_data;
  return self->not_ready ? "not yet" : NULL;
}

static char *
metrics (void *user_data)
{
  return g_strdup ("yilian_test 1\n");
}

static const YlServerHandler handler = {
  .socket_opened = on_opened,
  .socket_text = on_text,
  .socket_closed = on_closed,
  .post = on_post,
  .whip = on_whip,
  .not_ready = not_ready,
  .metrics = metrics,
};

static void
write_file (Scenario *self, const char *name, const char *content)
{
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  g_assert_true (g_file_set_contents (path, content, -1, NULL));
}

void
scenario_set_up (Scenario *self, const ScenarioOptions *options)
{
  const YlAdmissionCaps ample = { 1000, 1000, 1000, 1000 };
  const char *names[] = { "localhost", "127.0.0.1", NULL };
  YlAddress any_port;
  g_autoptr (GError) error = NULL;
  memset (self, 0, sizeof *self);
  self->loop = g_main_loop_new (NULL, FALSE);
  self->folder = g_dir_make_tmp ("yilian-XXXXXX", NULL);
  write_file (self, "index.html", "<!doctype html>");
  write_file (self, "app-1a2b3c4d.js", "plain");
  write_file (self, "app-1a2b3c4d.js.gz", "packed");
  g_autofree char *certificate =
      g_build_filename (self->folder, "certificate.pem", NULL);
  g_autofree char *key = g_build_filename (self->folder, "key.pem", NULL);
  g_assert_true (yl_certificate_make (certificate, key, names,
                                      g_get_real_time () / 1000, 10, NULL));
  g_assert_true (yl_address_parse_ip (&any_port, "127.0.0.1", 0));
  const YlServerOptions server = {
    .loop = self->loop,
    .https = options->tls ? &any_port : NULL,
    .http = &any_port,
    .metrics = &any_port,
    .certificate = certificate,
    .private_key = key,
    .web_folder = self->folder,
    .caps = options->caps.guests > 0 ? options->caps : ample,
    .handshake_s = options->handshake_s > 0 ? options->handshake_s : 5,
    .socket_queue_octets =
        options->queue_octets > 0 ? options->queue_octets : 256 * 1024,
    .handler = &handler,
    .user_data = self,
  };
  self->server = yl_server_new (&server, &error);
  g_assert_no_error (error);
}

void
scenario_tear_down (Scenario *self)
{
  static const char *const names[] = { "index.html", "app-1a2b3c4d.js",
                                       "app-1a2b3c4d.js.gz", "certificate.pem",
                                       "key.pem" };
  yl_server_free (self->server);
  g_assert_cmpuint (self->opened, ==, self->closed);
  g_main_loop_unref (self->loop);
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (self->folder, names[i], NULL);
    g_unlink (path);
  }
  g_rmdir (self->folder);
  g_free (self->folder);
}

/* --- running --- */

typedef struct {
  Scenario *scenario;
  void (*client) (Scenario *self);
} Run;

static gboolean
quit (void *loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static void *
run_client (void *data)
{
  const Run *run = data;
  run->client (run->scenario);
  g_idle_add (quit, run->scenario->loop);
  return NULL;
}

void
scenario_run (Scenario *self, void (*client) (Scenario *self))
{
  Run run = { self, client };
  GThread *thread = g_thread_new ("client", run_client, &run);
  g_main_loop_run (self->loop);
  g_thread_join (thread);
}

void
scenario_play (const ScenarioOptions *options, void (*client) (Scenario *self))
{
  const ScenarioOptions plain = { 0 };
  Scenario scenario;
  scenario_set_up (&scenario, options != NULL ? options : &plain);
  scenario_run (&scenario, client);
  scenario_tear_down (&scenario);
}

/* --- the client's side --- */

int
client_dial (uint16_t port)
{
  const struct sockaddr_in name = {
    .sin_family = AF_INET,
    .sin_port = htons (port),
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
  };
  const struct timeval timeout = { .tv_sec = TIMEOUT_S };
  const int fd = socket (AF_INET, SOCK_STREAM, 0);
  g_assert_cmpint (fd, >=, 0);
  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  setsockopt (fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
  g_assert_cmpint (connect (fd, (const struct sockaddr *) &name, sizeof name),
                   ==, 0);
  return fd;
}

bool
client_listens (uint16_t port)
{
  const struct sockaddr_in name = {
    .sin_family = AF_INET,
    .sin_port = htons (port),
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
  };
  const int fd = socket (AF_INET, SOCK_STREAM, 0);
  const bool listens =
      connect (fd, (const struct sockaddr *) &name, sizeof name) == 0;
  close (fd);
  return listens;
}

static bool
read_exactly (int fd, void *data, size_t size)
{
  return size == 0 || recv (fd, data, size, MSG_WAITALL) == (ssize_t) size;
}

static char *
read_head (int fd)
{
  GString *head = g_string_new (NULL);
  char c;
  while (!g_str_has_suffix (head->str, "\r\n\r\n")) {
    if (!read_exactly (fd, &c, 1))
      return g_string_free (head, TRUE);
    g_string_append_c (head, c);
  }
  return g_string_free (head, FALSE);
}

char *
client_exchange (int fd, const char *request)
{
  if (send (fd, request, strlen (request), MSG_NOSIGNAL) < 0)
    return NULL;
  g_autofree char *head = read_head (fd);
  if (head == NULL)
    return NULL;
  const char *length = strstr (head, "content-length: ");
  const size_t size =
      length != NULL ? (size_t) g_ascii_strtoull (length + 16, NULL, 10) : 0;
  const bool bodiless =
      strstr (head, " 304 ") != NULL || g_str_has_prefix (request, "HEAD");
  g_autofree char *body = g_malloc0 (size + 1);
  if (!bodiless && !read_exactly (fd, body, size))
    return NULL;
  return g_strconcat (head, body, NULL);
}

char *
client_ask (uint16_t port, const char *request)
{
  const int fd = client_dial (port);
  char *reply = client_exchange (fd, request);
  close (fd);
  return reply;
}

char *
scenario_ask (Scenario *self, const char *request)
{
  return client_ask (yl_server_http_port (self->server), request);
}

void
scenario_leave_held (Scenario *self, const char *request)
{
  const int fd = client_dial (yl_server_http_port (self->server));
  g_assert_cmpint (write (fd, request, strlen (request)), >, 0);
  while (g_atomic_pointer_get (&self->held) == NULL)
    g_thread_yield ();
  close (fd);
  /* Another exchange afterwards, so that the server has seen the close. */
  g_autofree char *reply =
      scenario_ask (self, "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
  g_assert_nonnull (reply);
}

void
client_send_frame (int fd, unsigned opcode, const void *data, size_t size)
{
  GByteArray *frame = g_byte_array_new ();
  const uint8_t mask[4] = { 1, 2, 3, 4 };
  uint8_t head[10] = { (uint8_t) (0x80 | opcode) };
  unsigned head_size = 2;
  if (size < 126) {
    head[1] = (uint8_t) (0x80 | size);
  } else if (size < 65536) {
    head[1] = 0x80 | 126;
    head[2] = (uint8_t) (size >> 8);
    head[3] = (uint8_t) size;
    head_size = 4;
  } else {
    head[1] = 0x80 | 127;
    for (int i = 0; i < 8; i++)
      head[2 + i] = (uint8_t) ((uint64_t) size >> (56 - 8 * i));
    head_size = 10;
  }
  g_byte_array_append (frame, head, head_size);
  g_byte_array_append (frame, mask, 4);
  for (size_t i = 0; i < size; i++) {
    const uint8_t octet = ((const uint8_t *) data)[i] ^ mask[i % 4];
    g_byte_array_append (frame, &octet, 1);
  }
  if (send (fd, frame->data, frame->len, MSG_NOSIGNAL) < 0)
    g_test_message ("the server closed while we wrote");
  g_byte_array_unref (frame);
}

int
client_read_frame (int fd, char **text, unsigned *code)
{
  uint8_t head[2], extended[8];
  if (!read_exactly (fd, head, 2))
    return -1;
  uint64_t size = head[1] & 0x7f;
  const unsigned more = size == 126 ? 2 : size == 127 ? 8 : 0;
  if (!read_exactly (fd, extended, more))
    return -1;
  if (more > 0)
    size = 0;
  for (unsigned i = 0; i < more; i++)
    size = size << 8 | extended[i];
  g_autofree char *payload = g_malloc0 (size + 1);
  if (!read_exactly (fd, payload, size))
    return -1;
  const unsigned opcode = head[0] & 0x0f;
  if (opcode == 8 && size >= 2)
    *code = (unsigned) (((uint8_t) payload[0] << 8) | (uint8_t) payload[1]);
  *text = g_steal_pointer (&payload);
  return (int) opcode;
}

unsigned
client_upgrade (int fd, const ClientUpgrade *upgrade)
{
  g_autoptr (GString) request = g_string_new (NULL);
  g_string_printf (request,
                   "GET %s HTTP/1.1\r\nHost: a.test:1\r\nUpgrade: websocket\r\n"
                   "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                   "Sec-WebSocket-Protocol: %s\r\n",
                   upgrade->path != NULL ? upgrade->path : "/ws",
                   upgrade->protocol != NULL ? upgrade->protocol : "yilian.v1");
  if (upgrade->session != NULL)
    g_string_append_printf (request, "Cookie: x=y; yilian_session=%s\r\n",
                            upgrade->session);
  if (upgrade->origin != NULL)
    g_string_append_printf (request, "Origin: %s\r\n", upgrade->origin);
  g_string_append (request, "\r\n");
  if (send (fd, request->str, request->len, MSG_NOSIGNAL) < 0)
    return 0;
  g_autofree char *head = read_head (fd);
  return head != NULL && strlen (head) > 12
             ? (unsigned) g_ascii_strtoull (head + 9, NULL, 10)
             : 0;
}

bool
client_wait_closed (int fd)
{
  char buffer[4096];
  ssize_t n;
  while ((n = recv (fd, buffer, sizeof buffer, 0)) > 0)
    ;
  return n == 0 || errno == ECONNRESET;
}
