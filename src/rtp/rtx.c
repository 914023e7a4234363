#include "rtp/rtx.h"

#include "base/reader.h"
#include "base/writer.h"

#define FLAG_PADDING 0x20

uint8_t *
yl_rtp_rtx_unwrap (uint8_t *data, const YlRtpView *view, uint32_t ssrc,
                   uint8_t payload_type, size_t *size)
{
  /* Nothing after the number is padding sent to probe for bandwidth. */
  if (view->payload_size <= YL_RTP_RTX_OSN_SIZE)
    return NULL;
  YlReader in = yl_reader_init (view->payload, view->payload_size);
  const uint16_t osn = yl_reader_u16 (&in);

  /* Moving the header over the number is cheaper than moving the payload. */
  const size_t header_size = yl_rtp_view_header_size (view, data);
  const size_t payload_size = view->payload_size - YL_RTP_RTX_OSN_SIZE;
  const bool marker = view->marker;
  uint8_t *media = data + YL_RTP_RTX_OSN_SIZE;
  memmove (media, data, header_size);
  media[0] &= (uint8_t) ~FLAG_PADDING;
  media[1] = (uint8_t) (marker << 7 | (payload_type & 0x7f));
  yl_write_u16 (media + 2, osn);
  yl_write_u32 (media + 8, ssrc);
  *size = header_size + payload_size;
  return media;
}

size_t
yl_rtp_rtx_wrap (uint8_t *to, size_t capacity, const YlRtpView *media,
                 const YlRtpHeader *header, uint16_t osn)
{
  YlWriter out = yl_writer_init (to, capacity);
  YlRtpHeader h = *header;
  h.timestamp = media->timestamp;
  h.marker = media->marker;
  h.has_extension = false;
  uint8_t *fixed = yl_writer_reserve (&out, YL_RTP_HEADER_SIZE);
  if (fixed != NULL)
    yl_rtp_header_write (fixed, &h);
  yl_writer_u16 (&out, osn);
  yl_writer_octets (&out, media->payload, media->payload_size);
  return out.failed ? 0 : yl_writer_size (&out);
}
