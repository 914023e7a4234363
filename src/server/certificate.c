#include "server/certificate.h"

#include "server/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BIO, BIO_free)

#define DAY_S INT64_C (86400)

static bool fail (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static bool
fail (GError **error, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, YL_SERVER_ERROR, YL_SERVER_ERROR_CERTIFICATE,
                       text);
  return false;
}

static BIO *
read_file (const char *path, const char *what, GError **error)
{
  g_autofree char *content = NULL;
  gsize size;
  g_autoptr (GError) reason = NULL;
  if (!g_file_get_contents (path, &content, &size, &reason)) {
    fail (error, "the %s cannot be read: %s", what, reason->message);
    return NULL;
  }
  BIO *bio = BIO_new (BIO_s_mem ());
  BIO_write (bio, content, (int) MIN (size, 1u << 20));
  OPENSSL_cleanse (content, size);
  return bio;
}

static int64_t
to_ms (const ASN1_TIME *time)
{
  struct tm tm;
  return ASN1_TIME_to_tm (time, &tm) == 1 ? 1000 * (int64_t) timegm (&tm) : 0;
}

static char *
date_text (int64_t at_ms)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (at_ms / 1000);
  return g_date_time_format (time, "%Y-%m-%d %H:%M UTC");
}

bool
yl_certificate_check (const char *certificate, const char *private_key,
                      int64_t now_ms, int64_t *expires_ms, GError **error)
{
  g_autoptr (BIO) certificate_file =
      read_file (certificate, "certificate", error);
  if (certificate_file == NULL)
    return false;
  g_autoptr (BIO) key_file =
      read_file (private_key, "private key of the certificate", error);
  if (key_file == NULL)
    return false;
  g_autoptr (X509) x509 =
      PEM_read_bio_X509 (certificate_file, NULL, NULL, NULL);
  if (x509 == NULL)
    return fail (error, "'%s' holds no certificate in PEM", certificate);
  g_autoptr (EVP_PKEY) key =
      PEM_read_bio_PrivateKey (key_file, NULL, NULL, (void *) "");
  if (key == NULL)
    return fail (error, "'%s' holds no unencrypted private key in PEM",
                 private_key);
  if (X509_check_private_key (x509, key) != 1)
    return fail (error, "the private key '%s' does not belong to '%s'",
                 private_key, certificate);

  const int64_t from_ms = to_ms (X509_get0_notBefore (x509));
  const int64_t until_ms = to_ms (X509_get0_notAfter (x509));
  if (expires_ms != NULL)
    *expires_ms = until_ms;
  g_autofree char *from = date_text (from_ms);
  g_autofree char *until = date_text (until_ms);
  if (now_ms > until_ms)
    return fail (error, "the certificate '%s' expired on %s", certificate,
                 until);
  if (now_ms < from_ms)
    return fail (error, "the certificate '%s' is not valid before %s",
                 certificate, from);
  return true;
}

static bool
add_extension (X509 *x509, int nid, const char *value)
{
  X509V3_CTX context;
  X509V3_set_ctx_nodb (&context);
  X509V3_set_ctx (&context, x509, x509, NULL, NULL, 0);
  X509_EXTENSION *extension = X509V3_EXT_conf_nid (NULL, &context, nid, value);
  const bool ok = extension != NULL && X509_add_ext (x509, extension, -1) == 1;
  X509_EXTENSION_free (extension);
  return ok;
}

/* "DNS:localhost,IP:127.0.0.1" */
static char *
alternative_names (const char *const *names)
{
  GString *text = g_string_new (NULL);
  for (; *names != NULL; names++)
    g_string_append_printf (text, "%s%s:%s", text->len > 0 ? "," : "",
                            g_hostname_is_ip_address (*names) ? "IP" : "DNS",
                            *names);
  return g_string_free (text, FALSE);
}

static X509 *
make_x509 (EVP_PKEY *key, const char *const *names, int64_t now_ms, int days)
{
  g_autoptr (X509) x509 = X509_new ();
  g_autofree char *alternatives = alternative_names (names);
  uint8_t serial[16];
  if (x509 == NULL || RAND_bytes (serial, sizeof serial) != 1)
    return NULL;
  serial[0] &= 0x7f;
  BIGNUM *number = BN_bin2bn (serial, sizeof serial, NULL);
  BN_to_ASN1_INTEGER (number, X509_get_serialNumber (x509));
  BN_free (number);

  const time_t from = (time_t) (now_ms / 1000 - DAY_S);
  X509_NAME *subject = X509_get_subject_name (x509);
  const bool ok =
      X509_set_version (x509, 2) == 1
      && ASN1_TIME_set (X509_getm_notBefore (x509), from) != NULL
      && ASN1_TIME_adj (X509_getm_notAfter (x509), from, days + 1, 0) != NULL
      && X509_set_pubkey (x509, key) == 1
      && X509_NAME_add_entry_by_txt (subject, "CN", MBSTRING_UTF8,
                                     (const unsigned char *) names[0], -1, -1,
                                     0)
             == 1
      && X509_set_issuer_name (x509, subject) == 1
      && add_extension (x509, NID_basic_constraints, "critical,CA:FALSE")
      && add_extension (x509, NID_ext_key_usage, "serverAuth")
      && add_extension (x509, NID_subject_alt_name, alternatives)
      && X509_sign (x509, key, EVP_sha256 ()) > 0;
  return ok ? g_steal_pointer (&x509) : NULL;
}

static bool
write_file (const char *path, BIO *bio, int mode, GError **error)
{
  char *data;
  const long size = BIO_get_mem_data (bio, &data);
  if (g_file_set_contents_full (path, data, size,
                                G_FILE_SET_CONTENTS_CONSISTENT, mode, error))
    return true;
  g_prefix_error (error, "the certificate cannot be kept: ");
  return false;
}

bool
yl_certificate_make (const char *certificate, const char *private_key,
                     const char *const *names, int64_t now_ms, int days,
                     GError **error)
{
  g_autoptr (EVP_PKEY) key = EVP_EC_gen ("P-256");
  g_autoptr (X509) x509 =
      key != NULL ? make_x509 (key, names, now_ms, days) : NULL;
  if (x509 == NULL)
    return fail (error, "cannot make a certificate for '%s'", names[0]);
  g_autoptr (BIO) certificate_text = BIO_new (BIO_s_mem ());
  g_autoptr (BIO) key_text = BIO_new (BIO_s_secmem ());
  PEM_write_bio_X509 (certificate_text, x509);
  PEM_write_bio_PrivateKey (key_text, key, NULL, NULL, 0, NULL, NULL);
  return write_file (private_key, key_text, 0600, error)
         && write_file (certificate, certificate_text, 0644, error);
}
