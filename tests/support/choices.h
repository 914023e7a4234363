/* choices.h: octets as choices, for models that a fuzzer or a seed drives */
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef struct {
  const uint8_t *data;
  size_t left;
} Choices;

/* One of 0..@n - 1, at most 256 of them; 0 when nothing is left. */
static inline unsigned
choices_take (Choices *self, unsigned n)
{
  if (self->left == 0)
    return 0;
  self->left--;
  return *self->data++ % n;
}
