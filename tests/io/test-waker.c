/* test-waker.c: nobody sleeps through a wake, and wakes are few */
#include "io/waker.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>

static bool
readable (const YlWaker *waker, int timeout_ms)
{
  struct pollfd p = { .fd = yl_waker_fd (waker), .events = POLLIN };
  return poll (&p, 1, timeout_ms) == 1;
}

static void
test_states (void)
{
  g_autoptr (YlWaker) waker = yl_waker_new (NULL);
  yl_waker_wake (waker);
  yl_waker_wake (waker);
  g_assert_false (readable (waker, 0)); /* at work: no system call */
  g_assert_false (yl_waker_sleep (waker));
  g_assert_true (yl_waker_sleep (waker));
  yl_waker_wake (waker);
  yl_waker_wake (waker);
  g_assert_cmpuint (yl_waker_writes (waker), ==, 1);
  g_assert_true (readable (waker, 0));
  yl_waker_awake (waker, true);
  g_assert_false (readable (waker, 0));
  g_assert_true (yl_waker_sleep (waker));
  yl_waker_awake (waker, false);
}

#define ROUNDS 20000

typedef struct {
  YlWaker *waker;
  _Atomic unsigned given;
  _Atomic unsigned taken;
} Work;

static void *
give (void *data)
{
  Work *work = data;
  for (unsigned i = 0; i < ROUNDS; i++) {
    atomic_fetch_add_explicit (&work->given, 1, memory_order_release);
    yl_waker_wake (work->waker);
    /* Sometimes far ahead, sometimes hand in hand. */
    while (i % 3 == 0 && atomic_load (&work->taken) < i)
      ;
  }
  yl_waker_unref (work->waker);
  return NULL;
}

static void
test_threads (void)
{
  Work work = { .waker = yl_waker_new (NULL) };
  pthread_t thread;
  yl_waker_ref (work.waker);
  pthread_create (&thread, NULL, give, &work);
  unsigned taken = 0;
  while (taken < ROUNDS) {
    if (yl_waker_sleep (work.waker))
      yl_waker_awake (work.waker, readable (work.waker, -1));
    taken = atomic_load_explicit (&work.given, memory_order_acquire);
    atomic_store (&work.taken, taken);
  }
  pthread_join (thread, NULL);
  g_assert_cmpuint (yl_waker_writes (work.waker), <=, ROUNDS);
  yl_waker_unref (work.waker);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/io/waker/states", test_states);
  g_test_add_func ("/io/waker/threads", test_threads);
  return g_test_run ();
}
