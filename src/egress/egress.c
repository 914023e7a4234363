/* egress.c: viewers, and messages of one turn */
#include "egress/egress.h"

#include "base/time.h"
#include "egress/egress-writer.h"
#include "egress/kept.h"

#include <string.h>

/* One turn's protected packets; fits in a second-level cache. */
#define ARENA_OCTETS (1024 * 1024)
#define MAX_MESSAGES 512

/* Messages handed to the socket at once. */
#define SEND_BATCH 64

/* Largest datagram: an Ethernet frame less IPv4 and UDP headers. */
#define MAX_DATAGRAM 1472

/* Packets of one frame differ by a few octets in size; padding them all to
 * the longest saves a message, which costs more than this. */
#define MAX_LEVELLING 24

#define KEEP_US (20 * YL_US_PER_MS)
#define KEEP_AUDIO_US (200 * YL_US_PER_MS) /* then no jitter buffer wants it \
                                            */
#define KEPT_VIDEO_OCTETS (512 * 1024)
#define KEPT_AUDIO_OCTETS (64 * 1024)
#define KEPT_MESSAGES 512

typedef struct {
  YlAddress remote;
  YlAddress local;
  YlSrtpSender *sender; /* NULL: unknown peer */
  size_t overhead;
  uint16_t transport_seq;
  uint32_t video; /* first video message of turn `turn` */
  uint64_t turn;
  YlEgressSlot *slots; /* by section */
  uint32_t n_slots;
  bool no_gso; /* its path refused segments */
} Peer;

/* One message under construction: a piece of the arena, and perhaps an audio
 * packet from elsewhere in it. */
typedef struct {
  struct iovec iov[2];
  uint32_t peer;
  uint16_t segment_size; /* of all segments but the last */
  uint8_t n_iov;
  YlAddress remote;
  YlAddress local;
} Message;

typedef struct {
  Message items[MAX_MESSAGES];
  uint32_t n;
} Messages;

struct YlEgress {
  YlEgressSend send;
  void *user;
  Peer *peers;
  uint32_t max_peers;
  uint64_t turn;
  uint8_t *arena;
  size_t used;
  Messages audio;
  Messages video;
  YlKept *kept_audio;
  YlKept *kept_video;
  YlEgressCounters counters;
};

YlEgress *
yl_egress_new (uint32_t max_peers, YlEgressSend send, void *user)
{
  YlEgress *self = g_new0 (YlEgress, 1);
  self->send = send;
  self->user = user;
  self->max_peers = max_peers;
  self->peers = g_new0 (Peer, max_peers);
  self->arena = g_malloc (ARENA_OCTETS);
  self->kept_audio = yl_kept_new (KEPT_AUDIO_OCTETS, KEPT_MESSAGES);
  self->kept_video = yl_kept_new (KEPT_VIDEO_OCTETS, KEPT_MESSAGES);
  self->turn = 1;
  return self;
}

void
yl_egress_free (YlEgress *self)
{
  if (self == NULL)
    return;
  for (uint32_t i = 0; i < self->max_peers; i++)
    g_free (self->peers[i].slots);
  yl_kept_free (self->kept_audio);
  yl_kept_free (self->kept_video);
  g_free (self->arena);
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
}

void
yl_egress_clear_peer (YlEgress *self, uint32_t index)
{
  g_return_if_fail (index < self->max_peers);
  g_free (self->peers[index].slots);
  memset (&self->peers[index], 0, sizeof (Peer));
}

/* ---- sending ---- */

static uint32_t
message_size (const Message *message)
{
  const size_t second = message->n_iov > 1 ? message->iov[1].iov_len : 0;
  return (uint32_t) (message->iov[0].iov_len + second);
}

