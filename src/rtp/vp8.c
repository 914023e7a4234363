#include "rtp/vp8.h"

#include "base/reader.h"
#include "base/writer.h"

/* first octet */
#define X_EXTENDED 0x80
#define S_PARTITION_START 0x10
#define PARTITION_MASK 0x0f
/* second */
#define I_PICTURE_ID 0x80
#define L_TL0PICIDX 0x40
#define T_TID 0x20
#define K_KEYIDX 0x10
/* picture id */
#define M_15_BITS 0x80
/* TID/KEYIDX octet */
#define Y_SWITCH_UP 0x20
/* VP8 frame header (RFC 6386, 9.1) */
#define P_INTERFRAME 0x01

static void
read_extension (YlReader *in, const uint8_t *payload, YlPayloadInfo *info)
{
  const uint8_t flags = yl_reader_u8 (in);
  if (flags & I_PICTURE_ID) {
    info->picture_id_at = (uint8_t) (in->cur - payload);
    info->picture_id = yl_reader_u8 (in);
    info->picture_id_bits = 7;
    if (info->picture_id & M_15_BITS) {
      info->picture_id_bits = 15;
      info->picture_id =
          (uint16_t) ((info->picture_id & ~M_15_BITS) << 8 | yl_reader_u8 (in));
    }
  }
  if (flags & L_TL0PICIDX) {
    info->tl0picidx_at = (uint8_t) (in->cur - payload);
    info->tl0picidx = yl_reader_u8 (in);
  }
  if (flags & (T_TID | K_KEYIDX)) {
    const uint8_t tid = yl_reader_u8 (in);
    if (flags & T_TID) {
      info->temporal_id = tid >> 6;
      info->switch_up = tid & Y_SWITCH_UP;
    }
  }
}

bool
yl_rtp_vp8_read (YlPayloadInfo *info, const uint8_t *payload, size_t size)
{
  YlReader in = yl_reader_init (payload, size);
  YlPayloadInfo i = { 0 };
  const uint8_t first = yl_reader_u8 (&in);
  if (first & X_EXTENDED)
    read_extension (&in, payload, &i);
  i.descriptor_size = (uint8_t) (size - yl_reader_left (&in));
  const uint8_t frame = yl_reader_u8 (&in); /* no descriptor without frame */
  if (in.failed)
    return false;
  i.frame_start = first & S_PARTITION_START && (first & PARTITION_MASK) == 0;
  i.keyframe_start = i.frame_start && !(frame & P_INTERFRAME);
  *info = i;
  return true;
}

void
yl_rtp_vp8_rewrite (uint8_t *payload, const YlPayloadInfo *info,
                    uint16_t picture_id, uint8_t tl0picidx)
{
  uint8_t *at = payload + info->picture_id_at;
  if (info->picture_id_bits == 15)
    yl_write_u16 (at, (uint16_t) (M_15_BITS << 8 | picture_id));
  else if (info->picture_id_bits == 7)
    *at = picture_id & 0x7f;
  if (info->tl0picidx_at != 0)
    payload[info->tl0picidx_at] = tl0picidx;
}

bool
yl_rtp_vp8_read_size (const YlPayloadInfo *info, const uint8_t *payload,
                      size_t size, uint16_t *width, uint16_t *height)
{
  YlReader in = yl_reader_init (payload, size);
  yl_reader_skip (&in, info->descriptor_size + 3u); /* 3: frame tag */
  const uint32_t start_code = yl_reader_u24 (&in);
  const uint8_t *p = yl_reader_take (&in, 4);
  if (p == NULL || start_code != 0x9d012a || !info->keyframe_start)
    return false;
  /* little-endian, 14 bits and 2 of scaling (RFC 6386, 9.1) */
  *width = (uint16_t) ((p[1] & 0x3f) << 8 | p[0]);
  *height = (uint16_t) ((p[3] & 0x3f) << 8 | p[2]);
  return true;
}
