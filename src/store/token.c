#include "store/token.h"

#include <glib.h>
#include <sodium.h>
#include <string.h>

#define OCTETS 32

G_STATIC_ASSERT (YL_TOKEN_SIZE
                 == sodium_base64_ENCODED_LEN (
                     OCTETS, sodium_base64_VARIANT_URLSAFE_NO_PADDING));

void
yl_token_make (YlRandom *random, char token[YL_TOKEN_SIZE])
{
  uint8_t octets[OCTETS];
  random->fill (random, octets, sizeof octets);
  sodium_bin2base64 (token, YL_TOKEN_SIZE, octets, sizeof octets,
                     sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  sodium_memzero (octets, sizeof octets);
}

void
yl_token_hash (const char *token, uint8_t hash[YL_TOKEN_HASH_SIZE])
{
  crypto_hash_sha256 (hash, (const unsigned char *) token, strlen (token));
}

bool
yl_token_hash_equal (const uint8_t known[YL_TOKEN_HASH_SIZE],
                     const uint8_t shown[YL_TOKEN_HASH_SIZE])
{
  return sodium_memcmp (known, shown, YL_TOKEN_HASH_SIZE) == 0;
}
