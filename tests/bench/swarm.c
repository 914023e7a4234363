/* swarm.c: all connections of the load program, on real sockets */
#define _GNU_SOURCE /* epoll_pwait2, struct mmsghdr */
#include "swarm.h"

#include "base/time.h"
#include "io/clock.h"
#include "io/mailbox.h"
#include "scratch.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#define SWEEP_US (8 * YL_US_PER_MS)
#define EVENTS 64
#define STRIDE 16 /* connections between two looks at the senders */
#define MAILBOX 1024
/* Who is told to come later waits for this and, each time, twice as long, or
 * up to half less: those who were sent away together do not come together.
 * All tries take 2.5 to 5 s. */
#define RETRY_US (20 * YL_US_PER_MS)
#define MAX_RETRIES 8

struct Swarm {
  Target *target;
  const ConnectionSetup *setup;
  Scratch *scratch;
  GPtrArray *connections; /* of Connection, owned */
  GPtrArray *senders;     /* the part that sends; borrowed */
  GQueue waiting;         /* of Connection: not asked for yet; borrowed */
  unsigned under_way;     /* asked for, not there yet */
  unsigned max_under_way;
  GThreadPool *askers;
  YlMailbox *answered; /* of Connection * */
  _Atomic unsigned retries;
  _Atomic bool ends; /* nobody tries again */
  unsigned added;
  int epoll;
  uint64_t sweep_us; /* the next */
};

/* --- signalling threads --- */

static uint64_t
wall_ns (void)
{
  struct timespec now;
  clock_gettime (CLOCK_REALTIME, &now);
  return (uint64_t) now.tv_sec * 1000000000 + (uint64_t) now.tv_nsec;
}

static void
ask_once (Swarm *self, Connection *connection)
{
  const TargetType *type = self->target->type;
  TargetSeat *(*calls[]) (Target *, unsigned, unsigned, const TargetLocal *,
                          TargetRemote *, GError **) = {
    [CONNECTION_PUBLISH] = type->publish,
    [CONNECTION_VIEW] = type->view,
    [CONNECTION_JOIN] = type->join,
  };
  connection->seat = calls[connection->role](
      self->target, connection->room, connection->who, &connection->local,
      &connection->remote, &connection->error);
}

static bool
is_told_later (const Connection *connection)
{
  return connection->seat == NULL
         && g_error_matches (connection->error, TARGET_ERROR,
                             TARGET_ERROR_BUSY);
}

/* The time to join runs from the first try. */
static void
ask (gpointer data, gpointer user)
{
  Connection *connection = data;
  Swarm *self = user;
  connection->request_ns = wall_ns ();
  ask_once (self, connection);
  for (unsigned i = 0; i < MAX_RETRIES && is_told_later (connection)
                       && !atomic_load (&self->ends);
       i++) {
    const gint32 longest = (gint32) RETRY_US << i;
    g_usleep ((gulong) g_random_int_range (longest / 2, longest + 1));
    g_clear_error (&connection->error);
    atomic_fetch_add (&self->retries, 1);
    ask_once (self, connection);
  }
  while (!yl_mailbox_post (self->answered, &connection))
    g_usleep (1000);
}

/* --- the set --- */

static void
watch (Swarm *self, int fd, Connection *connection)
{
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = connection };
  epoll_ctl (self->epoll, EPOLL_CTL_ADD, fd, &event);
}

Swarm *
swarm_new (Target *target, const ConnectionSetup *setup, unsigned joiners,
           GError **error)
{
  YlMailbox *answered = yl_mailbox_new (sizeof (Connection *), MAILBOX, error);
  if (answered == NULL)
    return NULL;
  Swarm *self = g_new0 (Swarm, 1);
  self->target = target;
  self->setup = setup;
  self->scratch = scratch_new ();
  self->connections =
      g_ptr_array_new_with_free_func ((GDestroyNotify) connection_free);
  self->senders = g_ptr_array_new ();
  self->answered = answered;
  self->max_under_way = joiners;
  self->askers = g_thread_pool_new (ask, self, (int) joiners, FALSE, NULL);
  self->epoll = epoll_create1 (EPOLL_CLOEXEC);
  watch (self, yl_mailbox_fd (answered), NULL);
  return self;
}

void
swarm_set_joiners (Swarm *self, unsigned joiners)
{
  self->max_under_way = joiners;
  g_thread_pool_set_max_threads (self->askers, (int) joiners, NULL);
}

Connection *
swarm_add (Swarm *self, ConnectionRole role, unsigned room, unsigned who,
           Connection *source, GError **error)
{
  Connection *connection =
      connection_new (self->setup, role, self->added, error);
  if (connection == NULL)
    return NULL;
  self->added++;
  connection->room = room;
  connection->who = who;
  connection->source = source;
  g_ptr_array_add (self->connections, connection);
  g_queue_push_tail (&self->waiting, connection);
  return connection;
}

static void
leave (Swarm *self, Connection *connection)
{
  connection_close (connection);
  if (connection->seat != NULL)
    self->target->type->leave (self->target, connection->seat);
}

void
swarm_remove (Swarm *self, Connection *connection)
{
  leave (self, connection);
  g_ptr_array_remove_fast (self->senders, connection);
  g_ptr_array_remove (self->connections, connection);
}

