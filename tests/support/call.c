/* call.c: two test clients in one room of a gateway in this process */
#include "call.h"

#include "base/time.h"
#include "io/clock.h"

#define ROOM 1
#define JOIN_LIMIT_MS 5000
#define FLOW_PACKETS 15

void
call_set_up (Call *call, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  call->certificate = yl_dtls_certificate_new (&error);
  g_assert_no_error (error);
  call->dtls = yl_dtls_context_new (call->certificate, &error);
  g_assert_no_error (error);
  call->gateway = gateway_new ();
  call->runner = rtc_runner_new ();
  gateway_add_room (call->gateway, ROOM, true);
}

void
call_tear_down (Call *call, gconstpointer unused)
{
  rtc_runner_free (call->runner);
  for (unsigned i = 0; i < 2; i++)
    rtc_client_free (call->clients[i]);
  gateway_free (call->gateway);
  yl_dtls_context_free (call->dtls);
  yl_dtls_certificate_free (call->certificate);
}

RtcClientSetup
call_client_setup (const Call *call, unsigned i)
{
  return (RtcClientSetup){ .dtls = call->dtls,
                           .certificate = call->certificate,
                           .seed = 100 + i,
                           .audio_bps = 40000,
                           .video_bps = 500000 };
}

void
call_join (Call *call, unsigned i, const RtcClientSetup *setup)
{
  call->clients[i] = rtc_client_new (setup, yl_clock_now_us ());
  gateway_answer (call->gateway, ROOM, i + 1, call->clients[i]);
  rtc_runner_add (call->runner, call->clients[i]);
}

void
call_wait (Call *call, bool (*done) (void *call), unsigned limit_ms)
{
  g_assert_true (
      rtc_runner_run (call->runner, done, call, limit_ms * YL_US_PER_MS));
}

uint64_t
call_packets (const Call *call, unsigned i, YlMediaKind kind)
{
  return rtc_client_sink (call->clients[i], kind)->packets;
}

bool
call_flows (void *user)
{
  Call *call = user;
  for (unsigned i = 0; i < 2; i++) {
    if (call_packets (call, i, YL_MEDIA_AUDIO) < FLOW_PACKETS
        || call_packets (call, i, YL_MEDIA_VIDEO) < FLOW_PACKETS)
      return false;
  }
  return true;
}

void
call_connect (Call *call)
{
  for (unsigned i = 0; i < 2; i++) {
    const RtcClientSetup setup = call_client_setup (call, i);
    call_join (call, i, &setup);
  }
  call_wait (call, call_flows, JOIN_LIMIT_MS);
}