static void
keep_piece (YlEgress *self, const Message *message, unsigned i, bool audio,
            uint64_t now_us)
{
  const struct iovec *iov = &message->iov[i];
  const YlKeptMessage piece = {
    .data = iov->iov_base,
    .size = (uint32_t) iov->iov_len,
    .segment_size =
        iov->iov_len > message->segment_size ? message->segment_size : 0,
    .remote = message->remote,
    .local = message->local,
  };
  self->counters.kept++;
  if (audio)
    self->counters.dropped_audio +=
        yl_kept_push (self->kept_audio, &piece, now_us);
  else
    self->counters.dropped_video +=
        yl_kept_push (self->kept_video, &piece, now_us);
}

static YlEgressMessage
to_send (const Message *message)
{
  const uint32_t size = message_size (message);
  return (YlEgressMessage){
    .remote = &message->remote,
    .local = &message->local,
    .iov = message->iov,
    .n_iov = message->n_iov,
    .segment_size = size > message->segment_size ? message->segment_size : 0,
    .size = size,
  };
}

static YlSendResult
send_one (YlEgress *self, const YlEgressMessage *message)
{
  YlSendResult why = YL_SEND_OK;
  if (self->send (self->user, message, 1, &why) == 1) {
    self->counters.messages++;
    return YL_SEND_OK;
  }
  return why;
}

/* Sends the segments one by one where the path refused them together. */
static YlSendResult
send_apart (YlEgress *self, const YlEgressMessage *message)
{
  self->counters.gso_fallbacks++;
  for (unsigned i = 0; i < message->n_iov; i++) {
    const struct iovec *iov = &message->iov[i];
    for (size_t at = 0; at < iov->iov_len; at += message->segment_size) {
      const size_t left = iov->iov_len - at;
      const struct iovec part = {
        .iov_base = (uint8_t *) iov->iov_base + at,
        .iov_len = MIN (left, message->segment_size),
      };
      YlEgressMessage single = *message;
      single.iov = &part;
      single.n_iov = 1;
      single.segment_size = 0;
      single.size = (uint32_t) part.iov_len;
      const YlSendResult result = send_one (self, &single);
      self->counters.send_errors += result == YL_SEND_ERROR;
      if (result == YL_SEND_AGAIN) /* rare on rare: the rest is lost */
        return YL_SEND_ERROR;
    }
  }
  return YL_SEND_OK;
}

/* Sends @n messages from @messages on; false when the socket is full, then
 * *@done says how many are settled. */
static bool
send_batch (YlEgress *self, const Message *messages, uint32_t n, uint32_t *done)
{
  YlEgressMessage batch[SEND_BATCH];
  for (uint32_t i = 0; i < n; i++)
    batch[i] = to_send (&messages[i]);
  *done = 0;
  while (*done < n) {
    YlSendResult why = YL_SEND_OK;
    const size_t sent = self->send (self->user, batch + *done, n - *done, &why);
    self->counters.messages += sent;
    *done += (uint32_t) sent;
    if (*done >= n)
      break;
    if (why == YL_SEND_AGAIN)
      return false;
    if (why == YL_SEND_NO_GSO && batch[*done].segment_size > 0) {
      self->peers[messages[*done].peer].no_gso = true;
      why = send_apart (self, &batch[*done]);
    }
    self->counters.send_errors += why != YL_SEND_OK;
    ++*done;
  }
  return true;
}

/* Sends while the socket takes it, keeps the rest. */
static bool
send_messages (YlEgress *self, Messages *messages, bool audio, bool open,
               uint64_t now_us)
{
  uint32_t at = 0;
  while (open && at < messages->n) {
    uint32_t done;
    open = send_batch (self, messages->items + at,
                       MIN (messages->n - at, SEND_BATCH), &done);
    at += done;
  }
  for (; at < messages->n; at++) {
    const Message *message = &messages->items[at];
    for (unsigned i = 0; i < message->n_iov; i++)
      keep_piece (self, message, i, audio || i > 0, now_us);
  }
  messages->n = 0;
  return open;
}

