/* Courses at the daemon as a process: published by WHIP, watched by WHEP */
#include "course-people.h"

#include "../server/scenario.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

typedef struct {
  CoursePeople people;
  char *publish;
  char *watch;
} Fixture;

static void
start (Fixture *f, const char *setting)
{
  daemon_start_with (&f->people.daemon, setting);
  course_people_ctl (&f->people, "course add ecg", &f->publish, &f->watch);
}

static void
set_up (Fixture *f, const void *data)
{
  course_people_set_up (&f->people, data);
}

static void
tear_down (Fixture *f, const void *data)
{
  course_people_tear_down (&f->people, data);
  g_free (f->publish);
  g_free (f->watch);
}

static int
metric (const Fixture *f, const char *name)
{
  return daemon_metric (&f->people.daemon, name);
}

static void
publish (Fixture *f, CoursePerson *person)
{
  course_people_join (&f->people, person, "/whip/ecg", f->publish);
}

static void
watch (Fixture *f, CoursePerson *person)
{
  course_people_join (&f->people, person, "/whep/ecg", f->watch);
}

/* One watches before there is anything to see, one comes later. */
static void
test_publish_and_watch (Fixture *f, const void *data)
{
  CoursePerson early, publisher, late;
  start (f, NULL);
  watch (f, &early);
  course_person_await_connected (&f->people, &early);
  publish (f, &publisher);
  course_person_await_media (&f->people, &early);
  watch (f, &late);
  course_person_await_media (&f->people, &late);
  g_assert_cmpint (metric (f, "courses"), ==, 1);
  g_assert_cmpint (metric (f, "publishers"), ==, 1);
  g_assert_cmpint (metric (f, "viewers"), ==, 2);

  g_assert_cmpuint (course_person_remove (&f->people, &late), ==, 200);
  course_person_await_closed (&f->people, &late);
  g_assert_cmpuint (course_person_remove (&f->people, &late), ==, 404);
  course_person_await_media (&f->people, &early);
  g_assert_cmpint (metric (f, "viewers"), ==, 1);

  course_person_clear (&f->people, &late);
  course_person_clear (&f->people, &early);
  course_person_clear (&f->people, &publisher);
}

static void
test_viewers_outlast_the_publisher (Fixture *f, const void *data)
{
  CoursePerson viewer, first, second;
  start (f, NULL);
  publish (f, &first);
  watch (f, &viewer);
  course_person_await_media (&f->people, &viewer);
  g_assert_cmpuint (course_person_remove (&f->people, &first), ==, 200);
  course_person_await_closed (&f->people, &first);
  course_person_clear (&f->people, &first);
  g_assert_cmpint (metric (f, "publishers"), ==, 0);
  g_assert_cmpint (metric (f, "viewers"), ==, 1);

  publish (f, &second);
  course_person_await_media (&f->people, &viewer);
  course_person_clear (&f->people, &second);
  course_person_clear (&f->people, &viewer);
}

/* An encoder that crashed comes back while the gateway still holds its old
 * session. */
static void
test_newest_publisher_takes_over (Fixture *f, const void *data)
{
  CoursePerson viewer, first, second;
  start (f, NULL);
  publish (f, &first);
  watch (f, &viewer);
  course_person_await_media (&f->people, &viewer);
  publish (f, &second);
  course_person_await_closed (&f->people, &first);
  g_assert_cmpuint (course_person_remove (&f->people, &first), ==, 404);
  course_person_clear (&f->people, &first);
  course_person_await_media (&f->people, &viewer);
  g_assert_cmpint (metric (f, "publishers"), ==, 1);
  course_person_clear (&f->people, &second);
  course_person_clear (&f->people, &viewer);
}

/* The other side ends the connection: nobody sends a DELETE. */
static void
test_closed_peers_free_their_resource (Fixture *f, const void *data)
{
  CoursePerson viewer, publisher;
  start (f, NULL);
  publish (f, &publisher);
  watch (f, &viewer);
  course_person_await_media (&f->people, &viewer);
  rtc_client_close (viewer.rtc);
  course_person_await_gone (&f->people, &viewer);
  rtc_client_close (publisher.rtc);
  course_person_await_gone (&f->people, &publisher);
  g_assert_cmpint (metric (f, "courses"), ==, 0);
  course_person_clear (&f->people, &publisher);
  course_person_clear (&f->people, &viewer);
}

static unsigned
post (Fixture *f, const char *path, const char *token, const char *body)
{
  g_autofree char *reply = NULL;
  const unsigned status =
      course_people_ask (&f->people, "POST", path, token, body, &reply);
  g_autofree char *origin =
      course_people_header (reply, "access-control-allow-origin");
  g_assert_cmpstr (origin, ==, "*");
  g_autofree char *challenge = course_people_header (reply, "www-authenticate");
  if (status == 401)
    g_assert_true (g_str_has_prefix (challenge, "Bearer"));
  return status;
}

