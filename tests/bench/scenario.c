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
  setup->senders = 1;
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

static void
plan_rooms (const RunOptions *options, TargetSetup *setup)
{
  setup->rooms = options->rooms;
  setup->senders = 2;
  setup->viewers = 0;
}

/* Both ways on one connection: the one who comes second sees at once. */
static bool
join_pairs (Run *run, GError **error)
{
  const unsigned n = run->options->rooms;
  const GPtrArray *all = swarm_connections (run->swarm);
  for (unsigned room = 0; room < n; room++)
    if (swarm_add (run->swarm, CONNECTION_JOIN, room, 0, NULL, error) == NULL)
      return false;
  if (!run_settle (run, CONNECTION_WAITING, patience_us (run), error))
    return false;
  for (unsigned room = 0; room < n; room++) {
    Connection *first = g_ptr_array_index (all, room);
    Connection *second =
        swarm_add (run->swarm, CONNECTION_JOIN, room, 1, first, error);
    if (second == NULL)
      return false;
    first->source = second;
    second->thorough = room < run->options->thorough;
    g_ptr_array_add (run->joined, second);
    g_ptr_array_add (run->counted, first);
  }
  count_joined (run);
  return true;
}

static bool
publish_pairs (Run *run, GError **error)
{
  const unsigned n = run->options->rooms;
  const GPtrArray *all = swarm_connections (run->swarm);
  for (unsigned i = 0; i < 2 * n; i++)
    if (swarm_add (run->swarm, CONNECTION_PUBLISH, i / 2, i % 2, NULL, error)
        == NULL)
      return false;
  if (!run_settle (run, CONNECTION_SETTLED, patience_us (run), error))
    return false;
  for (unsigned i = 0; i < 2 * n; i++)
    if (!run_view (run, g_ptr_array_index (all, i), 1, error))
      return false;
  count_joined (run);
  return true;
}

static bool
run_rooms (Run *run, GError **error)
{
  if (!run_note_empty (run, error))
    return false;
  const bool both = run->target->type->join != NULL;
  if (!(both ? join_pairs (run, error) : publish_pairs (run, error))
      || !run_settle (run, CONNECTION_SETTLED, patience_us (run), error))
    return false;
  return run_measure (run, error);
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
  setup->senders = 1;
  setup->viewers = options->viewers;
}

static Connection *
publish_at (Run *run, unsigned room, unsigned kbps, GError **error)
{
  Connection *publisher =
      swarm_add (run->swarm, CONNECTION_PUBLISH, room, 0, NULL, error);
  if (publisher == NULL)
    return NULL;
  publisher->video_bps = kbps * 1000;
  return run_settle (run, CONNECTION_SETTLED, JOIN_LIMIT_US, error) ? publisher
                                                                    : NULL;
}

static bool
open_quiet_rooms (Run *run, GError **error)
{
  for (unsigned room = 1; room <= run->options->rooms; room++) {
    Connection *publisher = publish_at (run, room, QUIET_KBPS, error);
    if (publisher == NULL || !run_view (run, publisher, 1, error))
      return false;
  }
  count_joined (run);
  return run_settle (run, CONNECTION_SETTLED, patience_us (run), error);
}

static bool
begin_noise (Run *run, GError **error)
{
  Connection *loud = publish_at (run, 0, run->options->loud_kbps, error);
  const GPtrArray *all = swarm_connections (run->swarm);
  const guint first = all->len;
  if (loud == NULL || !run_view (run, loud, run->options->viewers, error)
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
  run_watch_machine (run);
  if (!run_note_empty (run, error) || !open_quiet_rooms (run, error)
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
