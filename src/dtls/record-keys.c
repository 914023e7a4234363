/* record-keys.c: what remains of an association when its handshake is over */
#include "dtls/record-keys.h"

#include "base/writer.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <string.h>

#define VERSION 0xfefd /* DTLS 1.2 */
#define EPOCH 1
#define TAG 16
#define NONCE 12
#define GCM_EXPLICIT 8 /* of the nonce, in front of the ciphertext */
#define GCM_IMPLICIT 4

static const EVP_CIPHER *
pick_cipher (int nid)
{
  switch (nid) {
  case NID_aes_128_gcm:
    return EVP_aes_128_gcm ();
  case NID_aes_256_gcm:
    return EVP_aes_256_gcm ();
  case NID_chacha20_poly1305:
    return EVP_chacha20_poly1305 ();
  default:
    return NULL;
  }
}

static bool
is_gcm (const YlDtlsRecordKeys *self)
{
  return self->cipher != NID_chacha20_poly1305;
}

static size_t
iv_size (const YlDtlsRecordKeys *self)
{
  return is_gcm (self) ? GCM_IMPLICIT : NONCE;
}

/* ---- key expansion (RFC 5246, 6.3) ---- */

typedef struct {
  uint8_t master[SSL_MAX_MASTER_KEY_LENGTH];
  size_t master_size;
  uint8_t randoms[2 * SSL3_RANDOM_SIZE]; /* the server's first */
  const char *digest;
} Secrets;

static bool
read_secrets (Secrets *secrets, SSL *ssl)
{
  const EVP_MD *digest =
      SSL_CIPHER_get_handshake_digest (SSL_get_current_cipher (ssl));
  secrets->master_size = SSL_SESSION_get_master_key (
      SSL_get_session (ssl), secrets->master, sizeof secrets->master);
  SSL_get_server_random (ssl, secrets->randoms, SSL3_RANDOM_SIZE);
  SSL_get_client_random (ssl, secrets->randoms + SSL3_RANDOM_SIZE,
                         SSL3_RANDOM_SIZE);
  secrets->digest = digest != NULL ? EVP_MD_get0_name (digest) : NULL;
  return secrets->digest != NULL && secrets->master_size > 0;
}

static bool
expand (Secrets *secrets, uint8_t *block, size_t size)
{
  static const char label[] = "key expansion";
  const OSSL_PARAM params[] = {
    OSSL_PARAM_construct_utf8_string (OSSL_KDF_PARAM_DIGEST,
                                      (char *) secrets->digest, 0),
    OSSL_PARAM_construct_octet_string (OSSL_KDF_PARAM_SECRET, secrets->master,
                                       secrets->master_size),
    OSSL_PARAM_construct_octet_string (OSSL_KDF_PARAM_SEED, (char *) label,
                                       sizeof label - 1),
    OSSL_PARAM_construct_octet_string (OSSL_KDF_PARAM_SEED, secrets->randoms,
                                       sizeof secrets->randoms),
    OSSL_PARAM_construct_end (),
  };
  EVP_KDF *kdf = EVP_KDF_fetch (NULL, "TLS1-PRF", NULL);
  EVP_KDF_CTX *ctx = EVP_KDF_CTX_new (kdf);
  const bool ok = ctx != NULL && EVP_KDF_derive (ctx, block, size, params) > 0;
  EVP_KDF_CTX_free (ctx);
  EVP_KDF_free (kdf);
  return ok;
}

/* Both keys, then both implicit nonces, the client's first. */
static void
take_block (YlDtlsRecordKeys *self, const uint8_t *block, bool server)
{
  const size_t key_size =
      (size_t) EVP_CIPHER_get_key_length (pick_cipher (self->cipher));
  const uint8_t *ivs = block + 2 * key_size;
  memcpy (self->local.key, block + server * key_size, key_size);
  memcpy (self->remote.key, block + !server * key_size, key_size);
  memcpy (self->local.iv, ivs + server * iv_size (self), iv_size (self));
  memcpy (self->remote.iv, ivs + !server * iv_size (self), iv_size (self));
}

bool
yl_dtls_record_keys_take (YlDtlsRecordKeys *self, SSL *ssl, uint64_t next_seq)
{
  Secrets secrets;
  uint8_t block[2 * (sizeof self->local.key + sizeof self->local.iv)];
  memset (self, 0, sizeof *self);
  self->cipher = SSL_CIPHER_get_cipher_nid (SSL_get_current_cipher (ssl));
  self->next_seq = next_seq;
  const bool ok = pick_cipher (self->cipher) != NULL
                  && read_secrets (&secrets, ssl)
                  && expand (&secrets, block, sizeof block);
  if (ok)
    take_block (self, block, SSL_is_server (ssl));
  OPENSSL_cleanse (&secrets, sizeof secrets);
  OPENSSL_cleanse (block, sizeof block);
  return ok;
}

void
yl_dtls_record_keys_clear (YlDtlsRecordKeys *self)
{
  OPENSSL_cleanse (self, sizeof *self);
}

