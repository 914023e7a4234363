/* http.c: one HTTP request, one connection */
#include "http.h"

#include <gio/gio.h>
#include <string.h>

#define PATIENCE_S 30
#define ANSWER_MAX (256 * 1024) /* [octets] */

void
http_answer_clear (HttpAnswer *answer)
{
  g_clear_pointer (&answer->location, g_free);
  g_clear_pointer (&answer->body, g_free);
}

static char *
write_request (const HttpRequest *request)
{
  GString *out = g_string_new (NULL);
  g_string_append_printf (out, "%s %s HTTP/1.1\r\nHost: %s\r\n",
                          request->method, request->path, request->host);
  if (request->token != NULL)
    g_string_append_printf (out, "Authorization: Bearer %s\r\n",
                            request->token);
  if (request->type != NULL)
    g_string_append_printf (out, "Content-Type: %s\r\nContent-Length: %zu\r\n",
                            request->type, strlen (request->body));
  g_string_append_printf (out, "Connection: close\r\n\r\n%s",
                          request->type != NULL ? request->body : "");
  return g_string_free (out, FALSE);
}

/* What the header @name says, or NULL; g_free(). */
static char *
find_header (const char *head, const char *name)
{
  const size_t size = strlen (name);
  for (const char *line = strstr (head, "\r\n"); line != NULL;
       line = strstr (line, "\r\n")) {
    line += 2;
    if (g_ascii_strncasecmp (line, name, size) == 0 && line[size] == ':') {
      const char *value = line + size + 1 + strspn (line + size + 1, " ");
      return g_strndup (value, strcspn (value, "\r"));
    }
  }
  return NULL;
}

/* The whole answer as far as it has come; false: more is to come. */
static bool
read_answer (const GString *in, HttpAnswer *answer)
{
  const char *end = strstr (in->str, "\r\n\r\n");
  if (end == NULL || in->len < 12)
    return false;
  g_autofree char *head = g_strndup (in->str, (gsize) (end - in->str) + 2);
  g_autofree char *length = find_header (head, "content-length");
  const char *body = end + 4;
  const size_t have = in->len - (size_t) (body - in->str);
  const size_t size =
      length != NULL ? (size_t) g_ascii_strtoull (length, NULL, 10) : 0;
  if (have < size)
    return false;
  answer->status = (unsigned) g_ascii_strtoull (in->str + 9, NULL, 10);
  answer->location = find_header (head, "location");
  answer->body = g_strndup (body, size);
  return true;
}

static bool
receive (GInputStream *stream, HttpAnswer *answer, GError **error)
{
  char data[4096];
  gssize n;
  g_autoptr (GString) in = g_string_new (NULL);
  while ((n = g_input_stream_read (stream, data, sizeof data, NULL, error)) > 0
         && in->len < ANSWER_MAX) {
    g_string_append_len (in, data, n);
    if (read_answer (in, answer))
      return true;
  }
  if (n >= 0)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT,
                 "the server closed the connection");
  return false;
}

bool
http_exchange (const HttpRequest *request, HttpAnswer *answer, GError **error)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_set_timeout (client, PATIENCE_S);
  g_autoptr (GSocketConnection) connection =
      g_socket_client_connect_to_host (client, request->host, 80, NULL, error);
  if (connection == NULL)
    return false;
  g_autofree char *text = write_request (request);
  GIOStream *stream = G_IO_STREAM (connection);
  *answer = (HttpAnswer){ 0 };
  return g_output_stream_write_all (g_io_stream_get_output_stream (stream),
                                    text, strlen (text), NULL, NULL, error)
         && receive (g_io_stream_get_input_stream (stream), answer, error);
}
