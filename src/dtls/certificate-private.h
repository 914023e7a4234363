/* certificate-private.h: what only this folder sees of a certificate */
#pragma once

#include "dtls/certificate.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

struct YlDtlsCertificate {
  EVP_PKEY *key;
  X509 *x509;
  uint8_t sha256[YL_DTLS_SHA256_SIZE];
  char fingerprint[3 * YL_DTLS_SHA256_SIZE]; /* with NUL */
};

/* Sets @error to what failed and why OpenSSL says it did. */
void yl_dtls_set_error (GError **error, const char *what);
