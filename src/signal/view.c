#include "signal/view.h"

typedef JsonBuilder Out;

/* --- small pieces --- */

static JsonNode *
finish (Out *out)
{
  JsonNode *root = json_builder_get_root (out);
  g_object_unref (out);
  return root;
}

static void
member (Out *out, const char *name)
{
  json_builder_set_member_name (out, name);
}

static void
put_text (Out *out, const char *name, const char *text)
{
  member (out, name);
  if (text != NULL)
    json_builder_add_string_value (out, text);
  else
    json_builder_add_null_value (out);
}

static void
put_bool (Out *out, const char *name, bool value)
{
  member (out, name);
  json_builder_add_boolean_value (out, value);
}

/* A moment; 0 stands for "not yet" and is written as null. */
static void
put_moment (Out *out, const char *name, int64_t at_ms)
{
  member (out, name);
  if (at_ms != 0)
    json_builder_add_int_value (out, at_ms);
  else
    json_builder_add_null_value (out);
}

static void
put_name (Out *out, const char *member_name, YlName name)
{
  member (out, member_name);
  json_builder_begin_object (out);
  put_text (out, "zh", name.zh);
  put_text (out, "en", name.en);
  json_builder_end_object (out);
}

static void
put_department (Out *out, const YlDepartment *department)
{
  member (out, "department");
  if (department == NULL || department->id == NULL) {
    json_builder_add_null_value (out);
    return;
  }
  json_builder_begin_object (out);
  put_text (out, "id", department->id);
  put_name (out, "name", department->name);
  json_builder_end_object (out);
}

static void
put_organisation (Out *out, const YlOrganisation *organisation)
{
  member (out, "organisation");
  json_builder_begin_object (out);
  put_text (out, "id", organisation->id);
  put_name (out, "name", organisation->name);
  put_text (out, "level", yl_level_name (organisation->level));
  put_text (out, "kind", organisation->kind);
  json_builder_end_object (out);
}

static void
put_party_organisation (Out *out, const YlParty *party, bool level)
{
  member (out, "organisation");
  if (party == NULL) {
    json_builder_add_null_value (out);
    return;
  }
  json_builder_begin_object (out);
  put_text (out, "id", party->organisation.id);
  put_name (out, "name", party->organisation.name);
  if (level)
    put_text (out, "level", yl_level_name (party->organisation.level));
  json_builder_end_object (out);
}

static void
put_doctor (Out *out, const YlParty *party)
{
  member (out, "doctor");
  json_builder_begin_object (out);
  put_name (out, "name", party->name);
  json_builder_end_object (out);
}

/* --- consultation --- */

static const YlParty *
party_of (const YlConsultation *c, YlSide side)
{
  return side == YL_SIDE_CLINIC ? c->request->party : c->expert;
}

static void
put_parties (Out *out, const YlConsultation *c)
{
  member (out, "clinic");
  json_builder_begin_object (out);
  put_party_organisation (out, c->request->party, true);
  put_doctor (out, c->request->party);
  json_builder_end_object (out);

  member (out, "expert");
  if (c->expert == NULL) {
    json_builder_add_null_value (out);
    return;
  }
  json_builder_begin_object (out);
  put_party_organisation (out, c->expert, true);
  put_doctor (out, c->expert);
  put_department (out, &c->expert->department);
  json_builder_end_object (out);
}

static void
put_patient (Out *out, const YlPatient *patient)
{
  member (out, "patient");
  json_builder_begin_object (out);
  put_text (out, "sex", yl_sex_name (patient->sex));
  member (out, "age");
  json_builder_add_int_value (out, patient->age);
  put_text (out, "complaint", patient->complaint);
  put_text (out, "summary", patient->summary);
  json_builder_end_object (out);
}

static void
put_rung (Out *out, const YlRung *rung)
{
  json_builder_begin_object (out);
  put_text (out, "post", rung->party->post);
  put_name (out, "name", rung->party->name);
  put_party_organisation (out, rung->party, false);
  put_text (out, "state", yl_rung_state_name (rung->state));
  put_text (out, "reason", rung->reason);
  json_builder_end_object (out);
}

