/* plan.c: who gets which packet of a batch, rewritten how */
#include "sfu/plan.h"

#include <glib.h>

YlPlan *
yl_plan_new (void)
{
  return g_new0 (YlPlan, 1);
}

void
yl_plan_free (YlPlan *self)
{
  if (self == NULL)
    return;
  g_free (self->rows);
  g_free (self);
}

void
yl_plan_reset (YlPlan *self)
{
  self->n_rows = 0;
  self->n_packets = 0;
}

void
yl_plan_reserve (YlPlan *self, size_t rows)
{
  if (rows <= self->capacity)
    return;
  size_t capacity = MAX (self->capacity, 64);
  while (capacity < rows)
    capacity *= 2;
  self->rows = g_renew (YlPlanRow, self->rows, capacity);
  self->capacity = capacity;
}
