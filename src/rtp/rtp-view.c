#include "rtp/rtp-view.h"

#include "base/reader.h"
#include "base/writer.h"

#define VERSION 2
#define FLAG_PADDING 0x20
#define FLAG_EXTENSION 0x10

G_DEFINE_QUARK (yl_rtp_error, yl_rtp_error)

bool
yl_rtp_view_parse (YlRtpView *view, const uint8_t *data, size_t size,
                   GError **error)
{
  YlReader in = yl_reader_init (data, size);
  YlRtpView v = { 0 };
  const uint8_t flags = yl_reader_u8 (&in);
  const uint8_t marker_type = yl_reader_u8 (&in);
  v.marker = marker_type >> 7;
  v.payload_type = marker_type & 0x7f;
  v.seq = yl_reader_u16 (&in);
  v.timestamp = yl_reader_u32 (&in);
  v.ssrc = yl_reader_u32 (&in);
  yl_reader_skip (&in, 4 * (flags & 0x0f)); /* CSRC list: we never mix */
  if (flags & FLAG_EXTENSION) {
    v.extension_profile = yl_reader_u16 (&in);
    v.extension_size = 4 * (size_t) yl_reader_u16 (&in);
    v.extension = yl_reader_take (&in, v.extension_size);
  }

  /* The last octet counts the padding, itself included, so 0 is malformed. */
  const size_t left = yl_reader_left (&in);
  const bool padded = flags & FLAG_PADDING;
  const size_t padding = padded && left > 0 ? data[size - 1] : 0;
  if (in.failed || flags >> 6 != VERSION || padding > left
      || (padded && padding == 0)) {
    g_set_error (error, YL_RTP_ERROR, YL_RTP_ERROR_MALFORMED,
                 "not an RTP packet (%zu octets)", size);
    return false;
  }
  v.payload = in.cur;
  v.payload_size = left - padding;
  *view = v;
  return true;
}

void
yl_rtp_header_write (uint8_t to[YL_RTP_HEADER_SIZE], const YlRtpHeader *header)
{
  to[0] =
      (uint8_t) (VERSION << 6 | (header->has_extension ? FLAG_EXTENSION : 0));
  to[1] = (uint8_t) (header->marker << 7 | (header->payload_type & 0x7f));
  yl_write_u16 (to + 2, header->seq);
  yl_write_u32 (to + 4, header->timestamp);
  yl_write_u32 (to + 8, header->ssrc);
}
