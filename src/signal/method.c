#include "signal/method.h"

#include <string.h>

#define COMMAND                 \
  {                             \
    "command", YL_PARAM_COMMAND \
  }
#define ID(name)      \
  {                   \
    name, YL_PARAM_ID \
  }
#define TEXT(name, min, max)             \
  {                                      \
    name, YL_PARAM_TEXT, false, min, max \
  }
#define TEXT_OPTIONAL(name, max)      \
  {                                   \
    name, YL_PARAM_TEXT, true, 0, max \
  }
#define OPINION                                            \
  TEXT ("findings", 0, 4000), TEXT ("diagnosis", 0, 2000), \
      TEXT ("advice", 0, 4000), TEXT ("follow_up", 0, 1000)
#define PASSWORD(name) TEXT (name, 1, 128)

/* PROTOCOL.md, 4 says the same in words; a test holds the two together. */
static const YlMethod methods[YL_N_METHODS] = {
  [YL_METHOD_SESSION_OPEN] = {
    "session.open", .anybody = true, .post_only = true, .draining = true,
    .params = { ID ("account"), PASSWORD ("password"),
                { "locale", YL_PARAM_CHOICE, true, .choices = "zh-CN|zh|en" } } },
  [YL_METHOD_SESSION_GET] = {
    "session.get", YL_ACTION_SESSION, .draining = true },
  [YL_METHOD_SESSION_CLOSE] = {
    "session.close", YL_ACTION_SESSION, .draining = true },
  [YL_METHOD_SESSION_PASSWORD] = {
    "session.password", YL_ACTION_SESSION,
    .params = { PASSWORD ("old"), TEXT ("new", 8, 128) } },
  [YL_METHOD_HOME_GET] = {
    "home.get", YL_ACTION_SESSION, .draining = true },
  [YL_METHOD_DUTY_SET] = {
    "duty.set", YL_ACTION_DUTY_SET, .command = true,
    .params = { COMMAND, ID ("post"), { "on", YL_PARAM_BOOLEAN } } },
  [YL_METHOD_REQUEST] = {
    "consultation.request", YL_ACTION_REQUEST, .command = true,
    .params = { COMMAND, ID ("post"), ID ("department"),
                { "urgency", YL_PARAM_CHOICE,
                  .choices = "routine|urgent|emergency" },
                { "patient.sex", YL_PARAM_CHOICE,
                  .choices = "female|male|other" },
                { "patient.age", YL_PARAM_INTEGER, .max = 150 },
                TEXT ("patient.complaint", 1, 500),
                TEXT ("patient.summary", 0, 4000),
                TEXT ("question", 0, 2000),
                { "consent.read", YL_PARAM_TRUE },
                TEXT ("consent.doctor", 1, 100),
                { "consent.at", YL_PARAM_INTEGER, .max = INT64_C (1) << 53 },
    } },
  [YL_METHOD_CANCEL] = {
    "consultation.cancel", YL_ACTION_CANCEL, .command = true,
    .params = { COMMAND, ID ("consultation"),
                TEXT_OPTIONAL ("reason", 500) } },
  [YL_METHOD_ACCEPT] = {
    "consultation.accept", YL_ACTION_ACCEPT, .command = true,
    .params = { COMMAND, ID ("consultation"), ID ("post") } },
  [YL_METHOD_DECLINE] = {
    "consultation.decline", YL_ACTION_DECLINE, .command = true,
    .params = { COMMAND, ID ("consultation"), ID ("post"),
                TEXT ("reason", 0, 500) } },
  [YL_METHOD_REDIRECT] = {
    "consultation.redirect", YL_ACTION_REDIRECT, .command = true,
    .params = { COMMAND, ID ("consultation"), ID ("post"), ID ("department"),
                TEXT ("reason", 0, 500) } },
  [YL_METHOD_GET] = {
    "consultation.get", YL_ACTION_GET, .draining = true,
    .params = { ID ("consultation") } },
  [YL_METHOD_LIST] = {
    "consultation.list", YL_ACTION_LIST, .draining = true,
    .params = { { "before", YL_PARAM_INTEGER, true, .max = INT64_C (1) << 53 },
                { "limit", YL_PARAM_INTEGER, true, 1, 50 },
                TEXT_OPTIONAL ("text", 100) } },
  [YL_METHOD_END] = {
    "consultation.end", YL_ACTION_END, .command = true, .draining = true,
    .params = { COMMAND, ID ("consultation") } },
  [YL_METHOD_CHAT] = {
    "consultation.chat", YL_ACTION_CHAT, .command = true, .draining = true,
    .params = { COMMAND, ID ("consultation"), TEXT ("text", 1, 2000) } },
  [YL_METHOD_OPINION_SAVE] = {
    "opinion.save", YL_ACTION_OPINION_SAVE, .command = true, .draining = true,
    .params = { COMMAND, ID ("consultation"), OPINION } },
  [YL_METHOD_OPINION_SIGN] = {
    "opinion.sign", YL_ACTION_OPINION_SIGN, .command = true,
    .params = { COMMAND, ID ("consultation"), OPINION,
                PASSWORD ("password") } },
  [YL_METHOD_OPINION_SUPPLEMENT] = {
    "opinion.supplement", YL_ACTION_OPINION_SUPPLEMENT, .command = true,
    .params = { COMMAND, ID ("consultation"), TEXT ("text", 1, 4000),
                PASSWORD ("password") } },
  [YL_METHOD_OPINION_ACKNOWLEDGE] = {
    "opinion.acknowledge", YL_ACTION_ACKNOWLEDGE, .command = true,
    .params = { COMMAND, ID ("consultation") } },
  [YL_METHOD_MEDIA_OFFER] = {
    "media.offer", YL_ACTION_MEDIA, .draining = true,
    .params = { ID ("consultation"), ID ("connection"),
                { "generation", YL_PARAM_INTEGER, false, 1, 1000000 },
                TEXT ("sdp", 1, 60000) } },
  [YL_METHOD_MEDIA_STATE] = {
    "media.state", YL_ACTION_MEDIA, .draining = true,
    .params = { ID ("consultation"), { "audio", YL_PARAM_BOOLEAN },
                { "video", YL_PARAM_BOOLEAN } } },
  [YL_METHOD_MEDIA_CLOSE] = {
    "media.close", YL_ACTION_MEDIA, .draining = true,
    .params = { ID ("consultation") } },
};

