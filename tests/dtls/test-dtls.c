#include "dtls/dtls.h"

#include "base/time.h"
#include "dtls/context.h"
#include "link.h"

#include <string.h>

typedef struct {
  YlDtlsCertificate *certificate;
  YlDtlsContext *context;
} Side;

static Side sides[2]; /* server, client: made once, shared by all cases */

static void
make_side (Side *side)
{
  g_autoptr (GError) error = NULL;
  side->certificate = yl_dtls_certificate_new (&error);
  g_assert_no_error (error);
  side->context = yl_dtls_context_new (side->certificate, &error);
  g_assert_no_error (error);
}

/* An end that expects the certificate of @expected. */
static YlDtls *
make_end (YlDtlsRole role, const Side *expected)
{
  uint8_t sha256[2][YL_DTLS_SHA256_SIZE] = { { 0 } };
  memcpy (sha256[1], yl_dtls_certificate_sha256 (expected->certificate),
          sizeof sha256[1]);
  return yl_dtls_new (sides[role].context, role,
                      (const uint8_t (*)[YL_DTLS_SHA256_SIZE]) sha256, 2, 0);
}

static void
make_link (Link *link)
{
  link_init (link, make_end (YL_DTLS_SERVER, &sides[1]),
             make_end (YL_DTLS_CLIENT, &sides[0]));
}

static void
assert_event (YlDtls *dtls, YlDtlsEventKind kind, YlDtlsReason reason)
{
  YlDtlsEvent event;
  g_assert_true (yl_dtls_poll_event (dtls, &event));
  g_assert_cmpint (event.kind, ==, kind);
  g_assert_cmpint (event.reason, ==, reason);
}

static void
assert_no_event (YlDtls *dtls)
{
  YlDtlsEvent event;
  g_assert_false (yl_dtls_poll_event (dtls, &event));
}

static void
assert_connected (Link *link, YlSrtpProfile profile)
{
  YlSrtpKeying keying[2][2];
  for (unsigned i = 0; i < 2; i++) {
    assert_event (link->ends[i], YL_DTLS_EVENT_CONNECTED, YL_DTLS_REASON_NONE);
    assert_no_event (link->ends[i]);
    g_assert_true (
        yl_dtls_get_keying (link->ends[i], &keying[i][0], &keying[i][1]));
    g_assert_cmpuint (yl_dtls_next_deadline (link->ends[i]), ==, YL_NEVER);
  }
  /* What one sends with, the other receives with. */
  for (unsigned i = 0; i < 2; i++) {
    const YlSrtpKeying *local = &keying[0][i];
    const YlSrtpKeying *remote = &keying[1][!i];
    g_assert_cmpint (local->profile, ==, profile);
    g_assert_cmpmem (local, sizeof *local, remote, sizeof *remote);
  }
  g_assert_true (memcmp (keying[0][0].key, keying[0][1].key, 16) != 0);
}

static void
test_connect (void)
{
  Link link;
  YlSrtpKeying local, remote;
  make_link (&link);
  g_assert_false (yl_dtls_get_keying (link.ends[0], &local, &remote));
  g_assert_cmpuint (link_run (&link, 0), ==, 0);
  assert_connected (&link, YL_SRTP_PROFILE_AEAD_AES_128_GCM);
  g_assert_cmpuint (link.largest, <=, YL_DTLS_MTU);
  g_assert_cmpuint (link.sent, ==, 4);
  link_clear (&link);
}

static void
test_profiles (void)
{
  static const struct {
    const char *offered;
    YlSrtpProfile chosen;
  } cases[] = {
    { "SRTP_AES128_CM_SHA1_80", YL_SRTP_PROFILE_AES128_CM_SHA1_80 },
    { "SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_256_GCM",
      YL_SRTP_PROFILE_AEAD_AES_256_GCM },
    { "SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_256_GCM:SRTP_AEAD_AES_128_GCM",
      YL_SRTP_PROFILE_AEAD_AES_128_GCM },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    Side client;
    make_side (&client);
    g_assert_cmpint (
        SSL_CTX_set_tlsext_use_srtp (client.context->ssl_ctx, cases[i].offered),
        ==, 0);
    const Side usual = sides[1];
    sides[1] = client;
    Link link;
    make_link (&link);
    link_run (&link, 0);
    assert_connected (&link, cases[i].chosen);
    link_clear (&link);
    sides[1] = usual;
    yl_dtls_context_free (client.context);
    yl_dtls_certificate_free (client.certificate);
  }
}

static void
test_one_profile (void)
{
  static const YlSrtpProfile profiles[] = {
    YL_SRTP_PROFILE_AES128_CM_SHA1_80,
    YL_SRTP_PROFILE_AEAD_AES_256_GCM,
    YL_SRTP_PROFILE_AEAD_AES_128_GCM,
  };
  for (size_t i = 0; i < G_N_ELEMENTS (profiles); i++) {
    Side client;
    make_side (&client);
    g_assert_false (
        yl_dtls_context_set_profile (client.context, YL_SRTP_PROFILE_NONE));
    g_assert_true (yl_dtls_context_set_profile (client.context, profiles[i]));
    const Side usual = sides[1];
    sides[1] = client;
    Link link;
    make_link (&link);
    link_run (&link, 0);
    assert_connected (&link, profiles[i]);
    link_clear (&link);
    sides[1] = usual;
    yl_dtls_context_free (client.context);
    yl_dtls_certificate_free (client.certificate);
  }
}

