/* raw-forward.c: decrypt once, hold what is no whole frame yet, send on */
#define _GNU_SOURCE /* recvmmsg */
#include "raw-forward.h"

#include <arpa/inet.h>
#include <netinet/udp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#ifndef UDP_GRO
#  define UDP_GRO 104 /* since Linux 5.0 */
#endif

#define RECEIVE_BATCH 32
#define RECEIVE_SIZE 65536
#define MAX_DIRTY (RECEIVE_BATCH * 64)

/* As long as a gateway gathers a frame: its viewers' share of the time a
 * message less is worth. */
#define HOLD_NS_PER_VIEWER 8000
#define MIN_HOLD_VIEWERS 8

typedef union {
  uint8_t octets[CMSG_SPACE (sizeof (int))];
  struct cmsghdr align;
} GroControl;

struct RawForward {
  int fd;
  RawTable *table;
  RawEgress *egress;
  uint64_t max_hold_ns;
  RawCounters counters;

  RawSource *dirty[MAX_DIRTY]; /* something came this turn */
  unsigned n_dirty;
  RawSource *held[RAW_MAX_SOURCES];
  unsigned n_held;

  uint8_t *octets;
  struct iovec in_iov[RECEIVE_BATCH];
  GroControl in_control[RECEIVE_BATCH];
  struct mmsghdr in[RECEIVE_BATCH];
};

RawForward *
raw_forward_new (int fd, RawTable *table, uint64_t max_hold_ns)
{
  RawForward *self = calloc (1, sizeof *self);
  if (self == NULL)
    abort ();
  self->fd = fd;
  self->table = table;
  self->egress = raw_egress_new (fd);
  self->max_hold_ns = max_hold_ns;
  self->octets = malloc ((size_t) RECEIVE_BATCH * RECEIVE_SIZE);
  if (self->octets == NULL)
    abort ();
  for (size_t i = 0; i < RECEIVE_BATCH; i++) {
    self->in_iov[i] =
        (struct iovec){ .iov_base = self->octets + i * RECEIVE_SIZE,
                        .iov_len = RECEIVE_SIZE };
    self->in[i].msg_hdr.msg_iov = &self->in_iov[i];
    self->in[i].msg_hdr.msg_iovlen = 1;
    self->in[i].msg_hdr.msg_control = self->in_control[i].octets;
  }
  return self;
}

void
raw_forward_free (RawForward *self)
{
  if (self == NULL)
    return;
  raw_egress_free (self->egress);
  free (self->octets);
  free (self);
}

const RawCounters *
raw_forward_counters (const RawForward *self)
{
  return &self->counters;
}

const RawEgressCounters *
raw_forward_sent (const RawForward *self)
{
  return raw_egress_counters (self->egress);
}

/* ---- in ---- */

static uint32_t
load_u32 (const uint8_t *from)
{
  uint32_t value;
  memcpy (&value, from, sizeof value);
  return ntohl (value);
}

/* Octets before the payload, 0 if they do not fit in @size. */
static size_t
measure_header (const uint8_t *data, size_t size)
{
  size_t header_size = RAW_HEADER_SIZE + 4u * (data[0] & 0x0f);
  if (data[0] & RAW_EXTENSION) {
    if (header_size + 4 > size)
      return 0;
    header_size += 4 + 4 * (load_u32 (data + header_size) & 0xffff);
  }
  return header_size <= size ? header_size : 0;
}

static bool
decrypt (RawSource *source, unsigned kind, uint8_t *data, size_t size,
         RawPacket *packet)
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
  const uint8_t padding = data[0] & RAW_PADDING && payload_size > 0
                              ? data[size - RAW_TAG_SIZE - 1]
                              : 0;
  if (padding > payload_size || payload_size > RAW_MAX_DATAGRAM)
    return false;
  if (!source->streams[kind].started || index > source->streams[kind].newest)
    source->streams[kind].newest = index;
  source->streams[kind].started = true;
  *packet = (RawPacket){ .payload = data + header_size,
                         .size = (uint16_t) (payload_size - padding),
                         .kind = (uint8_t) kind,
                         .marker = data[1] & RAW_MARKER,
                         .timestamp = load_u32 (data + 4),
                         .index = index };
  return true;
}

