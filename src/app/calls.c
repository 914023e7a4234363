/* What each method does: one short function a row of the method table */
#include "app/desk-private.h"

#include "io/clock.h"

#include <string.h>

/* --- small pieces --- */

static const char *
text (const YlCall *call, const char *path)
{
  return yl_params_text (call->request.params, path);
}

static YlDesk *
desk_of (const YlCall *call)
{
  return call->client->desk;
}

static const char *
account_of (const YlCall *call)
{
  return call->client->account;
}

/* --- session --- */

static JsonNode *
person_of (const YlDesk *self, const char *account)
{
  const char *locale = yl_accounts_locale (self->accounts, account);
  JsonNode *person =
      yl_view_person (self->alliances, yl_desk_duty (self), account);
  if (locale != NULL)
    json_object_set_string_member (json_node_get_object (person), "locale",
                                   locale);
  return person;
}

static JsonNode *
session_result (YlDesk *self, const char *account)
{
  JsonNode *person = person_of (self, account);
  JsonObject *object = json_node_get_object (person);
  json_object_set_string_member (object, "epoch", self->epoch);
  json_object_set_int_member (object, "server_time", yl_clock_wall_ms ());
  json_object_set_boolean_member (object, "demo", self->demo);
  return person;
}

static char *
make_cookie (const YlCall *call, const char *token, int64_t max_age_s)
{
  return g_strdup_printf (
      "%s=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%" G_GINT64_FORMAT
      "%s",
      YL_SERVER_COOKIE, token, max_age_s,
      call->client->secure ? "; Secure" : "");
}

static bool
failed (YlCall *call, YlCode code, int64_t retry_after_ms)
{
  if (code == YL_CODE_THROTTLED)
    yl_call_fail_with (call, code, "retry_after_ms",
                       yl_node_integer (retry_after_ms));
  else if (code != YL_CODE_OK)
    yl_call_fail (call, code);
  return code != YL_CODE_OK;
}

static void
on_signed_in (YlCode code, const char *token, int64_t retry_after_ms,
              void *user_data)
{
  YlCall *call = user_data;
  YlDesk *self = desk_of (call);
  const char *locale = text (call, "locale");
  if (failed (call, code, retry_after_ms))
    return;
  if (locale != NULL)
    yl_accounts_set_locale (self->accounts, text (call, "account"), locale);
  g_autofree char *cookie =
      make_cookie (call, token, yl_accounts_session_s (self->accounts));
  yl_call_reply_cookie (call, session_result (self, text (call, "account")),
                        cookie);
}

static void
session_open (YlDesk *self, YlCall *call)
{
  yl_accounts_sign_in (self->accounts, text (call, "account"),
                       text (call, "password"), &call->client->address,
                       on_signed_in, call);
}

/* A page begins with this: the time to look up what the person chose. */
static void
on_account (const YlStoreAccount *account, const GError *error, void *user_data)
{
  YlCall *call = user_data;
  YlDesk *self = desk_of (call);
  if (account != NULL)
    yl_accounts_note_locale (self->accounts, account_of (call),
                             account->locale);
  yl_call_reply (call, session_result (self, account_of (call)));
}

static void
session_get (YlDesk *self, YlCall *call)
{
  yl_store_account_get (self->store, account_of (call), on_account, call);
}

static void
on_signed_out (YlCode code, const char *token, int64_t retry_after_ms,
               void *user_data)
{
  YlCall *call = user_data;
  YlDesk *self = desk_of (call);
  g_autofree char *account = g_strdup (account_of (call));
  g_autofree char *cookie = make_cookie (call, "", 0);
  if (failed (call, code, retry_after_ms))
    return;
  yl_call_reply_cookie (call, NULL, cookie);
  yl_desk_end_seat (self, account);
}

static void
session_close (YlDesk *self, YlCall *call)
{
  yl_accounts_sign_out (self->accounts, call->client->token, on_signed_out,
                        call);
}

static void
on_password_set (YlCode code, const char *token, int64_t retry_after_ms,
                 void *user_data)
{
  YlCall *call = user_data;
  YlDesk *self = desk_of (call);
  g_autofree char *account = g_strdup (account_of (call));
  if (failed (call, code, retry_after_ms))
    return;
  yl_call_reply (call, NULL);
  yl_desk_end_seat (self, account);
}

