#include "io/routes.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdalign.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define GROUP(name) (1u << (RTNLGRP_##name - 1))

/* Reads a turn; more of them end the next sleep. */
#define MAX_READS 16

/* Every host has these: local, main, default. */
static const uint32_t usual_rules[] = { 0, 32766, 32767 };

struct YlRoutes {
  int news; /* netlink, or -1 */
  int v4;   /* asked by connecting it, or -1 */
  int v6;
  bool ruled;  /* rules of the host's own: they may look at ports */
  bool hashed; /* the port may decide between ways of equal cost */
};

/* ---- what an answer cannot be had for ---- */

static int
open_netlink (unsigned groups, int flags)
{
  const struct sockaddr_nl name = { .nl_family = AF_NETLINK,
                                    .nl_groups = groups };
  const int fd =
      socket (AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | flags, NETLINK_ROUTE);
  if (fd >= 0 && bind (fd, (const struct sockaddr *) &name, sizeof name) == 0)
    return fd;
  if (fd >= 0)
    close (fd);
  return -1;
}

static bool
is_usual (const struct nlmsghdr *message)
{
  const struct fib_rule_hdr *rule = NLMSG_DATA (message);
  uint32_t priority = 0;
  int left = (int) NLMSG_PAYLOAD (message, sizeof *rule);
  const struct rtattr *at =
      (const struct rtattr *) ((const uint8_t *) rule
                               + NLMSG_ALIGN (sizeof *rule));
  for (; RTA_OK (at, left); at = RTA_NEXT (at, left))
    if (at->rta_type == FRA_PRIORITY && RTA_PAYLOAD (at) == sizeof priority)
      memcpy (&priority, RTA_DATA (at), sizeof priority);
  for (size_t i = 0; i < G_N_ELEMENTS (usual_rules); i++)
    if (priority == usual_rules[i])
      return true;
  return false;
}

/* Reads one part of the list. Returns whether more follows. */
static bool
read_rules (int fd, bool *ruled)
{
  alignas (struct nlmsghdr) char octets[8192];
  const ssize_t size = recv (fd, octets, sizeof octets, 0);
  size_t left = size > 0 ? (size_t) size : 0;
  if (left == 0)
    *ruled = true; /* nobody knows */
  for (const struct nlmsghdr *message = (const struct nlmsghdr *) octets;
       NLMSG_OK (message, left); message = NLMSG_NEXT (message, left)) {
    if (message->nlmsg_type == NLMSG_DONE)
      return false;
    *ruled |= message->nlmsg_type != RTM_NEWRULE || !is_usual (message);
  }
  return !*ruled;
}

static bool
has_rules (sa_family_t family)
{
  const struct {
    struct nlmsghdr header;
    struct fib_rule_hdr rule;
  } request = {
    .header = { .nlmsg_len = sizeof request,
                .nlmsg_type = RTM_GETRULE,
                .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
    .rule = { .family = (uint8_t) family },
  };
  const int fd = open_netlink (0, 0);
  bool ruled = fd < 0 || send (fd, &request, sizeof request, 0) < 0;
  while (!ruled && read_rules (fd, &ruled))
    continue;
  if (fd >= 0)
    close (fd);
  return ruled;
}

static bool
has_hash (const char *path)
{
  FILE *file = fopen (path, "re");
  const int policy = file != NULL ? fgetc (file) : '0';
  if (file != NULL)
    fclose (file);
  return policy != '0';
}

/* ---- the engine ---- */

static int
open_news (void)
{
  const int fd =
      open_netlink (GROUP (LINK) | GROUP (IPV4_IFADDR) | GROUP (IPV4_ROUTE)
                        | GROUP (IPV4_RULE) | GROUP (IPV6_IFADDR)
                        | GROUP (IPV6_ROUTE) | GROUP (IPV6_RULE),
                    SOCK_NONBLOCK);
  const int nexthops = RTNLGRP_NEXTHOP; /* beyond the mask; Linux 5.3 */
  if (fd >= 0)
    (void) setsockopt (fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &nexthops,
                       sizeof nexthops);
  return fd;
}

YlRoutes *
yl_routes_new (void)
{
  YlRoutes *self = g_new0 (YlRoutes, 1);
  self->news = open_news ();
  self->v4 = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  self->v6 = socket (AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  self->ruled = has_rules (AF_INET) || has_rules (AF_INET6);
  self->hashed = has_hash ("/proc/sys/net/ipv4/fib_multipath_hash_policy")
                 || has_hash ("/proc/sys/net/ipv6/fib_multipath_hash_policy");
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

/* Connecting a UDP socket sends nothing, it looks up the route. It must not
 * stay connected: the peer could fill it, and its source would stay. */
static bool
find_source (int fd, const YlAddress *remote, YlAddress *source)
{
  const struct sockaddr none = { .sa_family = AF_UNSPEC };
  struct sockaddr_storage name;
  socklen_t size = (socklen_t) yl_address_to_sockaddr (remote, &name, false);
  const bool found =
      connect (fd, (const struct sockaddr *) &name, size) == 0
      && (size = sizeof name,
          getsockname (fd, (struct sockaddr *) &name, &size) == 0)
      && yl_address_from_sockaddr (source, (const struct sockaddr *) &name);
  return connect (fd, &none, sizeof none) == 0 && found;
}

bool
yl_routes_choose (const YlRoutes *self, const YlAddress *remote,
                  const YlAddress *local)
{
  const int fd = yl_address_is_v4 (remote) ? self->v4 : self->v6;
  YlAddress source;
  return self->news >= 0 && !self->ruled && !self->hashed && fd >= 0
         && local->scope_id == 0 && find_source (fd, remote, &source)
         && memcmp (source.ip, local->ip, sizeof source.ip) == 0;
}

int
yl_routes_fd (const YlRoutes *self)
{
  return self->news;
}

static bool
tells_of_rules (const char *octets, ssize_t size)
{
  size_t left = (size_t) size;
  for (const struct nlmsghdr *message = (const struct nlmsghdr *) octets;
       NLMSG_OK (message, left); message = NLMSG_NEXT (message, left))
    if (message->nlmsg_type == RTM_NEWRULE)
      return true;
  return false;
}

bool
yl_routes_changed (YlRoutes *self)
{
  alignas (struct nlmsghdr) char octets[4096];
  bool changed = false;
  for (unsigned i = 0; i < MAX_READS && self->news >= 0; i++) {
    const ssize_t size = recv (self->news, octets, sizeof octets, 0);
    if (size < 0 && errno != ENOBUFS)
      break;
    /* What was lost may have been a rule. */
    self->ruled |= size < 0 || tells_of_rules (octets, size);
    changed = true;
  }
  return changed;
}
