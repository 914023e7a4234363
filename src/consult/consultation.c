/* consultation.c: the state of one consultation, made of its events alone */
#include "consult/consult.h"

#define BIT(state) (1u << YL_CONSULT_##state)
#define OPEN_REQUEST (BIT (REQUESTED) | BIT (OFFERED))
#define BEFORE_CALL (BIT (ACCEPTED) | BIT (WAITING))
#define IN_CALL (BEFORE_CALL | BIT (ACTIVE) | BIT (INTERRUPTED))

/* In which states an event can follow; the request itself comes first. */
static const unsigned FOLLOWS[YL_N_EVENT_KINDS] = {
  [YL_EVENT_RINGING] = OPEN_REQUEST,
  [YL_EVENT_DECLINED] = BIT (OFFERED),
  [YL_EVENT_WITHDRAWN] = BIT (OFFERED),
  [YL_EVENT_UNANSWERED] = BIT (OFFERED),
  [YL_EVENT_ACCEPTED] = BIT (OFFERED),
  [YL_EVENT_REDIRECTED] = BIT (OFFERED) | BEFORE_CALL,
  [YL_EVENT_ALL_DECLINED] = BIT (REQUESTED),
  [YL_EVENT_EXPIRED] = BIT (REQUESTED),
  [YL_EVENT_CANCELLED] = OPEN_REQUEST | BEFORE_CALL,
  [YL_EVENT_MEDIA] = OPEN_REQUEST | IN_CALL,
  [YL_EVENT_ENDED] = IN_CALL,
  [YL_EVENT_CHAT] = IN_CALL | BIT (OPINION_PENDING),
  [YL_EVENT_DRAFT] = IN_CALL | BIT (OPINION_PENDING),
  [YL_EVENT_SIGNED] = BIT (OPINION_PENDING),
  [YL_EVENT_SUPPLEMENTED] = BIT (SIGNED) | BIT (CLOSED),
  [YL_EVENT_ACKNOWLEDGED] = BIT (SIGNED),
};

static void
clear_rung (gpointer data)
{
  YlRung *rung = data;
  yl_party_unref (rung->party);
  g_free ((char *) rung->reason);
}

static void
free_climb (gpointer data)
{
  YlClimb *climb = data;
  yl_party_unref (climb->at);
  g_array_unref (climb->rung);
  g_free (climb);
}

static void
unref_event (gpointer data)
{
  yl_consult_event_unref (data);
}

static GArray *
new_rung (guint n)
{
  GArray *rung = g_array_sized_new (FALSE, FALSE, sizeof (YlRung), n);
  g_array_set_clear_func (rung, clear_rung);
  return rung;
}

static YlConsultation *
new_consultation (const YlConsultEvent *request)
{
  YlConsultation *self = g_new0 (YlConsultation, 1);
  self->id = g_strdup (request->consultation);
  self->request = yl_consult_event_ref (request);
  self->department = request->department;
  self->climb = g_ptr_array_new_with_free_func (free_climb);
  self->chat = g_ptr_array_new_with_free_func (unref_event);
  self->supplements = g_ptr_array_new_with_free_func (unref_event);
  self->excluded = g_ptr_array_new_with_free_func (g_free);
  self->state = YL_CONSULT_REQUESTED;
  return self;
}

void
yl_consultation_free (YlConsultation *self)
{
  if (self == NULL)
    return;
  g_free ((char *) self->id);
  g_free ((char *) self->reason);
  yl_consult_event_unref (self->request);
  yl_consult_event_unref (self->redirect);
  yl_consult_event_unref (self->draft);
  yl_consult_event_unref (self->opinion);
  yl_consult_event_unref (self->acknowledged);
  yl_party_unref (self->expert);
  g_ptr_array_unref (self->climb);
  g_ptr_array_unref (self->chat);
  g_ptr_array_unref (self->supplements);
  g_ptr_array_unref (self->excluded);
  g_free (self);
}

static const YlConsultEvent *
keep (const YlConsultEvent *event)
{
  return event != NULL ? yl_consult_event_ref (event) : NULL;
}

