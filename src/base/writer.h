/* writer.h: bounded big-endian writing whose failure is sticky */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Borrows the buffer it fills. After the first write past the end nothing is
 * written and `failed` stays true. */
typedef struct {
  uint8_t *start;
  uint8_t *cur;
  uint8_t *end;
  bool failed;
} YlWriter;

static inline YlWriter
yl_writer_init (uint8_t *data, size_t capacity)
{
  /* Else gcc 12 follows a NULL @data into each write and warns there. */
  if (data == NULL)
    __builtin_unreachable ();
  return (YlWriter){ .start = data, .cur = data, .end = data + capacity };
}

static inline size_t
yl_writer_size (const YlWriter *self)
{
  return (size_t) (self->cur - self->start);
}

static inline size_t
yl_writer_left (const YlWriter *self)
{
  return (size_t) (self->end - self->cur);
}

/* Reserves @size octets for the caller to fill, or returns NULL and fails. */
static inline uint8_t *
yl_writer_reserve (YlWriter *self, size_t size)
{
  if (self->failed || size > yl_writer_left (self)) {
    self->failed = true;
    return NULL;
  }
  uint8_t *data = self->cur;
  self->cur += size;
  return data;
}

static inline void
yl_writer_octets (YlWriter *self, const void *data, size_t size)
{
  uint8_t *p = yl_writer_reserve (self, size);
  if (p != NULL && size > 0)
    memcpy (p, data, size);
}

static inline void
yl_writer_zeros (YlWriter *self, size_t size)
{
  uint8_t *p = yl_writer_reserve (self, size);
  if (p != NULL && size > 0)
    memset (p, 0, size);
}

static inline void
yl_write_u16 (uint8_t *p, uint16_t value)
{
  p[0] = (uint8_t) (value >> 8);
  p[1] = (uint8_t) value;
}

static inline void
yl_write_u32 (uint8_t *p, uint32_t value)
{
  yl_write_u16 (p, (uint16_t) (value >> 16));
  yl_write_u16 (p + 2, (uint16_t) value);
}

static inline void
yl_write_u64 (uint8_t *p, uint64_t value)
{
  yl_write_u32 (p, (uint32_t) (value >> 32));
  yl_write_u32 (p + 4, (uint32_t) value);
}

static inline void
yl_writer_u8 (YlWriter *self, uint8_t value)
{
  yl_writer_octets (self, &value, 1);
}

static inline void
yl_writer_u16 (YlWriter *self, uint16_t value)
{
  uint8_t *p = yl_writer_reserve (self, 2);
  if (p != NULL)
    yl_write_u16 (p, value);
}

static inline void
yl_writer_u24 (YlWriter *self, uint32_t value)
{
  uint8_t *p = yl_writer_reserve (self, 3);
  if (p != NULL) {
    p[0] = (uint8_t) (value >> 16);
    yl_write_u16 (p + 1, (uint16_t) value);
  }
}

static inline void
yl_writer_u32 (YlWriter *self, uint32_t value)
{
  uint8_t *p = yl_writer_reserve (self, 4);
  if (p != NULL)
    yl_write_u32 (p, value);
}

static inline void
yl_writer_u64 (YlWriter *self, uint64_t value)
{
  yl_writer_u32 (self, (uint32_t) (value >> 32));
  yl_writer_u32 (self, (uint32_t) value);
}