const YlMethod *
yl_method_row (YlMethodId id)
{
  g_return_val_if_fail (id < YL_N_METHODS, NULL);
  return &methods[id];
}

bool
yl_method_find (const char *name, YlMethodId *id)
{
  for (int i = 0; i < YL_N_METHODS; i++) {
    if (strcmp (methods[i].name, name) == 0) {
      *id = (YlMethodId) i;
      return true;
    }
  }
  return false;
}

/* Follows "a.b"; NULL when any part is missing, null or no object. */
static JsonNode *
lookup (JsonObject *object, const char *path)
{
  const char *dot = strchr (path, '.');
  if (dot != NULL) {
    g_autofree char *outer = g_strndup (path, (size_t) (dot - path));
    JsonNode *node = json_object_get_member (object, outer);
    if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
      return NULL;
    return lookup (json_node_get_object (node), dot + 1);
  }
  JsonNode *node = json_object_get_member (object, path);
  return node == NULL || JSON_NODE_HOLDS_NULL (node) ? NULL : node;
}

static bool
holds (JsonNode *node, GType type)
{
  return JSON_NODE_HOLDS_VALUE (node)
         && json_node_get_value_type (node) == type;
}

static bool
is_id (const char *text, bool command)
{
  size_t n = 0;
  for (; text[n] != '\0'; n++) {
    const bool fits = command ? g_ascii_isalnum (text[n]) || text[n] == '-'
                              : g_ascii_isgraph (text[n]);
    if (!fits || n >= 64)
      return false;
  }
  return n > 0;
}

static bool
is_choice (const char *text, const char *choices)
{
  const size_t size = strlen (text);
  for (const char *at = choices; at != NULL; at = strchr (at, '|')) {
    at += *at == '|';
    const size_t width = strcspn (at, "|");
    if (width == size && memcmp (at, text, size) == 0)
      return true;
  }
  return false;
}

static YlCode
check_text (const YlParam *param, const char *text)
{
  const YlCode code_if_not = YL_CODE_INVALID_PARAMS;
  const int64_t length = g_utf8_strlen (text, -1);
  switch (param->kind) {
  case YL_PARAM_ID:
  case YL_PARAM_COMMAND:
    return is_id (text, param->kind == YL_PARAM_COMMAND) ? YL_CODE_OK
                                                         : code_if_not;
  case YL_PARAM_CHOICE:
    return is_choice (text, param->choices) ? YL_CODE_OK : code_if_not;
  default:
    if (length > param->max)
      return YL_CODE_TOO_LARGE;
    return length >= param->min ? YL_CODE_OK : code_if_not;
  }
}

static YlCode
check_param (const YlParam *param, JsonNode *node)
{
  switch (param->kind) {
  case YL_PARAM_INTEGER:
    if (holds (node, G_TYPE_INT64) && json_node_get_int (node) >= param->min
        && json_node_get_int (node) <= param->max)
      return YL_CODE_OK;
    return YL_CODE_INVALID_PARAMS;
  case YL_PARAM_BOOLEAN:
  case YL_PARAM_TRUE:
    if (holds (node, G_TYPE_BOOLEAN)
        && (param->kind == YL_PARAM_BOOLEAN || json_node_get_boolean (node)))
      return YL_CODE_OK;
    return YL_CODE_INVALID_PARAMS;
  default:
    if (!holds (node, G_TYPE_STRING))
      return YL_CODE_INVALID_PARAMS;
    return check_text (param, json_node_get_string (node));
  }
}

YlCode
yl_method_check_params (const YlMethod *self, JsonObject *params,
                        const char **param)
{
  for (const YlParam *p = self->params; p->kind != YL_PARAM_NONE; p++) {
    JsonNode *node = lookup (params, p->name);
    if (node == NULL && p->optional)
      continue;
    const YlCode code =
        node == NULL ? YL_CODE_INVALID_PARAMS : check_param (p, node);
    if (code != YL_CODE_OK) {
      *param = p->name;
      return code;
    }
  }
  return YL_CODE_OK;
}

const char *
yl_params_text (JsonObject *params, const char *path)
{
  JsonNode *node = lookup (params, path);
  return node != NULL && holds (node, G_TYPE_STRING)
             ? json_node_get_string (node)
             : NULL;
}

int64_t
yl_params_integer (JsonObject *params, const char *path, int64_t missing)
{
  JsonNode *node = lookup (params, path);
  return node != NULL && holds (node, G_TYPE_INT64) ? json_node_get_int (node)
                                                    : missing;
}

bool
yl_params_boolean (JsonObject *params, const char *path)
{
  JsonNode *node = lookup (params, path);
  return node != NULL && holds (node, G_TYPE_BOOLEAN)
         && json_node_get_boolean (node);
}
