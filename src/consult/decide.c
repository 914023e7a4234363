/* decide.c: what a command does, as events; nothing here changes a state but
 * the scratch copy of the consultation in question */
#include "consult/consult.h"

#include "consult/decision.h"

#include <string.h>

#define BIT(state) (1u << YL_CONSULT_##state)
#define OPEN_REQUEST (BIT (REQUESTED) | BIT (OFFERED))
#define BEFORE_CALL (BIT (ACCEPTED) | BIT (WAITING))
#define IN_CALL (BEFORE_CALL | BIT (ACTIVE) | BIT (INTERRUPTED))

#define OPEN_PER_ACCOUNT_MAX 20u
#define ID_MAX 64
#define DOCTOR_MAX 200

static bool
check_id (const char *id, size_t max)
{
  size_t n = 0;
  for (; id[n] != '\0'; n++)
    if (n == max || !(g_ascii_isalnum (id[n]) || id[n] == '-'))
      return false;
  return n > 0;
}

/* Optional reasons: an empty one is none. */
static const char *
or_null (const char *text)
{
  return text != NULL && *text != '\0' ? text : NULL;
}

static const char *
or_empty (const char *text)
{
  return text != NULL ? text : "";
}

static YlOpinion
whole (const YlOpinion *opinion)
{
  return (YlOpinion){ or_empty (opinion->findings),
                      or_empty (opinion->diagnosis), or_empty (opinion->advice),
                      or_empty (opinion->follow_up) };
}

/* --- one function a command --- */

static unsigned
count_open (const YlConsultBook *book, const char *account)
{
  g_autoptr (GPtrArray) open = yl_consult_book_open (book);
  unsigned n = 0;
  for (guint i = 0; i < open->len; i++) {
    const YlConsultation *one = open->pdata[i];
    const bool own = g_str_equal (one->request->party->account, account);
    n += own && one->ended_ms == 0;
  }
  return open->len >= YL_CONSULT_OPEN_MAX ? OPEN_PER_ACCOUNT_MAX : n;
}

static bool
check_request (YlDecision *d, const YlPost *post)
{
  const YlConsultCommand *c = d->command;
  if (post == NULL || post->role != YL_ROLE_CLINIC_DOCTOR
      || !yl_alliances_holds (d->book->alliances, c->account, c->post))
    return yl_decision_refuse (d, YL_REFUSAL_NO_RIGHT, NULL);
  if (yl_alliances_department (d->book->alliances, c->department) == NULL)
    return yl_decision_refuse (d, YL_REFUSAL_INVALID_PARAMS, "department");
  if (c->consultation == NULL || !check_id (c->consultation, ID_MAX)
      || yl_consult_book_find (d->book, c->consultation) != NULL)
    return yl_decision_refuse (d, YL_REFUSAL_INVALID_PARAMS, "consultation");
  if ((unsigned) c->urgency >= YL_N_URGENCIES)
    return yl_decision_refuse (d, YL_REFUSAL_INVALID_PARAMS, "urgency");
  if ((unsigned) c->patient.sex >= YL_N_SEXES)
    return yl_decision_refuse (d, YL_REFUSAL_INVALID_PARAMS, "patient.sex");
  if (c->patient.age < 0 || c->patient.age > YL_CONSULT_AGE_MAX)
    return yl_decision_refuse (d, YL_REFUSAL_INVALID_PARAMS, "patient.age");
  if (!c->consent.read)
    return yl_decision_refuse (d, YL_REFUSAL_INVALID_PARAMS, "consent.read");
  return yl_decision_filled (d, c->consent.doctor, "consent.doctor", DOCTOR_MAX)
         && yl_decision_filled (d, c->patient.complaint, "patient.complaint",
                                YL_CONSULT_COMPLAINT_MAX)
         && yl_decision_text (d, c->patient.summary, "patient.summary",
                              YL_CONSULT_SUMMARY_MAX)
         && yl_decision_text (d, c->question, "question",
                              YL_CONSULT_QUESTION_MAX);
}

static bool
do_request (YlDecision *d)
{
  const YlConsultCommand *c = d->command;
  const YlPost *post = yl_alliances_post (d->book->alliances, c->post);
  if (!check_request (d, post))
    return false;
  if (count_open (d->book, c->account) >= OPEN_PER_ACCOUNT_MAX)
    return yl_decision_refuse (d, YL_REFUSAL_BUSY, NULL);
  YlConsultEvent like = {
    .kind = YL_EVENT_REQUESTED,
    .consultation = c->consultation,
    .department = *yl_alliances_department (d->book->alliances, c->department),
    .urgency = c->urgency,
    .patient = c->patient,
    .question = or_empty (c->question),
    .consent = c->consent,
  };
  like.patient.summary = or_empty (c->patient.summary);
  YlParty *party = yl_party_of_post (post);
  like.party = party;
  yl_decision_emit (d, like);
  yl_party_unref (party);
  yl_decision_climb (d);
  return true;
}

