/* rpc-client.c: JSON-RPC by POST over plain HTTP, one person signed in */
#include "rpc-client.h"

#include <gio/gio.h>
#include <string.h>

G_DEFINE_QUARK (rpc_error, rpc_error)

struct RpcClient {
  char *host;
  char *cookie; /* "name=value", NULL before session.open */
  GSocketConnection *connection;
  GDataInputStream *in;
  unsigned id;
};

RpcClient *
rpc_client_new (const char *host)
{
  RpcClient *self = g_new0 (RpcClient, 1);
  self->host = g_strdup (host);
  return self;
}

RpcClient *
rpc_client_share (const RpcClient *other)
{
  RpcClient *self = rpc_client_new (other->host);
  self->cookie = g_strdup (other->cookie);
  return self;
}

static void
disconnect (RpcClient *self)
{
  g_clear_object (&self->in);
  g_clear_object (&self->connection);
}

void
rpc_client_free (RpcClient *self)
{
  disconnect (self);
  g_free (self->cookie);
  g_free (self->host);
  g_free (self);
}

static bool
connect_to_host (RpcClient *self, GError **error)
{
  if (self->connection != NULL)
    return true;
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_set_timeout (client, 30);
  self->connection =
      g_socket_client_connect_to_host (client, self->host, 80, NULL, error);
  if (self->connection == NULL)
    return false;
  self->in = g_data_input_stream_new (
      g_io_stream_get_input_stream (G_IO_STREAM (self->connection)));
  g_data_input_stream_set_newline_type (self->in,
                                        G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
  return true;
}

static bool
send_request (RpcClient *self, const char *body, GError **error)
{
  g_autofree char *request = g_strdup_printf (
      "POST /rpc HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n"
      "Content-Length: %zu\r\n%s%s%s\r\n%s",
      self->host, strlen (body), self->cookie != NULL ? "Cookie: " : "",
      self->cookie != NULL ? self->cookie : "",
      self->cookie != NULL ? "\r\n" : "", body);
  GOutputStream *out =
      g_io_stream_get_output_stream (G_IO_STREAM (self->connection));
  return g_output_stream_write_all (out, request, strlen (request), NULL, NULL,
                                    error);
}

typedef struct {
  unsigned status;
  size_t length;
  bool close;
} Head;

static void
read_header (RpcClient *self, Head *head, const char *line)
{
  if (g_ascii_strncasecmp (line, "content-length:", 15) == 0) {
    head->length = g_ascii_strtoull (line + 15, NULL, 10);
  } else if (g_ascii_strncasecmp (line, "connection: close", 17) == 0) {
    head->close = true;
  } else if (g_ascii_strncasecmp (line, "set-cookie:", 11) == 0) {
    const char *value = line + 11 + strspn (line + 11, " ");
    g_free (self->cookie);
    self->cookie = g_strndup (value, strcspn (value, ";"));
  }
}

static bool
read_head (RpcClient *self, Head *head, GError **error)
{
  *head = (Head){ 0 };
  for (;;) {
    g_autofree char *line =
        g_data_input_stream_read_line (self->in, NULL, NULL, error);
    if (line == NULL) {
      if (error != NULL && *error == NULL)
        g_set_error (error, RPC_ERROR, RPC_ERROR_TRANSPORT,
                     "the server closed the connection");
      return false;
    }
    if (line[0] == '\0')
      return true;
    if (head->status == 0 && strlen (line) > 9)
      head->status = (unsigned) g_ascii_strtoull (line + 9, NULL, 10);
    else
      read_header (self, head, line);
  }
}

static char *
read_answer (RpcClient *self, Head *head, GError **error)
{
  if (!read_head (self, head, error))
    return NULL;
  g_autofree char *body = g_malloc0 (head->length + 1);
  if (!g_input_stream_read_all (G_INPUT_STREAM (self->in), body, head->length,
                                NULL, NULL, error))
    return NULL;
  if (head->close)
    disconnect (self);
  return g_steal_pointer (&body);
}

/* A connection kept open may have been closed meanwhile: then once more. */
static char *
exchange (RpcClient *self, const char *body, Head *head, GError **error)
{
  for (unsigned attempt = 0;; attempt++) {
    const bool kept = self->connection != NULL;
    g_autoptr (GError) failure = NULL;
    char *answer = NULL;
    if (connect_to_host (self, &failure) && send_request (self, body, &failure))
      answer = read_answer (self, head, &failure);
    if (answer != NULL)
      return answer;
    disconnect (self);
    if (!kept || attempt > 0) {
      g_propagate_error (error, g_steal_pointer (&failure));
      return NULL;
    }
  }
}

static JsonObject *
read_result (const char *answer, const Head *head, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  if (!json_parser_load_from_data (parser, answer, -1, NULL)
      || !JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser))) {
    g_set_error (error, RPC_ERROR, (int) head->status, "HTTP status %u",
                 head->status);
    return NULL;
  }
  JsonObject *root = json_node_get_object (json_parser_get_root (parser));
  if (json_object_has_member (root, "error")) {
    JsonObject *object = json_object_get_object_member (root, "error");
    g_set_error (error, RPC_ERROR,
                 (int) json_object_get_int_member (object, "code"), "%s",
                 json_object_get_string_member (object, "message"));
    return NULL;
  }
  return json_object_ref (json_object_get_object_member (root, "result"));
}

JsonObject *
rpc_client_call (RpcClient *self, const char *method, const char *params,
                 GError **error)
{
  Head head;
  g_autofree char *body = g_strdup_printf (
      "{\"jsonrpc\":\"2.0\",\"id\":%u,\"method\":\"%s\",\"params\":%s}",
      ++self->id, method, params);
  g_autofree char *answer = exchange (self, body, &head, error);
  return answer != NULL ? read_result (answer, &head, error) : NULL;
}

JsonObject *
rpc_client_must (RpcClient *self, const char *method, const char *params, ...)
{
  va_list arguments;
  g_autoptr (GError) error = NULL;
  va_start (arguments, params);
  g_autofree char *text = g_strdup_vprintf (params, arguments);
  va_end (arguments);
  JsonObject *result = rpc_client_call (self, method, text, &error);
  if (result == NULL)
    g_error ("%s: %s (%d)", method, error->message, error->code);
  return result;
}

char *
rpc_quote (const char *text)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_VALUE);
  json_node_set_string (node, text);
  return json_to_string (node, FALSE);
}
