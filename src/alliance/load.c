/* load.c: the alliance file, strictly: what is not understood is refused */
#include "alliance/alliance.h"

#include "alliance/snapshot.h"
#include "base/json-scan.h"

#include <json-glib/json-glib.h>
#include <string.h>

#define DEPTH_MAX 8
#define ITEMS_MAX 20000u /* of one table */
#define ID_MAX 64        /* [octets] */
#define NAME_MAX_OCTETS 300
#define SECONDS_MAX (24 * 60 * 60)
/* Days of agreements begin in China. */
#define CHINA_MS (INT64_C (8) * 3600 * 1000)

/* Failure is sticky: after the first one every reader yields nothing. */
typedef struct {
  YlAlliances *out;
  GError *error;
} Loader;

/* One object of the file and where it stands: "posts[3]". */
typedef struct {
  JsonObject *object; /* NULL after a failure */
  char place[96];
} Item;

static void G_GNUC_PRINTF (3, 4)
    fail (Loader *self, const char *place, const char *format, ...)
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

/* @keys: every member that may be there, separated by spaces. */
static Item
open_item (Loader *self, JsonNode *node, const char *place, const char *keys)
{
  Item item = { 0 };
  g_strlcpy (item.place, place, sizeof item.place);
  if (self->error != NULL)
    return item;
  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node)) {
    fail (self, place, "an object is expected");
    return item;
  }
  JsonObject *object = json_node_get_object (node);
  g_auto (GStrv) known = g_strsplit (keys, " ", -1);
  g_autoptr (GList) members = json_object_get_members (object);
  for (GList *l = members; l != NULL; l = l->next)
    if (!g_strv_contains ((const char *const *) known, l->data)) {
      fail (self, place, "unknown key '%.40s'", (const char *) l->data);
      return item;
    }
  item.object = object;
  return item;
}

/* NULL if it is absent (a failure if @needed) or after a failure. */
static const char *
get_text (Loader *self, const Item *item, const char *key, bool needed,
          size_t max)
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
    fail (self, item->place, "%s: a text is expected", key);
  else if (*text == '\0' || strlen (text) > max)
    fail (self, item->place, "%s: 1 to %zu octets are expected", key, max);
  else
    return g_string_chunk_insert_const (self->out->texts, text);
  return NULL;
}

static const char *
get_id (Loader *self, const Item *item, const char *key, bool needed)
{
  const char *id = get_text (self, item, key, needed, ID_MAX);
  for (const char *c = id; c != NULL && *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && strchr ("-_.", *c) == NULL) {
      fail (self, item->place, "%s: '%s' has other than A-Z a-z 0-9 - _ .", key,
            id);
      return NULL;
    }
  return id;
}

static YlName
get_name (Loader *self, const Item *item)
{
  YlName name;
  name.zh = get_text (self, item, "zh", true, NAME_MAX_OCTETS);
  name.en = get_text (self, item, "en", true, NAME_MAX_OCTETS);
  return name;
}

/* Looks the id under @key up in @table ("no department 'x'"). */
static gpointer
get_link (Loader *self, const Item *item, const char *key, bool needed,
          GHashTable *table, const char *what)
{
  const char *id = get_id (self, item, key, needed);
  if (id == NULL)
    return NULL;
  gpointer found = g_hash_table_lookup (table, id);
  if (found == NULL)
    fail (self, item->place, "%s: no %s '%s'", key, what, id);
  return found;
}

typedef bool (*WordParser) (const char *text, void *value);

static void
get_word (Loader *self, const Item *item, const char *key, WordParser parser,
          void *value)
{
  const char *word = get_text (self, item, key, true, ID_MAX);
  if (word != NULL && !parser (word, value))
    fail (self, item->place, "%s: unknown word '%s'", key, word);
}

static bool
parse_level (const char *text, void *value)
{
  return yl_level_parse (text, value);
}

static bool
parse_role (const char *text, void *value)
{
  return yl_role_parse (text, value);
}

static bool
parse_alliance_kind (const char *text, void *value)
{
  return yl_alliance_kind_parse (text, value);
}