static bool
do_cancel (YlDecision *d)
{
  if (!yl_decision_text (d, d->command->text, "reason", YL_CONSULT_REASON_MAX))
    return false;
  yl_decision_emit (d, (YlConsultEvent){ .kind = YL_EVENT_CANCELLED,
                                         .text = or_null (d->command->text) });
  return true;
}

/* The command's post must be the one that rings for the account. */
static bool
check_rings (YlDecision *d)
{
  for (guint c = d->one->round; c < d->one->climb->len; c++) {
    const YlClimb *entry = d->one->climb->pdata[c];
    for (guint i = 0; i < entry->rung->len; i++) {
      const YlRung *rung = &g_array_index (entry->rung, YlRung, i);
      if (rung->state == YL_RUNG_RINGING
          && g_str_equal (rung->party->account, d->command->account)
          && g_strcmp0 (rung->party->post, d->command->post) == 0)
        return true;
    }
  }
  return yl_decision_refuse (d, YL_REFUSAL_INVALID_PARAMS, "post");
}

static bool
do_accept (YlDecision *d)
{
  if (!check_rings (d))
    return false;
  yl_decision_emit (d, (YlConsultEvent){ .kind = YL_EVENT_ACCEPTED,
                                         .post = d->command->post });
  return true;
}

static bool
do_decline (YlDecision *d)
{
  if (!check_rings (d)
      || !yl_decision_text (d, d->command->text, "reason",
                            YL_CONSULT_REASON_MAX))
    return false;
  yl_decision_emit (d, (YlConsultEvent){ .kind = YL_EVENT_DECLINED,
                                         .post = d->command->post,
                                         .text = or_null (d->command->text) });
  yl_decision_climb (d);
  return true;
}

static bool
do_redirect (YlDecision *d)
{
  const YlConsultCommand *c = d->command;
  const YlDepartment *department =
      yl_alliances_department (d->book->alliances, c->department);
  if (d->one->expert == NULL && !check_rings (d))
    return false;
  if (d->one->expert != NULL && g_strcmp0 (d->one->expert->post, c->post) != 0)
    return yl_decision_refuse (d, YL_REFUSAL_INVALID_PARAMS, "post");
  if (department == NULL)
    return yl_decision_refuse (d, YL_REFUSAL_INVALID_PARAMS, "department");
  if (!yl_decision_text (d, c->text, "reason", YL_CONSULT_REASON_MAX))
    return false;
  if (d->one->redirects >= YL_CONSULT_REDIRECTS_MAX)
    return yl_decision_refuse (d, YL_REFUSAL_BUSY, NULL);
  yl_decision_emit (d, (YlConsultEvent){ .kind = YL_EVENT_REDIRECTED,
                                         .post = c->post,
                                         .department = *department,
                                         .text = or_null (c->text) });
  yl_decision_climb (d);
  return true;
}

static YlSide
side_of (const YlDecision *d)
{
  YlSide side = YL_SIDE_CLINIC;
  yl_consultation_side (d->one, d->command->account, &side);
  return side;
}

static bool
do_end (YlDecision *d)
{
  yl_decision_emit (
      d, (YlConsultEvent){ .kind = YL_EVENT_ENDED, .side = side_of (d) });
  return true;
}

static bool
do_chat (YlDecision *d)
{
  if (!yl_decision_filled (d, d->command->text, "text", YL_CONSULT_CHAT_MAX))
    return false;
  if (d->one->chat->len >= YL_CONSULT_CHATS_MAX)
    return yl_decision_refuse (d, YL_REFUSAL_BUSY, NULL);
  yl_decision_emit (d, (YlConsultEvent){ .kind = YL_EVENT_CHAT,
                                         .side = side_of (d),
                                         .text = d->command->text });
  return true;
}

static bool
same_opinion (const YlOpinion *a, const YlOpinion *b)
{
  return g_str_equal (a->findings, b->findings)
         && g_str_equal (a->diagnosis, b->diagnosis)
         && g_str_equal (a->advice, b->advice)
         && g_str_equal (a->follow_up, b->follow_up);
}

static bool
do_save (YlDecision *d)
{
  if (!yl_decision_opinion (d, &d->command->opinion))
    return false;
  const YlOpinion opinion = whole (&d->command->opinion);
  if (d->one->draft == NULL
      || !same_opinion (&d->one->draft->opinion, &opinion))
    yl_decision_emit (
        d, (YlConsultEvent){ .kind = YL_EVENT_DRAFT, .opinion = opinion });
  return true;
}

