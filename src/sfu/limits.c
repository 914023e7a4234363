/* limits.c: what one viewer may ask for, so that others do not pay for it */
#include "sfu/limits.h"

static uint64_t
wait_us (uint8_t steps)
{
  return steps < YL_SFU_PATIENCE_SOON_STEPS
             ? YL_SFU_PATIENCE_SOON_US
             : YL_SFU_PATIENCE_US << (steps - YL_SFU_PATIENCE_SOON_STEPS);
}

bool
yl_sfu_patience_ask (YlSfuPatience *self, uint64_t now_us)
{
  const uint64_t quiet_us = now_us - self->asked_us;
  const uint64_t forgiven = quiet_us / YL_SFU_PATIENCE_QUIET_US;
  self->asked_us = now_us;
  self->steps = forgiven < self->steps ? (uint8_t) (self->steps - forgiven) : 0;
  if (forgiven == 0 && now_us < self->next_us)
    return false;
  self->next_us = now_us + wait_us (self->steps);
  if (self->steps < YL_SFU_PATIENCE_STEPS)
    self->steps++;
  return true;
}

bool
yl_sfu_budget_take (YlSfuBudget *self, uint32_t per_second, uint64_t now_us)
{
  const uint64_t passed_us = now_us - self->updated_us;
  const uint64_t back = passed_us * per_second / 1000; /* thousandths */
  self->updated_us = now_us;
  self->used = back < self->used ? self->used - (uint32_t) back : 0;
  if (self->used + 1000 > per_second * 1000)
    return false;
  self->used += 1000;
  return true;
}
