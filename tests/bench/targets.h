/* targets.h: the servers this program can be pointed at */
#pragma once

#include "target.h"

/* NULL: no such name. */
const TargetType *targets_find (const char *name);
