/* system-random.h: the kernel's randomness as a YlRandom */
#pragma once

#include "base/random.h"

/* Fills from getrandom(2); good for keys and credentials. Aborts when the
 * kernel has none to give: going on with guessable secrets is worse. Stateless,
 * so any number of threads may each initialise one. */
void yl_system_random_init (YlRandom *self);
