/* receiver.c: SRTP removal from what we receive */
#include "srtp/receiver.h"

#include "base/reader.h"
#include "base/seq.h"
#include "srtp/cipher.h"

#define VERSION 2
#define FLAG_EXTENSION 0x10
#define MAX_INDEX (INT64_C (1) << 48)

struct YlSrtpReceiver {
  YlSrtpCipher cipher;
};

YlSrtpReceiver *
yl_srtp_receiver_new (const YlSrtpKeying *keying)
{
  YlSrtpReceiver *self = g_new0 (YlSrtpReceiver, 1);
  if (yl_srtp_cipher_init (&self->cipher, keying, false))
    return self;
  g_free (self);
  return NULL;
}

void
yl_srtp_receiver_free (YlSrtpReceiver *self)
{
  if (self == NULL)
    return;
  yl_srtp_cipher_clear (&self->cipher);
  g_free (self);
}

typedef struct {
  uint32_t ssrc;
  uint16_t seq;
  size_t size; /* with CSRC list and extension [octets] */
} Header;

static bool
parse_header (Header *header, const uint8_t *data, size_t size)
{
  YlReader in = yl_reader_init (data, size);
  const uint8_t flags = yl_reader_u8 (&in);
  yl_reader_skip (&in, 1);
  header->seq = yl_reader_u16 (&in);
  yl_reader_skip (&in, 4);
  header->ssrc = yl_reader_u32 (&in);
  yl_reader_skip (&in, 4 * (flags & 0x0f));
  if (flags & FLAG_EXTENSION) {
    yl_reader_skip (&in, 2);
    yl_reader_skip (&in, 4 * (size_t) yl_reader_u16 (&in));
  }
  header->size = size - yl_reader_left (&in);
  return !in.failed && flags >> 6 == VERSION;
}

/* Nearest to the newest (RFC 3711, 3.3.1). There is nothing before cycle 0:
 * a number from there is the end of it, as libsrtp takes it, or we would be
 * a cycle behind for good. */
static int64_t
estimate_index (const YlSrtpWindow *window, uint16_t seq)
{
  if (!window->started)
    return seq;
  const int64_t index =
      window->newest + yl_seq_diff (seq, (uint16_t) window->newest);
  return index < 0 ? index + 65536 : index;
}

YlSrtpResult
yl_srtp_receiver_unprotect (YlSrtpReceiver *self, YlSrtpWindow *window,
                            uint8_t *data, size_t *size, int64_t *seq)
{
  YlSrtpCipher *cipher = &self->cipher;
  Header header;
  if (*size < cipher->tag_size
      || !parse_header (&header, data, *size - cipher->tag_size))
    return YL_SRTP_MALFORMED;

  const int64_t index = estimate_index (window, header.seq);
  if (index >= MAX_INDEX || !yl_srtp_window_is_free (window, index))
    return YL_SRTP_REPLAYED;
  if (!yl_srtp_cipher_open (cipher, header.ssrc, index, data, header.size,
                            *size - cipher->tag_size - header.size))
    return YL_SRTP_FORGED;

  yl_srtp_window_use (window, index);
  *size -= cipher->tag_size;
  if (seq != NULL)
    *seq = index;
  return YL_SRTP_OK;
}
