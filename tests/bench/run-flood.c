/* run-flood.c: a flood at the port of a run's connections */
#include "run-flood.h"

#include "base/time.h"

#define RECORD 500 /* packets to replay */
#define RECORD_LIMIT_US (10 * YL_US_PER_S)
/* What is still in the server's socket after the flood is read in the next
 * turns, and counted at the end of each. */
#define STILL_US (20 * YL_US_PER_MS)
#define STILL_TRIES 50

static Connection *
find_sender (const Run *run)
{
  const GPtrArray *all = swarm_connections (run->swarm);
  for (guint i = 0; i < all->len; i++) {
    Connection *one = g_ptr_array_index (all, i);
    if (connection_sends (one))
      return one;
  }
  return NULL;
}

static bool
is_full (void *user)
{
  const GPtrArray *packets = user;
  return packets->len >= RECORD;
}

/* A flood of replays needs packets that were sent. */
static void
record (RunFlood *self, Run *run, Connection *sender)
{
  self->packets =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  sender->record = self->packets;
  sender->record_max = RECORD;
  swarm_run (run->swarm, is_full, self->packets, RECORD_LIMIT_US);
  sender->record = NULL;
}

/* ---- what the server says ---- */

/* @drops: (out): NULL for a server that counts nothing. */
static bool
read_drops (Run *run, GArray **drops, GError **error)
{
  Target *target = run->target;
  *drops = NULL;
  if (target->type->metrics == NULL)
    return true;
  g_autofree char *text = target->type->metrics (target, error);
  if (text != NULL)
    *drops = drops_read (text);
  return text != NULL;
}

/* All of the flood has been read when the counters stand still. */
static bool
read_last_drops (Run *run, GArray **drops, GError **error)
{
  uint64_t sum = 0;
  if (!read_drops (run, drops, error))
    return false;
  for (unsigned i = 0; *drops != NULL && i < STILL_TRIES; i++) {
    sum = drops_sum (*drops);
    g_clear_pointer (drops, g_array_unref);
    swarm_pass (run->swarm, STILL_US);
    if (!read_drops (run, drops, error))
      return false;
    if (drops_sum (*drops) == sum)
      break;
  }
  return true;
}

static bool
read_rss (const Run *run, unsigned long *rss_kb, GError **error)
{
  Meter meter;
  if (!meter_read (&meter, run->target->pid, error))
    return false;
  *rss_kb = meter.rss_kb;
  return true;
}

/* ---- from beginning to end ---- */

bool
run_flood_start (RunFlood *self, Run *run, GError **error)
{
  Connection *sender = find_sender (run);
  const Connection *viewer = g_ptr_array_index (run->counted, 0);
  FloodConfig config = { .rate = run->options->flood_rate,
                         .target = sender->remote.address,
                         .own = viewer->setup->own,
                         .username = viewer->link.username,
                         .fd = sender->fd };
  if (!flood_kind_parse (run->options->flood, &config.kind)) {
    g_set_error (error, TARGET_ERROR, TARGET_ERROR_FAILED, "no such flood: %s",
                 run->options->flood);
    return false;
  }
  if (config.kind == FLOOD_REPLAY)
    record (self, run, sender);
  config.packets = self->packets;
  if (!read_drops (run, &self->before, error)
      || !read_rss (run, &run->flood.rss_before_kb, error))
    return false;
  self->flood = flood_start (&config, error);
  return self->flood != NULL;
}

static bool
note_outcome (const RunFlood *self, Run *run, GError **error)
{
  FloodOutcome *outcome = &run->flood;
  g_autoptr (GArray) after = NULL;
  g_clear_pointer (&outcome->dropped, g_array_unref);
  if (!read_rss (run, &outcome->rss_after_kb, error)
      || !read_last_drops (run, &after, error))
    return false;
  if (after != NULL)
    outcome->dropped = drops_since (self->before, after);
  return true;
}

bool
run_flood_stop (RunFlood *self, Run *run, GError **error)
{
  FloodReport report = { 0 };
  const bool flooded = self->flood != NULL;
  if (flooded)
    flood_stop (self->flood, &report);
  run->flood.sent = report.sent;
  run->flood.unsent = report.failed;
  const bool done = !flooded || note_outcome (self, run, error);
  g_clear_pointer (&self->packets, g_ptr_array_unref);
  g_clear_pointer (&self->before, g_array_unref);
  return done;
}
