#include "worker-rig.h"

#include "io/clock.h"

#include <poll.h>
#include <stdalign.h>
#include <stdlib.h>

/* ---- memory as an element would lend it ---- */

/* Other rigs may hold it as well. */
typedef struct {
  Rig *rig;
  _Atomic unsigned references;
  YlPacket packet;
  alignas (16) uint8_t data[YL_PACKET_STORAGE];
} Slot;

static bool
take_slot (void *user, YlWorkerSlot *slot)
{
  Rig *self = user;
  Slot *memory = g_new0 (Slot, 1);
  memory->rig = self;
  memory->references = 1;
  *slot = (YlWorkerSlot){ .data = memory->data,
                          .packet = &memory->packet,
                          .owner = memory };
  self->slots_in_use++;
  return true;
}

static void
keep_slot (void *owner)
{
  ((Slot *) owner)->references++;
}

static void
release_slot (void *owner)
{
  Slot *memory = owner;
  if (--memory->references > 0)
    return;
  memory->rig->slots_in_use--;
  g_free (memory);
}

static void
give_back_slot (void *user, void *owner)
{
  release_slot (owner);
}

static const YlCarryOwners owners = { keep_slot, release_slot };

static const YlWorkerSlots slots = { take_slot, give_back_slot };

static Rig *
new_rig (const char *ip, bool everywhere)
{
  Rig *self = g_new0 (Rig, 1);
  g_autoptr (GError) error = NULL;
  for (size_t i = 0; i < 2; i++) {
    self->certificates[i] = yl_dtls_certificate_new (NULL);
    self->contexts[i] = yl_dtls_context_new (self->certificates[i], NULL);
  }
  YlAddress bind;
  yl_address_parse_ip (&bind, ip, 0);
  const YlWorkerConfig config = { .bind = everywhere ? NULL : &bind,
                                  .dtls = self->contexts[0],
                                  .max_peers = 16 };
  self->worker = yl_worker_new (&config, &error);
  g_assert_no_error (error);
  yl_address_parse_ip (&self->address, ip, yl_worker_port (self->worker));
  self->first_id = 100;
  yl_worker_set_slots (self->worker, &slots, self);
  self->plan = yl_plan_new ();
  self->events = g_array_new (FALSE, FALSE, sizeof (YlWorkerEvent));
  const YlCommand room = { .kind = YL_COMMAND_ROOM_ADD, .room = RIG_ROOM };
  rig_command (self, &room);
  return self;
}

Rig *
rig_new (bool threaded)
{
  Rig *self = new_rig ("127.0.0.1", false);
  self->threaded = threaded;
  return self;
}

Rig *
rig_new_everywhere (const char *ip)
{
  return new_rig (ip, true);
}

void
rig_free (Rig *self)
{
  yl_worker_free (self->worker); /* may be gone already */
  g_assert_cmpuint (self->slots_in_use, ==, 0);
  for (size_t i = 0; i < self->n_browsers; i++) {
    peer_client_free (self->browsers[i].client);
    yl_peer_config_unref (self->browsers[i].config);
    yl_udp_free (self->browsers[i].udp);
  }
  for (size_t i = 0; i < 2; i++) {
    yl_dtls_context_free (self->contexts[i]);
    yl_dtls_certificate_free (self->certificates[i]);
  }
  yl_plan_free (self->plan);
  g_array_unref (self->events);
  g_free (self);
}

void
rig_command (Rig *self, const YlCommand *command)
{
  g_assert_true (yl_worker_post (self->worker, command));
}

RigBrowser *
rig_add (Rig *self)
{
  g_assert_cmpuint (self->n_browsers, <, RIG_MAX_BROWSERS);
  RigBrowser *browser = &self->browsers[self->n_browsers++];
  YlAddress loopback;
  yl_address_parse_ip (&loopback, "127.0.0.1", 0);
  browser->udp = yl_udp_new (&loopback, NULL);
  browser->id = (YlPeerId){ self->first_id + self->n_browsers };
  browser->config =
      peer_client_config (self->certificates[1], (uint32_t) self->n_browsers);
  browser->client = peer_client_new (self->contexts[1], self->certificates[0],
                                     browser->config, yl_clock_now_us ());
  const YlCommand command = { .kind = YL_COMMAND_PEER_ADD,
                              .room = RIG_ROOM,
                              .peer = browser->id,
                              .config = yl_peer_config_ref (browser->config) };
  rig_command (self, &command);
  return browser;
}

static void
send_all (Rig *self, RigBrowser *browser)
{
  static const YlAddress any;
  GPtrArray *out = browser->client->out;
  for (guint i = 0; i < out->len; i++) {
    size_t size;
    const void *data = g_bytes_get_data (out->pdata[i], &size);
    const struct iovec iov = { .iov_base = (void *) data, .iov_len = size };
    const YlUdpMessage message = {
      .remote = &self->address, .local = &any, .iov = &iov, .n_iov = 1
    };
    YlUdpSendResult why;
    g_assert_cmpuint (yl_udp_send (browser->udp, &message, 1, &why), ==, 1);
  }
  g_ptr_array_set_size (out, 0);
}

