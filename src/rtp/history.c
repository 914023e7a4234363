#include "rtp/history.h"

#include <string.h>

/* Packets lie in the order of arrival; `head` only grows, its remainder is
 * the place in `octets`. A packet is gone once head has run a whole ring
 * ahead of it. */
typedef struct {
  uint64_t at;     /* head when it was written */
  YlPacket packet; /* data == NULL: free */
} Entry;

/* A lap begins at the start of the ring; what is left of the one before lies
 * behind the head. */
struct YlRtpHistory {
  uint8_t *octets;
  size_t capacity, max_capacity;
  uint64_t head;
  uint64_t lap_us; /* when this lap began */
  uint64_t age_us; /* to be kept */
  Entry *entries;  /* by seq & mask */
  uint64_t mask, max_mask;
};

#define FIRST_OCTETS ((size_t) 32 * 1024)
#define FIRST_PACKETS 64

YlRtpHistory *
yl_rtp_history_new (size_t octets, uint32_t packets)
{
  g_return_val_if_fail (octets >= YL_PACKET_MAX && packets > 0, NULL);
  YlRtpHistory *self = g_new0 (YlRtpHistory, 1);
  uint64_t slots = 1;
  while (slots < packets)
    slots *= 2;
  self->max_mask = slots - 1;
  self->mask = MIN (self->max_mask, FIRST_PACKETS - 1);
  self->max_capacity = octets;
  self->capacity = MIN (octets, FIRST_OCTETS);
  self->age_us = YL_RTP_HISTORY_FIRST_US;
  self->octets = g_malloc (self->capacity);
  self->entries = g_new0 (Entry, self->mask + 1);
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

/* ---- growing ---- */

void
yl_rtp_history_want (YlRtpHistory *self, uint64_t age_us)
{
  self->age_us = MAX (self->age_us, MIN (age_us, YL_RTP_HISTORY_AGE_US));
}

void
yl_rtp_history_want_more (YlRtpHistory *self)
{
  yl_rtp_history_want (self, 2 * self->age_us);
}

static void
move_packet (YlPacket *packet, uint8_t *to)
{
  const uint8_t *from = packet->data;
  packet->view.extension = moved (packet->view.extension, from, to);
  packet->view.payload = moved (packet->view.payload, from, to);
  packet->data = to;
}

/* The head is at the end of the ring, so all of this lap stays where it is
 * and the rest of the one before is given up. */
static void
grow_octets (YlRtpHistory *self)
{
  const uint64_t place = self->head % self->capacity;
  const uint64_t lap = self->head - place;
  const size_t capacity =
      MIN (self->capacity + self->capacity / 2, self->max_capacity);
  uint8_t *octets = g_malloc (capacity);
  memcpy (octets, self->octets, place);
  for (uint64_t i = 0; i <= self->mask; i++) {
    Entry *entry = &self->entries[i];
    if (entry->packet.data == NULL)
      continue;
    if (entry->at < lap) {
      entry->packet.data = NULL;
      continue;
    }
    entry->at -= lap;
    move_packet (&entry->packet, octets + entry->at);
  }
  g_free (self->octets);
  self->octets = octets;
  self->capacity = capacity;
  self->head = place;
}

static void
grow_entries (YlRtpHistory *self)
{
  const uint64_t mask = 2 * self->mask + 1;
  Entry *entries = g_new0 (Entry, mask + 1);
  for (uint64_t i = 0; i <= self->mask; i++)
    if (self->entries[i].packet.data != NULL)
      entries[(uint64_t) self->entries[i].packet.seq & mask] = self->entries[i];
  g_free (self->entries);
  self->entries = entries;
  self->mask = mask;
}

/* Packets stay in one piece: the end of the ring is skipped if too short. A
 * lap that took less time than is to be kept was too short. */
static uint8_t *
reserve (YlRtpHistory *self, const YlPacket *packet, uint64_t *at)
{
  const uint64_t now_us = packet->received_us;
  while (self->capacity - self->head % self->capacity < packet->size
         && self->capacity < self->max_capacity
         && now_us < self->lap_us + self->age_us)
    grow_octets (self);
  const size_t place = self->head % self->capacity;
  if (self->capacity - place < packet->size)
    self->head += self->capacity - place;
  if (self->head % self->capacity == 0)
    self->lap_us = now_us;
  *at = self->head;
  self->head += packet->size;
  return self->octets + *at % self->capacity;
}

/* Its place in the table; the table grows rather than lose one that is to be
 * kept. */
static Entry *
find_entry (YlRtpHistory *self, const YlPacket *packet)
{
  Entry *entry = &self->entries[(uint64_t) packet->seq & self->mask];
  while (self->mask < self->max_mask && entry->packet.data != NULL
         && entry->packet.seq != packet->seq && !is_overwritten (self, entry)
         && packet->received_us < entry->packet.received_us + self->age_us) {
    grow_entries (self);
    entry = &self->entries[(uint64_t) packet->seq & self->mask];
  }
  return entry;
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
  Entry *entry = find_entry (self, packet);
  if (entry->packet.data != NULL && entry->packet.seq >= packet->seq)
    return; /* repeated, or older than the whole table */

  uint64_t at;
  uint8_t *data = reserve (self, packet, &at);
  memcpy (data, packet->data, packet->size);
  entry->at = at;
  entry->packet = *packet;
  move_packet (&entry->packet, data);
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
