/* sdp-codec.h: the payload types of one section that we can handle */
#pragma once

#include <gst/sdp/gstsdpmessage.h>
#include <stdbool.h>
#include <stdint.h>

#define YL_SDP_MAX_CODECS 8
#define YL_SDP_NO_PAYLOAD_TYPE 0xff

typedef enum {
  YL_SDP_CODEC_OPUS, /* RFC 7587 */
  YL_SDP_CODEC_VP8,  /* RFC 7741 */
  YL_SDP_CODEC_H264, /* RFC 6184: baseline, packetization-mode 1 */
} YlSdpCodecKind;

typedef struct {
  YlSdpCodecKind kind;
  uint8_t payload_type;     /* 0..127, the client's number */
  uint8_t rtx_payload_type; /* or YL_SDP_NO_PAYLOAD_TYPE (RFC 4588) */
  uint8_t channels;
  uint32_t clock_rate;               /* [Hz] */
  uint32_t profile_level_id;         /* H264, else 0 */
  bool nack, pli, fir, transport_cc; /* offered a=rtcp-fb */
} YlSdpCodec;

/* Reads a=rtpmap, a=fmtp and a=rtcp-fb of the payload types in the m= line,
 * in its order. What cannot be read or is not known is left out. Returns how
 * many it wrote. */
uint8_t yl_sdp_read_codecs (const GstSDPMedia *media,
                            YlSdpCodec codecs[YL_SDP_MAX_CODECS]);
