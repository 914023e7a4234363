/* run.c: steps that all scenarios share */
#include "run.h"

#include "base/time.h"
#include "run-flood.h"

/* A publisher's history has filled; or nobody came yet, and start is over. */
#define EMPTY_US (1000 * YL_US_PER_MS)
#define NOBODY_US (200 * YL_US_PER_MS)
#define JOIN_LIMIT_US (30 * YL_US_PER_S)

/* --- waiting --- */

typedef struct {
  Swarm *swarm;
  ConnectionState state;
} Wish;

static bool
all_there (void *user)
{
  const Wish *wish = user;
  const GPtrArray *connections = swarm_connections (wish->swarm);
  bool there = true;
  for (guint i = 0; i < connections->len; i++) {
    const Connection *one = g_ptr_array_index (connections, i);
    if (one->state == CONNECTION_FAILED)
      return true;
    there = there && one->state >= wish->state;
  }
  return there;
}

/* The first that failed, else the first that is not there yet; NULL: all
 * are. */
static const Connection *
find_laggard (const Wish *wish)
{
  const GPtrArray *connections = swarm_connections (wish->swarm);
  const Connection *late = NULL;
  for (guint i = 0; i < connections->len; i++) {
    const Connection *one = g_ptr_array_index (connections, i);
    if (one->state == CONNECTION_FAILED)
      return one;
    if (late == NULL && one->state < wish->state)
      late = one;
  }
  return late;
}

static bool
check_all (const Wish *wish, GError **error)
{
  static const char *const STATES[] = {
    [CONNECTION_ASKING] = "has no answer",
    [CONNECTION_CONNECTING] = "does not connect",
    [CONNECTION_WAITING] = "gets no media",
    [CONNECTION_SETTLED] = "is settled",
    [CONNECTION_FAILED] = "failed",
  };
  const Connection *one = find_laggard (wish);
  if (one == NULL)
    return true;
  g_set_error (error, TARGET_ERROR, TARGET_ERROR_FAILED,
               "connection %u, room %u: %s%s%s", one->number, one->room,
               STATES[one->state], one->error != NULL ? ": " : "",
               one->error != NULL ? one->error->message : "");
  return false;
}

bool
run_settle (Run *self, ConnectionState state, uint64_t limit_us, GError **error)
{
  Wish wish = { .swarm = self->swarm, .state = state };
  swarm_run (self->swarm, all_there, &wish, limit_us);
  return check_all (&wish, error);
}

/* --- connections --- */

Connection *
run_publish (Run *self, unsigned room, unsigned who, GError **error)
{
  Connection *connection =
      swarm_add (self->swarm, CONNECTION_PUBLISH, room, who, NULL, error);
  if (connection == NULL
      || !run_settle (self, CONNECTION_SETTLED, JOIN_LIMIT_US, error))
    return NULL;
  return connection;
}

bool
run_view (Run *self, Connection *source, unsigned n, GError **error)
{
  for (unsigned i = 0; i < n; i++) {
    Connection *connection = swarm_add (
        self->swarm, CONNECTION_VIEW, source->room, source->who, source, error);
    if (connection == NULL)
      return false;
    connection->thorough = self->joined->len < self->options->thorough;
    g_ptr_array_add (self->joined, connection);
  }
  return true;
}

bool
run_note_empty (Run *self, GError **error)
{
  const bool nobody = swarm_connections (self->swarm)->len == 0;
  swarm_pass (self->swarm, nobody ? NOBODY_US : EMPTY_US);
  return meter_read (&self->empty, self->target->pid, error);
}

/* --- the window --- */

static RunTotals
total (const Run *self)
{
  RunTotals totals = { 0 };
  const GPtrArray *all = swarm_connections (self->swarm);
  for (guint i = 0; i < all->len; i++) {
    const Connection *one = g_ptr_array_index (all, i);
    totals.sent += one->packets_sent;
    totals.unsent += one->unsent;
    totals.plis += one->plis;
    for (unsigned kind = 0; kind < 2; kind++)
      totals.all += one->streams[kind].packets;
  }
  for (guint i = 0; i < self->counted->len; i++) {
    const Connection *one = g_ptr_array_index (self->counted, i);
    totals.resent += one->resent;
    totals.unknown += one->unknown;
    totals.bad += one->bad;
    totals.wrong += one->wrong;
  }
  return totals;
}

