#include "server/server.h"

#include "base/log.h"
#include "server/cookie.h"
#include "server/origin.h"
#include "server/server-private.h"

#include <string.h>
#include <unistd.h>

/* Beyond the guests and members: connections displaced but not yet closed,
 * metrics, and what libwebsockets needs itself. */
#define FD_RESERVE 512

static const lws_retry_bo_t idle_policy = {
  .secs_since_valid_ping = 15,
  .secs_since_valid_hangup = 30,
};

static struct lws_protocols protocols[3];

YlConnection *
yl_server_connection (struct lws *wsi)
{
  return lws_get_opaque_user_data (lws_get_network_wsi (wsi));
}

YlServer *
yl_server_of (struct lws *wsi)
{
  return lws_context_user (lws_get_context (wsi));
}

static const char *
header_text (struct lws *wsi, enum lws_token_indexes token, char *buffer,
             size_t size)
{
  return lws_hdr_copy (wsi, buffer, (int) size, token) > 0 ? buffer : NULL;
}

bool
yl_server_origin_is_ours (YlServer *self, struct lws *wsi)
{
  char origin_buffer[300], host_buffer[300];
  const char *origin = NULL;
  if (lws_hdr_total_length (wsi, WSI_TOKEN_ORIGIN) > 0) {
    origin = header_text (wsi, WSI_TOKEN_ORIGIN, origin_buffer,
                          sizeof origin_buffer);
    if (origin == NULL)
      origin = ""; /* too long to be ours */
  }
  const char *host =
      header_text (wsi, WSI_TOKEN_HOST, host_buffer, sizeof host_buffer);
  if (host == NULL)
    host = header_text (wsi, WSI_TOKEN_HTTP_COLON_AUTHORITY, host_buffer,
                        sizeof host_buffer);
  if (yl_origin_matches (origin, host, lws_is_ssl (lws_get_network_wsi (wsi))))
    return true;
  self->stats.wrong_origins++;
  return false;
}

void
yl_server_read_caller (struct lws *wsi, YlCaller *caller,
                       char session[YL_SESSION_MAX])
{
  const YlConnection *connection = yl_server_connection (wsi);
  char cookies[4096];
  caller->address = connection->address;
  caller->secure = lws_is_ssl (lws_get_network_wsi (wsi));
  caller->session = NULL;
  if (header_text (wsi, WSI_TOKEN_HTTP_COOKIE, cookies, sizeof cookies) != NULL
      && yl_cookie_find (cookies, YL_SERVER_COOKIE, session, YL_SESSION_MAX))
    caller->session = session;
}

static void
kill_wsi (struct lws *wsi, int how)
{
  lws_set_timeout (wsi, PENDING_TIMEOUT_USER_REASON_BASE, how);
}

void
yl_server_kill (YlServer *self, struct lws *wsi)
{
  kill_wsi (wsi, LWS_TO_KILL_ASYNC);
  lws_cancel_service (self->context); /* so that the loop looks at it now */
}

/* --- connections --- */

static void
adopt (YlServer *self, int fd, const YlAddress *from, bool tls, bool metrics)
{
  YlConnection *connection = g_new0 (YlConnection, 1);
  void *displaced;
  connection->metrics = metrics;
  connection->server = self;
  connection->address = *from;
  connection->entry =
      yl_admission_enter (self->admission, from, connection, &displaced);
  if (displaced != NULL && displaced != connection) {
    YlConnection *other = displaced;
    kill_wsi (other->wsi, LWS_TO_KILL_SYNC);
  }

  const lws_adopt_desc_t description = {
    .vh = tls ? self->https_vhost : self->http_vhost,
    .type = LWS_ADOPT_HTTP | LWS_ADOPT_SOCKET | (tls ? LWS_ADOPT_ALLOW_SSL : 0),
    .fd.sockfd = fd,
    .opaque = connection,
  };
  connection->wsi = lws_adopt_descriptor_vhost_via_info (&description);
  if (connection->wsi == NULL) {
    yl_admission_leave (self->admission, connection->entry);
    g_free (connection);
  }
}

static void
on_https (int fd, const YlAddress *from, void *user_data)
{
  adopt (user_data, fd, from, true, false);
}

static void
on_http (int fd, const YlAddress *from, void *user_data)
{
  adopt (user_data, fd, from, false, false);
}

static void
on_metrics (int fd, const YlAddress *from, void *user_data)
{
  adopt (user_data, fd, from, false, true);
}

/* --- set-up --- */

/* What 4.1 complains of though nothing is wrong, by a part of the line. */
static const char *const harmless[] = {
  /* at each orderly close of a WebSocket over HTTP/2 */
  "lws_set_timeout: on immortal stream",
};

static bool
is_harmless (const char *line)
{
  for (size_t i = 0; i < G_N_ELEMENTS (harmless); i++)
    if (strstr (line, harmless[i]) != NULL)
      return true;
  return false;
}

static void
emit_lws_log (int level, const char *line)
{
  g_autofree char *text = g_strstrip (g_strdup (line));
  if ((level & LLL_ERR) && !is_harmless (line))
    yl_log_warning ("http: %s", text);
  else
    yl_log_debug ("http: %s", text);
}

