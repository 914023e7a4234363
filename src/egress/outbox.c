/* outbox.c: messages of one turn, how they leave, and those that must wait */
#include "egress/outbox.h"

#include "base/time.h"
#include "egress/kept.h"

/* Messages handed to the socket at once. */
#define SEND_BATCH 64

#define KEEP_US (20 * YL_US_PER_MS)
/* After that no jitter buffer wants it. */
#define KEEP_AUDIO_US (200 * YL_US_PER_MS)
#define KEPT_VIDEO_OCTETS (512 * 1024)
#define KEPT_AUDIO_OCTETS (64 * 1024)
#define KEPT_MESSAGES 512

typedef struct {
  YlOutboxMessage items[YL_OUTBOX_MAX_MESSAGES];
  uint32_t n;
} Messages;

/* What is known of one peer's messages. */
typedef struct {
  uint64_t turn;
  uint32_t video; /* first video message of that turn */
  bool no_gso;    /* its path refused segments */
} Lane;

struct YlOutbox {
  YlEgressSend send;
  void *user;
  YlEgressCounters *counters;
  Lane *lanes; /* by peer */
  uint64_t turn;
  Messages audio;
  Messages video;
  YlKept *kept_audio;
  YlKept *kept_video;
};

YlOutbox *
yl_outbox_new (uint32_t max_peers, YlEgressSend send, void *user,
               YlEgressCounters *counters)
{
  YlOutbox *self = g_new0 (YlOutbox, 1);
  self->send = send;
  self->user = user;
  self->counters = counters;
  self->lanes = g_new0 (Lane, max_peers);
  self->kept_audio = yl_kept_new (KEPT_AUDIO_OCTETS, KEPT_MESSAGES);
  self->kept_video = yl_kept_new (KEPT_VIDEO_OCTETS, KEPT_MESSAGES);
  self->turn = 1;
  return self;
}

void
yl_outbox_free (YlOutbox *self)
{
  if (self == NULL)
    return;
  yl_kept_free (self->kept_audio);
  yl_kept_free (self->kept_video);
  g_free (self->lanes);
  g_free (self);
}

/* ---- building ---- */

bool
yl_outbox_is_full (const YlOutbox *self, bool audio)
{
  return (audio ? &self->audio : &self->video)->n == YL_OUTBOX_MAX_MESSAGES;
}

YlOutboxMessage *
yl_outbox_open (YlOutbox *self, bool audio, uint32_t peer, uint8_t *data)
{
  Messages *messages = audio ? &self->audio : &self->video;
  YlOutboxMessage *message = &messages->items[messages->n++];
  message->peer = peer;
  message->n_iov = 1;
  message->iov[0].iov_base = data;
  message->iov[0].iov_len = 0;
  return message;
}

void
yl_outbox_close (YlOutbox *self, bool audio)
{
  Messages *messages = audio ? &self->audio : &self->video;
  const YlOutboxMessage *message = &messages->items[messages->n - 1];
  if (message->iov[0].iov_len == 0) {
    messages->n--;
    return;
  }
  Lane *lane = &self->lanes[message->peer];
  if (audio || lane->turn == self->turn)
    return;
  lane->turn = self->turn;
  lane->video = self->video.n - 1;
}

bool
yl_outbox_has_gso (const YlOutbox *self, uint32_t peer)
{
  return !self->lanes[peer].no_gso;
}

void
yl_outbox_reset_peer (YlOutbox *self, uint32_t peer)
{
  self->lanes[peer].no_gso = false;
}

/* ---- sending ---- */

static uint32_t
message_size (const YlOutboxMessage *message)
{
  const size_t second = message->n_iov > 1 ? message->iov[1].iov_len : 0;
  return (uint32_t) (message->iov[0].iov_len + second);
}

static void
keep_piece (YlOutbox *self, const YlOutboxMessage *message, unsigned i,
            bool audio, uint64_t now_us)
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
  self->counters->kept++;
  if (audio)
    self->counters->dropped_audio +=
        yl_kept_push (self->kept_audio, &piece, now_us);
  else
    self->counters->dropped_video +=
        yl_kept_push (self->kept_video, &piece, now_us);
}

static YlEgressMessage
to_send (const YlOutboxMessage *message)
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
send_one (YlOutbox *self, const YlEgressMessage *message)
{
  YlSendResult why = YL_SEND_OK;
  if (self->send (self->user, message, 1, &why) == 1) {
    self->counters->messages++;
    return YL_SEND_OK;
  }
  return why;
}

