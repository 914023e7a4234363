/* test-hostile.c: bad input is counted and dropped, and the call goes on */
#include "base/time.h"
#include "call.h"
#include "hostile.h"
#include "io/clock.h"

#include <string.h>

static uint64_t
read_counter (Call *call, size_t offset)
{
  YlWorkerMetrics metrics;
  uint64_t value;
  gateway_get_metrics (call->gateway, &metrics);
  memcpy (&value, (const uint8_t *) &metrics + offset, sizeof value);
  return value;
}

static const Attack *attack;
static uint64_t before;
static uint64_t goal;

static bool
counted (void *user)
{
  return read_counter (user, attack->counter) > before;
}

static bool
both_go_on (void *user)
{
  return call_packets (user, 0, YL_MEDIA_VIDEO) > goal
         && call_packets (user, 1, YL_MEDIA_VIDEO) > goal;
}

static void
assert_goes_on (Call *call)
{
  goal = MAX (call_packets (call, 0, YL_MEDIA_VIDEO),
              call_packets (call, 1, YL_MEDIA_VIDEO))
         + 20;
  call_wait (call, both_go_on, 3000);
  for (unsigned i = 0; i < 2; i++) {
    const RtcClientCounters *counters = rtc_client_counters (call->clients[i]);
    g_assert_cmpint (rtc_client_state (call->clients[i]), ==, RTC_CONNECTED);
    g_assert_cmpuint (counters->srtp_bad, ==, 0);
    g_assert_cmpuint (
        rtc_client_sink (call->clients[i], YL_MEDIA_VIDEO)->malformed, ==, 0);
  }
}

/* Each once, and each a hundred times. */
static void
test_attacks (Call *call, gconstpointer unused)
{
  call_connect (call);
  for (size_t i = 0; i < hostile_n_attacks; i++) {
    attack = &hostile_attacks[i];
    g_test_message ("%s", attack->name);
    before = read_counter (call, attack->counter);
    attack->send (call->clients[0]);
    call_wait (call, counted, 1000);
    for (unsigned k = 0; k < 100; k++)
      attack->send (call->clients[0]);
    rtc_runner_pass (call->runner, 20 * YL_US_PER_MS);
  }
  assert_goes_on (call);
}

/* The handshake is right, but with another certificate than the offer's. */
static bool
liar_is_closed (void *user)
{
  Call *call = user;
  return gateway_events (call->gateway, 1, YL_WORKER_EVENT_PEER_CLOSED) > 0
         && rtc_client_state (call->clients[0]) == RTC_CLOSED;
}

static void
test_wrong_certificate (Call *call, gconstpointer unused)
{
  g_autoptr (YlDtlsCertificate) other = yl_dtls_certificate_new (NULL);
  RtcClientSetup setup = call_client_setup (call, 0);
  setup.certificate = other;
  call_join (call, 0, &setup);
  call_wait (call, liar_is_closed, 5000);
  g_assert_cmpuint (
      gateway_events (call->gateway, 1, YL_WORKER_EVENT_PEER_CONNECTED), ==, 0);
}

/* From addresses that never passed a check: noise of every kind, also with
 * the name of a peer on it. */
static void
test_strangers (Call *call, gconstpointer unused)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (12);
  call_connect (call);
  RtcClientSetup setup = call_client_setup (call, 7);
  g_autoptr (RtcClient) stranger = rtc_client_new (&setup, yl_clock_now_us ());
  /* An answer with the address and name of client 0, and a wrong password:
   * so its checks never pass. */
  const ClientAnswer *known = rtc_client_get_answer (call->clients[0]);
  g_autoptr (GString) sdp = g_string_new (NULL);
  char ip[YL_ADDRESS_TEXT_SIZE];
  for (unsigned i = 0; i < CLIENT_N_SECTIONS; i++)
    g_string_append_printf (sdp,
                            "m=x 9\r\na=ice-ufrag:%s\r\na=ice-pwd:wrong\r\n"
                            "a=candidate:1 1 udp 1 %s %u typ host\r\n",
                            known->ufrag,
                            yl_address_ip_text (&known->candidates[0], ip),
                            known->candidates[0].port);
  g_assert_true (rtc_client_answer (stranger, sdp->str, yl_clock_now_us ()));
  rtc_runner_add (call->runner, stranger);
  for (unsigned i = 0; i < 5000; i++) {
    uint8_t noise[200];
    const size_t size = (size_t) g_rand_int_range (rand, 1, sizeof noise);
    for (size_t k = 0; k < size; k++)
      noise[k] = (uint8_t) g_rand_int (rand);
    rtc_client_send_raw (stranger, noise, size);
    if (i % 100 == 0)
      rtc_runner_pass (call->runner, 0);
  }
  assert_goes_on (call);
  g_assert_cmpint (rtc_client_state (stranger), ==, RTC_CHECKING);
  YlWorkerMetrics metrics;
  gateway_get_metrics (call->gateway, &metrics);
  g_assert_cmpuint (metrics.unknown_source, >, 0);
  rtc_runner_remove (call->runner, stranger);
}

#define ADD(name, func)                                                \
  g_test_add ("/support/hostile/" name, Call, NULL, call_set_up, func, \
              call_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("attacks", test_attacks);
  ADD ("wrong-certificate", test_wrong_certificate);
  ADD ("strangers", test_strangers);
  return g_test_run ();
}
