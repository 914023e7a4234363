/* placement.c: which media worker takes a new room or viewer */
#include "app/placement.h"

/* What is older counts half after that long. */
#define SMOOTH_US 2e6
#define SAMPLE_US 100000

/* Steps of the comparison. */
#define BUSY_STEP 0.05
#define PACKETS_STEP 5000.0

/* A worker busier than that takes no more viewers of a spread room. */
#define BUSY_LIMIT 0.7

unsigned
yl_placement_default_workers (unsigned cores)
{
  return cores <= 4 ? 1 : MIN ((cores + 3) / 4, YL_PLACEMENT_MAX_WORKERS);
}

void
yl_placement_update (YlPlacementLoad *self, const YlPlacementSample *sample,
                     uint64_t now_us)
{
  if (self->sampled && now_us < self->last_us + SAMPLE_US)
    return;
  if (self->sampled) {
    const double passed_us = (double) (now_us - self->last_us);
    const double weight = passed_us / (passed_us + SMOOTH_US);
    const double busy =
        (double) (sample->busy_us - self->last.busy_us) / passed_us;
    const double packets =
        (double) (sample->packets - self->last.packets) * 1e6 / passed_us;
    self->busy += weight * ((busy < 1 ? busy : 1) - self->busy);
    self->packets_per_s += weight * (packets - self->packets_per_s);
  }
  self->sampled = true;
  self->last = *sample;
  self->last_us = now_us;
}

static int
compare (const YlPlacementLoad *a, const YlPlacementLoad *b)
{
  const long steps[][2] = {
    { (long) (a->busy / BUSY_STEP), (long) (b->busy / BUSY_STEP) },
    { (long) (a->packets_per_s / PACKETS_STEP),
      (long) (b->packets_per_s / PACKETS_STEP) },
    { a->peers, b->peers },
    { a->rooms, b->rooms },
  };
  for (unsigned i = 0; i < sizeof steps / sizeof steps[0]; i++)
    if (steps[i][0] != steps[i][1])
      return steps[i][0] < steps[i][1] ? -1 : 1;
  return 0;
}

unsigned
yl_placement_room (const YlPlacementLoad *loads, unsigned n)
{
  unsigned best = 0;
  for (unsigned i = 1; i < n; i++)
    if (compare (&loads[i], &loads[best]) < 0)
      best = i;
  return best;
}

unsigned
yl_placement_viewer (const YlPlacementLoad *loads, unsigned n, unsigned home,
                     const YlPlacementShare *shares, unsigned bound)
{
  unsigned best = n, fewest = home;
  bool best_has = false;
  if (shares[home].viewers < bound && loads[home].busy < BUSY_LIMIT)
    return home;
  for (unsigned i = 0; i < n; i++) {
    if (shares[i].viewers < shares[fewest].viewers)
      fewest = i;
    if (shares[i].viewers >= bound || loads[i].busy >= BUSY_LIMIT)
      continue;
    const bool has = shares[i].has_room;
    if (best == n || (has && !best_has)
        || (has == best_has && compare (&loads[i], &loads[best]) < 0)) {
      best = i;
      best_has = has;
    }
  }
  return best < n ? best : fewest;
}
