/* peek.c: whose check is this, read before anything is proved */
#include "base/reader.h"
#include "ice/ice.h"

#include <string.h>

#define BINDING_REQUEST 0x0001
#define MAGIC_COOKIE 0x2112a442u
#define TRANSACTION_ID 12
#define ATTRIBUTE_USERNAME 0x0006
#define UFRAG_MIN 4

static bool
read_ufrag (const uint8_t *username, size_t size, char ufrag[YL_ICE_UFRAG_SIZE])
{
  const uint8_t *colon = memchr (username, ':', size);
  const size_t length = colon != NULL ? (size_t) (colon - username) : 0;
  if (length < UFRAG_MIN || length >= YL_ICE_UFRAG_SIZE
      || memchr (username, '\0', length) != NULL)
    return false;
  memcpy (ufrag, username, length);
  ufrag[length] = '\0';
  return true;
}

bool
yl_ice_peek_ufrag (const uint8_t *data, size_t size,
                   char ufrag[YL_ICE_UFRAG_SIZE])
{
  YlReader in = yl_reader_init (data, size);
  const uint16_t type = yl_reader_u16 (&in);
  const uint16_t length = yl_reader_u16 (&in);
  const uint32_t cookie = yl_reader_u32 (&in);
  yl_reader_skip (&in, TRANSACTION_ID);
  if (in.failed || type != BINDING_REQUEST || cookie != MAGIC_COOKIE
      || length != yl_reader_left (&in))
    return false;
  while (yl_reader_left (&in) > 0) {
    const uint16_t attribute = yl_reader_u16 (&in);
    const uint16_t n = yl_reader_u16 (&in);
    const uint8_t *value = yl_reader_take (&in, n);
    yl_reader_skip (&in, -n & 3u);
    if (in.failed)
      return false;
    if (attribute == ATTRIBUTE_USERNAME)
      return read_ufrag (value, n, ufrag);
  }
  return false;
}
