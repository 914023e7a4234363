/* test-call.c: the media path as a whole, seen from its clients */
#include "base/time.h"
#include "call.h"
#include "io/clock.h"
#include "process-stat.h"

#include <stdlib.h>
#include <unistd.h>

static bool
connected (void *user)
{
  Call *call = user;
  return gateway_events (call->gateway, 1, YL_WORKER_EVENT_PEER_CONNECTED) > 0
         && gateway_events (call->gateway, 2, YL_WORKER_EVENT_PEER_CONNECTED)
                > 0;
}

static void
assert_healthy (Call *call, unsigned i)
{
  const RtcClientCounters *counters = rtc_client_counters (call->clients[i]);
  const MediaSink *video = rtc_client_sink (call->clients[i], YL_MEDIA_VIDEO);
  const MediaSink *audio = rtc_client_sink (call->clients[i], YL_MEDIA_AUDIO);
  g_assert_cmpint (rtc_client_state (call->clients[i]), ==, RTC_CONNECTED);
  g_assert_cmpuint (counters->unknown, ==, 0);
  g_assert_cmpuint (counters->srtp_bad, ==, 0);
  g_assert_cmpuint (counters->srtcp_bad, ==, 0);
  g_assert_cmpuint (video->malformed, ==, 0);
  g_assert_cmpuint (audio->malformed, ==, 0);
  /* What is shown begins with a picture that decodes alone. */
  g_assert_cmpuint (video->before_keyframe, ==, 0);
  g_assert_cmpuint (video->keyframes, >, 0);
  g_test_message ("client %u: %" G_GUINT64_FORMAT
                  " packets, delay %" G_GUINT64_FORMAT " us on average",
                  i, video->packets, video->delay_us / MAX (video->stamped, 1));
}

static bool
all_reported (void *user)
{
  Call *call = user;
  for (unsigned i = 0; i < 2; i++) {
    const RtcClientCounters *counters = rtc_client_counters (call->clients[i]);
    if (counters->sender_reports == 0 || counters->receiver_reports == 0)
      return false;
  }
  return true;
}

static void
test_both_ways (Call *call, gconstpointer unused)
{
  call_connect (call);
  call_wait (call, connected, 1000);
  call_wait (call, all_reported, 5000);
  for (unsigned i = 0; i < 2; i++) {
    assert_healthy (call, i);
    /* The first to join sends a while before the second watches. */
    const MediaSource *source =
        rtc_client_source (call->clients[i], YL_MEDIA_VIDEO);
    const uint64_t got = call_packets (call, !i, YL_MEDIA_VIDEO);
    g_assert_cmpuint (got, <=, source->packets);
    g_assert_cmpuint (got, >, source->packets / 2);
  }
}

static bool
gate_is_shut (void *user)
{
  return call_packets (user, 0, YL_MEDIA_AUDIO) == 0
         && call_packets (user, 0, YL_MEDIA_VIDEO) == 0
         && call_packets (user, 1, YL_MEDIA_AUDIO) == 0
         && call_packets (user, 1, YL_MEDIA_VIDEO) == 0;
}

static void
test_gate (Call *call, gconstpointer unused)
{
  gateway_forward (call->gateway, 1, false);
  for (unsigned i = 0; i < 2; i++) {
    const RtcClientSetup setup = call_client_setup (call, i);
    call_join (call, i, &setup);
  }
  call_wait (call, connected, 5000);
  rtc_runner_pass (call->runner, 300 * YL_US_PER_MS);
  g_assert_true (gate_is_shut (call));
  gateway_forward (call->gateway, 1, true);
  call_wait (call, call_flows, 5000);
  assert_healthy (call, 0);
  assert_healthy (call, 1);
}

/* 5 % each way: the gateway asks for what it misses and resends what is
 * missed. */
static void
test_losses (Call *call, gconstpointer unused)
{
  for (unsigned i = 0; i < 2; i++) {
    RtcClientSetup setup = call_client_setup (call, i);
    setup.loss = 50;
    call_join (call, i, &setup);
  }
  call_wait (call, call_flows, 5000);
  rtc_runner_pass (call->runner, 2000 * YL_US_PER_MS);
  for (unsigned i = 0; i < 2; i++) {
    const RtcClientCounters *counters = rtc_client_counters (call->clients[i]);
    const MediaSink *video = rtc_client_sink (call->clients[i], YL_MEDIA_VIDEO);
    YlRtpLossCounters loss;
    yl_rtp_loss_get_counters (video->loss, &loss);
    g_test_message ("lost %" G_GUINT64_FORMAT ", missed %" G_GUINT64_FORMAT
                    ", recovered %" G_GUINT64_FORMAT,
                    counters->lost, loss.missed, loss.recovered);
    g_assert_cmpuint (counters->resent, >, 0);
    g_assert_cmpuint (video->resent, >, 0);
    g_assert_cmpuint (loss.recovered, >=, loss.missed / 2);
    g_assert_cmpuint (counters->srtp_bad, ==, 0);
    g_assert_cmpuint (video->malformed, ==, 0);
  }
}

