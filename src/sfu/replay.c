/* replay.c: who comes late sees the picture at once
 *
 * A keyframe for each newcomer would cost everybody else their quality, and
 * asking for one takes a round trip to the publisher. What followed the last
 * one is in the resend history: while that is not much, newcomers get it. */
#include "base/time.h"
#include "sfu/sfu-private.h"

#define REPLAY_PACKETS 192

static bool
can_replay (const Track *track, uint64_t now_us)
{
  return track->history != NULL && track->keyframe_us != 0
         && now_us < track->keyframe_us + REPLAY_US
         && track->newest_seq - track->keyframe_seq < REPLAY_PACKETS
         && yl_rtp_history_has (track->history, track->keyframe_seq, now_us);
}

/* What there is so far is for nobody: neither the history nor what waits to
 * be handed out, and no numbering goes on across this. */
void
sfu_begin_anew (YlSfu *self, const Room *room)
{
  for (guint i = 0; i < room->tracks->len; i++) {
    Track *track = &self->tracks[g_array_index (room->tracks, uint32_t, i)];
    track->keyframe_us = 0;
    track->source = ++self->next_source;
  }
  sfu_clear_histories (self, room);
}

/* The slot has begun to show its track to somebody who can see it. */
void
sfu_show_picture (YlSfu *self, SlotRef ref, uint64_t now_us)
{
  Peer *peer = &self->peers[ref.peer];
  Slot *slot = &peer->slots[ref.slot];
  Track *track = &self->tracks[slot->track];
  slot->replaying = can_replay (track, now_us);
  if (!slot->replaying) {
    sfu_want_keyframe (self, track, now_us);
    return;
  }
  if (!peer->arriving)
    self->newcomers[self->n_newcomers++] = ref.peer;
  peer->arriving = true;
}

/* Opens the slot at the keyframe. False: it cannot be shown, or its history
 * has gone meanwhile. */
static bool
begin (YlSfu *self, SlotRef ref, uint64_t now_us, const YlPlan *plan)
{
  Slot *slot = &self->peers[ref.peer].slots[ref.slot];
  Track *track = &self->tracks[slot->track];
  const YlPacket *first =
      can_replay (track, now_us)
          ? sfu_find_kept (self, track, track->keyframe_seq, now_us, plan)
          : NULL;
  if (first == NULL) {
    sfu_want_keyframe (self, track, now_us);
    return false;
  }
  if (first->codec != slot->codec)
    sfu_match_codec (self, ref, first->codec);
  if (!slot->playable)
    return false;
  sfu_open_span (slot, track, slot->track, first);
  slot->replayed = first->seq - 1;
  return true;
}

/* As many packets as the plan holds; the rest with the next one. */
static void
replay (YlSfu *self, SlotRef ref, uint64_t now_us, YlPlan *plan)
{
  Slot *slot = &self->peers[ref.peer].slots[ref.slot];
  Track *track = &self->tracks[slot->track];
  slot->replaying = sfu_is_open_for (slot, track)
                        ? slot->replayed != INT64_MIN /* not live yet */
                        : begin (self, ref, now_us, plan);
  int64_t seq = slot->replayed + 1;
  while (slot->replaying && plan->n_packets < YL_PLAN_MAX_PACKETS) {
    const YlPacket *packet = sfu_find_kept (self, track, seq, now_us, plan);
    slot->replayed = seq++;
    slot->replaying = seq <= track->newest_seq;
    if (packet == NULL || packet->codec != slot->codec
        || !yl_sfu_munger_map (&slot->munger, track->source, packet,
                               &plan->rows[plan->n_rows]))
      continue; /* lost on its way here: the viewer will ask for it */
    plan->packets[plan->n_packets++] = packet;
    sfu_add_row (slot, ref, (uint16_t) (plan->n_packets - 1), plan);
  }
}

static bool
next_slot (const YlSfu *self, uint32_t peer, SlotRef *ref)
{
  const Peer *entry = &self->peers[peer];
  for (uint32_t i = 0; entry->ready && i < entry->n_slots; i++) {
    if (entry->slots[i].replaying) {
      *ref = (SlotRef){ peer, i };
      return true;
    }
  }
  return false;
}

bool
yl_sfu_poll_replay (YlSfu *self, uint64_t now_us, YlPlan *plan)
{
  yl_plan_reset (plan);
  while (self->n_newcomers > 0) {
    const uint32_t peer = self->newcomers[self->n_newcomers - 1];
    SlotRef ref;
    if (!next_slot (self, peer, &ref)) {
      self->peers[peer].arriving = false;
      self->n_newcomers--;
      continue;
    }
    yl_plan_reserve (plan, YL_PLAN_MAX_PACKETS);
    replay (self, ref, now_us, plan);
    self->counters.replayed += plan->n_rows;
    if (plan->n_rows > 0)
      return true;
  }
  return false;
}
