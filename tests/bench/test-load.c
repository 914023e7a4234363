/* test-load.c: the load program against the real daemon, in short */
#include "base/time.h"
#include "drops.h"
#include "http.h"
#include "own-address.h"
#include "swarm.h"
#include "targets.h"

#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>

#define LIMIT_US (30 * YL_US_PER_S)

/* --- as a program --- */

static JsonObject *
run_load (const char *const *arguments)
{
  const char *build = g_getenv ("YL_BUILDDIR");
  g_autofree char *program = g_build_filename (build != NULL ? build : ".",
                                               "tests", "bench", "load", NULL);
  g_autoptr (GStrvBuilder) argv = g_strv_builder_new ();
  g_strv_builder_add_many (argv, program, "--target", "yilian", "--warmup", "0",
                           "--seconds", "1", NULL);
  g_strv_builder_addv (argv, (const char **) arguments);
  g_auto (GStrv) all = g_strv_builder_end (argv);
  g_autofree char *output = NULL;
  g_autoptr (GError) error = NULL;
  int status;
  g_spawn_sync (NULL, all, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL,
                &status, &error);
  g_assert_no_error (error);
  g_assert_true (g_spawn_check_wait_status (status, NULL));
  g_test_message ("%s", output);
  g_autoptr (JsonNode) root = json_from_string (output, &error);
  g_assert_no_error (error);
  return json_object_ref (json_node_get_object (root));
}

static gint64
number (JsonObject *report, const char *name)
{
  return json_object_get_int_member (report, name);
}

static void
assert_sound (JsonObject *report, gint64 joins)
{
  JsonObject *latency = json_object_get_object_member (report, "latency_us");
  JsonObject *join = json_object_get_object_member (report, "join_ms");
  g_assert_cmpstr (json_object_get_string_member (report, "srtp_profile"), ==,
                   "AEAD_AES_128_GCM");
  g_assert_nonnull (strstr ("ipsec-mb openssl",
                            json_object_get_string_member (report, "crypto")));
  g_assert_cmpstr (json_object_get_string_member (report, "crypto"), !=, "");
  g_assert_cmpint (number (report, "packets"), >, 100);
  g_assert_cmpint (number (report, "loss"), ==, 0);
  g_assert_cmpint (number (report, "bad"), ==, 0);
  g_assert_cmpint (number (report, "wrong"), ==, 0);
  g_assert_cmpint (number (report, "unknown"), ==, 0);
  g_assert_cmpint (number (latency, "n"), ==, number (report, "packets"));
  g_assert_cmpint (number (latency, "max"), >, 0);
  g_assert_cmpint (number (join, "n"), ==, joins);
  g_assert_cmpfloat (
      json_object_get_double_member (report, "cpu_ns_per_packet"), >, 0);
  g_assert_cmpint (number (report, "rss_kb"), >, 0);
}

static void
test_course (void)
{
  static const char *const arguments[] = { "--scenario", "course",
                                           "--viewers",  "3",
                                           "--spread",   NULL };
  g_autoptr (JsonObject) report = run_load (arguments);
  assert_sound (report, 3);
}

static void
test_gro (void)
{
  static const char *const arguments[] = { "--scenario", "course", "--viewers",
                                           "3",          "--gro",  "--twcc",
                                           NULL };
  g_autoptr (JsonObject) report = run_load (arguments);
  assert_sound (report, 3);
}

static void
test_rooms (void)
{
  static const char *const arguments[] = { "--scenario", "rooms", "--rooms",
                                           "2", NULL };
  g_autoptr (JsonObject) report = run_load (arguments);
  assert_sound (report, 2);
}

