#include "nego/peer-config.h"

static gpointer
ref_and_unref (gpointer data)
{
  for (unsigned i = 0; i < 1000; i++)
    yl_peer_config_unref (yl_peer_config_ref (data));
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (YlPeerConfig) config = yl_peer_config_new ();
  g_assert_cmpuint (config->n_sections, ==, 0);
  GThread *thread = g_thread_new ("other", ref_and_unref, config);
  ref_and_unref (config);
  g_thread_join (thread);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nego/peer-config/threads", test_threads);
  return g_test_run ();
}
