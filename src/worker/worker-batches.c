/* The turn's packets by track, and video that waits for the rest of its
 * frame. */
#include "worker/worker-private.h"

#include <string.h>

/* One message to a viewer costs about 4 us of this thread, each packet more
 * in it less than 1 us, so what arrives soon after goes along: up to the
 * frame's marker, but the longer the more viewers save by it, and only where
 * the frames before had such packets. A frame sent at once is whole after some
 * 0.05 ms. Of one spread over 15 ms nothing is held below some 80 viewers;
 * with more, packets leave by pairs: that costs 3.6 ms of a course's latency
 * and saves a quarter of all time at 100 viewers, a fifth at 300. */
#define GATHER_US_PER_VIEWER 36
#define GATHER_MIN_US 300
#define GATHER_MAX_US 3600

/* Each packet of a frame would wake the thread, which costs as much as to
 * send it to one viewer: it sleeps for as long as frames took so far. Others
 * wait for that, so no longer than this. */
#define NAP_MAX_US 150
#define NAP_MARGIN_US 5

static uint32_t
gather_us (const YlWorker *self, YlTrackId track)
{
  const size_t viewers = yl_sfu_viewers (self->sfu, track);
  return viewers == 0 ? 0
                      : (uint32_t) CLAMP (viewers * GATHER_US_PER_VIEWER,
                                          GATHER_MIN_US, GATHER_MAX_US);
}

static uint16_t
smooth (uint16_t old_us, uint64_t new_us)
{
  return (uint16_t) ((3 * old_us + MIN (new_us, UINT16_MAX)) / 4);
}

static void
note_rhythm (YlWorkerRhythm *self, const YlPacket *packet)
{
  const uint32_t now_us = (uint32_t) packet->received_us;
  if (packet->view.timestamp == self->timestamp)
    self->gap_us = smooth (self->gap_us, now_us - self->last_us);
  self->timestamp = packet->view.timestamp;
  self->last_us = now_us;
}

/* The peer's table of batches is of another turn: forget it. */
static void
enter_turn (const YlWorker *self, YlWorkerPeer *entry)
{
  if (entry->batch_turn == self->turn)
    return;
  entry->batch_turn = self->turn;
  entry->has_audio = false;
  for (size_t i = 0; i < G_N_ELEMENTS (entry->batches); i++)
    entry->batches[i] = YL_WORKER_NO_BATCH;
}

/* (transfer none): where the next packet of the track goes, or NULL */
static YlWorkerOpenBatch *
open_batch (YlWorker *self, uint32_t place, uint8_t track)
{
  YlWorkerPeer *entry = &self->peers[place];
  enter_turn (self, entry);
  const uint32_t current = entry->batches[track];
  if (current != YL_WORKER_NO_BATCH
      && self->batches[current].n < YL_PLAN_MAX_PACKETS
      && yl_track_id_equal (self->batches[current].track, entry->tracks[track]))
    return &self->batches[current];
  if (self->n_batches == YL_WORKER_MAX_BATCHES)
    return NULL;
  entry->batches[track] = self->n_batches;
  YlWorkerOpenBatch *batch = &self->batches[self->n_batches++];
  batch->track = entry->tracks[track];
  batch->place = place;
  batch->index = track;
  batch->n = 0;
  batch->hold_until_us = 0;
  return batch;
}

static void
note_video (YlWorker *self, YlWorkerOpenBatch *batch, const YlPacket *packet)
{
  YlWorkerRhythm *rhythm = &self->peers[batch->place].rhythms[batch->index];
  note_rhythm (rhythm, packet);
  if (packet->view.marker) {
    batch->hold_until_us = 0;
    if (batch->n > 0)
      rhythm->burst_us =
          smooth (rhythm->burst_us,
                  packet->received_us - batch->packets[0]->received_us);
  } else if (batch->n == 0) {
    const uint32_t wait_us = gather_us (self, batch->track);
    if (rhythm->gap_us <= wait_us)
      batch->hold_until_us = packet->received_us + wait_us;
  }
}

