#include "app/plane.h"

#include "base/log.h"
#include "dtls/dtls.h"
#include "io/udp.h"
#include "plugins.h"

#include <glib-unix.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <string.h>

/* More interfaces than that only slow the connecting down. */
#define ADDRESSES_MAX 16

typedef struct {
  YlPlane *plane;
  unsigned index;
  YlWorker *worker;
  YlPipelineRelay *relay;
  guint source;
} Lane;

struct YlPlane {
  YlDtlsCertificate *certificate;
  YlDtlsContext *dtls;
  Lane *lanes;
  YlWorker **workers; /* of the lanes */
  unsigned n_lanes;
  YlAddress addresses[ADDRESSES_MAX];
  unsigned n_addresses;
  YlPlaneReadable readable;
  YlPlaneFailed failed;
  void *user_data;
};

/* --- addresses --- */

static void
add_address (YlPlane *self, const YlAddress *address)
{
  if (self->n_addresses < ADDRESSES_MAX)
    self->addresses[self->n_addresses++] = *address;
}

static void
add_interfaces (YlPlane *self)
{
  struct ifaddrs *all;
  if (getifaddrs (&all) != 0)
    return;
  for (const struct ifaddrs *i = all; i != NULL; i = i->ifa_next) {
    YlAddress address;
    if (i->ifa_addr == NULL || !(i->ifa_flags & IFF_UP)
        || !yl_address_from_sockaddr (&address, i->ifa_addr))
      continue;
    /* Link-local IPv6 needs an interface name that browsers do not take. */
    if (!yl_address_is_loopback (&address) && address.scope_id == 0
        && !(address.ip[0] == 0xfe && (address.ip[1] & 0xc0) == 0x80))
      add_address (self, &address);
  }
  freeifaddrs (all);
}

static void
choose_addresses (YlPlane *self, const YlPlaneOptions *options)
{
  YlAddress address;
  if (*options->announce != '\0') {
    g_auto (GStrv) parts = g_strsplit (options->announce, ",", -1);
    for (char **part = parts; *part != NULL; part++)
      if (yl_address_parse_ip (&address, g_strstrip (*part), 0))
        add_address (self, &address);
  } else if (*options->address != '\0'
             && yl_address_parse_ip (&address, options->address, 0)
             && !yl_address_is_any (&address)) {
    add_address (self, &address);
  } else {
    add_interfaces (self);
  }
  const bool none = self->n_addresses == 0;
  if ((options->loopback || none)
      && yl_address_parse_ip (&address, "127.0.0.1", 0))
    add_address (self, &address);
}

/* --- lanes --- */

static void
on_relay_failed (void *user, const GError *error)
{
  const Lane *lane = user;
  yl_log_error ("media worker %u failed: %s", lane->index, error->message);
  if (lane->plane->failed != NULL)
    lane->plane->failed (lane->plane->user_data);
}

/* A flood, or a busy moment, is outlived by what waits in the socket. */
static void
check_socket (YlWorker *worker)
{
  YlWorkerMetrics metrics;
  yl_worker_get_metrics (worker, &metrics);
  if (metrics.receive_buffer < 2 * YL_UDP_SOCKET_BUFFER)
    yl_log_warning ("media port %u holds %u octets only: raise "
                    "net.core.rmem_max to %d, or packets may be lost",
                    yl_worker_port (worker), metrics.receive_buffer,
                    YL_UDP_SOCKET_BUFFER);
}

static bool
set_up_lane (Lane *lane, const YlPlaneOptions *options, GError **error)
{
  YlAddress bind = { 0 }; /* :: takes both families */
  if (*options->address != '\0')
    yl_address_parse_ip (&bind, options->address, 0);
  bind.port = options->port != 0 ? (uint16_t) (options->port + lane->index) : 0;
  const YlWorkerConfig config = { .bind = &bind,
                                  .dtls = lane->plane->dtls,
                                  .max_peers = options->max_peers };
  lane->worker = yl_worker_new (&config, error);
  if (lane->worker == NULL) {
    g_prefix_error (error,
                    "cannot receive media on port %u (UDP): ", bind.port);
    return false;
  }
  check_socket (lane->worker);
  lane->relay =
      yl_pipeline_relay_new (lane->worker, on_relay_failed, lane, error);
  return lane->relay != NULL;
}

YlPlane *
yl_plane_new (const YlPlaneOptions *options, GError **error)
{
  gst_init (NULL, NULL);
  yl_plugins_register_static ();
  g_autoptr (YlPlane) self = g_new0 (YlPlane, 1);
  choose_addresses (self, options);
  self->certificate = yl_dtls_certificate_new (error);
  if (self->certificate == NULL)
    return NULL;
  self->dtls = yl_dtls_context_new (self->certificate, error);
  if (self->dtls == NULL)
    return NULL;
  self->lanes = g_new0 (Lane, options->workers);
  self->workers = g_new0 (YlWorker *, options->workers);
  for (unsigned i = 0; i < options->workers; i++) {
    Lane *lane = &self->lanes[i];
    lane->plane = self;
    lane->index = i;
    self->n_lanes = i + 1;
    if (!set_up_lane (lane, options, error))
      return NULL;
    self->workers[i] = lane->worker;
  }
  return g_steal_pointer (&self);
}

static gboolean
on_event_fd (int fd, GIOCondition condition, void *data)
{
  const Lane *lane = data;
  lane->plane->readable (lane->index, lane->plane->user_data);
  return G_SOURCE_CONTINUE;
}

bool
yl_plane_start (YlPlane *self, YlPlaneReadable readable, YlPlaneFailed failed,
                void *user_data, GError **error)
{
  self->readable = readable;
  self->failed = failed;
  self->user_data = user_data;
  for (unsigned i = 0; i < self->n_lanes; i++) {
    Lane *lane = &self->lanes[i];
    lane->source = g_unix_fd_add (yl_worker_event_fd (lane->worker), G_IO_IN,
                                  on_event_fd, lane);
    if (!yl_pipeline_relay_start (lane->relay, error))
      return false;
  }
  return true;
}

void
yl_plane_free (YlPlane *self)
{
  for (unsigned i = 0; i < self->n_lanes; i++) {
    Lane *lane = &self->lanes[i];
    g_clear_handle_id (&lane->source, g_source_remove);
    if (lane->relay != NULL)
      yl_pipeline_relay_stop (lane->relay);
    g_clear_pointer (&lane->relay, yl_pipeline_relay_free);
    g_clear_pointer (&lane->worker, yl_worker_free);
  }
  g_free (self->lanes);
  g_free (self->workers);
  g_clear_pointer (&self->dtls, yl_dtls_context_free);
  g_clear_pointer (&self->certificate, yl_dtls_certificate_free);
  g_free (self);
}

YlWorker **
yl_plane_workers (YlPlane *self, unsigned *n)
{
  *n = self->n_lanes;
  return self->workers;
}

YlPipelineRelay *
yl_plane_relay (YlPlane *self, unsigned index)
{
  return self->lanes[index].relay;
}

const YlAddress *
yl_plane_addresses (const YlPlane *self, unsigned *n)
{
  *n = self->n_addresses;
  return self->addresses;
}

const uint8_t *
yl_plane_fingerprint (const YlPlane *self)
{
  return yl_dtls_certificate_sha256 (self->certificate);
}
