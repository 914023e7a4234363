#include "rtp/history.h"

#include <string.h>

/* Packets lie one behind the other in the order of arrival, each behind its
 * record, across the borders of pages. A place is an offset from the first
 * octet ever written; it is there while its page is. */
typedef struct {
  int64_t seq;
  uint64_t received_us;
  uint32_t ssrc;
  uint32_t timestamp;
  uint16_t size;
  uint16_t number; /* seq as the header has it */
  uint16_t extension_profile;
  uint16_t extension_at; /* 0: none */
  uint16_t extension_size;
  uint16_t payload_at; /* 0: none */
  uint8_t payload_type;
  uint8_t audio_level;
  uint8_t codec;
  bool marker;
  YlPayloadInfo info;
} Record;

typedef struct {
  uint8_t *data;
  uint64_t newest_us; /* of the packets that begin in it */
  uint32_t n;         /* how many these are */
} Page;

/* The most that somebody needed, in this period and the one before. */
typedef struct {
  uint64_t since_us;
  uint64_t now_us;
  uint64_t before_us;
} Need;

struct YlRtpHistory {
  YlPagePool *pool;
  uint64_t head; /* where the next record begins */
  uint64_t tail; /* the first place that is still there */
  uint64_t keep_us;
  Need need;
  uint64_t hold_from_us;
  uint64_t hold_until_us;
  int64_t newest_seq;
  uint64_t frame_us;        /* when the newest frame began */
  uint64_t frame_before_us; /* and the one before: it is kept whole */
  uint32_t frame_timestamp;
  uint32_t n_packets; /* that begin in pages that are there */
  uint32_t n_pages, max_pages;
  uint32_t pages_mask; /* of the ring */
  Page *pages;         /* ring, by place / YL_PAGE_SIZE */
  uint64_t *places;    /* of packets, by seq & mask */
  uint64_t mask, max_mask;
};

#define FIRST_PAGES 8
#define FIRST_PACKETS 64

/* A record with its packet lies in two pages at most. */
G_STATIC_ASSERT (sizeof (Record) + YL_PACKET_MAX <= YL_PAGE_SIZE);

YlRtpHistory *
yl_rtp_history_new (YlPagePool *pages, size_t octets, uint32_t packets)
{
  g_return_val_if_fail (octets >= 2 * YL_PAGE_SIZE && packets > 0, NULL);
  YlRtpHistory *self = g_new0 (YlRtpHistory, 1);
  uint64_t slots = 1;
  while (slots < packets)
    slots *= 2;
  self->pool = pages;
  self->max_mask = slots - 1;
  self->mask = MIN (self->max_mask, FIRST_PACKETS - 1);
  self->max_pages = (uint32_t) (octets / YL_PAGE_SIZE);
  self->pages_mask = FIRST_PAGES - 1;
  self->keep_us = YL_RTP_HISTORY_FIRST_US;
  self->pages = g_new0 (Page, FIRST_PAGES);
  self->places = g_new0 (uint64_t, self->mask + 1);
  self->head = self->tail = YL_PAGE_SIZE; /* place 0 is never there */
  return self;
}

void
yl_rtp_history_free (YlRtpHistory *self)
{
  if (self == NULL)
    return;
  yl_rtp_history_clear (self);
  g_free (self->pages);
  g_free (self->places);
  g_free (self);
}

/* ---- pages ---- */

static Page *
page_of (const YlRtpHistory *self, uint64_t place)
{
  return &self->pages[place / YL_PAGE_SIZE & self->pages_mask];
}

static void
drop_page (YlRtpHistory *self)
{
  Page *page = page_of (self, self->tail);
  yl_page_pool_give (self->pool, page->data);
  self->n_packets -= page->n;
  self->tail += YL_PAGE_SIZE;
  self->n_pages--;
}

static void
resize_ring (YlRtpHistory *self, uint32_t mask)
{
  Page *pages = g_new0 (Page, mask + 1);
  const uint64_t first = self->tail / YL_PAGE_SIZE;
  for (uint64_t i = first; i < first + self->n_pages; i++)
    pages[i & mask] = self->pages[i & self->pages_mask];
  g_free (self->pages);
  self->pages = pages;
  self->pages_mask = mask;
}

static void
add_page (YlRtpHistory *self)
{
  if (self->n_pages == self->max_pages)
    drop_page (self);
  if (self->n_pages > self->pages_mask)
    resize_ring (self, 2 * self->pages_mask + 1);
  Page *page = page_of (self, self->tail + self->n_pages * YL_PAGE_SIZE);
  *page = (Page){ .data = yl_page_pool_take (self->pool) };
  self->n_pages++;
}

