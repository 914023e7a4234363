/* dtls.h: one DTLS 1.2 association that yields SRTP keys (RFC 5764)
 *
 * A connection engine: datagrams in, datagrams and events out. After every
 * call that changes it, drain both polls and re-read the deadline. One owner,
 * one thread. OpenSSL's retransmission timer reads the real clock, so this
 * is the one engine virtual time cannot drive. Once connected it is small:
 * OpenSSL's part of it ends with the handshake. */
#pragma once

#include "base/srtp-keying.h"
#include "dtls/certificate.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* No datagram we send is larger [octets]. */
#define YL_DTLS_MTU 1200
#define YL_DTLS_MAX_FINGERPRINTS 4

/* What all associations share: certificate, ciphers, profiles. One for the
 * process; any thread may open associations on it. */
typedef struct YlDtlsContext YlDtlsContext;

/* @certificate is not kept: it may be freed at any time. */
YlDtlsContext *yl_dtls_context_new (const YlDtlsCertificate *certificate,
                                    GError **error);
void yl_dtls_context_free (YlDtlsContext *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlDtlsContext, yl_dtls_context_free)

/* Associations opened from now on offer or take @profile only. False:
 * unknown. */
bool yl_dtls_context_set_profile (YlDtlsContext *self, YlSrtpProfile profile);

typedef enum {
  YL_DTLS_SERVER, /* a=setup:passive, the gateway's */
  YL_DTLS_CLIENT, /* sends its first flight at once */
} YlDtlsRole;

typedef enum {
  YL_DTLS_EVENT_CONNECTED, /* verified: yl_dtls_get_keying() works */
  YL_DTLS_EVENT_FAILED,    /* for good; `reason` says why */
  YL_DTLS_EVENT_CLOSED,    /* the other side sent close_notify or died */
} YlDtlsEventKind;

typedef enum {
  YL_DTLS_REASON_NONE,
  YL_DTLS_REASON_FINGERPRINT, /* certificate is not the one promised in SDP */
  YL_DTLS_REASON_PROFILE,     /* no common SRTP profile */
  YL_DTLS_REASON_HANDSHAKE,   /* alert or protocol error */
  YL_DTLS_REASON_TIMEOUT, /* not finished YL_DTLS_HANDSHAKE_US after start */
} YlDtlsReason;

#define YL_DTLS_HANDSHAKE_US UINT64_C (30000000)

typedef struct {
  YlDtlsEventKind kind;
  YlDtlsReason reason;
} YlDtlsEvent;

typedef struct YlDtls YlDtls;

/**
 * yl_dtls_new:
 * @context: outlives the association
 * @fingerprints: @n sha-256 digests (1..YL_DTLS_MAX_FINGERPRINTS) of which
 *   the certificate of the other side must match one; copied
 * Returns: (transfer full): never %NULL except for a caller's mistake or an
 *   exhausted OpenSSL.
 */
YlDtls *yl_dtls_new (YlDtlsContext *context, YlDtlsRole role,
                     const uint8_t (*fingerprints)[YL_DTLS_SHA256_SIZE],
                     size_t n, uint64_t now_us);
void yl_dtls_free (YlDtls *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlDtls, yl_dtls_free)

/* One whole datagram whose first octet is 20..63 (RFC 7983). Anything that
 * is not DTLS is dropped and counted. */
void yl_dtls_receive (YlDtls *self, const uint8_t *data, size_t size,
                      uint64_t now_us);

void yl_dtls_handle_timeout (YlDtls *self, uint64_t now_us);

/* Next datagram to send, or 0 octets when there is none. *@data is borrowed
 * until the next call on @self. */
size_t yl_dtls_poll_transmit (YlDtls *self, const uint8_t **data);

bool yl_dtls_poll_event (YlDtls *self, YlDtlsEvent *event);

/* [µs], or YL_NEVER. */
uint64_t yl_dtls_next_deadline (const YlDtls *self);

/* Queues a close_notify; drain yl_dtls_poll_transmit() before freeing. */
void yl_dtls_close (YlDtls *self);

bool yl_dtls_is_connected (const YlDtls *self);

/**
 * yl_dtls_get_keying:
 * @local: (out caller-allocates): protects what we send
 * @remote: (out caller-allocates): unprotects what we receive
 * Returns: %false, both untouched, before CONNECTED and after FAILED.
 */
bool yl_dtls_get_keying (const YlDtls *self, YlSrtpKeying *local,
                         YlSrtpKeying *remote);

/* Datagrams dropped: not DTLS, or the queue was full. */
uint64_t yl_dtls_dropped (const YlDtls *self);
