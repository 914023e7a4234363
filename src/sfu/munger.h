/* munger.h: one unbroken numbering for a slot, whatever it shows
 *
 * A span is a run of one source's packets with constant differences between
 * its numbers and ours. A switch or a pause ends the span and the next one
 * goes on right behind it, so no egress number ever means two packets. Old
 * spans are kept a while for late packets and for resending. */
#pragma once

#include "base/random.h"
#include "sfu/plan.h"

#include <stdbool.h>
#include <stdint.h>

/* Remembered per slot; a switch needs a keyframe, so more than this in the
 * second that a resend history holds does not happen to honest sources. */
#define YL_SFU_SPANS 4

typedef struct {
  uint64_t source; /* never used for another track; 0: unused span */
  int64_t first;   /* source seq, unwrapped */
  int64_t last;    /* newest so far */
  int64_t seq_offset;
  uint32_t ts_offset;
  uint32_t track; /* index, valid while that track has this source */
  uint16_t picture_id_offset;
  uint8_t tl0picidx_offset;
  uint8_t payload_type;
  uint8_t rtx_payload_type;
} YlSfuSpan;

typedef struct {
  int64_t newest_seq; /* highest egress seq given out */
  uint64_t newest_us; /* arrival of the packet with newest_ts */
  uint32_t newest_ts; /* highest egress timestamp given out */
  uint16_t newest_picture_id;
  uint8_t newest_tl0picidx;
  uint8_t current; /* index of the newest span */
  bool open;       /* the current span still grows */
  bool started;    /* anything was ever sent */
  YlSfuSpan spans[YL_SFU_SPANS];
} YlSfuMunger;

/* What a new span needs to know. */
typedef struct {
  uint64_t source;
  uint32_t track;
  uint32_t clock_rate; /* [Hz] */
  uint8_t payload_type;
  uint8_t rtx_payload_type;
} YlSfuSpanSource;

/* Draws the first sequence number and timestamp. */
void yl_sfu_munger_init (YlSfuMunger *self, YlRandom *random);

/* Begins a span with @packet as its first; the caller has made sure that it
 * starts a keyframe where that matters. */
void yl_sfu_munger_open (YlSfuMunger *self, const YlSfuSpanSource *source,
                         const YlPacket *packet);

/* Nothing more than late packets from the current span. */
void yl_sfu_munger_close (YlSfuMunger *self);

/**
 * yl_sfu_munger_map:
 * @row: (out): seq, timestamp, picture id, TL0PICIDX, payload type
 * Returns: %false for a packet in no span: before its first, or after the
 *   last of a closed one
 */
bool yl_sfu_munger_map (YlSfuMunger *self, uint64_t source,
                        const YlPacket *packet, YlPlanRow *row);

/* The span that gave out @seq, or NULL; the packet was @seq − seq_offset. */
const YlSfuSpan *yl_sfu_munger_find (const YlSfuMunger *self, int64_t seq);

/* The numbers of @packet as @span translates them. */
void yl_sfu_span_apply (const YlSfuSpan *span, const YlPacket *packet,
                        YlPlanRow *row);
