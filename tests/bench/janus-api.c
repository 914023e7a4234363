/* janus-api.c: a session at Janus, for any number of threads at once */
#include "janus-api.h"

#include "janus-socket.h"

#define PLUGIN "janus.plugin.videoroom"
/* 200 who join at once wait for each other in Janus. */
#define PATIENCE_US (30 * G_TIME_SPAN_SECOND)

/* Somebody who waits, on the waiter's stack. */
typedef struct {
  GCond answered;
  JanusUntil until;
  bool done;
  JanusMessage reply;
} Waiter;

typedef enum {
  HANDLE_UP = 1,
  HANDLE_DOWN,
} HandleState;

struct JanusApi {
  JanusSocket *socket; /* constant */
  uint64_t session;    /* constant once made */

  GMutex lock;
  GCond changed; /* a handle, or the connection */
  uint64_t last_transaction;
  GHashTable *waiters; /* transaction to Waiter */
  GHashTable *handles; /* to HandleState; nothing: attached, not yet up */
  char *broken;        /* why there is no connection, NULL: there is */
};

static void *
key_of (uint64_t number)
{
  G_STATIC_ASSERT (sizeof (void *) == sizeof number);
  return (void *) number;
}

/* --- on the socket's thread --- */

static bool
answers (const Waiter *waiter, const JanusMessage *message)
{
  return waiter != NULL && !waiter->done
         && (message->kind != JANUS_ACK || waiter->until == JANUS_UNTIL_TAKEN);
}

static void
break_off (JanusApi *self, const char *why)
{
  GHashTableIter iter;
  void *waiter;
  if (self->broken == NULL)
    self->broken = g_strdup (why);
  g_hash_table_iter_init (&iter, self->waiters);
  while (g_hash_table_iter_next (&iter, NULL, &waiter))
    g_cond_signal (&((Waiter *) waiter)->answered);
  g_cond_broadcast (&self->changed);
}

/* What nobody asked for. */
static void
take_notice (JanusApi *self, const JanusMessage *message)
{
  if (message->kind == JANUS_UP || message->kind == JANUS_DOWN) {
    g_hash_table_insert (
        self->handles, key_of (message->handle),
        GINT_TO_POINTER (message->kind == JANUS_UP ? HANDLE_UP : HANDLE_DOWN));
    g_cond_broadcast (&self->changed);
  } else if (message->kind == JANUS_OVER) {
    break_off (self, "janus ended the session");
  } else if (message->kind == JANUS_FAILURE) {
    g_printerr ("# janus refuses later: %s (%d)\n", message->reason,
                message->code);
  }
}

static void
on_receive (void *user, const char *text, size_t size)
{
  JanusApi *self = user;
  g_auto (JanusMessage) message = { 0 };
  g_autoptr (GError) error = NULL;
  if (!janus_message_parse (&message, text, size, &error)) {
    g_printerr ("# %s\n", error->message);
    return;
  }
  g_mutex_lock (&self->lock);
  Waiter *waiter =
      g_hash_table_lookup (self->waiters, key_of (message.transaction));
  if (answers (waiter, &message)) {
    waiter->reply = message;
    waiter->done = true;
    message = (JanusMessage){ 0 };
    g_cond_signal (&waiter->answered);
  } else {
    take_notice (self, &message);
  }
  g_mutex_unlock (&self->lock);
}

static void
on_end (void *user, const char *reason)
{
  JanusApi *self = user;
  g_mutex_lock (&self->lock);
  break_off (self, reason);
  g_mutex_unlock (&self->lock);
}

/* --- requests --- */

static JsonObject *
new_request (const JanusApi *self, const char *what, uint64_t handle)
{
  JsonObject *object = json_object_new ();
  json_object_set_string_member (object, "janus", what);
  if (self->session != 0)
    json_object_set_int_member (object, "session_id", (int64_t) self->session);
  if (handle != 0)
    json_object_set_int_member (object, "handle_id", (int64_t) handle);
  return object;
}

/* Takes @object. */
static void
send_request (JanusApi *self, JsonObject *object, uint64_t transaction)
{
  char text[24];
  g_snprintf (text, sizeof text, "%" G_GUINT64_FORMAT, transaction);
  json_object_set_string_member (object, "transaction", text);
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (node, object);
  g_autofree char *message = json_to_string (node, FALSE);
  janus_socket_send (self->socket, message);
}

static void
on_idle (void *user)
{
  JanusApi *self = user;
  if (self->session != 0)
    send_request (self, new_request (self, "keepalive", 0), 0);
}

/* With the lock. False with @error when there was no answer. */
static bool
await (JanusApi *self, Waiter *waiter, GError **error)
{
  const gint64 end_us = g_get_monotonic_time () + PATIENCE_US;
  bool waited = true;
  while (!waiter->done && self->broken == NULL && waited)
    waited = g_cond_wait_until (&waiter->answered, &self->lock, end_us);
  if (waiter->done)
    return true;
  if (self->broken != NULL)
    g_set_error_literal (error, JANUS_ERROR, JANUS_ERROR_CONNECTION,
                         self->broken);
  else
    g_set_error (error, JANUS_ERROR, JANUS_ERROR_TIMEOUT,
                 "no answer of janus in %d s",
                 (int) (PATIENCE_US / G_TIME_SPAN_SECOND));
  return false;
}

