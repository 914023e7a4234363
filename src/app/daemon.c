#include <config.h>

#include "app/daemon-private.h"

#include "app/paths.h"
#include "app/placement.h"
#include "base/log.h"
#include "io/clock.h"
#include "io/system-random.h"
#include "srtp/gcm.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <systemd/sd-daemon.h>

#define DEMO_PASSWORD "demo"

/* Everybody knows the demo's passwords: nobody else may reach it. */
static bool
check_demo_is_local (const YlDaemon *self, GError **error)
{
  const char *listens[] = { self->config->https, self->config->http };
  for (size_t i = 0; i < G_N_ELEMENTS (listens); i++) {
    YlAddress address;
    if (*listens[i] != '\0' && yl_config_parse_listen (listens[i], &address)
        && !yl_address_is_loopback (&address)) {
      g_set_error (error, YL_CONFIG_ERROR, YL_CONFIG_ERROR_VALUE,
                   "--demo listens on this machine only, not on %s: its "
                   "passwords are known to all",
                   listens[i]);
      return false;
    }
  }
  return true;
}

/* --- start --- */

static void
raise_descriptor_limit (void)
{
  struct rlimit limit;
  if (getrlimit (RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = MIN (limit.rlim_max, 65536);
    setrlimit (RLIMIT_NOFILE, &limit);
  }
}

static bool
import_demo (YlDaemon *self, GError **error)
{
  g_autofree char *path = yl_paths_data_file ("demo-alliance.json");
  g_autofree char *text = NULL;
  gsize size;
  if (!g_file_get_contents (path, &text, &size, error)
      || !yl_store_import_alliances (self->store, text, size, error)) {
    g_prefix_error (error, "the demo alliance cannot be loaded: ");
    return false;
  }
  return true;
}

static bool
make_demo_accounts (YlDaemon *self, GError **error)
{
  char hash[YL_PASSWORD_HASH_SIZE];
  size_t n;
  const YlPerson *persons = yl_alliances_persons (self->alliances, &n);
  if (!yl_password_hash_now (DEMO_PASSWORD, true, hash)) {
    g_set_error_literal (error, YL_CONFIG_ERROR, YL_CONFIG_ERROR_VALUE,
                         "no memory to hash a password");
    return false;
  }
  for (size_t i = 0; i < n; i++) {
    if (strcmp (persons[i].account, YL_DEMO_EXPERT_ACCOUNT) != 0
        && !yl_store_ensure_account (self->store, persons[i].account, hash,
                                     error))
      return false;
  }
  return true;
}

YlAlliances *
yl_daemon_read_alliances (YlStore *store, GError **error)
{
  static const char nothing[] =
      "{\"version\": 1, \"departments\": [], \"organisations\": [], "
      "\"alliances\": [], \"persons\": [], \"posts\": []}";
  g_autoptr (GError) reason = NULL;
  YlAlliances *alliances = yl_store_alliances (store, &reason);
  if (reason != NULL) {
    g_propagate_error (error, g_steal_pointer (&reason));
    return NULL;
  }
  if (alliances == NULL) {
    yl_log_warning ("there is no alliance yet: yilianctl alliance import FILE");
    alliances = yl_alliances_parse (nothing, strlen (nothing), error);
  }
  return alliances;
}

static bool
open_store (YlDaemon *self, GError **error)
{
  if (g_mkdir_with_parents (self->config->data, 0700) != 0) {
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
                 "cannot make the folder '%s': %s", self->config->data,
                 g_strerror (errno));
    return false;
  }
  g_autofree char *path =
      g_build_filename (self->config->data, "yilian.db", NULL);
  self->store = yl_store_open (path, NULL, error);
  if (self->store == NULL)
    return false;
  if (self->options->demo && !import_demo (self, error))
    return false;
  self->alliances = yl_daemon_read_alliances (self->store, error);
  return self->alliances != NULL
         && (!self->options->demo || make_demo_accounts (self, error));
}

static bool
open_accounts (YlDaemon *self, GError **error)
{
  self->pool = yl_password_pool_new (NULL);
  if (self->pool == NULL) {
    g_set_error_literal (error, YL_CONFIG_ERROR, YL_CONFIG_ERROR_VALUE,
                         "libsodium does not work here");
    return false;
  }
  self->accounts = yl_accounts_new (self->store, self->pool,
                                    self->config->session_hours, error);
  return self->accounts != NULL;
}

static void
on_media_changed (const char *consultation, void *user_data)
{
  YlDaemon *self = user_data;
  yl_desk_show (self->desk, consultation);
}

static void
on_media_slots (const char *consultation, YlSide side, JsonNode *slots,
                void *user_data)
{
  YlDaemon *self = user_data;
  yl_desk_tell_slots (self->desk, consultation, side, slots);
}

