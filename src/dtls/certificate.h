/* certificate.h: the gateway's own DTLS certificate and its fingerprint */
#pragma once

#include <glib.h>
#include <stdint.h>

typedef enum {
  YL_DTLS_ERROR_OPENSSL, /* the library refused: the message says what */
} YlDtlsError;

#define YL_DTLS_ERROR (yl_dtls_error_quark ())
GQuark yl_dtls_error_quark (void);

#define YL_DTLS_SHA256_SIZE 32

/* A self-signed ECDSA P-256 certificate that lives in memory only: the SDP
 * vouches for it by its fingerprint (RFC 5763), so nothing is worth keeping
 * between two starts. Immutable after construction: any thread reads it. */
typedef struct YlDtlsCertificate YlDtlsCertificate;

/**
 * yl_dtls_certificate_new:
 * @error: %YL_DTLS_ERROR_OPENSSL
 * Returns: (transfer full): a new key and certificate, valid from one day ago
 *   for ten years; its subject says nothing about the site. Takes about 1 ms.
 */
YlDtlsCertificate *yl_dtls_certificate_new (GError **error);
void yl_dtls_certificate_free (YlDtlsCertificate *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlDtlsCertificate, yl_dtls_certificate_free)

/* SHA-256 over the DER form, YL_DTLS_SHA256_SIZE octets, borrowed. */
const uint8_t *yl_dtls_certificate_sha256 (const YlDtlsCertificate *self);

/* The same as a=fingerprint:sha-256 writes it: "AB:CD:…", borrowed. */
const char *yl_dtls_certificate_fingerprint (const YlDtlsCertificate *self);