/* Takes @object. */
static bool
exchange (JanusApi *self, JsonObject *object, JanusUntil until,
          JanusMessage *reply, GError **error)
{
  Waiter waiter = { .until = until };
  g_cond_init (&waiter.answered);
  g_mutex_lock (&self->lock);
  const uint64_t transaction = ++self->last_transaction;
  g_hash_table_insert (self->waiters, key_of (transaction), &waiter);
  g_mutex_unlock (&self->lock);
  send_request (self, object, transaction);
  g_mutex_lock (&self->lock);
  const bool answered = await (self, &waiter, error);
  g_hash_table_remove (self->waiters, key_of (transaction));
  g_mutex_unlock (&self->lock);
  g_cond_clear (&waiter.answered);
  if (!answered)
    return false;
  if (!janus_message_check (&waiter.reply, error)) {
    janus_message_clear (&waiter.reply);
    return false;
  }
  *reply = waiter.reply;
  return true;
}

/* --- what there is to ask for --- */

/* Takes @object: what makes something and answers with its id. */
static bool
make (JanusApi *self, JsonObject *object, uint64_t *id, GError **error)
{
  g_auto (JanusMessage) reply = { 0 };
  if (!exchange (self, object, JANUS_UNTIL_DONE, &reply, error))
    return false;
  if (reply.id == 0) {
    g_set_error_literal (error, JANUS_ERROR, JANUS_ERROR_MALFORMED,
                         "janus made something without an id");
    return false;
  }
  *id = reply.id;
  return true;
}

JanusApi *
janus_api_new (uint16_t port, GError **error)
{
  g_autoptr (JanusApi) self = g_new0 (JanusApi, 1);
  const JanusSocketCalls calls = {
    .receive = on_receive, .idle = on_idle, .end = on_end, .user = self
  };
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->waiters = g_hash_table_new (NULL, NULL);
  self->handles = g_hash_table_new (NULL, NULL);
  self->socket = janus_socket_new (port, &calls, error);
  if (self->socket == NULL
      || !make (self, new_request (self, "create", 0), &self->session, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
janus_api_free (JanusApi *self)
{
  if (self == NULL)
    return;
  janus_socket_free (self->socket);
  g_hash_table_unref (self->waiters);
  g_hash_table_unref (self->handles);
  g_free (self->broken);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_free (self);
}

bool
janus_api_attach (JanusApi *self, uint64_t *handle, GError **error)
{
  JsonObject *object = new_request (self, "attach", 0);
  json_object_set_string_member (object, "plugin", PLUGIN);
  return make (self, object, handle, error);
}

bool
janus_api_detach (JanusApi *self, uint64_t handle, GError **error)
{
  g_auto (JanusMessage) reply = { 0 };
  const bool done = exchange (self, new_request (self, "detach", handle),
                              JANUS_UNTIL_DONE, &reply, error);
  g_mutex_lock (&self->lock);
  g_hash_table_remove (self->handles, key_of (handle));
  g_mutex_unlock (&self->lock);
  return done;
}

bool
janus_api_ask (JanusApi *self, const JanusRequest *request, JanusMessage *reply,
               GError **error)
{
  JsonObject *object = new_request (self, "message", request->handle);
  json_object_set_member (object, "body", json_node_copy (request->body));
  if (request->sdp != NULL) {
    JsonObject *jsep = json_object_new ();
    json_object_set_string_member (jsep, "type", request->sdp_type);
    json_object_set_string_member (jsep, "sdp", request->sdp);
    json_object_set_boolean_member (jsep, "trickle", FALSE);
    json_object_set_object_member (object, "jsep", jsep);
  }
  return exchange (self, object, request->until, reply, error);
}

bool
janus_api_await_up (JanusApi *self, uint64_t handle, GError **error)
{
  const gint64 end_us = g_get_monotonic_time () + PATIENCE_US;
  bool waited = true;
  int state = 0;
  g_mutex_lock (&self->lock);
  do
    state =
        GPOINTER_TO_INT (g_hash_table_lookup (self->handles, key_of (handle)));
  while (state == 0 && self->broken == NULL && waited
         && (waited = g_cond_wait_until (&self->changed, &self->lock, end_us)));
  if (state != HANDLE_UP)
    g_set_error (error, JANUS_ERROR, JANUS_ERROR_CONNECTION,
                 "the connection %s",
                 state == HANDLE_DOWN   ? "has ended"
                 : self->broken != NULL ? self->broken
                                        : "does not come up");
  g_mutex_unlock (&self->lock);
  return state == HANDLE_UP;
}