/* Sends the segments one by one where the path refused them together. */
static YlSendResult
send_apart (YlOutbox *self, const YlEgressMessage *message)
{
  self->counters->gso_fallbacks++;
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
      self->counters->send_errors += result == YL_SEND_ERROR;
      if (result == YL_SEND_AGAIN) /* rare on rare: the rest is lost */
        return YL_SEND_ERROR;
    }
  }
  return YL_SEND_OK;
}

/* Sends @n messages from @messages on; false when the socket is full, then
 * *@done says how many are settled. */
static bool
send_batch (YlOutbox *self, const YlOutboxMessage *messages, uint32_t n,
            uint32_t *done)
{
  YlEgressMessage batch[SEND_BATCH];
  for (uint32_t i = 0; i < n; i++)
    batch[i] = to_send (&messages[i]);
  *done = 0;
  while (*done < n) {
    YlSendResult why = YL_SEND_OK;
    const size_t sent = self->send (self->user, batch + *done, n - *done, &why);
    self->counters->messages += sent;
    *done += (uint32_t) sent;
    if (*done >= n)
      break;
    if (why == YL_SEND_AGAIN)
      return false;
    if (why == YL_SEND_NO_GSO && batch[*done].segment_size > 0) {
      self->lanes[messages[*done].peer].no_gso = true;
      why = send_apart (self, &batch[*done]);
    }
    self->counters->send_errors += why != YL_SEND_OK;
    ++*done;
  }
  return true;
}

/* Sends while the socket takes it, keeps the rest. */
static bool
send_messages (YlOutbox *self, Messages *messages, bool audio, bool open,
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
    const YlOutboxMessage *message = &messages->items[at];
    for (unsigned i = 0; i < message->n_iov; i++)
      keep_piece (self, message, i, audio || i > 0, now_us);
  }
  messages->n = 0;
  return open;
}

static bool
send_kept (YlOutbox *self, YlKept *kept)
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
    self->counters->send_errors += result != YL_SEND_OK;
    yl_kept_pop (kept);
  }
  return true;
}

/* Whether @packet may be the short last segment of @video. */
static bool
can_follow (const YlOutboxMessage *packet, const YlOutboxMessage *video)
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
join_audio (YlOutbox *self)
{
  uint32_t alone = 0;
  for (uint32_t i = 0; i < self->audio.n; i++) {
    const YlOutboxMessage *packet = &self->audio.items[i];
    const Lane *lane = &self->lanes[packet->peer];
    YlOutboxMessage *video =
        lane->turn == self->turn ? &self->video.items[lane->video] : NULL;
    if (video != NULL && !lane->no_gso && can_follow (packet, video))
      video->iov[video->n_iov++] = packet->iov[0];
    else
      self->audio.items[alone++] = *packet;
  }
  self->audio.n = alone;
}

static void
expire_kept (YlOutbox *self, uint64_t now_us)
{
  self->counters->dropped_video +=
      yl_kept_expire (self->kept_video, now_us - MIN (now_us, KEEP_US));
  self->counters->dropped_audio +=
      yl_kept_expire (self->kept_audio, now_us - MIN (now_us, KEEP_AUDIO_US));
}

void
yl_outbox_flush_video (YlOutbox *self, uint64_t now_us)
{
  join_audio (self);
  expire_kept (self, now_us);
  const bool open =
      send_kept (self, self->kept_audio) && send_kept (self, self->kept_video);
  send_messages (self, &self->video, false, open, now_us);
  self->turn++;
}

void
yl_outbox_flush (YlOutbox *self, uint64_t now_us)
{
  join_audio (self);
  self->counters->audio_alone += self->audio.n;
  expire_kept (self, now_us);
  bool open = send_kept (self, self->kept_audio);
  open = send_messages (self, &self->audio, true, open, now_us);
  open = open && send_kept (self, self->kept_video);
  send_messages (self, &self->video, false, open, now_us);
  self->turn++;
}

uint64_t
yl_outbox_next_deadline (const YlOutbox *self)
{
  const uint64_t audio = yl_kept_oldest (self->kept_audio);
  const uint64_t video = yl_kept_oldest (self->kept_video);
  return yl_time_min (audio == YL_NEVER ? YL_NEVER : audio + KEEP_AUDIO_US,
                      video == YL_NEVER ? YL_NEVER : video + KEEP_US);
}
