#include "whip/request.h"

#include <glib.h>
#include <string.h>

static const char *const prefixes[YL_WHIP_N_ROLES] = {
  [YL_WHIP_PUBLISH] = "/whip",
  [YL_WHIP_WATCH] = "/whep",
};

bool
yl_whip_owns_path (const char *path)
{
  for (int i = 0; i < YL_WHIP_N_ROLES; i++) {
    const size_t size = strlen (prefixes[i]);
    if (strncmp (path, prefixes[i], size) == 0
        && (path[size] == '/' || path[size] == '\0'))
      return true;
  }
  return false;
}

/* --- path --- */

static bool
is_id (const char *text, size_t size)
{
  for (size_t i = 0; i < size; i++)
    if (!g_ascii_isalnum (text[i]) && text[i] != '-' && text[i] != '_')
      return false;
  return size >= 1 && size <= YL_WHIP_ID_MAX;
}

/* "/whip/COURSE" or "/whip/COURSE/ID"; nothing else is forgiven. */
static bool
parse_path (YlWhipRequest *request, const char *path)
{
  request->role = strncmp (path, prefixes[YL_WHIP_WATCH], 5) == 0
                      ? YL_WHIP_WATCH
                      : YL_WHIP_PUBLISH;
  const char *course = path + strlen (prefixes[request->role]);
  if (*course++ != '/')
    return false;
  const size_t size = strcspn (course, "/");
  if (!yl_course_name_is_valid (course, size))
    return false;
  const char *id = course + size;
  request->is_resource = *id == '/';
  if (request->is_resource && !is_id (id + 1, strlen (id + 1)))
    return false;
  memcpy (request->course, course, size);
  if (request->is_resource)
    g_strlcpy (request->id, id + 1, sizeof request->id);
  return true;
}

/* --- headers --- */

/* RFC 6750, 2.1: the scheme, one or more spaces, b64token. */
static YlWhipRefusal
parse_token (YlWhipRequest *request, const char *authorization)
{
  if (authorization == NULL
      || g_ascii_strncasecmp (authorization, "bearer ", 7) != 0)
    return YL_WHIP_NO_TOKEN;
  const char *token = authorization + 7;
  token += strspn (token, " ");
  size_t size = 0;
  while (g_ascii_isalnum (token[size])
         || (token[size] != '\0' && strchr ("-._~+/", token[size]) != NULL))
    size++;
  size += strspn (token + size, "=");
  if (token[size] != '\0' || size == 0 || size > YL_WHIP_TOKEN_MAX)
    return YL_WHIP_WRONG_TOKEN;
  memcpy (request->token, token, size);
  return YL_WHIP_OK;
}

/* Is @text the media type @type, perhaps with parameters? */
static bool
is_type (const char *text, const char *type)
{
  const size_t size = strlen (type);
  return g_ascii_strncasecmp (text, type, size) == 0
         && (text[size] == '\0' || strchr ("; \t,", text[size]) != NULL);
}

/* RFC 9110, 12.4.2: a weight of nought is a no. */
static bool
is_declined (const char *range, size_t size)
{
  g_autofree char *text = g_ascii_strdown (range, (gssize) size);
  const char *weight = strstr (text, "q=0");
  return weight != NULL && strpbrk (weight, "123456789") == NULL;
}

static bool
accepts_sdp (const char *accept)
{
  static const char *const fitting[] = { "application/sdp", "application/*",
                                         "*/*" };
  if (accept == NULL || *accept == '\0')
    return true;
  for (const char *range = accept; *range != '\0';) {
    range += strspn (range, " \t,");
    const size_t size = strcspn (range, ",");
    for (size_t i = 0; i < G_N_ELEMENTS (fitting); i++)
      if (is_type (range, fitting[i]) && !is_declined (range, size))
        return true;
    range += size;
  }
  return false;
}

static YlWhipRefusal
check_length (const char *text)
{
  guint64 length;
  if (text == NULL)
    return YL_WHIP_NO_LENGTH;
  if (!g_ascii_string_to_unsigned (text, 10, 0, YL_WHIP_BODY_MAX, &length,
                                   NULL))
    return YL_WHIP_TOO_LARGE;
  return length > 0 ? YL_WHIP_OK : YL_WHIP_BAD_OFFER;
}

static YlWhipRefusal
check_offer (const YlWhipHead *head)
{
  if (head->content_type == NULL
      || !is_type (head->content_type, "application/sdp"))
    return YL_WHIP_WRONG_TYPE;
  if (!accepts_sdp (head->accept))
    return YL_WHIP_NOT_ACCEPTABLE;
  return check_length (head->content_length);
}

/* --- all together --- */

static YlWhipAction
choose_action (const YlWhipRequest *request, YlWhipMethod method)
{
  if (method == YL_WHIP_METHOD_OPTIONS)
    return YL_WHIP_OPTIONS;
  if (method == YL_WHIP_METHOD_POST && !request->is_resource)
    return YL_WHIP_OFFER;
  if (method == YL_WHIP_METHOD_DELETE && request->is_resource)
    return YL_WHIP_REMOVE;
  return YL_WHIP_REFUSE;
}

/* Who shows no token learns nothing about the rest of the request. */
static YlWhipRefusal
parse (YlWhipRequest *request, const YlWhipHead *head)
{
  if (!parse_path (request, head->path))
    return YL_WHIP_NOT_FOUND;
  request->action = choose_action (request, head->method);
  if (request->action == YL_WHIP_REFUSE)
    return YL_WHIP_WRONG_METHOD;
  if (request->action == YL_WHIP_OPTIONS)
    return YL_WHIP_OK;
  const YlWhipRefusal refusal = parse_token (request, head->authorization);
  if (refusal != YL_WHIP_OK || request->action == YL_WHIP_REMOVE)
    return refusal;
  return check_offer (head);
}

void
yl_whip_request_parse (YlWhipRequest *request, const YlWhipHead *head)
{
  memset (request, 0, sizeof *request);
  request->refusal = parse (request, head);
  if (request->refusal != YL_WHIP_OK)
    request->action = YL_WHIP_REFUSE;
}
