/* run-flood.c: a flood at the port of a run's connections */
#include "run-flood.h"

#include "base/time.h"

#define RECORD 500 /* packets to replay */
#define RECORD_LIMIT_US (10 * YL_US_PER_S)

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
  self->flood = flood_start (&config, error);
  return self->flood != NULL;
}

uint64_t
run_flood_stop (RunFlood *self)
{
  FloodReport report = { 0 };
  if (self->flood != NULL)
    flood_stop (self->flood, &report);
  g_clear_pointer (&self->packets, g_ptr_array_unref);
  return report.sent;
}