static bool
parse_member_kind (const char *text, void *value)
{
  return yl_member_kind_parse (text, value);
}

/* The array under @key; NULL if absent or after a failure. */
static JsonArray *
get_array (Loader *self, const Item *item, const char *key, bool needed)
{
  if (self->error != NULL)
    return NULL;
  JsonNode *node = json_object_get_member (item->object, key);
  if (node == NULL && !needed)
    return NULL;
  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    fail (self, item->place, "%s: a list is expected", key);
  else if (json_array_get_length (json_node_get_array (node)) > ITEMS_MAX)
    fail (self, item->place, "%s: more than %u items", key, ITEMS_MAX);
  else
    return json_node_get_array (node);
  return NULL;
}

static Item
open_element (Loader *self, JsonArray *array, guint i, const char *table,
              const char *keys)
{
  char place[96];
  g_snprintf (place, sizeof place, "%s[%u]", table, i);
  return open_item (self, json_array_get_element (array, i), place, keys);
}

static void
index_item (Loader *self, const Item *item, GHashTable *table, const char *id,
            gpointer value)
{
  if (self->error == NULL && !g_hash_table_insert (table, (gpointer) id, value))
    fail (self, item->place, "'%s' is there twice", id);
}

static void
load_departments (Loader *self, const Item *root)
{
  JsonArray *array = get_array (self, root, "departments", true);
  if (array == NULL)
    return;
  YlAlliances *out = self->out;
  out->n_departments = json_array_get_length (array);
  out->departments = g_new0 (YlDepartment, out->n_departments);
  for (guint i = 0; i < out->n_departments && self->error == NULL; i++) {
    YlDepartment *department = &out->departments[i];
    Item item = open_element (self, array, i, "departments", "id zh en");
    department->id = get_id (self, &item, "id", true);
    department->name = get_name (self, &item);
    index_item (self, &item, out->department_by_id, department->id, department);
  }
}

/* A second pass: a parent may stand further down in the file. */
static void
link_parents (Loader *self, JsonArray *array)
{
  YlAlliances *out = self->out;
  for (guint i = 0; i < out->n_organisations && self->error == NULL; i++) {
    YlOrganisation *organisation = &out->organisations[i];
    Item item = open_element (self, array, i, "organisations",
                              "id zh en level kind parent");
    organisation->parent = get_link (self, &item, "parent", false,
                                     out->organisation_by_id, "organisation");
    if (organisation->parent != NULL
        && organisation->parent->level < organisation->level)
      fail (self, item.place, "parent: '%s' is of a lower level",
            organisation->parent->id);
  }
}

static void
refuse_circles (Loader *self)
{
  for (size_t i = 0; i < self->out->n_organisations; i++) {
    const YlOrganisation *start = &self->out->organisations[i];
    const YlOrganisation *up = start->parent;
    for (size_t steps = 0; up != NULL && self->error == NULL; up = up->parent)
      if (up == start || ++steps > self->out->n_organisations) {
        char place[64];
        g_snprintf (place, sizeof place, "organisations[%zu]", i);
        fail (self, place, "parent: '%s' reports to itself in a circle",
              start->id);
      }
  }
}

static void
load_organisations (Loader *self, const Item *root)
{
  JsonArray *array = get_array (self, root, "organisations", true);
  if (array == NULL)
    return;
  YlAlliances *out = self->out;
  out->n_organisations = json_array_get_length (array);
  out->organisations = g_new0 (YlOrganisation, out->n_organisations);
  for (guint i = 0; i < out->n_organisations && self->error == NULL; i++) {
    YlOrganisation *organisation = &out->organisations[i];
    Item item = open_element (self, array, i, "organisations",
                              "id zh en level kind parent");
    organisation->id = get_id (self, &item, "id", true);
    organisation->name = get_name (self, &item);
    organisation->kind = get_id (self, &item, "kind", true);
    get_word (self, &item, "level", parse_level, &organisation->level);
    index_item (self, &item, out->organisation_by_id, organisation->id,
                organisation);
  }
  link_parents (self, array);
  refuse_circles (self);
}

