/* histogram.c: how often each delay was seen, to the microsecond */
#include "histogram.h"

#include <string.h>

uint64_t
histogram_quantile (const Histogram *self, double share)
{
  const uint64_t wanted = (uint64_t) ((double) self->n * share);
  uint64_t seen = 0;
  for (unsigned i = 0; i < HISTOGRAM_SIZE && self->n > 0; i++) {
    seen += self->counts[i];
    if (seen > wanted)
      return i;
  }
  return self->max;
}

void
histogram_clear (Histogram *self)
{
  memset (self, 0, sizeof *self);
}
