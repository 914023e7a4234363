/* context.c: what all DTLS associations share */
#include "dtls/context.h"

#include "dtls/certificate-private.h"

/* All are ECDHE with our ECDSA key; the first is the one that every WebRTC
 * implementation has (RFC 8827, 6.5). */
#define CIPHERS                                                  \
  "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:" \
  "ECDHE-ECDSA-CHACHA20-POLY1305"
#define GROUPS "X25519:P-256"
/* Ours first: the server's order decides. */
#define SRTP_PROFILES \
  "SRTP_AEAD_AES_128_GCM:SRTP_AEAD_AES_256_GCM:SRTP_AES128_CM_SHA1_80"
#define MAX_CERTIFICATES 16384 /* of the other side [octets] */

/* Replaces chain building: the certificate is trusted by its fingerprint in
 * the SDP and by nothing else (RFC 5763, 5). */
static int
verify (X509_STORE_CTX *store, void *unused)
{
  SSL *ssl =
      X509_STORE_CTX_get_ex_data (store, SSL_get_ex_data_X509_STORE_CTX_idx ());
  uint8_t sha256[YL_DTLS_SHA256_SIZE];
  if (X509_digest (X509_STORE_CTX_get0_cert (store), EVP_sha256 (), sha256,
                   NULL)
      && yl_dtls_check_peer (SSL_get_app_data (ssl), sha256))
    return 1;
  X509_STORE_CTX_set_error (store, X509_V_ERR_CERT_REJECTED);
  return 0;
}

static bool
set_up (SSL_CTX *ctx, const YlDtlsCertificate *certificate)
{
  SSL_CTX_set_options (
      ctx, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION
               | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode (ctx, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode (ctx, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_max_cert_list (ctx, MAX_CERTIFICATES);
  SSL_CTX_set_verify (ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                      NULL);
  SSL_CTX_set_cert_verify_callback (ctx, verify, NULL);
  return SSL_CTX_set_min_proto_version (ctx, DTLS1_2_VERSION)
         && SSL_CTX_set_max_proto_version (ctx, DTLS1_2_VERSION)
         && SSL_CTX_use_certificate (ctx, certificate->x509)
         && SSL_CTX_use_PrivateKey (ctx, certificate->key)
         && SSL_CTX_set_cipher_list (ctx, CIPHERS)
         && SSL_CTX_set1_groups_list (ctx, GROUPS)
         /* This one returns 0 on success. */
         && SSL_CTX_set_tlsext_use_srtp (ctx, SRTP_PROFILES) == 0;
}

YlDtlsContext *
yl_dtls_context_new (const YlDtlsCertificate *certificate, GError **error)
{
  g_autoptr (YlDtlsContext) self = g_new0 (YlDtlsContext, 1);
  self->ssl_ctx = SSL_CTX_new (DTLS_method ());
  if (self->ssl_ctx == NULL || !set_up (self->ssl_ctx, certificate)) {
    yl_dtls_set_error (error, "cannot set up DTLS");
    return NULL;
  }
  return g_steal_pointer (&self);
}

bool
yl_dtls_context_set_profile (YlDtlsContext *self, YlSrtpProfile profile)
{
  static const struct {
    YlSrtpProfile profile;
    const char *name;
  } NAMES[] = {
    { YL_SRTP_PROFILE_AEAD_AES_128_GCM, "SRTP_AEAD_AES_128_GCM" },
    { YL_SRTP_PROFILE_AEAD_AES_256_GCM, "SRTP_AEAD_AES_256_GCM" },
    { YL_SRTP_PROFILE_AES128_CM_SHA1_80, "SRTP_AES128_CM_SHA1_80" },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (NAMES); i++) {
    if (NAMES[i].profile == profile)
      return SSL_CTX_set_tlsext_use_srtp (self->ssl_ctx, NAMES[i].name) == 0;
  }
  return false;
}

void
yl_dtls_context_free (YlDtlsContext *self)
{
  if (self == NULL)
    return;
  SSL_CTX_free (self->ssl_ctx);
  g_free (self);
}
