/* certificate.c: the gateway's own DTLS certificate and its fingerprint */
#include "dtls/certificate.h"

#include "dtls/certificate-private.h"

#include <openssl/err.h>
#include <openssl/rand.h>
#include <stdbool.h>

#define VALID_DAYS (10 * 365)

G_DEFINE_QUARK (yl_dtls_error, yl_dtls_error)

void
yl_dtls_set_error (GError **error, const char *what)
{
  char text[256];
  ERR_error_string_n (ERR_peek_last_error (), text, sizeof text);
  ERR_clear_error ();
  g_set_error (error, YL_DTLS_ERROR, YL_DTLS_ERROR_OPENSSL, "%s: %s", what,
               text);
}

/* The name tells nothing: browsers show it to nobody and check nothing. */
static bool
fill_in (X509 *x509, EVP_PKEY *key)
{
  static const unsigned char name[] = "WebRTC";
  uint64_t serial = 0;
  X509_NAME *subject = X509_get_subject_name (x509);
  return RAND_bytes ((unsigned char *) &serial, sizeof serial) == 1
         && X509_set_version (x509, X509_VERSION_3)
         && ASN1_INTEGER_set_uint64 (X509_get_serialNumber (x509),
                                     serial >> 1 | 1)
         && X509_time_adj_ex (X509_getm_notBefore (x509), -1, 0, NULL) != NULL
         && X509_time_adj_ex (X509_getm_notAfter (x509), VALID_DAYS, 0, NULL)
                != NULL
         && X509_NAME_add_entry_by_txt (subject, "CN", MBSTRING_ASC, name, -1,
                                        -1, 0)
         && X509_set_issuer_name (x509, subject) && X509_set_pubkey (x509, key)
         && X509_sign (x509, key, EVP_sha256 ()) > 0;
}

static void
write_fingerprint (YlDtlsCertificate *self)
{
  for (size_t i = 0; i < YL_DTLS_SHA256_SIZE; i++) {
    char *at = self->fingerprint + 3 * i;
    g_snprintf (at, 3, "%02X", self->sha256[i]);
    at[2] = i + 1 < YL_DTLS_SHA256_SIZE ? ':' : '\0';
  }
}

YlDtlsCertificate *
yl_dtls_certificate_new (GError **error)
{
  g_autoptr (YlDtlsCertificate) self = g_new0 (YlDtlsCertificate, 1);
  self->key = EVP_EC_gen ("P-256");
  self->x509 = X509_new ();
  if (self->key == NULL || self->x509 == NULL
      || !fill_in (self->x509, self->key)
      || !X509_digest (self->x509, EVP_sha256 (), self->sha256, NULL)) {
    yl_dtls_set_error (error, "cannot make a certificate");
    return NULL;
  }
  write_fingerprint (self);
  return g_steal_pointer (&self);
}

void
yl_dtls_certificate_free (YlDtlsCertificate *self)
{
  if (self == NULL)
    return;
  EVP_PKEY_free (self->key);
  X509_free (self->x509);
  g_free (self);
}

const uint8_t *
yl_dtls_certificate_sha256 (const YlDtlsCertificate *self)
{
  return self->sha256;
}

const char *
yl_dtls_certificate_fingerprint (const YlDtlsCertificate *self)
{
  return self->fingerprint;
}
