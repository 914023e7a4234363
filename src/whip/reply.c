#include "whip/reply.h"

#include <string.h>

static const YlWhipRefusalRow rows[YL_WHIP_N_REFUSALS] = {
  [YL_WHIP_OK] = { "ok", 200, "" },
  [YL_WHIP_NOT_FOUND] = { "not_found", 404, "not found\n" },
  [YL_WHIP_WRONG_METHOD] = { "wrong_method", 405, "method not allowed\n" },
  [YL_WHIP_NO_TOKEN] = { "no_token", 401, "a Bearer token is needed\n" },
  [YL_WHIP_WRONG_TOKEN] = { "wrong_token", 401,
                            "no such course, or not its token\n" },
  [YL_WHIP_WRONG_ROLE] = { "wrong_role", 403,
                           "this token is for the other side: one publishes, "
                           "one watches\n" },
  [YL_WHIP_WRONG_TYPE] = { "wrong_type", 415, "application/sdp only\n" },
  [YL_WHIP_NOT_ACCEPTABLE] = { "not_acceptable", 406,
                               "the answer is application/sdp\n" },
  [YL_WHIP_NO_LENGTH] = { "no_length", 411, "content-length needed\n" },
  [YL_WHIP_TOO_LARGE] = { "too_large", 413, "too large\n" },
  [YL_WHIP_BAD_OFFER] = { "bad_offer", 400, "the offer cannot be read\n" },
  [YL_WHIP_UNSUPPORTED_OFFER] = { "unsupported_offer", 422,
                                  "nothing in the offer can be accepted\n" },
  [YL_WHIP_THROTTLED] = { "throttled", 429, "too many wrong tokens\n" },
  [YL_WHIP_FULL] = { "full", 503, "no place left\n" },
  [YL_WHIP_DRAINING] = { "draining", 503, "the gateway restarts\n" },
  [YL_WHIP_UNAVAILABLE] = { "unavailable", 503, "try again later\n" },
};

const YlWhipRefusalRow *
yl_whip_refusal_row (YlWhipRefusal refusal)
{
  return &rows[refusal];
}

static void
add (YlWhipReply *self, const char *name, const char *value)
{
  g_return_if_fail (self->n_headers < YL_WHIP_HEADERS_MAX);
  self->headers[self->n_headers++] =
      (YlWhipHeader){ .name = name, .value = g_strdup (value) };
}

static YlWhipReply *
reply_new (unsigned status, const char *mime_type, const char *body)
{
  YlWhipReply *self = g_new0 (YlWhipReply, 1);
  self->status = status;
  self->mime_type = mime_type;
  self->body = g_bytes_new (body, strlen (body));
  add (self, "access-control-allow-origin:", "*");
  add (self, "access-control-expose-headers:",
       "location, etag, retry-after, www-authenticate, allow, accept-post");
  return self;
}

void
yl_whip_reply_free (YlWhipReply *self)
{
  if (self == NULL)
    return;
  for (unsigned i = 0; i < self->n_headers; i++)
    g_free (self->headers[i].value);
  g_bytes_unref (self->body);
  g_free (self);
}

static const char *
methods_of (const YlWhipRequest *request)
{
  return request->is_resource ? "DELETE, OPTIONS" : "POST, OPTIONS";
}

YlWhipReply *
yl_whip_reply_created (const YlWhipRequest *request, const char *id,
                       const char *answer)
{
  YlWhipReply *self = reply_new (201, "application/sdp", answer);
  g_autofree char *location = g_strdup_printf (
      "/%s/%s/%s", request->role == YL_WHIP_PUBLISH ? "whip" : "whep",
      request->course, id);
  g_autofree char *etag = g_strdup_printf ("\"%s\"", id);
  add (self, "location:", location);
  add (self, "etag:", etag);
  return self;
}

YlWhipReply *
yl_whip_reply_removed (const YlWhipRequest *request)
{
  return reply_new (200, "text/plain; charset=utf-8", "");
}

YlWhipReply *
yl_whip_reply_options (const YlWhipRequest *request)
{
  YlWhipReply *self = reply_new (200, "text/plain; charset=utf-8", "");
  add (self, "allow:", methods_of (request));
  if (!request->is_resource)
    add (self, "accept-post:", "application/sdp");
  add (self, "access-control-allow-methods:", methods_of (request));
  add (self, "access-control-allow-headers:",
       "authorization, content-type, if-match");
  add (self, "access-control-max-age:", "86400");
  return self;
}

YlWhipReply *
yl_whip_reply_refused (const YlWhipRequest *request, YlWhipRefusal refusal,
                       unsigned retry_after_s)
{
  const YlWhipRefusalRow *row = &rows[refusal];
  YlWhipReply *self =
      reply_new (row->status, "text/plain; charset=utf-8", row->text);
  /* RFC 6750, 3: no error code for who showed no token. */
  if (refusal == YL_WHIP_NO_TOKEN)
    add (self, "www-authenticate:", "Bearer");
  if (refusal == YL_WHIP_WRONG_TOKEN)
    add (self, "www-authenticate:", "Bearer error=\"invalid_token\"");
  if (refusal == YL_WHIP_WRONG_ROLE)
    add (self, "www-authenticate:", "Bearer error=\"insufficient_scope\"");
  if (refusal == YL_WHIP_WRONG_METHOD)
    add (self, "allow:", methods_of (request));
  if (refusal == YL_WHIP_WRONG_TYPE)
    add (self, "accept-post:", "application/sdp");
  if (row->status == 429 || row->status == 503) {
    g_autofree char *seconds = g_strdup_printf ("%u", MAX (retry_after_s, 1));
    add (self, "retry-after:", seconds);
  }
  return self;
}