static bool
send_kept (YlEgress *self, YlKept *kept)
{
  const YlKeptMessage *message;
  while ((message = yl_kept_peek (kept)) != NULL) {
    const struct iovec iov = { message->data, message->size };
    const YlEgressMessage out = {
      .remote = &message->remote,
      .local = &message->local,
      .iov = &iov,
      .n_iov = 1,
      .segment_size = message->segment_size,
      .size = message->size,
    };
    YlSendResult result = send_one (self, &out);
    if (result == YL_SEND_NO_GSO && out.segment_size > 0)
      result = send_apart (self, &out);
    if (result == YL_SEND_AGAIN)
      return false;
    self->counters.send_errors += result != YL_SEND_OK;
    yl_kept_pop (kept);
  }
  return true;
}

/* Whether @packet may be the short last segment of @video. */
static bool
can_follow (const Message *packet, const Message *video)
{
  const size_t size = packet->iov[0].iov_len;
  const size_t before = video->iov[0].iov_len;
  return video->n_iov == 1 && size <= video->segment_size
         && before % video->segment_size == 0
         && before / video->segment_size < YL_EGRESS_MAX_SEGMENTS
         && before + size <= YL_EGRESS_MAX_OCTETS;
}

/* Moves audio packets behind video for the same viewer. */
static void
join_audio (YlEgress *self)
{
  uint32_t alone = 0;
  for (uint32_t i = 0; i < self->audio.n; i++) {
    const Message *packet = &self->audio.items[i];
    const Peer *peer = &self->peers[packet->peer];
    Message *video =
        peer->turn == self->turn ? &self->video.items[peer->video] : NULL;
    if (video != NULL && !peer->no_gso && can_follow (packet, video))
      video->iov[video->n_iov++] = packet->iov[0];
    else
      self->audio.items[alone++] = *packet;
  }
  self->audio.n = alone;
  self->counters.audio_alone += alone;
}

void
yl_egress_flush (YlEgress *self, uint64_t now_us)
{
  join_audio (self);
  self->counters.dropped_video +=
      yl_kept_expire (self->kept_video, now_us - MIN (now_us, KEEP_US));
  self->counters.dropped_audio +=
      yl_kept_expire (self->kept_audio, now_us - MIN (now_us, KEEP_AUDIO_US));
  bool open = send_kept (self, self->kept_audio);
  open = send_messages (self, &self->audio, true, open, now_us);
  open = open && send_kept (self, self->kept_video);
  send_messages (self, &self->video, false, open, now_us);
  self->used = 0;
  self->turn++;
}

