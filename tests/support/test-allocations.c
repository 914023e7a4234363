/* test-allocations.c: media through the whole pipeline allocates nothing
 *
 * Worker and elements, both ways of a call. A batch that is pushed takes one
 * GstBufferList, which GLib recycles: nothing from the heap once it has run.
 * What is counted comes from connectivity checks, a few a second: libnice
 * makes a GnuTLS HMAC to verify one, and another one to sign the answer. */
#include "allocations.h"
#include "call.h"

#include "base/time.h"

#define SETTLE_PACKETS 400
#define MEASURE_PACKETS 400
#define ALLOCATIONS_PER_CHECK 4

typedef struct {
  Call call;
  uint64_t wanted;
} Fixture;

static bool
enough (void *user)
{
  Fixture *f = user;
  YlWorkerMetrics metrics;
  gateway_get_metrics (f->call.gateway, &metrics);
  return metrics.egress.packets >= f->wanted;
}

static void
run_until (Fixture *f, uint64_t packets)
{
  f->wanted = packets;
  g_assert_true (rtc_runner_run (f->call.runner, enough, f, 60 * YL_US_PER_S));
}

static void
test_call (Fixture *f, gconstpointer unused)
{
  YlWorkerMetrics before, after;
  call_connect (&f->call);
  gateway_get_metrics (f->call.gateway, &before);
  run_until (f, before.egress.packets + SETTLE_PACKETS);

  gateway_get_metrics (f->call.gateway, &before);
  const unsigned long from = allocations_so_far ();
  run_until (f, before.egress.packets + MEASURE_PACKETS);
  const unsigned long n = allocations_so_far () - from;
  gateway_get_metrics (f->call.gateway, &after);
  const unsigned checks = (unsigned) (after.peer.stun - before.peer.stun);
  g_test_message ("%lu allocations, %u checks, %u packets in, %u out, %u turns",
                  n, checks,
                  (unsigned) (after.sfu.packets_in - before.sfu.packets_in),
                  (unsigned) (after.egress.packets - before.egress.packets),
                  (unsigned) (after.turns - before.turns));
  /* one may come between the two counts */
  g_assert_cmpuint (n, <=, ALLOCATIONS_PER_CHECK * (checks + 1));
}

static void
set_up (Fixture *f, gconstpointer unused)
{
  allocations_leave_out (true); /* the clients' thread */
  call_set_up (&f->call, NULL);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  call_tear_down (&f->call, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/allocations/call", Fixture, NULL, set_up, test_call, tear_down);
  return g_test_run ();
}