static void
session_password (YlDesk *self, YlCall *call)
{
  yl_accounts_set_password (self->accounts, account_of (call),
                            call->client->token, text (call, "old"),
                            text (call, "new"), &call->client->address,
                            on_password_set, call);
}

/* --- reading --- */

static JsonNode *
open_consultations (YlDesk *self, const char *account)
{
  g_autoptr (GPtrArray) open = yl_journal_open_of (self->journal, account);
  JsonArray *array = json_array_new ();
  for (unsigned i = 0; i < open->len; i++)
    json_array_add_element (
        array,
        yl_desk_view (self, g_ptr_array_index (open, i), account, false));
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);
  json_node_take_array (node, array);
  return node;
}

static void
home_get (YlDesk *self, YlCall *call)
{
  const char *account = account_of (call);
  const YlDuty *duty = yl_desk_duty (self);
  const int64_t now_ms = yl_clock_wall_ms ();
  yl_call_reply (
      call,
      yl_node_object ("person", person_of (self, account), "consultations",
                      open_consultations (self, account), "on_duty",
                      yl_view_on_duty (self->alliances, duty, account, now_ms),
                      "departments", yl_view_departments (self->alliances),
                      "server_time", yl_node_integer (now_ms), NULL));
}

static YlRights
ask_rights (YlDesk *self, const YlCall *call, const YlConsultation *c)
{
  const YlAction action = yl_method_row (call->request.method)->action;
  return yl_rights_ask (action,
                        yl_alliances_roles (self->alliances, account_of (call)),
                        yl_consultation_relation (c, account_of (call)));
}

static void
on_got (YlConsultation *consultation, const GError *error, void *user_data)
{
  YlCall *call = user_data;
  YlDesk *self = desk_of (call);
  g_autoptr (YlConsultation) c = consultation;
  if (error != NULL) {
    yl_call_fail (call, YL_CODE_BUSY);
    return;
  }
  const YlRights rights =
      c != NULL ? ask_rights (self, call, c) : YL_RIGHTS_NOT_FOUND;
  if (rights == YL_RIGHTS_YES)
    yl_call_reply (call, yl_desk_view (self, c, account_of (call), false));
  else
    yl_call_fail (call, rights == YL_RIGHTS_NO ? YL_CODE_NO_RIGHT
                                               : YL_CODE_NOT_FOUND);
}

static void
consultation_get (YlDesk *self, YlCall *call)
{
  yl_journal_get (self->journal, text (call, "consultation"), on_got, call);
}

static void
on_listed (GPtrArray *consultations, bool more, const GError *error,
           void *user_data)
{
  YlCall *call = user_data;
  YlDesk *self = desk_of (call);
  if (error != NULL || consultations == NULL) {
    yl_call_fail (call, YL_CODE_BUSY);
    return;
  }
  JsonArray *array = json_array_new ();
  for (unsigned i = 0; i < consultations->len; i++)
    json_array_add_element (
        array, yl_desk_view (self, g_ptr_array_index (consultations, i),
                             account_of (call), true));
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);
  json_node_take_array (node, array);
  yl_call_reply (call, yl_node_object ("consultations", node, "more",
                                       yl_node_boolean (more), NULL));
}

static void
consultation_list (YlDesk *self, YlCall *call)
{
  const YlHistoryQuery query = {
    .account = account_of (call),
    .before_ms = yl_params_integer (call->request.params, "before", 0),
    .text = text (call, "text"),
    .limit = (unsigned) yl_params_integer (call->request.params, "limit", 20),
  };
  yl_store_history (self->store, &query, on_listed, call);
}

/* --- commands --- */

/* One who was rung and no longer is sees what the own command did, but when
 * it is repeated later not what has become of the consultation since. */
static bool
may_see (const YlCall *call, const YlJournalAnswer *answer)
{
  const YlConsultation *c = answer->consultation;
  return c->seq == answer->seq
         || yl_rights_ask (YL_ACTION_GET, 0,
                           yl_consultation_relation (c, account_of (call)))
                == YL_RIGHTS_YES;
}

