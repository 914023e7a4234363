/* test-workers.c: a daemon with two media workers: rooms spread over both, and
 * a course that lives on both */
#include "course-people.h"

static int
of_worker (const CoursePeople *people, const char *name, unsigned worker)
{
  g_autofree char *label =
      g_strdup_printf ("worker_%s{worker=\"%u\"}", name, worker);
  return daemon_metric (&people->daemon, label);
}

static void
await (CoursePeople *people, const char *name, unsigned worker, int wanted)
{
  while (of_worker (people, name, worker) != wanted)
    rtc_runner_pass (people->runner, 10000);
}

/* Viewers beyond the bound sit on the other worker and see the same, publisher
 * after publisher; when they have gone nothing is carried any more. */
static void
test_course_on_both (CoursePeople *people, const void *data)
{
  g_autofree char *publish = NULL, *watch = NULL;
  CoursePerson publisher, viewers[4];
  daemon_start_with (&people->daemon,
                     "media.workers=2 media.viewers_per_worker=2");
  course_people_ctl (people, "course add ecg", &publish, &watch);
  course_people_join (people, &publisher, "/whip/ecg", publish);
  for (size_t i = 0; i < 4; i++)
    course_people_join (people, &viewers[i], "/whep/ecg", watch);
  for (size_t i = 0; i < 4; i++)
    course_person_await_media (people, &viewers[i]);
  await (people, "peers", 0, 3);
  await (people, "peers", 1, 2);
  g_assert_cmpint (of_worker (people, "carried_out_total", 0), >, 0);
  g_assert_cmpint (of_worker (people, "carried_in_total", 1), >, 0);
  g_assert_cmpint (of_worker (people, "carried_out_total", 1), ==, 0);

  CoursePerson second;
  course_people_join (people, &second, "/whip/ecg", publish);
  course_person_await_closed (people, &publisher);
  course_person_clear (people, &publisher);
  for (size_t i = 0; i < 4; i++)
    course_person_await_media (people, &viewers[i]);

  for (size_t i = 2; i < 4; i++) {
    g_assert_cmpuint (course_person_remove (people, &viewers[i]), ==, 200);
    course_person_clear (people, &viewers[i]);
  }
  await (people, "rooms", 1, 0);
  course_person_await_media (people, &viewers[0]);
  const int before = of_worker (people, "carried_out_total", 0);
  course_person_await_media (people, &viewers[0]);
  g_assert_cmpint (of_worker (people, "carried_out_total", 0), ==, before);
  for (size_t i = 0; i < 2; i++)
    course_person_clear (people, &viewers[i]);
  course_person_clear (people, &second);
}

/* Rooms go where the least is. */
static void
test_rooms_spread (CoursePeople *people, const void *data)
{
  CoursePerson viewers[4];
  daemon_start_with (&people->daemon, "media.workers=2");
  for (size_t i = 0; i < 4; i++) {
    g_autofree char *publish = NULL, *watch = NULL;
    g_autofree char *add = g_strdup_printf ("course add c%zu", i);
    g_autofree char *path = g_strdup_printf ("/whep/c%zu", i);
    course_people_ctl (people, add, &publish, &watch);
    course_people_join (people, &viewers[i], path, watch);
  }
  for (size_t i = 0; i < 4; i++)
    course_person_await_connected (people, &viewers[i]);
  for (unsigned worker = 0; worker < 2; worker++) {
    await (people, "rooms", worker, 2);
    await (people, "peers", worker, 2);
  }
  for (size_t i = 0; i < 4; i++)
    course_person_clear (people, &viewers[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/app/workers/course-on-both", CoursePeople, NULL,
              course_people_set_up, test_course_on_both,
              course_people_tear_down);
  g_test_add ("/app/workers/rooms-spread", CoursePeople, NULL,
              course_people_set_up, test_rooms_spread, course_people_tear_down);
  return g_test_run ();
}
