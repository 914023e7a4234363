/* branch-pad.h: an ordinary branch publishes into a room
 *
 * RTP of a payloader is copied into packet buffers and waits in a bounded
 * ring until the worker takes it; the branch never enters the packet path. */
#pragma once

#include "sfu/sfu.h"
#include "worker/worker.h"

#include <gst/gst.h>

#define YL_TYPE_BRANCH_PAD (yl_branch_pad_get_type ())
G_DECLARE_FINAL_TYPE (YlBranchPad, yl_branch_pad, YL, BRANCH_PAD, GstPad)

/* Packets waiting for the worker; more are dropped and counted. */
#define YL_BRANCH_MAX_QUEUED 256

/* (transfer floating) */
GstPad *yl_branch_pad_new (GstPadTemplate *template, const char *name,
                           YlWorker *worker);

/* ---- worker thread ---- */

/* Takes up to YL_PLAN_MAX_PACKETS packets of the pad's track out as a list
 * (transfer full), or NULL; publishes and ends the track as the branch
 * starts, changes and ends. */
GstBufferList *yl_branch_pad_drain (YlBranchPad *self, YlSfu *sfu,
                                    uint64_t now_us);

/* The pad was released: ends its track. */
void yl_branch_pad_end (YlBranchPad *self, YlSfu *sfu, uint64_t now_us);

YlTrackId yl_branch_pad_track (const YlBranchPad *self);

/* Asks the encoder upstream, on a thread of its own. Any thread. */
void yl_branch_pad_want_keyframe (YlBranchPad *self);
