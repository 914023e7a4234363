/* raw-crypto.h: AEAD_AES_128_GCM of SRTP (RFC 7714) with nothing around it
 *
 * No replay window and no check that an index is new: for measuring only. */
#pragma once

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define RAW_MASTER_SIZE 28 /* key of 16 octets, then salt of 12 */
#define RAW_TAG_SIZE 16
#define RAW_IV_SIZE 12

struct gcm_key_data;

/* Session key and salt of one direction; exactly one backend is set. */
typedef struct {
  EVP_CIPHER_CTX *evp;
  struct gcm_key_data *ipsec_mb;
  uint8_t salt[RAW_IV_SIZE];
} RawKey;

/* Once, before any key. False if this build or machine has no libipsec-mb. */
bool raw_crypto_use_ipsec_mb (void);

bool raw_key_init (RawKey *self, const uint8_t master[RAW_MASTER_SIZE],
                   bool seal);
void raw_key_clear (RawKey *self);

/* The part of an IV that stays the same for all packets of @ssrc. */
void raw_key_iv (const RawKey *self, uint32_t ssrc, uint8_t iv[RAW_IV_SIZE]);

/* The IV of the packet with @index (RFC 7714, 8.1). */
static inline void
raw_iv_of_index (uint8_t iv[RAW_IV_SIZE], const uint8_t base[RAW_IV_SIZE],
                 uint64_t index)
{
  uint64_t low;
  const uint64_t octets = __builtin_bswap64 (index & 0xffffffffffff);
  memcpy (iv, base, 4);
  memcpy (&low, base + 4, sizeof low);
  low ^= octets;
  memcpy (iv + 4, &low, sizeof low);
}

/* Encrypts @in to @out, @size octets, and puts the tag behind. */
bool raw_key_seal (RawKey *self, uint8_t iv[RAW_IV_SIZE], const uint8_t *header,
                   size_t header_size, const uint8_t *in, size_t size,
                   uint8_t *out);

/* Decrypts @size octets at @data in place; the tag follows them. */
bool raw_key_open (RawKey *self, uint8_t iv[RAW_IV_SIZE], const uint8_t *header,
                   size_t header_size, uint8_t *data, size_t size);
