/* carry.h: the tracks of one room on their way from a worker to another
 *
 * A course with more viewers than one worker should have lives on several.
 * Its packets reach the others by reference: a bounded ring of the buffers
 * themselves, written by the publisher's worker (the source) and read by the
 * other (the sink). Nothing is copied and nobody waits or locks; a full ring
 * refuses whole batches. What has to stay in order with the packets travels
 * in the ring as well: a track begins, reports its clock, ends. Wishes for
 * keyframes go back as one bit a track.
 *
 * Either side may leave at any time: the other finds it closed. What lies in
 * the ring then is released by whoever lets go last. Buffers keep their pool
 * alive, so the source's elements may be gone by then. */
#pragma once

#include "base/ids.h"
#include "io/waker.h"
#include "rtp/packet.h"
#include "sfu/sfu.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Tracks under way at the same time. */
#define YL_CARRY_MAX_TRACKS 16
/* Packets and notes in the ring: 0.2 s of 20 Mbit/s. */
#define YL_CARRY_CAPACITY 512

typedef struct YlCarry YlCarry;

/* @source, @sink: of the two workers; referenced */
YlCarry *yl_carry_new (YlWaker *source, YlWaker *sink);

/* Any thread. */
YlCarry *yl_carry_ref (YlCarry *self);
void yl_carry_unref (YlCarry *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlCarry, yl_carry_unref)

/* This side uses it no more; wakes the other. Either worker. */
void yl_carry_close (YlCarry *self);

/* What the source puts in after the sink left is only kept until the last
 * reference goes. The sink takes what is left after this became true. */
bool yl_carry_is_closed (const YlCarry *self);

/* ---- source ---- */

/* How long buffers live; both from any thread. */
typedef struct {
  void (*keep) (void *owner);
  void (*release) (void *owner);
} YlCarryOwners;

typedef struct {
  const YlCarryOwners *how; /* static, always the same */
  size_t n;                 /* 1..YL_PLAN_MAX_PACKETS */
  void *const *owners;      /* of the packets; kept when they go */
  const YlPacket *const *packets;
} YlCarryBatch;

/* All of @batch goes, or nothing (false: full, and counted). Nobody writes to
 * the packets from now on. The sink is not woken yet. */
bool yl_carry_put_batch (YlCarry *self, uint8_t track,
                         const YlCarryBatch *batch);

/* Notes in the order of the packets. False: full, try again when woken. */
bool yl_carry_put_start (YlCarry *self, uint8_t track, const YlSfuTrack *info);
bool yl_carry_put_report (YlCarry *self, uint8_t track,
                          const YlSfuSourceReport *report);
bool yl_carry_put_end (YlCarry *self, uint8_t track);

/* Wakes the sink for all that was put since the last call. */
void yl_carry_flush (YlCarry *self);

/* Tracks, by bit, of which the sink wants a keyframe. */
uint32_t yl_carry_take_wishes (YlCarry *self);

/* Packets refused. */
uint64_t yl_carry_dropped (const YlCarry *self);

/* ---- sink ---- */

typedef enum {
  YL_CARRY_NOTHING,
  YL_CARRY_BATCH,
  YL_CARRY_START,
  YL_CARRY_REPORT,
  YL_CARRY_END,
} YlCarryKind;

typedef struct {
  YlCarryKind kind;
  uint8_t track;
  YlSfuTrack info;                   /* START */
  YlSfuSourceReport report;          /* REPORT */
  size_t n;                          /* BATCH */
  void *owners[YL_PLAN_MAX_PACKETS]; /* now the caller's */
  const YlPacket *packets[YL_PLAN_MAX_PACKETS];
} YlCarryItem;

/* The next note, or packets of one track as many as stand together. */
YlCarryKind yl_carry_take (YlCarry *self, YlCarryItem *item);

/* The caller is done with what it took. Any thread. */
void yl_carry_release (const YlCarry *self, void *owner);

void yl_carry_want_keyframe (YlCarry *self, uint8_t track);
