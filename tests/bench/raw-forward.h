/* raw-forward.h: decrypt once, hold what is no whole frame yet, send on */
#pragma once

#include "raw-egress.h"

typedef struct RawForward RawForward;

typedef struct {
  uint64_t received; /* media packets decrypted */
  uint64_t ignored;  /* anything else: RTCP, unknown, forged */
  uint64_t turns;
} RawCounters;

/* @fd: a blocking UDP socket; @table: borrowed, must not change in a turn */
/* @max_hold_ns: how long video may wait for the rest of its frame, at most;
 * less for few viewers, 0: not at all */
RawForward *raw_forward_new (int fd, RawTable *table, uint64_t max_hold_ns);
void raw_forward_free (RawForward *self);

/* Receives what is there, once, and sends it on. */
void raw_forward_turn (RawForward *self);

/* How long to wait for the next turn even if nothing comes. */
#define RAW_FOREVER UINT64_MAX
uint64_t raw_forward_wait_ns (const RawForward *self);

const RawCounters *raw_forward_counters (const RawForward *self);

const RawEgressCounters *raw_forward_sent (const RawForward *self);
