/* hmac-sha1.c: HMAC-SHA1 (RFC 2104) under a key that stays */
#include "srtp/hmac-sha1.h"

#include <openssl/crypto.h>
#include <string.h>

#define BLOCK 64

static void
hash_block (SHA_CTX *sha, const uint8_t *key, size_t size, uint8_t pad)
{
  uint8_t block[BLOCK];
  memset (block, pad, sizeof block);
  for (size_t i = 0; i < size && i < BLOCK; i++)
    block[i] ^= key[i];
  SHA1_Init (sha);
  SHA1_Update (sha, block, sizeof block);
  OPENSSL_cleanse (block, sizeof block);
}

void
yl_hmac_sha1_set_key (YlHmacSha1 *self, const uint8_t *key, size_t size)
{
  hash_block (&self->inner, key, size, 0x36);
  hash_block (&self->outer, key, size, 0x5c);
}

void
yl_hmac_sha1 (const YlHmacSha1 *self, const uint8_t *a, size_t a_size,
              const uint8_t *b, size_t b_size, uint8_t mac[YL_HMAC_SHA1_SIZE])
{
  SHA_CTX sha = self->inner;
  SHA1_Update (&sha, a, a_size);
  SHA1_Update (&sha, b, b_size);
  SHA1_Final (mac, &sha);
  sha = self->outer;
  SHA1_Update (&sha, mac, YL_HMAC_SHA1_SIZE);
  SHA1_Final (mac, &sha);
}