static void
test_tokens (Fixture *f, const void *data)
{
  CoursePerson viewer;
  start (f, NULL);
  g_assert_cmpuint (post (f, "/whip/ecg", NULL, "v=0"), ==, 401);
  g_assert_cmpuint (post (f, "/whip/ecg", "wrong", "v=0"), ==, 401);
  g_assert_cmpuint (post (f, "/whip/other", f->publish, "v=0"), ==, 401);
  g_assert_cmpuint (post (f, "/whip/ecg", f->watch, "v=0"), ==, 403);
  g_assert_cmpuint (post (f, "/whep/ecg", f->publish, "v=0"), ==, 403);
  g_assert_cmpuint (post (f, "/whip/ecg", f->publish, "v=0"), ==, 400);
  g_assert_cmpint (metric (f, "courses"), ==, 0);

  watch (f, &viewer);
  g_assert_cmpuint (course_people_ask (&f->people, "DELETE", viewer.path,
                                       f->publish, "", NULL),
                    ==, 401);
  g_assert_cmpuint (
      course_people_ask (&f->people, "PATCH", viewer.path, f->watch, "", NULL),
      ==, 405);
  g_assert_cmpuint (course_person_remove (&f->people, &viewer), ==, 200);
  course_person_clear (&f->people, &viewer);
  g_assert_cmpint (metric (f, "whip_refused_total{reason=\"wrong_role\"}"), ==,
                   1);
  g_assert_cmpint (metric (f, "whep_refused_total{reason=\"wrong_role\"}"), ==,
                   1);
}

static void
test_wrong_tokens_are_throttled (Fixture *f, const void *data)
{
  CoursePerson viewer, other;
  unsigned refused = 0, status;
  start (f, NULL);
  watch (f, &viewer);
  while ((status = post (f, "/whep/ecg", "wrong", "v=0")) == 401)
    g_assert_cmpuint (++refused, <, 100);
  g_assert_cmpuint (status, ==, 429);
  /* The right token of a course that is on is let through. */
  watch (f, &other);
  course_person_clear (&f->people, &other);
  course_person_clear (&f->people, &viewer);
}

/* The token to watch lets nobody send, whatever the offer says. */
static void
test_viewers_do_not_publish (Fixture *f, const void *data)
{
  CoursePerson publisher, viewer;
  start (f, NULL);
  publish (f, &publisher);
  watch (f, &viewer);
  course_person_await_media (&f->people, &viewer);
  g_autofree char *both = rtc_client_offer (publisher.rtc);
  g_autofree char *reply = NULL;
  g_assert_cmpuint (course_people_ask (&f->people, "POST", "/whep/ecg",
                                       f->watch, both, &reply),
                    ==, 201);
  g_assert_null (strstr (reply, "a=recvonly"));
  g_assert_nonnull (strstr (reply, "a=sendonly"));
  g_clear_pointer (&reply, g_free);

  g_autofree char *slots = rtc_client_offer (viewer.rtc);
  g_assert_cmpuint (course_people_ask (&f->people, "POST", "/whip/ecg",
                                       f->publish, slots, &reply),
                    ==, 422);
  course_person_await_media (&f->people, &viewer);
  course_person_clear (&f->people, &viewer);
  course_person_clear (&f->people, &publisher);
}

static void
test_full (Fixture *f, const void *data)
{
  CoursePerson publisher, viewer;
  g_autofree char *reply = NULL;
  start (f, "limits.viewers=1");
  publish (f, &publisher);
  watch (f, &viewer);
  g_autofree char *offer = rtc_client_offer (viewer.rtc);
  g_assert_cmpuint (course_people_ask (&f->people, "POST", "/whep/ecg",
                                       f->watch, offer, &reply),
                    ==, 503);
  g_autofree char *retry = course_people_header (reply, "retry-after");
  g_assert_nonnull (retry);
  course_person_await_media (&f->people, &viewer);
  course_person_clear (&f->people, &viewer);
  course_person_clear (&f->people, &publisher);
}

/* The daemon dies: its clients' sessions are gone and they join anew. */
static void
test_restart (Fixture *f, const void *data)
{
  CoursePerson viewer, publisher;
  start (f, NULL);
  publish (f, &publisher);
  watch (f, &viewer);
  course_person_await_media (&f->people, &viewer);
  g_assert_cmpint (daemon_end (&f->people.daemon, SIGKILL), ==, 128 + SIGKILL);
  daemon_start (&f->people.daemon);
  g_assert_cmpuint (course_person_remove (&f->people, &viewer), ==, 404);
  g_assert_cmpuint (course_person_remove (&f->people, &publisher), ==, 404);
  course_person_clear (&f->people, &viewer);
  course_person_clear (&f->people, &publisher);

  watch (f, &viewer);
  publish (f, &publisher);
  course_person_await_media (&f->people, &viewer);
  course_person_clear (&f->people, &viewer);
  course_person_clear (&f->people, &publisher);
}

