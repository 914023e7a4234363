#include "rtp/payload-info.h"

#include "rtp/h264.h"
#include "rtp/vp8.h"

bool
yl_rtp_payload_info_read (YlPayloadInfo *info, YlCodec codec,
                          const uint8_t *payload, size_t size)
{
  *info = (YlPayloadInfo){ 0 };
  switch (codec) {
  case YL_CODEC_VP8:
    return yl_rtp_vp8_read (info, payload, size);
  case YL_CODEC_H264:
    return yl_rtp_h264_read (info, payload, size);
  case YL_CODEC_OPUS:
    info->frame_start = true;
    return size > 0;
  case YL_CODEC_NONE:
    break;
  }
  return false;
}