static void
receive_all (const Rig *self, RigBrowser *browser)
{
  const YlUdpReceived *in;
  size_t n;
  while ((n = yl_udp_receive (browser->udp, &in)) > 0)
    for (size_t i = 0; i < n; i++) {
      browser->strangers += !yl_address_equal (&in[i].remote, &self->address);
      const uint32_t step =
          in[i].segment_size > 0 ? in[i].segment_size : in[i].size;
      for (uint32_t at = 0; at < in[i].size; at += step)
        peer_client_receive (browser->client, in[i].data + at,
                             MIN (step, in[i].size - at), yl_clock_now_us ());
    }
}

static void
forward (Rig *self, const YlWorkerBatch *batch)
{
  const uint64_t now_us = yl_worker_now (self->worker);
  const YlCarryBatch carried = { .how = &owners,
                                 .n = batch->n,
                                 .owners = batch->owners,
                                 .packets = batch->packets };
  yl_worker_carry (self->worker, batch->track, &carried);
  yl_sfu_forward (yl_worker_get_sfu (self->worker), batch->track,
                  batch->packets, batch->n, now_us, self->plan);
  yl_egress_write (yl_worker_get_egress (self->worker), self->plan, now_us);
  for (size_t i = 0; i < batch->n; i++)
    release_slot (batch->owners[i]);
}

bool
rig_turn (Rig *self)
{
  YlWorkerBatch batch;
  YlTrackId ended;
  if (!yl_worker_begin_turn (self->worker))
    return false;
  while (yl_worker_take_ended (self->worker, &ended))
    ;
  while (yl_worker_take_batch (self->worker, &batch))
    forward (self, &batch);
  while (yl_worker_take_carried (self->worker, &batch))
    forward (self, &batch);
  yl_worker_end_turn (self->worker);
  return true;
}

static void
run_turn_now (Rig *self)
{
  yl_worker_wake (self->worker);
  g_assert_true (rig_turn (self));
}

/* Until a browser or the main thread has something to read. */
static void
wait_for_input (Rig *self)
{
  struct pollfd fds[RIG_MAX_BROWSERS + 1];
  nfds_t n = 0;
  fds[n++] = (struct pollfd){ .fd = yl_worker_event_fd (self->worker),
                              .events = POLLIN };
  for (size_t i = 0; i < self->n_browsers; i++)
    fds[n++] = (struct pollfd){ .fd = yl_udp_fd (self->browsers[i].udp),
                                .events = POLLIN };
  (void) poll (fds, n, 10);
}

void
rig_step (Rig *self)
{
  YlWorkerEvent event;
  for (size_t i = 0; i < self->n_browsers; i++)
    send_all (self, &self->browsers[i]);
  if (self->threaded)
    wait_for_input (self);
  else
    run_turn_now (self);
  for (size_t i = 0; i < self->n_browsers; i++)
    receive_all (self, &self->browsers[i]);
  while (!self->deaf && yl_worker_take_event (self->worker, &event))
    g_array_append_val (self->events, event);
}

void
rig_run_until (Rig *self, bool (*done) (Rig *self, void *data), void *data)
{
  const uint64_t end_us = yl_clock_now_us () + 10 * 1000000;
  while (!done (self, data)) {
    g_assert_cmpuint (yl_clock_now_us (), <, end_us);
    rig_step (self);
  }
}

size_t
rig_count (const Rig *self, YlWorkerEventKind kind)
{
  size_t n = 0;
  for (guint i = 0; i < self->events->len; i++)
    n += g_array_index (self->events, YlWorkerEvent, i).kind == kind;
  return n;
}

static bool
all_connected (Rig *self, void *data)
{
  for (size_t i = 0; i < self->n_browsers; i++)
    if (!self->browsers[i].client->connected)
      return false;
  return rig_count (self, YL_WORKER_EVENT_PEER_CONNECTED) >= self->n_browsers;
}

/* An empty receiver report: the first thing the worker can tell that a
 * browser has its keys by. */
static void
send_sign (PeerClient *client)
{
  const uint8_t report[] = { 0x80, 201, 0, 1, 0, 0, 0, 9 };
  peer_client_send_rtcp (client, report, sizeof report);
}

static bool
all_heard (Rig *self, void *wanted)
{
  YlWorkerMetrics metrics;
  yl_worker_get_metrics (self->worker, &metrics);
  return metrics.peer.rtcp >= *(uint64_t *) wanted;
}

void
rig_connect (Rig *self)
{
  uint64_t wanted = 0;
  for (size_t i = 0; i < self->n_browsers; i++) {
    PeerClient *client = self->browsers[i].client;
    if (client->connected)
      continue;
    peer_client_check (client, true);
    peer_client_shake (client);
  }
  rig_run_until (self, all_connected, NULL);
  for (size_t i = 0; i < self->n_browsers; i++, wanted++)
    send_sign (self->browsers[i].client);
  rig_run_until (self, all_heard, &wanted);
}
