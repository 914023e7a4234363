/* rtp-view.h: borrowed, read-only view of one RTP packet (RFC 3550, 5.1) */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The fixed part [octets]. */
#define YL_RTP_HEADER_SIZE 12

#define YL_RTP_ERROR (yl_rtp_error_quark ())
GQuark yl_rtp_error_quark (void);

typedef enum {
  YL_RTP_ERROR_MALFORMED,
} YlRtpError;

typedef struct {
  uint32_t ssrc;
  uint32_t timestamp;         /* [ticks of the negotiated clock], wraps */
  uint16_t seq;               /* wraps; yl_seq_unwrap() gives a 64-bit count */
  uint16_t extension_profile; /* one- or two-octet headers (RFC 8285) */
  uint8_t payload_type;       /* 0..127 */
  bool marker;
  const uint8_t *extension; /* block body (5.3.1), NULL if absent */
  size_t extension_size;    /* [octets], multiple of 4 */
  const uint8_t *payload;
  size_t payload_size; /* [octets], padding removed, may be 0 */
} YlRtpView;

/**
 * yl_rtp_view_parse:
 * @view: (out caller-allocates): written only on success; borrows from @data
 * @data: a packet *after* SRTP removal: until then the padding count is
 *   ciphertext (RFC 3711, 3.1)
 * @error: %YL_RTP_ERROR_MALFORMED; %NULL on the packet path
 * Returns: %true if every length inside the packet fits in @size. Any thread.
 */
bool yl_rtp_view_parse (YlRtpView *view, const uint8_t *data, size_t size,
                        GError **error);

/* Everything before the payload [octets], for a view of @data. */
static inline size_t
yl_rtp_view_header_size (const YlRtpView *self, const uint8_t *data)
{
  return (size_t) (self->payload - data);
}

/* What a sender decides about a packet; the rest of the header is constant. */
typedef struct {
  uint32_t ssrc;
  uint32_t timestamp; /* [ticks] */
  uint16_t seq;
  uint8_t payload_type; /* 0..127 */
  bool marker;
  bool has_extension; /* an extension block follows (rtp-ext.h) */
} YlRtpHeader;

/* Writes the 12 fixed octets: version 2, no padding, no CSRC. */
void yl_rtp_header_write (uint8_t to[YL_RTP_HEADER_SIZE],
                          const YlRtpHeader *header);
