/* track-pad.h: the source pad of one published track
 *
 * Used by the task of ylrtcsrc only. */
#pragma once

#include "worker/worker.h"

#include <gst/gst.h>

#define YL_TRACK_PAD_CAPS                                  \
  "application/x-rtp, media = (string) { audio, video }, " \
  "clock-rate = (int) [ 1, MAX ], "                        \
  "encoding-name = (string) { OPUS, VP8, H264 }"

typedef struct YlTrackPad YlTrackPad;

/* @template: (transfer full) */
YlTrackPad *yl_track_pad_new (GstPadTemplate *template, const char *name,
                              YlTrackId track, const YlSfuTrack *info);
void yl_track_pad_free (YlTrackPad *self);

/* The track's number, for a hash table; lives as long as the pad. */
const uint64_t *yl_track_pad_key (const YlTrackPad *self);

/* Borrowed. */
GstPad *yl_track_pad_get (const YlTrackPad *self);

/* Adds the pad to @element, which lets the application link it; then
 * stream-start, caps and segment. */
void yl_track_pad_start (YlTrackPad *self, GstElement *element, guint group_id);

/* New caps when @packet has another codec or payload type. */
void yl_track_pad_update (YlTrackPad *self, const YlPacket *packet);
