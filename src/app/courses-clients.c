/* Who is in which course: sessions come, connect, are lost and end */
#include "app/courses-private.h"

#include "base/log.h"

#include <string.h>

/* How long an answer waits for its client to connect [s]. */
#define CONNECT_S 30
/* How long a connection that fell silent may come back [s]; the worker waits
 * 5 s before it says so (RFC 7675: 30 s in all). */
#define LOST_S 25

/* --- courses --- */

static void on_event (YlRoomPeer *peer, const YlWorkerEvent *event,
                      void *user_data);

YlCourse *
yl_courses_ensure (YlCourses *self, const char *name)
{
  YlCourse *course = g_hash_table_lookup (self->courses, name);
  if (course != NULL)
    return course;
  course = g_new0 (YlCourse, 1);
  course->courses = self;
  course->name = g_strdup (name);
  yl_rooms_open (self->rooms, &course->base, on_event, course);
  yl_rooms_set_forwarding (self->rooms, &course->base, true);
  g_hash_table_insert (self->courses, course->name, course);
  return course;
}

void
yl_courses_let_go (YlCourses *self, YlCourse *course)
{
  if (course->base.n_peers > 0)
    return;
  yl_rooms_close (self->rooms, &course->base);
  g_hash_table_remove (self->courses, course->name);
  g_free (course->name);
  g_free (course);
}

/* --- clients --- */

static gboolean
on_timer (void *data)
{
  YlCourseClient *client = data;
  client->timer = 0;
  yl_courses_leave (client->course->courses, client);
  return G_SOURCE_REMOVE;
}

static void
start_timer (YlCourseClient *client, unsigned seconds)
{
  g_clear_handle_id (&client->timer, g_source_remove);
  client->timer = g_timeout_add_seconds (seconds, on_timer, client);
}

/* All but the course, which may be without clients for a moment. */
static void
drop (YlCourses *self, YlCourseClient *client)
{
  YlCourse *course = client->course;
  if (course->publisher == client) {
    course->publisher = NULL;
    self->stats.publishers--;
    yl_log_info ("course %s: its publisher left", course->name);
  } else {
    self->stats.viewers--;
  }
  yl_rooms_leave (self->rooms, &client->base);
  g_clear_handle_id (&client->timer, g_source_remove);
  g_hash_table_remove (self->clients, client->id);
  g_free (client);
}

void
yl_courses_leave (YlCourses *self, YlCourseClient *client)
{
  YlCourse *course = client->course;
  drop (self, client);
  yl_courses_let_go (self, course);
}

static void
on_event (YlRoomPeer *peer, const YlWorkerEvent *event, void *user_data)
{
  const YlCourse *course = user_data;
  YlCourseClient *client = (YlCourseClient *) peer;
  switch (event->kind) {
  case YL_WORKER_EVENT_PEER_CONNECTED:
    peer->connected = true;
    g_clear_handle_id (&client->timer, g_source_remove);
    break;
  case YL_WORKER_EVENT_PEER_LOST:
    peer->connected = false;
    start_timer (client, LOST_S);
    break;
  case YL_WORKER_EVENT_PEER_CLOSED:
    yl_courses_leave (course->courses, client);
    break;
  case YL_WORKER_EVENT_SLOT:
  case YL_WORKER_EVENT_TRACK_ADDED:
  case YL_WORKER_EVENT_TRACK_FLOW:
    break; /* players see it by themselves */
  }
}

static void
take_seat (YlCourses *self, YlCourseClient *client)
{
  YlCourse *course = client->course;
  if (client->role == YL_WHIP_WATCH) {
    self->stats.viewers++;
    return;
  }
  if (course->publisher != NULL) {
    yl_log_info ("course %s: a newer publisher comes", course->name);
    drop (self, course->publisher);
  }
  course->publisher = client;
  self->stats.publishers++;
  yl_log_info ("course %s: its publisher came", course->name);
}

YlCourseClient *
yl_courses_join (YlCourses *self, YlCourse *course, YlWhipRole role,
                 const uint8_t *token_hash, const YlRoomPeer *fresh,
                 YlNegoAnswer *answer)
{
  YlCourseClient *client = g_new0 (YlCourseClient, 1);
  client->course = course;
  client->role = role;
  memcpy (client->token_hash, token_hash, sizeof client->token_hash);
  g_snprintf (client->id, sizeof client->id,
              "%016" G_GINT64_MODIFIER "x%016" G_GINT64_MODIFIER "x",
              yl_random_u64 (&self->random), yl_random_u64 (&self->random));
  take_seat (self, client);
  client->base = *fresh;
  yl_rooms_join (self->rooms, &course->base, &client->base, answer);
  /* There is one offer a session: all further state is the worker's. */
  g_clear_pointer (&client->base.nego, yl_nego_session_free);
  g_hash_table_insert (self->clients, client->id, client);
  self->stats.sessions[role]++;
  start_timer (client, CONNECT_S);
  return client;
}
