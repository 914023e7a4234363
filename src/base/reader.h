/* reader.h: bounded big-endian reading whose failure is sticky */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Borrows the octets it reads. After the first read past the end every read
 * yields 0 or NULL and `failed` stays true, so a parser checks once. */
typedef struct {
  const uint8_t *cur;
  const uint8_t *end;
  bool failed;
} YlReader;

static inline YlReader
yl_reader_init (const uint8_t *data, size_t size)
{
  /* NULL + 0 is undefined in C, and an empty span may well be NULL */
  const uint8_t *end = size > 0 ? data + size : data;
  return (YlReader){ .cur = data, .end = end, .failed = false };
}

static inline size_t
yl_reader_left (const YlReader *self)
{
  return (size_t) (self->end - self->cur);
}

/* Returns the next @size octets, or NULL and fails if fewer are left. */
static inline const uint8_t *
yl_reader_take (YlReader *self, size_t size)
{
  if (self->failed || size > yl_reader_left (self)) {
    self->failed = true;
    self->cur = self->end;
    return NULL;
  }
  const uint8_t *data = self->cur;
  self->cur += size;
  return data;
}

static inline void
yl_reader_skip (YlReader *self, size_t size)
{
  (void) yl_reader_take (self, size);
}

/* A reader over the next @size octets: narrow first, then parse. */
static inline YlReader
yl_reader_narrow (YlReader *self, size_t size)
{
  const uint8_t *data = yl_reader_take (self, size);
  if (data == NULL)
    return (YlReader){ .cur = self->end, .end = self->end, .failed = true };
  return yl_reader_init (data, size);
}

static inline uint8_t
yl_reader_u8 (YlReader *self)
{
  const uint8_t *p = yl_reader_take (self, 1);
  return p != NULL ? p[0] : 0;
}

static inline uint16_t
yl_reader_u16 (YlReader *self)
{
  const uint8_t *p = yl_reader_take (self, 2);
  return p != NULL ? (uint16_t) (p[0] << 8 | p[1]) : 0;
}

static inline uint32_t
yl_reader_u24 (YlReader *self)
{
  const uint8_t *p = yl_reader_take (self, 3);
  return p != NULL ? (uint32_t) p[0] << 16 | (uint32_t) p[1] << 8 | p[2] : 0;
}

static inline uint32_t
yl_reader_u32 (YlReader *self)
{
  const uint8_t *p = yl_reader_take (self, 4);
  return p != NULL ? (uint32_t) p[0] << 24 | (uint32_t) p[1] << 16
                         | (uint32_t) p[2] << 8 | p[3]
                   : 0;
}

static inline uint64_t
yl_reader_u64 (YlReader *self)
{
  const uint64_t high = yl_reader_u32 (self);
  return high << 32 | yl_reader_u32 (self);
}
