/* stream.c: the count of one received RTP stream */
#include "stream.h"

void
stream_match (Stream *self, int64_t seq, int64_t source_seq)
{
  const int64_t offset = source_seq - seq;
  /* A smaller one: the server put in packets of its own, as probes are. */
  if (self->matched && offset > self->offset)
    self->skipped += (uint64_t) (offset - self->offset);
  self->offset = offset;
  self->matched = true;
  self->inspect = false;
}

void
stream_mark (Stream *self)
{
  self->mark_packets = self->packets;
  self->mark_skipped = self->skipped;
  self->mark_newest = self->unwrap.newest;
}

uint64_t
stream_received (const Stream *self)
{
  return self->packets - self->mark_packets;
}

uint64_t
stream_lost (const Stream *self)
{
  const int64_t expected = self->unwrap.newest - self->mark_newest;
  const int64_t received = (int64_t) stream_received (self);
  const uint64_t gaps =
      expected > received ? (uint64_t) (expected - received) : 0;
  return gaps + self->skipped - self->mark_skipped;
}
