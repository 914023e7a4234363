/* ice-check.c: a full agent's connectivity checks, for tests */
#include "ice-check.h"

#include "base/reader.h"
#include "base/writer.h"

#include <glib.h>
#include <string.h>

#define HEADER 20
#define MAGIC_COOKIE 0x2112a442u
#define INTEGRITY_SIZE 20

enum {
  TYPE_REQUEST = 0x0001,
  TYPE_SUCCESS = 0x0101,
  TYPE_ERROR = 0x0111,
  ATTRIBUTE_USERNAME = 0x0006,
  ATTRIBUTE_INTEGRITY = 0x0008,
  ATTRIBUTE_ERROR_CODE = 0x0009,
  ATTRIBUTE_XOR_MAPPED = 0x0020,
  ATTRIBUTE_PRIORITY = 0x0024,
  ATTRIBUTE_USE_CANDIDATE = 0x0025,
  ATTRIBUTE_FINGERPRINT = 0x8028,
  ATTRIBUTE_CONTROLLED = 0x8029,
  ATTRIBUTE_CONTROLLING = 0x802a,
};

/* CRC-32 of ISO 3309, as zip and STUN use it (RFC 8489, 14.7). */
static uint32_t
crc32 (const uint8_t *data, size_t size)
{
  uint32_t crc = ~0u;
  for (size_t i = 0; i < size; i++) {
    crc ^= data[i];
    for (int k = 0; k < 8; k++)
      crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
  }
  return ~crc;
}

/* HMAC-SHA1 over @data as if its length field said @length. */
static void
integrity (const char *password, const uint8_t *data, size_t size,
           uint16_t length, uint8_t mac[INTEGRITY_SIZE])
{
  g_autofree uint8_t *copy = g_memdup2 (data, size);
  size_t n = INTEGRITY_SIZE;
  yl_write_u16 (copy + 2, length);
  GHmac *hmac = g_hmac_new (G_CHECKSUM_SHA1, (const guchar *) password,
                            strlen (password));
  g_hmac_update (hmac, copy, (gssize) size);
  g_hmac_get_digest (hmac, mac, &n);
  g_hmac_unref (hmac);
}

static void
put_attribute (YlWriter *out, uint16_t type, const void *value, size_t size)
{
  yl_writer_u16 (out, type);
  yl_writer_u16 (out, (uint16_t) size);
  yl_writer_octets (out, value, size);
  yl_writer_zeros (out, -size & 3u);
}

/* Appends integrity and fingerprint; returns the size of the whole. */
static size_t
finish (YlWriter *out, uint8_t *data, const char *password)
{
  uint8_t mac[INTEGRITY_SIZE];
  const size_t at = yl_writer_size (out);
  integrity (password, data, at, (uint16_t) (at + 24 - HEADER), mac);
  put_attribute (out, ATTRIBUTE_INTEGRITY, mac, sizeof mac);

  uint8_t crc[4];
  const size_t end = yl_writer_size (out);
  yl_write_u16 (data + 2, (uint16_t) (end + 8 - HEADER));
  yl_write_u32 (crc, crc32 (data, end) ^ 0x5354554e);
  put_attribute (out, ATTRIBUTE_FINGERPRINT, crc, sizeof crc);
  g_assert_false (out->failed);
  return yl_writer_size (out);
}

