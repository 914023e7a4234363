/* Our end after its handshake, with all of OpenSSL on the other side. */
#include "dtls/record-keys.h"

#include "dtls/context.h"
#include "dtls/datagram-bio.h"
#include "dtls/dtls.h"

#include <malloc.h>
#include <string.h>

static const char *const ciphers[] = {
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-CHACHA20-POLY1305",
};

typedef struct {
  YlDtlsCertificate *certificate;
  YlDtlsContext *context;
  SSL_CTX *other_ctx;
  YlDtls *dtls;
  SSL *other;
  YlDatagramQueue queue; /* of the other end */
  bool lose;             /* what we send */
} Fixture;

static int
trust (X509_STORE_CTX *store, void *unused)
{
  return 1;
}

static void
make_other (Fixture *f, const char *cipher)
{
  f->other_ctx = SSL_CTX_new (DTLS_method ());
  SSL_CTX_set_cert_verify_callback (f->other_ctx, trust, NULL);
  g_assert_true (SSL_CTX_use_certificate (
      f->other_ctx, SSL_CTX_get0_certificate (f->context->ssl_ctx)));
  g_assert_true (SSL_CTX_use_PrivateKey (
      f->other_ctx, SSL_CTX_get0_privatekey (f->context->ssl_ctx)));
  g_assert_true (SSL_CTX_set_cipher_list (f->other_ctx, cipher));
  SSL_CTX_set_tlsext_use_srtp (f->other_ctx, "SRTP_AEAD_AES_128_GCM");
  SSL_CTX_set_options (f->other_ctx, SSL_OP_NO_QUERY_MTU);
  f->other = SSL_new (f->other_ctx);
  yl_datagram_queue_init (&f->queue);
  BIO *bio = yl_datagram_bio_new (&f->queue);
  SSL_set_bio (f->other, bio, bio);
  SSL_set_mtu (f->other, YL_DTLS_MTU);
}

/* Lets the other end read one datagram. */
static void
hand_over (Fixture *f, const uint8_t *data, size_t size)
{
  uint8_t ignored[64];
  f->queue.input = data;
  f->queue.input_size = size;
  SSL_read (f->other, ignored, sizeof ignored);
  f->queue.input = NULL;
}

static void
settle (Fixture *f)
{
  const uint8_t *data;
  size_t size;
  bool any = true;
  while (any) {
    any = false;
    YlDatagram *out;
    while ((out = g_queue_pop_head (&f->queue.output)) != NULL) {
      any = true;
      yl_dtls_receive (f->dtls, out->data, out->size, 0);
      g_free (out);
    }
    while ((size = yl_dtls_poll_transmit (f->dtls, &data)) > 0) {
      any = true;
      if (!f->lose)
        hand_over (f, data, size);
    }
  }
}

static void
set_up (Fixture *f, YlDtlsRole role, const char *cipher)
{
  uint8_t sha256[1][YL_DTLS_SHA256_SIZE];
  YlDtlsEvent event;
  memset (f, 0, sizeof *f);
  f->certificate = yl_dtls_certificate_new (NULL);
  f->context = yl_dtls_context_new (f->certificate, NULL);
  make_other (f, cipher);
  memcpy (sha256[0], yl_dtls_certificate_sha256 (f->certificate),
          sizeof sha256[0]);
  f->dtls = yl_dtls_new (f->context, role,
                         (const uint8_t (*)[YL_DTLS_SHA256_SIZE]) sha256, 1, 0);
  if (role == YL_DTLS_CLIENT) {
    SSL_set_accept_state (f->other);
  } else {
    SSL_set_connect_state (f->other);
    SSL_do_handshake (f->other);
  }
  settle (f);
  g_assert_true (SSL_is_init_finished (f->other));
  g_assert_cmpstr (SSL_get_cipher_name (f->other), ==, cipher);
  g_assert_true (yl_dtls_poll_event (f->dtls, &event));
  g_assert_cmpint (event.kind, ==, YL_DTLS_EVENT_CONNECTED);
}

static void
tear_down (Fixture *f)
{
  yl_dtls_free (f->dtls);
  SSL_free (f->other);
  yl_datagram_queue_clear (&f->queue);
  SSL_CTX_free (f->other_ctx);
  yl_dtls_context_free (f->context);
  yl_dtls_certificate_free (f->certificate);
}