unsigned
swarm_retries (const Swarm *self)
{
  return atomic_load (&self->retries);
}

GPtrArray *
swarm_connections (Swarm *self)
{
  return self->connections;
}

void
swarm_free (Swarm *self)
{
  atomic_store (&self->ends, true);
  g_thread_pool_free (self->askers, FALSE, TRUE);
  g_queue_clear (&self->waiting);
  for (guint i = 0; i < self->connections->len; i++)
    leave (self, g_ptr_array_index (self->connections, i));
  g_ptr_array_unref (self->senders);
  g_ptr_array_unref (self->connections);
  yl_mailbox_free (self->answered);
  close (self->epoll);
  scratch_free (self->scratch);
  g_free (self);
}

/* --- the media thread --- */

static void
ask_next (Swarm *self)
{
  while (self->under_way < self->max_under_way
         && !g_queue_is_empty (&self->waiting)) {
    Connection *connection = g_queue_pop_head (&self->waiting);
    connection->under_way = true;
    self->under_way++;
    g_thread_pool_push (self->askers, connection, NULL);
  }
}

/* One that joins a room of two waits for the other, but not on its way. */
static void
note_arrival (Swarm *self, Connection *connection)
{
  const bool there = connection->state >= CONNECTION_SETTLED
                     || (connection->state == CONNECTION_WAITING
                         && connection->source == NULL);
  if (!connection->under_way || !there)
    return;
  connection->under_way = false;
  self->under_way--;
}

static void
take_answers (Swarm *self)
{
  Connection *connection;
  while (yl_mailbox_take (self->answered, &connection)) {
    if (connection->seat == NULL) {
      connection->state = CONNECTION_FAILED;
      note_arrival (self, connection);
      continue;
    }
    connection_start (connection, yl_clock_now_us ());
    if (connection_sends (connection))
      g_ptr_array_add (self->senders, connection);
    watch (self, connection->fd, connection);
    connection->polled = true;
    note_arrival (self, connection); /* keys were given: it waits already */
  }
}

/* Returns when the next packet is due. */
static uint64_t
send_due (Swarm *self)
{
  uint64_t next_us = YL_NEVER;
  for (guint i = 0; i < self->senders->len; i++) {
    Connection *connection = g_ptr_array_index (self->senders, i);
    if (connection->sender.srtp == NULL
        || connection->state == CONNECTION_FAILED)
      continue;
    const uint64_t now_us = yl_clock_now_us ();
    if (now_us >= media_sender_next_deadline (&connection->sender))
      connection_send_media (connection, self->scratch, now_us);
    next_us =
        yl_time_min (next_us, media_sender_next_deadline (&connection->sender));
  }
  return next_us;
}

/* Only those that hurry are waited for: the others are swept. */
static void
settle (Swarm *self, Connection *connection)
{
  if (!connection->polled || !connection_receives (connection)
      || connection->state <= CONNECTION_CONNECTING)
    return;
  epoll_ctl (self->epoll, EPOLL_CTL_DEL, connection->fd, NULL);
  connection->polled = false;
}

static void
serve (Swarm *self, Connection *connection)
{
  const uint64_t now_us = yl_clock_now_us ();
  connection_drain (connection, self->scratch, now_us);
  if (now_us >= connection_next_deadline (connection))
    connection_handle_timeout (connection, now_us);
  settle (self, connection);
  note_arrival (self, connection);
}

void
swarm_sweep (Swarm *self)
{
  for (guint i = 0; i < self->connections->len; i++) {
    Connection *connection = g_ptr_array_index (self->connections, i);
    if (connection->state == CONNECTION_ASKING)
      continue;
    serve (self, connection);
    if (i % STRIDE == STRIDE - 1)
      send_due (self);
  }
}

static void
wait_until (Swarm *self, uint64_t next_us)
{
  struct epoll_event events[EVENTS];
  const uint64_t now_us = yl_clock_now_us ();
  const uint64_t wait_us = next_us > now_us ? next_us - now_us : 0;
  const struct timespec wait = {
    .tv_sec = (time_t) (wait_us / YL_US_PER_S),
    .tv_nsec = (long) (wait_us % YL_US_PER_S * 1000),
  };
  const int n = epoll_pwait2 (self->epoll, events, EVENTS, &wait, NULL);
  for (int i = 0; i < n; i++) {
    if (events[i].data.ptr == NULL)
      take_answers (self);
    else
      serve (self, events[i].data.ptr);
    send_due (self);
  }
}

static void
turn (Swarm *self)
{
  ask_next (self);
  const uint64_t next_us = send_due (self);
  wait_until (self, yl_time_min (next_us, self->sweep_us));
  if (yl_clock_now_us () < self->sweep_us)
    return;
  swarm_sweep (self);
  self->sweep_us = yl_clock_now_us () + SWEEP_US;
}

bool
swarm_run (Swarm *self, bool (*done) (void *user), void *user,
           uint64_t limit_us)
{
  const uint64_t end_us = yl_clock_now_us () + limit_us;
  do {
    turn (self);
    if (done (user))
      return true;
  } while (yl_clock_now_us () < end_us);
  return false;
}

static bool
never (void *user)
{
  return false;
}

void
swarm_pass (Swarm *self, uint64_t duration_us)
{
  swarm_run (self, never, NULL, duration_us);
}
