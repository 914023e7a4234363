/* The routes of WHIP and WHEP: lines and body of a request to its engine and
 * the handler, the reply back */
#include "server/server-private.h"

#include <string.h>

#define LINE_SIZE 512

static YlWhipMethod
method_of (int method)
{
  switch (method) {
  case LWSHUMETH_OPTIONS:
    return YL_WHIP_METHOD_OPTIONS;
  case LWSHUMETH_POST:
    return YL_WHIP_METHOD_POST;
  case LWSHUMETH_DELETE:
    return YL_WHIP_METHOD_DELETE;
  case LWSHUMETH_PATCH:
    return YL_WHIP_METHOD_PATCH;
  default:
    return YL_WHIP_METHOD_OTHER;
  }
}

/* NULL: absent. One that is too long to be right becomes empty. */
static const char *
read_line (struct lws *wsi, enum lws_token_indexes token, char line[LINE_SIZE])
{
  if (lws_hdr_total_length (wsi, token) <= 0)
    return NULL;
  if (lws_hdr_copy (wsi, line, LINE_SIZE, token) < 0)
    *line = '\0';
  return line;
}

static void
deliver (YlExchange *self, YlServer *server, const YlWhipRequest *request,
         const GByteArray *body)
{
  YlCaller caller;
  char session[YL_SESSION_MAX];
  yl_server_read_caller (self->wsi, &caller, session);
  server->handler->whip (yl_http_wait (self), &caller, request,
                         body != NULL ? (const char *) body->data : NULL,
                         body != NULL ? body->len : 0, server->user_data);
}

/* A body of some size is read even when the answer is no: a connection that
 * is closed over unread octets may take the answer with it. */
static bool
is_worth_reading (YlWhipMethod method, const char *length)
{
  guint64 octets;
  return (method == YL_WHIP_METHOD_POST || method == YL_WHIP_METHOD_PATCH)
         && length != NULL
         && g_ascii_string_to_unsigned (length, 10, 1, YL_WHIP_BODY_MAX,
                                        &octets, NULL);
}

void
yl_http_whip_begin (YlExchange *self, YlServer *server, int method,
                    const char *path)
{
  char authorization[LINE_SIZE], type[LINE_SIZE], length[LINE_SIZE],
      accept[LINE_SIZE];
  struct lws *wsi = self->wsi;
  const YlWhipHead head = {
    .method = method_of (method),
    .path = path,
    .authorization =
        read_line (wsi, WSI_TOKEN_HTTP_AUTHORIZATION, authorization),
    .content_type = read_line (wsi, WSI_TOKEN_HTTP_CONTENT_TYPE, type),
    .content_length = read_line (wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH, length),
    .accept = read_line (wsi, WSI_TOKEN_HTTP_ACCEPT, accept),
  };
  YlWhipRequest request;
  yl_whip_request_parse (&request, &head);
  if (is_worth_reading (head.method, head.content_length)) {
    self->whip = g_memdup2 (&request, sizeof request);
    self->body = g_byte_array_new ();
    return;
  }
  if (request.refusal == YL_WHIP_TOO_LARGE)
    server->stats.too_large++;
  const bool may_have_body = head.method == YL_WHIP_METHOD_POST
                             || head.method == YL_WHIP_METHOD_PATCH
                             || method == LWSHUMETH_PUT;
  self->reply.head_only = method == LWSHUMETH_HEAD;
  self->reply.close = may_have_body
                      || (head.content_length != NULL
                          && strcmp (head.content_length, "0") != 0);
  deliver (self, server, &request, NULL);
}

void
yl_http_whip_finish (YlExchange *self, YlServer *server)
{
  g_autoptr (GByteArray) body = g_steal_pointer (&self->body);
  deliver (self, server, self->whip, body);
}

void
yl_http_whip_reply (YlHttpPost *self, YlWhipReply *reply)
{
  YlExchange *exchange = self->exchange;
  g_free (self);
  if (exchange == NULL) {
    yl_whip_reply_free (reply);
    return;
  }
  exchange->post = NULL;
  exchange->reply.whip = reply;
  yl_http_reply (exchange, reply->status, reply->mime_type,
                 g_bytes_ref (reply->body));
}