size_t
ice_check_write (const IceCheck *check, uint32_t number,
                 uint8_t data[ICE_CHECK_MAX])
{
  static const uint8_t priority[4] = { 0x6e, 0x7f, 0x1e, 0xff };
  static const uint8_t tie_breaker[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
  YlWriter out = yl_writer_init (data, ICE_CHECK_MAX);
  yl_writer_u16 (&out, TYPE_REQUEST);
  yl_writer_u16 (&out, 0);
  yl_writer_u32 (&out, MAGIC_COOKIE);
  yl_writer_u64 (&out, 0);
  yl_writer_u32 (&out, number);
  put_attribute (&out, ATTRIBUTE_USERNAME, check->username,
                 strlen (check->username));
  put_attribute (&out, ATTRIBUTE_PRIORITY, priority, sizeof priority);
  put_attribute (
      &out, check->controlled ? ATTRIBUTE_CONTROLLED : ATTRIBUTE_CONTROLLING,
      tie_breaker, sizeof tie_breaker);
  if (check->use_candidate)
    put_attribute (&out, ATTRIBUTE_USE_CANDIDATE, NULL, 0);
  return finish (&out, data, check->password);
}

static void
read_mapped (YlReader in, const uint8_t *header, YlAddress *mapped)
{
  uint8_t ip[16] = { [10] = 0xff, [11] = 0xff };
  yl_reader_skip (&in, 1);
  const bool v6 = yl_reader_u8 (&in) == 2;
  mapped->port = yl_reader_u16 (&in) ^ MAGIC_COOKIE >> 16;
  const size_t at = v6 ? 0 : 12;
  const uint8_t *masked = yl_reader_take (&in, 16 - at);
  for (size_t i = at; masked != NULL && i < 16; i++)
    ip[i] = masked[i - at] ^ header[4 + i - at];
  memcpy (mapped->ip, ip, sizeof ip);
}

/* What stands before an attribute that proves something about it. */
typedef struct {
  const uint8_t *data;
  size_t before;
} Proved;

static bool
prove_integrity (const char *password, Proved proved, YlReader value)
{
  uint8_t mac[INTEGRITY_SIZE];
  integrity (password, proved.data, proved.before,
             (uint16_t) (proved.before + 24 - HEADER), mac);
  const uint8_t *got = yl_reader_take (&value, INTEGRITY_SIZE);
  return got != NULL && memcmp (got, mac, sizeof mac) == 0;
}

/* What a message says, and what of it can be believed. */
typedef struct {
  uint16_t type;
  bool proved;
  bool intact;
  IceReply reply;
} Message;

static void
read_attribute (Message *self, const char *password, Proved before,
                YlReader *in)
{
  const uint16_t attribute = yl_reader_u16 (in);
  const uint16_t n = yl_reader_u16 (in);
  YlReader value = yl_reader_narrow (in, n);
  yl_reader_skip (in, -n & 3u);
  if (attribute == ATTRIBUTE_XOR_MAPPED)
    read_mapped (value, before.data, &self->reply.mapped);
  else if (attribute == ATTRIBUTE_ERROR_CODE)
    self->reply.code = (int) (yl_reader_u32 (&value) & 0x7ff);
  else if (attribute == ATTRIBUTE_INTEGRITY)
    self->proved = prove_integrity (password, before, value);
  else if (attribute == ATTRIBUTE_FINGERPRINT)
    self->intact = yl_reader_u32 (&value)
                   == (crc32 (before.data, before.before) ^ 0x5354554e);
}

/* False unless it is whole and its fingerprint right. */
static bool
read_message (Message *self, const char *password, const uint8_t *data,
              size_t size)
{
  YlReader in = yl_reader_init (data, size);
  *self = (Message){ .type = yl_reader_u16 (&in) };
  const uint16_t length = yl_reader_u16 (&in);
  yl_reader_skip (&in, HEADER - 4);
  if (in.failed || length != yl_reader_left (&in))
    return false;
  while (yl_reader_left (&in) > 0) {
    const Proved before = { data, size - yl_reader_left (&in) };
    read_attribute (self, password, before, &in);
  }
  return !in.failed && self->intact;
}

IceReply
ice_reply_read (const char *password, const uint8_t *data, size_t size)
{
  Message message;
  const bool whole = read_message (&message, password, data, size);
  IceReply reply = message.reply;
  /* The class is the hundreds' digit, in bits 8..10. */
  reply.code = (reply.code >> 8) * 100 + (reply.code & 0xff);
  if (whole && message.type == TYPE_SUCCESS && message.proved)
    reply.kind = ICE_REPLY_SUCCESS;
  else if (whole && message.type == TYPE_ERROR)
    reply.kind = ICE_REPLY_ERROR;
  return reply;
}

static void
put_mapped (YlWriter *out, const YlAddress *address, const uint8_t *header)
{
  const bool v4 = yl_address_is_v4 (address);
  const size_t at = v4 ? 12 : 0;
  uint8_t value[20] = { 0, v4 ? 1 : 2 };
  yl_write_u16 (value + 2, address->port ^ MAGIC_COOKIE >> 16);
  for (size_t i = at; i < 16; i++)
    value[4 + i - at] = address->ip[i] ^ header[4 + i - at];
  put_attribute (out, ATTRIBUTE_XOR_MAPPED, value, 4 + 16 - at);
}

size_t
ice_request_answer (const char *password, const YlAddress *from,
                    const uint8_t *data, size_t size,
                    uint8_t reply[ICE_CHECK_MAX])
{
  Message message;
  if (!read_message (&message, password, data, size)
      || message.type != TYPE_REQUEST || !message.proved)
    return 0;
  YlWriter out = yl_writer_init (reply, ICE_CHECK_MAX);
  yl_writer_u16 (&out, TYPE_SUCCESS);
  yl_writer_u16 (&out, 0);
  yl_writer_octets (&out, data + 4, HEADER - 4);
  put_mapped (&out, from, reply);
  return finish (&out, reply, password);
}
