/* yilian-target.c: Yilian under test: courses by WHIP and WHEP, rooms of two
 * as consultations
 *
 * Settings: workers=N; conf.GROUP.KEY=VALUE is handed to the daemon. */

#include "http.h"
#include "sdp.h"
#include "targets.h"
#include "yilian-rooms.h"
#include "yilian-site.h"

#include <string.h>

#define START_MS 30000
#define STEP_MS 5

typedef struct {
  Target target;
  YilianSite site;
  char *host; /* of HTTP */
  char *metrics_host;
  YilianCourse *courses; /* the first rooms */
  YilianRooms *rooms;    /* consultations, the others; NULL: there are none */
} YilianTarget;

typedef struct {
  char *location; /* of a course's resource, NULL: a consultation */
  const char *token;
  unsigned pair; /* of a consultation */
  unsigned who;
} YilianSeat;

static YilianTarget *
yilian (Target *target)
{
  return (YilianTarget *) target;
}

/* --- the daemon --- */

static char **
make_arguments (const YilianTarget *self, const char *ports)
{
  g_autoptr (GStrvBuilder) argv = g_strv_builder_new ();
  char ip[YL_ADDRESS_TEXT_SIZE];
  g_autofree char *config =
      g_build_filename (self->target.setup.folder, "yilian.conf", NULL);
  g_autofree char *announce = g_strdup_printf (
      "media.announce=%s", yl_address_ip_text (&self->target.setup.own, ip));
  g_autofree char *workers = g_strdup_printf (
      "media.workers=%s", target_option (&self->target, "workers", "1"));
  g_file_set_contents (config, "", -1, NULL);
  g_strv_builder_add_many (
      argv, self->site.daemon, "--config", config, "--data", self->site.data,
      "--ports-file", ports, "--set", "server.https=", "--set",
      "server.http=127.0.0.1:0", "--set", "server.metrics=127.0.0.1:0", "--set",
      "media.port=0", "--set", "limits.guests=8192", "--set",
      "limits.guests_per_address=8192", "--set", announce, "--set", workers,
      NULL);
  char **options = self->target.setup.options;
  for (; options != NULL && *options != NULL; options++) {
    if (g_str_has_prefix (*options, "conf."))
      g_strv_builder_add_many (argv, "--set", *options + 5, NULL);
  }
  return g_strv_builder_end (argv);
}

/* Where the line "@name=PORT" of @text says the daemon listens; NULL: it is
 * not there. */
static char *
find_host (const char *text, const char *name)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; *line != NULL; line++) {
    const size_t size = strlen (name);
    if (strncmp (*line, name, size) == 0 && (*line)[size] == '=')
      return g_strdup_printf ("127.0.0.1:%s", *line + size + 1);
  }
  return NULL;
}

static bool
read_ports (YilianTarget *self, const char *ports)
{
  g_autofree char *text = NULL;
  if (!g_file_get_contents (ports, &text, NULL, NULL))
    return false;
  self->host = find_host (text, "http");
  self->metrics_host = find_host (text, "metrics");
  return self->host != NULL && self->metrics_host != NULL;
}

static bool
run_daemon (YilianTarget *self, GError **error)
{
  g_autofree char *ports =
      g_build_filename (self->target.setup.folder, "ports", NULL);
  g_auto (GStrv) argv = make_arguments (self, ports);
  if (!target_spawn (&self->target, (const char *const *) argv, "yiliand.log",
                     error))
    return false;
  for (unsigned waited = 0; !read_ports (self, ports); waited += STEP_MS) {
    if (target_ended (&self->target, error))
      return false;
    if (waited >= START_MS && self->target.setup.wrap == NULL) {
      g_set_error (error, TARGET_ERROR, TARGET_ERROR_FAILED,
                   "the daemon does not start");
      return false;
    }
    g_usleep (STEP_MS * 1000);
  }
  return true;
}

/* --- what it counts --- */

static char *
metrics (Target *target, GError **error)
{
  const HttpRequest request = { .host = yilian (target)->metrics_host,
                                .method = "GET",
                                .path = "/metrics" };
  g_auto (HttpAnswer) answer = { 0 };
  if (!http_exchange (&request, &answer, error))
    return NULL;
  if (answer.status == 200)
    return g_steal_pointer (&answer.body);
  g_set_error (error, TARGET_ERROR, TARGET_ERROR_FAILED,
               "GET %s: HTTP status %u", request.path, answer.status);
  return NULL;
}

static bool
note_crypto (YilianTarget *self, GError **error)
{
  static const char LABEL[] = "\nyilian_srtp_library{name=\"";
  g_autofree char *text = metrics (&self->target, error);
  if (text == NULL)
    return false;
  const char *at = strstr (text, LABEL);
  const char *name = at != NULL ? at + strlen (LABEL) : "";
  g_strlcpy (self->target.crypto, name,
             MIN (sizeof self->target.crypto, strcspn (name, "\"") + 1));
  return true;
}

static bool
make_courses (YilianTarget *self, GError **error)
{
  const unsigned n = self->target.setup.courses;
  self->courses = g_new0 (YilianCourse, n);
  for (unsigned room = 0; room < n; room++) {
    g_autofree char *name = g_strdup_printf ("course-%u", room);
    if (!yilian_site_make_course (&self->site, name, &self->courses[room],
                                  error))
      return false;
  }
  return true;
}

