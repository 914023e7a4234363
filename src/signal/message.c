#include "signal/message.h"

#include "signal/scan.h"

#include <string.h>

void
yl_request_clear (YlRequest *self)
{
  g_clear_pointer (&self->id, json_node_unref);
  g_clear_pointer (&self->params, json_object_unref);
}

void
yl_request_error_clear (YlRequestError *self)
{
  g_clear_pointer (&self->id, json_node_unref);
}

static const char *
member_text (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);
  return node != NULL && JSON_NODE_HOLDS_VALUE (node)
                 && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

/* Requests without an id would be notifications: clients send none. */
static JsonNode *
take_id (JsonObject *object)
{
  JsonNode *node = json_object_get_member (object, "id");
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
    return NULL;
  const GType type = json_node_get_value_type (node);
  if (type == G_TYPE_INT64)
    return json_node_copy (node);
  if (type == G_TYPE_STRING && strlen (json_node_get_string (node)) <= 64)
    return json_node_copy (node);
  return NULL;
}

static YlCode
read_request (JsonObject *object, YlRequest *request, const char **param)
{
  const char *version = member_text (object, "jsonrpc");
  const char *name = member_text (object, "method");
  if (version == NULL || strcmp (version, "2.0") != 0 || name == NULL
      || request->id == NULL)
    return YL_CODE_INVALID_REQUEST;
  if (!yl_method_find (name, &request->method))
    return YL_CODE_UNKNOWN_METHOD;

  JsonNode *params = json_object_get_member (object, "params");
  if (params != NULL && !JSON_NODE_HOLDS_OBJECT (params))
    return YL_CODE_INVALID_REQUEST;
  request->params = params != NULL
                        ? json_object_ref (json_node_get_object (params))
                        : json_object_new ();
  return yl_method_check_params (yl_method_row (request->method),
                                 request->params, param);
}

static YlCode
parse (const char *text, size_t size, YlRequest *request, const char **param,
       bool *beyond_bounds)
{
  const YlScan scan = yl_signal_scan (text, size);
  *beyond_bounds = scan == YL_SCAN_TOO_LARGE || scan == YL_SCAN_TOO_DEEP;
  if (scan != YL_SCAN_OK)
    return YL_CODE_PARSE_ERROR;

  g_autoptr (JsonParser) parser = json_parser_new ();
  if (!json_parser_load_from_data (parser, text, (gssize) size, NULL))
    return YL_CODE_PARSE_ERROR;
  JsonNode *root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return YL_CODE_INVALID_REQUEST;
  request->id = take_id (json_node_get_object (root));
  return read_request (json_node_get_object (root), request, param);
}

bool
yl_request_parse (const char *text, size_t size, YlRequest *request,
                  YlRequestError *error)
{
  YlRequest r = { 0 };
  YlRequestError e = { 0 };
  e.code = parse (text, size, &r, &e.param, &e.beyond_bounds);
  if (e.code == YL_CODE_OK) {
    *request = r;
    return true;
  }
  e.id = g_steal_pointer (&r.id);
  yl_request_clear (&r);
  *error = e;
  return false;
}

static char *
to_text (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}

static JsonBuilder *
begin (void)
{
  JsonBuilder *builder = json_builder_new_immutable ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "jsonrpc");
  json_builder_add_string_value (builder, "2.0");
  return builder;
}

static void
add_id (JsonBuilder *builder, JsonNode *id)
{
  json_builder_set_member_name (builder, "id");
  if (id != NULL)
    json_builder_add_value (builder, json_node_copy (id));
  else
    json_builder_add_null_value (builder);
}

static void
add_object (JsonBuilder *builder, const char *name, JsonNode *value)
{
  json_builder_set_member_name (builder, name);
  if (value != NULL) {
    json_builder_add_value (builder, json_node_copy (value));
  } else {
    json_builder_begin_object (builder);
    json_builder_end_object (builder);
  }
}

char *
yl_message_result (JsonNode *id, JsonNode *result)
{
  g_autoptr (JsonBuilder) builder = begin ();
  add_id (builder, id);
  add_object (builder, "result", result);
  json_builder_end_object (builder);
  return to_text (builder);
}

char *
yl_message_notification (const char *method, JsonNode *params)
{
  g_autoptr (JsonBuilder) builder = begin ();
  json_builder_set_member_name (builder, "method");
  json_builder_add_string_value (builder, method);
  add_object (builder, "params", params);
  json_builder_end_object (builder);
  return to_text (builder);
}

char *
yl_message_error (JsonNode *id, YlCode code, JsonObject *data)
{
  const YlCodeRow *row = yl_code_row (code);
  g_autoptr (JsonBuilder) builder = begin ();
  add_id (builder, id);
  json_builder_set_member_name (builder, "error");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "code");
  json_builder_add_int_value (builder, row->code);
  json_builder_set_member_name (builder, "message");
  json_builder_add_string_value (builder, row->message);
  json_builder_set_member_name (builder, "data");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "name");
  json_builder_add_string_value (builder, row->name);
  if (data != NULL) {
    JsonObjectIter iter;
    const char *name;
    JsonNode *value;
    json_object_iter_init (&iter, data);
    while (json_object_iter_next (&iter, &name, &value)) {
      json_builder_set_member_name (builder, name);
      json_builder_add_value (builder, json_node_copy (value));
    }
  }
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  return to_text (builder);
}
