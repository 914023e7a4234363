/* raw-egress.h: one plan for all viewers of a source, then each its own */
#pragma once

#include "raw-table.h"

/* Of RTP (RFC 3550, 5.1). */
enum {
  RAW_HEADER_SIZE = 12,
  RAW_VERSION = 0x80,
  RAW_PADDING = 0x20,
  RAW_EXTENSION = 0x10,
  RAW_MARKER = 0x80,
};

#define RAW_MAX_DATAGRAM 1472

/* Padding that fits where the tag and the header of the next packet were. */
#define RAW_MAX_LEVELLING 24

typedef struct RawEgress RawEgress;

typedef struct {
  uint64_t packets;
  uint64_t messages;
  uint64_t calls;
  uint64_t failed; /* messages the kernel refused */
} RawEgressCounters;

/* @fd: a blocking UDP socket */
RawEgress *raw_egress_new (int fd);
void raw_egress_free (RawEgress *self);

/* Writes what is pending, without the video if @audio_only, for each viewer;
 * it is not pending any more then. */
void raw_egress_write (RawEgress *self, RawSource *source, bool audio_only);

/* Sends what is left to send. */
void raw_egress_flush (RawEgress *self);

const RawEgressCounters *raw_egress_counters (const RawEgress *self);
