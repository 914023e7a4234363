/* media-source.c: a camera or a microphone that never was */
#include "media-source.h"

#include "base/writer.h"
#include "rtp/rtp-ext.h"
#include "rtp/rtp-view.h"

#include <glib.h>
#include <string.h>

#define VIDEO_CLOCK 90000
#define AUDIO_CLOCK 48000
#define KEYFRAME_FACTOR 4 /* how much larger than the others */
#define FIRST_SEQ 65000   /* wraps soon, as it may */
#define VP8_DESCRIPTOR 6  /* [octets] */
#define OPUS_TOC 1

void
media_source_init (MediaSource *self, const MediaSourceSetup *setup,
                   uint64_t now_us)
{
  const YlRtpExtIds ids = { .mid = setup->mid_id };
  const YlRtpExtValues values = { .mid = setup->mid,
                                  .mid_size = (uint8_t) strlen (setup->mid),
                                  .audio_level =
                                      YL_RTP_EXT_AUDIO_LEVEL_ABSENT };
  uint8_t block[YL_RTP_EXT_BLOCK_MAX];
  YlRtpExtLayout layout;
  yl_rtp_ext_write (block, &ids, &values, &layout);
  g_assert_cmpuint (layout.size, <=, sizeof self->extension);
  *self = (MediaSource){ .setup = *setup,
                         .seq = FIRST_SEQ,
                         .timestamp = setup->ssrc,
                         .next_us = now_us,
                         .frame_us = now_us,
                         .want_keyframe = true,
                         .extension_size = layout.size };
  memcpy (self->extension, block, layout.size);
}

void
media_source_skip (MediaSource *self, uint64_t now_us)
{
  self->frame_us = self->next_us = now_us;
}

/* Room for a frame's octets in one packet. */
static size_t
part_room (const MediaSource *self)
{
  const size_t own =
      self->setup.kind == YL_MEDIA_VIDEO ? VP8_DESCRIPTOR : OPUS_TOC;
  return MEDIA_PACKET_MAX - YL_RTP_HEADER_SIZE - self->extension_size - own
         - MEDIA_TAIL_SIZE;
}

static void
begin_frame (MediaSource *self)
{
  const MediaSourceSetup *setup = &self->setup;
  const uint64_t bits =
      (uint64_t) setup->bitrate_bps * setup->interval_us / 1000000;
  const bool video = setup->kind == YL_MEDIA_VIDEO;
  const size_t room = part_room (self);
  self->frame_is_key = video && self->want_keyframe;
  self->want_keyframe = false;
  self->frame_size =
      MAX (bits / 8, 40) * (self->frame_is_key ? KEYFRAME_FACTOR : 1);
  self->frame_parts = (unsigned) ((self->frame_size + room - 1) / room);
  self->frame_part = 0;
  self->frames++;
  self->keyframes += self->frame_is_key;
}

static void
end_frame (MediaSource *self)
{
  const uint32_t clock =
      self->setup.kind == YL_MEDIA_VIDEO ? VIDEO_CLOCK : AUDIO_CLOCK;
  self->timestamp +=
      (uint32_t) ((uint64_t) clock * self->setup.interval_us / 1000000);
  self->frame_us += self->setup.interval_us;
  self->picture_id = (self->picture_id + 1) & 0x7fff;
  self->tl0picidx++;
  self->frame_parts = self->frame_part = 0;
}

/* Octets of the frame in the part under way: all alike, the last ones an
 * octet longer. */
static size_t
part_size (const MediaSource *self)
{
  const size_t rest = self->frame_size % self->frame_parts;
  return self->frame_size / self->frame_parts
         + (self->frame_part + rest >= self->frame_parts);
}

/* RFC 7741, 4.2 */
static void
write_descriptor (const MediaSource *self, YlWriter *out)
{
  yl_writer_u8 (out, self->frame_part == 0 ? 0x90 : 0x80); /* X, S */
  yl_writer_u8 (out, 0xe0);                                /* I, L, T */
  yl_writer_u16 (out, 0x8000 | self->picture_id);
  yl_writer_u8 (out, self->tl0picidx);
  yl_writer_u8 (out, 0); /* TID 0 */
}

/* RFC 7741, 4.3; RFC 6386, 9.1 */
static void
write_frame_header (const MediaSource *self, YlWriter *out)
{
  yl_writer_u8 (out, self->frame_is_key ? 0x10 : 0x11);
  yl_writer_u16 (out, 0);
  if (self->frame_is_key) {
    yl_writer_u24 (out, 0x9d012a);
    yl_writer_u16 (out, 0x8002); /* 640, little-endian */
    yl_writer_u16 (out, 0xe001); /* 480 */
  }
}

static void
write_payload (const MediaSource *self, YlWriter *out, uint64_t now_us)
{
  const bool video = self->setup.kind == YL_MEDIA_VIDEO;
  if (video)
    write_descriptor (self, out);
  else
    yl_writer_u8 (out, 0x78); /* 20 ms, mono, one frame (RFC 6716, 3.1) */
  const size_t begin = yl_writer_size (out);
  if (video && self->frame_part == 0)
    write_frame_header (self, out);
  const size_t fill = part_size (self) - (yl_writer_size (out) - begin);
  uint8_t *filling = yl_writer_reserve (out, fill);
  if (filling != NULL)
    memset (filling, (int) self->seq & 0xff, fill);
  yl_writer_u64 (out, (uint64_t) self->seq);
  yl_writer_u64 (out, now_us);
}

/* To the next part or frame. */
static void
advance (MediaSource *self)
{
  if (++self->frame_part == self->frame_parts)
    end_frame (self);
  self->next_us = self->frame_us;
  if (self->frame_parts > 0)
    self->next_us +=
        (uint64_t) self->setup.spread_us * self->frame_part / self->frame_parts;
}

bool
media_source_next (MediaSource *self, uint64_t now_us, MediaPacket *packet)
{
  if (now_us < self->next_us)
    return false;
  if (self->frame_parts == 0)
    begin_frame (self);

  YlWriter out = yl_writer_init (packet->data, sizeof packet->data);
  yl_writer_reserve (&out, YL_RTP_HEADER_SIZE);
  yl_writer_octets (&out, self->extension, self->extension_size);
  packet->header_size = yl_writer_size (&out);
  write_payload (self, &out, now_us);
  g_assert_false (out.failed);
  const bool last = self->frame_part + 1 == self->frame_parts;
  const YlRtpHeader header = {
    .ssrc = self->setup.ssrc,
    .timestamp = self->timestamp,
    .seq = (uint16_t) self->seq,
    .payload_type = self->setup.payload_type,
    .marker = last && self->setup.kind == YL_MEDIA_VIDEO,
    .has_extension = self->extension_size > 0,
  };
  yl_rtp_header_write (packet->data, &header);
  packet->size = yl_writer_size (&out);
  packet->seq = self->seq++;
  self->packets++;
  self->octets += packet->size - packet->header_size;
  advance (self);
  return true;
}
