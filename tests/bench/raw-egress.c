/* raw-egress.c: one plan for all viewers of a source, then each its own */
#define _GNU_SOURCE /* sendmmsg */
#include "raw-egress.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/udp.h>
#include <stdlib.h>
#include <sys/socket.h>

#ifndef UDP_SEGMENT
#  define UDP_SEGMENT 103 /* since Linux 4.18 */
#endif

/* What is encrypted should still be in the cache when it is sent. */
#define ARENA_OCTETS (192 * 1024)
#define SEND_BATCH 64
#define MAX_PLAN 1024 /* messages planned before the first must have left */

#define MAX_SEGMENTS 64
#define MAX_MESSAGE 65000
#define FIRST_INDEX 32768

typedef union {
  uint8_t octets[CMSG_SPACE (sizeof (uint16_t))];
  struct cmsghdr align;
} SegmentControl;

/* One message of each viewer. */
typedef struct {
  uint16_t first; /* in `order` */
  uint16_t n;
  uint16_t segment; /* size of all but the last */
  uint32_t most;    /* octets */
} Message;

struct RawEgress {
  int fd;
  RawEgressCounters counters;

  /* plans, one behind the other: control messages stay until they are sent */
  RawPacket *order[2 * RAW_MAX_PENDING];
  unsigned n_order;
  Message plan[MAX_PLAN];
  SegmentControl controls[MAX_PLAN]; /* of `plan` */
  unsigned n_plan;

  uint8_t *arena;
  size_t used;
  struct iovec out_iov[SEND_BATCH];
  struct mmsghdr out[SEND_BATCH];
  unsigned n_out;
};

RawEgress *
raw_egress_new (int fd)
{
  RawEgress *self = calloc (1, sizeof *self);
  if (self == NULL)
    abort ();
  self->fd = fd;
  self->arena = malloc (ARENA_OCTETS);
  if (self->arena == NULL)
    abort ();
  for (size_t i = 0; i < SEND_BATCH; i++) {
    self->out[i].msg_hdr.msg_iov = &self->out_iov[i];
    self->out[i].msg_hdr.msg_iovlen = 1;
    self->out[i].msg_hdr.msg_namelen = sizeof (struct sockaddr_in);
  }
  return self;
}

void
raw_egress_free (RawEgress *self)
{
  if (self == NULL)
    return;
  free (self->arena);
  free (self);
}

const RawEgressCounters *
raw_egress_counters (const RawEgress *self)
{
  return &self->counters;
}

/* ---- the plan: once for all viewers of a source ---- */

static size_t
wire_size (const RawViewer *viewer, const RawPacket *packet)
{
  return RAW_HEADER_SIZE + viewer->streams[packet->kind].extension_size
         + packet->size + RAW_TAG_SIZE;
}

/* Padding lies behind the shared payload, so that one call encrypts both.
 * What is overwritten, tag and next header, has been read already. */
static void
pad (RawPacket *packet, size_t padding)
{
  packet->padding = (uint16_t) padding;
  if (padding == 0)
    return;
  memset (packet->payload + packet->size, 0, padding - 1);
  packet->payload[packet->size + padding - 1] = (uint8_t) padding;
}

static void
end_message (RawEgress *self, unsigned first, size_t segment)
{
  Message *message = &self->plan[self->n_plan];
  struct cmsghdr *c = (struct cmsghdr *) self->controls[self->n_plan].octets;
  const uint16_t value = (uint16_t) segment;
  self->n_plan++;
  *message = (Message){ .first = (uint16_t) first,
                        .n = (uint16_t) (self->n_order - first),
                        .segment = value };
  message->most = message->n * (uint32_t) segment;
  c->cmsg_level = IPPROTO_UDP;
  c->cmsg_type = UDP_SEGMENT;
  c->cmsg_len = CMSG_LEN (sizeof value);
  memcpy (CMSG_DATA (c), &value, sizeof value);
}

/* The longest run from video packet @at whose sizes are nearly equal, one
 * much shorter at its end, levelled; *@audio joins it if it is shorter.
 * Returns where the next run begins. */
static unsigned
plan_run (RawEgress *self, const RawViewer *viewer, RawPending *video,
          unsigned at, RawPacket **audio)
{
  const unsigned first = self->n_order;
  size_t longest = wire_size (viewer, &video->packets[at]), shortest = longest;
  bool open = true; /* all so far are nearly equal */
  for (; at < video->n && open && self->n_order - first < MAX_SEGMENTS; at++) {
    const size_t size = wire_size (viewer, &video->packets[at]);
    const size_t most = size > longest ? size : longest;
    const size_t least = size < shortest ? size : shortest;
    if ((self->n_order - first + 1) * most > MAX_MESSAGE
        || (most - least > RAW_MAX_LEVELLING && size > longest))
      break;
    open = most - least <= RAW_MAX_LEVELLING;
    longest = most;
    shortest = least;
    self->order[self->n_order++] = &video->packets[at];
  }
  const bool joined = open && *audio != NULL
                      && self->n_order - first < MAX_SEGMENTS
                      && wire_size (viewer, *audio) <= longest
                      && (self->n_order - first + 1) * longest <= MAX_MESSAGE;
  for (unsigned i = first; i < self->n_order - !joined; i++)
    pad (self->order[i], longest - wire_size (viewer, self->order[i]));
  if (joined) {
    self->order[self->n_order++] = *audio;
    *audio = NULL;
  }
  end_message (self, first, longest);
  return at;
}

