/* egress.c: viewers, and how rows of a plan become messages */
#include "egress/egress.h"

#include "base/time.h"
#include "egress/egress-writer.h"
#include "egress/outbox.h"

#include <string.h>

/* Protected packets until they are sent; with what the kernel copies them to
 * it fits in a second-level cache, which saves a tenth of all time against
 * 1 MB. */
#define VIDEO_OCTETS (192 * 1024)
#define AUDIO_OCTETS (64 * 1024)

/* Largest datagram: an Ethernet frame less IPv4 and UDP headers. */
#define MAX_DATAGRAM 1472

/* Packets of one frame differ by a few octets in size; padding them all to
 * the longest saves a message, which costs more than this. */
#define MAX_LEVELLING 24

typedef struct {
  YlAddress remote;
  YlAddress local;
  YlSrtpSender *sender; /* NULL: unknown peer */
  size_t overhead;
  uint16_t transport_seq;
  YlEgressSlot *slots; /* by section */
  uint32_t n_slots;
} Peer;

/* Memory of one kind of packets. */
typedef struct {
  uint8_t *octets;
  size_t size;
  size_t used;
} Arena;

struct YlEgress {
  Peer *peers;
  uint32_t max_peers;
  Arena audio;
  Arena video;
  YlOutbox *outbox;
  YlEgressCounters counters;
};

YlEgress *
yl_egress_new (uint32_t max_peers, YlEgressSend send, void *user)
{
  YlEgress *self = g_new0 (YlEgress, 1);
  self->max_peers = max_peers;
  self->peers = g_new0 (Peer, max_peers);
  self->audio = (Arena){ g_malloc (AUDIO_OCTETS), AUDIO_OCTETS, 0 };
  self->video = (Arena){ g_malloc (VIDEO_OCTETS), VIDEO_OCTETS, 0 };
  self->outbox = yl_outbox_new (max_peers, send, user, &self->counters);
  return self;
}

void
yl_egress_free (YlEgress *self)
{
  if (self == NULL)
    return;
  for (uint32_t i = 0; i < self->max_peers; i++)
    g_free (self->peers[i].slots);
  yl_outbox_free (self->outbox);
  g_free (self->audio.octets);
  g_free (self->video.octets);
  g_free (self->peers);
  g_free (self);
}

const YlEgressCounters *
yl_egress_counters (const YlEgress *self)
{
  return &self->counters;
}

/* ---- viewers ---- */

static void
configure_slot (YlEgressSlot *slot, const YlPeerSection *section,
                YlSrtpSender *sender)
{
  const YlRtpExtIds ids = {
    .mid = section->extensions.mid,
    .transport_cc = section->extensions.transport_cc,
    .abs_send_time = section->extensions.abs_send_time,
    .audio_level =
        section->kind == YL_MEDIA_AUDIO ? section->extensions.audio_level : 0,
  };
  const YlRtpExtValues values = {
    .mid = section->mid,
    .mid_size = (uint8_t) strlen (section->mid),
    .has_transport_seq = true,
    .has_abs_send_time = true,
  };
  yl_rtp_ext_write (slot->extensions, &ids, &values, &slot->layout);
  slot->media = yl_srtp_sender_stream (sender, section->slot_ssrc);
  slot->rtx = section->slot_rtx_ssrc != 0
                  ? yl_srtp_sender_stream (sender, section->slot_rtx_ssrc)
                  : NULL;
  slot->used = slot->media != NULL;
}

void
yl_egress_set_peer (YlEgress *self, uint32_t index, const YlEgressPeer *values)
{
  g_return_if_fail (index < self->max_peers);
  const YlPeerConfig *config = values->config;
  Peer *peer = &self->peers[index];
  peer->remote = values->remote;
  peer->local = values->local;
  peer->sender = values->sender;
  peer->overhead = yl_srtp_sender_overhead (values->sender);
  g_free (peer->slots);
  peer->n_slots = config->n_sections;
  peer->slots = g_new0 (YlEgressSlot, MAX (config->n_sections, 1));
  for (unsigned i = 0; i < config->n_sections; i++)
    if (config->sections[i].direction == YL_DIRECTION_SEND)
      configure_slot (&peer->slots[i], &config->sections[i], values->sender);
}

