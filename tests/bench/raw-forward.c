/* raw-forward.c: decrypt once, rewrite and encrypt for each viewer, send */
#define _GNU_SOURCE /* recvmmsg, sendmmsg */
#include "raw-forward.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/udp.h>
#include <stdlib.h>
#include <sys/socket.h>

/* Since Linux 4.18 and 5.0; older headers lack them. */
#ifndef UDP_SEGMENT
#  define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#  define UDP_GRO 104
#endif

#define RECEIVE_BATCH 32
#define RECEIVE_SIZE 65536
#define MAX_PENDING (RECEIVE_BATCH * 64) /* packets of one turn */

/* What is encrypted should still be in the cache when it is sent. */
#define ARENA_OCTETS (192 * 1024)
#define SEND_BATCH 64

#define HEADER_SIZE 12
#define MAX_DATAGRAM 1472
#define MAX_SEGMENTS 64
#define MAX_MESSAGE 65000
/* Padding that fits where tag and header of the next packet were. */
#define MAX_LEVELLING 24
#define FIRST_INDEX 32768

enum { VERSION = 0x80, PADDING = 0x20, EXTENSION = 0x10, MARKER = 0x80 };

/* One decrypted packet. */
typedef struct {
  uint8_t *payload;
  uint16_t size;    /* of the payload [octets] */
  uint16_t padding; /* put behind it */
  uint16_t next;    /* of the same stream in this turn */
  uint8_t kind;
  uint8_t marker;
  uint32_t timestamp;
  int64_t index;
} Packet;

typedef union {
  uint8_t octets[CMSG_SPACE (sizeof (uint16_t))];
  struct cmsghdr align;
} SegmentControl;

typedef union {
  uint8_t octets[CMSG_SPACE (sizeof (int))];
  struct cmsghdr align;
} GroControl;

/* One message of each viewer. */
typedef struct {
  uint16_t first; /* in `order` */
  uint16_t n;
  uint16_t segment; /* size of all but the last */
  uint32_t most;    /* octets */
} Message;

struct RawForward {
  int fd;
  RawTable *table;
  RawCounters counters;

  Packet packets[MAX_PENDING];
  unsigned n_packets;
  RawSource *dirty[MAX_PENDING];
  unsigned n_dirty;

  /* plans, one behind the other: control messages stay until they are sent */
  Packet *order[MAX_PENDING];
  unsigned n_order;
  Message plan[MAX_PENDING];
  SegmentControl controls[MAX_PENDING]; /* of `plan` */
  unsigned n_plan;

  uint8_t *arena;
  size_t used;
  struct iovec out_iov[SEND_BATCH];
  struct mmsghdr out[SEND_BATCH];
  unsigned n_out;

  uint8_t *octets;
  struct iovec in_iov[RECEIVE_BATCH];
  GroControl in_control[RECEIVE_BATCH];
  struct mmsghdr in[RECEIVE_BATCH];
};

RawForward *
raw_forward_new (int fd, RawTable *table)
{
  RawForward *self = calloc (1, sizeof *self);
  if (self == NULL)
    abort ();
  self->fd = fd;
  self->table = table;
  self->arena = malloc (ARENA_OCTETS);
  self->octets = malloc ((size_t) RECEIVE_BATCH * RECEIVE_SIZE);
  if (self->arena == NULL || self->octets == NULL)
    abort ();
  for (size_t i = 0; i < RECEIVE_BATCH; i++) {
    self->in_iov[i] =
        (struct iovec){ .iov_base = self->octets + i * RECEIVE_SIZE,
                        .iov_len = RECEIVE_SIZE };
    self->in[i].msg_hdr.msg_iov = &self->in_iov[i];
    self->in[i].msg_hdr.msg_iovlen = 1;
    self->in[i].msg_hdr.msg_control = self->in_control[i].octets;
  }
  for (size_t i = 0; i < SEND_BATCH; i++) {
    self->out[i].msg_hdr.msg_iov = &self->out_iov[i];
    self->out[i].msg_hdr.msg_iovlen = 1;
    self->out[i].msg_hdr.msg_namelen = sizeof (struct sockaddr_in);
  }
  return self;
}

void
raw_forward_free (RawForward *self)
{
  if (self == NULL)
    return;
  free (self->arena);
  free (self->octets);
  free (self);
}

const RawCounters *
raw_forward_counters (const RawForward *self)
{
  return &self->counters;
}

/* ---- in ---- */

static uint32_t
load_u32 (const uint8_t *from)
{
  uint32_t value;
  memcpy (&value, from, sizeof value);
  return ntohl (value);
}

static void
store_u32 (uint8_t *to, uint32_t value)
{
  value = htonl (value);
  memcpy (to, &value, sizeof value);
}