static void
put_climb (Out *out, const YlConsultation *c)
{
  member (out, "climb");
  json_builder_begin_array (out);
  for (unsigned i = 0; i < c->climb->len; i++) {
    const YlClimb *climb = g_ptr_array_index (c->climb, i);
    json_builder_begin_object (out);
    put_text (out, "level", yl_level_name (climb->level));
    put_party_organisation (out, climb->at, false);
    put_moment (out, "started_at", climb->started_ms);
    put_moment (out, "deadline_at", climb->deadline_ms);
    put_moment (out, "ended_at", climb->ended_ms);
    member (out, "rung");
    json_builder_begin_array (out);
    for (unsigned k = 0; k < climb->rung->len; k++)
      put_rung (out, &g_array_index (climb->rung, YlRung, k));
    json_builder_end_array (out);
    json_builder_end_object (out);
  }
  json_builder_end_array (out);
}

static void
put_chat (Out *out, const YlConsultation *c)
{
  member (out, "chat");
  json_builder_begin_array (out);
  for (unsigned i = 0; i < c->chat->len; i++) {
    const YlConsultEvent *event = g_ptr_array_index (c->chat, i);
    const YlParty *party = party_of (c, event->side);
    g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, event->seq);
    json_builder_begin_object (out);
    put_text (out, "id", id);
    put_text (out, "from", yl_side_name (event->side));
    if (party != NULL)
      put_name (out, "name", party->name);
    put_moment (out, "at", event->at_ms);
    put_text (out, "text", event->text);
    json_builder_end_object (out);
  }
  json_builder_end_array (out);
}

/* The signed opinion for all who see the consultation, else the draft for
 * the expert who writes it. */
static void
put_opinion (Out *out, const YlConsultation *c, bool is_expert)
{
  const YlConsultEvent *event = c->opinion;
  if (event == NULL && is_expert)
    event = c->draft;
  member (out, "opinion");
  if (event == NULL) {
    json_builder_add_null_value (out);
    return;
  }
  const bool draft = event != c->opinion;
  json_builder_begin_object (out);
  put_text (out, "findings", event->opinion.findings);
  put_text (out, "diagnosis", event->opinion.diagnosis);
  put_text (out, "advice", event->opinion.advice);
  put_text (out, "follow_up", event->opinion.follow_up);
  put_bool (out, "draft", draft);
  put_moment (out, "signed_at", draft ? 0 : event->at_ms);
  if (draft || c->expert == NULL)
    put_text (out, "signed_by", NULL);
  else
    put_name (out, "signed_by", c->expert->name);
  put_text (out, "hash", draft ? NULL : event->text);
  json_builder_end_object (out);
}

static void
put_supplements (Out *out, const YlConsultation *c)
{
  member (out, "supplements");
  json_builder_begin_array (out);
  for (unsigned i = 0; i < c->supplements->len; i++) {
    const YlConsultEvent *event = g_ptr_array_index (c->supplements, i);
    json_builder_begin_object (out);
    put_moment (out, "at", event->at_ms);
    if (c->expert != NULL)
      put_name (out, "by", c->expert->name);
    put_text (out, "text", event->text);
    json_builder_end_object (out);
  }
  json_builder_end_array (out);
}

static const char *
media_name (const YlConsultation *c, YlSide side, const YlViewSide *known)
{
  const YlSideMedia media = c->media[side];
  if (media != YL_SIDE_MEDIA_CONNECTED && known->connecting)
    return "connecting";
  return yl_side_media_name (media);
}

static void
put_sides (Out *out, const YlConsultation *c, const YlViewContext *context)
{
  member (out, "sides");
  json_builder_begin_object (out);
  for (int side = 0; side < YL_N_SIDES; side++) {
    const YlViewSide *known = &context->sides[side];
    member (out, yl_side_name ((YlSide) side));
    json_builder_begin_object (out);
    put_bool (out, "present", known->present);
    put_text (out, "media", media_name (c, (YlSide) side, known));
    put_bool (out, "audio", known->audio);
    put_bool (out, "video", known->video);
    json_builder_end_object (out);
  }
  json_builder_end_object (out);
}

static const char *
relation_name (YlRelation relation)
{
  switch (relation) {
  case YL_RELATION_CLINIC:
    return "clinic";
  case YL_RELATION_EXPERT:
    return "expert";
  case YL_RELATION_RUNG:
    return "rung";
  default:
    return NULL;
  }
}

static void
put_course (Out *out, const YlConsultation *c)
{
  put_moment (out, "accepted_at", c->accepted_ms);
  put_moment (out, "active_at", c->active_ms);
  put_moment (out, "ended_at", c->ended_ms);
  put_text (out, "ended_by",
            c->ended_by_side ? yl_side_name (c->ended_by) : NULL);
  put_moment (out, "acknowledged_at",
              c->acknowledged != NULL ? c->acknowledged->at_ms : 0);
  if (c->acknowledged != NULL)
    put_name (out, "acknowledged_by", c->request->party->name);
  else
    put_text (out, "acknowledged_by", NULL);
  put_text (out, "reason", c->reason);
}

