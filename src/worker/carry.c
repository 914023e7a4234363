/* carry.c: the tracks of one room on their way from a worker to another */
#include "worker/carry.h"

#include <stdalign.h>
#include <stdatomic.h>

#define LINE 64 /* octets that cores hand each other at once */

G_STATIC_ASSERT ((YL_CARRY_CAPACITY & (YL_CARRY_CAPACITY - 1)) == 0);
G_STATIC_ASSERT (YL_CARRY_MAX_TRACKS <= 32); /* wishes */

typedef struct {
  uint8_t kind;
  uint8_t track;
  union {
    struct {
      void *owner;
      const YlPacket *packet;
    };
    YlSfuTrack info;
    YlSfuSourceReport report;
  };
} Entry;

struct YlCarry {
  /* constant */
  YlWaker *source_waker;
  YlWaker *sink_waker;

  /* any thread */
  _Atomic unsigned references;
  _Atomic bool closed;
  _Atomic uint32_t wishes;
  _Atomic bool starved; /* the source waits for room */

  /* written by the source, read by the sink */
  alignas (LINE) _Atomic uint32_t written;
  const YlCarryOwners *how; /* set before the first packet is written */

  /* source */
  uint32_t read_seen;
  bool unflushed;
  _Atomic uint64_t dropped;

  /* written by the sink, read by the source */
  alignas (LINE) _Atomic uint32_t read;

  alignas (LINE) Entry ring[YL_CARRY_CAPACITY];
};

YlCarry *
yl_carry_new (YlWaker *source, YlWaker *sink)
{
  YlCarry *self = g_aligned_alloc0 (1, sizeof *self, LINE);
  self->source_waker = yl_waker_ref (source);
  self->sink_waker = yl_waker_ref (sink);
  atomic_init (&self->references, 1);
  return self;
}

YlCarry *
yl_carry_ref (YlCarry *self)
{
  atomic_fetch_add_explicit (&self->references, 1, memory_order_relaxed);
  return self;
}

static void
release_rest (YlCarry *self)
{
  const uint32_t end = atomic_load (&self->written);
  for (uint32_t at = atomic_load (&self->read); at != end; at++) {
    const Entry *entry = &self->ring[at % YL_CARRY_CAPACITY];
    if (entry->kind == YL_CARRY_BATCH)
      self->how->release (entry->owner);
  }
}

void
yl_carry_unref (YlCarry *self)
{
  if (self == NULL
      || atomic_fetch_sub_explicit (&self->references, 1, memory_order_acq_rel)
             > 1)
    return;
  release_rest (self);
  yl_waker_unref (self->source_waker);
  yl_waker_unref (self->sink_waker);
  g_aligned_free (self);
}

void
yl_carry_close (YlCarry *self)
{
  atomic_store_explicit (&self->closed, true, memory_order_release);
  yl_waker_wake (self->source_waker);
  yl_waker_wake (self->sink_waker);
}

bool
yl_carry_is_closed (const YlCarry *self)
{
  return atomic_load_explicit (&self->closed, memory_order_acquire);
}

/* ---- source ---- */

/* Room for @n entries behind what is written. The sink's place is read again
 * only when what is known of it does not do. */
static bool
has_room (YlCarry *self, uint32_t n)
{
  const uint32_t written =
      atomic_load_explicit (&self->written, memory_order_relaxed);
  if (written - self->read_seen + n <= YL_CARRY_CAPACITY)
    return true;
  /* Before looking again: a sink that reads from now on wakes us. */
  atomic_store (&self->starved, true);
  self->read_seen = atomic_load (&self->read);
  return written - self->read_seen + n <= YL_CARRY_CAPACITY;
}

static Entry *
entry_at (YlCarry *self, uint32_t ahead)
{
  const uint32_t written =
      atomic_load_explicit (&self->written, memory_order_relaxed);
  return &self->ring[(written + ahead) % YL_CARRY_CAPACITY];
}

static void
publish (YlCarry *self, uint32_t n)
{
  const uint32_t written =
      atomic_load_explicit (&self->written, memory_order_relaxed);
  atomic_store_explicit (&self->written, written + n, memory_order_release);
  self->unflushed = true;
}