static void
write_octets (YlRtpHistory *self, uint64_t place, const void *from, size_t size)
{
  while (size > 0) {
    const size_t at = place % YL_PAGE_SIZE;
    const size_t n = MIN (size, YL_PAGE_SIZE - at);
    memcpy (page_of (self, place)->data + at, from, n);
    from = (const uint8_t *) from + n;
    place += n;
    size -= n;
  }
}

static void
read_octets (const YlRtpHistory *self, uint64_t place, void *to, size_t size)
{
  while (size > 0) {
    const size_t at = place % YL_PAGE_SIZE;
    const size_t n = MIN (size, YL_PAGE_SIZE - at);
    memcpy (to, page_of (self, place)->data + at, n);
    to = (uint8_t *) to + n;
    place += n;
    size -= n;
  }
}

/* ---- how long ---- */

static void
roll (Need *need, uint64_t now_us)
{
  if (now_us < need->since_us + YL_RTP_HISTORY_NEED_US)
    return;
  const bool long_ago = now_us >= need->since_us + 2 * YL_RTP_HISTORY_NEED_US;
  need->before_us = long_ago ? 0 : need->now_us;
  need->now_us = 0;
  need->since_us = now_us;
}

static uint64_t
age_of (const YlRtpHistory *self)
{
  const uint64_t need_us = MAX (self->need.now_us, self->need.before_us);
  return MAX (self->keep_us, need_us);
}

void
yl_rtp_history_keep (YlRtpHistory *self, uint64_t age_us)
{
  self->keep_us = MIN (age_us, YL_RTP_HISTORY_AGE_US);
}

void
yl_rtp_history_need (YlRtpHistory *self, uint64_t age_us, uint64_t now_us)
{
  roll (&self->need, now_us);
  self->need.now_us =
      MAX (self->need.now_us, MIN (age_us, YL_RTP_HISTORY_AGE_US));
}

void
yl_rtp_history_need_more (YlRtpHistory *self, uint64_t now_us)
{
  yl_rtp_history_need (self, 2 * age_of (self), now_us);
}

void
yl_rtp_history_hold (YlRtpHistory *self, uint64_t from_us, uint64_t until_us)
{
  self->hold_from_us = from_us;
  self->hold_until_us = until_us;
}

/* What is older is not to be kept. That a frame's last packet is missing
 * shows when the next frame comes, however late that is. */
static uint64_t
oldest_of (const YlRtpHistory *self, uint64_t now_us)
{
  uint64_t oldest_us =
      MIN (now_us - MIN (now_us, age_of (self)), self->frame_before_us);
  if (now_us < self->hold_until_us)
    oldest_us = MIN (oldest_us, self->hold_from_us);
  return MAX (oldest_us, now_us - MIN (now_us, YL_RTP_HISTORY_AGE_US));
}

static void
note_frame (YlRtpHistory *self, const YlPacket *packet)
{
  const bool first = self->n_pages == 0;
  if (!first && packet->seq <= self->newest_seq)
    return;
  self->newest_seq = packet->seq;
  if (!first && packet->view.timestamp == self->frame_timestamp)
    return;
  self->frame_before_us = first ? packet->received_us : self->frame_us;
  self->frame_us = packet->received_us;
  self->frame_timestamp = packet->view.timestamp;
}

/* What comes next goes behind what is left of the last page. */
static void
expire (YlRtpHistory *self, uint64_t now_us)
{
  roll (&self->need, now_us);
  const uint64_t oldest_us = oldest_of (self, now_us);
  while (self->n_pages > 1 && page_of (self, self->tail)->newest_us < oldest_us)
    drop_page (self);
}

/* ---- the table ---- */

static bool
read_record (const YlRtpHistory *self, uint64_t place, Record *record)
{
  if (place < self->tail)
    return false;
  read_octets (self, place, record, sizeof *record);
  return true;
}

static void
resize_table (YlRtpHistory *self, uint64_t mask)
{
  uint64_t *places = g_new0 (uint64_t, mask + 1);
  for (uint64_t i = 0; i <= self->mask; i++) {
    Record record, other;
    if (!read_record (self, self->places[i], &record))
      continue;
    uint64_t *place = &places[(uint64_t) record.seq & mask];
    if (!read_record (self, *place, &other) || other.seq < record.seq)
      *place = self->places[i];
  }
  g_free (self->places);
  self->places = places;
  self->mask = mask;
}

/* The packet's place in the table, which grows rather than lose one that is
 * to be kept; NULL: a repeat, or older than the whole table. */
