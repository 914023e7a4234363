/* event-json.c: events as they lie in the store, one line of JSON each */
#include "consult/consult.h"

#include "base/json-scan.h"

#include <json-glib/json-glib.h>

#define VERSION 1
#define DEPTH_MAX 8
#define RUNG_MAX 1000u

G_DEFINE_QUARK (yl_consult_error, yl_consult_error)

/* What an event of a kind carries, besides v, kind, at, consultation,
 * account and command. */
enum {
  POST = 1 << 0,
  TEXT = 1 << 1,        /* may be absent */
  TEXT_NEEDED = 1 << 2, /* must be there */
  DEPARTMENT = 1 << 3,
  REQUEST = 1 << 4, /* party, urgency, patient, question, consent */
  RING = 1 << 5,    /* level, deadline, rung */
  SIDE = 1 << 6,
  MEDIA = 1 << 7,
  ON = 1 << 8,
  OPINION = 1 << 9,
};

static const unsigned CARRIES[YL_N_EVENT_KINDS] = {
  [YL_EVENT_DUTY] = POST | ON,
  [YL_EVENT_REQUESTED] = REQUEST | DEPARTMENT,
  [YL_EVENT_RINGING] = RING,
  [YL_EVENT_DECLINED] = POST | TEXT,
  [YL_EVENT_WITHDRAWN] = POST,
  [YL_EVENT_UNANSWERED] = 0,
  [YL_EVENT_ACCEPTED] = POST,
  [YL_EVENT_REDIRECTED] = POST | DEPARTMENT | TEXT,
  [YL_EVENT_ALL_DECLINED] = 0,
  [YL_EVENT_EXPIRED] = TEXT,
  [YL_EVENT_CANCELLED] = TEXT,
  [YL_EVENT_MEDIA] = SIDE | MEDIA,
  [YL_EVENT_ENDED] = SIDE,
  [YL_EVENT_CHAT] = SIDE | TEXT_NEEDED,
  [YL_EVENT_DRAFT] = OPINION,
  [YL_EVENT_SIGNED] = OPINION | TEXT_NEEDED,
  [YL_EVENT_SUPPLEMENTED] = TEXT_NEEDED,
  [YL_EVENT_ACKNOWLEDGED] = 0,
};

/* --- writing --- */

static void
put_quoted (GString *out, const char *text)
{
  g_string_append_c (out, '"');
  for (const char *c = text; *c != '\0'; c++)
    if (*c == '"' || *c == '\\')
      g_string_append_printf (out, "\\%c", *c);
    else if ((unsigned char) *c < 0x20)
      g_string_append_printf (out, "\\u%04x", (unsigned) *c);
    else
      g_string_append_c (out, *c);
  g_string_append_c (out, '"');
}

static void
put_key (GString *out, const char *key)
{
  if (out->str[out->len - 1] != '{')
    g_string_append_c (out, ',');
  g_string_append_printf (out, "\"%s\":", key);
}

/* A NULL is left out. */
static void
put_text (GString *out, const char *key, const char *text)
{
  if (text == NULL)
    return;
  put_key (out, key);
  put_quoted (out, text);
}

static void
put_int (GString *out, const char *key, int64_t value)
{
  put_key (out, key);
  g_string_append_printf (out, "%" G_GINT64_FORMAT, value);
}

static void
put_bool (GString *out, const char *key, bool value)
{
  put_key (out, key);
  g_string_append (out, value ? "true" : "false");
}

static void
open_object (GString *out, const char *key)
{
  put_key (out, key);
  g_string_append_c (out, '{');
}

static void
close_object (GString *out)
{
  g_string_append_c (out, '}');
}

static void
put_named (GString *out, const char *key, const char *id, YlName name)
{
  if (id == NULL)
    return;
  open_object (out, key);
  put_text (out, "id", id);
  put_text (out, "zh", name.zh);
  put_text (out, "en", name.en);
  close_object (out);
}

