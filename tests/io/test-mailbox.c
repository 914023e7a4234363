#include "io/mailbox.h"

#include <glib.h>
#include <poll.h>
#include <pthread.h>

static bool
readable (const YlMailbox *box, int timeout_ms)
{
  struct pollfd p = { .fd = yl_mailbox_fd (box), .events = POLLIN };
  return poll (&p, 1, timeout_ms) == 1;
}

static void
test_order_and_bound (void)
{
  g_autoptr (YlMailbox) box = yl_mailbox_new (sizeof (int), 3, NULL);
  int item;
  g_assert_false (readable (box, 0));
  for (int round = 0; round < 5; round++) {
    for (int i = 0; i < 3; i++)
      g_assert_true (yl_mailbox_post (box, &i));
    g_assert_false (yl_mailbox_post (box, &round));
    g_assert_true (readable (box, 0));
    for (int i = 0; i < 3; i++) {
      g_assert_true (yl_mailbox_take (box, &item));
      g_assert_cmpint (item, ==, i);
    }
    g_assert_false (yl_mailbox_take (box, &item));
    g_assert_false (readable (box, 0));
  }
  g_assert_cmpuint (yl_mailbox_refused (box), ==, 5);
}

static void
test_wake (void)
{
  g_autoptr (YlMailbox) box = yl_mailbox_new (sizeof (int), 1, NULL);
  int item;
  yl_mailbox_wake (box);
  yl_mailbox_wake (box);
  g_assert_true (readable (box, 0));
  g_assert_false (yl_mailbox_take (box, &item));
  g_assert_false (readable (box, 0));
}

#define PRODUCERS 4
#define ITEMS 5000

typedef struct {
  YlMailbox *box;
  uint32_t id;
} Producer;

static void *
produce (void *data)
{
  const Producer *self = data;
  for (uint32_t i = 0; i < ITEMS; i++) {
    const uint32_t item = self->id << 24 | i;
    while (!yl_mailbox_post (self->box, &item))
      g_thread_yield ();
  }
  return NULL;
}

/* Each producer's items arrive in its order, none is lost, and poll() never
 * sleeps over one. */
static void
test_many_producers (void)
{
  g_autoptr (YlMailbox) box = yl_mailbox_new (sizeof (uint32_t), 64, NULL);
  Producer producers[PRODUCERS];
  pthread_t threads[PRODUCERS];
  for (uint32_t i = 0; i < PRODUCERS; i++) {
    producers[i] = (Producer){ .box = box, .id = i };
    pthread_create (&threads[i], NULL, produce, &producers[i]);
  }
  uint32_t next[PRODUCERS] = { 0 };
  for (uint32_t left = PRODUCERS * ITEMS; left > 0;) {
    g_assert_true (readable (box, 30000));
    uint32_t item;
    while (yl_mailbox_take (box, &item)) {
      g_assert_cmpuint (item & 0xffffff, ==, next[item >> 24]++);
      left--;
    }
  }
  for (uint32_t i = 0; i < PRODUCERS; i++)
    pthread_join (threads[i], NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/io/mailbox/keeps-order-and-bound", test_order_and_bound);
  g_test_add_func ("/io/mailbox/wakes-without-item", test_wake);
  g_test_add_func ("/io/mailbox/many-producers", test_many_producers);
  return g_test_run ();
}
