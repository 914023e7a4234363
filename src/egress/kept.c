/* kept.c: messages waiting for a full socket: a bounded queue of copies */
#include "egress/kept.h"

#include "base/time.h"

#include <glib.h>
#include <string.h>

typedef struct {
  YlKeptMessage message; /* its data lies in `memory` */
  uint64_t pushed_us;
} Entry;

/* A ring of octets; a message never wraps, so some at the end stay unused. */
struct YlKept {
  uint8_t *memory;
  size_t size;
  Entry *entries;
  uint32_t capacity;
  uint32_t head;
  uint32_t n;
};

YlKept *
yl_kept_new (size_t octets, uint32_t messages)
{
  YlKept *self = g_new0 (YlKept, 1);
  self->memory = g_malloc (octets);
  self->size = octets;
  self->entries = g_new0 (Entry, messages);
  self->capacity = messages;
  return self;
}

void
yl_kept_free (YlKept *self)
{
  if (self == NULL)
    return;
  g_free (self->entries);
  g_free (self->memory);
  g_free (self);
}

static Entry *
entry_at (const YlKept *self, uint32_t i)
{
  return &self->entries[(self->head + i) % self->capacity];
}

/* Where @size octets fit behind the newest without touching the oldest. */
static uint8_t *
find_room (const YlKept *self, size_t size)
{
  if (self->n == self->capacity || size > self->size)
    return NULL;
  if (self->n == 0)
    return self->memory;
  const YlKeptMessage *oldest = &entry_at (self, 0)->message;
  const YlKeptMessage *newest = &entry_at (self, self->n - 1)->message;
  const size_t start = (size_t) (oldest->data - self->memory);
  const size_t end = (size_t) (newest->data - self->memory) + newest->size;
  if (newest->data >= oldest->data) {
    if (size <= self->size - end)
      return self->memory + end;
    return size <= start ? self->memory : NULL;
  }
  return size <= start - end ? self->memory + end : NULL;
}

uint32_t
yl_kept_push (YlKept *self, const YlKeptMessage *message, uint64_t now_us)
{
  if (message->size > self->size)
    return 1;
  uint32_t dropped = 0;
  uint8_t *room;
  while ((room = find_room (self, message->size)) == NULL) {
    yl_kept_pop (self);
    dropped++;
  }
  memcpy (room, message->data, message->size);
  Entry *entry = entry_at (self, self->n++);
  entry->message = *message;
  entry->message.data = room;
  entry->pushed_us = now_us;
  return dropped;
}

const YlKeptMessage *
yl_kept_peek (const YlKept *self)
{
  return self->n > 0 ? &entry_at (self, 0)->message : NULL;
}

void
yl_kept_pop (YlKept *self)
{
  g_return_if_fail (self->n > 0);
  self->head = (self->head + 1) % self->capacity;
  self->n--;
}

uint32_t
yl_kept_expire (YlKept *self, uint64_t before_us)
{
  uint32_t dropped = 0;
  while (self->n > 0 && entry_at (self, 0)->pushed_us <= before_us) {
    yl_kept_pop (self);
    dropped++;
  }
  return dropped;
}

uint64_t
yl_kept_oldest (const YlKept *self)
{
  return self->n > 0 ? entry_at (self, 0)->pushed_us : YL_NEVER;
}
