/* consultation.h: shared by what reads and what changes a consultation;
 * inside this folder only */
#pragma once

#include "consult/consult.h"

YlConsultation *yl_consultation_new (const YlConsultEvent *request);

/* Room for @n YlRung that free what they hold. */
GArray *yl_consultation_new_rung (guint n);

/* Walks the ringing and rung of the present round. */
#define FOR_EACH_RUNG(self, climb, r)                                         \
  for (guint c_ = (self)->round; c_ < (self)->climb->len; c_++)               \
    for (YlClimb *climb = (self)->climb->pdata[c_]; climb != NULL;            \
         climb = NULL)                                                        \
      for (guint i_ = 0; i_ < climb->rung->len; i_++)                         \
        for (YlRung *r = &g_array_index (climb->rung, YlRung, i_); r != NULL; \
             r = NULL)
