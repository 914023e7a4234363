/* histories.c: how much of each track is kept for resending
 *
 * As long as the viewers may ask for it, and no longer: a room of two near
 * each other needs a twentieth of a second. What is asked for later than was
 * expected is remembered by the history itself, and what newcomers need is
 * held after each keyframe. */
#include "sfu/sfu-private.h"

/* That a packet is missing shows when the next one comes, browsers look at
 * that every 20 ms, and the way back may have become longer. This is for the
 * first request: it tells what those need that follow. */
#define NEAR_US (50 * YL_US_PER_MS)
#define ROUND_TRIPS 2

/* Of more than these some are far away. */
#define FEW_VIEWERS 4

static uint64_t
needed_by (const Peer *viewer)
{
  return viewer->rtt_us == 0
             ? YL_RTP_HISTORY_FIRST_US
             : NEAR_US + ROUND_TRIPS * (uint64_t) viewer->rtt_us;
}

/* Its viewers or what is known of them changed. */
void
sfu_fit_history (const YlSfu *self, Track *track)
{
  const guint n = track->viewers->len;
  uint64_t age_us = n > FEW_VIEWERS ? YL_RTP_HISTORY_AGE_US : NEAR_US;
  if (track->history == NULL)
    return;
  for (guint i = 0; n <= FEW_VIEWERS && i < n; i++) {
    const SlotRef ref = g_array_index (track->viewers, SlotRef, i);
    age_us = MAX (age_us, needed_by (&self->peers[ref.peer]));
  }
  yl_rtp_history_keep (track->history, age_us);
}

/* Where the next packet of @plan is to lie; a packet that is not taken into
 * the plan leaves its place to the next. */
const YlPacket *
sfu_find_kept (YlSfu *self, const Track *track, int64_t seq, uint64_t now_us,
               const YlPlan *plan)
{
  const size_t n = plan->n_packets;
  YlPacket *packet = &self->kept[n];
  uint8_t *room = self->pieced + self->n_pieced * YL_PACKET_MAX;
  if (n == 0)
    self->n_pieced = 0;
  else if (plan->packets[n - 1]->data == room)
    self->n_pieced++;
  room = self->pieced + self->n_pieced * YL_PACKET_MAX;
  return yl_rtp_history_find (track->history, seq, now_us, packet, room)
             ? packet
             : NULL;
}

void
sfu_clear_histories (YlSfu *self, const Room *room)
{
  for (guint i = 0; i < room->tracks->len; i++) {
    Track *track = &self->tracks[g_array_index (room->tracks, uint32_t, i)];
    if (track->history != NULL)
      yl_rtp_history_clear (track->history);
  }
}

/* A track that has stopped gives back what nobody will ask for any more. */
void
sfu_trim_histories (YlSfu *self, const Peer *viewer, uint64_t now_us)
{
  for (uint32_t i = 0; i < viewer->n_slots; i++) {
    const uint32_t track = viewer->slots[i].track;
    if (track != NO_INDEX && self->tracks[track].history != NULL)
      yl_rtp_history_trim (self->tracks[track].history, now_us);
  }
}

/* Longer round trips count at once, shorter ones little by little: some are
 * measured while nothing else is on the way. */
void
yl_sfu_reception (YlSfu *self, uint32_t index, uint32_t rtt_us)
{
  if (index >= self->limits.max_peers || !self->peers[index].used
      || rtt_us == 0)
    return;
  Peer *peer = &self->peers[index];
  peer->rtt_us = MAX (rtt_us, peer->rtt_us - peer->rtt_us / 8);
  for (uint32_t i = 0; i < peer->n_slots; i++)
    if (peer->slots[i].track != NO_INDEX)
      sfu_fit_history (self, &self->tracks[peer->slots[i].track]);
}

size_t
yl_sfu_history_octets (const YlSfu *self)
{
  return yl_page_pool_used (self->pages) * YL_PAGE_SIZE;
}
