#include "worker/worker.h"

#include "worker/worker-private.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "io/system-random.h"
#include "srtp/srtcp.h"

#define DEFAULT_PEERS 2048
#define MAX_COMMANDS 1024

static bool
watch (YlWorker *self, int fd)
{
  struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };
  return epoll_ctl (self->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

static bool
open_epoll (YlWorker *self, GError **error)
{
  self->epoll = epoll_create1 (EPOLL_CLOEXEC);
  if (self->epoll >= 0 && watch (self, yl_udp_fd (self->udp))
      && watch (self, yl_mailbox_fd (self->commands))
      && watch (self, yl_waker_fd (self->waker))
      && (yl_routes_fd (self->routes) < 0
          || watch (self, yl_routes_fd (self->routes))))
    return true;
  const int code = errno;
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
               "no epoll: %s", g_strerror (code));
  return false;
}

static unsigned int
hash_address (const void *address)
{
  return yl_address_hash (address);
}

static int
equal_address (const void *a, const void *b)
{
  return yl_address_equal (a, b);
}

static void
make_tables (YlWorker *self)
{
  self->peers = g_new0 (YlWorkerPeer, self->max_peers);
  self->dirty = g_new0 (uint32_t, self->max_peers);
  self->ended = g_new0 (YlTrackId, self->max_tracks);
  self->batches = g_new0 (YlWorkerOpenBatch, YL_WORKER_MAX_BATCHES);
  self->handshakes = g_new0 (YlWorkerHandshake, YL_WORKER_MAX_HANDSHAKES);
  self->scratch = g_new0 (YlPeerScratch, 1);
  self->carried = g_new0 (YlCarryItem, 1);
  self->carries_out = g_ptr_array_new ();
  self->carries_in = g_ptr_array_new ();
  self->deadlines = yl_heap_new (self->max_peers);
  self->by_id = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->by_ufrag = g_hash_table_new (g_str_hash, g_str_equal);
  self->by_address = g_hash_table_new (hash_address, equal_address);
  self->rooms =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
}

/* The first of each kind loads its cipher: not in the middle of a call. */
static void
load_ciphers (void)
{
  const YlSrtpKeying keying = { .profile = YL_SRTP_PROFILE_AEAD_AES_128_GCM };
  yl_srtcp_free (yl_srtcp_new (&keying, &keying));
  yl_srtp_sender_free (yl_srtp_sender_new (&keying));
  yl_srtp_receiver_free (yl_srtp_receiver_new (&keying));
}

