/* demo-expert.h: a synthetic expert's picture and tone for demonstrations
 *
 * In each room that asked for it an ordinary GStreamer branch publishes a test
 * picture with a running clock (VP8) and a soft tone every two seconds (Opus)
 * through request pads `sink_%u` of the router. Without rooms it has no
 * elements and no threads. Main thread only. */
#pragma once

#include "base/ids.h"
#include "pipeline/relay.h"

#include <stdbool.h>

/* Rooms at once; each costs an encoder. */
#define YL_PIPELINE_DEMO_EXPERT_MAX_ROOMS 16

typedef struct YlPipelineDemoExpert YlPipelineDemoExpert;

/* @relay: outlives it. */
YlPipelineDemoExpert *yl_pipeline_demo_expert_new (YlPipelineRelay *relay);

/* Leaves all rooms. */
void yl_pipeline_demo_expert_free (YlPipelineDemoExpert *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlPipelineDemoExpert,
                               yl_pipeline_demo_expert_free)

/* Starts publishing into @room, which exists on the relay's worker. True too
 * if it does already. @error: %YL_PIPELINE_ERROR */
bool yl_pipeline_demo_expert_join (YlPipelineDemoExpert *self, YlRoomId room,
                                   GError **error);

/* Stops publishing into @room; nothing if it does not. */
void yl_pipeline_demo_expert_leave (YlPipelineDemoExpert *self, YlRoomId room);

bool yl_pipeline_demo_expert_is_in (const YlPipelineDemoExpert *self,
                                    YlRoomId room);
