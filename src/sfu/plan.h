/* plan.h: who gets which packet of a batch, rewritten how */
#pragma once

#include "rtp/packet.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Packets of one batch; a larger one is cut by the caller. */
#define YL_PLAN_MAX_PACKETS 64

typedef enum {
  YL_PLAN_MEDIA,
  YL_PLAN_RTX, /* RFC 4588: `osn` goes before the payload */
} YlPlanKind;

/* One packet to one viewer. Rows of one slot stand together, in the order
 * the packets have to leave. */
typedef struct {
  int64_t seq;   /* egress, unwrapped: it is the SRTP index; never used twice
                  * on one SSRC */
  uint32_t peer; /* index of the viewer */
  uint32_t ssrc; /* of the slot, or of its RTX */
  uint32_t timestamp;  /* [ticks], already the slot's */
  uint16_t packet;     /* index into YlPlan.packets */
  uint16_t osn;        /* RTX: 16 bits of the first egress seq */
  uint16_t picture_id; /* VP8, as wide as the packet's own */
  uint8_t tl0picidx;   /* VP8, when the packet has one */
  uint8_t payload_type;
  uint8_t section; /* of the viewer's configuration: mid and extensions */
  uint8_t kind;    /* YlPlanKind */
  bool is_audio;
} YlPlanRow;

/* Filled by one call into the forwarder, read by the egress. `packets`
 * borrows: from the batch for media, from the resend history for RTX, where
 * it lives until the track's next batch. Reused without allocating once it
 * has grown to the largest room. Worker thread. */
typedef struct {
  YlPlanRow *rows;
  size_t n_rows;
  size_t capacity;
  size_t n_packets;
  const YlPacket *packets[YL_PLAN_MAX_PACKETS];
} YlPlan;

YlPlan *yl_plan_new (void);
void yl_plan_free (YlPlan *self);

/* Empties it, memory stays. */
void yl_plan_reset (YlPlan *self);

/* Room for @rows rows in all; the only place where a plan allocates. */
void yl_plan_reserve (YlPlan *self, size_t rows);
