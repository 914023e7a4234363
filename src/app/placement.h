/* placement.h: which media worker takes a new room or viewer
 *
 * Pure functions over what workers report and the main thread has placed. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* A room keeps where it lives in the bits of a word. */
#define YL_PLACEMENT_MAX_WORKERS 64

/* How many workers for so many cores: one carries about a thousand viewers,
 * so up to four cores have one, and every four more another. */
unsigned yl_placement_default_workers (unsigned cores);

/* What a worker counts, as published by itself. */
typedef struct {
  uint64_t busy_us; /* not spent waiting, ever growing */
  uint64_t packets; /* planned for viewers, ever growing */
} YlPlacementSample;

/* One worker's load. Zero-initialised: idle. */
typedef struct {
  bool sampled;
  YlPlacementSample last;
  uint64_t last_us;
  double busy;           /* share of the last seconds, 0..1, smoothed */
  double packets_per_s;  /* smoothed */
  unsigned rooms, peers; /* placed there by us, at once */
} YlPlacementLoad;

/* A new sample, taken at @now_us; more than one in 100 ms are ignored. */
void yl_placement_update (YlPlacementLoad *self,
                          const YlPlacementSample *sample, uint64_t now_us);

/* The least loaded of @n workers: by busy share, then packets, both in
 * coarse steps so that noise decides nothing; then by fewest peers and rooms,
 * then the first. */
unsigned yl_placement_room (const YlPlacementLoad *loads, unsigned n);

/* A worker as a room that may spread sees it. */
typedef struct {
  bool has_room;    /* the room is on it already */
  unsigned viewers; /* of the room, there */
} YlPlacementShare;

/**
 * yl_placement_viewer:
 * @home: the publisher's worker: first filled
 * @shares: of the room, by worker
 * @bound: viewers of one room on one worker
 * Returns: the home while it has fewer than @bound viewers of the room and is
 *   not busy; then a worker that has the room already; then the least loaded
 *   one. When all are full or busy, the one with the fewest viewers of it.
 */
unsigned yl_placement_viewer (const YlPlacementLoad *loads, unsigned n,
                              unsigned home, const YlPlacementShare *shares,
                              unsigned bound);
