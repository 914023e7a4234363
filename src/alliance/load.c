/* load.c: the alliance file, strictly: what is not understood is refused */
#include "alliance/alliance.h"

#include "alliance/loader.h"
#include "base/json-scan.h"

#include <string.h>

#define DEPTH_MAX 8
#define DAY_MAX 16 /* [octets] */
#define SECONDS_MAX (24 * 60 * 60)
/* Days of agreements begin in China. */
#define CHINA_MS (INT64_C (8) * 3600 * 1000)

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

static void
load_departments (YlLoader *self, const YlItem *root)
{
  JsonArray *array = yl_loader_array (self, root, "departments", true);
  if (array == NULL)
    return;
  YlAlliances *out = self->out;
  out->n_departments = json_array_get_length (array);
  out->departments = g_new0 (YlDepartment, out->n_departments);
  for (guint i = 0; i < out->n_departments && self->error == NULL; i++) {
    YlDepartment *department = &out->departments[i];
    YlItem item = yl_loader_element (self, array, i, "departments", "id zh en");
    department->id = yl_loader_id (self, &item, "id", true);
    department->name = yl_loader_name (self, &item);
    yl_loader_index (self, &item, out->department_by_id, department->id,
                     department);
  }
}

/* A second pass: a parent may stand further down in the file. */
static void
link_parents (YlLoader *self, JsonArray *array)
{
  YlAlliances *out = self->out;
  for (guint i = 0; i < out->n_organisations && self->error == NULL; i++) {
    YlOrganisation *organisation = &out->organisations[i];
    YlItem item = yl_loader_element (self, array, i, "organisations",
                                     "id zh en level kind parent");
    organisation->parent = yl_loader_link (
        self, &item, "parent", false, out->organisation_by_id, "organisation");
    if (organisation->parent != NULL
        && organisation->parent->level < organisation->level)
      yl_loader_fail (self, item.place, "parent: '%s' is of a lower level",
                      organisation->parent->id);
  }
}

static void
refuse_circles (YlLoader *self)
{
  for (size_t i = 0; i < self->out->n_organisations; i++) {
    const YlOrganisation *start = &self->out->organisations[i];
    const YlOrganisation *up = start->parent;
    for (size_t steps = 0; up != NULL && self->error == NULL; up = up->parent)
      if (up == start || ++steps > self->out->n_organisations) {
        char place[64];
        g_snprintf (place, sizeof place, "organisations[%zu]", i);
        yl_loader_fail (self, place,
                        "parent: '%s' reports to itself in a circle",
                        start->id);
      }
  }
}

static void
load_organisations (YlLoader *self, const YlItem *root)
{
  JsonArray *array = yl_loader_array (self, root, "organisations", true);
  if (array == NULL)
    return;
  YlAlliances *out = self->out;
  out->n_organisations = json_array_get_length (array);
  out->organisations = g_new0 (YlOrganisation, out->n_organisations);
  for (guint i = 0; i < out->n_organisations && self->error == NULL; i++) {
    YlOrganisation *organisation = &out->organisations[i];
    YlItem item = yl_loader_element (self, array, i, "organisations",
                                     "id zh en level kind parent");
    organisation->id = yl_loader_id (self, &item, "id", true);
    organisation->name = yl_loader_name (self, &item);
    organisation->kind = yl_loader_id (self, &item, "kind", true);
    yl_loader_word (self, &item, "level", parse_level, &organisation->level);
    yl_loader_index (self, &item, out->organisation_by_id, organisation->id,
                     organisation);
  }
  link_parents (self, array);
  refuse_circles (self);
}

static void
load_persons (YlLoader *self, const YlItem *root)
{
  JsonArray *array = yl_loader_array (self, root, "persons", true);
  if (array == NULL)
    return;
  YlAlliances *out = self->out;
  out->n_persons = json_array_get_length (array);
  out->persons = g_new0 (YlPerson, out->n_persons);
  for (guint i = 0; i < out->n_persons && self->error == NULL; i++) {
    YlPerson *person = &out->persons[i];
    YlItem item =
        yl_loader_element (self, array, i, "persons", "account zh en locale");
    person->account = yl_loader_id (self, &item, "account", true);
    person->name = yl_loader_name (self, &item);
    person->locale = yl_loader_id (self, &item, "locale", false);
    if (person->locale == NULL)
      person->locale = "zh-CN";
    yl_loader_index (self, &item, out->person_by_account, person->account,
                     person);
  }
}

