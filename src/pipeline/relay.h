/* relay.h: the pipeline of one media worker:
 * ylrtcsrc ! ylrouter ! ylrtcsink, and the branches that hang on it
 *
 * Main thread only; messages are taken in the default main context. Needs
 * gst_init() and yl_plugins_register_static() before. */
#pragma once

#include <gst/gst.h>
#include <stdbool.h>

#define YL_PIPELINE_ERROR (yl_pipeline_error_quark ())
GQuark yl_pipeline_error_quark (void);
typedef enum {
  YL_PIPELINE_ERROR_MISSING, /* an element is not installed */
  YL_PIPELINE_ERROR_FAILED,  /* a state change or a link was refused */
  YL_PIPELINE_ERROR_FULL,    /* a bound is reached */
} YlPipelineError;

typedef struct YlPipelineRelay YlPipelineRelay;

/* @error: borrowed. The call may free what it was registered for. */
typedef void (*YlPipelineFailed) (void *user, const GError *error);

/**
 * yl_pipeline_relay_new:
 * @worker: the YlWorker its elements share; outlives the relay
 * @failed: (nullable): the relay itself has failed and forwards no more
 */
YlPipelineRelay *yl_pipeline_relay_new (void *worker, YlPipelineFailed failed,
                                        void *user, GError **error);

/* Stops it and forgets branches that are still there. */
void yl_pipeline_relay_free (YlPipelineRelay *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlPipelineRelay, yl_pipeline_relay_free)

/* From here on the streaming task of ylrtcsrc runs the worker's turns. */
bool yl_pipeline_relay_start (YlPipelineRelay *self, GError **error);

/* Waits until no thread runs in the pipeline. Safe to call again. */
void yl_pipeline_relay_stop (YlPipelineRelay *self);

/* ---- for the files of this folder and other branches ---- */

/* Borrowed. */
GstElement *yl_pipeline_relay_get_router (YlPipelineRelay *self);

/* Borrowed; a branch in a pipeline of its own shares its clock and base
 * time. */
GstPipeline *yl_pipeline_relay_get_pipeline (YlPipelineRelay *self);

/* Takes @bin (floating) into the pipeline. Its errors go to @failed and do
 * not touch the relay. The caller links it, then syncs its state. */
void yl_pipeline_relay_add_branch (YlPipelineRelay *self, GstElement *bin,
                                   YlPipelineFailed failed, void *user);

/* Stops @bin while media flows elsewhere and drops it; its links to the
 * router are released with their request pads. */
void yl_pipeline_relay_remove_branch (YlPipelineRelay *self, GstElement *bin);

/* A factory's element, or %YL_PIPELINE_ERROR_MISSING. (transfer floating) */
GstElement *yl_pipeline_make (const char *factory, const char *name,
                              GError **error);
