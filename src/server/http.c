/* One HTTP exchange after another: static files, POST /rpc, health, metrics */
#include "server/server-private.h"

#include <string.h>

#define CHUNK_OCTETS 8192
#define REPLY_TIMEOUT_S 30

static const struct {
  const char *name;
  const char *value;
} security_headers[] = {
  { "content-security-policy:",
    "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'" },
  { "x-content-type-options:", "nosniff" },
  { "referrer-policy:", "no-referrer" },
  { "permissions-policy:",
    "camera=(self), microphone=(self), display-capture=(self)" },
  { "cross-origin-opener-policy:", "same-origin" },
};

static void
exchange_clear (YlExchange *self)
{
  if (self->post != NULL)
    self->post->exchange = NULL;
  if (self->body != NULL)
    g_byte_array_unref (self->body);
  if (self->reply.body != NULL)
    g_bytes_unref (self->reply.body);
  yl_whip_reply_free (self->reply.whip);
  g_free (self->reply.set_cookie);
  g_free (self->whip);
  memset (self, 0, sizeof *self);
}

/* --- replies --- */

static void
reply_later (YlExchange *self)
{
  lws_set_timeout (self->wsi, PENDING_TIMEOUT_HTTP_CONTENT, REPLY_TIMEOUT_S);
  lws_callback_on_writable (self->wsi);
}

void
yl_http_reply (YlExchange *self, unsigned status, const char *mime_type,
               GBytes *body)
{
  self->reply.status = status;
  self->reply.mime_type = mime_type;
  if (self->reply.cache_control == NULL)
    self->reply.cache_control = "no-store";
  self->reply.body = body;
  reply_later (self);
}

static void
reply_text (YlExchange *self, unsigned status, const char *text)
{
  yl_http_reply (self, status, "text/plain; charset=utf-8",
                 g_bytes_new (text, strlen (text)));
}

static bool
add_header (struct lws *wsi, const char *name, const char *value,
            unsigned char **at, unsigned char *end)
{
  return value == NULL
         || lws_add_http_header_by_name (wsi, (const unsigned char *) name,
                                         (const unsigned char *) value,
                                         (int) strlen (value), at, end)
                == 0;
}

/* Of HTTP/2, among others on its connection? */
static bool
is_stream (const YlExchange *self)
{
  return lws_get_network_wsi (self->wsi) != self->wsi;
}

static bool
write_headers (YlExchange *self)
{
  unsigned char buffer[LWS_PRE + 3072];
  unsigned char *start = buffer + LWS_PRE, *at = start;
  unsigned char *end = buffer + sizeof buffer;
  struct lws *wsi = self->wsi;
  const size_t size = g_bytes_get_size (self->reply.body);
  bool ok =
      lws_add_http_header_status (wsi, self->reply.status, &at, end) == 0
      && add_header (wsi, "content-type:", self->reply.mime_type, &at, end)
      && add_header (wsi, "cache-control:", self->reply.cache_control, &at, end)
      && add_header (wsi, "content-encoding:", self->reply.encoding, &at, end)
      && add_header (wsi, "set-cookie:", self->reply.set_cookie, &at, end);
  if (self->reply.etag[0] != '\0')
    ok = ok && add_header (wsi, "etag:", self->reply.etag, &at, end)
         && add_header (wsi, "vary:", "accept-encoding", &at, end);
  if (self->reply.close && !is_stream (self))
    ok = ok && add_header (wsi, "connection:", "close", &at, end);
  const YlWhipReply *whip = self->reply.whip;
  for (unsigned i = 0; ok && whip != NULL && i < whip->n_headers; i++)
    ok = add_header (wsi, whip->headers[i].name, whip->headers[i].value, &at,
                     end);
  for (size_t i = 0; ok && i < G_N_ELEMENTS (security_headers); i++)
    ok = add_header (wsi, security_headers[i].name, security_headers[i].value,
                     &at, end);
  if (self->reply.status != 304)
    ok = ok && lws_add_http_header_content_length (wsi, size, &at, end) == 0;
  return ok && lws_finalize_write_http_header (wsi, start, &at, end) == 0;
}

/* Returns what the callback has to: non-zero closes. */
static int
finish (YlExchange *self)
{
  struct lws *wsi = self->wsi;
  const bool close = self->reply.close;
  exchange_clear (self);
  if (close)
    return -1;
  return lws_http_transaction_completed (wsi) ? -1 : 0;
}

