/* janus-target.c: the video room of Debian's Janus
 *
 * One WebSocket and one session serve every seat, as an application server
 * would: what a socket for each viewer would cost Janus is not counted, nor
 * the time to open it. */
#include "target.h"

#include "janus-api.h"
#include "janus-config.h"
#include "janus-port.h"
#include "sdp.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>

/* Descriptors for each connection at most, and for everything else. */
#define FDS_A_SEAT 6
#define FDS_BASE 256
#define PATIENCE_US (10 * G_TIME_SPAN_SECOND)
#define STEP_US 2000

typedef struct {
  Target base;
  JanusApi *api;
  uint64_t maker; /* the handle that made the rooms */
  GMutex lock;
  uint64_t *feeds; /* under the lock: handle of each sender, 0: none */
  int deaf;        /* atomic: it does not answer, so nobody says goodbye */
} JanusTarget;

struct TargetSeat {
  uint64_t handle;
  size_t feed; /* index in `feeds`, SIZE_MAX: none */
};

static JanusTarget *
janus_of (Target *target)
{
  return (JanusTarget *) target;
}

static size_t
feed_index (const Target *target, unsigned room, unsigned who)
{
  return (size_t) room * TARGET_SENDERS_MAX + who;
}

/* Video room's numbers begin with 1. */
static int64_t
number_of (unsigned index)
{
  return (int64_t) index + 1;
}

/* --- start and stop --- */

/* Not more than it needs: its libwebsockets sizes tables by the limit. */
static bool
run_with_descriptors (Target *target, const char *const *argv, GError **error)
{
  const TargetSetup *setup = &target->setup;
  /* In a room of two each views the other. */
  const unsigned pairs = setup->rooms - setup->courses;
  const rlim_t seats = setup->courses * (1 + (rlim_t) setup->viewers)
                       + 2 * (rlim_t) TARGET_SENDERS_MAX * pairs;
  const rlim_t wanted = FDS_BASE + FDS_A_SEAT * seats;
  struct rlimit before;
  getrlimit (RLIMIT_NOFILE, &before);
  const struct rlimit limit = { wanted, before.rlim_max };
  if (wanted > before.rlim_max || setrlimit (RLIMIT_NOFILE, &limit) != 0) {
    g_set_error (error, TARGET_ERROR, TARGET_ERROR_FAILED,
                 "janus needs %ju descriptors, %ju are allowed",
                 (uintmax_t) wanted, (uintmax_t) before.rlim_max);
    return false;
  }
  const bool done = target_spawn (target, argv, "janus.log", error);
  setrlimit (RLIMIT_NOFILE, &before);
  return done;
}

static bool
await_port (Target *target, uint16_t *port, GError **error)
{
  const gint64 end_us = g_get_monotonic_time () + PATIENCE_US;
  while (!janus_port_find (target->pid, port)) {
    if (target_ended (target, error))
      return false;
    if (g_get_monotonic_time () > end_us) {
      g_set_error_literal (error, TARGET_ERROR, TARGET_ERROR_FAILED,
                           "janus does not listen");
      return false;
    }
    g_usleep (STEP_US);
  }
  return true;
}

static bool
run_server (Target *target, GError **error)
{
  const char *loops = target_option (target, "event_loops", "0");
  const JanusConfig config = {
    .folder = target->setup.folder,
    .own = target->setup.own,
    .event_loops = (unsigned) g_ascii_strtoull (loops, NULL, 10),
  };
  if (!janus_config_installed ()) {
    g_set_error_literal (error, TARGET_ERROR, TARGET_ERROR_FAILED,
                         "Debian's package janus is not installed");
    return false;
  }
  g_auto (GStrv) argv = janus_config_argv (&config);
  return janus_config_write (&config, error)
         && run_with_descriptors (target, (const char *const *) argv, error);
}

/* --- requests --- */

static JsonBuilder *
begin_body (const char *request)
{
  JsonBuilder *body = json_builder_new ();
  json_builder_begin_object (body);
  json_builder_set_member_name (body, "request");
  json_builder_add_string_value (body, request);
  return body;
}

static void
add_text (JsonBuilder *body, const char *name, const char *value)
{
  json_builder_set_member_name (body, name);
  json_builder_add_string_value (body, value);
}

static void
add_number (JsonBuilder *body, const char *name, int64_t value)
{
  json_builder_set_member_name (body, name);
  json_builder_add_int_value (body, value);
}

