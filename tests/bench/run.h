/* run.h: one run of a scenario, and what it showed */
#pragma once

#include "drops.h"
#include "meter.h"
#include "swarm.h"
#include "wake.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
  const char *target;
  const char *scenario;
  unsigned viewers;
  unsigned rooms;
  unsigned joining; /* storm: who come at once */
  unsigned joiners; /* who ask at once otherwise */
  double warmup_s;
  double seconds;
  unsigned video_kbps;
  unsigned loud_kbps; /* noisy: of the course */
  unsigned pli_storm; /* viewers that ask for a keyframe all the time */
  bool spread;
  bool gro;
  bool twcc;
  unsigned thorough; /* viewers that decrypt all */
  const char *flood; /* NULL: none */
  unsigned flood_rate;
} RunOptions;

typedef struct {
  uint64_t all;      /* media packets that anybody received */
  uint64_t packets;  /* the same by who is measured; RTX is not counted */
  uint64_t expected; /* what the sources sent, for each who receives it */
  uint64_t lost;
  uint64_t resent;
  uint64_t unknown;
  uint64_t bad;
  uint64_t wrong;
  uint64_t sent;   /* by our publishers */
  uint64_t unsent; /* of those, our own sockets were full */
  uint64_t plis;   /* keyframes asked of our publishers */
} RunTotals;

/* A flood begins and ends with the window. */
typedef struct {
  uint64_t sent;   /* packets */
  uint64_t unsent; /* our own kernel refused them */
  /* What the server dropped, of the flood or not, from before the first
   * packet until the last was read. NULL: it does not say. */
  GArray *dropped;
  unsigned long rss_before_kb;
  unsigned long rss_after_kb;
} FloodOutcome;

typedef struct {
  const RunOptions *options;
  Target *target;
  Swarm *swarm;
  GPtrArray *counted; /* connections that are measured; borrowed */
  GPtrArray *joined;  /* whose time to join counts; borrowed */
  Histogram *latency;
  Histogram *alone;   /* noisy: before the noise */
  Histogram *machine; /* what this machine itself was late by in the window,
                       * for who looks at single packets; NULL: not asked */
  Wake *wake;         /* looks at it while the window is open */

  Meter empty; /* before those who receive came */
  Meter begin; /* of the measuring window */
  Meter end;
  RunTotals totals; /* of the window */
  FloodOutcome flood;
} Run;

typedef struct {
  const char *name;
  /* The rooms this needs. */
  void (*plan) (const RunOptions *options, TargetSetup *setup);
  bool (*run) (Run *self, GError **error);
} Scenario;

/* NULL: no such scenario. */
const Scenario *scenario_find (const char *name);

/* ---- steps that scenarios share ---- */

/* All connections are as far as @state, or one has failed; @error: who did
 * not get there within @limit_us. */
bool run_settle (Run *self, ConnectionState state, uint64_t limit_us,
                 GError **error);

/* One publisher in @room, and it sends. */
Connection *run_publish (Run *self, unsigned room, unsigned who,
                         GError **error);

/* @n viewers of @source, whose joining counts; they are not waited for. */
bool run_view (Run *self, Connection *source, unsigned n, GError **error);

/* Waits a while and reads what the server holds without receivers. */
bool run_note_empty (Run *self, GError **error);

/* From now on a window looks at the machine as well, which takes a little of
 * it: not where the cost is what counts. */
void run_watch_machine (Run *self);

/* The window opens and closes; between them is what is measured. */
bool run_begin (Run *self, GError **error);
bool run_end (Run *self, GError **error);

/* Warm-up and a window of --seconds, with the flood if there is one. */
bool run_measure (Run *self, GError **error);

/* Their time to join [ms], sorted; those not there yet are left out. */
GArray *run_join_times (const Run *self);

void run_clear (Run *self);