static void
put_party_members (GString *out, const YlParty *party)
{
  put_text (out, "post", party->post);
  put_text (out, "account", party->account);
  put_text (out, "zh", party->name.zh);
  put_text (out, "en", party->name.en);
  put_named (out, "organisation", party->organisation.id,
             party->organisation.name);
  put_text (out, "level", yl_level_name (party->organisation.level));
  put_named (out, "department", party->department.id, party->department.name);
}

static void
put_request (GString *out, const YlConsultEvent *self)
{
  open_object (out, "party");
  put_party_members (out, self->party);
  close_object (out);
  put_text (out, "urgency", yl_urgency_name (self->urgency));
  open_object (out, "patient");
  put_text (out, "sex", yl_sex_name (self->patient.sex));
  put_int (out, "age", self->patient.age);
  put_text (out, "complaint", self->patient.complaint);
  put_text (out, "summary", self->patient.summary);
  close_object (out);
  put_text (out, "question", self->question);
  open_object (out, "consent");
  put_bool (out, "read", self->consent.read);
  put_text (out, "doctor", self->consent.doctor);
  put_int (out, "at", self->consent.at_ms);
  close_object (out);
}

static void
put_ring (GString *out, const YlConsultEvent *self)
{
  put_text (out, "level", yl_level_name (self->level));
  put_int (out, "deadline", self->deadline_ms);
  put_key (out, "rung");
  g_string_append_c (out, '[');
  for (guint i = 0; i < self->rung->len; i++) {
    g_string_append (out, i > 0 ? ",{" : "{");
    put_party_members (out, self->rung->pdata[i]);
    close_object (out);
  }
  g_string_append_c (out, ']');
}

static void
put_opinion (GString *out, const YlOpinion *opinion)
{
  open_object (out, "opinion");
  put_text (out, "findings", opinion->findings);
  put_text (out, "diagnosis", opinion->diagnosis);
  put_text (out, "advice", opinion->advice);
  put_text (out, "follow_up", opinion->follow_up);
  close_object (out);
}

char *
yl_consult_event_encode (const YlConsultEvent *self)
{
  const unsigned carries = CARRIES[self->kind];
  GString *out = g_string_sized_new (256);
  g_string_append_c (out, '{');
  put_int (out, "v", VERSION);
  put_text (out, "kind", yl_event_kind_name (self->kind));
  put_int (out, "at", self->at_ms);
  put_text (out, "consultation", self->consultation);
  put_text (out, "account", self->account);
  put_text (out, "command", self->command);
  if (carries & POST)
    put_text (out, "post", self->post);
  if (carries & REQUEST)
    put_request (out, self);
  if (carries & DEPARTMENT)
    put_named (out, "department", self->department.id, self->department.name);
  if (carries & RING)
    put_ring (out, self);
  if (carries & SIDE)
    put_text (out, "side", yl_side_name (self->side));
  if (carries & MEDIA)
    put_text (out, "media", yl_side_media_name (self->media));
  if (carries & ON)
    put_bool (out, "on", self->on);
  if (carries & OPINION)
    put_opinion (out, &self->opinion);
  if (carries & (TEXT | TEXT_NEEDED))
    put_text (out, "text", self->text);
  close_object (out);
  return g_string_free (out, FALSE);
}

/* --- reading: what is missing or of another type sets `failed` --- */

typedef struct {
  JsonObject *object; /* NULL after a failure */
  bool *failed;
} In;

static JsonNode *
member (const In *in, const char *key)
{
  return in->object != NULL ? json_object_get_member (in->object, key) : NULL;
}

static JsonNode *
value (const In *in, const char *key, GType type)
{
  JsonNode *node = member (in, key);
  if (node != NULL && JSON_NODE_HOLDS_VALUE (node)
      && json_node_get_value_type (node) == type)
    return node;
  return NULL;
}

