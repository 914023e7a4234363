/* throttle.h: guessing passwords has to be slow */
#pragma once

#include <glib.h>
#include <stdint.h>

/* Counts attempts per key (an account, an address). The first ones are free,
 * then each doubles the wait, up to a bound, so that nobody is locked out for
 * long by somebody else's guessing. Bounded: the key that was quiet longest
 * is forgotten. Engine without IO. */
typedef struct YlThrottle YlThrottle;

typedef struct {
  unsigned free_attempts;
  uint64_t first_wait_us;
  uint64_t max_wait_us;
  uint64_t forget_us; /* quiet for so long: as new */
  unsigned capacity;  /* keys */
} YlThrottleRules;

YlThrottle *yl_throttle_new (const YlThrottleRules *rules);
void yl_throttle_free (YlThrottle *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlThrottle, yl_throttle_free)

/* How long @key still has to wait [µs]; 0: it may try. */
uint64_t yl_throttle_wait_us (const YlThrottle *self, const char *key,
                              uint64_t now_us);

/* @key tries: counted before the outcome is known, so that many at once are
 * many. */
void yl_throttle_attempt (YlThrottle *self, const char *key, uint64_t now_us);

/* It was right: what was counted is taken back. */
void yl_throttle_forgive (YlThrottle *self, const char *key);