static int
write_reply (YlExchange *self)
{
  if (self->reply.status == 0)
    return 0;
  const bool has_body = !self->reply.head_only && self->reply.status != 304
                        && g_bytes_get_size (self->reply.body) > 0;
  if (!self->reply.headers_sent) {
    if (!write_headers (self))
      return -1;
    self->reply.headers_sent = true;
    /* A stream of HTTP/2 ends with a frame that says so, even an empty one. */
    if (!has_body && !is_stream (self))
      return finish (self);
    reply_later (self);
    return 0;
  }

  gsize size;
  const char *data = g_bytes_get_data (self->reply.body, &size);
  unsigned char chunk[LWS_PRE + CHUNK_OCTETS];
  const size_t left = has_body ? size - self->reply.sent : 0;
  const size_t n = MIN (left, CHUNK_OCTETS);
  if (n > 0)
    memcpy (chunk + LWS_PRE, data + self->reply.sent, n);
  self->reply.sent += n;
  if (lws_write (self->wsi, chunk + LWS_PRE, n,
                 n == left ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP)
      < 0)
    return -1;
  if (n == left)
    return finish (self);
  reply_later (self);
  return 0;
}

void
yl_http_post_reply (YlHttpPost *self, unsigned status, const char *set_cookie,
                    const char *text)
{
  YlExchange *exchange = self->exchange;
  g_free (self);
  if (exchange == NULL)
    return;
  exchange->post = NULL;
  exchange->reply.set_cookie = g_strdup (set_cookie);
  yl_http_reply (exchange, status, "application/json",
                 g_bytes_new (text, strlen (text)));
}

/* --- requests --- */

static bool
accepts_gzip (struct lws *wsi)
{
  char value[200];
  if (lws_hdr_copy (wsi, value, sizeof value, WSI_TOKEN_HTTP_ACCEPT_ENCODING)
      <= 0)
    return false;
  return strstr (value, "gzip") != NULL && strstr (value, "gzip;q=0") == NULL;
}

static void
serve_file (YlExchange *self, YlServer *server, const char *path)
{
  YlStaticFile file;
  if (!yl_static_files_get (server->files, path, accepts_gzip (self->wsi),
                            &file)) {
    reply_text (self, 404, "not found\n");
    return;
  }
  char known[64];
  const bool unchanged = lws_hdr_copy (self->wsi, known, sizeof known,
                                       WSI_TOKEN_HTTP_IF_NONE_MATCH)
                             > 0
                         && strcmp (known, file.etag) == 0;
  self->reply.cache_control = file.cache_control;
  self->reply.encoding = unchanged ? NULL : file.encoding;
  g_strlcpy (self->reply.etag, file.etag, sizeof self->reply.etag);
  yl_http_reply (self, unchanged ? 304 : 200, file.mime_type, file.body);
}

static void
serve_ready (YlExchange *self, YlServer *server)
{
  const char *reason = server->handler->not_ready (server->user_data);
  g_autofree char *text =
      reason != NULL ? g_strconcat (reason, "\n", NULL) : NULL;
  reply_text (self, reason == NULL ? 200 : 503, text != NULL ? text : "ok\n");
}

static void
serve_get (YlExchange *self, YlServer *server, bool metrics, const char *path)
{
  if (strcmp (path, "/healthz") == 0) {
    reply_text (self, 200, "ok\n");
  } else if (strcmp (path, "/readyz") == 0) {
    serve_ready (self, server);
  } else if (!metrics) {
    serve_file (self, server, path);
  } else if (strcmp (path, "/metrics") == 0) {
    char *text = server->handler->metrics (server->user_data);
    yl_http_reply (self, 200, "text/plain; version=0.0.4; charset=utf-8",
                   g_bytes_new_take (text, strlen (text)));
  } else {
    reply_text (self, 404, "not found\n");
  }
}

static bool
is_json (struct lws *wsi)
{
  char type[64];
  return lws_hdr_copy (wsi, type, sizeof type, WSI_TOKEN_HTTP_CONTENT_TYPE) > 0
         && g_ascii_strncasecmp (type, "application/json", 16) == 0
         && (type[16] == '\0' || type[16] == ';' || type[16] == ' ');
}

static void
begin_post (YlExchange *self, YlServer *server, bool metrics, const char *path)
{
  char length[24] = "";
  lws_hdr_copy (self->wsi, length, sizeof length,
                WSI_TOKEN_HTTP_CONTENT_LENGTH);
  self->reply.close = true; /* unless the body is read below */
  if (metrics || strcmp (path, "/rpc") != 0) {
    reply_text (self, 404, "not found\n");
  } else if (!yl_server_origin_is_ours (server, self->wsi)) {
    reply_text (self, 403, "wrong origin\n");
  } else if (!is_json (self->wsi)) {
    reply_text (self, 415, "application/json only\n");
  } else if (length[0] == '\0') {
    reply_text (self, 411, "content-length needed\n");
  } else if (g_ascii_strtoull (length, NULL, 10) > YL_SERVER_MESSAGE_MAX) {
    server->stats.too_large++;
    reply_text (self, 413, "too large\n");
  } else {
    self->reply.close = false;
    self->body = g_byte_array_new ();
    if (strcmp (length, "0") == 0)
      reply_text (self, 400, "empty\n");
  }
}

