/* derive.c: session keys from a master key */
#include "srtp/derive.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

#define BLOCK 16

/* The pseudo-random function is AES in counter mode over the salt with the
 * label in octet 7; a 12-octet salt counts as if followed by zeros. */
bool
yl_srtp_derive (const YlSrtpKeying *keying, YlSrtpLabel label, uint8_t *out,
                size_t size)
{
  const size_t key_size = yl_srtp_profile_key_size (keying->profile);
  uint8_t iv[BLOCK] = { 0 };
  int written = 0;
  memcpy (iv, keying->salt, yl_srtp_profile_salt_size (keying->profile));
  iv[7] ^= (uint8_t) label;
  memset (out, 0, size);
  EVP_CIPHER_CTX *prf = key_size > 0 ? EVP_CIPHER_CTX_new () : NULL;
  const bool ok = prf != NULL
                  && EVP_EncryptInit_ex2 (prf,
                                          key_size == 32 ? EVP_aes_256_ctr ()
                                                         : EVP_aes_128_ctr (),
                                          keying->key, iv, NULL)
                  && EVP_EncryptUpdate (prf, out, &written, out, (int) size);
  EVP_CIPHER_CTX_free (prf);
  OPENSSL_cleanse (iv, sizeof iv);
  return ok;
}
