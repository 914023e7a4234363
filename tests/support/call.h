/* call.h: two test clients in one room of a gateway in this process */
#pragma once

#include "gateway.h"

typedef struct {
  YlDtlsCertificate *certificate; /* of both clients */
  YlDtlsContext *dtls;
  Gateway *gateway;
  RtcRunner *runner;
  RtcClient *clients[2]; /* peers 1 and 2, in room 1 */
} Call;

/* A gateway with an empty room. */
void call_set_up (Call *call, gconstpointer unused);
void call_tear_down (Call *call, gconstpointer unused);

/* What most clients send: 40 kbit/s and 500 kbit/s. */
RtcClientSetup call_client_setup (const Call *call, unsigned i);

/* Makes client @i and lets it connect. */
void call_join (Call *call, unsigned i, const RtcClientSetup *setup);

/* Both join and get each other's picture and voice. */
void call_connect (Call *call);

/* Runs the clients until @done; fails after @limit_ms. */
void call_wait (Call *call, bool (*done) (void *call), unsigned limit_ms);

/* A condition for call_wait(): both slots of both show media. */
bool call_flows (void *call);

uint64_t call_packets (const Call *call, unsigned i, YlMediaKind kind);
