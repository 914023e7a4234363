/* routes.h: which of its addresses the kernel would send from
 *
 * Naming the source of a message (IP_PKTINFO) costs as much as a twelfth of
 * sending it, and on most hosts it is what the kernel would choose anyway.
 * Answers hold until links, addresses, routes or rules of the host change.
 * Where the port of the sender may matter, by rules of the host's own or by a
 * hash over ports between ways of equal cost, nothing is the kernel's choice:
 * the question is asked from another port. One owner, one thread. */
#pragma once

#include "base/address.h"

#include <glib.h>

typedef struct YlRoutes YlRoutes;

/* Never fails: where the kernel does not tell of changes, nothing is ever the
 * kernel's own choice. May block for as long as the host's rules are read. */
YlRoutes *yl_routes_new (void);
void yl_routes_free (YlRoutes *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlRoutes, yl_routes_free)

/* Whether a datagram to @remote, from a socket bound to no address, leaves
 * with the source @local unless told otherwise. Never blocks. */
bool yl_routes_choose (const YlRoutes *self, const YlAddress *remote,
                       const YlAddress *local);

/* Readable when something changed; -1: there is none. For epoll. */
int yl_routes_fd (const YlRoutes *self);

/* Reads the news. Returns whether all answers so far are void. Never
 * blocks. */
bool yl_routes_changed (YlRoutes *self);