static void
test_drain (Fixture *f, const void *data)
{
  CoursePerson publisher;
  start (f, "server.drain_seconds=60");
  publish (f, &publisher);
  course_person_await_connected (&f->people, &publisher);
  const int fd = client_dial (f->people.daemon.http);
  g_autofree char *before =
      client_exchange (fd, "OPTIONS /whep/ecg HTTP/1.1\r\nHost: a\r\n\r\n");
  g_assert_true (g_str_has_prefix (before, "HTTP/1.1 200"));
  kill (f->people.daemon.pid, SIGTERM);
  while (client_listens (f->people.daemon.http))
    rtc_runner_pass (f->people.runner, 10000);
  g_autofree char *request = g_strdup_printf (
      "POST /whep/ecg HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\n"
      "Content-Type: application/sdp\r\nContent-Length: 3\r\n\r\nv=0",
      f->watch);
  g_autofree char *reply = client_exchange (fd, request);
  g_assert_true (g_str_has_prefix (reply, "HTTP/1.1 503"));
  g_autofree char *retry = course_people_header (reply, "retry-after");
  g_assert_nonnull (retry);
  close (fd);
  rtc_client_close (publisher.rtc);
  course_person_clear (&f->people, &publisher);
}

static void
await_line (const Fixture *f, const char *part)
{
  g_free (daemon_await_line (&f->people.daemon, part));
}

/* Who is waited for is said, and being asked again ends the waiting. */
static void
test_drain_in_a_hurry (Fixture *f, const void *data)
{
  g_autofree char *publish_other = NULL, *watch_other = NULL;
  CoursePerson publisher, viewer, other;
  start (f, "server.drain_seconds=60");
  course_people_ctl (&f->people, "course add lung", &publish_other,
                     &watch_other);
  publish (f, &publisher);
  watch (f, &viewer);
  course_people_join (&f->people, &other, "/whip/lung", publish_other);
  course_person_await_connected (&f->people, &other);
  course_person_await_media (&f->people, &viewer);
  kill (f->people.daemon.pid, SIGTERM);
  await_line (f, "draining: 60 s left, rooms=2 peers=3");
  rtc_client_close (other.rtc);
  rtc_runner_pass (f->people.runner, 10000);
  await_line (f, "s left, rooms=1 peers=2");
  kill (f->people.daemon.pid, SIGINT);
  await_line (f, "asked again, ends at once: rooms=1 peers=2");
  /* A signal that changes nothing. */
  g_assert_cmpint (daemon_end (&f->people.daemon, SIGCONT), ==, 0);
  course_person_clear (&f->people, &other);
  course_person_clear (&f->people, &viewer);
  course_person_clear (&f->people, &publisher);
}

/* New tokens, then none: who is in is ended by a reload. */
static void
test_reload (Fixture *f, const void *data)
{
  CoursePerson viewer, publisher;
  start (f, NULL);
  publish (f, &publisher);
  watch (f, &viewer);
  course_person_await_media (&f->people, &viewer);
  g_autofree char *old = g_strdup (f->watch);
  course_people_ctl (&f->people, "course token ecg", &f->publish, &f->watch);
  g_assert_cmpuint (post (f, "/whep/ecg", old, "v=0"), ==, 401);
  kill (f->people.daemon.pid, SIGHUP);
  course_person_await_closed (&f->people, &publisher);
  course_person_await_closed (&f->people, &viewer);
  course_person_clear (&f->people, &viewer);
  course_person_clear (&f->people, &publisher);

  watch (f, &viewer);
  course_person_await_connected (&f->people, &viewer);
  kill (f->people.daemon.pid, SIGHUP);
  g_free (daemon_ctl (&f->people.daemon, "course remove ecg"));
  g_assert_cmpuint (post (f, "/whep/ecg", f->watch, "v=0"), ==, 401);
  kill (f->people.daemon.pid, SIGHUP);
  course_person_await_gone (&f->people, &viewer);
  course_person_clear (&f->people, &viewer);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) \
  g_test_add ("/app/courses/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("publish-and-watch", test_publish_and_watch);
  ADD ("viewers-outlast-the-publisher", test_viewers_outlast_the_publisher);
  ADD ("newest-publisher-takes-over", test_newest_publisher_takes_over);
  ADD ("closed-peers-free-their-resource",
       test_closed_peers_free_their_resource);
  ADD ("tokens", test_tokens);
  ADD ("wrong-tokens-are-throttled", test_wrong_tokens_are_throttled);
  ADD ("viewers-do-not-publish", test_viewers_do_not_publish);
  ADD ("full", test_full);
  ADD ("restart", test_restart);
  ADD ("drain", test_drain);
  ADD ("drain-in-a-hurry", test_drain_in_a_hurry);
  ADD ("reload", test_reload);
  return g_test_run ();
}
