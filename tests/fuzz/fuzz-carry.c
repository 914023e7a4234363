/* fuzz-carry.c: both ends of a ring of references, in any order, against a
 * model: what is taken is what was put, nothing is lost or released twice,
 * and nobody sleeps while there is something to do */
#include "worker/carry.h"

#include "../support/choices.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* ---- owners ---- */

/* Goes with its last reference, so that a sanitizer sees one too few. */
typedef struct {
  int references;
  YlPacket packet;
} Owner;

static int n_owners;

static Owner *
owner_new (void)
{
  Owner *self = g_new0 (Owner, 1);
  self->references = 1;
  n_owners++;
  return self;
}

static void
keep (void *owner)
{
  ((Owner *) owner)->references++;
}

static void
release (void *owner)
{
  Owner *self = owner;
  g_assert_cmpint (self->references, >, 0);
  if (--self->references > 0)
    return;
  n_owners--;
  g_free (self);
}

static const YlCarryOwners how = { keep, release };

/* ---- the model ---- */

typedef struct {
  YlCarryKind kind;
  uint8_t track;
  Owner *owner;   /* BATCH */
  uint64_t value; /* of a note */
} Expected;

typedef enum { SOURCE, SINK } End;

typedef struct {
  YlWaker *waker;
  bool here; /* has a reference */
  bool asleep;
  unsigned long writes; /* to its waker, when it fell asleep */
} Side;

typedef struct {
  Choices choices;
  YlCarry *carry;
  Side sides[2];
  GArray *ring;    /* Expected */
  GPtrArray *held; /* Owner: taken by the sink, not released yet */
  uint64_t next_value;
  uint64_t dropped;
  uint32_t wishes;
  bool closed;
  bool unflushed;
  bool starved; /* the source was refused and nothing was taken since */
} Model;

static unsigned
choose (Model *m, unsigned n)
{
  return choices_take (&m->choices, n);
}

static uint8_t
choose_track (Model *m)
{
  return (uint8_t) choose (m, YL_CARRY_MAX_TRACKS);
}

static bool
has_room (Model *m, size_t n)
{
  const bool room = m->ring->len + n <= YL_CARRY_CAPACITY;
  m->starved |= !room;
  return room;
}

static void
expect (Model *m, YlCarryKind kind, uint8_t track, Owner *owner, uint64_t value)
{
  const Expected entry = { kind, track, owner, value };
  g_array_append_val (m->ring, entry);
  m->unflushed = true;
}

/* ---- sleeping ---- */

static void
fall_asleep (Side *side)
{
  if (side->asleep || !yl_waker_sleep (side->waker))
    return;
  side->asleep = true;
  side->writes = yl_waker_writes (side->waker);
}

static bool
was_woken (const Side *side)
{
  return yl_waker_writes (side->waker) > side->writes;
}

static void
wake_up (Side *side)
{
  if (!side->asleep)
    return;
  yl_waker_awake (side->waker, was_woken (side));
  side->asleep = false;
}

/* Something happened that this end has to look at. */
static void
check_woken (const Side *side)
{
  if (side->here && side->asleep)
    g_assert_true (was_woken (side));
}

/* ---- source ---- */

static void
put_batch (Model *m)
{
  void *owners[YL_PLAN_MAX_PACKETS];
  const YlPacket *packets[YL_PLAN_MAX_PACKETS];
  const uint8_t track = choose_track (m) % 3; /* so that some stand together */
  const size_t n = 1 + choose (m, YL_PLAN_MAX_PACKETS);
  for (size_t i = 0; i < n; i++) {
    Owner *owner = owner_new ();
    owners[i] = owner;
    packets[i] = &owner->packet;
  }
  const YlCarryBatch batch = { &how, n, owners, packets };
  const bool room = has_room (m, n);
  g_assert_true (yl_carry_put_batch (m->carry, track, &batch) == room);
  for (size_t i = 0; i < n; i++) {
    if (room)
      expect (m, YL_CARRY_BATCH, track, owners[i], 0);
    release (owners[i]);
  }
  m->dropped += room ? 0 : n;
  g_assert_cmpuint (yl_carry_dropped (m->carry), ==, m->dropped);
}

static bool
put (Model *m, YlCarryKind kind, uint8_t track, uint64_t value)
{
  const YlSfuTrack info = { .publisher = { value } };
  const YlSfuSourceReport report = { .ntp = value };
  switch (kind) {
  case YL_CARRY_START:
    return yl_carry_put_start (m->carry, track, &info);
  case YL_CARRY_REPORT:
    return yl_carry_put_report (m->carry, track, &report);
  default:
    return yl_carry_put_end (m->carry, track);
  }
}

static void
put_note (Model *m)
{
  static const YlCarryKind kinds[] = { YL_CARRY_START, YL_CARRY_REPORT,
                                       YL_CARRY_END };
  const YlCarryKind kind = kinds[choose (m, G_N_ELEMENTS (kinds))];
  const uint8_t track = choose_track (m);
  const uint64_t value = m->next_value++;
  const bool room = has_room (m, 1);
  g_assert_true (put (m, kind, track, value) == room);
  if (room)
    expect (m, kind, track, NULL, value);
}