static void
test_storm (void)
{
  static const char *const arguments[] = {
    "--scenario", "storm", "--viewers", "2", "--joining", "5", NULL
  };
  g_autoptr (JsonObject) report = run_load (arguments);
  JsonObject *latency = json_object_get_object_member (report, "latency_us");
  JsonObject *machine = json_object_get_object_member (report, "machine_us");
  JsonObject *join = json_object_get_object_member (report, "join_ms");
  g_assert_cmpint (number (join, "n"), ==, 5);
  g_assert_cmpint (number (latency, "n"), >, 0);
  g_assert_cmpint (number (latency, "p99"), <=, number (latency, "p999"));
  g_assert_cmpint (number (latency, "p999"), <=, number (latency, "max"));
  g_assert_cmpint (number (machine, "n"), >, 0);
}

/* Both of each quiet room are measured, twice: 110 packets a second each. */
static void
test_noisy (void)
{
  static const char *const arguments[] = { "--scenario", "noisy",     "--rooms",
                                           "2",          "--viewers", "3",
                                           NULL };
  g_autoptr (JsonObject) report = run_load (arguments);
  JsonObject *alone =
      json_object_get_object_member (report, "latency_alone_us");
  assert_sound (report, 2 + 3);
  g_assert_cmpint (number (alone, "n"), >, 4 * 80);
  g_assert_cmpint (number (report, "packets"), >, 4 * 80);
}

static gint64
count_dropped (JsonObject *report, const char *reason)
{
  return json_object_get_int_member_with_default (
      json_object_get_object_member (report, "dropped"), reason, 0);
}

/* All that a flood sends is counted where it is dropped: in the kernel too,
 * where the machine cannot take it. */
static void
test_flood (void)
{
  static const char *const arguments[] = {
    "--scenario", "course",       "--viewers", "2", "--flood",
    "rtp",        "--flood-rate", "2000",      NULL
  };
  g_autoptr (JsonObject) report = run_load (arguments);
  const gint64 flooded = number (report, "flooded");
  const gint64 unknown = count_dropped (report, "unknown_source");
  assert_sound (report, 2);
  g_assert_cmpint (unknown, >, 0);
  g_assert_cmpint (unknown, <=, flooded);
  g_assert_cmpint (unknown + count_dropped (report, DROPS_BY_KERNEL), >=,
                   flooded);
  g_assert_cmpint (number (report, "rss_before_kb"), >, 0);
  g_assert_cmpint (number (report, "rss_after_kb"), >, 0);
}

/* --- by its parts --- */

static const char *const ONE_VIEWER[] = { "conf.limits.viewers=1", NULL };

typedef struct {
  char *folder;
  Target *target;
  YlDtlsCertificate *certificate;
  YlDtlsContext *dtls;
  ConnectionSetup setup;
  Swarm *swarm;
} Fixture;