/* ---- one alert ---- */

/* What is authenticated besides the text is the header with the size of the
 * plain text (RFC 5246, 6.2.3.3; RFC 6347, 4.1.2.1). */
static void
write_header (uint8_t header[YL_DTLS_RECORD_HEADER], uint64_t seq, size_t size)
{
  YlWriter out = yl_writer_init (header, YL_DTLS_RECORD_HEADER);
  yl_writer_u8 (&out, YL_DTLS_ALERT);
  yl_writer_u16 (&out, VERSION);
  yl_writer_u64 (&out, (uint64_t) EPOCH << 48 | seq);
  yl_writer_u16 (&out, (uint16_t) size);
}

static void
write_aad (uint8_t aad[YL_DTLS_RECORD_HEADER], const uint8_t *header)
{
  memcpy (aad, header + 3, 8);
  memcpy (aad + 8, header, 3);
  yl_write_u16 (aad + 11, YL_DTLS_ALERT_SIZE);
}

/* @number: the explicit nonce of GCM, epoch and sequence of the other. */
static void
write_nonce (const YlDtlsRecordKeys *self, const uint8_t *iv,
             const uint8_t number[8], uint8_t nonce[NONCE])
{
  memcpy (nonce, iv, iv_size (self));
  for (size_t i = 0; i < 8; i++)
    nonce[4 + i] =
        is_gcm (self) ? number[i] : (uint8_t) (iv[4 + i] ^ number[i]);
}

size_t
yl_dtls_record_seal_alert (YlDtlsRecordKeys *self,
                           const uint8_t alert[YL_DTLS_ALERT_SIZE],
                           uint8_t out[YL_DTLS_ALERT_RECORD_MAX])
{
  const size_t explicit_size = is_gcm (self) ? GCM_EXPLICIT : 0;
  const size_t body = explicit_size + YL_DTLS_ALERT_SIZE + TAG;
  uint8_t *number = out + 3; /* epoch and sequence */
  uint8_t *text = out + YL_DTLS_RECORD_HEADER + explicit_size;
  uint8_t aad[YL_DTLS_RECORD_HEADER], nonce[NONCE];
  int n;
  write_header (out, self->next_seq++, body);
  memcpy (out + YL_DTLS_RECORD_HEADER, number, explicit_size);
  write_aad (aad, out);
  write_nonce (self, self->local.iv, number, nonce);

  EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new ();
  const bool ok =
      ctx != NULL
      && EVP_EncryptInit_ex2 (ctx, pick_cipher (self->cipher), self->local.key,
                              nonce, NULL)
      && EVP_EncryptUpdate (ctx, NULL, &n, aad, sizeof aad)
      && EVP_EncryptUpdate (ctx, text, &n, alert, YL_DTLS_ALERT_SIZE)
      && EVP_EncryptFinal_ex (ctx, text + n, &n)
      && EVP_CIPHER_CTX_ctrl (ctx, EVP_CTRL_AEAD_GET_TAG, TAG,
                              text + YL_DTLS_ALERT_SIZE)
             > 0;
  EVP_CIPHER_CTX_free (ctx);
  return ok ? YL_DTLS_RECORD_HEADER + body : 0;
}

bool
yl_dtls_record_open_alert (const YlDtlsRecordKeys *self, const uint8_t *record,
                           size_t size, uint8_t alert[YL_DTLS_ALERT_SIZE])
{
  const size_t explicit_size = is_gcm (self) ? GCM_EXPLICIT : 0;
  if (size != YL_DTLS_RECORD_HEADER + explicit_size + YL_DTLS_ALERT_SIZE + TAG
      || record[0] != YL_DTLS_ALERT)
    return false;
  const uint8_t *text = record + YL_DTLS_RECORD_HEADER + explicit_size;
  uint8_t aad[YL_DTLS_RECORD_HEADER], nonce[NONCE];
  uint8_t plain[YL_DTLS_ALERT_SIZE], tag[TAG];
  int n;
  memcpy (tag, text + YL_DTLS_ALERT_SIZE, TAG);
  write_aad (aad, record);
  write_nonce (self, self->remote.iv,
               is_gcm (self) ? record + YL_DTLS_RECORD_HEADER : record + 3,
               nonce);

  EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new ();
  const bool ok =
      ctx != NULL
      && EVP_DecryptInit_ex2 (ctx, pick_cipher (self->cipher), self->remote.key,
                              nonce, NULL)
      && EVP_DecryptUpdate (ctx, NULL, &n, aad, sizeof aad)
      && EVP_DecryptUpdate (ctx, plain, &n, text, YL_DTLS_ALERT_SIZE)
      && EVP_CIPHER_CTX_ctrl (ctx, EVP_CTRL_AEAD_SET_TAG, TAG, tag) > 0
      && EVP_DecryptFinal_ex (ctx, plain + n, &n) > 0;
  EVP_CIPHER_CTX_free (ctx);
  if (ok)
    memcpy (alert, plain, sizeof plain);
  return ok;
}
