/* test-sfu-random.c: random lives of a forwarder */
#include "sfu-model.h"

#include <glib.h>

static void
test_random (void)
{
  for (int round = 0; round < 60; round++) {
    uint8_t data[60000];
    const guint32 seed = g_test_rand_int ();
    g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
    g_test_message ("seed %u", seed);
    for (size_t i = 0; i < sizeof data; i++)
      data[i] = (uint8_t) g_rand_int (rand);
    sfu_model_run (data, sizeof data);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sfu/random/lives", test_random);
  return g_test_run ();
}