static gpointer
copy_event (gconstpointer event, gpointer data)
{
  return yl_consult_event_ref (event);
}

static gpointer
copy_text (gconstpointer text, gpointer data)
{
  return g_strdup (text);
}

static gpointer
copy_climb (gconstpointer source, gpointer data)
{
  const YlClimb *from = source;
  YlClimb *climb = g_new (YlClimb, 1);
  *climb = *from;
  if (from->at != NULL)
    climb->at = yl_party_ref (from->at);
  climb->rung = new_rung (from->rung->len);
  for (guint i = 0; i < from->rung->len; i++) {
    YlRung rung = g_array_index (from->rung, YlRung, i);
    rung.party = yl_party_ref (rung.party);
    rung.reason = g_strdup (rung.reason);
    g_array_append_val (climb->rung, rung);
  }
  return climb;
}

YlConsultation *
yl_consultation_copy (const YlConsultation *self)
{
  YlConsultation *copy = g_new (YlConsultation, 1);
  *copy = *self;
  copy->id = g_strdup (self->id);
  copy->reason = g_strdup (self->reason);
  copy->request = keep (self->request);
  copy->redirect = keep (self->redirect);
  copy->draft = keep (self->draft);
  copy->opinion = keep (self->opinion);
  copy->acknowledged = keep (self->acknowledged);
  copy->expert = self->expert != NULL ? yl_party_ref (self->expert) : NULL;
  /* g_ptr_array_copy() carries the free function over. */
  copy->climb = g_ptr_array_copy (self->climb, (GCopyFunc) copy_climb, NULL);
  copy->chat = g_ptr_array_copy (self->chat, (GCopyFunc) copy_event, NULL);
  copy->supplements =
      g_ptr_array_copy (self->supplements, (GCopyFunc) copy_event, NULL);
  copy->excluded =
      g_ptr_array_copy (self->excluded, (GCopyFunc) copy_text, NULL);
  return copy;
}

/* --- questions --- */

/* Walks the ringing and rung of the present round. */
#define FOR_EACH_RUNG(self, climb, r)                                         \
  for (guint c_ = (self)->round; c_ < (self)->climb->len; c_++)               \
    for (YlClimb *climb = (self)->climb->pdata[c_]; climb != NULL;            \
         climb = NULL)                                                        \
      for (guint i_ = 0; i_ < climb->rung->len; i_++)                         \
        for (YlRung *r = &g_array_index (climb->rung, YlRung, i_); r != NULL; \
             r = NULL)

static bool
anybody_rings (const YlConsultation *self)
{
  FOR_EACH_RUNG (self, climb, rung)
  if (rung->state == YL_RUNG_RINGING)
    return true;
  return false;
}

static bool
is_rung (const YlConsultation *self, const char *account)
{
  for (guint c = 0; c < self->climb->len; c++) {
    const YlClimb *climb = self->climb->pdata[c];
    for (guint i = 0; i < climb->rung->len; i++)
      if (g_str_equal (g_array_index (climb->rung, YlRung, i).party->account,
                       account))
        return true;
  }
  return false;
}

bool
yl_consultation_rings (const YlConsultation *self, const char *account)
{
  FOR_EACH_RUNG (self, climb, rung)
  if (rung->state == YL_RUNG_RINGING
      && g_strcmp0 (rung->party->account, account) == 0)
    return true;
  return false;
}

YlRelation
yl_consultation_relation (const YlConsultation *self, const char *account)
{
  if (account == NULL)
    return YL_RELATION_NONE;
  if (g_str_equal (self->request->party->account, account))
    return YL_RELATION_CLINIC;
  if (self->expert != NULL && g_str_equal (self->expert->account, account))
    return YL_RELATION_EXPERT;
  if (yl_consultation_rings (self, account))
    return YL_RELATION_RUNG;
  return is_rung (self, account) ? YL_RELATION_PASSED : YL_RELATION_NONE;
}

bool
yl_consultation_side (const YlConsultation *self, const char *account,
                      YlSide *side)
{
  switch (yl_consultation_relation (self, account)) {
  case YL_RELATION_CLINIC:
    *side = YL_SIDE_CLINIC;
    return true;
  case YL_RELATION_EXPERT:
    *side = YL_SIDE_EXPERT;
    return true;
  default:
    return false;
  }
}