/* SHA-256 over each text's length and octets: what was signed, by whom,
 * when and in which consultation. */
static char *
hash_opinion (const YlDecision *d, const YlOpinion *opinion)
{
  g_autofree char *at = g_strdup_printf ("%" G_GINT64_FORMAT, d->now_ms);
  const char *const parts[] = { "yilian opinion 1",  d->one->id,
                                d->command->account, at,
                                opinion->findings,   opinion->diagnosis,
                                opinion->advice,     opinion->follow_up };
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  for (size_t i = 0; i < G_N_ELEMENTS (parts); i++) {
    g_autofree char *length = g_strdup_printf ("%zu:", strlen (parts[i]));
    g_checksum_update (sum, (const guchar *) length, -1);
    g_checksum_update (sum, (const guchar *) parts[i], -1);
  }
  return g_strdup (g_checksum_get_string (sum));
}

static bool
do_sign (YlDecision *d)
{
  const YlOpinion opinion = whole (&d->command->opinion);
  if (!yl_decision_opinion (d, &opinion))
    return false;
  if (*opinion.findings == '\0' && *opinion.diagnosis == '\0'
      && *opinion.advice == '\0')
    return yl_decision_refuse (d, YL_REFUSAL_INVALID_PARAMS, "findings");
  g_autofree char *hash = hash_opinion (d, &opinion);
  yl_decision_emit (d, (YlConsultEvent){ .kind = YL_EVENT_SIGNED,
                                         .opinion = opinion,
                                         .text = hash });
  return true;
}

static bool
do_supplement (YlDecision *d)
{
  if (!yl_decision_filled (d, d->command->text, "text", YL_CONSULT_OPINION_MAX))
    return false;
  if (d->one->supplements->len >= YL_CONSULT_SUPPLEMENTS_MAX)
    return yl_decision_refuse (d, YL_REFUSAL_BUSY, NULL);
  yl_decision_emit (d, (YlConsultEvent){ .kind = YL_EVENT_SUPPLEMENTED,
                                         .text = d->command->text });
  return true;
}

static bool
do_acknowledge (YlDecision *d)
{
  yl_decision_emit (d, (YlConsultEvent){ .kind = YL_EVENT_ACKNOWLEDGED });
  return true;
}

static bool
do_media (YlDecision *d)
{
  const YlConsultCommand *c = d->command;
  if ((unsigned) c->side >= YL_N_SIDES
      || (unsigned) c->media >= YL_N_SIDE_MEDIA)
    return yl_decision_refuse (d, YL_REFUSAL_INVALID_PARAMS, "media");
  if (c->side == YL_SIDE_EXPERT && d->one->expert == NULL)
    return yl_decision_refuse (d, YL_REFUSAL_WRONG_STATE, NULL);
  if (d->one->media[c->side] != c->media)
    yl_decision_emit (d, (YlConsultEvent){ .kind = YL_EVENT_MEDIA,
                                           .side = c->side,
                                           .media = c->media });
  return true;
}

static bool
do_time (YlDecision *d)
{
  if (yl_consultation_deadline_ms (d->one, d->book->alliances) > d->now_ms)
    return true;
  if (d->one->state == YL_CONSULT_REQUESTED) {
    yl_decision_emit (d, (YlConsultEvent){ .kind = YL_EVENT_EXPIRED,
                                           .text = "nobody_on_duty" });
    return true;
  }
  yl_decision_emit (d, (YlConsultEvent){ .kind = YL_EVENT_UNANSWERED });
  yl_decision_climb (d);
  return true;
}

/* --- the table: which right a command needs and in which states it goes --- */

typedef struct {
  bool (*run) (YlDecision *d);
  YlAction action; /* YL_N_ACTIONS: the gateway's own, nobody's right */
  unsigned states;
} Rule;

