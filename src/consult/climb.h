/* climb.h: whom a consultation rings next; inside this folder only */
#pragma once

#include "consult/consult.h"

typedef struct {
  const YlAlliances *alliances;
  const YlDuty *duty;
  int64_t now_ms;
} YlClimbSite;

/* The next levels to ring from @lowest up: as many steps as the urgency
 * rings at once, without whom this round rang already (one who only went off
 * duty may ring again), who sent it on, and the asker. (element-type
 * YlRouteStep), possibly empty. */
GPtrArray *yl_climb_next (const YlConsultation *self, const YlClimbSite *site,
                          unsigned lowest);

/* Who came on duty late at a level that this round already reached. */
GPtrArray *yl_climb_newcomers (const YlConsultation *self,
                               const YlClimbSite *site);

/* The level above all that this round rang, or 0 at its beginning. */
unsigned yl_climb_above (const YlConsultation *self);

/* What the end of a climb is. */
typedef enum {
  YL_CLIMB_NOBODY,   /* nobody was there to answer: keep waiting */
  YL_CLIMB_DECLINED, /* all said no */
  YL_CLIMB_SILENT,   /* somebody did not answer */
} YlClimbEnd;
YlClimbEnd yl_climb_end (const YlConsultation *self);