int64_t
yl_consultation_deadline_ms (const YlConsultation *self,
                             const YlAlliances *alliances)
{
  int64_t deadline_ms = INT64_MAX;
  if (self->state == YL_CONSULT_REQUESTED)
    return self->since_ms + yl_alliances_patience_ms (alliances);
  if (self->state == YL_CONSULT_OFFERED)
    for (guint c = self->round; c < self->climb->len; c++) {
      const YlClimb *climb = self->climb->pdata[c];
      if (climb->ended_ms == 0)
        deadline_ms = MIN (deadline_ms, climb->deadline_ms);
    }
  return deadline_ms;
}

/* --- one function an event: false leaves the state as it was --- */

/* Ends the climb entries in which nobody rings any more. */
static void
settle_climb (YlConsultation *self, int64_t at_ms)
{
  for (guint c = self->round; c < self->climb->len; c++) {
    YlClimb *climb = self->climb->pdata[c];
    bool rings = false;
    for (guint i = 0; i < climb->rung->len; i++)
      rings |= g_array_index (climb->rung, YlRung, i).state == YL_RUNG_RINGING;
    if (!rings && climb->ended_ms == 0)
      climb->ended_ms = at_ms;
  }
}

static void
stop_rung (YlRung *rung, YlRungState state, const YlConsultEvent *event)
{
  rung->state = state;
  rung->ended_seq = event->seq;
}

static void
stop_all (YlConsultation *self, const YlConsultEvent *event)
{
  FOR_EACH_RUNG (self, climb, rung)
  if (rung->state == YL_RUNG_RINGING)
    stop_rung (rung, YL_RUNG_WITHDRAWN, event);
}

static YlRung *
find_ringing (const YlConsultation *self, const char *post)
{
  FOR_EACH_RUNG (self, climb, rung)
  if (rung->state == YL_RUNG_RINGING && g_str_equal (rung->party->post, post))
    return rung;
  return NULL;
}

static void
set_text (const char **place, const char *text)
{
  g_free ((char *) *place);
  *place = g_strdup (text);
}

static void
set_event (const YlConsultEvent **place, const YlConsultEvent *event)
{
  const YlConsultEvent *old = *place;
  *place = yl_consult_event_ref (event);
  yl_consult_event_unref (old);
}

static bool
apply_ringing (YlConsultation *self, const YlConsultEvent *event)
{
  if (self->climb->len >= YL_CONSULT_CLIMBS_MAX)
    return false;
  const YlParty *first = event->rung->pdata[0];
  bool one_place = true;
  YlClimb *climb = g_new0 (YlClimb, 1);
  climb->level = event->level;
  climb->started_ms = event->at_ms;
  climb->deadline_ms = event->deadline_ms;
  climb->rung = new_rung (event->rung->len);
  for (guint i = 0; i < event->rung->len; i++) {
    const YlRung rung = { .party = yl_party_ref (event->rung->pdata[i]) };
    one_place &=
        g_str_equal (rung.party->organisation.id, first->organisation.id);
    g_array_append_val (climb->rung, rung);
  }
  climb->at = one_place ? yl_party_ref (first) : NULL;
  g_ptr_array_add (self->climb, climb);
  return true;
}

static bool
apply_declined (YlConsultation *self, const YlConsultEvent *event)
{
  YlRung *rung = find_ringing (self, event->post);
  if (rung == NULL)
    return false;
  stop_rung (rung, YL_RUNG_DECLINED, event);
  set_text (&rung->reason, event->text);
  return true;
}

static bool
apply_withdrawn (YlConsultation *self, const YlConsultEvent *event)
{
  YlRung *rung = find_ringing (self, event->post);
  if (rung == NULL)
    return false;
  stop_rung (rung, YL_RUNG_WITHDRAWN, event);
  return true;
}