static void
begin_exchange (YlExchange *self, struct lws *wsi, YlServer *server)
{
  const YlConnection *connection = yl_server_connection (wsi);
  char *uri;
  int uri_size;
  char path[256];

  exchange_clear (self);
  self->wsi = wsi;
  server->stats.requests++;
  yl_admission_touch (server->admission, connection->entry);
  const int method = lws_http_get_uri_and_method (wsi, &uri, &uri_size);
  if (method < 0 || uri_size >= (int) sizeof path) {
    self->reply.close = true;
    reply_text (self, 414, "address too long\n");
    return;
  }
  memcpy (path, uri, (size_t) uri_size);
  path[uri_size] = '\0';
  char *query = strchr (path, '?');
  if (query != NULL)
    *query = '\0';

  if (!connection->metrics && yl_whip_owns_path (path)) {
    yl_http_whip_begin (self, server, method, path);
  } else if (method == LWSHUMETH_POST) {
    begin_post (self, server, connection->metrics, path);
  } else if (method == LWSHUMETH_GET || method == LWSHUMETH_HEAD
             || method == LWSHUMETH_COLON_PATH) {
    self->reply.head_only = method == LWSHUMETH_HEAD;
    serve_get (self, server, connection->metrics, path);
  } else {
    self->reply.close = true;
    reply_text (self, 405, "method not allowed\n");
  }
}

static int
take_body (YlExchange *self, YlServer *server, const void *data, size_t size)
{
  if (self->body == NULL || self->reply.status != 0)
    return 0;
  if (self->body->len + size > YL_SERVER_MESSAGE_MAX) {
    server->stats.too_large++;
    return -1;
  }
  g_byte_array_append (self->body, data, (guint) size);
  return 0;
}

YlHttpPost *
yl_http_wait (YlExchange *self)
{
  self->post = g_new0 (YlHttpPost, 1);
  self->post->exchange = self;
  lws_set_timeout (self->wsi, PENDING_TIMEOUT_HTTP_CONTENT, REPLY_TIMEOUT_S);
  return self->post;
}

static void
finish_post (YlExchange *self, YlServer *server)
{
  if (self->body == NULL || self->reply.status != 0 || self->post != NULL)
    return;
  if (self->whip != NULL) {
    yl_http_whip_finish (self, server);
    return;
  }
  YlCaller caller;
  char session[YL_SESSION_MAX];
  yl_server_read_caller (self->wsi, &caller, session);
  g_autoptr (GByteArray) body = g_steal_pointer (&self->body);
  server->handler->post (yl_http_wait (self), &caller,
                         (const char *) body->data, body->len,
                         server->user_data);
}

/* Upgrades are for /ws of our own page with our subprotocol. Positive: the
 * request was answered here. */
static int
confirm_upgrade (struct lws *wsi, YlServer *server)
{
  char protocol[200] = "";
  char path[16] = "";
  lws_hdr_copy (wsi, protocol, sizeof protocol, WSI_TOKEN_PROTOCOL);
  lws_hdr_copy (wsi, path, sizeof path, WSI_TOKEN_GET_URI);
  unsigned status = 0;
  if (yl_server_connection (wsi)->metrics || strcmp (path, "/ws") != 0)
    status = 404;
  else if (!yl_server_origin_is_ours (server, wsi))
    status = 403;
  else if (strstr (protocol, YL_SERVER_SUBPROTOCOL) == NULL)
    status = 400;
  if (status == 0)
    return 0;
  return lws_return_http_status (wsi, status, NULL) < 0 ? -1 : 1;
}

static void
connection_gone (struct lws *wsi)
{
  YlConnection *connection = lws_get_opaque_user_data (wsi);
  if (connection == NULL || connection->wsi != wsi)
    return;
  lws_set_opaque_user_data (wsi, NULL);
  yl_admission_leave (connection->server->admission, connection->entry);
  g_free (connection);
}

int
yl_http_callback (struct lws *wsi, enum lws_callback_reasons reason, void *user,
                  void *in, size_t size)
{
  YlExchange *exchange = user;
  YlServer *server = wsi != NULL ? yl_server_of (wsi) : NULL;

  switch (reason) {
  case LWS_CALLBACK_HTTP:
    begin_exchange (exchange, wsi, server);
    return 0;
  case LWS_CALLBACK_HTTP_BODY:
    return take_body (exchange, server, in, size);
  case LWS_CALLBACK_HTTP_BODY_COMPLETION:
    finish_post (exchange, server);
    return 0;
  case LWS_CALLBACK_HTTP_WRITEABLE:
    return exchange != NULL && exchange->wsi != NULL ? write_reply (exchange)
                                                     : 0;
  case LWS_CALLBACK_HTTP_DROP_PROTOCOL:
  case LWS_CALLBACK_CLOSED_HTTP:
    if (exchange != NULL)
      exchange_clear (exchange);
    return 0;
  case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
    return confirm_upgrade (wsi, server);
  case LWS_CALLBACK_ESTABLISHED: /* a WebSocket without our subprotocol */
    return -1;
  case LWS_CALLBACK_WSI_DESTROY:
    connection_gone (wsi);
    return 0;
  default:
    return 0;
  }
}