static bool
start (Target *target, GError **error)
{
  YilianTarget *self = yilian (target);
  const unsigned pairs = target->setup.rooms - target->setup.courses;
  yilian_site_init (&self->site, target);
  g_autofree char *registry =
      g_build_filename (target->setup.folder, "registry", NULL);
  g_setenv ("GST_REGISTRY", registry, FALSE); /* shared by runs, if told */
  if (pairs > 0 && !yilian_site_make_people (&self->site, target, error))
    return false;
  if (!run_daemon (self, error) || !note_crypto (self, error)
      || !make_courses (self, error))
    return false;
  if (pairs > 0)
    self->rooms = yilian_rooms_new (self->host, pairs, error);
  return pairs == 0 || self->rooms != NULL;
}

static void
stop (Target *target)
{
  YilianTarget *self = yilian (target);
  g_clear_pointer (&self->rooms, yilian_rooms_free);
  target_reap (target);
  for (unsigned i = 0; self->courses != NULL && i < target->setup.courses;
       i++) {
    g_free (self->courses[i].publish);
    g_free (self->courses[i].view);
  }
  g_clear_pointer (&self->courses, g_free);
  g_clear_pointer (&self->host, g_free);
  g_clear_pointer (&self->metrics_host, g_free);
  yilian_site_clear (&self->site);
}

/* --- courses --- */

/* RFC 9725: the offer goes by POST, the resource comes back with the
 * answer. */
static TargetSeat *
post_offer (YilianTarget *self, const char *path, const char *token,
            const TargetLocal *local, TargetRemote *remote, GError **error)
{
  g_autofree char *offer = bench_sdp_offer (local);
  const HttpRequest request = { .host = self->host,
                                .method = "POST",
                                .path = path,
                                .token = token,
                                .type = "application/sdp",
                                .body = offer };
  g_auto (HttpAnswer) answer = { 0 };
  if (!http_exchange (&request, &answer, error))
    return NULL;
  if (answer.status == 429 || answer.status == 503) {
    g_set_error (error, TARGET_ERROR, TARGET_ERROR_BUSY,
                 "POST %s: HTTP status %u: %s", path, answer.status,
                 answer.body);
    return NULL;
  }
  if (answer.status != 201 || answer.location == NULL
      || !bench_sdp_read (remote, local, answer.body)) {
    g_set_error (error, TARGET_ERROR, TARGET_ERROR_FAILED,
                 "POST %s: HTTP status %u: %s", path, answer.status,
                 answer.body);
    return NULL;
  }
  YilianSeat *seat = g_new0 (YilianSeat, 1);
  seat->location = g_steal_pointer (&answer.location);
  seat->token = token;
  return (TargetSeat *) seat;
}

static TargetSeat *
publish (Target *target, unsigned room, unsigned who, const TargetLocal *local,
         TargetRemote *remote, GError **error)
{
  YilianTarget *self = yilian (target);
  g_autofree char *path = g_strdup_printf ("/whip/course-%u", room);
  return post_offer (self, path, self->courses[room].publish, local, remote,
                     error);
}

static TargetSeat *
view (Target *target, unsigned room, unsigned who, const TargetLocal *local,
      TargetRemote *remote, GError **error)
{
  YilianTarget *self = yilian (target);
  g_autofree char *path = g_strdup_printf ("/whep/course-%u", room);
  return post_offer (self, path, self->courses[room].view, local, remote,
                     error);
}

/* --- rooms of two --- */

static TargetSeat *
join (Target *target, unsigned room, unsigned who, const TargetLocal *local,
      TargetRemote *remote, GError **error)
{
  YilianTarget *self = yilian (target);
  const unsigned pair = room - target->setup.courses;
  g_autofree char *offer = bench_sdp_offer (local);
  g_autofree char *answer =
      yilian_rooms_offer (self->rooms, pair, who, offer, error);
  if (answer == NULL)
    return NULL;
  if (!bench_sdp_read (remote, local, answer)) {
    g_set_error (error, TARGET_ERROR, TARGET_ERROR_FAILED,
                 "the answer is of no use");
    return NULL;
  }
  YilianSeat *seat = g_new0 (YilianSeat, 1);
  seat->pair = pair;
  seat->who = who;
  return (TargetSeat *) seat;
}

static void
leave (Target *target, TargetSeat *opaque)
{
  YilianTarget *self = yilian (target);
  YilianSeat *seat = (YilianSeat *) opaque;
  g_autoptr (GError) error = NULL;
  if (seat->location != NULL) {
    const HttpRequest request = { .host = self->host,
                                  .method = "DELETE",
                                  .path = seat->location,
                                  .token = seat->token };
    g_auto (HttpAnswer) answer = { 0 };
    if (!http_exchange (&request, &answer, &error))
      g_debug ("DELETE: %s", error->message);
  } else {
    yilian_rooms_close (self->rooms, seat->pair, seat->who);
  }
  g_free (seat->location);
  g_free (seat);
}

const TargetType target_yilian = {
  .name = "yilian",
  .size = sizeof (YilianTarget),
  .start = start,
  .stop = stop,
  .publish = publish,
  .view = view,
  .join = join,
  .leave = leave,
  .metrics = metrics,
};