static void
load_persons (Loader *self, const Item *root)
{
  JsonArray *array = get_array (self, root, "persons", true);
  if (array == NULL)
    return;
  YlAlliances *out = self->out;
  out->n_persons = json_array_get_length (array);
  out->persons = g_new0 (YlPerson, out->n_persons);
  for (guint i = 0; i < out->n_persons && self->error == NULL; i++) {
    YlPerson *person = &out->persons[i];
    Item item =
        open_element (self, array, i, "persons", "account zh en locale");
    person->account = get_id (self, &item, "account", true);
    person->name = get_name (self, &item);
    person->locale = get_id (self, &item, "locale", false);
    if (person->locale == NULL)
      person->locale = "zh-CN";
    index_item (self, &item, out->person_by_account, person->account, person);
  }
}

static void
load_posts (Loader *self, const Item *root)
{
  JsonArray *array = get_array (self, root, "posts", true);
  if (array == NULL)
    return;
  YlAlliances *out = self->out;
  out->n_posts = json_array_get_length (array);
  out->posts = g_new0 (YlPost, out->n_posts);
  for (guint i = 0; i < out->n_posts && self->error == NULL; i++) {
    YlPost *post = &out->posts[i];
    Item item = open_element (self, array, i, "posts",
                              "id role person organisation department");
    post->id = get_id (self, &item, "id", true);
    get_word (self, &item, "role", parse_role, &post->role);
    post->person = get_link (self, &item, "person", true,
                             out->person_by_account, "person");
    post->organisation = get_link (self, &item, "organisation", true,
                                   out->organisation_by_id, "organisation");
    post->department =
        get_link (self, &item, "department", post->role == YL_ROLE_EXPERT,
                  out->department_by_id, "department");
    index_item (self, &item, out->post_by_id, post->id, post);
  }
}

/* Reads @n digits; -1: there are others. */
static int
digits (const char *text, int n)
{
  int value = 0;
  for (int i = 0; i < n; i++) {
    if (!g_ascii_isdigit (text[i]))
      return -1;
    value = 10 * value + g_ascii_digit_value (text[i]);
  }
  return value;
}

/* "2026-07-01": the moment that day begins in China. */
static int64_t
get_day (Loader *self, const Item *item, const char *key)
{
  const char *text = get_text (self, item, key, true, ID_MAX);
  if (text == NULL)
    return 0;
  g_autoptr (GDateTime) at = NULL;
  if (strlen (text) == 10 && text[4] == '-' && text[7] == '-'
      && digits (text, 4) >= 1971)
    at = g_date_time_new_utc (digits (text, 4), digits (text + 5, 2),
                              digits (text + 8, 2), 0, 0, 0);
  if (at != NULL)
    return g_date_time_to_unix (at) * 1000 - CHINA_MS;
  fail (self, item->place, "%s: '%s' is no day as 2026-07-01", key, text);
  return 0;
}

static bool
is_member (const YlAlliance *alliance, const YlOrganisation *organisation)
{
  for (size_t i = 0; i < alliance->n_members; i++)
    if (alliance->members[i].organisation == organisation)
      return true;
  return false;
}

static void
load_members (Loader *self, const Item *item, YlAlliance *alliance)
{
  JsonArray *array = get_array (self, item, "members", true);
  if (array == NULL)
    return;
  const guint n = json_array_get_length (array);
  YlMembership *members = g_new0 (YlMembership, n);
  unsigned leads = 0;
  alliance->members = members;
  for (guint i = 0; i < n && self->error == NULL; i++) {
    char table[80];
    g_snprintf (table, sizeof table, "%.40s.members", item->place);
    Item member = open_element (self, array, i, table, "organisation kind");
    const YlOrganisation *organisation =
        get_link (self, &member, "organisation", true,
                  self->out->organisation_by_id, "organisation");
    if (self->error == NULL && is_member (alliance, organisation))
      fail (self, member.place, "'%s' is there twice", organisation->id);
    members[i].organisation = organisation;
    get_word (self, &member, "kind", parse_member_kind, &members[i].kind);
    leads += members[i].kind == YL_MEMBER_LEAD;
    alliance->n_members = i + 1;
  }
  if (leads == 0 && alliance->kind != YL_ALLIANCE_TELEMEDICINE_NETWORK)
    fail (self, item->place, "members: nobody leads");
}

