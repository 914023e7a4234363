/* apply.c: what each event does to the state of its consultation */
#include "consult/consultation.h"

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

static bool
anybody_rings (const YlConsultation *self)
{
  FOR_EACH_RUNG (self, climb, rung)
  if (rung->state == YL_RUNG_RINGING)
    return true;
  return false;
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
find_rung (const YlConsultation *self, const char *post, YlRungState state)
{
  FOR_EACH_RUNG (self, climb, rung)
  if (rung->state == state && g_str_equal (rung->party->post, post))
    return rung;
  return NULL;
}

static YlRung *
find_ringing (const YlConsultation *self, const char *post)
{
  return find_rung (self, post, YL_RUNG_RINGING);
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
  climb->rung = yl_consultation_new_rung (event->rung->len);
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

/* Who may send it on: its expert, or before there is one who is rung. */
static YlRung *
find_sender (const YlConsultation *self, const char *post)
{
  const YlRungState wanted =
      self->expert != NULL ? YL_RUNG_ACCEPTED : YL_RUNG_RINGING;
  return find_rung (self, post, wanted);
}

static bool
apply_redirected (YlConsultation *self, const YlConsultEvent *event)
{
  YlRung *sender = find_sender (self, event->post);
  if (sender == NULL || self->redirects >= YL_CONSULT_REDIRECTS_MAX)
    return false;
  g_ptr_array_add (self->excluded, g_strdup (sender->party->account));
  stop_rung (sender, YL_RUNG_REDIRECTED, event);
  set_text (&sender->reason, event->text);
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
    *self = yl_consultation_new (event);
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
