#define _GNU_SOURCE /* epoll_pwait2 */
/* One turn: wait, receive, hand out, deadlines, flush. */
#include "worker/worker-private.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <time.h>

#include "io/clock.h"

/* ---- out ---- */

#define SEND_BATCH 64

size_t
yl_worker_send_egress (void *user, const YlEgressMessage *messages, size_t n,
                       YlSendResult *why)
{
  static const YlSendResult results[] = {
    [YL_UDP_SENT] = YL_SEND_OK,
    [YL_UDP_BLOCKED] = YL_SEND_AGAIN,
    [YL_UDP_NO_SEGMENT] = YL_SEND_NO_GSO,
    [YL_UDP_FAILED] = YL_SEND_ERROR,
  };
  YlWorker *self = user;
  YlUdpMessage out[SEND_BATCH];
  YlUdpSendResult result = YL_UDP_SENT;
  size_t done = 0;
  while (done < n && result == YL_UDP_SENT) {
    const size_t batch = MIN (n - done, (size_t) SEND_BATCH);
    for (size_t i = 0; i < batch; i++) {
      const YlEgressMessage *from = &messages[done + i];
      out[i] = (YlUdpMessage){ .remote = from->remote,
                               .local = from->local,
                               .iov = from->iov,
                               .n_iov = from->n_iov,
                               .segment_size = from->segment_size };
    }
    done += yl_udp_send (self->udp, out, batch, &result);
  }
  *why = results[result];
  return done;
}

/* Control datagrams are few and their senders repeat them: one that finds the
 * socket full is lost. */
void
yl_worker_send (YlWorker *self, const YlIcePath *path, const uint8_t *data,
                size_t size)
{
  const struct iovec iov = { .iov_base = (void *) data, .iov_len = size };
  const YlUdpMessage message = {
    .remote = &path->remote, .local = &path->local, .iov = &iov, .n_iov = 1
  };
  YlUdpSendResult why;
  (void) yl_udp_send (self->udp, &message, 1, &why);
}

/* ---- waiting ---- */

/* Going to sleep and back takes about as long. */
#define MIN_NAP_US 5
#define TIMER_SLACK_NS 5000UL

static uint64_t
next_deadline (const YlWorker *self)
{
  uint64_t deadline = yl_heap_next (self->deadlines);
  if (self->n_handshakes > 0 || self->more_waits)
    return 0;
  deadline = yl_time_min (deadline, yl_sfu_next_deadline (self->sfu));
  if (yl_sfu_has_event (self->sfu))
    deadline = yl_time_min (deadline, self->slot_news_us);
  return yl_time_min (deadline, yl_egress_next_deadline (self->egress));
}

/* How long to sleep [us]. Microseconds count for video that is held only; the
 * rest is rounded up: waking early would only mean to wait again. */
static uint64_t
timeout_us (const YlWorker *self, uint64_t now_us)
{
  const uint64_t deadline = next_deadline (self);
  uint64_t left_us = YL_NEVER;
  if (deadline <= now_us)
    return 0;
  if (deadline != YL_NEVER)
    left_us =
        (deadline - now_us + YL_US_PER_MS - 1) / YL_US_PER_MS * YL_US_PER_MS;
  if (self->held_until_us == YL_NEVER)
    return left_us;
  return yl_time_min (left_us,
                      self->held_until_us - MIN (now_us, self->held_until_us));
}

static int
wait_for_events (YlWorker *self, struct epoll_event *events, int max,
                 uint64_t left_us)
{
  const struct timespec timeout = {
    .tv_sec = (time_t) (left_us / YL_US_PER_S),
    .tv_nsec = (long) (left_us % YL_US_PER_S) * 1000,
  };
  const int n = epoll_pwait2 (self->epoll, events, max,
                              left_us == YL_NEVER ? NULL : &timeout, NULL);
  /* Sandboxes that do not know the call answer EPERM. */
  if (n >= 0 || (errno != ENOSYS && errno != EPERM))
    return n;
  const uint64_t left_ms = MIN (left_us / YL_US_PER_MS, 60000);
  return epoll_wait (self->epoll, events, max,
                     left_us == YL_NEVER ? -1 : (int) left_ms);
}

/* Kept datagrams leave as soon as the socket has room. */
static void
watch_output (YlWorker *self)
{
  const bool wanted = yl_egress_next_deadline (self->egress) != YL_NEVER;
  if (wanted == self->wants_output)
    return;
  struct epoll_event event = { .events = EPOLLIN | (wanted ? EPOLLOUT : 0) };
  event.data.fd = yl_udp_fd (self->udp);
  if (epoll_ctl (self->epoll, EPOLL_CTL_MOD, event.data.fd, &event) == 0)
    self->wants_output = wanted;
}

