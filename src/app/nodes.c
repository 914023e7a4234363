/* Small JSON values, put together in one expression */
#include "app/desk-private.h"

#include <stdarg.h>

JsonNode *
yl_node_text (const char *text)
{
  JsonNode *node =
      json_node_new (text != NULL ? JSON_NODE_VALUE : JSON_NODE_NULL);
  if (text != NULL)
    json_node_set_string (node, text);
  return node;
}

JsonNode *
yl_node_integer (int64_t value)
{
  JsonNode *node = json_node_new (JSON_NODE_VALUE);
  json_node_set_int (node, value);
  return node;
}

JsonNode *
yl_node_boolean (bool value)
{
  JsonNode *node = json_node_new (JSON_NODE_VALUE);
  json_node_set_boolean (node, value);
  return node;
}

JsonNode *
yl_node_object (const char *name, ...)
{
  JsonObject *object = json_object_new ();
  va_list args;
  va_start (args, name);
  for (; name != NULL; name = va_arg (args, const char *))
    json_object_set_member (object, name, va_arg (args, JsonNode *));
  va_end (args);
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (node, object);
  return node;
}
