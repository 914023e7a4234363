/* tap.h: live tracks of a room led into a pipeline of their own
 *
 * Behind each `tap_%u` pad of the router stands a proxysink; the branch reads
 * from proxysrc elements, whose queues are made leaky here. So a slow disk
 * loses packets of the recording and never stalls a call, and any error only
 * ends the branch. Main thread only. */
#pragma once

#include "base/ids.h"
#include "pipeline/relay.h"

#include <stdbool.h>
#include <stddef.h>

/* Tracks of one tap. */
#define YL_PIPELINE_TAP_MAX_INPUTS 8

typedef struct {
  YlRoomId room;
  YlTrackId track;      /* 0: the first of room and kind no tap has yet */
  const char *kind;     /* "audio" or "video" */
  const char *proxysrc; /* name of the element in the branch that gets it */
} YlPipelineTapInput;

typedef struct YlPipelineTap YlPipelineTap;

/* The branch has ended: @error is %NULL when it was finished in order. Comes
 * once; the tap may be freed in it. */
typedef void (*YlPipelineTapEnded) (void *user, const GError *error);

/**
 * yl_pipeline_tap_new:
 * @relay: outlives it
 * @branch: in the syntax of gst-launch; holds a proxysrc named for each input
 * @inputs: copied
 * Media flows when this returns.
 */
YlPipelineTap *yl_pipeline_tap_new (YlPipelineRelay *relay, const char *branch,
                                    const YlPipelineTapInput *inputs,
                                    size_t n_inputs, YlPipelineTapEnded ended,
                                    void *user, GError **error);

/* Detaches it from the router and sends end-of-stream, so that files are
 * completed; then `ended` is called. A branch that takes more than 5 s is
 * broken off. */
void yl_pipeline_tap_finish (YlPipelineTap *self);

/* Breaks it off if it has not ended; `ended` is not called any more. */
void yl_pipeline_tap_free (YlPipelineTap *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlPipelineTap, yl_pipeline_tap_free)

/* The element called @name inside the branch. (transfer full), or NULL */
GstElement *yl_pipeline_tap_get_element (YlPipelineTap *self, const char *name);
