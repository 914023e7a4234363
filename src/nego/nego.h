/* nego.h: a client's offers, one after another, to answers and settings */
#pragma once

#include "base/address.h"
#include "base/random.h"
#include "nego/peer-config.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Codes of %YL_NEGO_ERROR. An offer that cannot be read at all fails in
 * %YL_SDP_ERROR; whatever is not %YL_NEGO_ERROR_STALE_GENERATION is
 * `bad-sdp` to the client, which then rolls its offer back. */
#define YL_NEGO_ERROR (yl_nego_error_quark ())
typedef enum {
  YL_NEGO_ERROR_STALE_GENERATION, /* older than one already answered */
  YL_NEGO_ERROR_MISSING,     /* no BUNDLE, rtcp-mux, fingerprint, ICE line */
  YL_NEGO_ERROR_CONFLICT,    /* numbers or sections contradict each other or
                                an earlier offer */
  YL_NEGO_ERROR_UNSUPPORTED, /* nothing in the offer can be accepted */
} YlNegoError;

GQuark yl_nego_error_quark (void);

/* What the gateway says of itself; the caller's, borrowed for one call. */
typedef struct {
  const YlAddress *candidates; /* ip and UDP port, most preferred first */
  size_t n_candidates;         /* at least 1 */
  YlFingerprint fingerprint;   /* of the gateway's DTLS certificate */
  bool simulcast;              /* false, two in a room: answer one rid */
} YlNegoSite;

/* What an offer may ask for, whatever it says. */
typedef enum {
  YL_NEGO_BOTH_WAYS,
  YL_NEGO_PUBLISHER, /* sections that send; others become inactive */
  YL_NEGO_VIEWER,    /* slots alone, of sendrecv the client's other half */
} YlNegoRole;

/* One offer; borrowed. */
typedef struct {
  const char *text;    /* need not end in NUL */
  size_t size;         /* [octets] */
  uint32_t generation; /* from 1 on */
  YlNegoRole role;
} YlNegoOffer;

typedef struct {
  char *text;           /* SDP; g_free() */
  YlPeerConfig *config; /* a reference; yl_peer_config_unref() */
  bool repeated;        /* the same generation again: nothing to tell the
                           worker */
} YlNegoAnswer;

/* Frees what an answer holds, and zeroes it. */
void yl_nego_answer_clear (YlNegoAnswer *self);

/* What must stay the same between the offers of one peer connection: ICE
 * credentials, slots, numbering, the last answer. Main thread. */
typedef struct YlNegoSession YlNegoSession;

YlNegoSession *yl_nego_session_new (void);
void yl_nego_session_free (YlNegoSession *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlNegoSession, yl_nego_session_free)

/**
 * yl_nego_answer:
 * @random: for ICE credentials and SSRCs: io/'s system source, or a seeded
 *   one in tests
 * @answer: (out caller-allocates): written only on success; release with
 *   yl_nego_answer_clear()
 * @error: %YL_NEGO_ERROR or %YL_SDP_ERROR; @session is as before then
 *
 * Answers an offer (RFC 8829, 5.3) as ICE-lite, DTLS-passive gateway: client
 * sendonly (or sendrecv) sections are received, client recvonly sections
 * become slots, everything unknown is rejected with port 0. A repeated
 * generation gets the same answer again whatever its text. New ICE
 * credentials in the offer get new ones in the answer (ICE restart); the
 * slots that stay keep their SSRCs, and a new slot gets SSRCs never used in
 * this session before.
 *
 * Returns: %true if the offer was answered
 */
bool yl_nego_answer (YlNegoSession *session, const YlNegoOffer *offer,
                     const YlNegoSite *site, YlRandom *random,
                     YlNegoAnswer *answer, GError **error);