/* Octets before the payload, 0 if they do not fit in @size. */
static size_t
measure_header (const uint8_t *data, size_t size)
{
  size_t header_size = HEADER_SIZE + 4u * (data[0] & 0x0f);
  if (data[0] & EXTENSION) {
    if (header_size + 4 > size)
      return 0;
    header_size += 4 + 4 * (load_u32 (data + header_size) & 0xffff);
  }
  return header_size <= size ? header_size : 0;
}

static bool
decrypt (RawSource *source, unsigned kind, uint8_t *data, size_t size,
         Packet *packet)
{
  const size_t header_size = measure_header (data, size - RAW_TAG_SIZE);
  const uint16_t seq = (uint16_t) load_u32 (data);
  int64_t index = seq;
  if (source->streams[kind].started) {
    const int64_t newest = source->streams[kind].newest;
    index = newest + (int16_t) (seq - (uint16_t) newest);
  }
  uint8_t iv[RAW_IV_SIZE];
  if (header_size == 0 || index < 0)
    return false;
  raw_iv_of_index (iv, source->streams[kind].iv, (uint64_t) index);
  const size_t payload_size = size - RAW_TAG_SIZE - header_size;
  if (!raw_key_open (&source->key, iv, data, header_size, data + header_size,
                     payload_size))
    return false;
  const uint8_t padding =
      data[0] & PADDING && payload_size > 0 ? data[size - RAW_TAG_SIZE - 1] : 0;
  if (padding > payload_size || payload_size > MAX_DATAGRAM)
    return false;
  if (!source->streams[kind].started || index > source->streams[kind].newest)
    source->streams[kind].newest = index;
  source->streams[kind].started = true;
  *packet = (Packet){ .payload = data + header_size,
                      .size = (uint16_t) (payload_size - padding),
                      .next = RAW_NONE,
                      .kind = (uint8_t) kind,
                      .marker = data[1] & MARKER,
                      .timestamp = load_u32 (data + 4),
                      .index = index };
  return true;
}

static void
take (RawForward *self, uint8_t *data, size_t size)
{
  const RawEntry *entry =
      size >= HEADER_SIZE + RAW_TAG_SIZE && data[0] >> 6 == VERSION >> 6
              && (data[1] < 192 || data[1] > 223)
          ? raw_table_find (self->table, load_u32 (data + 8))
          : NULL;
  const uint16_t at = (uint16_t) self->n_packets;
  if (entry == NULL || at == MAX_PENDING
      || !decrypt (&self->table->sources[entry->source], entry->kind, data,
                   size, &self->packets[at])) {
    self->counters.ignored++;
    return;
  }
  RawSource *source = &self->table->sources[entry->source];
  self->n_packets++;
  self->counters.received++;
  if (!source->dirty)
    self->dirty[self->n_dirty++] = source;
  source->dirty = true;
  if (source->first_pending[entry->kind] == RAW_NONE)
    source->first_pending[entry->kind] = at;
  else
    self->packets[source->last_pending[entry->kind]].next = at;
  source->last_pending[entry->kind] = at;
}

static size_t
read_segment_size (struct msghdr *header, size_t size)
{
  const struct cmsghdr *c = CMSG_FIRSTHDR (header);
  if (c == NULL || c->cmsg_level != IPPROTO_UDP || c->cmsg_type != UDP_GRO)
    return size;
  int segment;
  memcpy (&segment, CMSG_DATA (c), sizeof segment);
  return segment > 0 ? (size_t) segment : size;
}

static void
receive (RawForward *self)
{
  for (size_t i = 0; i < RECEIVE_BATCH; i++)
    self->in[i].msg_hdr.msg_controllen = sizeof self->in_control[i];
  const int got =
      recvmmsg (self->fd, self->in, RECEIVE_BATCH, MSG_DONTWAIT, NULL);
  for (int i = 0; i < got; i++) {
    uint8_t *data = self->in_iov[i].iov_base;
    const size_t size = self->in[i].msg_len;
    const size_t segment = read_segment_size (&self->in[i].msg_hdr, size);
    for (size_t at = 0; at < size; at += segment)
      take (self, data + at, size - at < segment ? size - at : segment);
  }
}

/* ---- the plan: once for all viewers of a source ---- */

static size_t
wire_size (const RawViewer *viewer, const Packet *packet)
{
  return HEADER_SIZE + viewer->streams[packet->kind].extension_size
         + packet->size + RAW_TAG_SIZE;
}

static Packet *
packet_at (RawForward *self, uint16_t at)
{
  return at != RAW_NONE ? &self->packets[at] : NULL;
}

/* Padding lies behind the shared payload, so that one call encrypts both.
 * What is overwritten, tag and next header, has been read already. */
static void
pad (Packet *packet, size_t padding)
{
  packet->padding = (uint16_t) padding;
  if (padding == 0)
    return;
  memset (packet->payload + packet->size, 0, padding - 1);
  packet->payload[packet->size + padding - 1] = (uint8_t) padding;
}

static void
end_message (RawForward *self, unsigned first, size_t segment)
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