static void
test_no_profile (void)
{
  Side client;
  make_side (&client);
  SSL_CTX_set_tlsext_use_srtp (client.context->ssl_ctx,
                               "SRTP_AES128_CM_SHA1_32");
  const Side usual = sides[1];
  sides[1] = client;
  Link link;
  make_link (&link);
  link_run (&link, 0);
  assert_event (link.ends[0], YL_DTLS_EVENT_FAILED, YL_DTLS_REASON_PROFILE);
  assert_no_event (link.ends[0]);
  link_clear (&link);
  sides[1] = usual;
  yl_dtls_context_free (client.context);
  yl_dtls_certificate_free (client.certificate);
}

/* Either side may be the one that was lied to; keys never come out. */
static void
test_wrong_fingerprint (void)
{
  for (unsigned deceived = 0; deceived < 2; deceived++) {
    Link link;
    YlSrtpKeying local, remote;
    link_init (&link, make_end (YL_DTLS_SERVER, &sides[deceived != 0]),
               make_end (YL_DTLS_CLIENT, &sides[deceived == 1]));
    link_run (&link, 60 * YL_US_PER_S);
    assert_event (link.ends[deceived], YL_DTLS_EVENT_FAILED,
                  YL_DTLS_REASON_FINGERPRINT);
    assert_no_event (link.ends[deceived]);
    g_assert_false (yl_dtls_get_keying (link.ends[deceived], &local, &remote));
    /* The other one learns by the alert. */
    assert_event (link.ends[!deceived], YL_DTLS_EVENT_FAILED,
                  YL_DTLS_REASON_HANDSHAKE);
    link_clear (&link);
  }
}

static void
test_no_certificate (void)
{
  SSL_CTX *bare = SSL_CTX_new (DTLS_method ());
  SSL_CTX_set_tlsext_use_srtp (bare, "SRTP_AEAD_AES_128_GCM");
  SSL_CTX *usual = sides[1].context->ssl_ctx;
  sides[1].context->ssl_ctx = bare;
  Link link;
  make_link (&link);
  link_run (&link, 0);
  assert_event (link.ends[0], YL_DTLS_EVENT_FAILED, YL_DTLS_REASON_HANDSHAKE);
  link_clear (&link);
  sides[1].context->ssl_ctx = usual;
  SSL_CTX_free (bare);
}

/* Browsers send a ClientHello larger than a datagram: fill ours with 2000
 * octets of ALPN, so that it must be split. */
static void
test_fragmented_hello (void)
{
  SSL_CTX *ctx = sides[1].context->ssl_ctx;
  uint8_t protocols[8 * 250];
  for (size_t i = 0; i < sizeof protocols; i++)
    protocols[i] = i % 250 == 0 ? 249 : 'x';
  g_assert_cmpint (SSL_CTX_set_alpn_protos (ctx, protocols, sizeof protocols),
                   ==, 0);
  Link link;
  make_link (&link);
  link_settle (&link);
  assert_connected (&link, YL_SRTP_PROFILE_AEAD_AES_128_GCM);
  g_assert_cmpuint (link.sent, ==, 5);
  g_assert_cmpuint (link.largest, <=, YL_DTLS_MTU);
  link_clear (&link);
  SSL_CTX_set_alpn_protos (ctx, NULL, 0);
}

static LinkFate
random_fate (Link *link, const uint8_t *data, size_t size)
{
  const int dice = g_rand_int_range (link->rand, 0, 100);
  return dice < 25   ? LINK_DROP
         : dice < 40 ? LINK_REPEAT
         : dice < 60 ? LINK_LATE
                     : LINK_PASS;
}

/* A quarter lost, some twice, some out of order. */
static void
test_lossy (void)
{
  uint64_t slowest_us = 0;
  for (uint32_t seed = 0; seed < 60; seed++) {
    Link link;
    make_link (&link);
    link.fate = random_fate;
    g_rand_set_seed (link.rand, seed);
    g_test_message ("seed %u", seed);
    const uint64_t took_us = link_run (&link, YL_DTLS_HANDSHAKE_US);
    slowest_us = MAX (slowest_us, took_us);
    assert_connected (&link, YL_SRTP_PROFILE_AEAD_AES_128_GCM);
    link_clear (&link);
  }
  g_test_message ("slowest: %" G_GUINT64_FORMAT " ms", slowest_us / 1000);
}

static LinkFate
drop_first (Link *link, const uint8_t *data, size_t size)
{
  return link->sent == 0 ? LINK_DROP : LINK_PASS;
}

