/* own-address.c: this machine's own address */
#include "own-address.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <stddef.h>
#include <sys/socket.h>

void
own_address_find (YlAddress *address)
{
  struct ifaddrs *all = NULL;
  yl_address_parse_ip (address, "127.0.0.1", 0);
  if (getifaddrs (&all) != 0)
    return;
  for (const struct ifaddrs *one = all; one != NULL; one = one->ifa_next) {
    if (one->ifa_addr == NULL || one->ifa_addr->sa_family != AF_INET
        || !(one->ifa_flags & IFF_UP) || one->ifa_flags & IFF_LOOPBACK)
      continue;
    yl_address_from_sockaddr (address, one->ifa_addr);
    break;
  }
  freeifaddrs (all);
}