static void
load_agreement (Loader *self, const Item *item, const YlAlliance *alliance,
                YlAgreement *agreement)
{
  agreement->id = get_id (self, item, "id", true);
  agreement->from_ms = get_day (self, item, "from");
  agreement->until_ms = get_day (self, item, "until");
  if (agreement->until_ms <= agreement->from_ms)
    fail (self, item->place, "until: not after from");
  JsonArray *parties = get_array (self, item, "parties", true);
  if (parties == NULL)
    return;
  if (json_array_get_length (parties) != 2) {
    fail (self, item->place, "parties: two are expected");
    return;
  }
  for (guint i = 0; i < 2; i++) {
    JsonNode *node = json_array_get_element (parties, i);
    const char *id = NULL;
    if (JSON_NODE_HOLDS_VALUE (node)
        && json_node_get_value_type (node) == G_TYPE_STRING)
      id = json_node_get_string (node);
    agreement->parties[i] = yl_alliances_organisation (self->out, id);
    if (agreement->parties[i] == NULL)
      fail (self, item->place, "parties[%u]: no organisation '%.64s'", i,
            id != NULL ? id : "");
    else if (!is_member (alliance, agreement->parties[i]))
      fail (self, item->place, "parties[%u]: '%s' is no member", i, id);
  }
  if (agreement->parties[0] == agreement->parties[1])
    fail (self, item->place, "parties: one and the same");
}

static void
load_agreements (Loader *self, const Item *item, YlAlliance *alliance)
{
  const bool network = alliance->kind == YL_ALLIANCE_TELEMEDICINE_NETWORK;
  JsonArray *array = get_array (self, item, "agreements", network);
  if (array == NULL)
    return;
  if (!network) {
    fail (self, item->place, "agreements: only of a telemedicine_network");
    return;
  }
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  const guint n = json_array_get_length (array);
  YlAgreement *agreements = g_new0 (YlAgreement, n);
  alliance->agreements = agreements;
  for (guint i = 0; i < n && self->error == NULL; i++) {
    char table[80];
    g_snprintf (table, sizeof table, "%.40s.agreements", item->place);
    Item agreement =
        open_element (self, array, i, table, "id parties from until");
    load_agreement (self, &agreement, alliance, &agreements[i]);
    index_item (self, &agreement, ids, agreements[i].id, &agreements[i]);
    alliance->n_agreements = i + 1;
  }
}

static void
load_alliances (Loader *self, const Item *root)
{
  JsonArray *array = get_array (self, root, "alliances", true);
  if (array == NULL)
    return;
  YlAlliances *out = self->out;
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  out->alliances = g_new0 (YlAlliance, json_array_get_length (array));
  for (guint i = 0; i < json_array_get_length (array) && self->error == NULL;
       i++) {
    YlAlliance *alliance = &out->alliances[i];
    Item item = open_element (self, array, i, "alliances",
                              "id zh en kind department members agreements");
    out->n_alliances = i + 1;
    alliance->id = get_id (self, &item, "id", true);
    alliance->name = get_name (self, &item);
    get_word (self, &item, "kind", parse_alliance_kind, &alliance->kind);
    alliance->department = get_link (self, &item, "department",
                                     alliance->kind == YL_ALLIANCE_SPECIALIST,
                                     out->department_by_id, "department");
    if (alliance->department != NULL
        && alliance->kind != YL_ALLIANCE_SPECIALIST)
      fail (self, item.place, "department: only of a specialist alliance");
    load_members (self, &item, alliance);
    load_agreements (self, &item, alliance);
    index_item (self, &item, ids, alliance->id, alliance);
  }
}