/* The longest run of video whose sizes are nearly equal, one much shorter at
 * its end, levelled; *@audio joins it if it is shorter. Returns what follows
 * the run. */
static Packet *
plan_run (RawForward *self, const RawViewer *viewer, Packet *packet,
          Packet **audio)
{
  const unsigned first = self->n_order;
  size_t longest = wire_size (viewer, packet), shortest = longest;
  bool open = true; /* all so far are nearly equal */
  while (packet != NULL && open && self->n_order - first < MAX_SEGMENTS) {
    const size_t size = wire_size (viewer, packet);
    const size_t most = size > longest ? size : longest;
    const size_t least = size < shortest ? size : shortest;
    if ((self->n_order - first + 1) * most > MAX_MESSAGE)
      break;
    open = most - least <= MAX_LEVELLING;
    if (!open && size > longest)
      break;
    longest = most;
    shortest = open ? least : shortest;
    self->order[self->n_order++] = packet;
    packet = packet_at (self, packet->next);
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
  return packet;
}

/* Audio first, but for one that may ride behind video. */
static void
make_plan (RawForward *self, RawSource *source)
{
  const RawViewer *viewer = source->viewers;
  Packet *audio = packet_at (self, source->first_pending[RAW_AUDIO]);
  Packet *video = packet_at (self, source->first_pending[RAW_VIDEO]);
  for (; audio != NULL && (video == NULL || audio->next != RAW_NONE);
       audio = packet_at (self, audio->next)) {
    self->order[self->n_order++] = audio;
    end_message (self, self->n_order - 1, wire_size (viewer, audio));
  }
  while (video != NULL)
    video = plan_run (self, viewer, video, &audio);
  if (audio != NULL) {
    self->order[self->n_order++] = audio;
    end_message (self, self->n_order - 1, wire_size (viewer, audio));
  }
}

/* ---- out ---- */

static void
flush (RawForward *self)
{
  unsigned done = 0;
  while (done < self->n_out) {
    const int sent =
        sendmmsg (self->fd, self->out + done, self->n_out - done, 0);
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

/* Returns the octets written, 0 for a packet from before the first. */
static size_t
write_packet (RawViewer *viewer, const Packet *packet, uint8_t *out)
{
  RawStream *stream = &viewer->streams[packet->kind];
  if (!stream->started) {
    stream->started = true;
    stream->index_shift = FIRST_INDEX - packet->index;
  }
  const int64_t index = packet->index + stream->index_shift;
  if (index < 0)
    return 0;
  const uint32_t flags = VERSION | (stream->extension_size > 0 ? EXTENSION : 0)
                         | (packet->padding > 0 ? PADDING : 0);
  store_u32 (out, flags << 24
                      | (uint32_t) (packet->marker | stream->payload_type) << 16
                      | (uint16_t) index);
  store_u32 (out + 4, packet->timestamp + stream->timestamp_shift);
  memcpy (out + 8, &stream->ssrc, sizeof stream->ssrc);
  memcpy (out + HEADER_SIZE, stream->extension, RAW_EXTENSION_MAX);
  if (stream->transport_seq_at > 0) {
    uint8_t *to = out + HEADER_SIZE + stream->transport_seq_at;
    to[0] = (uint8_t) (viewer->transport_seq >> 8);
    to[1] = (uint8_t) viewer->transport_seq++;
  }
  uint8_t iv[RAW_IV_SIZE];
  raw_iv_of_index (iv, stream->iv, (uint64_t) index);
  const size_t header_size = HEADER_SIZE + stream->extension_size;
  const size_t size = (size_t) packet->size + packet->padding;
  if (!raw_key_seal (&viewer->key, iv, out, header_size, packet->payload, size,
                     out + header_size))
    return 0;
  return header_size + size + RAW_TAG_SIZE;
}

static void
write_message (RawForward *self, RawViewer *viewer, unsigned at)
{
  const Message *message = &self->plan[at];
  if (self->n_out == SEND_BATCH
      || self->used + message->most + RAW_EXTENSION_MAX > ARENA_OCTETS)
    flush (self);
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

static void
send_on (RawForward *self, RawSource *source)
{
  const unsigned first = self->n_plan;
  if (source->n_viewers > 0)
    make_plan (self, source);
  for (uint32_t i = 0; i < source->n_viewers; i++)
    for (unsigned at = first; at < self->n_plan; at++)
      write_message (self, &source->viewers[i], at);
  source->dirty = false;
  source->first_pending[RAW_AUDIO] = RAW_NONE;
  source->first_pending[RAW_VIDEO] = RAW_NONE;
}

void
raw_forward_turn (RawForward *self)
{
  self->n_packets = self->n_dirty = self->n_order = self->n_plan = 0;
  receive (self);
  self->counters.turns++;
  for (unsigned i = 0; i < self->n_dirty; i++)
    send_on (self, self->dirty[i]);
  flush (self);
}
