/* test-kept.c: a bounded queue that gives up the oldest */
#include "egress/kept.h"

#include "base/time.h"

#include <glib.h>
#include <string.h>

static void
push (YlKept *kept, uint8_t mark, uint32_t size, uint64_t now_us,
      uint32_t dropped)
{
  uint8_t data[100];
  memset (data, mark, sizeof data);
  const YlKeptMessage message = { .data = data,
                                  .size = size,
                                  .segment_size = mark };
  g_assert_cmpuint (yl_kept_push (kept, &message, now_us), ==, dropped);
}

static void
pop (YlKept *kept, uint8_t mark, uint32_t size)
{
  const YlKeptMessage *message = yl_kept_peek (kept);
  g_assert_nonnull (message);
  g_assert_cmpuint (message->segment_size, ==, mark);
  g_assert_cmpuint (message->size, ==, size);
  for (uint32_t i = 0; i < size; i++)
    g_assert_cmpuint (message->data[i], ==, mark);
  yl_kept_pop (kept);
}

static void
test_order (void)
{
  YlKept *kept = yl_kept_new (100, 4);
  g_assert_null (yl_kept_peek (kept));
  g_assert_cmpuint (yl_kept_oldest (kept), ==, YL_NEVER);
  push (kept, 1, 40, 10, 0);
  push (kept, 2, 40, 20, 0);
  g_assert_cmpuint (yl_kept_oldest (kept), ==, 10);
  pop (kept, 1, 40);
  push (kept, 3, 30, 30, 0); /* wraps to the start */
  pop (kept, 2, 40);
  pop (kept, 3, 30);
  g_assert_null (yl_kept_peek (kept));
  yl_kept_free (kept);
}

static void
test_full (void)
{
  YlKept *kept = yl_kept_new (100, 3);
  push (kept, 1, 40, 10, 0);
  push (kept, 2, 40, 20, 0);
  push (kept, 3, 90, 30, 2); /* both must go */
  pop (kept, 3, 90);
  push (kept, 4, 1, 40, 0);
  push (kept, 5, 1, 40, 0);
  push (kept, 6, 1, 40, 0);
  push (kept, 7, 1, 40, 1); /* the table is full */
  pop (kept, 5, 1);
  YlKept *tiny = yl_kept_new (10, 3);
  push (tiny, 8, 11, 50, 1); /* refused */
  g_assert_null (yl_kept_peek (tiny));
  yl_kept_free (tiny);
  yl_kept_free (kept);
}

static void
test_expire (void)
{
  YlKept *kept = yl_kept_new (100, 4);
  push (kept, 1, 10, 10, 0);
  push (kept, 2, 10, 20, 0);
  push (kept, 3, 10, 30, 0);
  g_assert_cmpuint (yl_kept_expire (kept, 9), ==, 0);
  g_assert_cmpuint (yl_kept_expire (kept, 20), ==, 2);
  pop (kept, 3, 10);
  yl_kept_free (kept);
}

/* Whatever is pushed and popped, contents come out whole and in order. */
static void
test_random (void)
{
  YlKept *kept = yl_kept_new (256, 8);
  g_autoptr (GQueue) model = g_queue_new ();
  for (int i = 0; i < 20000; i++) {
    const uint8_t mark = (uint8_t) i;
    if (g_test_rand_int_range (0, 3) > 0) {
      const uint32_t size = (uint32_t) g_test_rand_int_range (1, 101);
      uint8_t data[100];
      memset (data, mark, sizeof data);
      const YlKeptMessage message = { .data = data,
                                      .size = size,
                                      .segment_size = mark };
      for (uint32_t n = yl_kept_push (kept, &message, 1); n > 0; n--)
        g_queue_pop_head (model);
      g_queue_push_tail (model, GUINT_TO_POINTER (size << 8 | mark));
    } else if (g_queue_get_length (model) > 0) {
      const guint head = GPOINTER_TO_UINT (g_queue_pop_head (model));
      pop (kept, (uint8_t) head, head >> 8);
    }
  }
  yl_kept_free (kept);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/egress/kept/order", test_order);
  g_test_add_func ("/egress/kept/full", test_full);
  g_test_add_func ("/egress/kept/expire", test_expire);
  g_test_add_func ("/egress/kept/random", test_random);
  return g_test_run ();
}
