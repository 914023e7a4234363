#include "rtp/h264.h"

#include "base/reader.h"

enum {
  NAL_SLICE = 1,
  NAL_IDR = 5,
  NAL_SPS = 7,
  NAL_AUD = 9,
  NAL_STAP_A = 24,
  NAL_FU_A = 28,
};

#define TYPE_MASK 0x1f
#define FU_START 0x80

/* @data: what follows the NAL header of a unit, or of its first fragment. */
static void
look_at_unit (YlPayloadInfo *info, uint8_t type, const uint8_t *data,
              size_t size)
{
  switch (type) {
  case NAL_SLICE:
  case NAL_IDR:
    /* first_mb_in_slice is ue(v): a leading 1 bit is zero (H.264, 7.3.3) */
    if (size > 0 && data[0] & 0x80)
      info->frame_start = true;
    break;
  case NAL_SPS:
    info->keyframe_start = true;
    info->frame_start = true;
    break;
  case NAL_AUD:
    info->frame_start = true;
    break;
  default:
    break;
  }
}

static bool
look_at_stap (YlPayloadInfo *info, YlReader *in)
{
  do {
    YlReader unit = yl_reader_narrow (in, yl_reader_u16 (in));
    const uint8_t header = yl_reader_u8 (&unit);
    if (unit.failed)
      return false;
    look_at_unit (info, header & TYPE_MASK, unit.cur, yl_reader_left (&unit));
  } while (yl_reader_left (in) > 0);
  return true;
}

static bool
look_at_fu (YlPayloadInfo *info, YlReader *in)
{
  const uint8_t fu = yl_reader_u8 (in);
  if (yl_reader_left (in) == 0)
    return false;
  if (fu & FU_START)
    look_at_unit (info, fu & TYPE_MASK, in->cur, yl_reader_left (in));
  return true;
}

bool
yl_rtp_h264_read (YlPayloadInfo *info, const uint8_t *payload, size_t size)
{
  YlReader in = yl_reader_init (payload, size);
  YlPayloadInfo i = { 0 };
  const uint8_t type = yl_reader_u8 (&in) & TYPE_MASK;
  bool good = !in.failed && type != 0;
  if (type == NAL_STAP_A)
    good = look_at_stap (&i, &in);
  else if (type == NAL_FU_A)
    good = look_at_fu (&i, &in);
  else
    look_at_unit (&i, type, in.cur, yl_reader_left (&in));
  if (good)
    *info = i;
  return good;
}