/* The store writes again. */
static void
on_journal_recovered (void *user_data)
{
  YlDaemon *self = user_data;
  if (self->media != NULL)
    yl_media_report_again (self->media);
}

static const YlMediaHandler media_handler = {
  .changed = on_media_changed,
  .slots = on_media_slots,
};

static void
on_worker_readable (unsigned index, void *user_data)
{
  YlDaemon *self = user_data;
  yl_rooms_take_events (self->rooms, index);
}

/* Better a restart, after which all connect again, than calls without
 * picture. */
static void
on_plane_failed (void *user_data)
{
  YlDaemon *self = user_data;
  self->status = 1;
  g_main_loop_quit (self->loop);
}

/* Beside the viewers of courses: people in consultations, publishers. */
#define OTHER_PEERS 1024

static void
open_rooms (YlDaemon *self, unsigned max_peers)
{
  YlRoomsOptions options = {
    .max_peers = max_peers,
    .max_viewers = (unsigned) self->config->viewers_per_worker,
  };
  options.workers = yl_plane_workers (self->plane, &options.n_workers);
  options.addresses = yl_plane_addresses (self->plane, &options.n_addresses);
  memcpy (options.fingerprint, yl_plane_fingerprint (self->plane),
          sizeof options.fingerprint);
  self->rooms = yl_rooms_new (&options);
}

static bool
open_media (YlDaemon *self, GError **error)
{
  const YlConfig *config = self->config;
  const YlPlaneOptions plane = {
    .address = config->media_address,
    .port = (uint16_t) config->media_port,
    .workers = config->workers != 0
                   ? (unsigned) config->workers
                   : yl_placement_default_workers (g_get_num_processors ()),
    .max_peers = MAX (2048, (unsigned) config->viewers + OTHER_PEERS),
    .announce = config->announce,
    .loopback = self->options->demo,
  };
  yl_gcm_set_portable (config->portable_srtp != 0);
  self->plane = yl_plane_new (&plane, error);
  if (self->plane == NULL)
    return false;
  open_rooms (self, plane.max_peers);
  const YlMediaOptions media = {
    .journal = self->journal,
    .rooms = self->rooms,
    .handler = &media_handler,
    .user_data = self,
  };
  self->media = yl_media_new (&media);
  yl_journal_on_recovered (self->journal, on_journal_recovered, self);
  const YlCoursesOptions courses = {
    .store = self->store,
    .rooms = self->rooms,
    .max_viewers = (unsigned) config->viewers,
  };
  self->courses = yl_courses_new (&courses);
  return yl_plane_start (self->plane, on_worker_readable, on_plane_failed, self,
                         error);
}

static char *
make_epoch (void)
{
  YlRandom random;
  yl_system_random_init (&random);
  return g_strdup_printf ("%016" G_GINT64_MODIFIER "x",
                          yl_random_u64 (&random));
}

static void
open_desk (YlDaemon *self)
{
  g_autofree char *epoch = make_epoch ();
  const YlDeskOptions options = {
    .store = self->store,
    .journal = self->journal,
    .accounts = self->accounts,
    .alliances = self->alliances,
    .epoch = epoch,
    .demo = self->options->demo,
  };
  self->desk = yl_desk_new (&options);
  yl_desk_set_media (self->desk, self->media);
  yl_desk_set_courses (self->desk, self->courses);
}

static const YlAddress *
parse_listen (const char *text, YlAddress *address)
{
  return *text != '\0' && yl_config_parse_listen (text, address) ? address
                                                                 : NULL;
}

static bool
open_server (YlDaemon *self, GError **error)
{
  const YlConfig *config = self->config;
  YlAddress https, http, metrics;
  g_autofree char *web =
      *config->web != '\0' ? g_strdup (config->web) : yl_paths_web ();
  const YlServerOptions options = {
    .loop = self->loop,
    .https = parse_listen (config->https, &https),
    .http = parse_listen (config->http, &http),
    .metrics = parse_listen (config->metrics, &metrics),
    .certificate = self->certificate,
    .private_key = self->private_key,
    .web_folder = web,
    .caps = { .guests = (unsigned) config->guests,
              .guests_per_address = (unsigned) config->guests_per_address,
              .members = (unsigned) config->members,
              .members_per_address = (unsigned) config->members_per_address },
    .handshake_s = (unsigned) config->handshake_seconds,
    .socket_queue_octets = (size_t) config->socket_queue_kib * 1024,
    .handler = &yl_desk_handler,
    .user_data = self->desk,
  };
  self->server = yl_server_new (&options, error);
  return self->server != NULL;
}

static void
open_demo (YlDaemon *self)
{
  const YlDemoOptions options = {
    .journal = self->journal,
    .media = self->media,
    .plane = self->plane,
    .alliances = self->alliances,
    .pace = { .accept_ms = 2000,
              .accept_after_people_ms = 8000,
              .chat_ms = 1500,
              .sign_ms = 5000 },
  };
  self->demo = yl_demo_new (&options);
  yl_desk_set_follower (self->desk, yl_demo_follow, self->demo);
}

