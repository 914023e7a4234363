/* address.h: a transport address as a value that compares and hashes */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sockaddr;
struct sockaddr_storage;

/* IPv4 is kept as IPv4-mapped IPv6 (RFC 4291, 2.5.5.2), so that an address
 * seen through a dual-stack socket equals the same one seen through another.
 * Compare the whole struct only by yl_address_equal(). */
typedef struct {
  uint8_t ip[16];
  uint16_t port;     /* host order */
  uint32_t scope_id; /* of link-local IPv6, else 0 */
} YlAddress;

#define YL_ADDRESS_TEXT_SIZE 64

bool yl_address_equal (const YlAddress *a, const YlAddress *b);

uint32_t yl_address_hash (const YlAddress *self);

bool yl_address_is_v4 (const YlAddress *self);

bool yl_address_is_loopback (const YlAddress *self);

/* 0.0.0.0 or :: */
bool yl_address_is_any (const YlAddress *self);

/* Accepts AF_INET and AF_INET6; false for others, @self untouched. */
bool yl_address_from_sockaddr (YlAddress *self, const struct sockaddr *from);

/* Writes AF_INET6 (mapped for IPv4) when @as_v6, else the address's own
 * family. Returns the length to hand to the kernel. */
size_t yl_address_to_sockaddr (const YlAddress *self,
                               struct sockaddr_storage *to, bool as_v6);

/* "192.0.2.1", "2001:db8::1"; no port, no brackets. */
bool yl_address_parse_ip (YlAddress *self, const char *text, uint16_t port);

/* The address without its port, as SDP and logs below INFO write it. */
const char *yl_address_ip_text (const YlAddress *self,
                                char text[YL_ADDRESS_TEXT_SIZE]);