uint64_t
yl_egress_next_deadline (const YlEgress *self)
{
  const uint64_t audio = yl_kept_oldest (self->kept_audio);
  const uint64_t video = yl_kept_oldest (self->kept_video);
  return yl_time_min (audio == YL_NEVER ? YL_NEVER : audio + KEEP_AUDIO_US,
                      video == YL_NEVER ? YL_NEVER : video + KEEP_US);
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

static Message *
add_message (YlEgress *self, Messages *messages, const Peer *peer)
{
  Message *message = &messages->items[messages->n++];
  message->peer = (uint32_t) (peer - self->peers);
  message->n_iov = 1;
  message->iov[0].iov_base = self->arena + self->used;
  message->iov[0].iov_len = 0;
  message->remote = peer->remote;
  message->local = peer->local;
  return message;
}

/* Rows of one viewer and slot that make one message. */
typedef struct {
  size_t n;
  size_t segment; /* size of all but the last */
} Run;

static size_t
row_size (const YlEgress *self, const Peer *peer, const YlPlan *plan, size_t i)
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

/* The longest run from @first whose sizes are nearly equal; one much shorter
 * may end it. */
static Run
find_run (const YlEgress *self, const Peer *peer, const YlPlan *plan,
          size_t first)
{
  size_t longest = row_size (self, peer, plan, first);
  size_t shortest = longest;
  Run run = { 1, longest };
  for (size_t i = first + 1; i < plan->n_rows && !peer->no_gso; i++) {
    const size_t size = row_size (self, peer, plan, i);
    const size_t most = MAX (longest, size);
    if (!same_stream (&plan->rows[first], &plan->rows[i])
        || run.n >= YL_EGRESS_MAX_SEGMENTS || most > MAX_DATAGRAM
        || (run.n + 1) * most > YL_EGRESS_MAX_OCTETS)
      break;
    if (most - MIN (shortest, size) > MAX_LEVELLING) {
      run.n += size < longest;
      break;
    }
    longest = most;
    shortest = MIN (shortest, size);
    run.n++;
  }
  run.segment = longest;
  return run;
}

/* Protects one row at the end of the arena; 0: nothing was added. */
static size_t
write_row (YlEgress *self, Peer *peer, const YlPlan *plan, size_t i,
           size_t padding, uint64_t now_us)
{
  const YlPlanRow *row = &plan->rows[i];
  const YlEgressSlot *slot = &peer->slots[row->section];
  if (!slot->used || (row->kind == YL_PLAN_RTX && slot->rtx == NULL)) {
    self->counters.dropped_protect++;
    return 0;
  }
  const YlEgressStamp stamp = {
    .transport_seq = peer->transport_seq,
    .abs_send_time = yl_rtp_ext_abs_send_time (now_us),
  };
  const size_t size = yl_egress_packet_write (
      peer->sender, slot, row, plan->packets[row->packet], &stamp,
      (uint8_t) padding, self->arena + self->used, ARENA_OCTETS - self->used);
  if (size == 0) {
    self->counters.dropped_protect++;
    return 0;
  }
  if (slot->layout.transport_seq_at > 0)
    peer->transport_seq++;
  self->used += size;
  self->counters.packets++;
  self->counters.octets += size;
  self->counters.padding_octets += padding;
  return size;
}

static void
write_video (YlEgress *self, Peer *peer, const YlPlan *plan, size_t first,
             const Run *run, uint64_t now_us)
{
  Message *message = add_message (self, &self->video, peer);
  message->segment_size = (uint16_t) run->segment;
  for (size_t i = 0; i < run->n; i++) {
    const size_t size = row_size (self, peer, plan, first + i);
    const bool last = i + 1 == run->n;
    message->iov[0].iov_len += write_row (
        self, peer, plan, first + i, last ? 0 : run->segment - size, now_us);
  }
  if (message->iov[0].iov_len == 0) {
    self->video.n--;
    return;
  }
  if (run->n == 1)
    message->segment_size = (uint16_t) message->iov[0].iov_len;
  if (peer->turn != self->turn) {
    peer->turn = self->turn;
    peer->video = self->video.n - 1;
  }
}

static void
write_audio (YlEgress *self, Peer *peer, const YlPlan *plan, size_t i,
             uint64_t now_us)
{
  Message *message = add_message (self, &self->audio, peer);
  const size_t size = write_row (self, peer, plan, i, 0, now_us);
  message->iov[0].iov_len = size;
  message->segment_size = (uint16_t) size;
  if (size == 0)
    self->audio.n--;
}

static void
make_room (YlEgress *self, size_t octets, uint64_t now_us)
{
  if (self->used + octets > ARENA_OCTETS || self->audio.n == MAX_MESSAGES
      || self->video.n == MAX_MESSAGES)
    yl_egress_flush (self, now_us);
}

void
yl_egress_write (YlEgress *self, const YlPlan *plan, uint64_t now_us)
{
  size_t i = 0;
  while (i < plan->n_rows) {
    const YlPlanRow *row = &plan->rows[i];
    Peer *peer = find_peer (self, row);
    if (peer == NULL) {
      self->counters.dropped_no_peer++;
      i++;
      continue;
    }
    if (row_size (self, peer, plan, i) > MAX_DATAGRAM) {
      self->counters.dropped_oversize++;
      i++;
      continue;
    }
    const Run run =
        row->is_audio ? (Run){ .n = 1 } : find_run (self, peer, plan, i);
    make_room (self, run.n * MAX_DATAGRAM, now_us);
    if (row->is_audio)
      write_audio (self, peer, plan, i, now_us);
    else
      write_video (self, peer, plan, i, &run, now_us);
    i += run.n;
  }
}