static bool
apply_unanswered (YlConsultation *self, const YlConsultEvent *event)
{
  bool any = false;
  FOR_EACH_RUNG (self, climb, rung)
  if (rung->state == YL_RUNG_RINGING && climb->deadline_ms <= event->at_ms) {
    stop_rung (rung, YL_RUNG_NO_ANSWER, event);
    any = true;
  }
  return any;
}

static bool
apply_accepted (YlConsultation *self, const YlConsultEvent *event)
{
  YlRung *rung = find_ringing (self, event->post);
  if (rung == NULL)
    return false;
  stop_rung (rung, YL_RUNG_ACCEPTED, event);
  stop_all (self, event);
  self->expert = yl_party_ref (rung->party);
  self->accepted_ms = event->at_ms;
  self->state = YL_CONSULT_ACCEPTED;
  return true;
}

static const char *
account_of_post (const YlConsultation *self, const char *post)
{
  if (self->expert != NULL)
    return g_str_equal (self->expert->post, post) ? self->expert->account
                                                  : NULL;
  const YlRung *rung = find_ringing (self, post);
  return rung != NULL ? rung->party->account : NULL;
}

static bool
apply_redirected (YlConsultation *self, const YlConsultEvent *event)
{
  const char *account = account_of_post (self, event->post);
  if (account == NULL || self->redirects >= YL_CONSULT_REDIRECTS_MAX)
    return false;
  g_ptr_array_add (self->excluded, g_strdup (account));
  stop_all (self, event);
  settle_climb (self, event->at_ms);
  self->round = self->climb->len;
  self->redirects++;
  g_clear_pointer ((YlParty **) &self->expert, yl_party_unref);
  self->media[YL_SIDE_EXPERT] = YL_SIDE_MEDIA_NONE;
  g_clear_pointer ((YlConsultEvent **) &self->draft, yl_consult_event_unref);
  self->accepted_ms = 0;
  self->state = YL_CONSULT_REQUESTED;
  set_event (&self->redirect, event);
  self->department = event->department;
  set_text (&self->reason, event->text);
  return true;
}

/* The call or the request is over. */
static void
finish (YlConsultation *self, const YlConsultEvent *event, YlConsultState state)
{
  stop_all (self, event);
  self->state = state;
  self->ended_ms = event->at_ms;
  self->media[YL_SIDE_CLINIC] = YL_SIDE_MEDIA_NONE;
  self->media[YL_SIDE_EXPERT] = YL_SIDE_MEDIA_NONE;
}

static bool
apply_all_declined (YlConsultation *self, const YlConsultEvent *event)
{
  finish (self, event, YL_CONSULT_DECLINED);
  return true;
}

static bool
apply_expired (YlConsultation *self, const YlConsultEvent *event)
{
  finish (self, event, YL_CONSULT_EXPIRED);
  set_text (&self->reason, event->text);
  return true;
}

static bool
apply_cancelled (YlConsultation *self, const YlConsultEvent *event)
{
  finish (self, event, YL_CONSULT_CANCELLED);
  self->ended_by_side = true;
  self->ended_by = YL_SIDE_CLINIC;
  set_text (&self->reason, event->text);
  return true;
}

static bool
apply_media (YlConsultation *self, const YlConsultEvent *event)
{
  if (event->side == YL_SIDE_EXPERT && self->expert == NULL)
    return false;
  self->media[event->side] = event->media;
  return true;
}

static bool
apply_ended (YlConsultation *self, const YlConsultEvent *event)
{
  finish (self, event, YL_CONSULT_OPINION_PENDING);
  self->ended_by_side = true;
  self->ended_by = event->side;
  return true;
}

static bool
apply_chat (YlConsultation *self, const YlConsultEvent *event)
{
  if (self->chat->len >= YL_CONSULT_CHATS_MAX)
    return false;
  g_ptr_array_add (self->chat, yl_consult_event_ref (event));
  return true;
}

static bool
apply_draft (YlConsultation *self, const YlConsultEvent *event)
{
  if (self->expert == NULL
      || g_strcmp0 (self->expert->account, event->account) != 0)
    return false;
  set_event (&self->draft, event);
  return true;
}