static uint64_t *
find_place (YlRtpHistory *self, const YlPacket *packet)
{
  uint64_t *place = &self->places[(uint64_t) packet->seq & self->mask];
  Record record;
  while (read_record (self, *place, &record)) {
    if (record.seq == packet->seq)
      return NULL;
    if (self->mask == self->max_mask
        || record.received_us < oldest_of (self, packet->received_us))
      return record.seq < packet->seq ? place : NULL;
    resize_table (self, 2 * self->mask + 1);
    place = &self->places[(uint64_t) packet->seq & self->mask];
  }
  return place;
}

void
yl_rtp_history_trim (YlRtpHistory *self, uint64_t now_us)
{
  expire (self, now_us);
  if (self->pages_mask >= FIRST_PAGES && self->n_pages < self->pages_mask / 4)
    resize_ring (self, self->pages_mask / 2);
  if (self->mask >= FIRST_PACKETS && self->n_packets < self->mask / 4)
    resize_table (self, self->mask / 2);
}

void
yl_rtp_history_clear (YlRtpHistory *self)
{
  while (self->n_pages > 0)
    drop_page (self);
  self->head = self->tail;
}

/* ---- packets ---- */

static uint16_t
offset (const uint8_t *data, const uint8_t *part)
{
  return part != NULL ? (uint16_t) (part - data) : 0;
}

static Record
make_record (const YlPacket *packet)
{
  const YlRtpView *view = &packet->view;
  return (Record){
    .seq = packet->seq,
    .received_us = packet->received_us,
    .ssrc = view->ssrc,
    .timestamp = view->timestamp,
    .size = packet->size,
    .number = view->seq,
    .extension_profile = view->extension_profile,
    .extension_at = offset (packet->data, view->extension),
    .extension_size = (uint16_t) view->extension_size,
    .payload_at = offset (packet->data, view->payload),
    .payload_type = view->payload_type,
    .audio_level = packet->audio_level,
    .codec = (uint8_t) packet->codec,
    .marker = view->marker,
    .info = packet->info,
  };
}

static YlPacket
make_packet (const Record *record, const uint8_t *data)
{
  const size_t payload_at = record->payload_at;
  return (YlPacket){
    .data = data,
    .size = record->size,
    .audio_level = record->audio_level,
    .codec = (YlCodec) record->codec,
    .view = { .ssrc = record->ssrc,
              .timestamp = record->timestamp,
              .seq = record->number,
              .extension_profile = record->extension_profile,
              .payload_type = record->payload_type,
              .marker = record->marker,
              .extension =
                  record->extension_at > 0 ? data + record->extension_at : NULL,
              .extension_size = record->extension_size,
              .payload = payload_at > 0 ? data + payload_at : NULL,
              .payload_size = payload_at > 0 ? record->size - payload_at : 0 },
    .info = record->info,
    .seq = record->seq,
    .received_us = record->received_us,
  };
}

void
yl_rtp_history_add (YlRtpHistory *self, const YlPacket *packet)
{
  g_return_if_fail (packet->size <= YL_PACKET_MAX);
  note_frame (self, packet);
  expire (self, packet->received_us);
  uint64_t *place = find_place (self, packet);
  if (place == NULL)
    return;
  const Record record = make_record (packet);
  const uint64_t end = self->head + sizeof record + packet->size;
  while (self->tail + (uint64_t) self->n_pages * YL_PAGE_SIZE < end)
    add_page (self);
  Page *page = page_of (self, self->head);
  page->newest_us = MAX (page->newest_us, packet->received_us);
  page->n++;
  self->n_packets++;
  *place = self->head;
  write_octets (self, self->head, &record, sizeof record);
  write_octets (self, self->head + sizeof record, packet->data, packet->size);
  self->head = end;
}

static bool
find_record (const YlRtpHistory *self, int64_t seq, uint64_t now_us,
             Record *record)
{
  const uint64_t place = self->places[(uint64_t) seq & self->mask];
  return read_record (self, place, record) && record->seq == seq
         && (now_us <= record->received_us
             || now_us - record->received_us <= YL_RTP_HISTORY_AGE_US);
}

bool
yl_rtp_history_find (const YlRtpHistory *self, int64_t seq, uint64_t now_us,
                     YlPacket *packet, uint8_t room[YL_PACKET_MAX])
{
  Record record;
  if (!find_record (self, seq, now_us, &record))
    return false;
  const uint64_t place =
      self->places[(uint64_t) seq & self->mask] + sizeof record;
  const uint8_t *data = page_of (self, place)->data + place % YL_PAGE_SIZE;
  if (place % YL_PAGE_SIZE + record.size > YL_PAGE_SIZE) {
    read_octets (self, place, room, record.size);
    data = room;
  }
  *packet = make_packet (&record, data);
  return true;
}

bool
yl_rtp_history_has (const YlRtpHistory *self, int64_t seq, uint64_t now_us)
{
  Record record;
  return find_record (self, seq, now_us, &record);
}
