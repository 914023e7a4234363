#include "base/heap.h"

#include "base/time.h"

#include <glib.h>

#define ABSENT UINT32_MAX

struct YlHeap {
  uint32_t *order;       /* heap position to id */
  uint32_t *position;    /* id to heap position, or ABSENT */
  uint64_t *deadline_us; /* by id */
  uint32_t count;
  uint32_t capacity;
};

YlHeap *
yl_heap_new (uint32_t capacity)
{
  YlHeap *self = g_new0 (YlHeap, 1);
  self->order = g_new (uint32_t, capacity);
  self->position = g_new (uint32_t, capacity);
  self->deadline_us = g_new0 (uint64_t, capacity);
  self->capacity = capacity;
  for (uint32_t i = 0; i < capacity; i++)
    self->position[i] = ABSENT;
  return self;
}

void
yl_heap_free (YlHeap *self)
{
  if (self == NULL)
    return;
  g_free (self->order);
  g_free (self->position);
  g_free (self->deadline_us);
  g_free (self);
}

static uint64_t
key_at (const YlHeap *self, uint32_t place)
{
  return self->deadline_us[self->order[place]];
}

static void
put (YlHeap *self, uint32_t place, uint32_t id)
{
  self->order[place] = id;
  self->position[id] = place;
}

static void
sift_up (YlHeap *self, uint32_t place)
{
  const uint32_t id = self->order[place];
  while (place > 0) {
    const uint32_t parent = (place - 1) / 2;
    if (key_at (self, parent) <= self->deadline_us[id])
      break;
    put (self, place, self->order[parent]);
    place = parent;
  }
  put (self, place, id);
}

static void
sift_down (YlHeap *self, uint32_t place)
{
  const uint32_t id = self->order[place];
  for (;;) {
    uint32_t child = 2 * place + 1;
    if (child >= self->count)
      break;
    if (child + 1 < self->count
        && key_at (self, child + 1) < key_at (self, child))
      child++;
    if (self->deadline_us[id] <= key_at (self, child))
      break;
    put (self, place, self->order[child]);
    place = child;
  }
  put (self, place, id);
}

static void
remove_at (YlHeap *self, uint32_t place)
{
  self->position[self->order[place]] = ABSENT;
  const uint32_t last = self->order[--self->count];
  if (place == self->count)
    return;
  put (self, place, last);
  sift_up (self, place);
  sift_down (self, self->position[last]);
}

void
yl_heap_set (YlHeap *self, uint32_t id, uint64_t deadline_us)
{
  g_return_if_fail (id < self->capacity);
  const uint32_t place = self->position[id];
  if (deadline_us == YL_NEVER) {
    if (place != ABSENT)
      remove_at (self, place);
    return;
  }
  self->deadline_us[id] = deadline_us;
  if (place == ABSENT) {
    put (self, self->count++, id);
    sift_up (self, self->position[id]);
    return;
  }
  sift_up (self, place);
  sift_down (self, self->position[id]);
}

uint64_t
yl_heap_next (const YlHeap *self)
{
  return self->count > 0 ? key_at (self, 0) : YL_NEVER;
}

bool
yl_heap_pop_due (YlHeap *self, uint64_t now_us, uint32_t *id)
{
  if (self->count == 0 || key_at (self, 0) > now_us)
    return false;
  *id = self->order[0];
  remove_at (self, 0);
  return true;
}