void
run_watch_machine (Run *self)
{
  if (self->machine == NULL)
    self->machine = g_new0 (Histogram, 1);
}

bool
run_begin (Run *self, GError **error)
{
  const GPtrArray *all = swarm_connections (self->swarm);
  swarm_sweep (self->swarm);
  histogram_clear (self->latency);
  for (guint i = 0; i < all->len; i++) {
    Connection *one = g_ptr_array_index (all, i);
    one->mark_sent = one->packets_sent;
    for (unsigned kind = 0; kind < 2; kind++)
      stream_mark (&one->streams[kind]);
  }
  for (guint i = 0; i < self->counted->len; i++) {
    Connection *one = g_ptr_array_index (self->counted, i);
    one->latency = self->latency;
  }
  self->totals = total (self);
  if (self->machine != NULL && (self->wake = wake_start (error)) == NULL)
    return false;
  return meter_read (&self->begin, self->target->pid, error);
}

bool
run_end (Run *self, GError **error)
{
  if (!meter_read (&self->end, self->target->pid, error))
    return false;
  if (self->wake != NULL)
    wake_stop (g_steal_pointer (&self->wake), self->machine);
  swarm_sweep (self->swarm);
  const RunTotals before = self->totals, after = total (self);
  self->totals = (RunTotals){ .all = after.all - before.all,
                              .resent = after.resent - before.resent,
                              .unknown = after.unknown - before.unknown,
                              .bad = after.bad - before.bad,
                              .wrong = after.wrong - before.wrong,
                              .sent = after.sent - before.sent,
                              .unsent = after.unsent - before.unsent,
                              .plis = after.plis - before.plis };
  for (guint i = 0; i < self->counted->len; i++) {
    Connection *one = g_ptr_array_index (self->counted, i);
    one->latency = NULL;
    self->totals.expected += one->source->packets_sent - one->source->mark_sent;
    for (unsigned kind = 0; kind < 2; kind++) {
      self->totals.packets += stream_received (&one->streams[kind]);
      self->totals.lost += stream_lost (&one->streams[kind]);
    }
  }
  return true;
}

bool
run_measure (Run *self, GError **error)
{
  RunFlood flood = { 0 };
  swarm_pass (self->swarm, (uint64_t) (self->options->warmup_s * 1e6));
  bool done =
      self->options->flood == NULL || run_flood_start (&flood, self, error);
  done = done && run_begin (self, error);
  if (done)
    swarm_pass (self->swarm, (uint64_t) (self->options->seconds * 1e6));
  done = done && run_end (self, error);
  return run_flood_stop (&flood, self, done ? error : NULL) && done;
}

/* --- results --- */

static int
compare (const void *a, const void *b)
{
  const double x = *(const double *) a, y = *(const double *) b;
  return x < y ? -1 : x > y;
}

GArray *
run_join_times (const Run *self)
{
  GArray *times = g_array_new (FALSE, FALSE, sizeof (double));
  for (guint i = 0; i < self->joined->len; i++) {
    const Connection *one = g_ptr_array_index (self->joined, i);
    const double ms = (double) (one->first_ns - one->request_ns) / 1e6;
    if (one->first_ns > one->request_ns)
      g_array_append_val (times, ms);
  }
  g_array_sort (times, compare);
  return times;
}

void
run_clear (Run *self)
{
  if (self->wake != NULL)
    wake_stop (g_steal_pointer (&self->wake), NULL);
  g_clear_pointer (&self->swarm, swarm_free);
  g_clear_pointer (&self->counted, g_ptr_array_unref);
  g_clear_pointer (&self->joined, g_ptr_array_unref);
  g_clear_pointer (&self->latency, g_free);
  g_clear_pointer (&self->alone, g_free);
  g_clear_pointer (&self->machine, g_free);
  g_clear_pointer (&self->flood.dropped, g_array_unref);
}
