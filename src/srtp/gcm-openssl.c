/* gcm-openssl.c: AES-GCM by OpenSSL's EVP */
#include "srtp/gcm.h"

#include <openssl/evp.h>

static void *
key_new (const uint8_t *key, size_t size, bool seal)
{
  EVP_CIPHER_CTX *evp = EVP_CIPHER_CTX_new ();
  const EVP_CIPHER *cipher =
      size == 32 ? EVP_aes_256_gcm () : EVP_aes_128_gcm ();
  if (evp != NULL && EVP_CipherInit_ex2 (evp, cipher, key, NULL, seal, NULL))
    return evp;
  EVP_CIPHER_CTX_free (evp);
  return NULL;
}

static void
key_free (void *key)
{
  EVP_CIPHER_CTX_free (key);
}

static bool
begin (EVP_CIPHER_CTX *evp, const uint8_t *iv, const uint8_t *header,
       size_t size)
{
  int written;
  return EVP_CipherInit_ex2 (evp, NULL, NULL, iv, -1, NULL)
         && EVP_CipherUpdate (evp, NULL, &written, header, (int) size);
}

static bool
update (EVP_CIPHER_CTX *evp, uint8_t *data, size_t size)
{
  int written;
  return size == 0 || EVP_CipherUpdate (evp, data, &written, data, (int) size);
}

static bool
seal (void *key, const uint8_t *iv, uint8_t *packet, size_t header_size,
      size_t size)
{
  uint8_t *tag = packet + header_size + size;
  int written;
  return begin (key, iv, packet, header_size)
         && update (key, packet + header_size, size)
         && EVP_CipherFinal_ex (key, tag, &written)
         && EVP_CIPHER_CTX_ctrl (key, EVP_CTRL_AEAD_GET_TAG, YL_GCM_TAG_SIZE,
                                 tag)
                > 0;
}

static bool
open (void *key, const uint8_t *iv, uint8_t *packet, size_t header_size,
      size_t size)
{
  uint8_t *tag = packet + header_size + size;
  int written;
  return begin (key, iv, packet, header_size)
         && update (key, packet + header_size, size)
         && EVP_CIPHER_CTX_ctrl (key, EVP_CTRL_AEAD_SET_TAG, YL_GCM_TAG_SIZE,
                                 tag)
                > 0
         && EVP_CipherFinal_ex (key, tag, &written) > 0;
}

const YlGcm *
yl_gcm_openssl (void)
{
  static const YlGcm gcm = { "openssl", key_new, key_free, seal, open };
  return &gcm;
}