/* Video is held whose frame is whole soon: its packets need not wake us one
 * by one. Returns whether it slept. */
static bool
nap (const YlWorker *self, uint64_t now_us)
{
  const uint64_t until_us = self->nap_until_us;
  if (until_us == YL_NEVER || until_us <= now_us + MIN_NAP_US)
    return false;
  const struct timespec until = {
    .tv_sec = (time_t) (until_us / YL_US_PER_S),
    .tv_nsec = (long) (until_us % YL_US_PER_S) * 1000,
  };
  clock_nanosleep (CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
  return true;
}

/* Returns whether the socket has something for us. */
static bool
wait (YlWorker *self)
{
  struct epoll_event events[4];
  const uint64_t before_us = yl_clock_now_us ();
  watch_output (self);
  uint64_t left_us = timeout_us (self, before_us);
  if (left_us > 0 && nap (self, before_us))
    left_us = 0;
  const bool asleep = left_us != 0 && yl_waker_sleep (self->waker);
  if (!asleep)
    left_us = 0;
  const int n = wait_for_events (self, events, G_N_ELEMENTS (events), left_us);
  const uint64_t after_us = yl_clock_now_us ();
  if (self->turn > 0)
    self->live.busy_us += before_us - self->now_us;
  self->now_us = after_us;
  bool readable = false, woken = false, rerouted = false;
  for (int i = 0; i < n; i++) {
    readable |= events[i].data.fd == yl_udp_fd (self->udp)
                && (events[i].events & (EPOLLIN | EPOLLERR)) != 0;
    woken |= events[i].data.fd == yl_waker_fd (self->waker);
    rerouted |= events[i].data.fd == yl_routes_fd (self->routes);
  }
  if (asleep || woken)
    yl_waker_awake (self->waker, woken);
  if (rerouted)
    yl_worker_follow_routes (self);
  return readable;
}

/* ---- the turn ---- */

void
yl_worker_enter_thread (YlWorker *self)
{
  /* Else the kernel adds up to 50 us to each wait. */
  (void) prctl (PR_SET_TIMERSLACK, TIMER_SLACK_NS);
}

bool
yl_worker_begin_turn (YlWorker *self)
{
  if (atomic_load_explicit (&self->flushing, memory_order_acquire))
    return false;
  const bool readable = wait (self);
  if (atomic_load_explicit (&self->flushing, memory_order_acquire))
    return false;
  self->turn++;
  yl_worker_begin_batches (self);
  self->next_carry = 0;
  yl_worker_run_commands (self);
  if (readable)
    yl_worker_receive (self);
  return true;
}

static void
publish_metrics (YlWorker *self)
{
  const YlUdpCounters *udp = yl_udp_counters (self->udp);
  YlWorkerMetrics *live = &self->live;
  live->turns = self->turn;
  live->commands_refused = yl_mailbox_refused (self->commands);
  live->events_refused = yl_mailbox_refused (self->events);
  live->sfu = *yl_sfu_counters (self->sfu);
  live->egress = *yl_egress_counters (self->egress);
  live->received = udp->received;
  live->received_octets = udp->received_octets;
  live->sent = udp->sent;
  live->sent_octets = udp->sent_octets;
  live->send_blocked = udp->blocked;
  live->send_failed = udp->failed;
  pthread_mutex_lock (&self->metrics_lock);
  self->metrics = *live;
  pthread_mutex_unlock (&self->metrics_lock);
}

static void
settle_all (YlWorker *self)
{
  yl_worker_settle (self);
  yl_worker_tend_carries (self);
  yl_worker_follow_sfu (self); /* may ask publishers for keyframes */
  yl_worker_settle (self);
}

/* What goes to few viewers has left; now a share of what goes to many. */
static void
fan_out (YlWorker *self)
{
  if (self->branches == NULL)
    return;
  self->more_waits = self->branches->fan_out (self->branches_user, self->now_us,
                                              &self->live.fan_out_dropped);
  yl_egress_flush (self->egress, self->now_us);
}

void
yl_worker_end_turn (YlWorker *self)
{
  uint32_t place;
  yl_worker_drop_batches (self);
  if (self->branches != NULL)
    self->branches->drain (self->branches_user, self->now_us);
  while (yl_heap_pop_due (self->deadlines, self->now_us, &place)) {
    yl_peer_handle_timeout (self->peers[place].peer, self->now_us);
    yl_worker_mark (self, place);
  }
  settle_all (self);
  yl_egress_flush (self->egress, self->now_us);
  fan_out (self);
  /* Media has left: now there is time for those who join. */
  if (self->n_handshakes > 0) {
    yl_worker_run_handshakes (self);
    settle_all (self);
  }
  publish_metrics (self);
}
