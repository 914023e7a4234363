#include "dtls/certificate.h"

#include "dtls/certificate-private.h"

#include <string.h>

static void
test_fingerprint (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (YlDtlsCertificate) certificate = yl_dtls_certificate_new (&error);
  g_assert_no_error (error);
  g_autofree uint8_t *der = NULL;
  unsigned char *end;
  const int size = i2d_X509 (certificate->x509, NULL);
  der = end = g_malloc ((size_t) size);
  i2d_X509 (certificate->x509, &end);
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_checksum_update (sum, der, size);
  uint8_t sha256[YL_DTLS_SHA256_SIZE];
  size_t n = sizeof sha256;
  g_checksum_get_digest (sum, sha256, &n);
  g_assert_cmpmem (yl_dtls_certificate_sha256 (certificate), n, sha256, n);

  const char *text = yl_dtls_certificate_fingerprint (certificate);
  g_assert_cmpuint (strlen (text), ==, 95);
  for (size_t i = 0; i < n; i++) {
    g_autofree char *hex = g_strdup_printf ("%02X", sha256[i]);
    g_assert_true (strncmp (text + 3 * i, hex, 2) == 0);
    g_assert_true (text[3 * i + 2] == (i + 1 < n ? ':' : '\0'));
  }
}

static void
test_contents (void)
{
  g_autoptr (YlDtlsCertificate) certificate = yl_dtls_certificate_new (NULL);
  X509 *x509 = certificate->x509;
  g_assert_cmpint (EVP_PKEY_get_bits (X509_get0_pubkey (x509)), ==, 256);
  g_assert_cmpint (X509_verify (x509, certificate->key), ==, 1);
  g_assert_cmpint (X509_cmp_current_time (X509_get0_notBefore (x509)), <, 0);
  g_assert_cmpint (X509_cmp_current_time (X509_get0_notAfter (x509)), >, 0);
}

static void
test_unlike_another (void)
{
  g_autoptr (YlDtlsCertificate) a = yl_dtls_certificate_new (NULL);
  g_autoptr (YlDtlsCertificate) b = yl_dtls_certificate_new (NULL);
  g_assert_cmpstr (yl_dtls_certificate_fingerprint (a), !=,
                   yl_dtls_certificate_fingerprint (b));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dtls/certificate/fingerprint", test_fingerprint);
  g_test_add_func ("/dtls/certificate/contents", test_contents);
  g_test_add_func ("/dtls/certificate/unlike-another", test_unlike_another);
  return g_test_run ();
}
