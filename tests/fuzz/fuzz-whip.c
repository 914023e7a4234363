/* The lines of a request of WHIP or WHEP: first octet the method, then path,
 * authorization, type, length and accept, one a line; "-" is absent. */
#include "whip/reply.h"

#include <string.h>

#define N_LINES 5

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static const char *
line_at (char **lines, unsigned i)
{
  return i < g_strv_length (lines) && strcmp (lines[i], "-") != 0 ? lines[i]
                                                                  : NULL;
}

/* What was taken fits, and leads where a client could have meant. */
static void
check (const YlWhipRequest *request)
{
  if (request->refusal == YL_WHIP_NOT_FOUND)
    return;
  g_assert (
      yl_course_name_is_valid (request->course, strlen (request->course)));
  g_assert (request->is_resource == (request->id[0] != '\0'));
  g_assert (strpbrk (request->id, "/\r\n \"") == NULL);
  if (request->action == YL_WHIP_OFFER || request->action == YL_WHIP_REMOVE) {
    g_assert (request->token[0] != '\0');
    g_assert (request->is_resource == (request->action == YL_WHIP_REMOVE));
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size == 0)
    return 0;
  g_autofree char *text = g_strndup ((const char *) data + 1, size - 1);
  g_auto (GStrv) lines = g_strsplit (text, "\n", N_LINES);
  const YlWhipHead head = {
    .method = (YlWhipMethod) (data[0] % (YL_WHIP_METHOD_PATCH + 1)),
    .path = line_at (lines, 0),
    .authorization = line_at (lines, 1),
    .content_type = line_at (lines, 2),
    .content_length = line_at (lines, 3),
    .accept = line_at (lines, 4),
  };
  if (head.path == NULL || !yl_whip_owns_path (head.path))
    return 0;
  YlWhipRequest request;
  yl_whip_request_parse (&request, &head);
  g_assert ((request.action == YL_WHIP_REFUSE)
            == (request.refusal != YL_WHIP_OK));
  check (&request);
  g_autoptr (YlWhipReply) reply =
      yl_whip_reply_refused (&request, request.refusal, 0);
  g_assert (reply->status >= 200 && reply->status < 600);
  g_autoptr (YlWhipReply) options = yl_whip_reply_options (&request);
  g_assert (options->status >= 200 && options->status < 300);
  return 0;
}