static uint64_t goal;

static bool
second_has_more (void *user)
{
  return call_packets (user, 1, YL_MEDIA_VIDEO) > goal
         && call_packets (user, 0, YL_MEDIA_VIDEO) > goal;
}

static void
test_address_change (Call *call, gconstpointer unused)
{
  call_connect (call);
  rtc_runner_move (call->runner, call->clients[0]);
  /* The next check tells the gateway; it comes within 2.5 s. */
  goal = call_packets (call, 0, YL_MEDIA_VIDEO)
         + call_packets (call, 1, YL_MEDIA_VIDEO) + 150;
  call_wait (call, second_has_more, 10000);
  assert_healthy (call, 0);
  assert_healthy (call, 1);
}

static void
test_ice_restart (Call *call, gconstpointer unused)
{
  call_connect (call);
  rtc_client_restart_ice (call->clients[0]);
  gateway_answer (call->gateway, 1, 1, call->clients[0]);
  rtc_runner_move (call->runner, call->clients[0]);
  goal = call_packets (call, 0, YL_MEDIA_VIDEO)
         + call_packets (call, 1, YL_MEDIA_VIDEO) + 60;
  call_wait (call, second_has_more, 5000);
  assert_healthy (call, 0);
  assert_healthy (call, 1);
  g_assert_cmpuint (
      gateway_events (call->gateway, 1, YL_WORKER_EVENT_PEER_CLOSED), ==, 0);
}

static bool
first_is_gone (void *user)
{
  Call *call = user;
  return gateway_events (call->gateway, 1, YL_WORKER_EVENT_PEER_CLOSED) > 0;
}

static void
test_close (Call *call, gconstpointer unused)
{
  call_connect (call);
  rtc_client_close (call->clients[0]);
  call_wait (call, first_is_gone, 2000);
  g_assert_cmpint (rtc_client_state (call->clients[1]), ==, RTC_CONNECTED);
}

static bool
second_is_closed (void *user)
{
  Call *call = user;
  return rtc_client_state (call->clients[1]) == RTC_CLOSED;
}

static void
test_removed (Call *call, gconstpointer unused)
{
  call_connect (call);
  gateway_remove_peer (call->gateway, 2);
  call_wait (call, second_is_closed, 2000);
  g_assert_cmpint (rtc_client_state (call->clients[0]), ==, RTC_CONNECTED);
}

static bool
all_is_gone (void *user)
{
  Call *call = user;
  YlWorkerMetrics metrics;
  gateway_events (call->gateway, 1, YL_WORKER_EVENT_PEER_CLOSED);
  gateway_get_metrics (call->gateway, &metrics);
  return metrics.peers == 0 && metrics.rooms == 0 && metrics.tracks == 0;
}

/* Rooms come and go with media flowing; YL_CYCLES=1000 for a long look. */
static void
test_cycles (Call *call, gconstpointer unused)
{
  const char *wish = g_getenv ("YL_CYCLES");
  const unsigned cycles = wish != NULL ? (unsigned) atoi (wish) : 10;
  for (unsigned i = 1; i <= cycles; i++) {
    call_connect (call);
    gateway_remove_room (call->gateway, 1);
    call_wait (call, all_is_gone, 2000);
    for (unsigned k = 0; k < 2; k++) {
      gateway_remove_peer (call->gateway, k + 1);
      rtc_runner_remove (call->runner, call->clients[k]);
      g_clear_pointer (&call->clients[k], rtc_client_free);
    }
    gateway_add_room (call->gateway, 1, true);
    ProcessStat stat;
    if (i % 100 == 0 && process_stat_read (&stat, getpid ()))
      g_test_message ("%u cycles: RSS %lu KB, %u threads, %u descriptors", i,
                      stat.rss_kb, stat.threads, stat.fds);
  }
}

#define ADD(name, func)                                             \
  g_test_add ("/support/call/" name, Call, NULL, call_set_up, func, \
              call_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("both-ways", test_both_ways);
  ADD ("gate", test_gate);
  ADD ("losses", test_losses);
  ADD ("address-change", test_address_change);
  ADD ("ice-restart", test_ice_restart);
  ADD ("close", test_close);
  ADD ("removed", test_removed);
  ADD ("cycles", test_cycles);
  return g_test_run ();
}