YlWorker *
yl_worker_new (const YlWorkerConfig *config, GError **error)
{
  g_return_val_if_fail (config->dtls != NULL, NULL);
  g_autoptr (YlWorker) self = g_new0 (YlWorker, 1);
  self->epoll = -1;
  self->dtls = config->dtls;
  self->held_until_us = self->nap_until_us = YL_NEVER;
  self->max_peers = config->max_peers > 0 ? config->max_peers : DEFAULT_PEERS;
  self->max_tracks = 2 * self->max_peers;
  self->max_events = MAX (YL_WORKER_MIN_EVENTS, 2 * self->max_peers);
  pthread_mutex_init (&self->metrics_lock, NULL);
  yl_system_random_init (&self->random);
  load_ciphers ();
  make_tables (self);

  const YlSfuLimits limits = {
    .max_rooms =
        config->max_rooms > 0 ? config->max_rooms : (self->max_peers + 1) / 2,
    .max_peers = self->max_peers,
    .max_tracks = self->max_tracks,
  };
  self->sfu = yl_sfu_new (&limits, &self->random);
  self->egress = yl_egress_new (self->max_peers, yl_worker_send_egress, self);
  self->plan = yl_plan_new ();
  self->ice_agent = yl_ice_agent_new ();
  self->commands = yl_mailbox_new (sizeof (YlCommand), MAX_COMMANDS, error);
  if (self->commands == NULL)
    return NULL;
  self->events =
      yl_mailbox_new (sizeof (YlWorkerEvent), self->max_events, error);
  if (self->events == NULL)
    return NULL;
  self->waker = yl_waker_new (error);
  if (self->waker == NULL)
    return NULL;
  self->routes = yl_routes_new ();
  self->udp = yl_udp_new (config->bind, error);
  if (self->udp == NULL || !open_epoll (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

static void
drop_commands (YlWorker *self)
{
  YlCommand command;
  while (self->commands != NULL && yl_mailbox_take (self->commands, &command))
    yl_command_clear (&command);
}

void
yl_worker_free (YlWorker *self)
{
  if (self == NULL)
    return;
  for (uint32_t i = 0; i < self->max_peers; i++)
    if (self->peers[i].peer != NULL)
      yl_worker_remove_peer (self, i);
  yl_worker_set_slots (self, NULL, NULL);
  yl_worker_free_carries (self);
  drop_commands (self);
  yl_egress_free (self->egress);
  yl_sfu_free (self->sfu);
  yl_plan_free (self->plan);
  yl_ice_agent_free (self->ice_agent);
  yl_mailbox_free (self->commands);
  yl_mailbox_free (self->events);
  yl_udp_free (self->udp);
  yl_routes_free (self->routes);
  yl_waker_unref (self->waker);
  if (self->epoll >= 0)
    close (self->epoll);
  yl_heap_free (self->deadlines);
  g_hash_table_unref (self->by_id);
  g_hash_table_unref (self->by_ufrag);
  g_hash_table_unref (self->by_address);
  g_hash_table_unref (self->rooms);
  pthread_mutex_destroy (&self->metrics_lock);
  g_free (self->scratch);
  g_free (self->handshakes);
  g_free (self->batches);
  g_free (self->ended);
  g_free (self->dirty);
  g_free (self->peers);
  g_free (self);
}

uint16_t
yl_worker_port (const YlWorker *self)
{
  return yl_udp_port (self->udp);
}

bool
yl_worker_post (YlWorker *self, const YlCommand *command)
{
  return yl_mailbox_post (self->commands, command);
}

int
yl_worker_event_fd (const YlWorker *self)
{
  return yl_mailbox_fd (self->events);
}

bool
yl_worker_take_event (YlWorker *self, YlWorkerEvent *event)
{
  return yl_mailbox_take (self->events, event);
}

void
yl_worker_get_metrics (YlWorker *self, YlWorkerMetrics *metrics)
{
  pthread_mutex_lock (&self->metrics_lock);
  *metrics = self->metrics;
  pthread_mutex_unlock (&self->metrics_lock);
  YlUdpKernel kernel;
  yl_udp_ask_kernel (self->udp, &kernel);
  metrics->kernel_dropped = kernel.dropped;
  metrics->receive_buffer = kernel.receive_buffer;
}

void
yl_worker_wake (YlWorker *self)
{
  yl_mailbox_wake (self->commands);
}

YlWaker *
yl_worker_waker (const YlWorker *self)
{
  return self->waker;
}

void
yl_worker_set_flushing (YlWorker *self, bool flushing)
{
  atomic_store_explicit (&self->flushing, flushing, memory_order_release);
  yl_worker_wake (self);
}

void
yl_worker_set_slots (YlWorker *self, const YlWorkerSlots *slots, void *user)
{
  yl_worker_drop_batches (self);
  yl_worker_drop_held (self);
  if (self->has_spare)
    self->slots->give_back (self->slots_user, self->spare.owner);
  self->has_spare = false;
  self->slots = slots;
  self->slots_user = user;
}

void
yl_worker_set_branches (YlWorker *self, const YlWorkerBranches *branches,
                        void *user)
{
  self->branches = branches;
  self->branches_user = user;
  self->more_waits = false;
}

bool
yl_worker_take_ended (YlWorker *self, YlTrackId *track)
{
  if (self->n_ended == 0)
    return false;
  *track = self->ended[--self->n_ended];
  return true;
}

uint64_t
yl_worker_now (const YlWorker *self)
{
  return self->now_us;
}

const YlPlan *
yl_worker_plan (const YlWorker *self)
{
  return self->under_way;
}

void
yl_worker_set_plan (YlWorker *self, const YlPlan *plan)
{
  self->under_way = plan;
}

YlSfu *
yl_worker_get_sfu (YlWorker *self)
{
  return self->sfu;
}

YlEgress *
yl_worker_get_egress (YlWorker *self)
{
  return self->egress;
}
