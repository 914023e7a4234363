/* Who is shown what, and when: every durable change, to those it concerns */
#include "app/desk-private.h"

#include "io/clock.h"

#include <string.h>

const YlDuty *
yl_desk_duty (const YlDesk *self)
{
  return yl_consult_book_duty (yl_journal_book (self->journal));
}

bool
yl_desk_is_present (const YlDesk *self, const char *account)
{
  return g_hash_table_contains (self->seats, account);
}

JsonNode *
yl_desk_view (const YlDesk *self, const YlConsultation *c, const char *account,
              bool summary)
{
  const char *accounts[YL_N_SIDES] = {
    [YL_SIDE_CLINIC] = c->request->party->account,
    [YL_SIDE_EXPERT] = c->expert != NULL ? c->expert->account : NULL,
  };
  YlViewContext context = { .account = account, .summary = summary };
  for (int side = 0; side < YL_N_SIDES; side++) {
    if (self->media != NULL)
      yl_media_view (self->media, c->id, (YlSide) side, &context.sides[side]);
    if (accounts[side] != NULL)
      context.sides[side].present |= yl_desk_is_present (self, accounts[side]);
  }
  return yl_view_consultation (c, &context);
}

void
yl_desk_push (YlDesk *self, const char *account, const char *method,
              JsonNode *params)
{
  YlClient *client = g_hash_table_lookup (self->seats, account);
  if (client != NULL && client->socket != NULL
      && yl_client_check_session (client)) {
    g_autofree char *text = yl_message_notification (method, params);
    yl_socket_send (client->socket, text);
  }
  json_node_unref (params);
}

static bool
has_seat (const YlDesk *self, const char *account)
{
  return g_hash_table_contains (self->seats, account);
}

static void
push_changed (YlDesk *self, const YlConsultation *c, const char *account)
{
  if (has_seat (self, account))
    yl_desk_push (self, account, "consultation.changed",
                  yl_node_object ("consultation",
                                  yl_desk_view (self, c, account, false),
                                  NULL));
}

/* To both sides and to all whose telephone rings. */
static void
show (YlDesk *self, const YlConsultation *c)
{
  const char *clinic = c->request->party->account;
  const char *expert = c->expert != NULL ? c->expert->account : NULL;
  push_changed (self, c, clinic);
  if (expert != NULL)
    push_changed (self, c, expert);
  for (unsigned i = c->round; i < c->climb->len; i++) {
    const YlClimb *climb = g_ptr_array_index (c->climb, i);
    for (unsigned k = 0; k < climb->rung->len; k++) {
      const YlRung *rung = &g_array_index (climb->rung, YlRung, k);
      if (rung->state == YL_RUNG_RINGING)
        push_changed (self, c, rung->party->account);
    }
  }
}

/* Why somebody's telephone stopped; NULL: they know themselves. */
static const char *
gone_reason (YlEventKind kind)
{
  switch (kind) {
  case YL_EVENT_ACCEPTED:
    return "taken";
  case YL_EVENT_WITHDRAWN:
    return "withdrawn";
  case YL_EVENT_CANCELLED:
    return "cancelled";
  case YL_EVENT_REDIRECTED:
    return "redirected";
  case YL_EVENT_UNANSWERED:
  case YL_EVENT_EXPIRED:
    return "no_answer";
  default:
    return NULL;
  }
}

static void
push_gone (YlDesk *self, const YlConsultEvent *event, const YlConsultation *c,
           const char *account)
{
  const bool taken = event->kind == YL_EVENT_ACCEPTED && c->expert != NULL;
  if (!has_seat (self, account) || g_strcmp0 (account, event->account) == 0)
    return;
  yl_desk_push (self, account, "consultation.gone",
                yl_node_object ("consultation", yl_node_text (c->id), "reason",
                                yl_node_text (gone_reason (event->kind)), "by",
                                taken ? yl_view_name (c->expert->name)
                                      : yl_node_text (NULL),
                                NULL));
}

static void
tell_gone (YlDesk *self, const YlConsultEvent *event, const YlConsultation *c)
{
  if (gone_reason (event->kind) == NULL)
    return;
  for (unsigned i = 0; i < c->climb->len; i++) {
    const YlClimb *climb = g_ptr_array_index (c->climb, i);
    for (unsigned k = 0; k < climb->rung->len; k++) {
      const YlRung *rung = &g_array_index (climb->rung, YlRung, k);
      if (rung->ended_seq == event->seq && event->seq != 0
          && rung->state != YL_RUNG_ACCEPTED)
        push_gone (self, event, c, rung->party->account);
    }
  }
}

void
yl_desk_tell_duty (YlDesk *self)
{
  GHashTableIter iter;
  void *account;
  const YlDuty *duty = yl_desk_duty (self);
  const int64_t now_ms = yl_clock_wall_ms ();
  g_hash_table_iter_init (&iter, self->seats);
  while (g_hash_table_iter_next (&iter, &account, NULL))
    yl_desk_push (
        self, account, "duty.changed",
        yl_node_object (
            "on_duty", yl_view_on_duty (self->alliances, duty, account, now_ms),
            "posts", yl_view_posts (self->alliances, duty, account), NULL));
}

void
yl_desk_on_event (const YlConsultEvent *event,
                  const YlConsultation *consultation, void *user_data)
{
  YlDesk *self = user_data;
  if (consultation == NULL) {
    yl_desk_tell_duty (self);
    return;
  }
  if (self->media != NULL)
    yl_media_follow (self->media, consultation);
  if (event->kind == YL_EVENT_DRAFT)
    return; /* its writer has it on the screen, others may not see it */
  show (self, consultation);
  tell_gone (self, event, consultation);
  if (self->follower != NULL)
    self->follower (consultation, self->follower_data);
}

void
yl_desk_show (YlDesk *self, const char *consultation)
{
  const YlConsultation *c =
      yl_consult_book_find (yl_journal_book (self->journal), consultation);
  if (c != NULL)
    show (self, c);
}

void
yl_desk_tell_slots (YlDesk *self, const char *consultation, YlSide side,
                    JsonNode *slots)
{
  const YlConsultation *c =
      yl_consult_book_find (yl_journal_book (self->journal), consultation);
  if (c == NULL || (side == YL_SIDE_EXPERT && c->expert == NULL))
    return;
  const YlParty *party = side == YL_SIDE_CLINIC ? c->request->party : c->expert;
  yl_desk_push (self, party->account, "media.slots",
                yl_node_object ("consultation", yl_node_text (consultation),
                                "slots", json_node_copy (slots), NULL));
}

/* Both sides see each other come and go. */
void
yl_desk_show_presence (YlDesk *self, const char *account)
{
  g_autoptr (GPtrArray) open = yl_journal_open_of (self->journal, account);
  YlSide side;
  for (unsigned i = 0; i < open->len; i++) {
    const YlConsultation *c = g_ptr_array_index (open, i);
    if (yl_consultation_side (c, account, &side))
      show (self, c);
  }
}