void
yl_egress_set_path (YlEgress *self, uint32_t index, const YlAddress *remote,
                    const YlAddress *local)
{
  g_return_if_fail (index < self->max_peers);
  self->peers[index].remote = *remote;
  self->peers[index].local = *local;
  yl_outbox_reset_peer (self->outbox, index);
}

void
yl_egress_set_source (YlEgress *self, uint32_t index, const YlAddress *local)
{
  g_return_if_fail (index < self->max_peers);
  self->peers[index].local = *local;
}

void
yl_egress_clear_peer (YlEgress *self, uint32_t index)
{
  g_return_if_fail (index < self->max_peers);
  g_free (self->peers[index].slots);
  memset (&self->peers[index], 0, sizeof (Peer));
  yl_outbox_reset_peer (self->outbox, index);
}

/* ---- sending ---- */

void
yl_egress_flush (YlEgress *self, uint64_t now_us)
{
  yl_outbox_flush (self->outbox, now_us);
  self->audio.used = self->video.used = 0;
}

uint64_t
yl_egress_next_deadline (const YlEgress *self)
{
  return yl_outbox_next_deadline (self->outbox);
}

/* ---- writing ---- */

static Peer *
find_peer (YlEgress *self, const YlPlanRow *row)
{
  if (row->peer >= self->max_peers)
    return NULL;
  Peer *peer = &self->peers[row->peer];
  return peer->sender != NULL && row->section < peer->n_slots ? peer : NULL;
}

static YlOutboxMessage *
open_message (YlEgress *self, bool audio, const Peer *peer)
{
  const Arena *arena = audio ? &self->audio : &self->video;
  YlOutboxMessage *message =
      yl_outbox_open (self->outbox, audio, (uint32_t) (peer - self->peers),
                      arena->octets + arena->used);
  message->remote = peer->remote;
  message->local = peer->local;
  return message;
}

/* Rows of one viewer and slot that make one message. */
typedef struct {
  size_t n;
  size_t segment; /* size of all but the last */
  uint16_t sizes[YL_EGRESS_MAX_SEGMENTS];
} Run;

static size_t
row_size (const Peer *peer, const YlPlan *plan, size_t i)
{
  const YlPlanRow *row = &plan->rows[i];
  return yl_egress_packet_size (&peer->slots[row->section], row,
                                plan->packets[row->packet], peer->overhead);
}

static bool
same_stream (const YlPlanRow *a, const YlPlanRow *b)
{
  return a->peer == b->peer && a->section == b->section && a->kind == b->kind;
}

/* The longest run from @first, which fits in a datagram, whose sizes are
 * nearly equal; one much shorter may end it. */
static void
find_run (const YlEgress *self, const Peer *peer, const YlPlan *plan,
          size_t first, Run *run)
{
  size_t longest = run->sizes[0];
  size_t shortest = longest;
  run->n = 1;
  run->segment = longest;
  if (plan->rows[first].is_audio
      || !yl_outbox_has_gso (self->outbox, plan->rows[first].peer))
    return;
  for (size_t i = first + 1; i < plan->n_rows; i++) {
    if (!same_stream (&plan->rows[first], &plan->rows[i])
        || run->n >= YL_EGRESS_MAX_SEGMENTS)
      break;
    const size_t size = row_size (peer, plan, i);
    const size_t most = MAX (longest, size);
    if (most > MAX_DATAGRAM || (run->n + 1) * most > YL_EGRESS_MAX_OCTETS)
      break;
    const bool near = most - MIN (shortest, size) <= MAX_LEVELLING;
    if (!near && size > longest)
      break;
    run->sizes[run->n++] = (uint16_t) size;
    if (!near)
      break;
    longest = most;
    shortest = MIN (shortest, size);
  }
  run->segment = longest;
}