/* Seconds in the file, [ms] in memory; absent: @ms stays as it is. */
static void
get_seconds (Loader *self, const Item *item, const char *key, int64_t *ms)
{
  if (self->error != NULL || !json_object_has_member (item->object, key))
    return;
  JsonNode *node = json_object_get_member (item->object, key);
  if (!JSON_NODE_HOLDS_VALUE (node)
      || json_node_get_value_type (node) != G_TYPE_INT64
      || json_node_get_int (node) < 1 || json_node_get_int (node) > SECONDS_MAX)
    fail (self, item->place, "%s: 1 to %d seconds are expected", key,
          SECONDS_MAX);
  else
    *ms = json_node_get_int (node) * 1000;
}

/* { "routine": 60, …, "patience": 1800, "levels": {"county": {…}} } */
static void
load_timeouts (Loader *self, const Item *root)
{
  if (self->error != NULL || !json_object_has_member (root->object, "timeouts"))
    return;
  YlAlliances *out = self->out;
  Item all = open_item (self, json_object_get_member (root->object, "timeouts"),
                        "timeouts", "routine urgent emergency patience levels");
  get_seconds (self, &all, "patience", &out->patience_ms);
  for (unsigned u = 0; u < YL_N_URGENCIES; u++) {
    get_seconds (self, &all, yl_urgency_name (u), &out->ring_ms[0][u]);
    for (unsigned l = 1; l < YL_N_LEVELS; l++)
      out->ring_ms[l][u] = out->ring_ms[0][u];
  }
  if (self->error != NULL || !json_object_has_member (all.object, "levels"))
    return;
  Item levels =
      open_item (self, json_object_get_member (all.object, "levels"),
                 "timeouts.levels", "village township county city national");
  for (unsigned l = 0; l < YL_N_LEVELS && self->error == NULL; l++) {
    char place[64];
    JsonNode *node = json_object_get_member (levels.object, yl_level_name (l));
    if (node == NULL)
      continue;
    g_snprintf (place, sizeof place, "timeouts.levels.%s", yl_level_name (l));
    Item level = open_item (self, node, place, "routine urgent emergency");
    for (unsigned u = 0; u < YL_N_URGENCIES; u++)
      get_seconds (self, &level, yl_urgency_name (u), &out->ring_ms[l][u]);
  }
}

static void
load (Loader *self, JsonNode *node)
{
  Item root = open_item (self, node, "the file",
                         "version departments organisations alliances persons "
                         "posts timeouts");
  if (self->error != NULL)
    return;
  JsonNode *version = json_object_get_member (root.object, "version");
  if (version == NULL || !JSON_NODE_HOLDS_VALUE (version)
      || json_node_get_value_type (version) != G_TYPE_INT64
      || json_node_get_int (version) != 1)
    fail (self, root.place, "version: 1 is expected");
  load_departments (self, &root);
  load_organisations (self, &root);
  load_alliances (self, &root);
  load_persons (self, &root);
  load_posts (self, &root);
  load_timeouts (self, &root);
}

YlAlliances *
yl_alliances_parse (const char *text, size_t size, GError **error)
{
  if (size > YL_ALLIANCE_TEXT_MAX || !yl_json_scan (text, size, DEPTH_MAX)) {
    g_set_error (error, YL_ALLIANCE_ERROR, YL_ALLIANCE_ERROR_INVALID,
                 "not JSON in UTF-8 of at most %u octets, %d deep",
                 YL_ALLIANCE_TEXT_MAX, DEPTH_MAX);
    return NULL;
  }
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GError) wrong = NULL;
  if (!json_parser_load_from_data (parser, text, (gssize) size, &wrong)) {
    g_set_error (error, YL_ALLIANCE_ERROR, YL_ALLIANCE_ERROR_INVALID,
                 "not JSON: %s", wrong->message);
    return NULL;
  }
  g_autoptr (YlAlliances) out = yl_alliances_new ();
  Loader loader = { .out = out };
  load (&loader, json_parser_get_root (parser));
  if (loader.error != NULL) {
    g_propagate_error (error, loader.error);
    return NULL;
  }
  return g_steal_pointer (&out);
}
