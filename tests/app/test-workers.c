/* test-workers.c: a daemon with two media workers: rooms spread over both, and
 * a course that lives on both */
#include "course-people.h"

#include "../server/scenario.h"

#include <string.h>
#include <unistd.h>

typedef struct {
  DaemonProcess daemon;
  CoursePeople people;
} Fixture;

static void
set_up (Fixture *f, const void *data)
{
  daemon_set_up (&f->daemon);
  course_people_init (&f->people, &f->daemon);
}

static void
tear_down (Fixture *f, const void *data)
{
  course_people_clear (&f->people);
  daemon_tear_down (&f->daemon);
}

static unsigned
of_worker (const Fixture *f, const char *name, unsigned worker)
{
  g_autofree char *label =
      g_strdup_printf ("\nyilian_worker_%s{worker=\"%u\"} ", name, worker);
  const int fd = client_dial (f->daemon.metrics);
  g_autofree char *text =
      client_exchange (fd, "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
  close (fd);
  const char *at = strstr (text, label);
  g_assert_nonnull (at);
  return (unsigned) g_ascii_strtoull (at + strlen (label), NULL, 10);
}

static void
await (Fixture *f, const char *name, unsigned worker, unsigned wanted)
{
  while (of_worker (f, name, worker) != wanted)
    rtc_runner_pass (f->people.runner, 10000);
}

/* Viewers beyond the bound sit on the other worker and see the same, publisher
 * after publisher; when they have gone nothing is carried any more. */
static void
test_course_on_both (Fixture *f, const void *data)
{
  g_autofree char *publish = NULL, *watch = NULL;
  CoursePerson publisher, viewers[4];
  daemon_start_with (&f->daemon, "media.workers=2 media.viewers_per_worker=2");
  course_people_ctl (&f->people, "course add ecg", &publish, &watch);
  course_people_join (&f->people, &publisher, "/whip/ecg", publish);
  for (size_t i = 0; i < 4; i++)
    course_people_join (&f->people, &viewers[i], "/whep/ecg", watch);
  for (size_t i = 0; i < 4; i++)
    course_person_await_media (&f->people, &viewers[i]);
  await (f, "peers", 0, 3);
  await (f, "peers", 1, 2);
  g_assert_cmpuint (of_worker (f, "carried_out_total", 0), >, 0);
  g_assert_cmpuint (of_worker (f, "carried_in_total", 1), >, 0);
  g_assert_cmpuint (of_worker (f, "carried_out_total", 1), ==, 0);

  CoursePerson second;
  course_people_join (&f->people, &second, "/whip/ecg", publish);
  course_person_await_closed (&f->people, &publisher);
  course_person_clear (&f->people, &publisher);
  for (size_t i = 0; i < 4; i++)
    course_person_await_media (&f->people, &viewers[i]);

  for (size_t i = 2; i < 4; i++) {
    g_assert_cmpuint (course_person_remove (&f->people, &viewers[i]), ==, 200);
    course_person_clear (&f->people, &viewers[i]);
  }
  await (f, "rooms", 1, 0);
  course_person_await_media (&f->people, &viewers[0]);
  const unsigned before = of_worker (f, "carried_out_total", 0);
  course_person_await_media (&f->people, &viewers[0]);
  g_assert_cmpuint (of_worker (f, "carried_out_total", 0), ==, before);
  for (size_t i = 0; i < 2; i++)
    course_person_clear (&f->people, &viewers[i]);
  course_person_clear (&f->people, &second);
}

/* Rooms go where the least is. */
static void
test_rooms_spread (Fixture *f, const void *data)
{
  CoursePerson viewers[4];
  daemon_start_with (&f->daemon, "media.workers=2");
  for (size_t i = 0; i < 4; i++) {
    g_autofree char *publish = NULL, *watch = NULL;
    g_autofree char *add = g_strdup_printf ("course add c%zu", i);
    g_autofree char *path = g_strdup_printf ("/whep/c%zu", i);
    course_people_ctl (&f->people, add, &publish, &watch);
    course_people_join (&f->people, &viewers[i], path, watch);
  }
  for (size_t i = 0; i < 4; i++)
    course_person_await_connected (&f->people, &viewers[i]);
  for (unsigned worker = 0; worker < 2; worker++) {
    await (f, "rooms", worker, 2);
    await (f, "peers", worker, 2);
  }
  for (size_t i = 0; i < 4; i++)
    course_person_clear (&f->people, &viewers[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/app/workers/course-on-both", Fixture, NULL, set_up,
              test_course_on_both, tear_down);
  g_test_add ("/app/workers/rooms-spread", Fixture, NULL, set_up,
              test_rooms_spread, tear_down);
  return g_test_run ();
}
