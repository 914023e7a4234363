/* swarm.h: all connections of the load program, on real sockets
 *
 * Media runs on the thread that calls swarm_run(). Signalling blocks, so it
 * runs on a pool of threads that hand the connection back when the server
 * has answered, after some tries where it has too much to do. Connections
 * on their way and those that only send are waited
 * for; those that receive are swept every few milliseconds, because the
 * kernel notes the time of arrival and a thread woken by each packet would
 * cost more than the packets. */
#pragma once

#include "connection.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Swarm Swarm;

/* @setup: borrowed. @joiners: connections that may be on their way at once,
 * from asking the server to media. */
Swarm *swarm_new (Target *target, const ConnectionSetup *setup,
                  unsigned joiners, GError **error);

/* Everybody leaves. */
void swarm_free (Swarm *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Swarm, swarm_free)

void swarm_set_joiners (Swarm *self, unsigned joiners);

/* Adds a connection and asks the server for it. @source: whose media it
 * will receive, NULL: nobody's, or told later. Owned by the swarm. */
Connection *swarm_add (Swarm *self, ConnectionRole role, unsigned room,
                       unsigned who, Connection *source, GError **error);

/* Lets @connection go and frees it, once the server has answered for it. */
void swarm_remove (Swarm *self, Connection *connection);

/* Media runs until @done says so (asked after each turn) or @limit_us has
 * passed. Returns what @done said last. */
bool swarm_run (Swarm *self, bool (*done) (void *user), void *user,
                uint64_t limit_us);

/* Media runs for a while. */
void swarm_pass (Swarm *self, uint64_t duration_us);

/* Takes all that has arrived. */
void swarm_sweep (Swarm *self);

/* How often somebody was told to come again later, and did. */
unsigned swarm_retries (const Swarm *self);

/* Of Connection, in the order of adding. Borrowed. */
GPtrArray *swarm_connections (Swarm *self);