bool
yl_worker_add_to_batch (YlWorker *self, uint32_t place, uint8_t track,
                        const YlWorkerSlot *slot)
{
  const YlPacket *packet = slot->packet;
  YlWorkerOpenBatch *batch = open_batch (self, place, track);
  if (batch == NULL)
    return false;
  if (packet->codec == YL_CODEC_OPUS)
    self->peers[place].has_audio = true;
  else
    note_video (self, batch, packet);
  batch->owners[batch->n] = slot->owner;
  batch->packets[batch->n++] = packet;
  return true;
}

/* Audio is never held, and takes waiting video of its peer along: as the last
 * segment of the same messages it costs next to nothing. */
static bool
is_held (const YlWorker *self, const YlWorkerOpenBatch *batch)
{
  const YlWorkerPeer *entry = &self->peers[batch->place];
  const bool with_audio = entry->batch_turn == self->turn && entry->has_audio;
  return batch->hold_until_us > self->now_us && batch->n < YL_PLAN_MAX_PACKETS
         && !with_audio;
}

/* When its frame should be whole; 0: too late to sleep until then. */
static uint64_t
whole_at (const YlWorker *self, const YlWorkerOpenBatch *batch)
{
  const uint32_t burst_us =
      self->peers[batch->place].rhythms[batch->index].burst_us;
  return burst_us <= NAP_MAX_US ? batch->packets[0]->received_us + burst_us
                                      + burst_us / 4 + NAP_MARGIN_US
                                : 0;
}

/* Moves it among those that the next turn begins with. */
static void
hold (YlWorker *self, const YlWorkerOpenBatch *batch)
{
  YlWorkerOpenBatch *to = &self->batches[self->n_held++];
  self->held_until_us = yl_time_min (self->held_until_us, batch->hold_until_us);
  self->nap_until_us = yl_time_min (self->nap_until_us, whole_at (self, batch));
  if (to == batch)
    return;
  to->track = batch->track;
  to->place = batch->place;
  to->index = batch->index;
  to->hold_until_us = batch->hold_until_us;
  to->n = batch->n;
  memcpy (to->owners, batch->owners, batch->n * sizeof batch->owners[0]);
  memcpy (to->packets, batch->packets, batch->n * sizeof batch->packets[0]);
}

static void
give_back (YlWorker *self, const YlWorkerOpenBatch *batch)
{
  for (size_t i = 0; i < batch->n && self->slots != NULL; i++)
    self->slots->give_back (self->slots_user, batch->owners[i]);
}

bool
yl_worker_take_batch (YlWorker *self, YlWorkerBatch *batch)
{
  while (self->next_batch < self->n_batches) {
    const YlWorkerOpenBatch *from = &self->batches[self->next_batch++];
    YlWorkerBatch taken = { .track = from->track,
                            .n = from->n,
                            .owners = from->owners,
                            .packets = from->packets };
    if (!yl_sfu_get_track (self->sfu, from->track, &taken.info)) {
      give_back (self, from); /* the track ended in the very turn */
      continue;
    }
    if (is_held (self, from)) {
      hold (self, from);
      continue;
    }
    *batch = taken;
    return true;
  }
  return false;
}

void
yl_worker_begin_batches (YlWorker *self)
{
  self->n_batches = self->n_held;
  self->next_batch = self->n_held = 0;
  self->held_until_us = self->nap_until_us = YL_NEVER;
  for (uint32_t i = 0; i < self->n_batches; i++) {
    const YlWorkerOpenBatch *batch = &self->batches[i];
    YlWorkerPeer *entry = &self->peers[batch->place];
    enter_turn (self, entry);
    entry->batches[batch->index] = i;
  }
}

void
yl_worker_drop_batches (YlWorker *self)
{
  for (; self->next_batch < self->n_batches; self->next_batch++)
    give_back (self, &self->batches[self->next_batch]);
  self->n_batches = self->next_batch = 0;
}

void
yl_worker_drop_held (YlWorker *self)
{
  for (uint32_t i = 0; i < self->n_held; i++)
    give_back (self, &self->batches[i]);
  self->n_held = 0;
  self->held_until_us = self->nap_until_us = YL_NEVER;
}