static const Rule RULES[YL_N_CONSULT_COMMANDS] = {
  [YL_CONSULT_DO_REQUEST] = { do_request, YL_ACTION_REQUEST, 0 },
  [YL_CONSULT_DO_CANCEL] = { do_cancel, YL_ACTION_CANCEL,
                             OPEN_REQUEST | BEFORE_CALL },
  [YL_CONSULT_DO_ACCEPT] = { do_accept, YL_ACTION_ACCEPT, BIT (OFFERED) },
  [YL_CONSULT_DO_DECLINE] = { do_decline, YL_ACTION_DECLINE, BIT (OFFERED) },
  [YL_CONSULT_DO_REDIRECT] = { do_redirect, YL_ACTION_REDIRECT,
                               BIT (OFFERED) | BEFORE_CALL },
  [YL_CONSULT_DO_END] = { do_end, YL_ACTION_END, IN_CALL },
  [YL_CONSULT_DO_CHAT] = { do_chat, YL_ACTION_CHAT,
                           IN_CALL | BIT (OPINION_PENDING) },
  [YL_CONSULT_DO_SAVE] = { do_save, YL_ACTION_OPINION_SAVE,
                           IN_CALL | BIT (OPINION_PENDING) },
  [YL_CONSULT_DO_SIGN] = { do_sign, YL_ACTION_OPINION_SIGN,
                           BIT (OPINION_PENDING) },
  [YL_CONSULT_DO_SUPPLEMENT] = { do_supplement, YL_ACTION_OPINION_SUPPLEMENT,
                                 BIT (SIGNED) | BIT (CLOSED) },
  [YL_CONSULT_DO_ACKNOWLEDGE] = { do_acknowledge, YL_ACTION_ACKNOWLEDGE,
                                  BIT (SIGNED) },
  [YL_CONSULT_DO_MEDIA] = { do_media, YL_N_ACTIONS, OPEN_REQUEST | IN_CALL },
  [YL_CONSULT_DO_TIME] = { do_time, YL_N_ACTIONS,
                           (1u << YL_CONSULT_N_STATES) - 1 },
};

static bool
check_rights (YlDecision *d, const Rule *rule)
{
  const char *account = d->command->account;
  const YlRelation relation = d->one != NULL
                                  ? yl_consultation_relation (d->one, account)
                                  : YL_RELATION_NONE;
  if (rule->action == YL_N_ACTIONS)
    return d->one != NULL || yl_decision_refuse (d, YL_REFUSAL_NOT_FOUND, NULL);
  const unsigned roles =
      account != NULL ? yl_alliances_roles (d->book->alliances, account) : 0;
  switch (yl_rights_ask (rule->action, roles, relation)) {
  case YL_RIGHTS_YES:
    return true;
  case YL_RIGHTS_NOT_FOUND:
    return yl_decision_refuse (d, YL_REFUSAL_NOT_FOUND, NULL);
  case YL_RIGHTS_NO:
  default:
    return yl_decision_refuse (d, YL_REFUSAL_NO_RIGHT, NULL);
  }
}

/* One who was rung but is too late learns who was faster. */
static bool
check_turn (YlDecision *d, const Rule *rule)
{
  const bool asks_for_it = d->command->kind == YL_CONSULT_DO_ACCEPT
                           || d->command->kind == YL_CONSULT_DO_DECLINE
                           || d->command->kind == YL_CONSULT_DO_REDIRECT;
  if (d->one == NULL)
    return true;
  if (asks_for_it
      && yl_consultation_relation (d->one, d->command->account)
             == YL_RELATION_PASSED)
    return yl_decision_refuse (
        d, d->one->expert != NULL ? YL_REFUSAL_TAKEN : YL_REFUSAL_WRONG_STATE,
        NULL);
  if (!(rule->states & 1u << d->one->state))
    return yl_decision_refuse (d, YL_REFUSAL_WRONG_STATE, NULL);
  return true;
}

static bool
decide_one (YlDecision *d, const Rule *rule)
{
  const YlConsultation *found =
      yl_consult_book_find (d->book, d->command->consultation);
  if (found != NULL && d->command->kind != YL_CONSULT_DO_REQUEST)
    d->one = yl_consultation_copy (found);
  const bool done =
      check_rights (d, rule) && check_turn (d, rule) && rule->run (d);
  g_clear_pointer (&d->one, yl_consultation_free);
  return done;
}

bool
yl_consult_decide (const YlConsultBook *self, const YlConsultCommand *command,
                   int64_t now_ms, GPtrArray *events, YlRefusal *refusal)
{
  g_autoptr (GPtrArray) made = g_ptr_array_new ();
  const char *consultation;
  uint64_t seq;
  YlDecision d = { .book = self,
                   .command = command,
                   .now_ms = now_ms,
                   .duty = self->duty,
                   .events = made,
                   .seq = self->seq,
                   .refusal = refusal };

  *refusal = (YlRefusal){ .kind = YL_REFUSAL_NONE };
  g_return_val_if_fail ((unsigned) command->kind < YL_N_CONSULT_COMMANDS,
                        false);
  if (command->id != NULL && !check_id (command->id, YL_CONSULT_COMMAND_MAX))
    return yl_decision_refuse (&d, YL_REFUSAL_INVALID_PARAMS, "command");
  if (yl_consult_book_answered (self, command->account, command->id,
                                &consultation, &seq))
    return true;
  const bool done = command->kind == YL_CONSULT_DO_DUTY_SET
                        ? yl_decision_duty (&d)
                        : decide_one (&d, &RULES[command->kind]);
  g_assert (done || made->len == 0);
  for (guint i = 0; i < made->len; i++)
    g_ptr_array_add (events, made->pdata[i]);
  return done;
}