static void
take (RawForward *self, uint8_t *data, size_t size)
{
  const RawEntry *entry =
      size >= RAW_HEADER_SIZE + RAW_TAG_SIZE && data[0] >> 6 == RAW_VERSION >> 6
              && (data[1] < 192 || data[1] > 223)
          ? raw_table_find (self->table, load_u32 (data + 8))
          : NULL;
  if (entry == NULL) {
    self->counters.ignored++;
    return;
  }
  RawSource *source = &self->table->sources[entry->source];
  RawPending *pending = source->pending[entry->kind];
  if (pending->n == RAW_MAX_PENDING)
    raw_egress_write (self->egress, source, false);
  if (!decrypt (source, entry->kind, data, size,
                &pending->packets[pending->n])) {
    self->counters.ignored++;
    return;
  }
  pending->n++;
  self->counters.received++;
  if (!source->dirty)
    self->dirty[self->n_dirty++] = source;
  source->dirty = true;
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

/* ---- holding: one message a frame instead of several ---- */

static uint64_t
now_ns (void)
{
  struct timespec now;
  clock_gettime (CLOCK_MONOTONIC, &now);
  return (uint64_t) now.tv_sec * 1000000000 + (uint64_t) now.tv_nsec;
}

static uint64_t
hold_time (const RawForward *self, const RawSource *source)
{
  if (source->n_viewers < MIN_HOLD_VIEWERS)
    return 0;
  const uint64_t ns = (uint64_t) source->n_viewers * HOLD_NS_PER_VIEWER;
  return ns < self->max_hold_ns ? ns : self->max_hold_ns;
}

static bool
is_complete (const RawPending *video)
{
  for (unsigned i = video->n; i > 0; i--)
    if (video->packets[i - 1].marker)
      return true;
  return video->n == 0;
}

/* The receive buffer is needed again before they leave. */
static void
keep (RawPending *video)
{
  for (; video->n_kept < video->n; video->n_kept++) {
    RawPacket *packet = &video->packets[video->n_kept];
    memcpy (video->memory[video->n_kept], packet->payload, packet->size);
    packet->payload = video->memory[video->n_kept];
  }
}

static void
hold (RawForward *self, RawSource *source, uint64_t until_ns)
{
  keep (source->pending[RAW_VIDEO]);
  if (source->hold_until_ns == 0) {
    source->hold_until_ns = until_ns;
    self->held[self->n_held++] = source;
  }
}

static void
release (RawForward *self, RawSource *source)
{
  for (unsigned i = 0; source->hold_until_ns > 0 && i < self->n_held; i++)
    if (self->held[i] == source)
      self->held[i--] = self->held[--self->n_held];
  source->hold_until_ns = 0;
  raw_egress_write (self->egress, source, false);
}

static void
send_on (RawForward *self, RawSource *source)
{
  source->dirty = false;
  const uint64_t hold_ns = hold_time (self, source);
  if (hold_ns == 0 || is_complete (source->pending[RAW_VIDEO])) {
    release (self, source);
    return;
  }
  /* Whoever is due already goes with the rest, at the end of the turn. */
  hold (self, source, now_ns () + hold_ns);
  raw_egress_write (self->egress, source, true);
}

uint64_t
raw_forward_wait_ns (const RawForward *self)
{
  if (self->n_held == 0)
    return RAW_FOREVER;
  const uint64_t ns = now_ns ();
  uint64_t until = self->held[0]->hold_until_ns;
  for (unsigned i = 1; i < self->n_held; i++)
    if (self->held[i]->hold_until_ns < until)
      until = self->held[i]->hold_until_ns;
  return until > ns ? until - ns : 0;
}

static void
release_due (RawForward *self)
{
  if (self->n_held == 0)
    return;
  const uint64_t ns = now_ns ();
  for (unsigned i = self->n_held; i > 0; i--)
    if (self->held[i - 1]->hold_until_ns <= ns)
      release (self, self->held[i - 1]);
}

void
raw_forward_turn (RawForward *self)
{
  self->n_dirty = 0;
  receive (self);
  self->counters.turns++;
  for (unsigned i = 0; i < self->n_dirty; i++)
    send_on (self, self->dirty[i]);
  release_due (self);
  raw_egress_flush (self->egress);
}
