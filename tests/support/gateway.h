/* gateway.h: the media side of the gateway in this process: a worker in its
 * pipeline, and the negotiation that feeds it */
#pragma once

#include "rtc-client.h"
#include "rtc-runner.h"
#include "worker/worker.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* A loopback port of the kernel's choice. */
typedef struct Gateway Gateway;

Gateway *gateway_new (void);
void gateway_free (Gateway *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Gateway, gateway_free)

void gateway_add_room (Gateway *self, uint64_t room, bool forward);
void gateway_forward (Gateway *self, uint64_t room, bool on);
void gateway_remove_room (Gateway *self, uint64_t room);

/* Answers the offer of @client, whose id is @peer: its first, or a later one
 * (ICE restart). */
void gateway_answer (Gateway *self, uint64_t room, uint64_t peer,
                     RtcClient *client);
void gateway_remove_peer (Gateway *self, uint64_t peer);

/* Takes events in. How many of this kind came for @peer so far. */
unsigned gateway_events (Gateway *self, uint64_t peer, YlWorkerEventKind kind);

void gateway_get_metrics (Gateway *self, YlWorkerMetrics *metrics);
