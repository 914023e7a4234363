/* run-flood.h: a flood at the port of a run's connections */
#pragma once

#include "flood.h"
#include "run.h"

typedef struct {
  Flood *flood; /* NULL: none */
  GPtrArray *packets;
} RunFlood;

/* Towards where the first measured connection's media comes from; replays
 * what the first publisher sends. */
bool run_flood_start (RunFlood *self, Run *run, GError **error);

/* Returns how many packets left. */
uint64_t run_flood_stop (RunFlood *self);
