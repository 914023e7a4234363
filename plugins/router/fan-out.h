/* fan-out.h: batches of tracks on their way to viewers and other workers
 *
 * What goes to few viewers leaves the router at once, what goes to many in
 * pieces, some each turn (sfu/passes.h). Worker thread. */
#pragma once

#include "worker/worker.h"

#include <gst/gst.h>

typedef struct YlFanOut YlFanOut;

/* @srcpad: where lists leave with their plan; borrowed */
YlFanOut *yl_fan_out_new (GstPad *srcpad);
void yl_fan_out_free (YlFanOut *self);

/* Packets of one track, and the list that holds them. */
typedef struct {
  GstBufferList *list;
  YlTrackId track;
  size_t n;                          /* 1..YL_PLAN_MAX_PACKETS */
  void *owners[YL_PLAN_MAX_PACKETS]; /* GstBuffer, the list's */
  const YlPacket *packets[YL_PLAN_MAX_PACKETS];
} YlFanOutBatch;

/* Takes a reference to the list over. */
void yl_fan_out_send (YlFanOut *self, YlWorker *worker,
                      const YlFanOutBatch *batch);

/* As fan_out() of YlWorkerBranches. */
bool yl_fan_out_run (YlFanOut *self, YlWorker *worker, uint64_t now_us,
                     uint64_t *dropped);

/* Lets go of what waits; the stream begins anew. */
void yl_fan_out_reset (YlFanOut *self);
