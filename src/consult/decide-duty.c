/* decide-duty.c: coming on duty and going off, the one command that may touch
 * many consultations */
#include "consult/decision.h"

static void
ring_newcomers (YlDecision *d)
{
  const YlClimbSite site = { d->book->alliances, d->duty, d->now_ms };
  const int64_t deadline_ms =
      yl_consultation_deadline_ms (d->one, d->book->alliances);
  g_autoptr (GPtrArray) steps = yl_climb_newcomers (d->one, &site);
  for (guint i = 0; i < steps->len; i++)
    yl_decision_emit_ringing (d, steps->pdata[i], deadline_ms);
}

static bool
post_rings (const YlConsultation *one, const char *post)
{
  for (guint c = one->round; c < one->climb->len; c++) {
    const YlClimb *entry = one->climb->pdata[c];
    for (guint i = 0; i < entry->rung->len; i++) {
      const YlRung *rung = &g_array_index (entry->rung, YlRung, i);
      if (rung->state == YL_RUNG_RINGING
          && g_str_equal (rung->party->post, post))
        return true;
    }
  }
  return false;
}

static void
duty_touches (YlDecision *d, const YlConsultation *found)
{
  const char *post = d->command->post;
  d->one = yl_consultation_copy (found);
  if (!d->command->on && post_rings (d->one, post)) {
    yl_decision_emit (
        d, (YlConsultEvent){ .kind = YL_EVENT_WITHDRAWN, .post = post });
    yl_decision_climb (d);
  } else if (d->command->on && d->one->state == YL_CONSULT_REQUESTED) {
    yl_decision_ring (d, 0);
  } else if (d->command->on && d->one->state == YL_CONSULT_OFFERED) {
    ring_newcomers (d);
  }
  g_clear_pointer (&d->one, yl_consultation_free);
}

bool
yl_decision_duty (YlDecision *d)
{
  const YlConsultCommand *c = d->command;
  const YlPost *post = yl_alliances_post (d->book->alliances, c->post);
  if (post == NULL || post->role != YL_ROLE_EXPERT
      || !yl_alliances_holds (d->book->alliances, c->account, c->post))
    return yl_decision_refuse (d, YL_REFUSAL_NO_RIGHT, NULL);
  if (yl_duty_get (d->book->duty, c->post) == c->on)
    return true;
  g_autoptr (YlDuty) duty = yl_duty_copy (d->book->duty);
  yl_duty_set (duty, c->post, c->on);
  d->duty = duty;
  yl_decision_emit (
      d,
      (YlConsultEvent){ .kind = YL_EVENT_DUTY, .post = c->post, .on = c->on });
  g_autoptr (GPtrArray) open = yl_consult_book_open (d->book);
  for (guint i = 0; i < open->len; i++)
    duty_touches (d, open->pdata[i]);
  return true;
}
