/* munger.c: one unbroken numbering for a slot, whatever it shows */
#include "sfu/munger.h"

#include "base/seq.h"

#include <string.h>

void
yl_sfu_munger_init (YlSfuMunger *self, YlRandom *random)
{
  memset (self, 0, sizeof *self);
  /* In the lower half, so that a receiver that misses the first packets
   * cannot be wrong about the roll-over count (RFC 3711, 3.3.1). */
  self->newest_seq = yl_random_u32 (random) & 0x7fff;
  self->newest_ts = yl_random_u32 (random);
  self->newest_picture_id = (uint16_t) (yl_random_u32 (random) & 0x7fff);
}

/* Whether @id is ahead of @base in @bits wrapping bits. */
static bool
picture_id_newer (uint16_t id, uint16_t base, unsigned bits)
{
  const uint16_t ahead = (uint16_t) ((id - base) & ((1u << bits) - 1));
  return ahead != 0 && ahead < 1u << (bits - 1);
}

static uint32_t
first_timestamp (const YlSfuMunger *self, uint32_t clock_rate,
                 uint64_t received_us)
{
  if (!self->started || received_us <= self->newest_us)
    return self->newest_ts + 1;
  const uint64_t elapsed_us = received_us - self->newest_us;
  const uint64_t ticks = elapsed_us / 1000000 * clock_rate
                         + elapsed_us % 1000000 * clock_rate / 1000000;
  return self->newest_ts + (ticks > 0 ? (uint32_t) ticks : 1);
}

void
yl_sfu_munger_open (YlSfuMunger *self, const YlSfuSpanSource *source,
                    const YlPacket *packet)
{
  const YlSfuSpan *last = &self->spans[self->current];
  YlSfuSpan span = {
    .source = source->source,
    .first = packet->seq,
    .last = packet->seq - 1,
    .seq_offset = self->newest_seq + 1 - packet->seq,
    .track = source->track,
    .payload_type = source->payload_type,
    .rtx_payload_type = source->rtx_payload_type,
  };
  /* After a pause the source's own clock is better than our arrival times. */
  const uint32_t kept = packet->view.timestamp + last->ts_offset;
  if (last->source == source->source && yl_ts_diff (kept, self->newest_ts) > 0)
    span.ts_offset = last->ts_offset;
  else
    span.ts_offset =
        first_timestamp (self, source->clock_rate, packet->received_us)
        - packet->view.timestamp;
  span.picture_id_offset =
      (uint16_t) (self->newest_picture_id + 1 - packet->info.picture_id);
  span.tl0picidx_offset =
      (uint8_t) (self->newest_tl0picidx + 1 - packet->info.tl0picidx);

  self->current = (uint8_t) ((self->current + 1) % YL_SFU_SPANS);
  self->spans[self->current] = span;
  self->open = true;
}

void
yl_sfu_munger_close (YlSfuMunger *self)
{
  self->open = false;
}

void
yl_sfu_span_apply (const YlSfuSpan *span, const YlPacket *packet,
                   YlPlanRow *row)
{
  const uint16_t mask = packet->info.picture_id_bits == 7 ? 0x7f : 0x7fff;
  row->seq = packet->seq + span->seq_offset;
  row->timestamp = packet->view.timestamp + span->ts_offset;
  row->picture_id =
      (uint16_t) (packet->info.picture_id + span->picture_id_offset) & mask;
  row->tl0picidx = (uint8_t) (packet->info.tl0picidx + span->tl0picidx_offset);
  row->payload_type = span->payload_type;
}

static void
note_newest (YlSfuMunger *self, const YlPacket *packet, const YlPlanRow *row)
{
  self->newest_seq = row->seq;
  if (!self->started || yl_ts_diff (row->timestamp, self->newest_ts) > 0) {
    self->newest_ts = row->timestamp;
    self->newest_us = packet->received_us;
  }
  if (packet->info.picture_id_bits > 0
      && (!self->started
          || picture_id_newer (row->picture_id, self->newest_picture_id,
                               packet->info.picture_id_bits)))
    self->newest_picture_id = row->picture_id;
  if (packet->info.tl0picidx_at > 0
      && (!self->started
          || (int8_t) (row->tl0picidx - self->newest_tl0picidx) > 0))
    self->newest_tl0picidx = row->tl0picidx;
  self->started = true;
}

static const YlSfuSpan *
find_late (const YlSfuMunger *self, uint64_t source, int64_t seq)
{
  for (unsigned i = 0; i < YL_SFU_SPANS; i++) {
    const YlSfuSpan *span = &self->spans[i];
    if (span->source == source && seq >= span->first && seq <= span->last)
      return span;
  }
  return NULL;
}

bool
yl_sfu_munger_map (YlSfuMunger *self, uint64_t source, const YlPacket *packet,
                   YlPlanRow *row)
{
  YlSfuSpan *current = &self->spans[self->current];
  if (self->open && current->source == source && packet->seq > current->last) {
    current->last = packet->seq;
    yl_sfu_span_apply (current, packet, row);
    note_newest (self, packet, row);
    return true;
  }
  const YlSfuSpan *span = find_late (self, source, packet->seq);
  if (span == NULL)
    return false;
  yl_sfu_span_apply (span, packet, row);
  return true;
}

const YlSfuSpan *
yl_sfu_munger_find (const YlSfuMunger *self, int64_t seq)
{
  for (unsigned i = 0; i < YL_SFU_SPANS; i++) {
    const YlSfuSpan *span = &self->spans[i];
    const int64_t source_seq = seq - span->seq_offset;
    if (span->source != 0 && source_seq >= span->first
        && source_seq <= span->last)
      return span;
  }
  return NULL;
}
