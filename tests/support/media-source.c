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
                         .want_keyframe = true,
                         .extension_size = layout.size };
  memcpy (self->extension, block, layout.size);
}

static void
begin_frame (MediaSource *self)
{
  const MediaSourceSetup *setup = &self->setup;
  const uint64_t bits =
      (uint64_t) setup->bitrate_bps * setup->interval_us / 1000000;
  const bool video = setup->kind == YL_MEDIA_VIDEO;
  self->frame_is_key = video && self->want_keyframe;
  self->want_keyframe = false;
  self->frame_left =
      MAX (bits / 8, 40) * (self->frame_is_key ? KEYFRAME_FACTOR : 1);
  self->frame_begun = false;
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
  self->next_us += self->setup.interval_us;
  self->picture_id = (self->picture_id + 1) & 0x7fff;
  self->tl0picidx++;
}

/* RFC 7741, 4.2 and 4.3; RFC 6386, 9.1 */
static void
write_vp8 (const MediaSource *self, YlWriter *out)
{
  yl_writer_u8 (out, self->frame_begun ? 0x80 : 0x90); /* X, S */
  yl_writer_u8 (out, 0xe0);                            /* I, L, T */
  yl_writer_u16 (out, 0x8000 | self->picture_id);
  yl_writer_u8 (out, self->tl0picidx);
  yl_writer_u8 (out, 0); /* TID 0 */
  if (self->frame_begun)
    return;
  yl_writer_u8 (out, self->frame_is_key ? 0x10 : 0x11);
  yl_writer_u16 (out, 0);
  if (self->frame_is_key) {
    yl_writer_u24 (out, 0x9d012a);
    yl_writer_u16 (out, 0x8002); /* 640, little-endian */
    yl_writer_u16 (out, 0xe001); /* 480 */
  }
}

static void
write_payload (MediaSource *self, YlWriter *out, uint64_t now_us, bool *last)
{
  if (self->setup.kind == YL_MEDIA_VIDEO)
    write_vp8 (self, out);
  else
    yl_writer_u8 (out, 0x78); /* 20 ms, mono, one frame (RFC 6716, 3.1) */
  const size_t room = yl_writer_left (out) - MEDIA_STAMP_SIZE;
  const size_t fill = MIN (self->frame_left, room);
  uint8_t *filling = yl_writer_reserve (out, fill);
  if (filling != NULL)
    memset (filling, (int) self->seq & 0xff, fill);
  yl_writer_u64 (out, now_us);
  self->frame_left -= fill;
  self->frame_begun = true;
  *last = self->frame_left == 0;
}

bool
media_source_next (MediaSource *self, uint64_t now_us, MediaPacket *packet)
{
  if (now_us < self->next_us)
    return false;
  if (self->frame_left == 0)
    begin_frame (self);

  YlWriter out = yl_writer_init (packet->data, sizeof packet->data);
  bool last;
  yl_writer_reserve (&out, YL_RTP_HEADER_SIZE);
  yl_writer_octets (&out, self->extension, self->extension_size);
  packet->header_size = yl_writer_size (&out);
  const uint32_t timestamp = self->timestamp;
  write_payload (self, &out, now_us, &last);
  g_assert_false (out.failed);
  const YlRtpHeader header = {
    .ssrc = self->setup.ssrc,
    .timestamp = timestamp,
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
  if (last)
    end_frame (self);
  return true;
}
