/* dtls.c: one DTLS 1.2 association that yields SRTP keys */
#include "dtls/dtls.h"

#include "base/time.h"
#include "dtls/context.h"
#include "dtls/datagram-bio.h"
#include "dtls/record-keys.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <string.h>

#define FIRST_TYPE 20
#define LAST_TYPE 63
#define EXPORTER "EXTRACTOR-dtls_srtp"

/* Retransmission: sooner than RFC 6347's 1 s, for someone waits; OpenSSL
 * gives up at the 13th. A client is only ever in tests and does as browsers
 * do: its first flight may come before the server takes any. */
#define FIRST_TIMEOUT_US 200000
#define FIRST_CLIENT_TIMEOUT_US 50000
#define LAST_TIMEOUT_US 2000000

/* Between two answers to a repeated last flight of the other side. */
#define REPEAT_US 100000

#define LEVEL_WARNING 1
#define LEVEL_FATAL 2
#define CLOSE_NOTIFY 0

typedef enum {
  STATE_IDLE, /* a server that has not heard anything */
  STATE_HANDSHAKE,
  STATE_CONNECTED,
  STATE_OVER,
} State;

struct YlDtls {
  SSL *ssl; /* NULL from CONNECTED on */
  YlDatagramQueue queue;
  YlDatagram *sending; /* lent by the last poll_transmit */
  State state;
  YlDtlsReason reason;
  uint64_t started_us;
  uint64_t deadline_us;
  uint64_t dropped;
  YlDtlsRecordKeys keys; /* from CONNECTED on */
  YlSrtpKeying local;    /* likewise */
  YlSrtpKeying remote;
  YlDatagram *flight; /* our last, in case it was lost; NULL: the other side
                       * has it for sure */
  uint64_t repeat_us; /* not before: send it again */
  bool client;
  uint8_t n_fingerprints;
  uint8_t n_events;
  uint8_t fingerprints[YL_DTLS_MAX_FINGERPRINTS][YL_DTLS_SHA256_SIZE];
  YlDtlsEvent events[2]; /* CONNECTED, then how it ended */
};

static void
push_event (YlDtls *self, YlDtlsEventKind kind, YlDtlsReason reason)
{
  if (self->n_events < G_N_ELEMENTS (self->events))
    self->events[self->n_events++] =
        (YlDtlsEvent){ .kind = kind, .reason = reason };
}

bool
yl_dtls_check_peer (YlDtls *self, const uint8_t sha256[YL_DTLS_SHA256_SIZE])
{
  for (uint8_t i = 0; i < self->n_fingerprints; i++) {
    if (CRYPTO_memcmp (self->fingerprints[i], sha256, YL_DTLS_SHA256_SIZE) == 0)
      return true;
  }
  self->reason = YL_DTLS_REASON_FINGERPRINT;
  return false;
}

static unsigned
next_timeout (SSL *ssl, unsigned last_us)
{
  if (last_us == 0)
    return SSL_is_server (ssl) ? FIRST_TIMEOUT_US : FIRST_CLIENT_TIMEOUT_US;
  return MIN (2 * last_us, LAST_TIMEOUT_US);
}

static void
fail (YlDtls *self, YlDtlsReason reason)
{
  self->state = STATE_OVER;
  push_event (self, YL_DTLS_EVENT_FAILED, reason);
}

/* RFC 5764, 4.2: both keys, then both salts, the client's first. */
static void
take_keying (YlSrtpKeying *keying, YlSrtpProfile profile,
             const uint8_t *material, bool client)
{
  const size_t key_size = yl_srtp_profile_key_size (profile);
  const size_t salt_size = yl_srtp_profile_salt_size (profile);
  const size_t at = client ? 0 : 1;
  keying->profile = profile;
  memcpy (keying->key, material + at * key_size, key_size);
  memcpy (keying->salt, material + 2 * key_size + at * salt_size, salt_size);
}

static bool
export_keying (YlDtls *self, YlSrtpProfile profile)
{
  uint8_t material[2 * (YL_SRTP_MAX_KEY + YL_SRTP_MAX_SALT)];
  const size_t size = 2
                      * (yl_srtp_profile_key_size (profile)
                         + yl_srtp_profile_salt_size (profile));
  const bool ok =
      SSL_export_keying_material (self->ssl, material, size, EXPORTER,
                                  strlen (EXPORTER), NULL, 0, 0)
      == 1;
  if (ok) {
    take_keying (&self->local, profile, material, self->client);
    take_keying (&self->remote, profile, material, !self->client);
  }
  OPENSSL_cleanse (material, sizeof material);
  return ok;
}

