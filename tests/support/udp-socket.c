/* udp-socket.c: a client's UDP socket, which never blocks */
#include "udp-socket.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

static int
open_like (const YlAddress *address)
{
  return socket (yl_address_is_v4 (address) ? AF_INET : AF_INET6,
                 SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

/* Closes @fd and keeps errno. */
static int
give_up (int fd)
{
  const int code = errno;
  if (fd >= 0)
    close (fd);
  errno = code;
  return -1;
}

int
udp_socket_bind (YlAddress *own)
{
  struct sockaddr_storage name;
  socklen_t size = (socklen_t) yl_address_to_sockaddr (own, &name, false);
  const int fd = open_like (own);
  if (fd < 0 || bind (fd, (struct sockaddr *) &name, size) != 0)
    return give_up (fd);
  size = sizeof name;
  if (getsockname (fd, (struct sockaddr *) &name, &size) != 0)
    return give_up (fd);
  yl_address_from_sockaddr (own, (struct sockaddr *) &name);
  return fd;
}

int
udp_socket_connect (const YlAddress *remote)
{
  const int fd = open_like (remote);
  return fd >= 0 && udp_socket_aim (fd, remote) ? fd : give_up (fd);
}

bool
udp_socket_aim (int fd, const YlAddress *remote)
{
  struct sockaddr_storage to;
  int family;
  socklen_t size = sizeof family;
  if (getsockopt (fd, SOL_SOCKET, SO_DOMAIN, &family, &size) != 0)
    return false;
  size = (socklen_t) yl_address_to_sockaddr (remote, &to, family == AF_INET6);
  return connect (fd, (struct sockaddr *) &to, size) == 0;
}
