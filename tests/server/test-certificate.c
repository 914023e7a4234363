#include "server/certificate.h"
#include "server/listener.h"

#include <glib/gstdio.h>
#include <string.h>

#define DAY_MS INT64_C (86400000)
#define NOW_MS INT64_C (1700000000000) /* 2023-11-14 22:13 UTC */

typedef struct {
  char *folder;
  char *certificate;
  char *key;
} Fixture;

static void
set_up (Fixture *self, const void *data)
{
  const char *names[] = { "localhost", "127.0.0.1", "::1", NULL };
  g_autoptr (GError) error = NULL;
  self->folder = g_dir_make_tmp ("yilian-XXXXXX", NULL);
  self->certificate = g_build_filename (self->folder, "c.pem", NULL);
  self->key = g_build_filename (self->folder, "k.pem", NULL);
  g_assert_true (yl_certificate_make (self->certificate, self->key, names,
                                      NOW_MS, 10, &error));
  g_assert_no_error (error);
}

static void
tear_down (Fixture *self, const void *data)
{
  g_unlink (self->certificate);
  g_unlink (self->key);
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_free (self->certificate);
  g_free (self->key);
  g_free (self->folder);
}

static void
assert_refused (const Fixture *self, int64_t now_ms, const char *why)
{
  g_autoptr (GError) error = NULL;
  g_assert_false (yl_certificate_check (self->certificate, self->key, now_ms,
                                        NULL, &error));
  g_assert_error (error, YL_SERVER_ERROR, YL_SERVER_ERROR_CERTIFICATE);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, why));
}

static void
test_valid (Fixture *self, const void *data)
{
  int64_t expires_ms = 0;
  GStatBuf info;
  g_assert_true (yl_certificate_check (self->certificate, self->key, NOW_MS,
                                       &expires_ms, NULL));
  g_assert_cmpint (expires_ms, ==, NOW_MS + 10 * DAY_MS);
  g_assert_cmpint (g_stat (self->key, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
}

static void
test_expired (Fixture *self, const void *data)
{
  assert_refused (self, NOW_MS + 10 * DAY_MS + 1000,
                  "expired on 2023-11-24 22:13 UTC");
  assert_refused (self, NOW_MS - 2 * DAY_MS, "not valid before 2023-11-13");
}

static void
test_missing (Fixture *self, const void *data)
{
  g_unlink (self->key);
  assert_refused (self, NOW_MS, "k.pem");
  g_unlink (self->certificate);
  assert_refused (self, NOW_MS, "c.pem");
}

static void
test_broken (Fixture *self, const void *data)
{
  g_assert_true (g_file_set_contents (self->key, "no key", -1, NULL));
  assert_refused (self, NOW_MS, "private key");
  g_assert_true (g_file_set_contents (self->certificate, "", -1, NULL));
  assert_refused (self, NOW_MS, "no certificate");
}

static void
test_not_its_key (Fixture *self, const void *data)
{
  const char *names[] = { "other", NULL };
  g_autofree char *other = g_build_filename (self->folder, "o.pem", NULL);
  g_assert_true (
      yl_certificate_make (other, self->key, names, NOW_MS, 10, NULL));
  assert_refused (self, NOW_MS, "does not belong");
  g_unlink (other);
}

static void
add (const char *path, void (*test) (Fixture *self, const void *data))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/server/certificate/valid", test_valid);
  add ("/server/certificate/expired", test_expired);
  add ("/server/certificate/missing", test_missing);
  add ("/server/certificate/broken", test_broken);
  add ("/server/certificate/not-its-key", test_not_its_key);
  return g_test_run ();
}
