#include "consult/consult.h"

static const char *const STATES[YL_CONSULT_N_STATES] = {
  "requested", "offered",     "accepted",        "waiting",
  "active",    "interrupted", "opinion_pending", "signed",
  "closed",    "declined",    "cancelled",       "expired"
};
static const char *const SIDES[YL_N_SIDES] = { "clinic", "expert" };
static const char *const SEXES[YL_N_SEXES] = { "female", "male", "other" };
static const char *const SIDE_MEDIA[YL_N_SIDE_MEDIA] = { "none", "connected",
                                                         "lost" };
static const char *const RUNG_STATES[YL_N_RUNG_STATES] = {
  "ringing", "accepted", "declined", "no_answer", "withdrawn", "redirected"
};
static const char *const EVENT_KINDS[YL_N_EVENT_KINDS] = {
  "duty",       "requested",    "ringing",     "declined",     "withdrawn",
  "unanswered", "accepted",     "redirected",  "all_declined", "expired",
  "cancelled",  "media",        "ended",       "chat",         "draft",
  "signed",     "supplemented", "acknowledged"
};
static const char *const REFUSALS[YL_N_REFUSALS] = {
  "none",        "invalid-params", "too-large", "no-right", "not-found",
  "wrong-state", "taken",          "not-saved", "busy"
};

const char *
yl_consult_state_name (YlConsultState state)
{
  return STATES[state];
}

bool
yl_consult_state_is_final (YlConsultState state)
{
  return state >= YL_CONSULT_CLOSED;
}

const char *
yl_side_name (YlSide side)
{
  return SIDES[side];
}

const char *
yl_sex_name (YlSex sex)
{
  return SEXES[sex];
}

bool
yl_sex_parse (const char *text, YlSex *sex)
{
  for (unsigned i = 0; text != NULL && i < YL_N_SEXES; i++)
    if (g_str_equal (text, SEXES[i])) {
      *sex = (YlSex) i;
      return true;
    }
  return false;
}

const char *
yl_side_media_name (YlSideMedia media)
{
  return SIDE_MEDIA[media];
}

const char *
yl_rung_state_name (YlRungState state)
{
  return RUNG_STATES[state];
}

const char *
yl_event_kind_name (YlEventKind kind)
{
  return EVENT_KINDS[kind];
}

const char *
yl_refusal_name (YlRefusalKind kind)
{
  return REFUSALS[kind];
}
