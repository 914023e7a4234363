/* hostile.c: bad input at the media port of a running daemon
 *
 *   hostile --host 127.0.0.1:8080
 *
 * Every attack of tests/support/hostile.c over a valid connection, noise from
 * strangers, and a wrong certificate; the consultation must go on. */
#include "../support/consult-driver.h"
#include "../support/hostile.h"
#include "base/time.h"
#include "io/clock.h"

#include <stdlib.h>
#include <string.h>

#define REPEATS 200
#define NOISE 20000

static unsigned n_checks;
static unsigned n_failures;

static void
check (const char *what, bool ok)
{
  n_failures += !ok;
  g_print ("%s %u - %s\n", ok ? "ok" : "not ok", ++n_checks, what);
}

static uint64_t
seen (const ConsultDriver *driver, unsigned side)
{
  return rtc_client_sink (driver->clients[side], YL_MEDIA_VIDEO)->packets;
}

/* Whether new pictures arrive at both. */
static bool
goes_on (ConsultDriver *driver)
{
  const uint64_t before[] = { seen (driver, 0), seen (driver, 1) };
  rtc_runner_pass (driver->runner, 500 * YL_US_PER_MS);
  return seen (driver, 0) > before[0] && seen (driver, 1) > before[1]
         && rtc_client_counters (driver->clients[0])->srtp_bad == 0
         && rtc_client_counters (driver->clients[1])->srtp_bad == 0;
}

static void
run_attacks (ConsultDriver *driver)
{
  for (size_t i = 0; i < hostile_n_attacks; i++) {
    for (unsigned k = 0; k < REPEATS; k++) {
      hostile_attacks[i].send (driver->clients[CONSULT_CLINIC]);
      if (k % 20 == 0)
        rtc_runner_pass (driver->runner, 0);
    }
    check (hostile_attacks[i].name, goes_on (driver));
  }
}

static bool
closed (void *client)
{
  return rtc_client_state (client) == RTC_CLOSED;
}

/* An offer for the same seat whose fingerprint is not of the certificate that
 * the handshake then shows. */
static void
run_wrong_certificate (ConsultDriver *driver)
{
  g_autoptr (YlDtlsCertificate) other = yl_dtls_certificate_new (NULL);
  const RtcClientSetup setup = { .dtls = driver->dtls,
                                 .certificate = other,
                                 .seed = g_random_int (),
                                 .audio_bps = 40000 };
  g_autoptr (RtcClient) liar = rtc_client_new (&setup, yl_clock_now_us ());
  g_autofree char *text = rtc_client_offer (liar);
  g_autofree char *sdp = rpc_quote (text);
  g_autoptr (JsonObject) answer = rpc_client_must (
      driver->rpc[CONSULT_EXPERT], "media.offer",
      "{\"consultation\":\"%s\",\"generation\":1,\"connection\":\"liar\","
      "\"sdp\":%s}",
      driver->id, sdp);
  rtc_client_answer (liar, json_object_get_string_member (answer, "sdp"),
                     yl_clock_now_us ());
  rtc_runner_add (driver->runner, liar);
  check ("wrong certificate is refused",
         rtc_runner_run (driver->runner, closed, liar, 5 * YL_US_PER_S)
             && rtc_client_counters (liar)->sender_reports == 0);
  rtc_runner_remove (driver->runner, liar);
}

static void
run_noise (ConsultDriver *driver)
{
  const RtcClientSetup setup = { .dtls = driver->dtls,
                                 .certificate = driver->certificate,
                                 .seed = g_random_int () };
  g_autoptr (RtcClient) stranger = rtc_client_new (&setup, yl_clock_now_us ());
  const ClientAnswer *known =
      rtc_client_get_answer (driver->clients[CONSULT_CLINIC]);
  g_autoptr (GString) sdp = g_string_new (NULL);
  char ip[YL_ADDRESS_TEXT_SIZE];
  const YlAddress *remote = rtc_client_remote (driver->clients[CONSULT_CLINIC]);
  for (unsigned i = 0; i < CLIENT_N_SECTIONS; i++)
    g_string_append_printf (sdp,
                            "m=x 9\r\na=ice-ufrag:%s\r\na=ice-pwd:wrong\r\n"
                            "a=candidate:1 1 udp 1 %s %u typ host\r\n",
                            known->ufrag, yl_address_ip_text (remote, ip),
                            remote->port);
  rtc_client_answer (stranger, sdp->str, yl_clock_now_us ());
  rtc_runner_add (driver->runner, stranger);
  for (unsigned i = 0; i < NOISE; i++) {
    uint32_t noise[64];
    for (size_t k = 0; k < G_N_ELEMENTS (noise); k++)
      noise[k] = g_random_int ();
    rtc_client_send_raw (stranger, (const uint8_t *) noise,
                         1 + g_random_int () % sizeof noise);
    if (i % 100 == 0)
      rtc_runner_pass (driver->runner, 0);
  }
  check ("noise from strangers", goes_on (driver));
  rtc_runner_remove (driver->runner, stranger);
}

int
main (int argc, char **argv)
{
  if (argc != 3 || strcmp (argv[1], "--host") != 0) {
    g_printerr ("usage: hostile --host HOST:PORT\n");
    return EXIT_FAILURE;
  }
  ConsultDriver driver;
  consult_driver_init (&driver, argv[2]);
  consult_driver_open (&driver);
  check ("consultation with media",
         consult_driver_connect (&driver, 10 * YL_US_PER_S));
  run_attacks (&driver);
  run_noise (&driver);
  run_wrong_certificate (&driver);
  consult_driver_close (&driver);
  consult_driver_clear (&driver);
  g_print ("1..%u\n", n_checks);
  return n_failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
