/* scenario.c: what is done to the server, by name */
#include "base/time.h"
#include "run.h"

#define JOIN_LIMIT_US (30 * YL_US_PER_S)
#define PER_VIEWER_US (200 * YL_US_PER_MS)
#define NOISE_SETTLE_US (1 * YL_US_PER_S)
#define QUIET_KBPS 300

static uint64_t
patience_us (const Run *run)
{
  return JOIN_LIMIT_US + run->joined->len * PER_VIEWER_US;
}

static void
count_joined (Run *run)
{
  for (guint i = 0; i < run->joined->len; i++)
    g_ptr_array_add (run->counted, g_ptr_array_index (run->joined, i));
}

/* --- course: one sends, many watch --- */

static void
plan_course (const RunOptions *options, TargetSetup *setup)
{
  setup->rooms = 1;
  setup->courses = 1;
  setup->viewers = options->viewers;
}

static bool
run_course (Run *run, GError **error)
{
  Connection *publisher = run_publish (run, 0, 0, error);
  if (publisher == NULL || !run_note_empty (run, error)
      || !run_view (run, publisher, run->options->viewers, error)
      || !run_settle (run, CONNECTION_SETTLED, patience_us (run), error))
    return false;
  count_joined (run);
  return run_measure (run, error);
}

/* --- rooms: two by two --- */

typedef struct {
  unsigned first; /* room */
  unsigned kbps;  /* of a camera, 0: as all */
} Pairs;

static void
plan_rooms (const RunOptions *options, TargetSetup *setup)
{
  setup->rooms = options->rooms;
}

/* @i: of all who come, two a room; they are the swarm's first. */
static Connection *
add_to_pair (Run *run, ConnectionRole role, const Pairs *pairs, unsigned i,
             Connection *source, GError **error)
{
  Connection *connection =
      swarm_add (run->swarm, role, pairs->first + i / 2, i % 2, source, error);
  if (connection != NULL && pairs->kbps > 0)
    connection->video_bps = pairs->kbps * 1000;
  return connection;
}

/* Both ways on one connection: the one who comes second sees at once. */
static bool
join_pairs (Run *run, const Pairs *pairs, GError **error)
{
  const unsigned n = run->options->rooms;
  const GPtrArray *all = swarm_connections (run->swarm);
  for (unsigned i = 0; i < n; i++)
    if (add_to_pair (run, CONNECTION_JOIN, pairs, 2 * i, NULL, error) == NULL)
      return false;
  if (!run_settle (run, CONNECTION_WAITING, patience_us (run), error))
    return false;
  for (unsigned i = 0; i < n; i++) {
    Connection *first = g_ptr_array_index (all, i);
    Connection *second =
        add_to_pair (run, CONNECTION_JOIN, pairs, 2 * i + 1, first, error);
    if (second == NULL)
      return false;
    first->source = second;
    second->thorough = i < run->options->thorough;
    g_ptr_array_add (run->joined, second);
    g_ptr_array_add (run->counted, first);
  }
  return true;
}

static bool
publish_pairs (Run *run, const Pairs *pairs, GError **error)
{
  const unsigned n = 2 * run->options->rooms;
  const GPtrArray *all = swarm_connections (run->swarm);
  for (unsigned i = 0; i < n; i++)
    if (add_to_pair (run, CONNECTION_PUBLISH, pairs, i, NULL, error) == NULL)
      return false;
  if (!run_settle (run, CONNECTION_SETTLED, patience_us (run), error))
    return false;
  for (unsigned i = 0; i < n; i++)
    if (!run_view (run, g_ptr_array_index (all, i), 1, error))
      return false;
  return true;
}

/* The first to come: what everybody of them receives is measured. */
static bool
open_pairs (Run *run, const Pairs *pairs, GError **error)
{
  const bool both = run->target->type->join != NULL;
  if (!(both ? join_pairs (run, pairs, error)
             : publish_pairs (run, pairs, error)))
    return false;
  count_joined (run);
  return run_settle (run, CONNECTION_SETTLED, patience_us (run), error);
}

static bool
run_rooms (Run *run, GError **error)
{
  const Pairs pairs = { .first = 0 };
  return run_note_empty (run, error) && open_pairs (run, &pairs, error)
         && run_measure (run, error);
}

/* --- storm: many come at once to a course that is under way --- */

static void
plan_storm (const RunOptions *options, TargetSetup *setup)
{
  plan_course (options, setup);
  setup->viewers += options->joining;
}

static bool
run_storm (Run *run, GError **error)
{
  Connection *publisher = run_publish (run, 0, 0, error);
  if (publisher == NULL || !run_note_empty (run, error)
      || !run_view (run, publisher, run->options->viewers, error)
      || !run_settle (run, CONNECTION_SETTLED, patience_us (run), error))
    return false;
  count_joined (run);
  g_ptr_array_set_size (run->joined, 0);
  swarm_pass (run->swarm, (uint64_t) (run->options->warmup_s * 1e6));
  swarm_set_joiners (run->swarm, run->options->joining);
  run_watch_machine (run);
  if (!run_begin (run, error)
      || !run_view (run, publisher, run->options->joining, error)
      || !run_settle (run, CONNECTION_SETTLED, patience_us (run), error))
    return false;
  return run_end (run, error);
}

/* --- noisy: a loud course beside quiet rooms, which are what counts --- */

static void
plan_noisy (const RunOptions *options, TargetSetup *setup)
{
  setup->rooms = options->rooms + 1;
  setup->courses = 1;
  setup->viewers = options->viewers;
}

static bool
begin_noise (Run *run, GError **error)
{
  Connection *loud =
      swarm_add (run->swarm, CONNECTION_PUBLISH, 0, 0, NULL, error);
  const GPtrArray *all = swarm_connections (run->swarm);
  const guint first = all->len;
  if (loud == NULL)
    return false;
  loud->video_bps = run->options->loud_kbps * 1000;
  if (!run_settle (run, CONNECTION_SETTLED, JOIN_LIMIT_US, error)
      || !run_view (run, loud, run->options->viewers, error)
      || !run_settle (run, CONNECTION_SETTLED, patience_us (run), error))
    return false;
  for (guint i = first; i < all->len && i - first < run->options->pli_storm;
       i++)
    connection_nag (g_ptr_array_index (all, i));
  swarm_pass (run->swarm, NOISE_SETTLE_US);
  return true;
}

static bool
run_noisy (Run *run, GError **error)
{
  const Pairs quiet = { .first = 1, .kbps = QUIET_KBPS };
  run_watch_machine (run);
  if (!run_note_empty (run, error) || !open_pairs (run, &quiet, error)
      || !run_measure (run, error))
    return false;
  Histogram *alone = run->alone;
  run->alone = run->latency;
  run->latency = alone;
  return begin_noise (run, error) && run_measure (run, error);
}

static const Scenario SCENARIOS[] = {
  { "course", plan_course, run_course },
  { "rooms", plan_rooms, run_rooms },
  { "storm", plan_storm, run_storm },
  { "noisy", plan_noisy, run_noisy },
};

const Scenario *
scenario_find (const char *name)
{
  for (size_t i = 0; i < G_N_ELEMENTS (SCENARIOS); i++)
    if (g_strcmp0 (SCENARIOS[i].name, name) == 0)
      return &SCENARIOS[i];
  return NULL;
}
