/* tap-pad.h: a live track leaving the packet path as ordinary RTP
 *
 * The worker thread copies packets into a bounded queue; a thread of the pad
 * pushes them on. Whatever happens behind the pad stays behind it. */
#pragma once

#include "rtp/packet.h"
#include "sfu/sfu.h"

#include <gst/gst.h>

#define YL_TYPE_TAP_PAD (yl_tap_pad_get_type ())
G_DECLARE_FINAL_TYPE (YlTapPad, yl_tap_pad, YL, TAP_PAD, GstPad)

/* Packets waiting for the branch; beyond that the oldest goes. */
#define YL_TAP_MAX_QUEUED 512

/* (transfer floating) */
GstPad *yl_tap_pad_new (GstPadTemplate *template, const char *name);

/* ---- worker thread ---- */

/* Whether the pad is for @track. One that has no "track" yet takes the first
 * of its room, peer and kind that is @free, and keeps it. */
bool yl_tap_pad_wants (YlTapPad *self, YlTrackId track, const YlSfuTrack *info,
                       bool free);

/* Whether the pad has settled for @track. */
bool yl_tap_pad_has (YlTapPad *self, YlTrackId track);

/* Queues a copy of @packet that arrived at @running_time. */
void yl_tap_pad_take (YlTapPad *self, const YlSfuTrack *info,
                      const YlPacket *packet, GstClockTime running_time);

/* The track ended: EOS behind what is queued. */
void yl_tap_pad_end (YlTapPad *self);

/* True once after the branch, or the start of the tap, wants a keyframe. */
bool yl_tap_pad_take_wish (YlTapPad *self);
