/* cipher.c: session keys of one direction, and one packet under them */
#include "srtp/cipher.h"

#include "base/writer.h"

#include <openssl/crypto.h>
#include <string.h>

#define BLOCK 16
#define HMAC_KEY 20

/* Labels of the key derivation (RFC 3711, 4.3.2). */
enum { LABEL_KEY = 0, LABEL_AUTH = 1, LABEL_SALT = 2 };

static const EVP_CIPHER *
pick_cipher (YlSrtpProfile profile)
{
  switch (profile) {
  case YL_SRTP_PROFILE_AES128_CM_SHA1_80:
    return EVP_aes_128_ctr ();
  case YL_SRTP_PROFILE_AEAD_AES_128_GCM:
    return EVP_aes_128_gcm ();
  case YL_SRTP_PROFILE_AEAD_AES_256_GCM:
    return EVP_aes_256_gcm ();
  default:
    return NULL;
  }
}

/* The pseudo-random function is AES in counter mode over the salt with the
 * label in octet 7; a 12-octet salt counts as if followed by zeros. */
static bool
derive (EVP_CIPHER_CTX *prf, const uint8_t salt[YL_SRTP_MAX_SALT],
        uint8_t label, uint8_t *out, size_t size)
{
  uint8_t iv[BLOCK] = { 0 };
  int written = 0;
  memcpy (iv, salt, YL_SRTP_MAX_SALT);
  iv[7] ^= label;
  memset (out, 0, size);
  return EVP_EncryptInit_ex2 (prf, NULL, NULL, iv, NULL)
         && EVP_EncryptUpdate (prf, out, &written, out, (int) size);
}

static bool
derive_all (YlSrtpCipher *self, const YlSrtpKeying *keying, bool seal,
            EVP_CIPHER_CTX *prf)
{
  const size_t key_size = yl_srtp_profile_key_size (keying->profile);
  const size_t salt_size = yl_srtp_profile_salt_size (keying->profile);
  uint8_t salt[YL_SRTP_MAX_SALT] = { 0 };
  uint8_t key[YL_SRTP_MAX_KEY];
  uint8_t auth[HMAC_KEY] = { 0 };

  memcpy (salt, keying->salt, salt_size);
  const bool ok =
      EVP_EncryptInit_ex2 (
          prf, key_size == 32 ? EVP_aes_256_ctr () : EVP_aes_128_ctr (),
          keying->key, NULL, NULL)
      && derive (prf, salt, LABEL_KEY, key, key_size)
      && derive (prf, salt, LABEL_AUTH, auth, sizeof auth)
      && derive (prf, salt, LABEL_SALT, self->salt, salt_size)
      /* Counter mode decrypts by encrypting. */
      && EVP_CipherInit_ex2 (self->evp, pick_cipher (keying->profile), key,
                             NULL, seal || !self->aead, NULL);
  yl_hmac_sha1_set_key (&self->hmac, auth, sizeof auth);
  OPENSSL_cleanse (key, sizeof key);
  OPENSSL_cleanse (auth, sizeof auth);
  OPENSSL_cleanse (salt, sizeof salt);
  return ok;
}

bool
yl_srtp_cipher_init (YlSrtpCipher *self, const YlSrtpKeying *keying, bool seal)
{
  memset (self, 0, sizeof *self);
  if (pick_cipher (keying->profile) == NULL)
    return false;
  self->aead = keying->profile != YL_SRTP_PROFILE_AES128_CM_SHA1_80;
  self->tag_size = yl_srtp_profile_overhead (keying->profile);
  self->evp = EVP_CIPHER_CTX_new ();
  EVP_CIPHER_CTX *prf = EVP_CIPHER_CTX_new ();
  const bool ok =
      self->evp != NULL && prf != NULL && derive_all (self, keying, seal, prf);
  EVP_CIPHER_CTX_free (prf);
  if (!ok)
    yl_srtp_cipher_clear (self);
  return ok;
}

void
yl_srtp_cipher_clear (YlSrtpCipher *self)
{
  EVP_CIPHER_CTX_free (self->evp);
  OPENSSL_cleanse (self, sizeof *self);
}

/* RFC 7714, 8.1 puts the 48-bit index last in 12 octets; RFC 3711, 4.1.1
 * shifts salt, SSRC and index left past the 16-bit block counter. */
static void
make_iv (const YlSrtpCipher *self, uint32_t ssrc, int64_t index,
         uint8_t iv[BLOCK])
{
  const size_t ssrc_at = self->aead ? 2 : 4;
  const uint64_t i = (uint64_t) index;
  memset (iv, 0, BLOCK);
  yl_write_u32 (iv + ssrc_at, ssrc);
  yl_write_u32 (iv + ssrc_at + 4, (uint32_t) (i >> 16));
  yl_write_u16 (iv + ssrc_at + 8, (uint16_t) i);
  for (size_t k = 0; k < sizeof self->salt; k++)
    iv[k] ^= self->salt[k];
}

bool
yl_srtp_cipher_begin (YlSrtpCipher *self, uint32_t ssrc, int64_t index,
                      const uint8_t *header, size_t size)
{
  uint8_t iv[BLOCK];
  int written;
  make_iv (self, ssrc, index, iv);
  return EVP_CipherInit_ex2 (self->evp, NULL, NULL, iv, -1, NULL)
         && (!self->aead
             || EVP_CipherUpdate (self->evp, NULL, &written, header,
                                  (int) size));
}

bool
yl_srtp_cipher_update (YlSrtpCipher *self, uint8_t *out, const uint8_t *in,
                       size_t size)
{
  int written;
  return size == 0
         || EVP_CipherUpdate (self->evp, out, &written, in, (int) size);
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

bool
yl_srtp_cipher_seal (YlSrtpCipher *self, int64_t index, uint8_t *packet,
                     size_t size)
{
  if (self->aead) {
    int written;
    return EVP_CipherFinal_ex (self->evp, packet + size, &written)
           && EVP_CIPHER_CTX_ctrl (self->evp, EVP_CTRL_AEAD_GET_TAG,
                                   (int) self->tag_size, packet + size)
                  > 0;
  }
  uint8_t mac[YL_HMAC_SHA1_SIZE];
  compute_hmac (self, index, packet, size, mac);
  memcpy (packet + size, mac, self->tag_size);
  return true;
}

bool
yl_srtp_cipher_open (YlSrtpCipher *self, uint32_t ssrc, int64_t index,
                     uint8_t *packet, size_t header_size, size_t size)
{
  uint8_t *tag = packet + size;
  uint8_t *payload = packet + header_size;
  if (!self->aead) {
    uint8_t mac[YL_HMAC_SHA1_SIZE];
    compute_hmac (self, index, packet, size, mac);
    if (CRYPTO_memcmp (mac, tag, self->tag_size) != 0)
      return false;
  }
  if (!yl_srtp_cipher_begin (self, ssrc, index, packet, header_size)
      || !yl_srtp_cipher_update (self, payload, payload, size - header_size))
    return false;
  int written;
  return !self->aead
         || (EVP_CIPHER_CTX_ctrl (self->evp, EVP_CTRL_AEAD_SET_TAG,
                                  (int) self->tag_size, tag)
                 > 0
             && EVP_CipherFinal_ex (self->evp, tag, &written) > 0);
}