/* The client's hello, as soon as browsers do. */
static void
test_retransmit (void)
{
  Link link;
  make_link (&link);
  link.fate = drop_first;
  g_assert_cmpuint (link_run (&link, YL_US_PER_S), ==, 50000);
  assert_connected (&link, YL_SRTP_PROFILE_AEAD_AES_128_GCM);
  link_clear (&link);
}

static LinkFate
drop_all (Link *link, const uint8_t *data, size_t size)
{
  return LINK_DROP;
}

static void
test_gives_up (void)
{
  Link link;
  make_link (&link);
  link.fate = drop_all;
  link_run (&link, 2 * YL_DTLS_HANDSHAKE_US);
  assert_event (link.ends[1], YL_DTLS_EVENT_FAILED, YL_DTLS_REASON_TIMEOUT);
  g_assert_cmpuint (link.now_us, <=, YL_DTLS_HANDSHAKE_US);
  g_assert_cmpuint (yl_dtls_next_deadline (link.ends[1]), ==, YL_NEVER);
  /* The server has heard nothing: it waits without a deadline. */
  g_assert_cmpuint (yl_dtls_next_deadline (link.ends[0]), ==, YL_NEVER);
  assert_no_event (link.ends[0]);
  link_clear (&link);
}

static void
test_close (void)
{
  for (unsigned closer = 0; closer < 2; closer++) {
    Link link;
    make_link (&link);
    link_run (&link, 0);
    assert_connected (&link, YL_SRTP_PROFILE_AEAD_AES_128_GCM);
    yl_dtls_close (link.ends[closer]);
    link_settle (&link);
    assert_event (link.ends[!closer], YL_DTLS_EVENT_CLOSED,
                  YL_DTLS_REASON_NONE);
    assert_no_event (link.ends[closer]);
    link_clear (&link);
  }
}

/* Noise before, between and after: none of it hurts. */
static LinkFate
add_noise (Link *link, const uint8_t *data, size_t size)
{
  uint8_t noise[64];
  for (size_t i = 0; i < sizeof noise; i++)
    noise[i] = (uint8_t) g_rand_int (link->rand);
  for (unsigned i = 0; i < 2; i++) {
    noise[0] = (uint8_t) (20 + g_rand_int (link->rand) % 44);
    yl_dtls_receive (link->ends[i], noise, sizeof noise, link->now_us);
    noise[0] = 128;
    yl_dtls_receive (link->ends[i], noise, sizeof noise, link->now_us);
    yl_dtls_receive (link->ends[i], noise, 5, link->now_us);
  }
  return LINK_PASS;
}

static void
test_noise (void)
{
  Link link;
  make_link (&link);
  link.fate = add_noise;
  link_run (&link, YL_US_PER_S);
  assert_connected (&link, YL_SRTP_PROFILE_AEAD_AES_128_GCM);
  g_assert_cmpuint (yl_dtls_dropped (link.ends[0]), >, 0);
  link_clear (&link);
}

/* A replayed ClientHello makes the server answer, but never without bound. */
static void
test_bounded_queue (void)
{
  g_autoptr (YlDtls) client = make_end (YL_DTLS_CLIENT, &sides[0]);
  g_autoptr (YlDtls) server = make_end (YL_DTLS_SERVER, &sides[1]);
  const uint8_t *data;
  const size_t size = yl_dtls_poll_transmit (client, &data);
  g_assert_cmpuint (size, >, 0);
  for (unsigned i = 0; i < 1000; i++)
    yl_dtls_receive (server, data, size, 0);
  unsigned queued = 0;
  while (yl_dtls_poll_transmit (server, &data) > 0)
    queued++;
  g_assert_cmpuint (queued, >, 0);
  g_assert_cmpuint (queued, <=, 32);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  make_side (&sides[0]);
  make_side (&sides[1]);
  g_test_add_func ("/dtls/dtls/connect", test_connect);
  g_test_add_func ("/dtls/dtls/profiles", test_profiles);
  g_test_add_func ("/dtls/dtls/one-profile", test_one_profile);
  g_test_add_func ("/dtls/dtls/no-profile", test_no_profile);
  g_test_add_func ("/dtls/dtls/wrong-fingerprint", test_wrong_fingerprint);
  g_test_add_func ("/dtls/dtls/no-certificate", test_no_certificate);
  g_test_add_func ("/dtls/dtls/fragmented-hello", test_fragmented_hello);
  g_test_add_func ("/dtls/dtls/lossy", test_lossy);
  g_test_add_func ("/dtls/dtls/retransmit", test_retransmit);
  g_test_add_func ("/dtls/dtls/gives-up", test_gives_up);
  g_test_add_func ("/dtls/dtls/close", test_close);
  g_test_add_func ("/dtls/dtls/noise", test_noise);
  g_test_add_func ("/dtls/dtls/bounded-queue", test_bounded_queue);
  const int result = g_test_run ();
  for (unsigned i = 0; i < 2; i++) {
    yl_dtls_context_free (sides[i].context);
    yl_dtls_certificate_free (sides[i].certificate);
  }
  return result;
}
