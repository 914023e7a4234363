/* decision.h: one command while it is being decided; inside this folder only */
#pragma once

#include "consult/book.h"
#include "consult/climb.h"

typedef struct {
  const YlConsultBook *book;
  const YlConsultCommand *command;
  int64_t now_ms;
  const YlDuty *duty;  /* as it will be after a duty command */
  YlConsultation *one; /* scratch copy; every event is applied to it */
  GPtrArray *events;
  uint64_t seq;
  YlRefusal *refusal;
} YlDecision;

/* Sets the refusal; always false. */
bool yl_decision_refuse (YlDecision *d, YlRefusalKind kind, const char *param);

/* Completes @like, appends it and applies it to the scratch copy. */
void yl_decision_emit (YlDecision *d, YlConsultEvent like);

/* One more level that rings. */
void yl_decision_emit_ringing (YlDecision *d, const YlRouteStep *step,
                               int64_t deadline_ms);

/* Rings the next levels from @lowest up. False: nobody is there. */
bool yl_decision_ring (YlDecision *d, unsigned lowest);

/* Once nobody rings any more: higher up, or the end. */
void yl_decision_climb (YlDecision *d);

/* Carries a duty command out. False: refused. */
bool yl_decision_duty (YlDecision *d);

/* A text of at most @max characters, which may be absent; one that must not
 * be empty; all four of an opinion. False: refused. */
bool yl_decision_text (YlDecision *d, const char *text, const char *param,
                       long max);
bool yl_decision_filled (YlDecision *d, const char *text, const char *param,
                         long max);
bool yl_decision_opinion (YlDecision *d, const YlOpinion *opinion);
