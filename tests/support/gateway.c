/* gateway.c: the media side of the gateway in this process */
#include "gateway.h"

#include "base/ids.h"
#include "io/clock.h"
#include "io/system-random.h"
#include "nego/nego.h"
#include "pipeline/relay.h"
#include "plugins.h"

#include <gst/gst.h>
#include <string.h>

#define MAX_PEERS 2048
#define N_EVENT_KINDS (YL_WORKER_EVENT_SLOT + 1)

typedef struct {
  YlNegoSession *session;
  uint32_t generation;
  unsigned events[N_EVENT_KINDS];
} Peer;

struct Gateway {
  YlDtlsCertificate *certificate;
  YlDtlsContext *dtls;
  YlWorker *worker;
  YlPipelineRelay *relay;
  YlRandom random;
  Peer peers[MAX_PEERS]; /* by id */
};

Gateway *
gateway_new (void)
{
  g_autoptr (GError) error = NULL;
  Gateway *self = g_new0 (Gateway, 1);
  YlAddress loopback;
  gst_init (NULL, NULL);
  yl_plugins_register_static ();
  yl_system_random_init (&self->random);
  yl_address_parse_ip (&loopback, "127.0.0.1", 0);
  self->certificate = yl_dtls_certificate_new (&error);
  g_assert_no_error (error);
  self->dtls = yl_dtls_context_new (self->certificate, &error);
  g_assert_no_error (error);
  const YlWorkerConfig config = { .bind = &loopback, .dtls = self->dtls };
  self->worker = yl_worker_new (&config, &error);
  g_assert_no_error (error);
  self->relay = yl_pipeline_relay_new (self->worker, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (yl_pipeline_relay_start (self->relay, &error));
  return self;
}

void
gateway_free (Gateway *self)
{
  yl_pipeline_relay_free (self->relay);
  yl_worker_free (self->worker);
  for (size_t i = 0; i < MAX_PEERS; i++)
    g_clear_pointer (&self->peers[i].session, yl_nego_session_free);
  yl_dtls_context_free (self->dtls);
  yl_dtls_certificate_free (self->certificate);
  g_free (self);
}

static void
post (Gateway *self, YlCommand command)
{
  g_assert_true (yl_worker_post (self->worker, &command));
}

void
gateway_forward (Gateway *self, uint64_t room, bool on)
{
  post (self, (YlCommand){ .kind = YL_COMMAND_ROOM_FORWARD,
                           .room = { room },
                           .on = on });
}

void
gateway_add_room (Gateway *self, uint64_t room, bool forward)
{
  post (self, (YlCommand){ .kind = YL_COMMAND_ROOM_ADD, .room = { room } });
  if (forward)
    gateway_forward (self, room, true);
}

void
gateway_remove_room (Gateway *self, uint64_t room)
{
  post (self, (YlCommand){ .kind = YL_COMMAND_ROOM_REMOVE, .room = { room } });
}

void
gateway_answer (Gateway *self, uint64_t room, uint64_t id, RtcClient *client)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = rtc_client_offer (client);
  YlAddress candidate;
  g_assert_cmpuint (id, <, MAX_PEERS);
  Peer *peer = &self->peers[id];
  const bool first = peer->session == NULL;
  if (first)
    peer->session = yl_nego_session_new ();
  yl_address_parse_ip (&candidate, "127.0.0.1", yl_worker_port (self->worker));
  YlNegoSite site = { .candidates = &candidate, .n_candidates = 1 };
  memcpy (site.fingerprint.sha256,
          yl_dtls_certificate_sha256 (self->certificate),
          sizeof site.fingerprint.sha256);
  const YlNegoOffer offer = { .text = text,
                              .size = strlen (text),
                              .generation = ++peer->generation };
  YlNegoAnswer answer;
  yl_nego_answer (peer->session, &offer, &site, &self->random, &answer, &error);
  g_assert_no_error (error);
  post (self, (YlCommand){ .kind = first ? YL_COMMAND_PEER_ADD
                                         : YL_COMMAND_PEER_UPDATE,
                           .room = { room },
                           .peer = { id },
                           .config = g_steal_pointer (&answer.config) });
  g_assert_true (rtc_client_answer (client, answer.text, yl_clock_now_us ()));
  yl_nego_answer_clear (&answer);
}

void
gateway_remove_peer (Gateway *self, uint64_t peer)
{
  post (self, (YlCommand){ .kind = YL_COMMAND_PEER_REMOVE, .peer = { peer } });
  g_clear_pointer (&self->peers[peer].session, yl_nego_session_free);
  memset (&self->peers[peer], 0, sizeof self->peers[peer]);
}

unsigned
gateway_events (Gateway *self, uint64_t peer, YlWorkerEventKind kind)
{
  YlWorkerEvent event;
  g_main_context_iteration (NULL, FALSE);
  while (yl_worker_take_event (self->worker, &event)) {
    if (event.peer.v < MAX_PEERS)
      self->peers[event.peer.v].events[event.kind]++;
  }
  return self->peers[peer].events[kind];
}

void
gateway_get_metrics (Gateway *self, YlWorkerMetrics *metrics)
{
  yl_worker_get_metrics (self->worker, metrics);
}
