/* random.h: randomness as a parameter, so that tests can repeat a run */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Fills octets. The system's source is in io/; the seeded one below is for
 * tests only. Used from one thread at a time. */
typedef struct YlRandom YlRandom;
struct YlRandom {
  void (*fill) (YlRandom *self, uint8_t *data, size_t size);
  uint64_t state; /* of the seeded source */
};

/* A repeatable source (splitmix64): never for keys or credentials. */
void yl_random_init_seeded (YlRandom *self, uint64_t seed);

uint32_t yl_random_u32 (YlRandom *self);

uint64_t yl_random_u64 (YlRandom *self);

/* Writes @length characters of A-Z a-z 0-9 + / and a NUL: the ice-char set
 * (RFC 8839, 5.4). @text holds @length + 1 octets. */
void yl_random_ice_chars (YlRandom *self, char *text, size_t length);
