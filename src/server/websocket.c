/* WebSockets: messages in whole, a bounded queue out, an orderly end */
#include "server/server-private.h"

#include <string.h>

#define CLOSE_TIMEOUT_S 5
#define REASON_MAX 100

struct YlSocket {
  struct lws *wsi;
  YlServer *server;
  void *data;
  GByteArray *incoming; /* a message of which more is to come */
  GQueue outgoing;      /* of GBytes */
  size_t queued;        /* [octets] in outgoing */
  unsigned close_code;  /* 0: open */
  char close_reason[REASON_MAX];
  bool killed;
};

/* Per-session data: what is read from the headers while they are there. */
typedef struct {
  YlCaller caller;
  char session[YL_SESSION_MAX];
  YlSocket *socket;
} Session;

size_t
yl_websocket_user_size (void)
{
  return sizeof (Session);
}

void
yl_socket_set_data (YlSocket *self, void *data)
{
  self->data = data;
}

void *
yl_socket_get_data (const YlSocket *self)
{
  return self->data;
}

bool
yl_socket_admit (YlSocket *self)
{
  YlConnection *connection = yl_server_connection (self->wsi);
  return connection != NULL
         && yl_admission_promote (self->server->admission, connection->entry);
}

static void
drop_queue (YlSocket *self)
{
  g_queue_clear_full (&self->outgoing, (GDestroyNotify) g_bytes_unref);
  self->queued = 0;
}

void
yl_socket_send (YlSocket *self, const char *text)
{
  const size_t size = strlen (text);
  if (self->close_code != 0 || self->killed)
    return;
  if (self->queued + size > self->server->socket_queue_octets) {
    self->server->stats.slow_readers++;
    self->killed = true;
    drop_queue (self);
    yl_server_kill (self->server, self->wsi);
    return;
  }
  g_queue_push_tail (&self->outgoing, g_bytes_new (text, size));
  self->queued += size;
  lws_callback_on_writable (self->wsi);
}

void
yl_socket_close (YlSocket *self, unsigned code, const char *reason)
{
  if (self->close_code != 0 || self->killed)
    return;
  self->close_code = code;
  g_strlcpy (self->close_reason, reason, sizeof self->close_reason);
  lws_set_timeout (self->wsi, PENDING_TIMEOUT_CLOSE_SEND, CLOSE_TIMEOUT_S);
  lws_callback_on_writable (self->wsi);
}

/* Fails the connection from inside its own callback. */
static int
close_now (YlSocket *self, unsigned code, const char *reason)
{
  self->close_code = code;
  lws_close_reason (self->wsi, (enum lws_close_status) code,
                    (unsigned char *) reason, strlen (reason));
  return -1;
}

static int
on_writable (YlSocket *self)
{
  GBytes *message = g_queue_pop_head (&self->outgoing);
  if (message == NULL)
    return self->close_code != 0
               ? close_now (self, self->close_code, self->close_reason)
               : 0;
  gsize size;
  const void *text = g_bytes_get_data (message, &size);
  g_autofree unsigned char *frame = g_malloc (LWS_PRE + size);
  memcpy (frame + LWS_PRE, text, size);
  self->queued -= size;
  g_bytes_unref (message);
  const int written =
      lws_write (self->wsi, frame + LWS_PRE, size, LWS_WRITE_TEXT);
  if (written < (int) size)
    return -1;
  if (!g_queue_is_empty (&self->outgoing) || self->close_code != 0)
    lws_callback_on_writable (self->wsi);
  return 0;
}

static int
on_receive (YlSocket *self, const void *data, size_t size)
{
  if (self->close_code != 0 || self->killed)
    return 0;
  if (lws_frame_is_binary (self->wsi))
    return close_now (self, LWS_CLOSE_STATUS_UNACCEPTABLE_OPCODE, "text only");
  if (self->incoming->len + size > YL_SERVER_MESSAGE_MAX) {
    self->server->stats.too_large++;
    return close_now (self, LWS_CLOSE_STATUS_MESSAGE_TOO_LARGE, "too large");
  }
  g_byte_array_append (self->incoming, data, (guint) size);
  if (!lws_is_final_fragment (self->wsi)
      || lws_remaining_packet_payload (self->wsi) > 0)
    return 0;
  g_autoptr (GByteArray) message = self->incoming;
  self->incoming = g_byte_array_new ();
  self->server->handler->socket_text (self, (const char *) message->data,
                                      message->len, self->server->user_data);
  return 0;
}

static void
on_established (Session *session, struct lws *wsi, YlServer *server)
{
  YlSocket *self = g_new0 (YlSocket, 1);
  self->wsi = wsi;
  self->server = server;
  self->incoming = g_byte_array_new ();
  g_queue_init (&self->outgoing);
  session->socket = self;
  server->stats.sockets++;
  if (session->caller.session != NULL)
    session->caller.session = session->session;
  server->handler->socket_opened (self, &session->caller, server->user_data);
}

static void
on_closed (Session *session, YlServer *server)
{
  YlSocket *self = g_steal_pointer (&session->socket);
  if (self == NULL)
    return;
  server->handler->socket_closed (self, server->user_data);
  drop_queue (self);
  g_byte_array_unref (self->incoming);
  g_free (self);
}

int
yl_websocket_callback (struct lws *wsi, enum lws_callback_reasons reason,
                       void *user, void *in, size_t size)
{
  Session *session = user;
  YlServer *server = wsi != NULL ? yl_server_of (wsi) : NULL;

  switch (reason) {
  case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
    /* Over HTTP/2 nobody was asked to confirm the upgrade. */
    if (yl_server_connection (wsi)->metrics
        || !yl_server_origin_is_ours (server, wsi))
      return -1;
    yl_server_read_caller (wsi, &session->caller, session->session);
    return 0;
  case LWS_CALLBACK_ESTABLISHED:
    on_established (session, wsi, server);
    return 0;
  case LWS_CALLBACK_RECEIVE:
    return session->socket != NULL ? on_receive (session->socket, in, size)
                                   : -1;
  case LWS_CALLBACK_SERVER_WRITEABLE:
    return session->socket != NULL ? on_writable (session->socket) : -1;
  case LWS_CALLBACK_CLOSED:
    on_closed (session, server);
    return 0;
  default:
    return 0;
  }
}
