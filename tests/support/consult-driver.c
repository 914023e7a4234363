/* consult-driver.c: two people and their clients through a consultation */
#include "consult-driver.h"

#include "base/time.h"
#include "io/clock.h"

#include <string.h>

#define DEPARTMENT "cardiology"
#define CLINIC_POST "qinghe-doctor"
#define EXPERT_POST "expert-cardiology"
#define PASSWORD "demo"
#define FLOW_PACKETS 8
#define OPINION                                              \
  "\"findings\":\"f\",\"diagnosis\":\"d\",\"advice\":\"a\"," \
  "\"follow_up\":\"u\""

/* Unlike those of any other run. */
static char *
make_command (ConsultDriver *self)
{
  return g_strdup_printf ("c-%" G_GINT64_FORMAT "-%u", g_get_real_time (),
                          ++self->n);
}

static void
sign_in (ConsultDriver *self, unsigned side, const char *host,
         const char *account)
{
  self->rpc[side] = rpc_client_new (host);
  json_object_unref (rpc_client_must (
      self->rpc[side], "session.open",
      "{\"account\":\"%s\",\"password\":\"" PASSWORD "\"}", account));
}

void
consult_driver_init (ConsultDriver *self, const char *host)
{
  g_autoptr (GError) error = NULL;
  memset (self, 0, sizeof *self);
  self->video_bps = 500000;
  self->certificate = yl_dtls_certificate_new (&error);
  g_assert_no_error (error);
  self->dtls = yl_dtls_context_new (self->certificate, &error);
  g_assert_no_error (error);
  self->runner = rtc_runner_new ();
  sign_in (self, CONSULT_CLINIC, host, "clinic");
  sign_in (self, CONSULT_EXPERT, host, "expert");
  g_autofree char *command = make_command (self);
  json_object_unref (rpc_client_must (
      self->rpc[CONSULT_EXPERT], "duty.set",
      "{\"command\":\"%s\",\"post\":\"" EXPERT_POST "\",\"on\":true}",
      command));
}

void
consult_driver_clear (ConsultDriver *self)
{
  for (unsigned side = 0; side < CONSULT_N_SIDES; side++) {
    g_clear_pointer (&self->rpc[side], rpc_client_free);
    g_clear_pointer (&self->clients[side], rtc_client_free);
  }
  g_clear_pointer (&self->runner, rtc_runner_free);
  g_clear_pointer (&self->dtls, yl_dtls_context_free);
  g_clear_pointer (&self->certificate, yl_dtls_certificate_free);
  g_clear_pointer (&self->id, g_free);
}

void
consult_driver_open (ConsultDriver *self)
{
  g_autofree char *request = make_command (self);
  g_autofree char *accept = make_command (self);
  g_autoptr (JsonObject) consultation = rpc_client_must (
      self->rpc[CONSULT_CLINIC], "consultation.request",
      "{\"command\":\"%s\",\"post\":\"" CLINIC_POST "\","
      "\"department\":\"" DEPARTMENT "\",\"urgency\":\"routine\","
      "\"patient\":{\"sex\":\"female\",\"age\":60,\"complaint\":\"test\","
      "\"summary\":\"\"},\"question\":\"\",\"consent\":{\"read\":true,"
      "\"doctor\":\"test\",\"at\":%" G_GINT64_FORMAT "}}",
      request, yl_clock_wall_ms ());
  g_free (self->id);
  self->id = g_strdup (json_object_get_string_member (consultation, "id"));
  json_object_unref (
      rpc_client_must (self->rpc[CONSULT_EXPERT], "consultation.accept",
                       "{\"command\":\"%s\",\"consultation\":\"%s\","
                       "\"post\":\"" EXPERT_POST "\"}",
                       accept, self->id));
}

static void
offer (ConsultDriver *self, unsigned side)
{
  const RtcClientSetup setup = { .dtls = self->dtls,
                                 .certificate = self->certificate,
                                 .seed = g_random_int (),
                                 .audio_bps = 40000,
                                 .video_bps = self->video_bps };
  RtcClient *client = rtc_client_new (&setup, yl_clock_now_us ());
  g_autofree char *text = rtc_client_offer (client);
  g_autofree char *sdp = rpc_quote (text);
  g_autofree char *connection = make_command (self);
  g_autoptr (JsonObject) answer = rpc_client_must (
      self->rpc[side], "media.offer",
      "{\"consultation\":\"%s\",\"generation\":1,\"connection\":\"%s\","
      "\"sdp\":%s}",
      self->id, connection, sdp);
  g_assert_true (
      rtc_client_answer (client, json_object_get_string_member (answer, "sdp"),
                         yl_clock_now_us ()));
  self->clients[side] = client;
  rtc_runner_add (self->runner, client);
}

static bool
flows (void *user)
{
  ConsultDriver *self = user;
  for (unsigned side = 0; side < CONSULT_N_SIDES; side++) {
    for (unsigned kind = 0; kind < 2; kind++) {
      if (rtc_client_sink (self->clients[side], (YlMediaKind) kind)->packets
          < FLOW_PACKETS)
        return false;
    }
  }
  return true;
}

bool
consult_driver_connect (ConsultDriver *self, uint64_t limit_us)
{
  const uint64_t start_us = yl_clock_now_us ();
  for (unsigned side = 0; side < CONSULT_N_SIDES; side++)
    offer (self, side);
  const bool done = rtc_runner_run (self->runner, flows, self, limit_us);
  self->connected_us = yl_clock_now_us () - start_us;
  return done;
}

void
consult_driver_close (ConsultDriver *self)
{
  g_autofree char *end = make_command (self);
  g_autofree char *sign = make_command (self);
  g_autofree char *acknowledge = make_command (self);
  json_object_unref (rpc_client_must (
      self->rpc[CONSULT_EXPERT], "consultation.end",
      "{\"command\":\"%s\",\"consultation\":\"%s\"}", end, self->id));
  for (unsigned side = 0; side < CONSULT_N_SIDES; side++) {
    if (self->clients[side] == NULL)
      continue;
    rtc_client_close (self->clients[side]);
    rtc_runner_remove (self->runner, self->clients[side]);
    g_clear_pointer (&self->clients[side], rtc_client_free);
  }
  json_object_unref (
      rpc_client_must (self->rpc[CONSULT_EXPERT], "opinion.sign",
                       "{\"command\":\"%s\",\"consultation\":\"%s\"," OPINION
                       ",\"password\":\"" PASSWORD "\"}",
                       sign, self->id));
  json_object_unref (rpc_client_must (
      self->rpc[CONSULT_CLINIC], "opinion.acknowledge",
      "{\"command\":\"%s\",\"consultation\":\"%s\"}", acknowledge, self->id));
}