static void
load_posts (YlLoader *self, const YlItem *root)
{
  JsonArray *array = yl_loader_array (self, root, "posts", true);
  if (array == NULL)
    return;
  YlAlliances *out = self->out;
  out->n_posts = json_array_get_length (array);
  out->posts = g_new0 (YlPost, out->n_posts);
  for (guint i = 0; i < out->n_posts && self->error == NULL; i++) {
    YlPost *post = &out->posts[i];
    YlItem item = yl_loader_element (self, array, i, "posts",
                                     "id role person organisation department");
    post->id = yl_loader_id (self, &item, "id", true);
    yl_loader_word (self, &item, "role", parse_role, &post->role);
    post->person = yl_loader_link (self, &item, "person", true,
                                   out->person_by_account, "person");
    post->organisation =
        yl_loader_link (self, &item, "organisation", true,
                        out->organisation_by_id, "organisation");
    post->department =
        yl_loader_link (self, &item, "department", post->role == YL_ROLE_EXPERT,
                        out->department_by_id, "department");
    yl_loader_index (self, &item, out->post_by_id, post->id, post);
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
get_day (YlLoader *self, const YlItem *item, const char *key)
{
  const char *text = yl_loader_text (self, item, key, true, DAY_MAX);
  if (text == NULL)
    return 0;
  g_autoptr (GDateTime) at = NULL;
  if (strlen (text) == 10 && text[4] == '-' && text[7] == '-'
      && digits (text, 4) >= 1971)
    at = g_date_time_new_utc (digits (text, 4), digits (text + 5, 2),
                              digits (text + 8, 2), 0, 0, 0);
  if (at != NULL)
    return g_date_time_to_unix (at) * 1000 - CHINA_MS;
  yl_loader_fail (self, item->place, "%s: '%s' is no day as 2026-07-01", key,
                  text);
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
load_members (YlLoader *self, const YlItem *item, YlAlliance *alliance)
{
  JsonArray *array = yl_loader_array (self, item, "members", true);
  if (array == NULL)
    return;
  const guint n = json_array_get_length (array);
  YlMembership *members = g_new0 (YlMembership, n);
  unsigned leads = 0;
  alliance->members = members;
  for (guint i = 0; i < n && self->error == NULL; i++) {
    char table[80];
    g_snprintf (table, sizeof table, "%.40s.members", item->place);
    YlItem member =
        yl_loader_element (self, array, i, table, "organisation kind");
    const YlOrganisation *organisation =
        yl_loader_link (self, &member, "organisation", true,
                        self->out->organisation_by_id, "organisation");
    if (self->error == NULL && is_member (alliance, organisation))
      yl_loader_fail (self, member.place, "'%s' is there twice",
                      organisation->id);
    members[i].organisation = organisation;
    yl_loader_word (self, &member, "kind", parse_member_kind, &members[i].kind);
    leads += members[i].kind == YL_MEMBER_LEAD;
    alliance->n_members = i + 1;
  }
  if (leads == 0 && alliance->kind != YL_ALLIANCE_TELEMEDICINE_NETWORK)
    yl_loader_fail (self, item->place, "members: nobody leads");
}

static void
load_agreement (YlLoader *self, const YlItem *item, const YlAlliance *alliance,
                YlAgreement *agreement)
{
  agreement->id = yl_loader_id (self, item, "id", true);
  agreement->from_ms = get_day (self, item, "from");
  agreement->until_ms = get_day (self, item, "until");
  if (agreement->until_ms <= agreement->from_ms)
    yl_loader_fail (self, item->place, "until: not after from");
  JsonArray *parties = yl_loader_array (self, item, "parties", true);
  if (parties == NULL)
    return;
  if (json_array_get_length (parties) != 2) {
    yl_loader_fail (self, item->place, "parties: two are expected");
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
      yl_loader_fail (self, item->place, "parties[%u]: no organisation '%.64s'",
                      i, id != NULL ? id : "");
    else if (!is_member (alliance, agreement->parties[i]))
      yl_loader_fail (self, item->place, "parties[%u]: '%s' is no member", i,
                      id);
  }
  if (agreement->parties[0] == agreement->parties[1])
    yl_loader_fail (self, item->place, "parties: one and the same");
}

static void
load_agreements (YlLoader *self, const YlItem *item, YlAlliance *alliance)
{
  const bool network = alliance->kind == YL_ALLIANCE_TELEMEDICINE_NETWORK;
  JsonArray *array = yl_loader_array (self, item, "agreements", network);
  if (array == NULL)
    return;
  if (!network) {
    yl_loader_fail (self, item->place,
                    "agreements: only of a telemedicine_network");
    return;
  }
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  const guint n = json_array_get_length (array);
  YlAgreement *agreements = g_new0 (YlAgreement, n);
  alliance->agreements = agreements;
  for (guint i = 0; i < n && self->error == NULL; i++) {
    char table[80];
    g_snprintf (table, sizeof table, "%.40s.agreements", item->place);
    YlItem agreement =
        yl_loader_element (self, array, i, table, "id parties from until");
    load_agreement (self, &agreement, alliance, &agreements[i]);
    yl_loader_index (self, &agreement, ids, agreements[i].id, &agreements[i]);
    alliance->n_agreements = i + 1;
  }
}

static void
load_alliances (YlLoader *self, const YlItem *root)
{
  JsonArray *array = yl_loader_array (self, root, "alliances", true);
  if (array == NULL)
    return;
  YlAlliances *out = self->out;
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  out->alliances = g_new0 (YlAlliance, json_array_get_length (array));
  for (guint i = 0; i < json_array_get_length (array) && self->error == NULL;
       i++) {
    YlAlliance *alliance = &out->alliances[i];
    YlItem item =
        yl_loader_element (self, array, i, "alliances",
                           "id zh en kind department members agreements");
    out->n_alliances = i + 1;
    alliance->id = yl_loader_id (self, &item, "id", true);
    alliance->name = yl_loader_name (self, &item);
    yl_loader_word (self, &item, "kind", parse_alliance_kind, &alliance->kind);
    alliance->department = yl_loader_link (
        self, &item, "department", alliance->kind == YL_ALLIANCE_SPECIALIST,
        out->department_by_id, "department");
    if (alliance->department != NULL
        && alliance->kind != YL_ALLIANCE_SPECIALIST)
      yl_loader_fail (self, item.place,
                      "department: only of a specialist alliance");
    load_members (self, &item, alliance);
    load_agreements (self, &item, alliance);
    yl_loader_index (self, &item, ids, alliance->id, alliance);
  }
}

/* Seconds in the file, [ms] in memory; absent: @ms stays as it is. */
static void
get_seconds (YlLoader *self, const YlItem *item, const char *key, int64_t *ms)
{
  if (self->error != NULL || !json_object_has_member (item->object, key))
    return;
  JsonNode *node = json_object_get_member (item->object, key);
  if (!JSON_NODE_HOLDS_VALUE (node)
      || json_node_get_value_type (node) != G_TYPE_INT64
      || json_node_get_int (node) < 1 || json_node_get_int (node) > SECONDS_MAX)
    yl_loader_fail (self, item->place, "%s: 1 to %d seconds are expected", key,
                    SECONDS_MAX);
  else
    *ms = json_node_get_int (node) * 1000;
}

/* { "routine": 60, …, "patience": 1800, "levels": {"county": {…}} } */
static void
load_timeouts (YlLoader *self, const YlItem *root)
{
  if (self->error != NULL || !json_object_has_member (root->object, "timeouts"))
    return;
  YlAlliances *out = self->out;
  YlItem all =
      yl_loader_open (self, json_object_get_member (root->object, "timeouts"),
                      "timeouts", "routine urgent emergency patience levels");
  get_seconds (self, &all, "patience", &out->patience_ms);
  for (unsigned u = 0; u < YL_N_URGENCIES; u++) {
    get_seconds (self, &all, yl_urgency_name (u), &out->ring_ms[0][u]);
    for (unsigned l = 1; l < YL_N_LEVELS; l++)
      out->ring_ms[l][u] = out->ring_ms[0][u];
  }
  if (self->error != NULL || !json_object_has_member (all.object, "levels"))
    return;
  YlItem levels = yl_loader_open (
      self, json_object_get_member (all.object, "levels"), "timeouts.levels",
      "village township county city national");
  for (unsigned l = 0; l < YL_N_LEVELS && self->error == NULL; l++) {
    char place[64];
    JsonNode *node = json_object_get_member (levels.object, yl_level_name (l));
    if (node == NULL)
      continue;
    g_snprintf (place, sizeof place, "timeouts.levels.%s", yl_level_name (l));
    YlItem level =
        yl_loader_open (self, node, place, "routine urgent emergency");
    for (unsigned u = 0; u < YL_N_URGENCIES; u++)
      get_seconds (self, &level, yl_urgency_name (u), &out->ring_ms[l][u]);
  }
}

static void
load (YlLoader *self, JsonNode *node)
{
  YlItem root =
      yl_loader_open (self, node, "the file",
                      "version departments organisations alliances persons "
                      "posts timeouts");
  if (self->error != NULL)
    return;
  JsonNode *version = json_object_get_member (root.object, "version");
  if (version == NULL || !JSON_NODE_HOLDS_VALUE (version)
      || json_node_get_value_type (version) != G_TYPE_INT64
      || json_node_get_int (version) != 1)
    yl_loader_fail (self, root.place, "version: 1 is expected");
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
  YlLoader loader = { .out = out };
  load (&loader, json_parser_get_root (parser));
  if (loader.error != NULL) {
    g_propagate_error (error, loader.error);
    return NULL;
  }
  return g_steal_pointer (&out);
}
