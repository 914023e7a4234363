/* loader.h: reading one object of the alliance file at a time, strictly;
 * inside this folder only */
#pragma once

#include "alliance/alliance.h"
#include "alliance/snapshot.h"

#include <json-glib/json-glib.h>

/* Failure is sticky: after the first one every reader yields nothing. */
typedef struct {
  YlAlliances *out;
  GError *error;
} YlLoader;

/* One object of the file and where it stands: "posts[3]". */
typedef struct {
  JsonObject *object; /* NULL after a failure */
  char place[96];
} YlItem;

/* The first failure is kept: "PLACE: what is wrong". */
void yl_loader_fail (YlLoader *self, const char *place, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/* @keys: every member that may be there, separated by spaces. */
YlItem yl_loader_open (YlLoader *self, JsonNode *node, const char *place,
                       const char *keys);

/* One object of a list: "TABLE[I]". */
YlItem yl_loader_element (YlLoader *self, JsonArray *array, guint i,
                          const char *table, const char *keys);

/* NULL if it is absent (a failure if @needed) or after a failure. The texts
 * live as long as the snapshot. */
const char *yl_loader_text (YlLoader *self, const YlItem *item, const char *key,
                            bool needed, size_t max);
const char *yl_loader_id (YlLoader *self, const YlItem *item, const char *key,
                          bool needed);
YlName yl_loader_name (YlLoader *self, const YlItem *item);
JsonArray *yl_loader_array (YlLoader *self, const YlItem *item, const char *key,
                            bool needed);

/* Looks the id under @key up in @table ("no department 'x'"). */
gpointer yl_loader_link (YlLoader *self, const YlItem *item, const char *key,
                         bool needed, GHashTable *table, const char *what);

typedef bool (*YlWordParser) (const char *text, void *value);
void yl_loader_word (YlLoader *self, const YlItem *item, const char *key,
                     YlWordParser parser, void *value);

/* Puts @value into @table; an id used twice is a failure. */
void yl_loader_index (YlLoader *self, const YlItem *item, GHashTable *table,
                      const char *id, gpointer value);
