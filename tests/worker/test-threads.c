/* The worker thread and the main thread at the same time; for TSan. */
#include "worker-rig.h"

#include <pthread.h>

static void *
run_turns (void *data)
{
  YlWorker *worker = data;
  YlWorkerBatch batch;
  while (yl_worker_begin_turn (worker)) {
    while (yl_worker_take_batch (worker, &batch))
      ;
    yl_worker_end_turn (worker);
  }
  return NULL;
}

/* Rooms and peers come and go, metrics are read, and the thread stops. */
static void
test_commands (void)
{
  g_autoptr (Rig) rig = rig_new (true);
  pthread_t thread;
  pthread_create (&thread, NULL, run_turns, rig->worker);
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/worker/threads/commands", test_commands);
  return g_test_run ();
}
