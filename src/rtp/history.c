#include "rtp/history.h"

#include <string.h>

/* Packets lie in the order of arrival; `head` only grows, its remainder is
 * the place in `octets`. A packet is gone once head has run a whole ring
 * ahead of it. */
typedef struct {
  uint64_t at;     /* head when it was written */
  YlPacket packet; /* data == NULL: free */
} Entry;

struct YlRtpHistory {
  uint8_t *octets;
  size_t capacity;
  uint64_t head;
  Entry *entries; /* by seq & mask */
  uint64_t mask;
};

YlRtpHistory *
yl_rtp_history_new (size_t octets, uint32_t packets)
{
  g_return_val_if_fail (octets >= YL_PACKET_MAX && packets > 0, NULL);
  YlRtpHistory *self = g_new0 (YlRtpHistory, 1);
  uint64_t slots = 1;
  while (slots < packets)
    slots *= 2;
  self->octets = g_malloc (octets);
  self->capacity = octets;
  self->entries = g_new0 (Entry, slots);
  self->mask = slots - 1;
  return self;
}

void
yl_rtp_history_free (YlRtpHistory *self)
{
  if (self == NULL)
    return;
  g_free (self->octets);
  g_free (self->entries);
  g_free (self);
}

/* Packets stay in one piece: the end of the ring is skipped if too short. */
static uint8_t *
reserve (YlRtpHistory *self, size_t size, uint64_t *at)
{
  const size_t place = self->head % self->capacity;
  if (self->capacity - place < size)
    self->head += self->capacity - place;
  *at = self->head;
  self->head += size;
  return self->octets + *at % self->capacity;
}

static bool
is_overwritten (const YlRtpHistory *self, const Entry *entry)
{
  return self->head - entry->at > self->capacity;
}

static const uint8_t *
moved (const uint8_t *pointer, const uint8_t *from, const uint8_t *to)
{
  return pointer != NULL ? to + (pointer - from) : NULL;
}

void
yl_rtp_history_clear (YlRtpHistory *self)
{
  memset (self->entries, 0, (self->mask + 1) * sizeof *self->entries);
}

void
yl_rtp_history_add (YlRtpHistory *self, const YlPacket *packet)
{
  g_return_if_fail (packet->size <= YL_PACKET_MAX);
  Entry *entry = &self->entries[(uint64_t) packet->seq & self->mask];
  if (entry->packet.data != NULL && entry->packet.seq >= packet->seq)
    return; /* repeated, or older than the whole table */

  uint8_t *data = reserve (self, packet->size, &entry->at);
  memcpy (data, packet->data, packet->size);
  entry->packet = *packet;
  entry->packet.data = data;
  entry->packet.view.extension =
      moved (packet->view.extension, packet->data, data);
  entry->packet.view.payload = moved (packet->view.payload, packet->data, data);
}

const YlPacket *
yl_rtp_history_find (const YlRtpHistory *self, int64_t seq, uint64_t now_us)
{
  const Entry *entry = &self->entries[(uint64_t) seq & self->mask];
  const YlPacket *packet = &entry->packet;
  if (packet->data == NULL || packet->seq != seq || is_overwritten (self, entry)
      || (now_us > packet->received_us
          && now_us - packet->received_us > YL_RTP_HISTORY_AGE_US))
    return NULL;
  return packet;
}
