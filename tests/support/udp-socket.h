/* udp-socket.h: a client's UDP socket, which never blocks */
#pragma once

#include "base/address.h"

#include <stdbool.h>

/* Sends from @own, whose port 0 is filled in. -1: see errno. */
int udp_socket_bind (YlAddress *own);

/* Towards @remote, from wherever the kernel thinks best. -1: see errno. */
int udp_socket_connect (const YlAddress *remote);

/* From now on towards @remote, and hears nobody else. False: see errno. */
bool udp_socket_aim (int fd, const YlAddress *remote);
