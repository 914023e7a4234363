/* cipher.c: session keys of one direction, and one packet under them */
#include "srtp/cipher.h"

#include "base/reader.h"
#include "base/writer.h"
#include "srtp/derive.h"

#include <openssl/crypto.h>
#include <string.h>

#define BLOCK 16
#define HMAC_KEY 20

/* Session keys into what seals or opens. */
static bool
set_keys (YlSrtpCipher *self, bool seal, const uint8_t *key, size_t key_size,
          const uint8_t *auth)
{
  if (self->gcm != NULL) {
    self->key = self->gcm->key_new (key, key_size, seal);
    return self->key != NULL;
  }
  yl_hmac_sha1_set_key (&self->hmac, auth, HMAC_KEY);
  self->counter = EVP_CIPHER_CTX_new ();
  /* Counter mode decrypts by encrypting. */
  return self->counter != NULL
         && EVP_EncryptInit_ex2 (self->counter, EVP_aes_128_ctr (), key, NULL,
                                 NULL);
}

static bool
derive (YlSrtpCipher *self, const YlSrtpKeying *keying, bool seal)
{
  const size_t key_size = yl_srtp_profile_key_size (keying->profile);
  const size_t salt_size = yl_srtp_profile_salt_size (keying->profile);
  uint8_t key[YL_SRTP_MAX_KEY];
  uint8_t auth[HMAC_KEY];

  const bool ok =
      yl_srtp_derive (keying, YL_SRTP_LABEL_KEY, key, key_size)
      && yl_srtp_derive (keying, YL_SRTP_LABEL_AUTH, auth, sizeof auth)
      && yl_srtp_derive (keying, YL_SRTP_LABEL_SALT, self->salt, salt_size)
      && set_keys (self, seal, key, key_size, auth);
  YlReader in = yl_reader_init (self->salt, sizeof self->salt);
  self->iv_salt[0] = yl_reader_u64 (&in);
  self->iv_salt[1] = (uint64_t) yl_reader_u32 (&in) << 32;
  self->iv_salt[1] |= (uint64_t) yl_reader_u16 (&in) << 16;
  OPENSSL_cleanse (key, sizeof key);
  OPENSSL_cleanse (auth, sizeof auth);
  return ok;
}

bool
yl_srtp_cipher_init (YlSrtpCipher *self, const YlSrtpKeying *keying, bool seal)
{
  memset (self, 0, sizeof *self);
  self->tag_size = yl_srtp_profile_overhead (keying->profile);
  if (self->tag_size == 0)
    return false;
  if (keying->profile != YL_SRTP_PROFILE_AES128_CM_SHA1_80)
    self->gcm = yl_gcm_get ();
  if (derive (self, keying, seal))
    return true;
  yl_srtp_cipher_clear (self);
  return false;
}

void
yl_srtp_cipher_clear (YlSrtpCipher *self)
{
  if (self->gcm != NULL)
    self->gcm->key_free (self->key);
  EVP_CIPHER_CTX_free (self->counter);
  OPENSSL_cleanse (self, sizeof *self);
}

/* RFC 7714, 8.1 puts the 48-bit index last in 12 octets; RFC 3711, 4.1.1
 * shifts salt, SSRC and index left past the 16-bit block counter. */
static void
make_iv (const YlSrtpCipher *self, uint32_t ssrc, int64_t index,
         uint8_t iv[BLOCK])
{
  const uint64_t i = (uint64_t) index;
  if (self->gcm != NULL) {
    yl_write_u64 (iv, self->iv_salt[0] ^ ((uint64_t) ssrc << 16 | i >> 32));
    yl_write_u64 (iv + 8, self->iv_salt[1] ^ i << 32);
  } else {
    yl_write_u64 (iv, self->iv_salt[0] ^ ssrc);
    yl_write_u64 (iv + 8, self->iv_salt[1] ^ i << 16);
  }
}

/* ---- CM_SHA1_80 ---- */

static bool
apply_counter (YlSrtpCipher *self, const uint8_t iv[BLOCK], uint8_t *data,
               size_t size)
{
  int written;
  return EVP_EncryptInit_ex2 (self->counter, NULL, NULL, iv, NULL)
         && (size == 0
             || EVP_EncryptUpdate (self->counter, data, &written, data,
                                   (int) size));
}

/* The roll-over count is authenticated, though not sent. */
static void
compute_hmac (const YlSrtpCipher *self, int64_t index, const uint8_t *packet,
              size_t size, uint8_t mac[YL_HMAC_SHA1_SIZE])
{
  uint8_t roc[4];
  yl_write_u32 (roc, (uint32_t) ((uint64_t) index >> 16));
  yl_hmac_sha1 (&self->hmac, packet, size, roc, sizeof roc, mac);
}

/* ---- packets ---- */

bool
yl_srtp_cipher_seal (YlSrtpCipher *self, uint32_t ssrc, int64_t index,
                     uint8_t *packet, size_t header_size, size_t size)
{
  uint8_t iv[BLOCK];
  make_iv (self, ssrc, index, iv);
  if (self->gcm != NULL)
    return self->gcm->seal (self->key, iv, packet, header_size, size);
  uint8_t mac[YL_HMAC_SHA1_SIZE];
  if (!apply_counter (self, iv, packet + header_size, size))
    return false;
  compute_hmac (self, index, packet, header_size + size, mac);
  memcpy (packet + header_size + size, mac, self->tag_size);
  return true;
}

bool
yl_srtp_cipher_open (YlSrtpCipher *self, uint32_t ssrc, int64_t index,
                     uint8_t *packet, size_t header_size, size_t size)
{
  uint8_t iv[BLOCK];
  make_iv (self, ssrc, index, iv);
  if (self->gcm != NULL)
    return self->gcm->open (self->key, iv, packet, header_size, size);
  uint8_t mac[YL_HMAC_SHA1_SIZE];
  compute_hmac (self, index, packet, header_size + size, mac);
  return CRYPTO_memcmp (mac, packet + header_size + size, self->tag_size) == 0
         && apply_counter (self, iv, packet + header_size, size);
}