static struct lws_vhost *
add_vhost (YlServer *self, const char *name, bool tls, unsigned handshake_s)
{
  struct lws_context_creation_info info = {
    .vhost_name = name,
    .port = CONTEXT_PORT_NO_LISTEN_SERVER,
    .protocols = protocols,
    .server_string = "yilian",
    .timeout_secs = handshake_s,
    .timeout_secs_ah_idle = handshake_s,
    .keepalive_timeout = 30,
    .retry_and_idle_policy = &idle_policy,
  };
  if (tls) {
    info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
    info.ssl_cert_filepath = self->certificate;
    info.ssl_private_key_filepath = self->private_key;
    info.alpn = "h2,http/1.1";
  }
  return lws_create_vhost (self->context, &info);
}

static bool
set_up_context (YlServer *self, const YlServerOptions *options)
{
  void *loops[] = { options->loop };
  const struct lws_context_creation_info info = {
    .options = LWS_SERVER_OPTION_GLIB | LWS_SERVER_OPTION_EXPLICIT_VHOSTS
               | LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT,
    .foreign_loops = loops,
    .user = self,
    .fd_limit_per_thread =
        options->caps.guests + options->caps.members + FD_RESERVE,
    .max_http_header_pool2 = options->caps.guests + FD_RESERVE,
    .max_http_header_data2 = 8192,
    .pt_serv_buf_size = 16384,
    .server_string = "yilian",
  };
  lws_set_log_level (LLL_ERR | LLL_WARN, emit_lws_log);
  protocols[0] = (struct lws_protocols){
    .name = "http",
    .callback = yl_http_callback,
    .per_session_data_size = sizeof (YlExchange),
  };
  protocols[1] = (struct lws_protocols){
    .name = YL_SERVER_SUBPROTOCOL,
    .callback = yl_websocket_callback,
    .per_session_data_size = yl_websocket_user_size (),
  };
  self->context = lws_create_context (&info);
  if (self->context == NULL)
    return false;
  /* libwebsockets may take one vhost for the other by the Host header, since
   * neither listens itself: nothing but TLS may hang on which it is. */
  const unsigned bound_s = options->handshake_s;
  if (options->https != NULL) {
    self->https_vhost = add_vhost (self, "https", true, bound_s);
    if (self->https_vhost == NULL)
      return false;
  }
  self->http_vhost = add_vhost (self, "http", false, bound_s);
  return self->http_vhost != NULL;
}

static bool
listen_on (YlListener **listener, const YlAddress *address,
           YlListenerAccepted accepted, YlServer *self, GError **error)
{
  if (address == NULL)
    return true;
  *listener = yl_listener_new (address, accepted, self, error);
  return *listener != NULL;
}

YlServer *
yl_server_new (const YlServerOptions *options, GError **error)
{
  g_autoptr (YlServer) self = g_new0 (YlServer, 1);
  self->loop = g_main_loop_ref (options->loop);
  self->certificate = g_strdup (options->certificate);
  self->private_key = g_strdup (options->private_key);
  self->files = yl_static_files_new (options->web_folder);
  self->admission = yl_admission_new (&options->caps);
  self->socket_queue_octets = options->socket_queue_octets;
  self->handler = options->handler;
  self->user_data = options->user_data;

  /* Ports first: a port in use is the likelier failure, and clearer. */
  if (!listen_on (&self->https, options->https, on_https, self, error)
      || !listen_on (&self->http, options->http, on_http, self, error)
      || !listen_on (&self->metrics, options->metrics, on_metrics, self, error))
    return NULL;
  if (!set_up_context (self, options)) {
    g_set_error_literal (error, YL_SERVER_ERROR, YL_SERVER_ERROR_SETUP,
                         "libwebsockets cannot be set up (is the package "
                         "libwebsockets-evlib-glib installed?)");
    return NULL;
  }
  return g_steal_pointer (&self);
}

void
yl_server_stop_listening (YlServer *self)
{
  g_clear_pointer (&self->https, yl_listener_free);
  g_clear_pointer (&self->http, yl_listener_free);
}

void
yl_server_free (YlServer *self)
{
  yl_server_stop_listening (self);
  g_clear_pointer (&self->metrics, yl_listener_free);
  if (self->context != NULL)
    lws_context_destroy (self->context);
  yl_admission_free (self->admission);
  yl_static_files_free (self->files);
  g_main_loop_unref (self->loop);
  g_free (self->certificate);
  g_free (self->private_key);
  g_free (self);
}

static uint16_t
port_of (const YlListener *listener)
{
  return listener != NULL ? yl_listener_address (listener)->port : 0;
}

uint16_t
yl_server_https_port (const YlServer *self)
{
  return port_of (self->https);
}

uint16_t
yl_server_http_port (const YlServer *self)
{
  return port_of (self->http);
}

uint16_t
yl_server_metrics_port (const YlServer *self)
{
  return port_of (self->metrics);
}

bool
yl_server_reload_certificate (YlServer *self)
{
  return self->https_vhost != NULL
         && lws_tls_cert_updated (self->context, self->certificate,
                                  self->private_key, NULL, 0, NULL, 0)
                == 0;
}

void
yl_server_stats (const YlServer *self, YlServerStats *stats)
{
  *stats = self->stats;
  yl_admission_stats (self->admission, &stats->admission);
}
