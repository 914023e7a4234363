#include "consult/decision.h"

bool
yl_decision_refuse (YlDecision *d, YlRefusalKind kind, const char *param)
{
  *d->refusal = (YlRefusal){ .kind = kind, .param = param };
  if (kind == YL_REFUSAL_WRONG_STATE && d->one != NULL)
    d->refusal->state = d->one->state;
  return false;
}

/* --- emitting --- */

void
yl_decision_emit (YlDecision *d, YlConsultEvent like)
{
  const bool first = d->events->len == 0;
  like.seq = like.kind == YL_EVENT_DRAFT ? 0 : ++d->seq;
  like.at_ms = d->now_ms;
  like.account = d->command->account;
  like.command = first ? d->command->id : NULL;
  if (like.kind != YL_EVENT_DUTY && like.consultation == NULL)
    like.consultation = d->one->id;
  YlConsultEvent *event = yl_consult_event_new (&like);
  g_ptr_array_add (d->events, event);
  if (like.kind != YL_EVENT_DUTY && !yl_consultation_apply (&d->one, event))
    g_critical ("event %s does not follow", yl_event_kind_name (like.kind));
}

static void
unref_party (gpointer data)
{
  yl_party_unref (data);
}

void
yl_decision_emit_ringing (YlDecision *d, const YlRouteStep *step,
                          int64_t deadline_ms)
{
  g_autoptr (GPtrArray) rung = g_ptr_array_new_with_free_func (unref_party);
  if (d->one->climb->len >= YL_CONSULT_CLIMBS_MAX)
    return;
  for (guint i = 0; i < step->posts->len; i++)
    g_ptr_array_add (rung, yl_party_of_post (step->posts->pdata[i]));
  yl_decision_emit (d, (YlConsultEvent){ .kind = YL_EVENT_RINGING,
                                         .level = step->level,
                                         .deadline_ms = deadline_ms,
                                         .rung = rung });
}

bool
yl_decision_ring (YlDecision *d, unsigned lowest)
{
  const YlAlliances *alliances = d->book->alliances;
  const YlClimbSite site = { alliances, d->duty, d->now_ms };
  g_autoptr (GPtrArray) steps = yl_climb_next (d->one, &site, lowest);
  const guint before = d->events->len;
  for (guint i = 0; i < steps->len; i++) {
    const YlRouteStep *step = steps->pdata[i];
    yl_decision_emit_ringing (
        d, step,
        d->now_ms
            + yl_alliances_ring_ms (alliances, step->level,
                                    d->one->request->urgency));
  }
  return d->events->len > before;
}

void
yl_decision_climb (YlDecision *d)
{
  if (d->one->state != YL_CONSULT_REQUESTED
      || yl_decision_ring (d, yl_climb_above (d->one)))
    return;
  switch (yl_climb_end (d->one)) {
  case YL_CLIMB_DECLINED:
    yl_decision_emit (d, (YlConsultEvent){ .kind = YL_EVENT_ALL_DECLINED });
    break;
  case YL_CLIMB_SILENT:
    yl_decision_emit (
        d, (YlConsultEvent){ .kind = YL_EVENT_EXPIRED, .text = "no_answer" });
    break;
  case YL_CLIMB_NOBODY:
  default:
    yl_decision_ring (d,
                      0); /* one who stepped out may be back at a lower level */
    break;
  }
}

/* --- checking --- */

bool
yl_decision_text (YlDecision *d, const char *text, const char *param, long max)
{
  if (text == NULL)
    return true;
  if (!g_utf8_validate (text, -1, NULL))
    return yl_decision_refuse (d, YL_REFUSAL_INVALID_PARAMS, param);
  if (g_utf8_strlen (text, -1) > max)
    return yl_decision_refuse (d, YL_REFUSAL_TOO_LARGE, param);
  return true;
}

bool
yl_decision_filled (YlDecision *d, const char *text, const char *param,
                    long max)
{
  if (text == NULL || *text == '\0')
    return yl_decision_refuse (d, YL_REFUSAL_INVALID_PARAMS, param);
  return yl_decision_text (d, text, param, max);
}

bool
yl_decision_opinion (YlDecision *d, const YlOpinion *opinion)
{
  return yl_decision_text (d, opinion->findings, "findings",
                           YL_CONSULT_OPINION_MAX)
         && yl_decision_text (d, opinion->diagnosis, "diagnosis",
                              YL_CONSULT_OPINION_MAX)
         && yl_decision_text (d, opinion->advice, "advice",
                              YL_CONSULT_OPINION_MAX)
         && yl_decision_text (d, opinion->follow_up, "follow_up",
                              YL_CONSULT_OPINION_MAX);
}
