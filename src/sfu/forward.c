/* forward.c: the packet path: a batch of one track becomes a plan */
#include "sfu/sfu-private.h"

#include <string.h>

enum { SEEN_NEW, SEEN_BEFORE, SEEN_TOO_LATE };

static void
restart_numbering (YlSfu *self, Track *track, int64_t seq)
{
  memset (track->seen, 0, sizeof track->seen);
  track->newest_seq = seq - 1;
  track->late_in_a_row = 0;
  track->keyframe_us = 0;
  if (track->started)
    track->source = ++self->next_source;
  if (track->started && track->history != NULL)
    yl_rtp_history_clear (track->history); /* it would refuse lower numbers */
  track->started = true;
}

/* Advances the window to @seq, forgetting what falls out of it. */
static void
advance_seen (Track *track, int64_t seq)
{
  const int64_t ahead = seq - track->newest_seq;
  if (ahead >= SEEN_BITS)
    memset (track->seen, 0, sizeof track->seen);
  else
    for (int64_t s = track->newest_seq + 1; s <= seq; s++)
      track->seen[(uint64_t) s % SEEN_BITS / 64] &=
          ~(UINT64_C (1) << ((uint64_t) s % 64));
  track->newest_seq = seq;
}

/* Senders repeat a packet when its RTX and the delayed original both come;
 * a second pass would use an egress number twice. */
static int
note_seen (YlSfu *self, Track *track, int64_t seq)
{
  if (!track->started)
    restart_numbering (self, track, seq);
  if (seq <= track->newest_seq - SEEN_BITS) {
    if (++track->late_in_a_row < RESTART_AFTER)
      return SEEN_TOO_LATE;
    restart_numbering (self, track, seq);
  }
  track->late_in_a_row = 0;
  if (seq > track->newest_seq)
    advance_seen (track, seq);
  uint64_t *word = &track->seen[(uint64_t) seq % SEEN_BITS / 64];
  const uint64_t bit = UINT64_C (1) << ((uint64_t) seq % 64);
  if (*word & bit)
    return SEEN_BEFORE;
  *word |= bit;
  return SEEN_NEW;
}

/* Puts the new packets into the pass. A restart of the source's numbering in
 * mid batch voids what came before it: such packets are of the old source. */
static void
take_packets (YlSfu *self, Track *track, const YlPacket *const *packets,
              size_t n_packets, YlSfuPass *pass)
{
  for (size_t i = 0; i < n_packets; i++) {
    const YlPacket *packet = packets[i];
    const uint64_t source = track->source;
    const int seen = note_seen (self, track, packet->seq);
    self->counters.packets_in++;
    if (seen != SEEN_NEW) {
      self->counters.duplicate += seen == SEEN_BEFORE;
      self->counters.too_late += seen == SEEN_TOO_LATE;
      continue;
    }
    if (source != track->source)
      pass->n_packets = 0;
    if (track->history != NULL && self->rooms[track->room].forwarding)
      yl_rtp_history_add (track->history, packet);
    if (packet->info.keyframe_start)
      sfu_keyframe_started (self, track, packet);
    pass->packets[pass->n_packets++] = packet;
  }
  pass->source = track->source;
}

/* Begins a span when @packet may start one. */
bool
sfu_open_span (Slot *slot, const Track *track, uint32_t index,
               const YlPacket *packet)
{
  if (slot->kind == YL_MEDIA_VIDEO && !packet->info.keyframe_start)
    return false;
  const YlSfuSpanSource source = {
    .source = track->source,
    .track = index,
    .clock_rate = track->info.clock_rate,
    .payload_type = slot->payload_type,
    .rtx_payload_type = slot->rtx_payload_type,
  };
  yl_sfu_munger_open (&slot->munger, &source, packet);
  slot->replayed = INT64_MIN;
  return true;
}

/* The last row of @plan has its numbers; the rest, and it counts. */
void
sfu_add_row (Slot *slot, SlotRef ref, uint16_t packet, YlPlan *plan)
{
  YlPlanRow *row = &plan->rows[plan->n_rows++];
  row->peer = ref.peer;
  row->ssrc = slot->ssrc;
  row->packet = packet;
  row->osn = 0;
  row->section = slot->section;
  row->kind = YL_PLAN_MEDIA;
  row->is_audio = slot->kind == YL_MEDIA_AUDIO;
  slot->packets++;
  slot->octets += (uint32_t) plan->packets[packet]->view.payload_size;
  if (slot->resend_credit < RESEND_CREDIT)
    slot->resend_credit++;
}