bool
yl_carry_put_batch (YlCarry *self, uint8_t track, const YlCarryBatch *batch)
{
  if (!has_room (self, (uint32_t) batch->n)) {
    atomic_fetch_add_explicit (&self->dropped, batch->n, memory_order_relaxed);
    return false;
  }
  if (self->how == NULL)
    self->how = batch->how;
  for (uint32_t i = 0; i < batch->n; i++) {
    Entry *entry = entry_at (self, i);
    batch->how->keep (batch->owners[i]);
    entry->kind = YL_CARRY_BATCH;
    entry->track = track;
    entry->owner = batch->owners[i];
    entry->packet = batch->packets[i];
  }
  publish (self, (uint32_t) batch->n);
  return true;
}

/* The entry of a note, or NULL: full. */
static Entry *
new_note (YlCarry *self, YlCarryKind kind, uint8_t track)
{
  if (!has_room (self, 1))
    return NULL;
  Entry *entry = entry_at (self, 0);
  entry->kind = (uint8_t) kind;
  entry->track = track;
  return entry;
}

bool
yl_carry_put_start (YlCarry *self, uint8_t track, const YlSfuTrack *info)
{
  Entry *entry = new_note (self, YL_CARRY_START, track);
  if (entry == NULL)
    return false;
  entry->info = *info;
  publish (self, 1);
  return true;
}

bool
yl_carry_put_report (YlCarry *self, uint8_t track,
                     const YlSfuSourceReport *report)
{
  Entry *entry = new_note (self, YL_CARRY_REPORT, track);
  if (entry == NULL)
    return false;
  entry->report = *report;
  publish (self, 1);
  return true;
}

bool
yl_carry_put_end (YlCarry *self, uint8_t track)
{
  if (new_note (self, YL_CARRY_END, track) == NULL)
    return false;
  publish (self, 1);
  return true;
}

void
yl_carry_flush (YlCarry *self)
{
  if (!self->unflushed)
    return;
  self->unflushed = false;
  yl_waker_wake (self->sink_waker);
}

uint32_t
yl_carry_take_wishes (YlCarry *self)
{
  if (atomic_load_explicit (&self->wishes, memory_order_relaxed) == 0)
    return 0;
  return atomic_exchange_explicit (&self->wishes, 0, memory_order_acq_rel);
}

uint64_t
yl_carry_dropped (const YlCarry *self)
{
  return atomic_load_explicit (&self->dropped, memory_order_relaxed);
}

/* ---- sink ---- */

static void
take_packets (YlCarry *self, uint32_t at, uint32_t end, YlCarryItem *item)
{
  item->n = 0;
  while (at != end && item->n < YL_PLAN_MAX_PACKETS) {
    const Entry *entry = &self->ring[at++ % YL_CARRY_CAPACITY];
    if (entry->kind != YL_CARRY_BATCH || entry->track != item->track)
      break;
    item->owners[item->n] = entry->owner;
    item->packets[item->n++] = entry->packet;
  }
}

YlCarryKind
yl_carry_take (YlCarry *self, YlCarryItem *item)
{
  const uint32_t at = atomic_load_explicit (&self->read, memory_order_relaxed);
  const uint32_t end =
      atomic_load_explicit (&self->written, memory_order_acquire);
  if (at == end)
    return item->kind = YL_CARRY_NOTHING;
  const Entry *entry = &self->ring[at % YL_CARRY_CAPACITY];
  item->kind = (YlCarryKind) entry->kind;
  item->track = entry->track;
  uint32_t n = 1;
  if (item->kind == YL_CARRY_BATCH) {
    take_packets (self, at, end, item);
    n = (uint32_t) item->n;
  } else if (item->kind == YL_CARRY_START) {
    item->info = entry->info;
  } else if (item->kind == YL_CARRY_REPORT) {
    item->report = entry->report;
  }
  atomic_store (&self->read, at + n);
  if (atomic_load (&self->starved) && atomic_exchange (&self->starved, false))
    yl_waker_wake (self->source_waker);
  return item->kind;
}

void
yl_carry_release (const YlCarry *self, void *owner)
{
  self->how->release (owner);
}

void
yl_carry_want_keyframe (YlCarry *self, uint8_t track)
{
  const uint32_t bit = UINT32_C (1) << track;
  if ((atomic_fetch_or_explicit (&self->wishes, bit, memory_order_acq_rel)
       & bit)
      == 0)
    yl_waker_wake (self->source_waker);
}
