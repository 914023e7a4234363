/* relay-fixture.h: a worker with its relay, and a main loop to wait in */
#pragma once

#include "dtls/certificate.h"
#include "pipeline/relay.h"
#include "plugins.h"
#include "worker/worker.h"

typedef struct {
  YlDtlsContext *dtls;
  YlWorker *worker;
  YlPipelineRelay *relay;
} RelayFixture;

static inline void
fail_relay (void *user, const GError *error)
{
  g_assert_no_error (error);
}

static inline void
relay_fixture_init (RelayFixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (YlDtlsCertificate) certificate = yl_dtls_certificate_new (&error);
  g_assert_no_error (error);
  self->dtls = yl_dtls_context_new (certificate, &error);
  g_assert_no_error (error);
  const YlWorkerConfig config = { .dtls = self->dtls, .max_peers = 4 };
  self->worker = yl_worker_new (&config, &error);
  g_assert_no_error (error);
  self->relay = yl_pipeline_relay_new (self->worker, fail_relay, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (yl_pipeline_relay_start (self->relay, &error));
  g_assert_no_error (error);
}

static inline void
relay_fixture_clear (RelayFixture *self)
{
  yl_pipeline_relay_free (self->relay);
  yl_worker_free (self->worker);
  yl_dtls_context_free (self->dtls);
}

static inline YlWorkerMetrics
relay_fixture_metrics (RelayFixture *self)
{
  YlWorkerMetrics metrics;
  yl_worker_get_metrics (self->worker, &metrics);
  return metrics;
}

static inline void
relay_fixture_open_room (RelayFixture *self, YlRoomId room)
{
  const YlCommand add = { .kind = YL_COMMAND_ROOM_ADD, .room = room };
  const YlCommand forward = { .kind = YL_COMMAND_ROOM_FORWARD,
                              .room = room,
                              .on = true };
  g_assert_true (yl_worker_post (self->worker, &add));
  g_assert_true (yl_worker_post (self->worker, &forward));
  /* the pads of a branch look the room up as soon as they have data */
  while (relay_fixture_metrics (self).rooms == 0)
    g_main_context_iteration (NULL, FALSE);
}

/* Runs the main loop until @done says so; false after @seconds. */
typedef bool (*FixtureDone) (void *user);

static inline gboolean
fixture_tick (void *user)
{
  *(bool *) user = true;
  return G_SOURCE_CONTINUE;
}

static inline bool
fixture_wait (FixtureDone done, void *user, unsigned seconds)
{
  const gint64 end = g_get_monotonic_time () + seconds * G_USEC_PER_SEC;
  bool ticked = false;
  const guint tick = g_timeout_add (10, fixture_tick, &ticked);
  while (!done (user) && g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (tick);
  return done (user);
}
