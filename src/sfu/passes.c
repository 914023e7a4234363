/* passes.c: whose turn it is: great fan-outs in small pieces */
#include "sfu/passes.h"

typedef struct {
  YlSfuPass pass;
  void *owner;
  bool begun;
} Waiting;

struct YlSfuPasses {
  unsigned n;
  unsigned at; /* in this round: the next to run */
  size_t rows; /* planned in this turn */
  uint64_t dropped;
  Waiting *queue[YL_SFU_PASSES_MAX]; /* the oldest first; behind them unused */
  Waiting items[YL_SFU_PASSES_MAX];
};

YlSfuPasses *
yl_sfu_passes_new (void)
{
  YlSfuPasses *self = g_new0 (YlSfuPasses, 1);
  for (unsigned i = 0; i < YL_SFU_PASSES_MAX; i++)
    self->queue[i] = &self->items[i];
  return self;
}

void
yl_sfu_passes_free (YlSfuPasses *self)
{
  g_free (self);
}

/* ---- adding ---- */

/* The newest that waits for @track, or NULL; counts them. */
static Waiting *
find_newest (YlSfuPasses *self, YlTrackId track, unsigned *n)
{
  Waiting *newest = NULL;
  *n = 0;
  for (unsigned i = 0; i < self->n; i++)
    if (yl_track_id_equal (self->queue[i]->pass.track, track)) {
      newest = self->queue[i];
      ++*n;
    }
  return newest;
}

static bool
join (YlSfu *sfu, Waiting *waiting, const YlSfuPassBatch *batch)
{
  return waiting != NULL && !waiting->begun
         && waiting->pass.n_packets + batch->n <= YL_PLAN_MAX_PACKETS
         && yl_sfu_pass_append (sfu, &waiting->pass, batch->packets, batch->n);
}

static YlSfuPassFate
drop (YlSfuPasses *self, YlSfu *sfu, const YlSfuPassBatch *batch,
      uint64_t now_us)
{
  self->dropped += batch->n;
  yl_sfu_want_keyframe (sfu, batch->track, now_us);
  return YL_SFU_PASS_DROPPED;
}

YlSfuPassFate
yl_sfu_passes_add (YlSfuPasses *self, YlSfu *sfu, const YlSfuPassBatch *batch,
                   void **owner, uint64_t now_us, YlPlan *plan)
{
  unsigned n = 0;
  Waiting *newest = find_newest (self, batch->track, &n);
  if (n == 0
      && yl_sfu_viewers (sfu, batch->track) * batch->n <= YL_SFU_PASSES_SMALL) {
    yl_sfu_forward (sfu, batch->track, batch->packets, batch->n, now_us, plan);
    return YL_SFU_PASS_PLANNED;
  }
  if (join (sfu, newest, batch)) {
    *owner = newest->owner;
    return YL_SFU_PASS_JOINED;
  }
  if (n >= YL_SFU_PASSES_PER_TRACK || self->n == YL_SFU_PASSES_MAX)
    return drop (self, sfu, batch, now_us);
  Waiting *waiting = self->queue[self->n++];
  waiting->owner = *owner;
  waiting->begun = false;
  yl_sfu_pass_begin (sfu, &waiting->pass, batch->track, batch->packets,
                     batch->n);
  return YL_SFU_PASS_WAITS;
}

/* ---- running ---- */

void
yl_sfu_passes_begin_turn (YlSfuPasses *self)
{
  self->rows = 0;
}

static void
take_out (YlSfuPasses *self, unsigned at)
{
  Waiting *gone = self->queue[at];
  self->n--;
  for (unsigned i = at; i < self->n; i++)
    self->queue[i] = self->queue[i + 1];
  self->queue[self->n] = gone;
}

/* An older one of the same track goes first. */
static bool
is_first (const YlSfuPasses *self, unsigned at)
{
  const YlTrackId track = self->queue[at]->pass.track;
  for (unsigned i = 0; i < at; i++)
    if (yl_track_id_equal (self->queue[i]->pass.track, track))
      return false;
  return true;
}

static size_t
step_viewers (const YlSfuPass *pass)
{
  const size_t most = YL_SFU_PASSES_ROWS / MAX (pass->n_packets, 1);
  return MIN (most, YL_SFU_PASSES_VIEWERS);
}

bool
yl_sfu_passes_next (YlSfuPasses *self, YlSfu *sfu, uint64_t now_us,
                    YlPlan *plan, YlSfuPassStep *step)
{
  if (self->n == 0 || self->rows >= YL_SFU_PASSES_ROWS)
    return false;
  while (self->at < self->n && !is_first (self, self->at))
    self->at++;
  if (self->at >= self->n)
    self->at = 0; /* the oldest of all is the first of its track */
  Waiting *waiting = self->queue[self->at];
  waiting->begun = true;
  const bool more = yl_sfu_pass_next (
      sfu, &waiting->pass, step_viewers (&waiting->pass), now_us, plan);
  self->rows += MAX (plan->n_rows, 1);
  *step = (YlSfuPassStep){ .owner = waiting->owner, .done = !more };
  if (more)
    self->at++;
  else
    take_out (self, self->at);
  return true;
}

bool
yl_sfu_passes_waiting (const YlSfuPasses *self)
{
  return self->n > 0;
}

void *
yl_sfu_passes_steal (YlSfuPasses *self)
{
  return self->n > 0 ? self->queue[--self->n]->owner : NULL;
}

uint64_t
yl_sfu_passes_dropped (const YlSfuPasses *self)
{
  return self->dropped;
}
