#include "base/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

static const uint8_t V4_PREFIX[12] = { [10] = 0xff, [11] = 0xff };

bool
yl_address_equal (const YlAddress *a, const YlAddress *b)
{
  return a->port == b->port && a->scope_id == b->scope_id
         && memcmp (a->ip, b->ip, sizeof a->ip) == 0;
}

uint32_t
yl_address_hash (const YlAddress *self)
{
  uint32_t hash = UINT32_C (2166136261); /* FNV-1a */
  for (size_t i = 0; i < sizeof self->ip; i++)
    hash = (hash ^ self->ip[i]) * UINT32_C (16777619);
  hash = (hash ^ (self->port & 0xff)) * UINT32_C (16777619);
  return (hash ^ (self->port >> 8)) * UINT32_C (16777619);
}

bool
yl_address_is_v4 (const YlAddress *self)
{
  return memcmp (self->ip, V4_PREFIX, sizeof V4_PREFIX) == 0;
}

bool
yl_address_is_loopback (const YlAddress *self)
{
  static const uint8_t v6_loopback[16] = { [15] = 1 };
  if (yl_address_is_v4 (self))
    return self->ip[12] == 127;
  return memcmp (self->ip, v6_loopback, sizeof v6_loopback) == 0;
}

bool
yl_address_is_any (const YlAddress *self)
{
  static const uint8_t zeros[16];
  const size_t skip = yl_address_is_v4 (self) ? sizeof V4_PREFIX : 0;
  return memcmp (self->ip + skip, zeros, sizeof self->ip - skip) == 0;
}

bool
yl_address_from_sockaddr (YlAddress *self, const struct sockaddr *from)
{
  YlAddress address = { 0 };
  if (from->sa_family == AF_INET) {
    struct sockaddr_in in;
    memcpy (&in, from, sizeof in);
    memcpy (address.ip, V4_PREFIX, sizeof V4_PREFIX);
    memcpy (address.ip + sizeof V4_PREFIX, &in.sin_addr, 4);
    address.port = ntohs (in.sin_port);
  } else if (from->sa_family == AF_INET6) {
    struct sockaddr_in6 in6;
    memcpy (&in6, from, sizeof in6);
    memcpy (address.ip, &in6.sin6_addr, sizeof address.ip);
    address.port = ntohs (in6.sin6_port);
    address.scope_id = in6.sin6_scope_id;
  } else {
    return false;
  }
  *self = address;
  return true;
}

size_t
yl_address_to_sockaddr (const YlAddress *self, struct sockaddr_storage *to,
                        bool as_v6)
{
  if (yl_address_is_v4 (self) && !as_v6) {
    struct sockaddr_in in = { .sin_family = AF_INET };
    memcpy (&in.sin_addr, self->ip + sizeof V4_PREFIX, 4);
    in.sin_port = htons (self->port);
    memcpy (to, &in, sizeof in);
    return sizeof in;
  }
  struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
  memcpy (&in6.sin6_addr, self->ip, sizeof self->ip);
  in6.sin6_port = htons (self->port);
  in6.sin6_scope_id = self->scope_id;
  memcpy (to, &in6, sizeof in6);
  return sizeof in6;
}

bool
yl_address_parse_ip (YlAddress *self, const char *text, uint16_t port)
{
  YlAddress address = { .port = port };
  if (inet_pton (AF_INET, text, address.ip + sizeof V4_PREFIX) == 1)
    memcpy (address.ip, V4_PREFIX, sizeof V4_PREFIX);
  else if (inet_pton (AF_INET6, text, address.ip) != 1)
    return false;
  *self = address;
  return true;
}

const char *
yl_address_ip_text (const YlAddress *self, char text[YL_ADDRESS_TEXT_SIZE])
{
  const bool v4 = yl_address_is_v4 (self);
  inet_ntop (v4 ? AF_INET : AF_INET6, self->ip + (v4 ? sizeof V4_PREFIX : 0),
             text, YL_ADDRESS_TEXT_SIZE);
  return text;
}
