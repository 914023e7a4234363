/* feedback.c: what viewers ask for, and what they are told */
#include "base/seq.h"
#include "base/time.h"
#include "sfu/sfu-private.h"

/* A resent packet needs about a round trip before a repeat makes sense. */
#define RESEND_INTERVAL_US (40 * YL_US_PER_MS)

/* Until a request that got no answer is repeated; doubles each time, for a
 * keyframe may take seconds on a thin uplink. */
#define KEYFRAME_INTERVAL_US (400 * YL_US_PER_MS)
#define KEYFRAME_MAX_DOUBLINGS 3

/* After an answer the next request is soon possible: a viewer who has just
 * connected often misses the first packets. Not again and again, though. */
#define KEYFRAME_SOON_US (150 * YL_US_PER_MS)
#define KEYFRAME_SOON_TIMES 2
#define KEYFRAME_CALM_US (5 * YL_US_PER_S)

/* A room that never gets calm has them ever more seldom, up to fourfold. */
#define KEYFRAME_OFTEN 8
#define KEYFRAME_OFTEN_DOUBLINGS 2

/* Packets a viewer may ask for again, and a room may send again, a second: a
 * fifth of 3 Mbit/s for every viewer, and some more in a small room. */
#define ASKED_PER_S 1000
#define RESENT_PER_S 1000
#define RESENT_PER_S_AND_VIEWER 64
#define RESENT_PER_S_MAX 100000

/* ---- resending ---- */

/* The room pays for what is sent, not for what one of it asks. */
static bool
room_may_resend (Track *track, uint64_t now_us)
{
  const uint32_t most =
      RESENT_PER_S + RESENT_PER_S_AND_VIEWER * (uint32_t) track->viewers->len;
  return yl_sfu_budget_take (&track->resent, MIN (most, RESENT_PER_S_MAX),
                             now_us);
}

/* It may be lost again, and others may be asked for later than this one. */
static void
note_age (Track *track, const YlPacket *packet, uint64_t now_us)
{
  const uint64_t age_us = now_us - MIN (now_us, packet->received_us);
  yl_rtp_history_need (track->history, 2 * age_us, now_us);
}

/* It was resent not long ago; who never had any has no damper. */
static bool
is_damped (Slot *slot, int64_t seq, uint64_t now_us)
{
  return slot->damper != NULL
         && !yl_rtp_resend_damper_allow (slot->damper, (uint16_t) seq, now_us,
                                         RESEND_INTERVAL_US);
}

/* Many slots never need one. */
static void
add_damper (Slot *slot, int64_t seq, uint64_t now_us)
{
  slot->damper = g_new0 (YlRtpResendDamper, 1);
  yl_rtp_resend_damper_allow (slot->damper, (uint16_t) seq, now_us,
                              RESEND_INTERVAL_US);
}

/* Fills the row for the packet @slot sent as @seq, if it still exists. */
static bool
resend (YlSfu *self, Slot *slot, int64_t seq, uint64_t now_us, YlPlan *plan)
{
  const YlSfuSpan *span = yl_sfu_munger_find (&slot->munger, seq);
  Track *track = span != NULL ? &self->tracks[span->track] : NULL;
  if (track == NULL || !track->used || track->source != span->source
      || track->history == NULL
      || span->rtx_payload_type == YL_PAYLOAD_TYPE_NONE) {
    self->counters.nack_missing++;
    return false;
  }
  if (!yl_sfu_budget_take (&slot->asked, ASKED_PER_S, now_us)) {
    self->counters.nack_limited++;
    return false;
  }
  const YlPacket *packet =
      sfu_find_kept (self, track, seq - span->seq_offset, now_us, plan);
  if (packet == NULL) {
    yl_rtp_history_need_more (track->history, now_us);
    self->counters.nack_missing++;
    return false;
  }
  note_age (track, packet, now_us);
  if (slot->resend_credit == 0 || is_damped (slot, seq, now_us)) {
    self->counters.nack_damped++;
    return false;
  }
  if (!room_may_resend (track, now_us)) {
    self->counters.nack_limited++;
    return false;
  }
  if (slot->damper == NULL)
    add_damper (slot, seq, now_us);
  slot->resend_credit--;

  YlPlanRow *row = &plan->rows[plan->n_rows];
  yl_sfu_span_apply (span, packet, row);
  row->seq = ++slot->rtx_seq;
  row->osn = (uint16_t) seq;
  row->ssrc = slot->rtx_ssrc;
  row->payload_type = span->rtx_payload_type;
  row->section = slot->section;
  row->kind = YL_PLAN_RTX;
  row->is_audio = slot->kind == YL_MEDIA_AUDIO;
  row->packet = (uint16_t) plan->n_packets;
  plan->packets[plan->n_packets++] = packet;
  return true;
}