static void
flush (Model *m)
{
  yl_carry_flush (m->carry);
  if (m->unflushed)
    check_woken (&m->sides[SINK]);
  m->unflushed = false;
}

static void
take_wishes (Model *m)
{
  g_assert_cmpuint (yl_carry_take_wishes (m->carry), ==, m->wishes);
  m->wishes = 0;
}

/* ---- sink ---- */

static void
check_packets (Model *m, const YlCarryItem *item)
{
  g_assert_cmpuint (item->n, >, 0);
  g_assert_cmpuint (item->n, <=, MIN (m->ring->len, YL_PLAN_MAX_PACKETS));
  for (size_t i = 0; i < item->n; i++) {
    const Expected *entry = &g_array_index (m->ring, Expected, i);
    g_assert_true (entry->kind == YL_CARRY_BATCH);
    g_assert_cmpuint (entry->track, ==, item->track);
    g_assert_true (entry->owner == item->owners[i]);
    g_assert_true (&entry->owner->packet == item->packets[i]);
    g_ptr_array_add (m->held, entry->owner);
  }
}

static void
take (Model *m)
{
  YlCarryItem item;
  const YlCarryKind kind = yl_carry_take (m->carry, &item);
  if (m->ring->len == 0) {
    g_assert_true (kind == YL_CARRY_NOTHING);
    return;
  }
  const Expected *first = &g_array_index (m->ring, Expected, 0);
  g_assert_true (kind == first->kind && item.kind == kind);
  g_assert_cmpuint (item.track, ==, first->track);
  if (kind == YL_CARRY_BATCH)
    check_packets (m, &item);
  else if (kind == YL_CARRY_START)
    g_assert_cmpuint (item.info.publisher.v, ==, first->value);
  else if (kind == YL_CARRY_REPORT)
    g_assert_cmpuint (item.report.ntp, ==, first->value);
  g_array_remove_range (m->ring, 0, kind == YL_CARRY_BATCH ? item.n : 1);
  if (m->starved)
    check_woken (&m->sides[SOURCE]);
  m->starved = false;
}

static void
let_go (Model *m)
{
  if (m->held->len == 0)
    return;
  const unsigned which = choose (m, m->held->len);
  yl_carry_release (m->carry, g_ptr_array_remove_index_fast (m->held, which));
}

static void
want_keyframe (Model *m)
{
  const uint8_t track = choose_track (m);
  const bool new = (m->wishes >> track & 1) == 0;
  yl_carry_want_keyframe (m->carry, track);
  m->wishes |= UINT32_C (1) << track;
  if (new)
    check_woken (&m->sides[SOURCE]);
}

/* ---- both ---- */

/* What was taken may live longer than what carried it. */
static void
release_held (Model *m)
{
  while (m->held->len > 0)
    release (g_ptr_array_remove_index_fast (m->held, 0));
}

static void
begin (Model *m)
{
  release_held (m);
  m->carry = yl_carry_new (m->sides[SOURCE].waker, m->sides[SINK].waker);
  yl_carry_ref (m->carry);
  m->sides[SOURCE].here = m->sides[SINK].here = true;
  m->dropped = m->wishes = 0;
  m->closed = m->unflushed = m->starved = false;
}

static void
leave (Model *m, End end)
{
  Side *other = &m->sides[1 - end];
  m->sides[end].here = false;
  m->closed = true;
  yl_carry_close (m->carry);
  check_woken (other);
  yl_carry_unref (m->carry);
  if (other->here)
    return;
  g_array_set_size (m->ring, 0);
  g_assert_cmpint (n_owners, ==, m->held->len);
  m->carry = NULL;
}

static void
act (Model *m, End end)
{
  static void (*const acts[2][8]) (Model *) = {
    { put_batch, put_batch, put_batch, put_note, put_note, flush, take_wishes,
      flush },
    { take, take, take, take, want_keyframe, let_go, let_go, let_go },
  };
  Side *side = &m->sides[end];
  if (!side->here)
    return;
  const unsigned what = choose (m, 64);
  wake_up (side);
  if (what == 63)
    leave (m, end);
  else if (what >= 48 && (end == SOURCE ? !m->unflushed : m->ring->len == 0))
    fall_asleep (side); /* as a worker does: when nothing is left to do */
  else
    acts[end][what % 8](m);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  Model m = { .choices = { data, size },
              .ring = g_array_new (FALSE, FALSE, sizeof (Expected)),
              .held = g_ptr_array_new () };
  for (int i = SOURCE; i <= SINK; i++)
    m.sides[i].waker = yl_waker_new (NULL);
  while (m.choices.left > 0) {
    if (m.carry == NULL)
      begin (&m);
    act (&m, choose (&m, 2) == 0 ? SOURCE : SINK);
    if (m.carry != NULL)
      g_assert_true (yl_carry_is_closed (m.carry) == m.closed);
  }
  for (int i = SOURCE; i <= SINK; i++) {
    wake_up (&m.sides[i]);
    if (m.sides[i].here)
      leave (&m, (End) i);
    yl_waker_unref (m.sides[i].waker);
  }
  release_held (&m);
  g_assert_cmpint (n_owners, ==, 0);
  g_ptr_array_unref (m.held);
  g_array_unref (m.ring);
  return 0;
}
