/* raw-forward.h: decrypt once, rewrite and encrypt for each viewer, send */
#pragma once

#include "raw-table.h"

typedef struct RawForward RawForward;

typedef struct {
  uint64_t received; /* media packets decrypted */
  uint64_t ignored;  /* anything else: RTCP, unknown, forged */
  uint64_t turns;
  uint64_t packets; /* sent */
  uint64_t messages;
  uint64_t failed; /* messages the kernel refused */
} RawCounters;

/* @fd: a blocking UDP socket; @table: borrowed, must not change in a turn */
RawForward *raw_forward_new (int fd, RawTable *table);
void raw_forward_free (RawForward *self);

/* Receives what is there, once, and sends it on. */
void raw_forward_turn (RawForward *self);

const RawCounters *raw_forward_counters (const RawForward *self);
