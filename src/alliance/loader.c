#include "alliance/loader.h"

#include <string.h>

#define ITEMS_MAX 20000u /* of one table */
#define ID_MAX 64        /* [octets] */
#define NAME_OCTETS_MAX 300

void
yl_loader_fail (YlLoader *self, const char *place, const char *format, ...)
{
  if (self->error != NULL)
    return;
  va_list args;
  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (&self->error, YL_ALLIANCE_ERROR, YL_ALLIANCE_ERROR_INVALID,
               "%s: %s", place, text);
}

YlItem
yl_loader_open (YlLoader *self, JsonNode *node, const char *place,
                const char *keys)
{
  YlItem item = { 0 };
  g_strlcpy (item.place, place, sizeof item.place);
  if (self->error != NULL)
    return item;
  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node)) {
    yl_loader_fail (self, place, "an object is expected");
    return item;
  }
  JsonObject *object = json_node_get_object (node);
  g_auto (GStrv) known = g_strsplit (keys, " ", -1);
  g_autoptr (GList) members = json_object_get_members (object);
  for (GList *l = members; l != NULL; l = l->next)
    if (!g_strv_contains ((const char *const *) known, l->data)) {
      yl_loader_fail (self, place, "unknown key '%.40s'",
                      (const char *) l->data);
      return item;
    }
  item.object = object;
  return item;
}

const char *
yl_loader_text (YlLoader *self, const YlItem *item, const char *key,
                bool needed, size_t max)
{
  if (self->error != NULL)
    return NULL;
  JsonNode *node = json_object_get_member (item->object, key);
  if (node == NULL && !needed)
    return NULL;
  const char *text = NULL;
  if (node != NULL && JSON_NODE_HOLDS_VALUE (node)
      && json_node_get_value_type (node) == G_TYPE_STRING)
    text = json_node_get_string (node);
  if (text == NULL)
    yl_loader_fail (self, item->place, "%s: a text is expected", key);
  else if (*text == '\0' || strlen (text) > max)
    yl_loader_fail (self, item->place, "%s: 1 to %zu octets are expected", key,
                    max);
  else
    return g_string_chunk_insert_const (self->out->texts, text);
  return NULL;
}

const char *
yl_loader_id (YlLoader *self, const YlItem *item, const char *key, bool needed)
{
  const char *id = yl_loader_text (self, item, key, needed, ID_MAX);
  for (const char *c = id; c != NULL && *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && strchr ("-_.", *c) == NULL) {
      yl_loader_fail (self, item->place,
                      "%s: '%s' has other than A-Z a-z 0-9 - _ .", key, id);
      return NULL;
    }
  return id;
}

YlName
yl_loader_name (YlLoader *self, const YlItem *item)
{
  YlName name;
  name.zh = yl_loader_text (self, item, "zh", true, NAME_OCTETS_MAX);
  name.en = yl_loader_text (self, item, "en", true, NAME_OCTETS_MAX);
  return name;
}

gpointer
yl_loader_link (YlLoader *self, const YlItem *item, const char *key,
                bool needed, GHashTable *table, const char *what)
{
  const char *id = yl_loader_id (self, item, key, needed);
  if (id == NULL)
    return NULL;
  gpointer found = g_hash_table_lookup (table, id);
  if (found == NULL)
    yl_loader_fail (self, item->place, "%s: no %s '%s'", key, what, id);
  return found;
}

void
yl_loader_word (YlLoader *self, const YlItem *item, const char *key,
                YlWordParser parser, void *value)
{
  const char *word = yl_loader_text (self, item, key, true, ID_MAX);
  if (word != NULL && !parser (word, value))
    yl_loader_fail (self, item->place, "%s: unknown word '%s'", key, word);
}

JsonArray *
yl_loader_array (YlLoader *self, const YlItem *item, const char *key,
                 bool needed)
{
  if (self->error != NULL)
    return NULL;
  JsonNode *node = json_object_get_member (item->object, key);
  if (node == NULL && !needed)
    return NULL;
  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    yl_loader_fail (self, item->place, "%s: a list is expected", key);
  else if (json_array_get_length (json_node_get_array (node)) > ITEMS_MAX)
    yl_loader_fail (self, item->place, "%s: more than %u items", key,
                    ITEMS_MAX);
  else
    return json_node_get_array (node);
  return NULL;
}

YlItem
yl_loader_element (YlLoader *self, JsonArray *array, guint i, const char *table,
                   const char *keys)
{
  char place[96];
  g_snprintf (place, sizeof place, "%s[%u]", table, i);
  return yl_loader_open (self, json_array_get_element (array, i), place, keys);
}

void
yl_loader_index (YlLoader *self, const YlItem *item, GHashTable *table,
                 const char *id, gpointer value)
{
  if (self->error == NULL && !g_hash_table_insert (table, (gpointer) id, value))
    yl_loader_fail (self, item->place, "'%s' is there twice", id);
}
