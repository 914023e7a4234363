/* histogram.h: how often each delay was seen, to the microsecond */
#pragma once

#include <glib.h>
#include <stdint.h>

/* Exact below 200 ms; what is later counts as that, but for the maximum. */
#define HISTOGRAM_SIZE 200000

typedef struct {
  uint64_t n;
  uint64_t max;
  uint32_t counts[HISTOGRAM_SIZE];
} Histogram;

static inline void
histogram_add (Histogram *self, uint64_t value)
{
  self->n++;
  self->max = MAX (self->max, value);
  self->counts[MIN (value, HISTOGRAM_SIZE - 1)]++;
}

/* The value below which @share of all are; 0 when there are none. */
uint64_t histogram_quantile (const Histogram *self, double share);

void histogram_clear (Histogram *self);