void
yl_sfu_nack (YlSfu *self, uint32_t peer, uint32_t ssrc, const uint16_t *seqs,
             size_t n_seqs, uint64_t now_us, YlPlan *plan)
{
  yl_plan_reset (plan);
  Slot *slot = sfu_find_slot (self, peer, ssrc);
  if (slot == NULL || slot->rtx_ssrc == 0 || !self->peers[peer].ready
      || !slot->munger.started)
    return;
  n_seqs = MIN (n_seqs, YL_PLAN_MAX_PACKETS);
  yl_plan_reserve (plan, n_seqs);
  const int64_t newest = slot->munger.newest_seq;
  for (size_t i = 0; i < n_seqs; i++) {
    const int64_t seq = newest + yl_seq_diff (seqs[i], (uint16_t) newest);
    if (!resend (self, slot, seq, now_us, plan))
      continue;
    plan->rows[plan->n_rows].peer = peer;
    plan->n_rows++;
  }
  self->counters.resent += plan->n_rows;
}

/* ---- keyframes ---- */

void
sfu_want_keyframe (YlSfu *self, Track *track, uint64_t now_us)
{
  Wish *wish = &track->wish;
  if (track->info.kind != YL_MEDIA_VIDEO || wish->wanted)
    return;
  wish->wanted = true;
  const unsigned often =
      MIN (wish->recent / KEYFRAME_OFTEN, KEYFRAME_OFTEN_DOUBLINGS);
  const uint64_t interval_us = wish->recent == 0 ? 0
                               : wish->recent <= KEYFRAME_SOON_TIMES
                                   ? KEYFRAME_SOON_US
                                   : KEYFRAME_INTERVAL_US << often;
  yl_heap_set (self->wishes, (uint32_t) (track - self->tracks),
               MAX (now_us, wish->asked_us + interval_us));
}

void
sfu_keyframe_started (YlSfu *self, Track *track, const YlPacket *first)
{
  if (track->keyframe_us == 0 || first->seq > track->keyframe_seq) {
    track->keyframe_seq = first->seq;
    track->keyframe_us = first->received_us;
    if (track->history != NULL)
      yl_rtp_history_hold (track->history, track->keyframe_us,
                           track->keyframe_us + REPLAY_US);
  }
  track->wish.wanted = false;
  track->wish.asked = 0;
  yl_heap_set (self->wishes, (uint32_t) (track - self->tracks), YL_NEVER);
}

void
yl_sfu_keyframe_request (YlSfu *self, uint32_t peer, uint32_t ssrc,
                         uint64_t now_us)
{
  Slot *slot = sfu_find_slot (self, peer, ssrc);
  if (slot == NULL || slot->track == NO_INDEX)
    return;
  Track *track = &self->tracks[slot->track];
  if (track->wish.wanted)
    return; /* one is on its way: repeating costs nothing */
  if (yl_sfu_patience_ask (&slot->patience, now_us))
    sfu_want_keyframe (self, track, now_us);
  else
    self->counters.keyframes_damped++;
}

void
yl_sfu_want_keyframe (YlSfu *self, YlTrackId id, uint64_t now_us)
{
  Track *track = sfu_find_track (self, id);
  if (track != NULL)
    sfu_want_keyframe (self, track, now_us);
}

bool
yl_sfu_poll_keyframe (YlSfu *self, uint64_t now_us, YlTrackId *id)
{
  uint32_t index;
  if (!yl_heap_pop_due (self->wishes, now_us, &index))
    return false;
  Track *track = &self->tracks[index];
  Wish *wish = &track->wish;
  const unsigned doublings = MIN (wish->asked, KEYFRAME_MAX_DOUBLINGS);
  if (now_us - wish->asked_us > KEYFRAME_CALM_US)
    wish->recent = 0;
  if (wish->recent < UINT8_MAX)
    wish->recent++;
  if (wish->asked < UINT8_MAX)
    wish->asked++;
  wish->asked_us = now_us;
  yl_heap_set (self->wishes, index,
               now_us + (KEYFRAME_INTERVAL_US << doublings));
  self->counters.keyframes_asked++;
  *id = track->id;
  return true;
}

