/* janus-socket.c: a WebSocket to Janus, on a thread of its own */
#include "janus-socket.h"

#include "janus-message.h"

#include <libwebsockets.h>
#include <string.h>

#define IDLE_US (20 * LWS_USEC_PER_SEC)
#define MAX_FDS 16 /* libwebsockets sizes its tables by it */

typedef enum {
  CONNECTING,
  OPEN,
  ENDED,
} State;

struct JanusSocket {
  /* constant while the thread runs */
  JanusSocketCalls calls;
  struct lws_context *context;
  GThread *thread;

  /* the socket's thread */
  struct lws *wsi;
  GByteArray *incoming; /* a message under way */

  /* both, under the lock */
  GMutex lock;
  GCond changed;
  GQueue outgoing; /* of GByteArray, LWS_PRE octets before the text */
  State state;
  char *reason; /* of the end */
  bool stopping;
};

static void
end (JanusSocket *self, const char *reason)
{
  g_mutex_lock (&self->lock);
  const bool was_open = self->state == OPEN;
  if (self->state != ENDED) {
    self->state = ENDED;
    self->reason = g_strdup (reason);
    g_cond_broadcast (&self->changed);
  }
  self->wsi = NULL;
  g_mutex_unlock (&self->lock);
  if (was_open)
    self->calls.end (self->calls.user, reason);
}

static void
opened (JanusSocket *self)
{
  g_mutex_lock (&self->lock);
  self->state = OPEN;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  lws_set_timer_usecs (self->wsi, IDLE_US);
}

static void
receive (JanusSocket *self, const void *data, size_t size)
{
  g_byte_array_append (self->incoming, data, (guint) size);
  if (!lws_is_final_fragment (self->wsi)
      || lws_remaining_packet_payload (self->wsi) > 0)
    return;
  self->calls.receive (self->calls.user, (char *) self->incoming->data,
                       self->incoming->len);
  g_byte_array_set_size (self->incoming, 0);
}

/* One message a turn: libwebsockets asks again when it has room. Returns
 * what its callback has to. */
static int
write_next (JanusSocket *self)
{
  g_mutex_lock (&self->lock);
  GByteArray *message = g_queue_pop_head (&self->outgoing);
  const bool more = !g_queue_is_empty (&self->outgoing);
  g_mutex_unlock (&self->lock);
  if (message == NULL)
    return 0;
  const size_t size = message->len - LWS_PRE;
  const int written =
      lws_write (self->wsi, message->data + LWS_PRE, size, LWS_WRITE_TEXT);
  g_byte_array_unref (message);
  if (more)
    lws_callback_on_writable (self->wsi);
  return written < (int) size ? -1 : 0;
}

static int
callback (struct lws *wsi, enum lws_callback_reasons why, void *unused,
          void *in, size_t size)
{
  JanusSocket *self = lws_context_user (lws_get_context (wsi));
  switch ((int) why) {
  case LWS_CALLBACK_CLIENT_ESTABLISHED:
    opened (self);
    return 0;
  case LWS_CALLBACK_CLIENT_RECEIVE:
    receive (self, in, size);
    return 0;
  case LWS_CALLBACK_CLIENT_WRITEABLE:
    return write_next (self);
  case LWS_CALLBACK_EVENT_WAIT_CANCELLED: /* something waits to be sent */
    if (self->wsi != NULL)
      lws_callback_on_writable (self->wsi);
    return 0;
  case LWS_CALLBACK_TIMER:
    self->calls.idle (self->calls.user);
    lws_set_timer_usecs (wsi, IDLE_US);
    return 0;
  case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
    end (self, in != NULL ? in : "no connection");
    return 0;
  case LWS_CALLBACK_CLIENT_CLOSED:
    end (self, "janus closed the connection");
    return 0;
  default:
    return 0;
  }
}

static const struct lws_protocols PROTOCOLS[] = {
  { .name = "janus-protocol", .callback = callback },
  { 0 },
};

static bool
must_stop (JanusSocket *self)
{
  g_mutex_lock (&self->lock);
  const bool stopping = self->stopping;
  g_mutex_unlock (&self->lock);
  return stopping;
}

static void *
run (void *user)
{
  JanusSocket *self = user;
  while (!must_stop (self) && lws_service (self->context, 0) >= 0)
    continue;
  return NULL;
}

static bool
await_connection (JanusSocket *self, GError **error)
{
  g_mutex_lock (&self->lock);
  while (self->state == CONNECTING)
    g_cond_wait (&self->changed, &self->lock);
  const bool open = self->state == OPEN;
  if (!open)
    g_set_error (error, JANUS_ERROR, JANUS_ERROR_CONNECTION,
                 "cannot connect to janus: %s", self->reason);
  g_mutex_unlock (&self->lock);
  return open;
}

static bool
begin (JanusSocket *self, uint16_t port)
{
  const struct lws_context_creation_info context = {
    .port = CONTEXT_PORT_NO_LISTEN,
    .protocols = PROTOCOLS,
    .fd_limit_per_thread = MAX_FDS,
    .gid = (gid_t) -1,
    .uid = (uid_t) -1,
    .user = self,
  };
  lws_set_log_level (LLL_ERR, NULL);
  self->context = lws_create_context (&context);
  if (self->context == NULL)
    return false;
  const struct lws_client_connect_info connection = {
    .context = self->context,
    .address = "127.0.0.1",
    .host = "127.0.0.1",
    .origin = "127.0.0.1",
    .port = port,
    .path = "/",
    .protocol = PROTOCOLS[0].name,
    .local_protocol_name = PROTOCOLS[0].name,
    .ietf_version_or_minus_one = -1,
    .pwsi = &self->wsi,
  };
  return lws_client_connect_via_info (&connection) != NULL;
}

JanusSocket *
janus_socket_new (uint16_t port, const JanusSocketCalls *calls, GError **error)
{
  g_autoptr (JanusSocket) self = g_new0 (JanusSocket, 1);
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  g_queue_init (&self->outgoing);
  self->incoming = g_byte_array_new ();
  self->calls = *calls;
  if (!begin (self, port)) {
    g_set_error (error, JANUS_ERROR, JANUS_ERROR_CONNECTION,
                 "cannot connect to janus: %s",
                 self->reason != NULL ? self->reason : "out of memory");
    return NULL;
  }
  self->thread = g_thread_new ("janus-socket", run, self);
  return await_connection (self, error) ? g_steal_pointer (&self) : NULL;
}

void
janus_socket_free (JanusSocket *self)
{
  if (self == NULL)
    return;
  g_mutex_lock (&self->lock);
  self->stopping = true;
  self->state = ENDED; /* by us: nobody needs to be told */
  g_mutex_unlock (&self->lock);
  if (self->thread != NULL) {
    lws_cancel_service (self->context);
    g_thread_join (self->thread);
  }
  if (self->context != NULL)
    lws_context_destroy (self->context);
  g_queue_clear_full (&self->outgoing, (GDestroyNotify) g_byte_array_unref);
  g_byte_array_unref (self->incoming);
  g_free (self->reason);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_free (self);
}

void
janus_socket_send (JanusSocket *self, const char *text)
{
  static const uint8_t room[LWS_PRE];
  GByteArray *message = g_byte_array_new ();
  g_byte_array_append (message, room, sizeof room);
  g_byte_array_append (message, (const uint8_t *) text, (guint) strlen (text));
  g_mutex_lock (&self->lock);
  g_queue_push_tail (&self->outgoing, message);
  g_mutex_unlock (&self->lock);
  lws_cancel_service (self->context);
}