/* Each cipher, in either role. */
static void
for_all (void (*check) (Fixture *f))
{
  for (size_t i = 0; i < G_N_ELEMENTS (ciphers); i++)
    for (int role = YL_DTLS_SERVER; role <= YL_DTLS_CLIENT; role++) {
      Fixture f;
      g_test_message ("%s, role %d", ciphers[i], role);
      set_up (&f, (YlDtlsRole) role, ciphers[i]);
      check (&f);
      tear_down (&f);
    }
}

static void
assert_closed (Fixture *f)
{
  YlDtlsEvent event;
  g_assert_true (yl_dtls_poll_event (f->dtls, &event));
  g_assert_cmpint (event.kind, ==, YL_DTLS_EVENT_CLOSED);
  g_assert_false (yl_dtls_poll_event (f->dtls, &event));
}

static void
assert_alive (Fixture *f)
{
  YlDtlsEvent event;
  g_assert_true (yl_dtls_is_connected (f->dtls));
  g_assert_false (yl_dtls_poll_event (f->dtls, &event));
}

static void
check_we_close (Fixture *f)
{
  yl_dtls_close (f->dtls);
  settle (f);
  g_assert_true (SSL_get_shutdown (f->other) & SSL_RECEIVED_SHUTDOWN);
}

static void
test_we_close (void)
{
  for_all (check_we_close);
}

static void
check_they_close (Fixture *f)
{
  SSL_shutdown (f->other);
  settle (f);
  assert_closed (f);
  /* and are told that we know */
  g_assert_true (SSL_get_shutdown (f->other) & SSL_RECEIVED_SHUTDOWN);
}

static void
test_they_close (void)
{
  for_all (check_they_close);
}

/* One bit anywhere in the good-bye, and it is nobody's. */
static void
check_forged (Fixture *f)
{
  SSL_shutdown (f->other);
  g_autofree YlDatagram *good_bye = g_queue_pop_head (&f->queue.output);
  for (size_t i = 0; i < good_bye->size; i++) {
    good_bye->data[i] ^= 1;
    yl_dtls_receive (f->dtls, good_bye->data, good_bye->size, 0);
    assert_alive (f);
    good_bye->data[i] ^= 1;
  }
  for (size_t size = 0; size < good_bye->size; size++)
    yl_dtls_receive (f->dtls, good_bye->data, size, 0);
  yl_dtls_receive (f->dtls, good_bye->data, good_bye->size, 0);
  assert_closed (f);
}

static void
test_forged (void)
{
  for_all (check_forged);
}

/* Data and another handshake are neither offered nor answered. */
static void
check_unwanted (Fixture *f)
{
  const uint8_t *data;
  g_assert_cmpint (SSL_write (f->other, "hello", 5), ==, 5);
  settle (f);
  assert_alive (f);
  SSL_renegotiate (f->other);
  SSL_do_handshake (f->other);
  f->lose = true;
  settle (f);
  assert_alive (f);
  g_assert_cmpuint (yl_dtls_poll_transmit (f->dtls, &data), ==, 0);
  g_assert_cmpuint (yl_dtls_dropped (f->dtls), >=, 2);
}

static void
test_unwanted (void)
{
  for_all (check_unwanted);
}

/* What is kept of an association is little: OpenSSL's part is gone. */
static void
test_small (void)
{
  enum { N = 20, LIMIT = 2048 };
  Fixture f[N + 1];
  set_up (&f[N], YL_DTLS_SERVER, ciphers[0]); /* what is made once */
  for (size_t i = 0; i < N; i++)
    set_up (&f[i], YL_DTLS_SERVER, ciphers[0]);
  const struct mallinfo2 before = mallinfo2 ();
  for (size_t i = 0; i < N; i++)
    g_clear_pointer (&f[i].dtls, yl_dtls_free);
  const struct mallinfo2 after = mallinfo2 ();
  const size_t each = (before.uordblks - after.uordblks) / N;
  g_test_message ("an association holds %zu octets", each);
  g_assert_cmpuint (each, <=, LIMIT);
  for (size_t i = 0; i <= N; i++)
    tear_down (&f[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dtls/record-keys/we-close", test_we_close);
  g_test_add_func ("/dtls/record-keys/they-close", test_they_close);
  g_test_add_func ("/dtls/record-keys/forged", test_forged);
  g_test_add_func ("/dtls/record-keys/unwanted", test_unwanted);
  g_test_add_func ("/dtls/record-keys/small", test_small);
  return g_test_run ();
}
