/* run-flood.h: a flood at the port of a run's connections */
#pragma once

#include "flood.h"
#include "run.h"

typedef struct {
  Flood *flood; /* NULL: none */
  GPtrArray *packets;
  GArray *before; /* of Drop; NULL: the server does not say */
} RunFlood;

/* Towards where the first measured connection's media comes from; replays
 * what the first publisher sends. */
bool run_flood_start (RunFlood *self, Run *run, GError **error);

/* What came of it is @run's `flood` then. Nothing, and true, without one. */
bool run_flood_stop (RunFlood *self, Run *run, GError **error);