static const char *
maybe_text (const In *in, const char *key)
{
  JsonNode *node = value (in, key, G_TYPE_STRING);
  if (node == NULL && member (in, key) != NULL)
    *in->failed = true;
  return node != NULL ? json_node_get_string (node) : NULL;
}

static const char *
need_text (const In *in, const char *key)
{
  const char *text = maybe_text (in, key);
  if (text == NULL)
    *in->failed = true;
  return text;
}

static int64_t
need_int (const In *in, const char *key)
{
  JsonNode *node = value (in, key, G_TYPE_INT64);
  if (node == NULL)
    *in->failed = true;
  return node != NULL ? json_node_get_int (node) : 0;
}

static bool
need_bool (const In *in, const char *key)
{
  JsonNode *node = value (in, key, G_TYPE_BOOLEAN);
  if (node == NULL)
    *in->failed = true;
  return node != NULL && json_node_get_boolean (node);
}

static In
in_node (JsonNode *node, bool *failed)
{
  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    return (In){ json_node_get_object (node), failed };
  *failed = true;
  return (In){ NULL, failed };
}

static In
need_object (const In *in, const char *key)
{
  return in_node (member (in, key), in->failed);
}

/* The index of the word under @key among @n words. */
static unsigned
need_word (const In *in, const char *key, const char *(*name) (unsigned),
           unsigned n)
{
  const char *word = need_text (in, key);
  for (unsigned i = 0; word != NULL && i < n; i++)
    if (g_str_equal (word, name (i)))
      return i;
  *in->failed = true;
  return 0;
}

#define DEFINE_NAME(function, Type, getter) \
  static const char *function (unsigned i)  \
  {                                         \
    return getter ((Type) i);               \
  }
DEFINE_NAME (kind_name, YlEventKind, yl_event_kind_name)
DEFINE_NAME (level_name, YlLevel, yl_level_name)
DEFINE_NAME (urgency_name, YlUrgency, yl_urgency_name)
DEFINE_NAME (sex_name, YlSex, yl_sex_name)
DEFINE_NAME (side_name, YlSide, yl_side_name)
DEFINE_NAME (media_name, YlSideMedia, yl_side_media_name)
#undef DEFINE_NAME

static YlDepartment
need_department (const In *in, const char *key)
{
  const In inner = need_object (in, key);
  return (YlDepartment){
    .id = need_text (&inner, "id"),
    .name = { need_text (&inner, "zh"), need_text (&inner, "en") },
  };
}

static YlParty *
read_party (JsonNode *node, bool *failed)
{
  const In in = in_node (node, failed);
  const In organisation = need_object (&in, "organisation");
  YlParty like = {
    .post = need_text (&in, "post"),
    .account = need_text (&in, "account"),
    .name = { need_text (&in, "zh"), need_text (&in, "en") },
    .organisation = { .id = need_text (&organisation, "id"),
                      .name = { need_text (&organisation, "zh"),
                                need_text (&organisation, "en") },
                      .level = (YlLevel) need_word (&in, "level", level_name,
                                                    YL_N_LEVELS) },
  };
  if (member (&in, "department") != NULL)
    like.department = need_department (&in, "department");
  return yl_party_new (&like);
}

static void
read_request (const In *in, YlConsultEvent *event)
{
  const In patient = need_object (in, "patient");
  const In consent = need_object (in, "consent");
  const int64_t age = need_int (&patient, "age");
  event->party = read_party (member (in, "party"), in->failed);
  event->urgency =
      (YlUrgency) need_word (in, "urgency", urgency_name, YL_N_URGENCIES);
  event->patient.sex =
      (YlSex) need_word (&patient, "sex", sex_name, YL_N_SEXES);
  event->patient.age = (int) CLAMP (age, 0, YL_CONSULT_AGE_MAX);
  event->patient.complaint = need_text (&patient, "complaint");
  event->patient.summary = need_text (&patient, "summary");
  event->question = need_text (in, "question");
  event->consent.read = need_bool (&consent, "read");
  event->consent.doctor = need_text (&consent, "doctor");
  event->consent.at_ms = need_int (&consent, "at");
}