/* Answers with the consultation, or {} where there is none to see. */
static void
on_done (const YlJournalAnswer *answer, void *user_data)
{
  YlCall *call = user_data;
  YlDesk *self = desk_of (call);
  const bool plain = call->request.method == YL_METHOD_DUTY_SET
                     || call->request.method == YL_METHOD_OPINION_SAVE;
  if (answer->refusal.kind != YL_REFUSAL_NONE)
    yl_call_refuse (call, &answer->refusal);
  else if (plain || answer->consultation == NULL || !may_see (call, answer))
    yl_call_reply (call, NULL);
  else
    yl_call_reply (call, yl_desk_view (self, answer->consultation,
                                       account_of (call), false));
}

static const YlConsultCommandKind command_kinds[YL_N_METHODS] = {
  [YL_METHOD_DUTY_SET] = YL_CONSULT_DO_DUTY_SET,
  [YL_METHOD_REQUEST] = YL_CONSULT_DO_REQUEST,
  [YL_METHOD_CANCEL] = YL_CONSULT_DO_CANCEL,
  [YL_METHOD_ACCEPT] = YL_CONSULT_DO_ACCEPT,
  [YL_METHOD_DECLINE] = YL_CONSULT_DO_DECLINE,
  [YL_METHOD_REDIRECT] = YL_CONSULT_DO_REDIRECT,
  [YL_METHOD_END] = YL_CONSULT_DO_END,
  [YL_METHOD_CHAT] = YL_CONSULT_DO_CHAT,
  [YL_METHOD_OPINION_SAVE] = YL_CONSULT_DO_SAVE,
  [YL_METHOD_OPINION_SIGN] = YL_CONSULT_DO_SIGN,
  [YL_METHOD_OPINION_SUPPLEMENT] = YL_CONSULT_DO_SUPPLEMENT,
  [YL_METHOD_OPINION_ACKNOWLEDGE] = YL_CONSULT_DO_ACKNOWLEDGE,
};

static void
command (YlDesk *self, YlCall *call)
{
  JsonObject *params = call->request.params;
  const char *reason = text (call, "reason");
  const YlMethodId method = call->request.method;
  YlConsultCommand c = {
    .kind = command_kinds[method],
    .id = text (call, "command"),
    .account = account_of (call),
    .consultation = text (call, "consultation"),
    .post = text (call, "post"),
    .department = text (call, "department"),
    .text = reason != NULL ? reason : text (call, "text"),
    .on = yl_params_boolean (params, "on"),
  };
  if (method == YL_METHOD_REQUEST) {
    yl_urgency_parse (text (call, "urgency"), &c.urgency);
    yl_sex_parse (text (call, "patient.sex"), &c.patient.sex);
    c.patient.age = (int) yl_params_integer (params, "patient.age", 0);
    c.patient.complaint = text (call, "patient.complaint");
    c.patient.summary = text (call, "patient.summary");
    c.question = text (call, "question");
    c.consent.read = yl_params_boolean (params, "consent.read");
    c.consent.doctor = text (call, "consent.doctor");
    c.consent.at_ms = yl_params_integer (params, "consent.at", 0);
  } else if (method == YL_METHOD_OPINION_SAVE
             || method == YL_METHOD_OPINION_SIGN) {
    c.opinion.findings = text (call, "findings");
    c.opinion.diagnosis = text (call, "diagnosis");
    c.opinion.advice = text (call, "advice");
    c.opinion.follow_up = text (call, "follow_up");
  }
  yl_journal_submit (self->journal, &c, on_done, call);
}

static void
on_verified (YlCode code, const char *token, int64_t retry_after_ms,
             void *user_data)
{
  YlCall *call = user_data;
  if (!failed (call, code, retry_after_ms))
    command (desk_of (call), call);
}

static void
command_with_password (YlDesk *self, YlCall *call)
{
  yl_accounts_verify (self->accounts, account_of (call),
                      text (call, "password"), &call->client->address,
                      on_verified, call);
}

/* --- media --- */

/* The open consultation a media method is about and the side of who calls;
 * answers the call itself when there is none. */
