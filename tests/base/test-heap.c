#include "base/heap.h"

#include "base/random.h"
#include "base/time.h"

#include <glib.h>

#define IDS 200

/* The heap against a plain array searched for its minimum. */
static void
test_against_array (void)
{
  YlRandom random;
  yl_random_init_seeded (&random, 7);
  YlHeap *heap = yl_heap_new (IDS);
  uint64_t model[IDS];
  for (size_t i = 0; i < IDS; i++)
    model[i] = YL_NEVER;

  for (int step = 0; step < 20000; step++) {
    const uint32_t id = yl_random_u32 (&random) % IDS;
    const uint32_t dice = yl_random_u32 (&random) % 10;
    const uint64_t at = dice == 0 ? YL_NEVER : yl_random_u32 (&random) % 1000;
    yl_heap_set (heap, id, at);
    model[id] = at;

    uint64_t least = YL_NEVER;
    for (size_t i = 0; i < IDS; i++)
      least = yl_time_min (least, model[i]);
    g_assert_cmpuint (yl_heap_next (heap), ==, least);

    uint32_t due;
    if (dice == 1 && yl_heap_pop_due (heap, least, &due)) {
      g_assert_cmpuint (model[due], ==, least);
      model[due] = YL_NEVER;
    }
  }
  yl_heap_free (heap);
}

static void
test_nothing_due_before_its_time (void)
{
  YlHeap *heap = yl_heap_new (4);
  uint32_t id = 99;
  g_assert_false (yl_heap_pop_due (heap, YL_NEVER, &id));
  yl_heap_set (heap, 2, 100);
  g_assert_false (yl_heap_pop_due (heap, 99, &id));
  g_assert_true (yl_heap_pop_due (heap, 100, &id));
  g_assert_cmpuint (id, ==, 2);
  g_assert_cmpuint (yl_heap_next (heap), ==, YL_NEVER);
  yl_heap_free (heap);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/heap/against-array", test_against_array);
  g_test_add_func ("/base/heap/nothing-due-before-its-time",
                   test_nothing_due_before_its_time);
  return g_test_run ();
}
