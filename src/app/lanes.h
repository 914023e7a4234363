/* lanes.h: the way to each media worker: commands in order, none lost
 *
 * Main thread. */
#pragma once

#include "worker/worker.h"

#include <glib.h>
#include <stdbool.h>

typedef struct YlLanes YlLanes;

YlLanes *yl_lanes_new (YlWorker **workers /* borrowed */, unsigned n);
/* Commands that still wait are dropped. */
void yl_lanes_free (YlLanes *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlLanes, yl_lanes_free)

unsigned yl_lanes_count (const YlLanes *self);
YlWorker *yl_lanes_worker (const YlLanes *self, unsigned worker);

/* Hands @command over, with the references it holds. One that
 * finds the mailbox full waits here, and all after it behind it: as many as
 * there are rooms and peers to add and remove. */
void yl_lanes_post (YlLanes *self, unsigned worker, YlCommand command);

/* False: that worker has nothing to say. */
bool yl_lanes_take_event (YlLanes *self, unsigned worker, YlWorkerEvent *event);
