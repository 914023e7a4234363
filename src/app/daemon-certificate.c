#include "app/daemon-private.h"

#include "base/log.h"
#include "io/clock.h"
#include "server/certificate.h"

#define DAY_S 86400
#define WARN_DAYS 30
#define DEMO_CERTIFICATE_DAYS 365

void
yl_daemon_find_certificate (YlDaemon *self)
{
  const YlConfig *config = self->config;
  self->certificate =
      *config->certificate != '\0'
          ? g_strdup (config->certificate)
          : g_build_filename (config->data, "certificate.pem", NULL);
  self->private_key =
      *config->private_key != '\0'
          ? g_strdup (config->private_key)
          : g_build_filename (config->data, "private-key.pem", NULL);
}

static bool
make_demo_certificate (YlDaemon *self, GError **error)
{
  const char *names[] = { "localhost", "127.0.0.1", "::1", NULL };
  yl_log_info ("making a self-signed certificate for the demo");
  return yl_certificate_make (self->certificate, self->private_key, names,
                              yl_clock_wall_ms (), DEMO_CERTIFICATE_DAYS,
                              error);
}

static void
warn_before_expiry (int64_t expires_ms)
{
  const int64_t left_ms = expires_ms - yl_clock_wall_ms ();
  const int64_t days = left_ms / (DAY_S * INT64_C (1000));
  if (days < WARN_DAYS)
    yl_log_warning ("the certificate expires in %d days", (int) days);
}

bool
yl_daemon_check_certificate (YlDaemon *self, bool make, GError **error)
{
  int64_t *expires_ms = &self->sources.certificate_expires_ms;
  if (*self->config->https == '\0')
    return true;
  g_autoptr (GError) reason = NULL;
  const int64_t now_ms = yl_clock_wall_ms ();
  if (!yl_certificate_check (self->certificate, self->private_key, now_ms,
                             expires_ms, &reason)) {
    const bool own = self->options->demo && *self->config->certificate == '\0';
    if (!own || !make) {
      g_propagate_error (error, g_steal_pointer (&reason));
      return own; /* it will be made at start */
    }
    if (!make_demo_certificate (self, error)
        || !yl_certificate_check (self->certificate, self->private_key, now_ms,
                                  expires_ms, error))
      return false;
  }
  warn_before_expiry (*expires_ms);
  return true;
}

static gboolean
on_certificate_day (void *user_data)
{
  const YlDaemon *self = user_data;
  warn_before_expiry (self->sources.certificate_expires_ms);
  return G_SOURCE_CONTINUE;
}

void
yl_daemon_watch_certificate (YlDaemon *self)
{
  self->certificate_timer =
      g_timeout_add_seconds (DAY_S, on_certificate_day, self);
}
