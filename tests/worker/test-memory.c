/* What a worker keeps for one connection. Hundreds watch a course, so each
 * octet counts that many times. */
#include "worker-rig.h"

#include <malloc.h>

/* With a margin over the 7 000 it was when this was written; handshakes
 * alone once left 75 000 behind, RTCP 37 000. */
#define LIMIT 9000

static bool
one_is_left (Rig *rig, void *data)
{
  YlWorkerMetrics metrics;
  yl_worker_get_metrics (rig->worker, &metrics);
  return metrics.peers == 1;
}

static void
test_peer (void)
{
  enum { N = RIG_MAX_BROWSERS };
  g_autoptr (Rig) rig = rig_new (false);
  for (size_t i = 0; i < N; i++)
    rig_add (rig);
  rig_connect (rig);
  /* The browsers stay as they are, deaf to good-byes. */
  for (size_t i = 1; i < N; i++) {
    const YlCommand remove = { .kind = YL_COMMAND_PEER_REMOVE,
                               .peer = rig->browsers[i].id };
    rig_command (rig, &remove);
    /* Shared with the worker: let its reference be the last. */
    yl_peer_config_unref (rig->browsers[i].config);
    rig->browsers[i].config = yl_peer_config_ref (rig->browsers[0].config);
    rig->browsers[i].client->config = rig->browsers[i].config;
  }
  const size_t before = mallinfo2 ().uordblks;
  g_assert_true (rig_turn (rig));
  g_assert_true (one_is_left (rig, NULL));
  const size_t each = (before - mallinfo2 ().uordblks) / (N - 1);
  g_test_message ("a connection holds %zu octets", each);
  g_assert_cmpuint (each, <=, LIMIT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/worker/memory/peer", test_peer);
  return g_test_run ();
}