static void
add_no (JsonBuilder *body, const char *name)
{
  json_builder_set_member_name (body, name);
  json_builder_add_boolean_value (body, FALSE);
}

/* @request's body is what @body has been told. */
static bool
ask (JanusTarget *self, JsonBuilder *body, JanusRequest request,
     JanusMessage *reply, GError **error)
{
  json_builder_end_object (body);
  g_autoptr (JsonNode) node = json_builder_get_root (body);
  request.body = node;
  return janus_api_ask (self->api, &request, reply, error);
}

/* No limit of bitrate, so no REMB; no keyframes unless somebody asks; of the
 * header extensions none that the publisher does not offer. */
static bool
make_room (JanusTarget *self, unsigned room, GError **error)
{
  g_autoptr (JsonBuilder) body = begin_body ("create");
  g_auto (JanusMessage) reply = { 0 };
  add_number (body, "room", number_of (room));
  add_number (body, "publishers", target_senders (&self->base.setup, room));
  add_number (body, "bitrate", 0);
  add_number (body, "fir_freq", 0);
  add_text (body, "audiocodec", "opus");
  add_text (body, "videocodec", "vp8");
  add_no (body, "record");
  add_no (body, "notify_joining");
  add_no (body, "audiolevel_ext");
  add_no (body, "videoorient_ext");
  add_no (body, "playoutdelay_ext");
  return ask (
      self, body,
      (JanusRequest){ .handle = self->maker, .until = JANUS_UNTIL_DONE },
      &reply, error);
}

static bool
start (Target *target, GError **error)
{
  JanusTarget *self = janus_of (target);
  uint16_t port;
  g_strlcpy (target->crypto, "libsrtp2", sizeof target->crypto);
  g_mutex_init (&self->lock);
  self->feeds = g_new0 (uint64_t, feed_index (target, target->setup.rooms, 0));
  if (!run_server (target, error) || !await_port (target, &port, error))
    return false;
  self->api = janus_api_new (port, error);
  if (self->api == NULL || !janus_api_attach (self->api, &self->maker, error))
    return false;
  for (unsigned room = 0; room < target->setup.rooms; room++)
    if (!make_room (self, room, error))
      return false;
  return true;
}

static void
stop (Target *target)
{
  JanusTarget *self = janus_of (target);
  target_reap (target);
  g_clear_pointer (&self->api, janus_api_free);
  g_clear_pointer (&self->feeds, g_free);
  g_mutex_clear (&self->lock);
}

/* --- seats --- */

/* Janus waits for candidates until it has one. */
static char *
add_candidate (const char *sdp, const TargetLocal *local)
{
  char ip[YL_ADDRESS_TEXT_SIZE];
  g_autofree char *line = g_strdup_printf (
      "a=setup:active\r\na=candidate:1 1 udp 2130706431 %s %u typ host\r\n",
      yl_address_ip_text (&local->address, ip), local->address.port);
  g_auto (GStrv) parts = g_strsplit (sdp, "a=setup:active\r\n", -1);
  return g_strjoinv (line, parts);
}

static void
set_feed (JanusTarget *self, size_t index, uint64_t handle)
{
  g_mutex_lock (&self->lock);
  self->feeds[index] = handle;
  g_mutex_unlock (&self->lock);
}

static bool
await_feed (JanusTarget *self, size_t index, GError **error)
{
  g_mutex_lock (&self->lock);
  const uint64_t handle = self->feeds[index];
  g_mutex_unlock (&self->lock);
  if (handle != 0)
    return janus_api_await_up (self->api, handle, error);
  g_set_error_literal (error, TARGET_ERROR, TARGET_ERROR_FAILED,
                       "there is nobody to watch");
  return false;
}

static bool
read_description (TargetRemote *remote, const TargetLocal *local,
                  const JanusMessage *message, GError **error)
{
  if (message->sdp != NULL && bench_sdp_read (remote, local, message->sdp)) {
    remote->checks = true; /* libnice does, in lite mode too */
    return true;
  }
  g_set_error (error, TARGET_ERROR, TARGET_ERROR_FAILED,
               "no use in what janus describes: %s",
               message->sdp != NULL ? message->sdp : "nothing");
  return false;
}

static TargetSeat *
sit_down (JanusTarget *self, GError **error)
{
  uint64_t handle;
  if (!janus_api_attach (self->api, &handle, error))
    return NULL;
  TargetSeat *seat = g_new0 (TargetSeat, 1);
  seat->handle = handle;
  seat->feed = SIZE_MAX;
  return seat;
}

