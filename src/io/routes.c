#include "io/routes.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define GROUP(name) (1u << (RTNLGRP_##name - 1))

/* Reads a turn; more of them end the next sleep. */
#define MAX_READS 16

struct YlRoutes {
  int news; /* netlink, or -1 */
  int v4;   /* asked by connecting it, or -1 */
  int v6;
};

static int
open_news (void)
{
  const struct sockaddr_nl name = {
    .nl_family = AF_NETLINK,
    .nl_groups = GROUP (LINK) | GROUP (IPV4_IFADDR) | GROUP (IPV4_ROUTE)
                 | GROUP (IPV4_RULE) | GROUP (IPV6_IFADDR) | GROUP (IPV6_ROUTE)
                 | GROUP (IPV6_RULE),
  };
  const int fd = socket (AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
                         NETLINK_ROUTE);
  if (fd >= 0 && bind (fd, (const struct sockaddr *) &name, sizeof name) == 0)
    return fd;
  if (fd >= 0)
    close (fd);
  return -1;
}

YlRoutes *
yl_routes_new (void)
{
  YlRoutes *self = g_new0 (YlRoutes, 1);
  self->news = open_news ();
  self->v4 = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  self->v6 = socket (AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  return self;
}

void
yl_routes_free (YlRoutes *self)
{
  if (self == NULL)
    return;
  const int fds[] = { self->news, self->v4, self->v6 };
  for (size_t i = 0; i < G_N_ELEMENTS (fds); i++)
    if (fds[i] >= 0)
      close (fds[i]);
  g_free (self);
}

/* Connecting a UDP socket sends nothing, it looks up the route. Disconnected
 * first, else the source of the time before would stay. */
static bool
find_source (int fd, const YlAddress *remote, YlAddress *source)
{
  const struct sockaddr none = { .sa_family = AF_UNSPEC };
  struct sockaddr_storage name;
  socklen_t size = (socklen_t) yl_address_to_sockaddr (remote, &name, false);
  if (connect (fd, &none, sizeof none) != 0
      || connect (fd, (const struct sockaddr *) &name, size) != 0)
    return false;
  size = sizeof name;
  return getsockname (fd, (struct sockaddr *) &name, &size) == 0
         && yl_address_from_sockaddr (source, (const struct sockaddr *) &name);
}

bool
yl_routes_choose (const YlRoutes *self, const YlAddress *remote,
                  const YlAddress *local)
{
  const int fd = yl_address_is_v4 (remote) ? self->v4 : self->v6;
  YlAddress source;
  return self->news >= 0 && fd >= 0 && local->scope_id == 0
         && find_source (fd, remote, &source)
         && memcmp (source.ip, local->ip, sizeof source.ip) == 0;
}

int
yl_routes_fd (const YlRoutes *self)
{
  return self->news;
}

bool
yl_routes_changed (YlRoutes *self)
{
  char octets[4096];
  bool changed = false;
  for (unsigned i = 0; i < MAX_READS && self->news >= 0; i++) {
    const ssize_t size = recv (self->news, octets, sizeof octets, MSG_TRUNC);
    if (size < 0 && errno != ENOBUFS) /* which means: some were lost */
      break;
    changed = true;
  }
  return changed;
}
