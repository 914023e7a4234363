/* test-swarm.c: asking a server that has too much to do */
#include "base/time.h"
#include "own-address.h"
#include "swarm.h"

#include <stdatomic.h>

#define LIMIT_US (30 * YL_US_PER_S)

/* A server that never answers for anybody. */
typedef struct {
  Target base;
  unsigned busy; /* how often it says "later" before it says "no" */
  _Atomic unsigned asked;
} Refuser;

static TargetSeat *
refuse (Target *target, unsigned room, unsigned who, const TargetLocal *local,
        TargetRemote *remote, GError **error)
{
  Refuser *self = (Refuser *) target;
  const bool later = atomic_fetch_add (&self->asked, 1) < self->busy;
  g_set_error_literal (error, TARGET_ERROR,
                       later ? TARGET_ERROR_BUSY : TARGET_ERROR_FAILED,
                       later ? "later" : "no");
  return NULL;
}

static const TargetType REFUSER = { .name = "refuser",
                                    .size = sizeof (Refuser),
                                    .publish = refuse };

typedef struct {
  Refuser refuser;
  YlDtlsCertificate *certificate;
  YlDtlsContext *dtls;
  ConnectionSetup setup;
  Swarm *swarm;
} Fixture;

static void
set_up (Fixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  f->certificate = yl_dtls_certificate_new (NULL);
  f->dtls = yl_dtls_context_new (f->certificate, NULL);
  f->setup = (ConnectionSetup){ .dtls = f->dtls,
                                .fingerprint = yl_dtls_certificate_fingerprint (
                                    f->certificate),
                                .video_bps = 300000 };
  own_address_find (&f->setup.own);
  f->refuser.base.type = &REFUSER;
  f->swarm = swarm_new (&f->refuser.base, &f->setup, 2, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  g_clear_pointer (&f->swarm, swarm_free);
  yl_dtls_context_free (f->dtls);
  yl_dtls_certificate_free (f->certificate);
}

static Connection *
add (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  Connection *connection =
      swarm_add (f->swarm, CONNECTION_PUBLISH, 0, 0, NULL, &error);
  g_assert_no_error (error);
  return connection;
}

static bool
failed (void *user)
{
  const Connection *connection = user;
  return connection->state == CONNECTION_FAILED;
}

/* Who says "no" means it. */
static void
test_no (Fixture *f, gconstpointer unused)
{
  Connection *connection = add (f);
  g_assert_true (swarm_run (f->swarm, failed, connection, LIMIT_US));
  g_assert_error (connection->error, TARGET_ERROR, TARGET_ERROR_FAILED);
  g_assert_cmpuint (f->refuser.asked, ==, 1);
  g_assert_cmpuint (swarm_retries (f->swarm), ==, 0);
}

static void
test_later (Fixture *f, gconstpointer unused)
{
  f->refuser.busy = 2;
  Connection *connection = add (f);
  g_assert_true (swarm_run (f->swarm, failed, connection, LIMIT_US));
  g_assert_error (connection->error, TARGET_ERROR, TARGET_ERROR_FAILED);
  g_assert_cmpuint (f->refuser.asked, ==, 3);
  g_assert_cmpuint (swarm_retries (f->swarm), ==, 2);
}

static bool
tried_again (void *user)
{
  return swarm_retries (user) > 0;
}

/* Nobody waits for those who would try for seconds more. */
static void
test_end (Fixture *f, gconstpointer unused)
{
  f->refuser.busy = G_MAXUINT;
  add (f);
  g_assert_true (swarm_run (f->swarm, tried_again, f->swarm, LIMIT_US));
  g_clear_pointer (&f->swarm, swarm_free);
  g_assert_cmpuint (f->refuser.asked, <, 9);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/bench/swarm/no", Fixture, NULL, set_up, test_no, tear_down);
  g_test_add ("/bench/swarm/later", Fixture, NULL, set_up, test_later,
              tear_down);
  g_test_add ("/bench/swarm/end", Fixture, NULL, set_up, test_end, tear_down);
  return g_test_run ();
}
