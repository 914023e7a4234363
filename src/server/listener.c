#include <config.h>

#include "server/listener.h"

#include <errno.h>
#include <glib-unix.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

/* Connections taken in one turn of the loop: the others get their turn. */
#define ACCEPT_BATCH 32
#define BACKLOG 1024
/* How long not to accept when the process is out of descriptors [ms]. */
#define EXHAUSTED_PAUSE_MS 100

struct YlListener {
  int fd;
  guint source; /* either the socket's or the pause's */
  YlAddress address;
  YlListenerAccepted accepted;
  void *user_data;
};

G_DEFINE_QUARK (yl_server_error, yl_server_error)

static gboolean on_readable (int fd, GIOCondition condition, void *data);

static gboolean
on_pause_over (void *data)
{
  YlListener *self = data;
  self->source = g_unix_fd_add (self->fd, G_IO_IN, on_readable, self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_readable (int fd, GIOCondition condition, void *data)
{
  YlListener *self = data;
  for (int i = 0; i < ACCEPT_BATCH; i++) {
    struct sockaddr_storage name;
    socklen_t size = sizeof name;
    const int client = accept4 (fd, (struct sockaddr *) &name, &size,
                                SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (client < 0 && (errno == EMFILE || errno == ENFILE)) {
      self->source = g_timeout_add (EXHAUSTED_PAUSE_MS, on_pause_over, self);
      return G_SOURCE_REMOVE;
    }
    if (client < 0 && errno == ECONNABORTED)
      continue;
    if (client < 0)
      break;
    YlAddress from;
    if (!yl_address_from_sockaddr (&from, (struct sockaddr *) &name)) {
      close (client);
      continue;
    }
    const int on = 1;
    setsockopt (client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    self->accepted (client, &from, self->user_data);
  }
  return G_SOURCE_CONTINUE;
}

static bool
open_socket (int *fd, const YlAddress *address)
{
  struct sockaddr_storage name;
  const bool v6 = !yl_address_is_v4 (address);
  const socklen_t size =
      (socklen_t) yl_address_to_sockaddr (address, &name, v6);
  const int on = 1, off = 0;
  *fd = socket (v6 ? AF_INET6 : AF_INET,
                SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (*fd < 0)
    return false;
  setsockopt (*fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (v6)
    setsockopt (*fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  return bind (*fd, (struct sockaddr *) &name, size) == 0
         && listen (*fd, BACKLOG) == 0;
}

static const char *
explain (int error)
{
  switch (error) {
  case EADDRINUSE:
    return "the port is in use by another program";
  case EADDRNOTAVAIL:
    return "this machine does not have the address";
  case EACCES:
    return "not allowed (ports below 1024 need CAP_NET_BIND_SERVICE)";
  default:
    return g_strerror (error);
  }
}

YlListener *
yl_listener_new (const YlAddress *address, YlListenerAccepted accepted,
                 void *user_data, GError **error)
{
  int fd;
  if (!open_socket (&fd, address)) {
    const int saved = errno;
    char text[YL_ADDRESS_TEXT_SIZE];
    g_set_error (error, YL_SERVER_ERROR, YL_SERVER_ERROR_LISTEN,
                 "cannot listen on %s port %u (TCP): %s",
                 yl_address_ip_text (address, text), address->port,
                 explain (saved));
    if (fd >= 0)
      close (fd);
    return NULL;
  }

  YlListener *self = g_new0 (YlListener, 1);
  struct sockaddr_storage name;
  socklen_t size = sizeof name;
  self->fd = fd;
  self->accepted = accepted;
  self->user_data = user_data;
  self->address = *address;
  if (getsockname (fd, (struct sockaddr *) &name, &size) == 0)
    yl_address_from_sockaddr (&self->address, (struct sockaddr *) &name);
  self->source = g_unix_fd_add (fd, G_IO_IN, on_readable, self);
  return self;
}

void
yl_listener_free (YlListener *self)
{
  g_source_remove (self->source);
  close (self->fd);
  g_free (self);
}

const YlAddress *
yl_listener_address (const YlListener *self)
{
  return &self->address;
}
