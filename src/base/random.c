#include "base/random.h"

#include <string.h>

static uint64_t
splitmix64 (uint64_t *state)
{
  uint64_t z = (*state += UINT64_C (0x9e3779b97f4a7c15));
  z = (z ^ (z >> 30)) * UINT64_C (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C (0x94d049bb133111eb);
  return z ^ (z >> 31);
}

static void
fill_seeded (YlRandom *self, uint8_t *data, size_t size)
{
  while (size > 0) {
    const uint64_t bits = splitmix64 (&self->state);
    const size_t n = size < sizeof bits ? size : sizeof bits;
    memcpy (data, &bits, n);
    data += n;
    size -= n;
  }
}

void
yl_random_init_seeded (YlRandom *self, uint64_t seed)
{
  *self = (YlRandom){ .fill = fill_seeded, .state = seed };
}

uint32_t
yl_random_u32 (YlRandom *self)
{
  uint32_t value;
  self->fill (self, (uint8_t *) &value, sizeof value);
  return value;
}

uint64_t
yl_random_u64 (YlRandom *self)
{
  uint64_t value;
  self->fill (self, (uint8_t *) &value, sizeof value);
  return value;
}

void
yl_random_ice_chars (YlRandom *self, char *text, size_t length)
{
  static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789+/";
  self->fill (self, (uint8_t *) text, length);
  for (size_t i = 0; i < length; i++)
    text[i] = alphabet[(uint8_t) text[i] & 63];
  text[length] = '\0';
}
