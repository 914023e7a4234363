/* own-address.h: this machine's own address */
#pragma once

#include "base/address.h"

#include <stdbool.h>

/* The first IPv4 address of an interface that is up and not loopback, port
 * 0; loopback where there is none, which not every server accepts. */
void own_address_find (YlAddress *address);