/* Protects one row at the end of the arena; 0: nothing was added. */
static size_t
write_row (YlEgress *self, Peer *peer, const YlPlan *plan, size_t i,
           size_t padding, const YlEgressStamp *stamp)
{
  const YlPlanRow *row = &plan->rows[i];
  const YlEgressSlot *slot = &peer->slots[row->section];
  Arena *arena = row->is_audio ? &self->audio : &self->video;
  if (!slot->used || (row->kind == YL_PLAN_RTX && slot->rtx == NULL)) {
    self->counters.dropped_protect++;
    return 0;
  }
  YlEgressStamp own = *stamp;
  own.transport_seq = peer->transport_seq;
  const size_t size = yl_egress_packet_write (
      peer->sender, slot, row, plan->packets[row->packet], &own,
      (uint8_t) padding, arena->octets + arena->used,
      arena->size - arena->used);
  if (size == 0) {
    self->counters.dropped_protect++;
    return 0;
  }
  if (slot->layout.transport_seq_at > 0)
    peer->transport_seq++;
  arena->used += size;
  self->counters.packets++;
  self->counters.octets += size;
  self->counters.padding_octets += padding;
  return size;
}

static void
write_run (YlEgress *self, Peer *peer, const YlPlan *plan, size_t first,
           const Run *run, const YlEgressStamp *stamp)
{
  const bool audio = plan->rows[first].is_audio;
  YlOutboxMessage *message = open_message (self, audio, peer);
  size_t written = 0;
  for (size_t i = 0; i < run->n; i++) {
    const bool last = i + 1 == run->n;
    written += write_row (self, peer, plan, first + i,
                          last ? 0 : run->segment - run->sizes[i], stamp);
  }
  message->iov[0].iov_len = written;
  message->segment_size = (uint16_t) run->segment;
  yl_outbox_close (self->outbox, audio);
}

static void
make_room (YlEgress *self, bool audio, size_t octets, uint64_t now_us)
{
  const Arena *arena = audio ? &self->audio : &self->video;
  const bool full = arena->used + octets > arena->size;
  if (audio && (full || yl_outbox_is_full (self->outbox, true))) {
    yl_egress_flush (self, now_us);
  } else if (!audio && (full || yl_outbox_is_full (self->outbox, false))) {
    yl_outbox_flush_video (self->outbox, now_us);
    self->video.used = 0;
  }
}

/* Rows of one viewer are as many as packets, as a rule, so those of the next
 * ones can be guessed: what they need is fetched while this one is written. */
static inline const YlPlanRow *
row_ahead (const YlEgress *self, const YlPlan *plan, size_t i, size_t viewers)
{
  const size_t at = i + viewers * plan->n_packets;
  return at < plan->n_rows && plan->rows[at].peer < self->max_peers
             ? &plan->rows[at]
             : NULL;
}

static void
look_ahead (const YlEgress *self, const YlPlan *plan, size_t i)
{
  const YlPlanRow *row = row_ahead (self, plan, i, 3);
  if (row == NULL)
    return;
  __builtin_prefetch (&self->peers[row->peer]);
  __builtin_prefetch ((const uint8_t *) &self->peers[row->peer] + 64);
  row = row_ahead (self, plan, i, 2);
  if (row == NULL)
    return;
  const Peer *peer = &self->peers[row->peer];
  if (peer->sender != NULL && row->section < peer->n_slots) {
    __builtin_prefetch (peer->sender);
    __builtin_prefetch (&peer->slots[row->section]);
    __builtin_prefetch ((const uint8_t *) &peer->slots[row->section] + 64);
  }
  row = row_ahead (self, plan, i, 1);
  if (row == NULL)
    return;
  peer = &self->peers[row->peer];
  if (peer->sender != NULL && row->section < peer->n_slots)
    yl_srtp_sender_prefetch (peer->sender, peer->slots[row->section].media);
}

void
yl_egress_write (YlEgress *self, const YlPlan *plan, uint64_t now_us)
{
  const YlEgressStamp stamp = { .abs_send_time =
                                    yl_rtp_ext_abs_send_time (now_us) };
  size_t i = 0;
  while (i < plan->n_rows) {
    const YlPlanRow *row = &plan->rows[i];
    Peer *peer = find_peer (self, row);
    if (peer == NULL) {
      self->counters.dropped_no_peer++;
      i++;
      continue;
    }
    const size_t size = row_size (peer, plan, i);
    if (size > MAX_DATAGRAM) {
      self->counters.dropped_oversize++;
      i++;
      continue;
    }
    look_ahead (self, plan, i);
    Run run;
    run.sizes[0] = (uint16_t) size;
    find_run (self, peer, plan, i, &run);
    make_room (self, row->is_audio, run.n * MAX_DATAGRAM, now_us);
    write_run (self, peer, plan, i, &run, &stamp);
    i += run.n;
  }
}
