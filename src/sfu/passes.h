/* passes.h: whose turn it is: great fan-outs in small pieces
 *
 * A frame for three hundred viewers is milliseconds of work. A room of two
 * must not wait for it, so a batch for few viewers is planned at once and one
 * for many becomes a pass that waits here: each turn of the worker runs a
 * bounded share of them, track after track, and looks at its socket in
 * between. Sound and picture of one course go through their viewers in step,
 * so that they can leave in one message. Under overload a track's passes grow
 * into larger batches, which are cheaper, and then lose packets: those of the
 * loud, not everybody's. */
#pragma once

#include "sfu/sfu.h"

/* Rows that are planned at once when nothing of the track waits: rooms of
 * three never wait. */
#define YL_SFU_PASSES_SMALL (2 * YL_PLAN_MAX_PACKETS)
/* Rows of passes in one turn; the last step may go beyond by one step. */
#define YL_SFU_PASSES_ROWS 512
/* Viewers in one step, fewer when the batch is long. */
#define YL_SFU_PASSES_VIEWERS 32
/* That wait, in all and of one track. */
#define YL_SFU_PASSES_MAX 128
#define YL_SFU_PASSES_PER_TRACK 8

typedef struct YlSfuPasses YlSfuPasses;

YlSfuPasses *yl_sfu_passes_new (void);

/* Its owners were taken out with yl_sfu_passes_steal(). */
void yl_sfu_passes_free (YlSfuPasses *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlSfuPasses, yl_sfu_passes_free)

typedef enum {
  YL_SFU_PASS_PLANNED, /* the plan is for all viewers, nothing is kept */
  YL_SFU_PASS_WAITS,   /* keeps the owner until it is done */
  YL_SFU_PASS_JOINED,  /* behind an earlier batch: *owner becomes its owner,
                        * who must keep these packets as well */
  YL_SFU_PASS_DROPPED, /* too many wait; counted, a keyframe is wanted */
} YlSfuPassFate;

typedef struct {
  YlTrackId track;
  size_t n; /* 1..YL_PLAN_MAX_PACKETS */
  const YlPacket *const *packets;
} YlSfuPassBatch;

/**
 * yl_sfu_passes_add:
 * @owner: (inout): of the packets, opaque
 * @plan: (out): with YL_SFU_PASS_PLANNED
 */
YlSfuPassFate yl_sfu_passes_add (YlSfuPasses *self, YlSfu *sfu,
                                 const YlSfuPassBatch *batch, void **owner,
                                 uint64_t now_us, YlPlan *plan);

/* A new turn with its own share. */
void yl_sfu_passes_begin_turn (YlSfuPasses *self);

typedef struct {
  void *owner; /* of the packets in the plan */
  bool done;   /* and now the caller's again */
} YlSfuPassStep;

/* Plans the next step. False: the turn's share is used up, or none waits. */
bool yl_sfu_passes_next (YlSfuPasses *self, YlSfu *sfu, uint64_t now_us,
                         YlPlan *plan, YlSfuPassStep *step);

/* Whether any wait: the worker must not sleep. */
bool yl_sfu_passes_waiting (const YlSfuPasses *self);

/* Forgets one that waits and returns its owner, NULL: none. */
void *yl_sfu_passes_steal (YlSfuPasses *self);

/* Packets dropped. */
uint64_t yl_sfu_passes_dropped (const YlSfuPasses *self);
