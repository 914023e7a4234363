/* stream.h: the count of one received RTP stream
 *
 * Numbers in the header are never encrypted, so gaps tell the loss without
 * decrypting. The first packets are decrypted, and now and then one more:
 * they say which packet of the source they are, and so do all others by
 * their distance. */
#pragma once

#include "base/seq.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  uint32_t ssrc; /* 0: nothing came yet */
  YlSeqUnwrap unwrap;
  uint64_t packets;
  int64_t offset; /* of the source's numbers from ours */
  bool matched;
  bool inspect;     /* match the next packet again */
  uint64_t skipped; /* left out at the source's numbers without a gap in ours */

  /* at the beginning of the measuring window */
  uint64_t mark_packets;
  uint64_t mark_skipped;
  int64_t mark_newest;
} Stream;

/* Returns the number in full. */
static inline int64_t
stream_receive (Stream *self, uint16_t seq)
{
  self->packets++;
  return yl_seq_unwrap (&self->unwrap, seq);
}

/* The packet @seq is @source_seq at the source. */
void stream_match (Stream *self, int64_t seq, int64_t source_seq);

void stream_mark (Stream *self);

/* Since the mark. */
uint64_t stream_received (const Stream *self);
uint64_t stream_lost (const Stream *self);