static void
read_ring (const In *in, YlConsultEvent *event)
{
  JsonNode *node = member (in, "rung");
  event->level = (YlLevel) need_word (in, "level", level_name, YL_N_LEVELS);
  event->deadline_ms = need_int (in, "deadline");
  event->rung =
      g_ptr_array_new_with_free_func ((GDestroyNotify) yl_party_unref);
  JsonArray *array = NULL;
  if (node != NULL && JSON_NODE_HOLDS_ARRAY (node))
    array = json_node_get_array (node);
  const guint n = array != NULL ? json_array_get_length (array) : 0;
  if (n == 0 || n > RUNG_MAX)
    *in->failed = true;
  for (guint i = 0; i < n && !*in->failed; i++)
    g_ptr_array_add (event->rung, read_party (json_array_get_element (array, i),
                                              in->failed));
}

static void
read_opinion (const In *in, YlOpinion *opinion)
{
  const In inner = need_object (in, "opinion");
  opinion->findings = need_text (&inner, "findings");
  opinion->diagnosis = need_text (&inner, "diagnosis");
  opinion->advice = need_text (&inner, "advice");
  opinion->follow_up = need_text (&inner, "follow_up");
}

static void
read_event (const In *in, YlConsultEvent *event)
{
  event->kind =
      (YlEventKind) need_word (in, "kind", kind_name, YL_N_EVENT_KINDS);
  const unsigned carries = CARRIES[event->kind];
  event->at_ms = need_int (in, "at");
  event->consultation = maybe_text (in, "consultation");
  if ((event->consultation == NULL) != (event->kind == YL_EVENT_DUTY))
    *in->failed = true;
  event->account = maybe_text (in, "account");
  event->command = maybe_text (in, "command");
  if (carries & POST)
    event->post = need_text (in, "post");
  if (carries & REQUEST)
    read_request (in, event);
  if (carries & DEPARTMENT)
    event->department = need_department (in, "department");
  if (carries & RING)
    read_ring (in, event);
  if (carries & SIDE)
    event->side = (YlSide) need_word (in, "side", side_name, YL_N_SIDES);
  if (carries & MEDIA)
    event->media =
        (YlSideMedia) need_word (in, "media", media_name, YL_N_SIDE_MEDIA);
  if (carries & ON)
    event->on = need_bool (in, "on");
  if (carries & OPINION)
    read_opinion (in, &event->opinion);
  if (carries & TEXT)
    event->text = maybe_text (in, "text");
  if (carries & TEXT_NEEDED)
    event->text = need_text (in, "text");
}

YlConsultEvent *
yl_consult_event_decode (const char *text, size_t size, uint64_t seq,
                         GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  bool failed =
      !yl_json_scan (text, size, DEPTH_MAX)
      || !json_parser_load_from_data (parser, text, (gssize) size, NULL);
  const In in =
      in_node (failed ? NULL : json_parser_get_root (parser), &failed);
  const int64_t version = need_int (&in, "v");
  if (!failed && version != VERSION) {
    g_set_error (error, YL_CONSULT_ERROR, YL_CONSULT_ERROR_VERSION,
                 "event %" G_GUINT64_FORMAT " has version %" G_GINT64_FORMAT
                 ", this program knows %d",
                 seq, version, VERSION);
    return NULL;
  }
  YlConsultEvent like = { 0 };
  YlConsultEvent *event = NULL;
  if (!failed)
    read_event (&in, &like);
  like.seq = like.kind == YL_EVENT_DRAFT ? 0 : seq;
  if (!failed)
    event = yl_consult_event_new (&like);
  else
    g_set_error (error, YL_CONSULT_ERROR, YL_CONSULT_ERROR_MALFORMED,
                 "event %" G_GUINT64_FORMAT " is malformed", seq);
  yl_party_unref (like.party);
  g_clear_pointer (&like.rung, g_ptr_array_unref);
  return event;
}
