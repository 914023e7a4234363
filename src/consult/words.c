#include "consult/consult.h"

#include "base/words.h"

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

YL_WORDS_DEFINE_NAME (yl_consult_state_name, YlConsultState, STATES)
YL_WORDS_DEFINE_NAME (yl_side_name, YlSide, SIDES)
YL_WORDS_DEFINE_NAME (yl_sex_name, YlSex, SEXES)
YL_WORDS_DEFINE_PARSE (yl_sex_parse, YlSex, SEXES)
YL_WORDS_DEFINE_NAME (yl_side_media_name, YlSideMedia, SIDE_MEDIA)
YL_WORDS_DEFINE_NAME (yl_rung_state_name, YlRungState, RUNG_STATES)
YL_WORDS_DEFINE_NAME (yl_event_kind_name, YlEventKind, EVENT_KINDS)
YL_WORDS_DEFINE_NAME (yl_refusal_name, YlRefusalKind, REFUSALS)

bool
yl_consult_state_is_final (YlConsultState state)
{
  return state >= YL_CONSULT_CLOSED;
}
