/* The worker thread and the main thread at the same time; for TSan. */
#include "worker-rig.h"

#include <pthread.h>

static void *
run_turns (void *data)
{
  while (rig_turn (data))
    ;
  return NULL;
}

/* Rooms and peers come and go, metrics are read, and the thread stops. */
static void
test_commands (void)
{
  g_autoptr (Rig) rig = rig_new (true);
  pthread_t thread;
  pthread_create (&thread, NULL, run_turns, rig);
  for (uint32_t i = 0; i < 200; i++) {
    YlCommand add = { .kind = YL_COMMAND_PEER_ADD,
                      .room = RIG_ROOM,
                      .peer = { 5 + i } };
    add.config = peer_client_config (rig->certificates[1], 5 + i);
    while (!yl_worker_post (rig->worker, &add))
      g_thread_yield ();
    const YlCommand remove = { .kind = YL_COMMAND_PEER_REMOVE,
                               .peer = { 5 + i } };
    while (!yl_worker_post (rig->worker, &remove))
      g_thread_yield ();
    YlWorkerMetrics metrics;
    yl_worker_get_metrics (rig->worker, &metrics);
    g_assert_cmpuint (metrics.peers, <=, 1);
    yl_worker_wake (rig->worker);
  }
  rig_add (rig);
  rig_connect (rig);
  g_assert_cmpuint (rig_count (rig, YL_WORKER_EVENT_PEER_CLOSED), ==, 0);
  yl_worker_set_flushing (rig->worker, true);
  pthread_join (thread, NULL);
}

/* ---- a room on two workers ---- */

typedef struct {
  Rig *rigs[2]; /* publisher's, viewer's */
  pthread_t threads[2];
  RigBrowser *from, *to;
} Pair;

static void
forward (Rig *rig)
{
  const YlCommand command = { .kind = YL_COMMAND_ROOM_FORWARD,
                              .room = RIG_ROOM,
                              .on = true };
  rig_command (rig, &command);
}

static void
carry (Pair *pair)
{
  YlCarry *carry = yl_carry_new (yl_worker_waker (pair->rigs[0]->worker),
                                 yl_worker_waker (pair->rigs[1]->worker));
  const YlCommand out = { .kind = YL_COMMAND_CARRY_OUT,
                          .room = RIG_ROOM,
                          .carry = yl_carry_ref (carry) };
  const YlCommand in = { .kind = YL_COMMAND_CARRY_IN,
                         .room = RIG_ROOM,
                         .carry = carry };
  rig_command (pair->rigs[1], &in);
  rig_command (pair->rigs[0], &out);
}

static void
start (Pair *pair)
{
  for (size_t i = 0; i < 2; i++) {
    pair->rigs[i] = rig_new (true);
    forward (pair->rigs[i]);
    pthread_create (&pair->threads[i], NULL, run_turns, pair->rigs[i]);
  }
  pair->from = rig_add (pair->rigs[0]);
  pair->to = rig_add (pair->rigs[1]);
  rig_connect (pair->rigs[0]);
  rig_connect (pair->rigs[1]);
}

static void
stop (Pair *pair, size_t i)
{
  yl_worker_set_flushing (pair->rigs[i]->worker, true);
  pthread_join (pair->threads[i], NULL);
}

/* What arrives at the viewer until it has @n more packets. */
static void
stream (Pair *pair, uint16_t *seq, guint n)
{
  const guint wanted = pair->to->client->rtp_in->len + n;
  while (pair->to->client->rtp_in->len < wanted) {
    peer_client_send_frame (pair->from->client, CAMERA_SSRC, *seq, true);
    ++*seq;
    rig_step (pair->rigs[0]);
    rig_step (pair->rigs[1]);
  }
}

/* @first: the worker that stops and goes first. */
static void
stop_in_order (gconstpointer first)
{
  const size_t a = GPOINTER_TO_SIZE (first), b = 1 - a;
  Pair pair;
  uint16_t seq = 1;
  start (&pair);
  carry (&pair);
  stream (&pair, &seq, 200);
  stop (&pair, a);
  for (int i = 0; i < 50; i++) {
    peer_client_send_frame (pair.from->client, CAMERA_SSRC, seq++, true);
    rig_step (pair.rigs[b]);
  }
  stop (&pair, b);
  /* Packets of the source may be in the sink's hands until both are gone,
   * as buffers keep their pool. */
  yl_worker_free (pair.rigs[a]->worker);
  yl_worker_free (pair.rigs[b]->worker);
  pair.rigs[0]->worker = pair.rigs[1]->worker = NULL;
  rig_free (pair.rigs[0]);
  rig_free (pair.rigs[1]);
}

/* Rooms come and go on either side while media flows. */
static void
test_carry_again (void)
{
  Pair pair;
  uint16_t seq = 1;
  start (&pair);
  for (int round = 0; round < 20; round++) {
    const YlCommand remove = { .kind = YL_COMMAND_ROOM_REMOVE,
                               .room = RIG_ROOM };
    const YlCommand add = { .kind = YL_COMMAND_ROOM_ADD, .room = RIG_ROOM };
    const YlCommand viewer = {
      .kind = YL_COMMAND_PEER_ADD,
      .room = RIG_ROOM,
      .peer = pair.to->id,
      .config = yl_peer_config_ref (pair.to->config),
    };
    carry (&pair);
    if (round == 0)
      stream (&pair, &seq, 20);
    for (int i = 0; i < 20; i++) {
      peer_client_send_frame (pair.from->client, CAMERA_SSRC, seq++, true);
      rig_step (pair.rigs[0]);
    }
    rig_command (pair.rigs[1], &remove);
    rig_command (pair.rigs[1], &add);
    rig_command (pair.rigs[1], &viewer);
    forward (pair.rigs[1]);
  }
  stop (&pair, 0);
  stop (&pair, 1);
  yl_worker_free (g_steal_pointer (&pair.rigs[1]->worker));
  rig_free (pair.rigs[0]);
  rig_free (pair.rigs[1]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/worker/threads/commands", test_commands);
  g_test_add_data_func ("/worker/threads/carry-source-stops-first",
                        GSIZE_TO_POINTER (0), stop_in_order);
  g_test_add_data_func ("/worker/threads/carry-sink-stops-first",
                        GSIZE_TO_POINTER (1), stop_in_order);
  g_test_add_func ("/worker/threads/carry-comes-and-goes", test_carry_again);
  return g_test_run ();
}
