#include "app/lanes.h"

/* How soon a command that found the mailbox full is tried again [ms]. */
#define RETRY_MS 10

typedef struct {
  YlWorker *worker;
  GQueue waiting; /* of YlCommand */
} Lane;

struct YlLanes {
  unsigned n;
  guint retry_source;
  Lane lanes[];
};

static gboolean
on_retry (void *user_data)
{
  YlLanes *self = user_data;
  bool empty = true;
  for (unsigned i = 0; i < self->n; i++) {
    Lane *lane = &self->lanes[i];
    YlCommand *command;
    while ((command = g_queue_peek_head (&lane->waiting)) != NULL
           && yl_worker_post (lane->worker, command))
      g_free (g_queue_pop_head (&lane->waiting));
    empty = empty && g_queue_is_empty (&lane->waiting);
  }
  if (!empty)
    return G_SOURCE_CONTINUE;
  self->retry_source = 0;
  return G_SOURCE_REMOVE;
}

void
yl_lanes_post (YlLanes *self, unsigned worker, YlCommand command)
{
  Lane *lane = &self->lanes[worker];
  if (g_queue_is_empty (&lane->waiting)
      && yl_worker_post (lane->worker, &command))
    return;
  g_queue_push_tail (&lane->waiting, g_memdup2 (&command, sizeof command));
  if (self->retry_source == 0)
    self->retry_source = g_timeout_add (RETRY_MS, on_retry, self);
}

bool
yl_lanes_take_event (YlLanes *self, unsigned worker, YlWorkerEvent *event)
{
  return yl_worker_take_event (self->lanes[worker].worker, event);
}

YlWorker *
yl_lanes_worker (const YlLanes *self, unsigned worker)
{
  return self->lanes[worker].worker;
}

unsigned
yl_lanes_count (const YlLanes *self)
{
  return self->n;
}

YlLanes *
yl_lanes_new (YlWorker **workers, unsigned n)
{
  YlLanes *self = g_malloc0 (sizeof *self + n * sizeof self->lanes[0]);
  self->n = n;
  for (unsigned i = 0; i < n; i++) {
    self->lanes[i].worker = workers[i];
    g_queue_init (&self->lanes[i].waiting);
  }
  return self;
}

static void
forget_command (void *data)
{
  yl_command_clear (data);
  g_free (data);
}

void
yl_lanes_free (YlLanes *self)
{
  g_clear_handle_id (&self->retry_source, g_source_remove);
  for (unsigned i = 0; i < self->n; i++)
    g_queue_clear_full (&self->lanes[i].waiting, forget_command);
  g_free (self);
}