static bool
apply_signed (YlConsultation *self, const YlConsultEvent *event)
{
  set_event (&self->opinion, event);
  g_clear_pointer ((YlConsultEvent **) &self->draft, yl_consult_event_unref);
  self->state = YL_CONSULT_SIGNED;
  return true;
}

static bool
apply_supplemented (YlConsultation *self, const YlConsultEvent *event)
{
  if (self->supplements->len >= YL_CONSULT_SUPPLEMENTS_MAX)
    return false;
  g_ptr_array_add (self->supplements, yl_consult_event_ref (event));
  return true;
}

static bool
apply_acknowledged (YlConsultation *self, const YlConsultEvent *event)
{
  set_event (&self->acknowledged, event);
  self->state = YL_CONSULT_CLOSED;
  return true;
}

static bool (*const APPLY[YL_N_EVENT_KINDS]) (YlConsultation *,
                                              const YlConsultEvent *) = {
  [YL_EVENT_RINGING] = apply_ringing,
  [YL_EVENT_DECLINED] = apply_declined,
  [YL_EVENT_WITHDRAWN] = apply_withdrawn,
  [YL_EVENT_UNANSWERED] = apply_unanswered,
  [YL_EVENT_ACCEPTED] = apply_accepted,
  [YL_EVENT_REDIRECTED] = apply_redirected,
  [YL_EVENT_ALL_DECLINED] = apply_all_declined,
  [YL_EVENT_EXPIRED] = apply_expired,
  [YL_EVENT_CANCELLED] = apply_cancelled,
  [YL_EVENT_MEDIA] = apply_media,
  [YL_EVENT_ENDED] = apply_ended,
  [YL_EVENT_CHAT] = apply_chat,
  [YL_EVENT_DRAFT] = apply_draft,
  [YL_EVENT_SIGNED] = apply_signed,
  [YL_EVENT_SUPPLEMENTED] = apply_supplemented,
  [YL_EVENT_ACKNOWLEDGED] = apply_acknowledged,
};

/* Some states follow from who rings and which sides are there. */
static void
derive_state (YlConsultation *self, int64_t at_ms)
{
  const unsigned now = 1u << self->state;
  if (now & OPEN_REQUEST) {
    self->state =
        anybody_rings (self) ? YL_CONSULT_OFFERED : YL_CONSULT_REQUESTED;
    return;
  }
  if (!(now & IN_CALL))
    return;
  const bool clinic = self->media[YL_SIDE_CLINIC] == YL_SIDE_MEDIA_CONNECTED;
  const bool expert = self->media[YL_SIDE_EXPERT] == YL_SIDE_MEDIA_CONNECTED;
  if (clinic && expert) {
    self->state = YL_CONSULT_ACTIVE;
    if (self->active_ms == 0)
      self->active_ms = at_ms;
  } else if (self->active_ms != 0) {
    self->state = YL_CONSULT_INTERRUPTED;
  } else {
    self->state = clinic || expert ? YL_CONSULT_WAITING : YL_CONSULT_ACCEPTED;
  }
}

bool
yl_consultation_apply (YlConsultation **self, const YlConsultEvent *event)
{
  if (event->kind == YL_EVENT_REQUESTED) {
    if (*self != NULL || event->consultation == NULL)
      return false;
    *self = new_consultation (event);
    (*self)->since_ms = event->at_ms;
  } else {
    YlConsultation *one = *self;
    if (one == NULL || APPLY[event->kind] == NULL
        || g_strcmp0 (event->consultation, one->id) != 0
        || (event->kind != YL_EVENT_DRAFT && event->seq <= one->seq)
        || !(FOLLOWS[event->kind] & 1u << one->state))
      return false;
    const YlConsultState before = one->state;
    if (!APPLY[event->kind](one, event))
      return false;
    settle_climb (one, event->at_ms);
    derive_state (one, event->at_ms);
    if (one->state != before || event->kind == YL_EVENT_REDIRECTED)
      one->since_ms = event->at_ms;
  }
  if (event->kind != YL_EVENT_DRAFT) {
    (*self)->seq = event->seq;
    (*self)->updated_ms = event->at_ms;
  }
  return true;
}