/* The server's last flight ends the handshake, so nobody says that it came.
 * It is one datagram unless the caller left older ones in the queue. */
static void
keep_flight (YlDtls *self)
{
  const YlDatagram *last = g_queue_peek_tail (&self->queue.output);
  if (!self->client && last != NULL)
    self->flight = g_memdup2 (last, sizeof *last + last->size);
}

static void
finish_handshake (YlDtls *self)
{
  const SRTP_PROTECTION_PROFILE *profile =
      SSL_get_selected_srtp_profile (self->ssl);
  if (profile == NULL) {
    SSL_shutdown (self->ssl);
    fail (self, YL_DTLS_REASON_PROFILE);
  } else if (!export_keying (self, (YlSrtpProfile) profile->id)
             || !yl_dtls_record_keys_take (&self->keys, self->ssl,
                                           self->queue.next_seq)) {
    fail (self, YL_DTLS_REASON_HANDSHAKE);
  } else {
    keep_flight (self);
    self->state = STATE_CONNECTED;
    push_event (self, YL_DTLS_EVENT_CONNECTED, YL_DTLS_REASON_NONE);
  }
  g_clear_pointer (&self->ssl, SSL_free);
}

static void
drive_handshake (YlDtls *self)
{
  ERR_clear_error ();
  const int result = SSL_do_handshake (self->ssl);
  if (result == 1) {
    finish_handshake (self);
    return;
  }
  const int why = SSL_get_error (self->ssl, result);
  if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE)
    fail (self, self->reason != YL_DTLS_REASON_NONE ? self->reason
                                                    : YL_DTLS_REASON_HANDSHAKE);
}

/* ---- afterwards ---- */

static void
send_alert (YlDtls *self, uint8_t level, uint8_t description)
{
  const uint8_t alert[] = { level, description };
  uint8_t record[YL_DTLS_ALERT_RECORD_MAX];
  const size_t size = yl_dtls_record_seal_alert (&self->keys, alert, record);
  if (size > 0)
    yl_datagram_queue_push (&self->queue, record, size);
}

static void
receive_alert (YlDtls *self, const YlDatagramRecord *record)
{
  uint8_t alert[YL_DTLS_ALERT_SIZE];
  if (!yl_dtls_record_open_alert (&self->keys, record->start, record->size,
                                  alert)) {
    self->dropped++;
    return;
  }
  const bool good_bye = alert[1] == CLOSE_NOTIFY;
  if (!good_bye && alert[0] != LEVEL_FATAL)
    return;
  if (good_bye)
    send_alert (self, LEVEL_WARNING, CLOSE_NOTIFY);
  self->state = STATE_OVER;
  push_event (self, YL_DTLS_EVENT_CLOSED, YL_DTLS_REASON_NONE);
}

static void
repeat_flight (YlDtls *self, uint64_t now_us)
{
  if (self->flight == NULL || now_us < self->repeat_us)
    return;
  self->repeat_us = now_us + REPEAT_US;
  yl_datagram_queue_push (&self->queue, self->flight->data, self->flight->size);
}

/* Application data (data channels) is not offered by us, and no handshake
 * follows the first one: both are dropped. */
static void
receive_connected (YlDtls *self, const uint8_t *data, size_t size,
                   uint64_t now_us)
{
  YlReader in = yl_reader_init (data, size);
  YlDatagramRecord record;
  while (self->state == STATE_CONNECTED
         && yl_datagram_next_record (&in, &record)) {
    if (record.epoch == 0 && record.type == YL_DTLS_CHANGE_CIPHER_SPEC)
      repeat_flight (self, now_us);
    else if (record.epoch == 1 && record.type == YL_DTLS_ALERT)
      receive_alert (self, &record);
    else
      self->dropped++;
  }
}

/* ---- before ---- */

static void
update_deadline (YlDtls *self, uint64_t now_us)
{
  struct timeval left;
  self->deadline_us = YL_NEVER;
  if (self->state != STATE_HANDSHAKE)
    return;
  self->deadline_us = self->started_us + YL_DTLS_HANDSHAKE_US;
  if (DTLSv1_get_timeout (self->ssl, &left)) {
    const uint64_t left_us =
        (uint64_t) left.tv_sec * YL_US_PER_S + (uint64_t) left.tv_usec;
    /* At least 1 ms: the real clock may lag behind the caller's. */
    self->deadline_us =
        yl_time_min (self->deadline_us, now_us + MAX (left_us, YL_US_PER_MS));
  }
}

