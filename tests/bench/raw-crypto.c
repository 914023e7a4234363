/* raw-crypto.c: AEAD_AES_128_GCM of SRTP with nothing around it */
#include "raw-crypto.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>

#ifdef HAVE_CONFIG_H
#  include "config.h"
#endif
#ifdef HAVE_IPSEC_MB
#  include <intel-ipsec-mb.h>
static IMB_MGR *manager; /* NULL: EVP is used */
#endif

/* Labels of the key derivation (RFC 3711, 4.3.2). */
enum { LABEL_KEY = 0, LABEL_SALT = 2 };

bool
raw_crypto_use_ipsec_mb (void)
{
#ifdef HAVE_IPSEC_MB
  manager = alloc_mb_mgr (0);
  if (manager == NULL)
    return false;
  init_mb_mgr_auto (manager, NULL);
  return imb_get_errno (manager) == 0;
#else
  return false;
#endif
}

static bool
derive (EVP_CIPHER_CTX *prf, const uint8_t master[RAW_MASTER_SIZE],
        uint8_t label, uint8_t *out, int size)
{
  uint8_t iv[16] = { 0 };
  int written;
  memcpy (iv, master + 16, RAW_IV_SIZE);
  iv[7] ^= label;
  memset (out, 0, (size_t) size);
  return EVP_EncryptInit_ex2 (prf, EVP_aes_128_ctr (), master, iv, NULL)
         && EVP_EncryptUpdate (prf, out, &written, out, size);
}

static bool
set_key (RawKey *self, const uint8_t key[16], bool seal)
{
#ifdef HAVE_IPSEC_MB
  if (manager != NULL) {
    const size_t size = (sizeof (struct gcm_key_data) + 63) & ~(size_t) 63;
    self->ipsec_mb = aligned_alloc (64, size);
    if (self->ipsec_mb != NULL)
      IMB_AES128_GCM_PRE (manager, key, self->ipsec_mb);
    return self->ipsec_mb != NULL;
  }
#endif
  /* Fetched once: looking it up for each context costs more than the key. */
  static EVP_CIPHER *gcm;
  if (gcm == NULL)
    gcm = EVP_CIPHER_fetch (NULL, "AES-128-GCM", NULL);
  self->evp = EVP_CIPHER_CTX_new ();
  return self->evp != NULL
         && EVP_CipherInit_ex2 (self->evp, gcm, key, NULL, seal, NULL);
}

bool
raw_key_init (RawKey *self, const uint8_t master[RAW_MASTER_SIZE], bool seal)
{
  uint8_t key[16];
  EVP_CIPHER_CTX *prf = EVP_CIPHER_CTX_new ();
  memset (self, 0, sizeof *self);
  const bool ok = prf != NULL
                  && derive (prf, master, LABEL_KEY, key, sizeof key)
                  && derive (prf, master, LABEL_SALT, self->salt, RAW_IV_SIZE)
                  && set_key (self, key, seal);
  EVP_CIPHER_CTX_free (prf);
  OPENSSL_cleanse (key, sizeof key);
  if (!ok)
    raw_key_clear (self);
  return ok;
}

void
raw_key_clear (RawKey *self)
{
  EVP_CIPHER_CTX_free (self->evp);
  free (self->ipsec_mb);
  memset (self, 0, sizeof *self);
}

void
raw_key_iv (const RawKey *self, uint32_t ssrc, uint8_t iv[RAW_IV_SIZE])
{
  memcpy (iv, self->salt, RAW_IV_SIZE);
  for (unsigned i = 0; i < 4; i++)
    iv[2 + i] ^= (uint8_t) (ssrc >> (24 - 8 * i));
}

/* A parameter sets the whole IV at about half the cost of
 * EVP_CipherInit_ex(), which asks the provider for its length first. */
#define IV_PARAM(iv)                                    \
  {                                                     \
    .key = OSSL_CIPHER_PARAM_AEAD_TLS1_IV_FIXED,        \
    .data_type = OSSL_PARAM_OCTET_STRING, .data = (iv), \
    .data_size = (size_t) -1                            \
  }
#define TAG_PARAM(tag)                                                       \
  {                                                                          \
    .key = OSSL_CIPHER_PARAM_AEAD_TAG, .data_type = OSSL_PARAM_OCTET_STRING, \
    .data = (tag), .data_size = RAW_TAG_SIZE                                 \
  }

bool
raw_key_seal (RawKey *self, uint8_t iv[RAW_IV_SIZE], const uint8_t *header,
              size_t header_size, const uint8_t *in, size_t size, uint8_t *out)
{
#ifdef HAVE_IPSEC_MB
  if (self->ipsec_mb != NULL) {
    struct gcm_context_data context;
    IMB_AES128_GCM_ENC (manager, self->ipsec_mb, &context, out, in, size, iv,
                        header, header_size, out + size, RAW_TAG_SIZE);
    return true;
  }
#endif
  const OSSL_PARAM set[] = { IV_PARAM (iv), OSSL_PARAM_END };
  OSSL_PARAM get[] = { TAG_PARAM (out + size), OSSL_PARAM_END };
  return EVP_CIPHER_CTX_set_params (self->evp, set)
         && EVP_Cipher (self->evp, NULL, header, (unsigned) header_size) >= 0
         && EVP_Cipher (self->evp, out, in, (unsigned) size) >= 0
         && EVP_Cipher (self->evp, NULL, NULL, 0) >= 0
         && EVP_CIPHER_CTX_get_params (self->evp, get);
}

bool
raw_key_open (RawKey *self, uint8_t iv[RAW_IV_SIZE], const uint8_t *header,
              size_t header_size, uint8_t *data, size_t size)
{
  uint8_t *tag = data + size;
#ifdef HAVE_IPSEC_MB
  if (self->ipsec_mb != NULL) {
    struct gcm_context_data context;
    uint8_t found[RAW_TAG_SIZE];
    IMB_AES128_GCM_DEC (manager, self->ipsec_mb, &context, data, data, size, iv,
                        header, header_size, found, sizeof found);
    return CRYPTO_memcmp (found, tag, sizeof found) == 0;
  }
#endif
  const OSSL_PARAM set[] = { IV_PARAM (iv), TAG_PARAM (tag), OSSL_PARAM_END };
  return EVP_CIPHER_CTX_set_params (self->evp, set)
         && EVP_Cipher (self->evp, NULL, header, (unsigned) header_size) >= 0
         && EVP_Cipher (self->evp, data, data, (unsigned) size) >= 0
         && EVP_Cipher (self->evp, NULL, NULL, 0) >= 0;
}