static const YlConsultation *
find_side (YlDesk *self, YlCall *call, YlSide *side)
{
  const YlConsultation *c = yl_consult_book_find (
      yl_journal_book (self->journal), text (call, "consultation"));
  const YlRights rights =
      c != NULL ? ask_rights (self, call, c) : YL_RIGHTS_NOT_FOUND;
  if (rights != YL_RIGHTS_YES) {
    yl_call_fail (call, rights == YL_RIGHTS_NO ? YL_CODE_NO_RIGHT
                                               : YL_CODE_NOT_FOUND);
    return NULL;
  }
  if (!yl_consultation_side (c, account_of (call), side)) {
    yl_call_fail (call, YL_CODE_NO_RIGHT);
    return NULL;
  }
  return c;
}

static void
media_offer (YlDesk *self, YlCall *call)
{
  YlSide side;
  const YlConsultation *c = find_side (self, call, &side);
  if (c == NULL)
    return;
  g_autofree char *answer = NULL;
  const YlMediaOffer offer = {
    .connection = text (call, "connection"),
    .generation =
        (uint32_t) yl_params_integer (call->request.params, "generation", 1),
    .sdp = text (call, "sdp"),
  };
  const YlCode code =
      self->media != NULL
          ? yl_media_offer (self->media, c, side, &offer, &answer)
          : YL_CODE_BUSY;
  if (code == YL_CODE_WRONG_STATE)
    yl_call_fail_with (call, code, "state",
                       yl_node_text (yl_consult_state_name (c->state)));
  else if (code != YL_CODE_OK)
    yl_call_fail (call, code);
  else
    yl_call_reply (call, yl_node_object ("generation",
                                         yl_node_integer (offer.generation),
                                         "sdp", yl_node_text (answer), "epoch",
                                         yl_node_text (self->epoch), NULL));
}

static void
media_state (YlDesk *self, YlCall *call)
{
  YlSide side;
  const YlConsultation *c = find_side (self, call, &side);
  if (c == NULL)
    return;
  if (self->media != NULL)
    yl_media_set_state (self->media, c->id, side,
                        yl_params_boolean (call->request.params, "audio"),
                        yl_params_boolean (call->request.params, "video"));
  yl_call_reply (call, NULL);
}

static void
media_close (YlDesk *self, YlCall *call)
{
  YlSide side;
  const YlConsultation *c = find_side (self, call, &side);
  if (c == NULL)
    return;
  if (self->media != NULL)
    yl_media_close (self->media, c->id, side);
  yl_call_reply (call, NULL);
}

/* --- the table --- */

static void (*const handlers[YL_N_METHODS]) (YlDesk *self, YlCall *call) = {
  [YL_METHOD_SESSION_OPEN] = session_open,
  [YL_METHOD_SESSION_GET] = session_get,
  [YL_METHOD_SESSION_CLOSE] = session_close,
  [YL_METHOD_SESSION_PASSWORD] = session_password,
  [YL_METHOD_HOME_GET] = home_get,
  [YL_METHOD_DUTY_SET] = command,
  [YL_METHOD_REQUEST] = command,
  [YL_METHOD_CANCEL] = command,
  [YL_METHOD_ACCEPT] = command,
  [YL_METHOD_DECLINE] = command,
  [YL_METHOD_REDIRECT] = command,
  [YL_METHOD_GET] = consultation_get,
  [YL_METHOD_LIST] = consultation_list,
  [YL_METHOD_END] = command,
  [YL_METHOD_CHAT] = command,
  [YL_METHOD_OPINION_SAVE] = command,
  [YL_METHOD_OPINION_SIGN] = command_with_password,
  [YL_METHOD_OPINION_SUPPLEMENT] = command_with_password,
  [YL_METHOD_OPINION_ACKNOWLEDGE] = command,
  [YL_METHOD_MEDIA_OFFER] = media_offer,
  [YL_METHOD_MEDIA_STATE] = media_state,
  [YL_METHOD_MEDIA_CLOSE] = media_close,
};

void
yl_desk_carry_out (YlDesk *self, YlCall *call)
{
  handlers[call->request.method](self, call);
}