static char *
make_metrics (void *user_data)
{
  const YlDaemon *self = user_data;
  return yl_metrics_text (&self->sources);
}

static void
open_metrics (YlDaemon *self)
{
  self->sources.desk = self->desk;
  self->sources.server = self->server;
  self->sources.store = self->store;
  self->sources.accounts = self->accounts;
  self->sources.media = self->media;
  self->sources.courses = self->courses;
  self->sources.plane = self->plane;
  self->sources.started_ms = yl_clock_wall_ms ();
  yl_desk_set_metrics (self->desk, make_metrics, self);
}

static bool
tell_ports (const YlDaemon *self, GError **error)
{
  unsigned n;
  YlWorker **workers = yl_plane_workers (self->plane, &n);
  g_autofree char *text = g_strdup_printf (
      "https=%u\nhttp=%u\nmetrics=%u\nmedia=%u\n",
      yl_server_https_port (self->server), yl_server_http_port (self->server),
      yl_server_metrics_port (self->server), yl_worker_port (workers[0]));
  if (self->options->ports_file != NULL
      && !g_file_set_contents (self->options->ports_file, text, -1, error))
    return false;
  g_strdelimit (text, "\n", ' ');
  yl_log_info ("ready: %s", text);
  return true;
}

bool
yl_daemon_check (const YlDaemonOptions *options, GError **error)
{
  YlDaemon self = { .options = options, .config = options->config };
  yl_daemon_find_certificate (&self);
  const bool ok = (!options->demo || check_demo_is_local (&self, error))
                  && yl_daemon_check_certificate (&self, false, error);
  if (ok)
    g_clear_error (error);
  g_free (self.certificate);
  g_free (self.private_key);
  return ok;
}

/* --- life --- */

YlDaemon *
yl_daemon_new (const YlDaemonOptions *options, GError **error)
{
  g_autoptr (YlDaemon) self = g_new0 (YlDaemon, 1);
  self->options = options;
  self->config = options->config;
  self->loop = g_main_loop_new (NULL, FALSE);
  if (options->demo && !check_demo_is_local (self, error))
    return NULL;
  raise_descriptor_limit ();
  yl_daemon_find_certificate (self);
  if (!open_store (self, error)
      || !yl_daemon_check_certificate (self, true, error))
    return NULL;
  self->journal =
      yl_journal_new (self->store, self->alliances, NULL, NULL, error);
  if (self->journal == NULL || !open_accounts (self, error)
      || !open_media (self, error))
    return NULL;
  open_desk (self);
  if (!open_server (self, error))
    return NULL;
  open_metrics (self);
  if (options->demo)
    open_demo (self);
  yl_daemon_watch_certificate (self);
  yl_daemon_listen_to_signals (self);
  return tell_ports (self, error) ? g_steal_pointer (&self) : NULL;
}

void
yl_daemon_free (YlDaemon *self)
{
  for (size_t i = 0; i < G_N_ELEMENTS (self->signals); i++)
    g_clear_handle_id (&self->signals[i], g_source_remove);
  g_clear_handle_id (&self->certificate_timer, g_source_remove);
  g_clear_handle_id (&self->drain_timer, g_source_remove);
  if (self->desk != NULL)
    yl_desk_set_follower (self->desk, NULL, NULL);
  g_clear_pointer (&self->demo, yl_demo_free);
  if (self->desk != NULL)
    yl_desk_set_media (self->desk, NULL);
  g_clear_pointer (&self->media, yl_media_free);
  if (self->courses != NULL)
    yl_courses_end (self->courses);
  g_clear_pointer (&self->rooms, yl_rooms_free);
  g_clear_pointer (&self->plane, yl_plane_free);
  /* A socket that closes asks desk and journal; what waits for journal or
   * store is answered through the desk. */
  g_clear_pointer (&self->server, yl_server_free);
  g_clear_pointer (&self->journal, yl_journal_free);
  g_clear_pointer (&self->pool, yl_password_pool_free);
  g_clear_pointer (&self->store, yl_store_close);
  g_clear_pointer (&self->courses, yl_courses_free);
  g_clear_pointer (&self->desk, yl_desk_free);
  g_clear_pointer (&self->accounts, yl_accounts_free);
  g_clear_pointer (&self->alliances, yl_alliances_unref);
  g_main_loop_unref (self->loop);
  g_free (self->certificate);
  g_free (self->private_key);
  g_free (self);
}

int
yl_daemon_run (YlDaemon *self)
{
  sd_notify (0, "READY=1");
  g_main_loop_run (self->loop);
  yl_log_info ("ended");
  return self->status;
}
