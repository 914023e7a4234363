/* janus-message.c: one message of Janus, read */
#include "janus-message.h"

#include <string.h>

G_DEFINE_QUARK (janus_error, janus_error)

static const struct {
  const char *name;
  JanusKind kind;
} KINDS[] = {
  { "success", JANUS_SUCCESS }, { "ack", JANUS_ACK },
  { "event", JANUS_EVENT },     { "webrtcup", JANUS_UP },
  { "hangup", JANUS_DOWN },     { "detached", JANUS_DOWN },
  { "timeout", JANUS_OVER },    { "error", JANUS_FAILURE },
};

/* --- members, if they are what they should be --- */

static JsonObject *
object_of (JsonObject *object, const char *name)
{
  JsonNode *node =
      object != NULL ? json_object_get_member (object, name) : NULL;
  return node != NULL && JSON_NODE_HOLDS_OBJECT (node)
             ? json_node_get_object (node)
             : NULL;
}

static const char *
text_of (JsonObject *object, const char *name)
{
  JsonNode *node =
      object != NULL ? json_object_get_member (object, name) : NULL;
  return node != NULL && JSON_NODE_HOLDS_VALUE (node)
                 && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

static int64_t
number_of (JsonObject *object, const char *name)
{
  JsonNode *node =
      object != NULL ? json_object_get_member (object, name) : NULL;
  return node != NULL && JSON_NODE_HOLDS_VALUE (node)
                 && json_node_get_value_type (node) == G_TYPE_INT64
             ? json_node_get_int (node)
             : 0;
}

/* --- the message --- */

static JanusKind
read_kind (const char *name)
{
  for (size_t i = 0; i < G_N_ELEMENTS (KINDS); i++)
    if (strcmp (KINDS[i].name, name) == 0)
      return KINDS[i].kind;
  return JANUS_OTHER;
}

static void
read_failure (JanusMessage *self, JsonObject *object)
{
  JsonObject *failure = object_of (object, "error");
  if (failure != NULL) { /* of the core */
    self->code = (int) number_of (failure, "code");
    self->reason = text_of (failure, "reason");
  } else if (self->data != NULL
             && json_object_has_member (self->data, "error")) {
    self->kind = JANUS_FAILURE;
    self->code = (int) number_of (self->data, "error_code");
    self->reason = text_of (self->data, "error");
  }
}

bool
janus_message_parse (JanusMessage *self, const char *text, size_t size,
                     GError **error)
{
  g_autofree char *whole = g_strndup (text, size);
  g_autoptr (JsonNode) root = json_from_string (whole, NULL);
  JsonObject *object = root != NULL && JSON_NODE_HOLDS_OBJECT (root)
                           ? json_node_get_object (root)
                           : NULL;
  const char *name = text_of (object, "janus");
  if (name == NULL) {
    g_set_error (error, JANUS_ERROR, JANUS_ERROR_MALFORMED,
                 "not a message of janus (%zu octets)", size);
    return false;
  }
  const char *transaction = text_of (object, "transaction");
  *self = (JanusMessage){
    .kind = read_kind (name),
    .transaction =
        transaction != NULL ? g_ascii_strtoull (transaction, NULL, 10) : 0,
    .handle = (uint64_t) number_of (object, "sender"),
    .id = (uint64_t) number_of (object_of (object, "data"), "id"),
    .data = object_of (object_of (object, "plugindata"), "data"),
    .sdp = text_of (object_of (object, "jsep"), "sdp"),
    .reason = text_of (object, "reason"),
  };
  read_failure (self, object);
  self->root = g_steal_pointer (&root);
  return true;
}

void
janus_message_clear (JanusMessage *self)
{
  g_clear_pointer (&self->root, json_node_unref);
  memset (self, 0, sizeof *self);
}

bool
janus_message_check (const JanusMessage *self, GError **error)
{
  if (self->kind != JANUS_FAILURE)
    return true;
  g_set_error (
      error, JANUS_ERROR, self->code != 0 ? self->code : JANUS_ERROR_REFUSED,
      "janus refuses: %s (%d)",
      self->reason != NULL ? self->reason : "no reason given", self->code);
  return false;
}
