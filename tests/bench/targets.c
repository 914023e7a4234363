/* targets.c: the servers this program can be pointed at */
#include "targets.h"

static const TargetType *const TARGETS[] = {
  /* one a line, by name */
  &target_janus,
  &target_raw,
  &target_yilian,
  NULL,
};

const TargetType *
targets_find (const char *name)
{
  for (size_t i = 0; TARGETS[i] != NULL; i++)
    if (g_strcmp0 (TARGETS[i]->name, name) == 0)
      return TARGETS[i];
  return NULL;
}