static void
leave (Target *target, TargetSeat *seat)
{
  JanusTarget *self = janus_of (target);
  g_autoptr (GError) error = NULL;
  if (seat->feed != SIZE_MAX)
    set_feed (self, seat->feed, 0);
  if (!g_atomic_int_get (&self->deaf)
      && !janus_api_detach (self->api, seat->handle, &error)) {
    g_atomic_int_set (
        &self->deaf, g_error_matches (error, JANUS_ERROR, JANUS_ERROR_TIMEOUT));
    g_printerr ("# leaving: %s\n", error->message);
  }
  g_free (seat);
}

/* One request to join and publish. */
static bool
send_offer (JanusTarget *self, const TargetSeat *seat, unsigned room,
            unsigned who, const TargetLocal *local, JanusMessage *reply,
            GError **error)
{
  g_autoptr (JsonBuilder) body = begin_body ("joinandconfigure");
  g_autofree char *plain = bench_sdp_offer (local);
  g_autofree char *offer = add_candidate (plain, local);
  add_text (body, "ptype", "publisher");
  add_number (body, "room", number_of (room));
  add_number (body, "id", number_of (who));
  return ask (self, body,
              (JanusRequest){ .handle = seat->handle,
                              .sdp_type = "offer",
                              .sdp = offer,
                              .until = JANUS_UNTIL_DONE },
              reply, error);
}

static TargetSeat *
publish (Target *target, unsigned room, unsigned who, const TargetLocal *local,
         TargetRemote *remote, GError **error)
{
  JanusTarget *self = janus_of (target);
  g_auto (JanusMessage) reply = { 0 };
  TargetSeat *seat = sit_down (self, error);
  if (seat == NULL)
    return NULL;
  if (!send_offer (self, seat, room, who, local, &reply, error)
      || !read_description (remote, local, &reply, error)) {
    leave (target, seat);
    return NULL;
  }
  seat->feed = feed_index (target, room, who);
  set_feed (self, seat->feed, seat->handle);
  return seat;
}

static bool
get_offer (JanusTarget *self, const TargetSeat *seat, unsigned room,
           unsigned who, JanusMessage *reply, GError **error)
{
  g_autoptr (JsonBuilder) body = begin_body ("join");
  add_text (body, "ptype", "subscriber");
  add_number (body, "room", number_of (room));
  add_no (body, "autoupdate"); /* no new offers when the sender changes */
  json_builder_set_member_name (body, "streams");
  json_builder_begin_array (body);
  json_builder_begin_object (body);
  add_number (body, "feed", number_of (who));
  json_builder_end_object (body);
  json_builder_end_array (body);
  return ask (
      self, body,
      (JanusRequest){ .handle = seat->handle, .until = JANUS_UNTIL_DONE },
      reply, error);
}

/* ICE may begin as soon as Janus's core has our credentials: to wait for the
 * plugin as well would only make its joins look slower. */
static bool
send_answer (JanusTarget *self, const TargetSeat *seat,
             const TargetLocal *local, const char *offer, GError **error)
{
  g_autoptr (JsonBuilder) body = begin_body ("start");
  g_auto (JanusMessage) reply = { 0 };
  g_autofree char *plain = bench_sdp_answer (local, offer);
  g_autofree char *answer = add_candidate (plain, local);
  return ask (self, body,
              (JanusRequest){ .handle = seat->handle,
                              .sdp_type = "answer",
                              .sdp = answer,
                              .until = JANUS_UNTIL_TAKEN },
              &reply, error);
}

static TargetSeat *
view (Target *target, unsigned room, unsigned who, const TargetLocal *local,
      TargetRemote *remote, GError **error)
{
  JanusTarget *self = janus_of (target);
  g_auto (JanusMessage) reply = { 0 };
  if (!await_feed (self, feed_index (target, room, who), error))
    return NULL;
  TargetSeat *seat = sit_down (self, error);
  if (seat == NULL)
    return NULL;
  if (!get_offer (self, seat, room, who, &reply, error)
      || !read_description (remote, local, &reply, error)
      || !send_answer (self, seat, local, reply.sdp, error)) {
    leave (target, seat);
    return NULL;
  }
  return seat;
}

const TargetType target_janus = {
  .name = "janus",
  .size = sizeof (JanusTarget),
  .start = start,
  .stop = stop,
  .publish = publish,
  .view = view,
  .leave = leave,
};