static void
plan_alone (RawEgress *self, const RawViewer *viewer, RawPacket *audio)
{
  self->order[self->n_order++] = audio;
  end_message (self, self->n_order - 1, wire_size (viewer, audio));
}

/* Audio first, but for one that may ride behind video. */
static void
make_plan (RawEgress *self, RawSource *source, bool audio_only)
{
  const RawViewer *viewer = source->viewers;
  RawPending *audio = source->pending[RAW_AUDIO];
  RawPending *video = source->pending[RAW_VIDEO];
  const unsigned n_video = audio_only ? 0 : video->n;
  RawPacket *rider = NULL;
  self->n_order = 0;
  for (unsigned i = 0; i < audio->n; i++) {
    if (n_video > 0 && i + 1 == audio->n)
      rider = &audio->packets[i];
    else
      plan_alone (self, viewer, &audio->packets[i]);
  }
  for (unsigned at = 0; at < n_video;)
    at = plan_run (self, viewer, video, at, &rider);
  if (rider != NULL)
    plan_alone (self, viewer, rider);
}

/* ---- out ---- */

void
raw_egress_flush (RawEgress *self)
{
  unsigned done = 0;
  while (done < self->n_out) {
    const int sent =
        sendmmsg (self->fd, self->out + done, self->n_out - done, 0);
    self->counters.calls++;
    if (sent > 0)
      done += (unsigned) sent;
    else if (errno != EINTR) {
      self->counters.failed++; /* this one is lost */
      done++;
    }
  }
  self->counters.messages += self->n_out;
  self->n_out = 0;
  self->used = 0;
}

static void
store_u32 (uint8_t *to, uint32_t value)
{
  value = htonl (value);
  memcpy (to, &value, sizeof value);
}

/* Returns the octets written, 0 for a packet from before the first. */
static size_t
write_packet (RawViewer *viewer, const RawPacket *packet, uint8_t *out)
{
  RawStream *stream = &viewer->streams[packet->kind];
  if (!stream->started) {
    stream->started = true;
    stream->index_shift = FIRST_INDEX - packet->index;
  }
  const int64_t index = packet->index + stream->index_shift;
  if (index < 0)
    return 0;
  const uint32_t flags = RAW_VERSION
                         | (stream->extension_size > 0 ? RAW_EXTENSION : 0)
                         | (packet->padding > 0 ? RAW_PADDING : 0);
  store_u32 (out, flags << 24
                      | (uint32_t) (packet->marker | stream->payload_type) << 16
                      | (uint16_t) index);
  store_u32 (out + 4, packet->timestamp + stream->timestamp_shift);
  memcpy (out + 8, &stream->ssrc, sizeof stream->ssrc);
  memcpy (out + RAW_HEADER_SIZE, stream->extension, RAW_EXTENSION_MAX);
  if (stream->transport_seq_at > 0) {
    uint8_t *to = out + RAW_HEADER_SIZE + stream->transport_seq_at;
    to[0] = (uint8_t) (viewer->transport_seq >> 8);
    to[1] = (uint8_t) viewer->transport_seq++;
  }
  uint8_t iv[RAW_IV_SIZE];
  raw_iv_of_index (iv, stream->iv, (uint64_t) index);
  const size_t header_size = RAW_HEADER_SIZE + stream->extension_size;
  const size_t size = (size_t) packet->size + packet->padding;
  if (!raw_key_seal (&viewer->key, iv, out, header_size, packet->payload, size,
                     out + header_size))
    return 0;
  return header_size + size + RAW_TAG_SIZE;
}

static void
write_message (RawEgress *self, RawViewer *viewer, unsigned at)
{
  const Message *message = &self->plan[at];
  if (self->n_out == SEND_BATCH
      || self->used + message->most + RAW_EXTENSION_MAX > ARENA_OCTETS)
    raw_egress_flush (self);
  uint8_t *start = self->arena + self->used, *out = start;
  for (unsigned i = 0; i < message->n; i++)
    out += write_packet (viewer, self->order[message->first + i], out);
  if (out == start)
    return;
  self->counters.packets += message->n;
  self->used += (size_t) (out - start);
  self->out_iov[self->n_out] =
      (struct iovec){ .iov_base = start, .iov_len = (size_t) (out - start) };
  struct msghdr *header = &self->out[self->n_out++].msg_hdr;
  header->msg_name = &viewer->address;
  header->msg_control = message->n > 1 ? self->controls[at].octets : NULL;
  header->msg_controllen =
      message->n > 1 ? sizeof self->controls[at].octets : 0;
}

void
raw_egress_write (RawEgress *self, RawSource *source, bool audio_only)
{
  if (self->n_plan + 2 * RAW_MAX_PENDING > MAX_PLAN) {
    raw_egress_flush (self);
    self->n_plan = 0;
  }
  const unsigned first = self->n_plan;
  if (source->n_viewers > 0)
    make_plan (self, source, audio_only);
  for (uint32_t i = 0; i < source->n_viewers; i++)
    for (unsigned at = first; at < self->n_plan; at++)
      write_message (self, &source->viewers[i], at);
  source->pending[RAW_AUDIO]->n = 0;
  if (!audio_only)
    source->pending[RAW_VIDEO]->n = source->pending[RAW_VIDEO]->n_kept = 0;
}
