/* record-keys.h: what remains of an association when its handshake is over
 *
 * OpenSSL keeps some 75 KB for each association, and all that is still to be
 * said are alerts: a good-bye either way. These 150 octets do that (RFC
 * 6347, 4.1; RFC 5288; RFC 7905). */
#pragma once

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define YL_DTLS_RECORD_HEADER 13

/* Content types (RFC 5246, 6.2.1). */
enum {
  YL_DTLS_CHANGE_CIPHER_SPEC = 20,
  YL_DTLS_ALERT = 21,
  YL_DTLS_HANDSHAKE = 22,
};

/* An alert is two octets: level, description (RFC 5246, 7.2). */
#define YL_DTLS_ALERT_SIZE 2
/* With all that protection adds [octets]. */
#define YL_DTLS_ALERT_RECORD_MAX \
  (YL_DTLS_RECORD_HEADER + 8 + YL_DTLS_ALERT_SIZE + 16)

typedef struct {
  int cipher; /* NID */
  uint64_t next_seq;
  struct {
    uint8_t key[32];
    uint8_t iv[12];
  } local, remote;
} YlDtlsRecordKeys;

/**
 * yl_dtls_record_keys_take:
 * @ssl: its handshake is over; may be freed afterwards
 * @next_seq: of the first record that we send from now on
 * Returns: %false when OpenSSL is exhausted, or the cipher is not one of
 *   ours; @self is cleared then
 */
bool yl_dtls_record_keys_take (YlDtlsRecordKeys *self, SSL *ssl,
                               uint64_t next_seq);
void yl_dtls_record_keys_clear (YlDtlsRecordKeys *self);

/* Writes a protected alert. Returns its size, or 0. */
size_t yl_dtls_record_seal_alert (YlDtlsRecordKeys *self,
                                  const uint8_t alert[YL_DTLS_ALERT_SIZE],
                                  uint8_t out[YL_DTLS_ALERT_RECORD_MAX]);

/* Reads a whole record of epoch 1, header included. False: it is not an
 * alert, or its tag is wrong. */
bool yl_dtls_record_open_alert (const YlDtlsRecordKeys *self,
                                const uint8_t *record, size_t size,
                                uint8_t alert[YL_DTLS_ALERT_SIZE]);
