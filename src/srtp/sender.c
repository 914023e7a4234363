/* sender.c: SRTP protection of what we send */
#include "srtp/sender.h"

#include "base/reader.h"
#include "srtp/cipher.h"
#include "srtp/window.h"

#include <string.h>

#define MAX_INDEX (INT64_C (1) << 48)

struct YlSrtpStream {
  YlSrtpWindow used;
  int64_t base; /* seq of roll-over count 0; multiple of 65536 */
  uint32_t ssrc;
};

struct YlSrtpSender {
  YlSrtpCipher cipher;
  uint64_t refused;
  uint32_t n_streams;
  YlSrtpStream **streams; /* grows by one: there are few */
};

YlSrtpSender *
yl_srtp_sender_new (const YlSrtpKeying *keying)
{
  YlSrtpSender *self = g_new0 (YlSrtpSender, 1);
  if (yl_srtp_cipher_init (&self->cipher, keying, true))
    return self;
  g_free (self);
  return NULL;
}

void
yl_srtp_sender_free (YlSrtpSender *self)
{
  if (self == NULL)
    return;
  yl_srtp_cipher_clear (&self->cipher);
  for (uint32_t i = 0; i < self->n_streams; i++)
    g_free (self->streams[i]);
  g_free (self->streams);
  g_free (self);
}

size_t
yl_srtp_sender_overhead (const YlSrtpSender *self)
{
  return self->cipher.tag_size;
}

YlSrtpStream *
yl_srtp_sender_stream (YlSrtpSender *self, uint32_t ssrc)
{
  for (uint32_t i = 0; i < self->n_streams; i++) {
    if (self->streams[i]->ssrc == ssrc)
      return self->streams[i];
  }
  if (self->n_streams == YL_SRTP_MAX_STREAMS)
    return NULL;
  YlSrtpStream *stream = g_new0 (YlSrtpStream, 1);
  stream->ssrc = ssrc;
  self->streams = g_renew (YlSrtpStream *, self->streams, self->n_streams + 1);
  self->streams[self->n_streams++] = stream;
  return stream;
}

/* Takes the index for this packet, once and for all. */
static bool
claim_index (YlSrtpStream *stream, int64_t seq, int64_t *index)
{
  if (seq < 0)
    return false;
  if (!stream->used.started)
    stream->base = seq & ~INT64_C (0xffff);
  *index = seq - stream->base;
  if (*index < 0 || *index >= MAX_INDEX
      || !yl_srtp_window_is_free (&stream->used, *index))
    return false;
  yl_srtp_window_use (&stream->used, *index);
  return true;
}

/* The nonce is made of these two, so what the header says must agree. */
static bool
header_agrees (const YlSrtpPacket *packet, const uint8_t *header)
{
  YlReader in = yl_reader_init (header, packet->header_size);
  yl_reader_skip (&in, 2);
  const uint16_t seq = yl_reader_u16 (&in);
  yl_reader_skip (&in, 4);
  const uint32_t ssrc = yl_reader_u32 (&in);
  return !in.failed && seq == (uint16_t) packet->seq
         && ssrc == packet->stream->ssrc;
}

void
yl_srtp_sender_prefetch (const YlSrtpSender *self, const YlSrtpStream *stream)
{
  const uint8_t *key = self->cipher.key;
  __builtin_prefetch (stream, 1);
  /* The rest of the expanded key is read in order, which the processor
   * notices by itself. */
  for (size_t at = 0; key != NULL && at < 512; at += 64)
    __builtin_prefetch (key + at);
}

size_t
yl_srtp_sender_protect (YlSrtpSender *self, const YlSrtpPacket *packet,
                        uint8_t *out, size_t capacity)
{
  YlSrtpCipher *cipher = &self->cipher;
  uint8_t *payload = out + packet->header_size + packet->prefix_size;
  uint8_t *padding = payload + packet->payload_size;
  const size_t size = (size_t) packet->header_size + packet->prefix_size
                      + packet->payload_size + packet->padding;
  int64_t index;

  if (size + cipher->tag_size > capacity || !header_agrees (packet, out)
      || !claim_index (packet->stream, packet->seq, &index)) {
    self->refused++;
    return 0;
  }
  /* One pass over octets that lie together is faster than several over
   * pieces, by more than the copy costs. */
  if (packet->payload_size > 0)
    memcpy (payload, packet->payload, packet->payload_size);
  if (packet->padding > 0) {
    memset (padding, 0, packet->padding - 1u);
    padding[packet->padding - 1] = packet->padding;
  }
  const bool ok =
      yl_srtp_cipher_seal (cipher, packet->stream->ssrc, index, out,
                           packet->header_size, size - packet->header_size);
  return ok ? size + cipher->tag_size : 0;
}

uint64_t
yl_srtp_sender_refused (const YlSrtpSender *self)
{
  return self->refused;
}