/* Viewers lie scattered over memory: those that come next are fetched while
 * this one is written. */
static inline void
look_ahead (const YlSfu *self, const Track *track, uint32_t viewer)
{
  if (viewer + 8 >= track->viewers->len)
    return;
  const SlotRef *refs = (const SlotRef *) track->viewers->data + viewer;
  __builtin_prefetch (&self->peers[refs[8].peer]);
  const Slot *slot = &self->peers[refs[4].peer].slots[refs[4].slot];
  __builtin_prefetch (slot);
  __builtin_prefetch ((const uint8_t *) slot + 64);
  __builtin_prefetch ((const uint8_t *) slot + 128);
}

static void
forward_to (YlSfu *self, Track *track, SlotRef ref, uint64_t now_us,
            YlPlan *plan)
{
  Slot *slot = &self->peers[ref.peer].slots[ref.slot];
  const uint32_t index = (uint32_t) (track - self->tracks);
  look_ahead (self, track, slot->viewer);
  for (size_t i = 0; i < plan->n_packets; i++) {
    const YlPacket *packet = plan->packets[i];
    if (packet->seq <= slot->replayed
        && slot->munger.spans[slot->munger.current].source == track->source)
      continue; /* it got that out of the history */
    if (packet->codec != slot->codec)
      sfu_match_codec (self, ref, packet->codec);
    if (!slot->playable) {
      self->counters.no_codec++;
      continue;
    }
    YlPlanRow *row = &plan->rows[plan->n_rows];
    if (!sfu_is_open_for (slot, track)
        && !sfu_open_span (slot, track, index, packet))
      sfu_want_keyframe (self, track, now_us);
    if (yl_sfu_munger_map (&slot->munger, track->source, packet, row))
      sfu_add_row (slot, ref, (uint16_t) i, plan);
  }
}

/* ---- passes ---- */

void
yl_sfu_pass_begin (YlSfu *self, YlSfuPass *pass, YlTrackId id,
                   const YlPacket *const *packets, size_t n_packets)
{
  pass->track = id;
  pass->n_packets = 0;
  g_return_if_fail (n_packets <= YL_PLAN_MAX_PACKETS);
  Track *track = sfu_find_track (self, id);
  if (track != NULL)
    take_packets (self, track, packets, n_packets, pass);
}

bool
yl_sfu_pass_append (YlSfu *self, YlSfuPass *pass,
                    const YlPacket *const *packets, size_t n_packets)
{
  g_return_val_if_fail (pass->n_packets + n_packets <= YL_PLAN_MAX_PACKETS,
                        false);
  Track *track = sfu_find_track (self, pass->track);
  if (track == NULL || track->source != pass->source)
    return false;
  take_packets (self, track, packets, n_packets, pass);
  return true;
}

/* What @pass holds is of no use after its source's numbering restarted. */
static Track *
track_of (YlSfu *self, const YlSfuPass *pass)
{
  Track *track = sfu_find_track (self, pass->track);
  if (track == NULL)
    return NULL;
  if (pass->n_packets > 0 && track->source == pass->source)
    return track;
  track->served = 0;
  return NULL;
}

bool
yl_sfu_pass_next (YlSfu *self, const YlSfuPass *pass, size_t max_viewers,
                  uint64_t now_us, YlPlan *plan)
{
  Track *track = track_of (self, pass);
  yl_plan_reset (plan);
  if (track == NULL)
    return false;
  const size_t left = track->viewers->len - track->served;
  const size_t n = MIN (left, max_viewers);
  plan->n_packets = pass->n_packets;
  memcpy (plan->packets, pass->packets,
          pass->n_packets * sizeof *pass->packets);
  yl_plan_reserve (plan, plan->n_packets * n);
  for (size_t i = 0; i < n; i++) {
    const SlotRef ref =
        g_array_index (track->viewers, SlotRef, track->served + i);
    if (self->peers[ref.peer].ready)
      forward_to (self, track, ref, now_us, plan);
  }
  self->counters.packets_out += plan->n_rows;
  track->served = n < left ? track->served + (uint32_t) n : 0;
  return n < left;
}

void
yl_sfu_forward (YlSfu *self, YlTrackId id, const YlPacket *const *packets,
                size_t n_packets, uint64_t now_us, YlPlan *plan)
{
  YlSfuPass pass;
  yl_sfu_pass_begin (self, &pass, id, packets, n_packets);
  yl_sfu_pass_next (self, &pass, SIZE_MAX, now_us, plan);
}