static void
drive (YlDtls *self, uint64_t now_us)
{
  if (self->state == STATE_IDLE) {
    self->state = STATE_HANDSHAKE;
    self->started_us = now_us;
  }
  if (self->state == STATE_HANDSHAKE)
    drive_handshake (self);
  update_deadline (self, now_us);
}

YlDtls *
yl_dtls_new (YlDtlsContext *context, YlDtlsRole role,
             const uint8_t (*fingerprints)[YL_DTLS_SHA256_SIZE], size_t n,
             uint64_t now_us)
{
  g_return_val_if_fail (n > 0 && n <= YL_DTLS_MAX_FINGERPRINTS, NULL);
  g_autoptr (YlDtls) self = g_new0 (YlDtls, 1);
  yl_datagram_queue_init (&self->queue);
  self->deadline_us = YL_NEVER;
  self->client = role == YL_DTLS_CLIENT;
  self->n_fingerprints = (uint8_t) n;
  memcpy (self->fingerprints, fingerprints, n * sizeof *fingerprints);

  self->ssl = SSL_new (context->ssl_ctx);
  BIO *bio = yl_datagram_bio_new (&self->queue);
  if (self->ssl == NULL || bio == NULL) {
    BIO_free (bio);
    return NULL;
  }
  SSL_set_bio (self->ssl, bio, bio);
  SSL_set_app_data (self->ssl, self);
  SSL_set_mtu (self->ssl, YL_DTLS_MTU);
  DTLS_set_timer_cb (self->ssl, next_timeout);
  if (self->client) {
    SSL_set_connect_state (self->ssl);
    drive (self, now_us);
  } else {
    SSL_set_accept_state (self->ssl);
  }
  return g_steal_pointer (&self);
}

void
yl_dtls_free (YlDtls *self)
{
  if (self == NULL)
    return;
  SSL_free (self->ssl);
  yl_datagram_queue_clear (&self->queue);
  yl_dtls_record_keys_clear (&self->keys);
  OPENSSL_cleanse (&self->local, sizeof self->local);
  OPENSSL_cleanse (&self->remote, sizeof self->remote);
  g_free (self->flight);
  g_free (self->sending);
  g_free (self);
}

void
yl_dtls_receive (YlDtls *self, const uint8_t *data, size_t size,
                 uint64_t now_us)
{
  if (self->state == STATE_OVER || size < YL_DTLS_RECORD_HEADER
      || data[0] < FIRST_TYPE || data[0] > LAST_TYPE) {
    self->dropped++;
    return;
  }
  if (self->state == STATE_CONNECTED) {
    receive_connected (self, data, size, now_us);
    return;
  }
  self->queue.input = data;
  self->queue.input_size = size;
  drive (self, now_us);
  self->queue.input = NULL;
}

void
yl_dtls_handle_timeout (YlDtls *self, uint64_t now_us)
{
  if (self->state != STATE_HANDSHAKE || now_us < self->deadline_us)
    return;
  ERR_clear_error ();
  if (now_us >= self->started_us + YL_DTLS_HANDSHAKE_US
      || DTLSv1_handle_timeout (self->ssl) < 0)
    fail (self, YL_DTLS_REASON_TIMEOUT);
  update_deadline (self, now_us);
}

size_t
yl_dtls_poll_transmit (YlDtls *self, const uint8_t **data)
{
  g_free (self->sending);
  self->sending = g_queue_pop_head (&self->queue.output);
  if (self->sending == NULL)
    return 0;
  *data = self->sending->data;
  return self->sending->size;
}

bool
yl_dtls_poll_event (YlDtls *self, YlDtlsEvent *event)
{
  if (self->n_events == 0)
    return false;
  *event = self->events[0];
  self->events[0] = self->events[1];
  self->n_events--;
  return true;
}

uint64_t
yl_dtls_next_deadline (const YlDtls *self)
{
  return self->deadline_us;
}

void
yl_dtls_close (YlDtls *self)
{
  if (self->state == STATE_CONNECTED)
    send_alert (self, LEVEL_WARNING, CLOSE_NOTIFY);
  self->state = STATE_OVER;
  self->deadline_us = YL_NEVER;
}

bool
yl_dtls_is_connected (const YlDtls *self)
{
  return self->state == STATE_CONNECTED;
}

bool
yl_dtls_get_keying (const YlDtls *self, YlSrtpKeying *local,
                    YlSrtpKeying *remote)
{
  if (self->state != STATE_CONNECTED)
    return false;
  *local = self->local;
  *remote = self->remote;
  return true;
}

uint64_t
yl_dtls_dropped (const YlDtls *self)
{
  return self->dropped + self->queue.dropped;
}