/* @options: of the target, NULL: none */
static void
set_up (Fixture *fixture, gconstpointer options)
{
  g_autoptr (GError) error = NULL;
  const TargetType *type = targets_find ("yilian");
  fixture->folder = g_dir_make_tmp ("yilian-load-XXXXXX", NULL);
  fixture->certificate = yl_dtls_certificate_new (NULL);
  fixture->dtls = yl_dtls_context_new (fixture->certificate, NULL);
  fixture->setup = (ConnectionSetup){
    .dtls = fixture->dtls,
    .fingerprint = yl_dtls_certificate_fingerprint (fixture->certificate),
    .video_bps = 300000
  };
  own_address_find (&fixture->setup.own);
  fixture->target = g_malloc0 (type->size);
  fixture->target->type = type;
  fixture->target->setup = (TargetSetup){ .own = fixture->setup.own,
                                          .rooms = 1,
                                          .courses = 1,
                                          .viewers = 1,
                                          .options = (char **) options,
                                          .folder = fixture->folder };
  type->start (fixture->target, &error);
  g_assert_no_error (error);
  fixture->swarm = swarm_new (fixture->target, &fixture->setup, 2, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  swarm_free (fixture->swarm);
  fixture->target->type->stop (fixture->target);
  g_free (fixture->target);
  yl_dtls_context_free (fixture->dtls);
  yl_dtls_certificate_free (fixture->certificate);
  g_autofree char *command = g_strdup_printf ("rm -r '%s'", fixture->folder);
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  g_free (fixture->folder);
}

/* What the daemon says of itself. */
static int
read_metric (const Fixture *fixture, const char *name)
{
  g_autofree char *path = g_build_filename (fixture->folder, "ports", NULL);
  g_autofree char *ports = NULL;
  g_assert_true (g_file_get_contents (path, &ports, NULL, NULL));
  const char *port = strstr (ports, "metrics=");
  g_assert_nonnull (port);
  g_autofree char *host =
      g_strdup_printf ("127.0.0.1:%d", atoi (port + strlen ("metrics=")));
  const HttpRequest request = { .host = host,
                                .method = "GET",
                                .path = "/metrics" };
  g_auto (HttpAnswer) answer = { 0 };
  g_assert_true (http_exchange (&request, &answer, NULL));
  g_autofree char *line = g_strdup_printf ("\n%s ", name);
  const char *at = strstr (answer.body, line);
  g_assert_nonnull (at);
  return atoi (at + strlen (line));
}

static bool
settled (void *user)
{
  const Connection *connection = user;
  return connection->state >= CONNECTION_SETTLED;
}

static Connection *
add (Fixture *fixture, ConnectionRole role, Connection *source)
{
  g_autoptr (GError) error = NULL;
  Connection *connection =
      swarm_add (fixture->swarm, role, 0, 0, source, &error);
  g_assert_no_error (error);
  g_assert_true (swarm_run (fixture->swarm, settled, connection, LIMIT_US));
  g_assert_no_error (connection->error);
  return connection;
}

static bool
one_peer_left (void *user)
{
  return read_metric (user, "yilian_peers") == 1;
}

static void
test_leave (Fixture *fixture, gconstpointer unused)
{
  Connection *publisher = add (fixture, CONNECTION_PUBLISH, NULL);
  Connection *viewer = add (fixture, CONNECTION_VIEW, publisher);
  g_assert_cmpuint (viewer->first_ns, >, viewer->request_ns);
  g_assert_cmpint (read_metric (fixture, "yilian_peers"), ==, 2);
  swarm_remove (fixture->swarm, viewer);
  g_assert_true (swarm_run (fixture->swarm, one_peer_left, fixture, LIMIT_US));
}

static bool
tried_again (void *user)
{
  return swarm_retries (user) > 0;
}

/* The one place is taken, and whoever waits for it gets it in the end. */
static void
test_full (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  Connection *publisher = add (fixture, CONNECTION_PUBLISH, NULL);
  Connection *first = add (fixture, CONNECTION_VIEW, publisher);
  g_assert_cmpuint (swarm_retries (fixture->swarm), ==, 0);
  Connection *second =
      swarm_add (fixture->swarm, CONNECTION_VIEW, 0, 0, publisher, &error);
  g_assert_no_error (error);
  g_assert_true (
      swarm_run (fixture->swarm, tried_again, fixture->swarm, LIMIT_US));
  swarm_remove (fixture->swarm, first);
  g_assert_true (swarm_run (fixture->swarm, settled, second, LIMIT_US));
  g_assert_no_error (second->error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bench/load/course", test_course);
  g_test_add_func ("/bench/load/gro", test_gro);
  g_test_add_func ("/bench/load/rooms", test_rooms);
  g_test_add_func ("/bench/load/storm", test_storm);
  g_test_add_func ("/bench/load/noisy", test_noisy);
  g_test_add_func ("/bench/load/flood", test_flood);
  g_test_add ("/bench/load/leave", Fixture, NULL, set_up, test_leave,
              tear_down);
  g_test_add ("/bench/load/full", Fixture, ONE_VIEWER, set_up, test_full,
              tear_down);
  return g_test_run ();
}