uint64_t
yl_sfu_next_deadline (const YlSfu *self)
{
  return self->n_newcomers > 0 ? 0 : yl_heap_next (self->wishes);
}

/* ---- reports ---- */

static YlSfuClock *
clock_of (YlSfu *self, Track *track)
{
  return track->info.peer == YL_SFU_NO_PEER
             ? &track->own_clock
             : &self->peers[track->info.peer].clock;
}

static bool
same_source (const Track *a, const Track *b)
{
  return a->info.peer == b->info.peer
         && yl_peer_id_equal (a->info.publisher, b->info.publisher);
}

/* What is known of the clock of a publisher elsewhere. */
static YlSfuClock
carried_clock (YlSfu *self, const Track *of)
{
  const GArray *tracks = self->rooms[of->room].tracks;
  for (guint i = 0; i < tracks->len; i++) {
    const Track *track = &self->tracks[g_array_index (tracks, uint32_t, i)];
    if (same_source (track, of) && track->own_clock.known)
      return track->own_clock;
  }
  return (YlSfuClock){ 0 };
}

/* The clock of a peer jumped, or (@clock) what is known of the clock of a
 * publisher elsewhere is new for all its tracks. */
static void
update_siblings (YlSfu *self, const Track *of, const YlSfuClock *clock,
                 bool forget)
{
  const GArray *tracks = self->rooms[of->room].tracks;
  for (guint i = 0; i < tracks->len; i++) {
    Track *track = &self->tracks[g_array_index (tracks, uint32_t, i)];
    if (!same_source (track, of))
      continue;
    if (clock != NULL)
      track->own_clock = *clock;
    if (forget)
      track->clock.known = false;
  }
}

/* One clock for all tracks of a source, wherever it is: sound and picture
 * keep in step. */
static void
update_clock (YlSfu *self, Track *track, int64_t sender_us,
              uint64_t received_us)
{
  if (track->info.peer != YL_SFU_NO_PEER) {
    if (yl_sfu_clock_update (&self->peers[track->info.peer].clock, sender_us,
                             received_us))
      update_siblings (self, track, NULL, true);
  } else if (track->info.publisher.v != 0) {
    YlSfuClock clock = carried_clock (self, track);
    const bool jumped = yl_sfu_clock_update (&clock, sender_us, received_us);
    update_siblings (self, track, &clock, jumped);
  } else {
    track->own_clock = (YlSfuClock){ .known = true }; /* our own clock */
  }
}

void
yl_sfu_source_report (YlSfu *self, YlTrackId id, uint64_t ntp, uint32_t rtp,
                      uint64_t received_us)
{
  Track *track = sfu_find_track (self, id);
  if (track == NULL || ntp == 0)
    return;
  const int64_t sender_us = yl_sfu_clock_from_ntp (ntp);
  update_clock (self, track, sender_us, received_us);
  track->report = (YlSfuSourceReport){ ntp, received_us, rtp };
  track->clock = (YlSfuTrackClock){
    .known = true,
    .sender_us = sender_us,
    .rtp = rtp,
  };
}

bool
yl_sfu_get_source_report (const YlSfu *self, YlTrackId id,
                          YlSfuSourceReport *report)
{
  const Track *track = sfu_find_track ((YlSfu *) self, id);
  if (track == NULL || track->report.ntp == 0)
    return false;
  *report = track->report;
  return true;
}

size_t
yl_sfu_sender_reports (YlSfu *self, uint32_t index, uint64_t now_us,
                       YlSfuReport *reports, size_t max)
{
  if (index >= self->limits.max_peers || !self->peers[index].ready)
    return 0;
  const Peer *peer = &self->peers[index];
  size_t n = 0;
  sfu_trim_histories (self, peer, now_us); /* it is about once a second */
  for (uint32_t i = 0; i < peer->n_slots && n < max; i++) {
    const Slot *slot = &peer->slots[i];
    if (slot->track == NO_INDEX || !slot->munger.open)
      continue;
    Track *track = &self->tracks[slot->track];
    const YlSfuSpan *span = &slot->munger.spans[slot->munger.current];
    if (!track->clock.known || span->source != track->source)
      continue;
    const uint32_t rtp = yl_sfu_clock_rtp_at (
        clock_of (self, track), &track->clock, track->info.clock_rate, now_us);
    reports[n++] = (YlSfuReport){
      .ssrc = slot->ssrc,
      .ntp = yl_sfu_ntp (now_us),
      .rtp = rtp + span->ts_offset,
      .packets = slot->packets,
      .octets = slot->octets,
    };
  }
  return n;
}
