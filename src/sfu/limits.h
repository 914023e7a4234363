/* limits.h: what one viewer may ask for, so that others do not pay for it
 *
 * Zero-initialised: nothing asked so far. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Keyframes cost everybody in the room. Three wishes of a viewer count in
 * quick succession, as who has just come needs them; each further one waits
 * twice as long as the one before, up to half a minute, and every quiet while
 * is forgiven a step. */
typedef struct {
  uint64_t asked_us; /* the newest wish, counted or not */
  uint64_t next_us;  /* not before: the next that counts */
  uint8_t steps;
} YlSfuPatience;

#define YL_SFU_PATIENCE_SOON_US UINT64_C (100000)
#define YL_SFU_PATIENCE_SOON_STEPS 2
#define YL_SFU_PATIENCE_US UINT64_C (400000)
#define YL_SFU_PATIENCE_STEPS 8
#define YL_SFU_PATIENCE_QUIET_US UINT64_C (4000000)

/* Whether a wish at @now_us counts. */
bool yl_sfu_patience_ask (YlSfuPatience *self, uint64_t now_us);

/* So much work a second, and a burst of as much. */
typedef struct {
  uint64_t updated_us;
  uint32_t used; /* of the burst, thousandths */
} YlSfuBudget;

/* Takes one of @per_second at most 100000; false: none is left. */
bool yl_sfu_budget_take (YlSfuBudget *self, uint32_t per_second,
                         uint64_t now_us);