JsonNode *
yl_view_consultation (const YlConsultation *c, const YlViewContext *context)
{
  const YlRelation relation = yl_consultation_relation (c, context->account);
  Out *out = json_builder_new ();
  json_builder_begin_object (out);
  put_text (out, "id", c->id);
  member (out, "seq");
  json_builder_add_int_value (out, (gint64) c->seq);
  put_text (out, "state", yl_consult_state_name (c->state));
  put_text (out, "urgency", yl_urgency_name (c->request->urgency));
  put_department (out, &c->department);
  put_moment (out, "requested_at", c->request->at_ms);
  put_moment (out, "updated_at", c->updated_ms);
  put_parties (out, c);
  put_patient (out, &c->request->patient);
  put_text (out, "question", c->request->question);
  put_bool (out, "ringing", yl_consultation_rings (c, context->account));
  put_text (out, "mine", relation_name (relation));
  put_sides (out, c, context);
  put_course (out, c);
  put_opinion (out, c, relation == YL_RELATION_EXPERT);
  if (!context->summary) {
    put_climb (out, c);
    put_chat (out, c);
    put_supplements (out, c);
  }
  json_builder_end_object (out);
  return finish (out);
}

/* --- people --- */

static void
put_post (Out *out, const YlPost *post, const YlDuty *duty)
{
  json_builder_begin_object (out);
  put_text (out, "id", post->id);
  put_text (out, "role", yl_role_name (post->role));
  put_organisation (out, post->organisation);
  put_department (out, post->department);
  put_bool (out, "duty", yl_duty_get (duty, post->id));
  json_builder_end_object (out);
}

static void
put_posts (Out *out, const YlAlliances *alliances, const YlDuty *duty,
           const char *account)
{
  g_autoptr (GPtrArray) posts = yl_alliances_posts_of (alliances, account);
  json_builder_begin_array (out);
  for (unsigned i = 0; i < posts->len; i++)
    put_post (out, g_ptr_array_index (posts, i), duty);
  json_builder_end_array (out);
}

JsonNode *
yl_view_posts (const YlAlliances *alliances, const YlDuty *duty,
               const char *account)
{
  Out *out = json_builder_new ();
  put_posts (out, alliances, duty, account);
  return finish (out);
}

JsonNode *
yl_view_person (const YlAlliances *alliances, const YlDuty *duty,
                const char *account)
{
  const YlPerson *person = yl_alliances_person (alliances, account);
  const YlName unknown = { account, account };
  Out *out = json_builder_new ();
  json_builder_begin_object (out);
  put_text (out, "account", account);
  put_name (out, "name", person != NULL ? person->name : unknown);
  put_text (out, "locale", person != NULL ? person->locale : "zh-CN");
  member (out, "posts");
  put_posts (out, alliances, duty, account);
  json_builder_end_object (out);
  return finish (out);
}

JsonNode *
yl_view_on_duty (const YlAlliances *alliances, const YlDuty *duty,
                 const char *account, int64_t now_ms)
{
  g_autoptr (GPtrArray) posts =
      yl_alliances_on_duty (alliances, duty, account, now_ms);
  Out *out = json_builder_new ();
  json_builder_begin_array (out);
  for (unsigned i = 0; i < posts->len; i++) {
    const YlPost *post = g_ptr_array_index (posts, i);
    json_builder_begin_object (out);
    put_department (out, post->department);
    put_organisation (out, post->organisation);
    put_name (out, "name", post->person->name);
    json_builder_end_object (out);
  }
  json_builder_end_array (out);
  return finish (out);
}

JsonNode *
yl_view_departments (const YlAlliances *alliances)
{
  size_t n;
  const YlDepartment *departments = yl_alliances_departments (alliances, &n);
  Out *out = json_builder_new ();
  json_builder_begin_array (out);
  for (size_t i = 0; i < n; i++) {
    json_builder_begin_object (out);
    put_text (out, "id", departments[i].id);
    put_name (out, "name", departments[i].name);
    json_builder_end_object (out);
  }
  json_builder_end_array (out);
  return finish (out);
}

JsonNode *
yl_view_name (YlName name)
{
  Out *out = json_builder_new ();
  json_builder_begin_object (out);
  put_text (out, "zh", name.zh);
  put_text (out, "en", name.en);
  json_builder_end_object (out);
  return finish (out);
}
