#include "app/daemon-private.h"

#include "base/log.h"

#include <glib-unix.h>
#include <signal.h>
#include <systemd/sd-daemon.h>

/* How often a drain looks whether the calls ended [ms]. */
#define DRAIN_LOOK_MS 200
/* How often a drain says what it waits for: at least, and at most. */
#define DRAIN_TELL_US INT64_C (10000000)
#define DRAIN_TELL_LEAST_US INT64_C (1000000)
/* What the last messages have time for before the process ends [ms]. */
#define FAREWELL_MS 300

static gboolean
on_farewell_over (void *user_data)
{
  YlDaemon *self = user_data;
  self->drain_timer = 0;
  g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

static void
say_farewell (YlDaemon *self)
{
  yl_desk_close_all (self->desk);
  self->drain_timer = g_timeout_add (FAREWELL_MS, on_farewell_over, self);
}

static void
tell_drain (YlDaemon *self, int64_t now_us)
{
  const int64_t left_ms = (self->drain_until_us - now_us) / 1000;
  self->drain_told_us = now_us;
  self->drain_told_rooms = yl_rooms_count (self->rooms);
  yl_log_info ("draining: %d s left, rooms=%u peers=%u",
               (int) ((left_ms + 500) / 1000), self->drain_told_rooms,
               yl_rooms_count_peers (self->rooms));
}

static gboolean
on_drain_look (void *user_data)
{
  YlDaemon *self = user_data;
  const int64_t now_us = g_get_monotonic_time ();
  const bool changed = yl_rooms_count (self->rooms) != self->drain_told_rooms;
  if (yl_rooms_count_peers (self->rooms) > 0 && now_us < self->drain_until_us) {
    if (now_us - self->drain_told_us
        >= (changed ? DRAIN_TELL_LEAST_US : DRAIN_TELL_US))
      tell_drain (self, now_us);
    return G_SOURCE_CONTINUE;
  }
  say_farewell (self);
  return G_SOURCE_REMOVE;
}

/* The first one drains, the second one ends at once. */
static gboolean
on_terminate (void *user_data)
{
  YlDaemon *self = user_data;
  if (self->drain_timer != 0) {
    yl_log_info ("asked again, ends at once: rooms=%u peers=%u",
                 yl_rooms_count (self->rooms),
                 yl_rooms_count_peers (self->rooms));
    g_main_loop_quit (self->loop);
    return G_SOURCE_CONTINUE;
  }
  const int64_t in_ms = 1000 * (int64_t) self->config->drain_seconds;
  sd_notify (0, "STOPPING=1");
  const int64_t now_us = g_get_monotonic_time ();
  self->drain_until_us = now_us + 1000 * in_ms;
  tell_drain (self, now_us);
  yl_server_stop_listening (self->server);
  yl_desk_drain (self->desk, in_ms);
  yl_courses_drain (self->courses);
  self->drain_timer = g_timeout_add (DRAIN_LOOK_MS, on_drain_look, self);
  return G_SOURCE_CONTINUE;
}

static void
reload_certificate (YlDaemon *self)
{
  g_autoptr (GError) error = NULL;
  if (*self->config->https == '\0')
    return;
  if (!yl_daemon_check_certificate (self, false, &error) || error != NULL)
    yl_log_error ("the old certificate stays: %s", error->message);
  else if (yl_server_reload_certificate (self->server))
    yl_log_info ("certificate read again");
}

static void
reload_alliances (YlDaemon *self)
{
  g_autoptr (GError) error = NULL;
  YlAlliances *alliances = yl_daemon_read_alliances (self->store, &error);
  if (alliances == NULL) {
    yl_log_error ("the old alliance stays: %s", error->message);
    return;
  }
  yl_alliances_unref (self->alliances);
  self->alliances = alliances;
  yl_journal_set_alliances (self->journal, alliances);
  yl_desk_set_alliances (self->desk, alliances);
  yl_log_info ("alliance read again");
}

static void
reload_sessions (YlDaemon *self)
{
  g_autoptr (GError) error = NULL;
  if (!yl_accounts_reload (self->accounts, &error))
    yl_log_error ("the old sessions stay: %s", error->message);
  yl_desk_end_seats (self->desk);
}

static void
reload_courses (YlDaemon *self)
{
  g_autoptr (GError) error = NULL;
  if (!yl_courses_reload (self->courses, &error))
    yl_log_error ("the old courses stay: %s", error->message);
}

static gboolean
on_reload (void *user_data)
{
  YlDaemon *self = user_data;
  reload_certificate (self);
  reload_alliances (self);
  reload_sessions (self);
  reload_courses (self);
  return G_SOURCE_CONTINUE;
}

void
yl_daemon_listen_to_signals (YlDaemon *self)
{
  self->signals[0] = g_unix_signal_add (SIGTERM, on_terminate, self);
  self->signals[1] = g_unix_signal_add (SIGINT, on_terminate, self);
  self->signals[2] = g_unix_signal_add (SIGHUP, on_reload, self);
}
