/* ice.h: ICE-lite for one peer (RFC 8445, 2.5 and 5.2; RFC 7675)
 *
 * A connection engine: it answers checks, follows the newest nomination and
 * watches consent; it never sends a check. After every call that changes it,
 * drain both polls and re-read the deadline. One owner, one thread. */
#pragma once

#include "base/address.h"
#include "base/random.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define YL_ICE_UFRAG_SIZE 33 /* with NUL */
#define YL_ICE_PWD_SIZE 65

/* Addresses of one peer with a valid check that are remembered. */
#define YL_ICE_MAX_REMOTES 8

/* Silence after which the peer is reported lost: no valid check and no
 * yl_ice_touch(). Longer while only checks arrive: Firefox sends those every
 * 4 to 6 s. */
#define YL_ICE_LOST_US UINT64_C (5000000)
#define YL_ICE_LOST_IDLE_US UINT64_C (8000000)
/* Without a valid check for this long nothing more is sent (RFC 7675, 5.1). */
#define YL_ICE_CONSENT_US UINT64_C (30000000)

typedef struct {
  char local_ufrag[YL_ICE_UFRAG_SIZE]; /* 4..32 ice-char */
  char local_pwd[YL_ICE_PWD_SIZE];     /* 22..64 ice-char */
  char remote_ufrag[YL_ICE_UFRAG_SIZE];
} YlIceCredentials;

/* The STUN agent that the peers of one worker share (it is 12.8 KB). */
typedef struct YlIceAgent YlIceAgent;

YlIceAgent *yl_ice_agent_new (void);
void yl_ice_agent_free (YlIceAgent *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlIceAgent, yl_ice_agent_free)

/**
 * yl_ice_peek_ufrag:
 * @ufrag: (out caller-allocates): our own fragment, what stands before the
 *   colon in USERNAME
 * Returns: %true if @data is shaped like a STUN Binding request with a
 *   USERNAME "ours:theirs". Cheap and unauthenticated: it only tells which
 *   peer to hand the datagram to.
 */
bool yl_ice_peek_ufrag (const uint8_t *data, size_t size,
                        char ufrag[YL_ICE_UFRAG_SIZE]);

typedef struct YlIce YlIce;

/* @agent outlives the peer. */
YlIce *yl_ice_new (YlIceAgent *agent, const YlIceCredentials *credentials);
void yl_ice_free (YlIce *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlIce, yl_ice_free)

/* ICE restart: checks with the new credentials are answered from now on. The
 * old ones keep the old path alive until the first valid new check. */
void yl_ice_restart (YlIce *self, const YlIceCredentials *credentials);

/* One pair of addresses, as the gateway sees them. */
typedef struct {
  YlAddress remote;
  YlAddress local; /* the address the peer sent to */
} YlIcePath;

/* What became of a datagram handed to yl_ice_receive(). */
typedef enum {
  YL_ICE_IGNORED,  /* not STUN, not for us, bad integrity: maybe an error
                    * reply waits, nothing else changed; or unread, after
                    * many forged ones */
  YL_ICE_VERIFIED, /* a valid check: the path may carry DTLS from now on */
} YlIceResult;

/* One datagram whose first octet is 0..3 (RFC 7983). */
YlIceResult yl_ice_receive (YlIce *self, const uint8_t *data, size_t size,
                            const YlIcePath *path, uint64_t now_us);

/* Authenticated traffic (DTLS record or SRTP with a right tag) arrived from
 * the peer: it is not lost. Does not renew consent. */
void yl_ice_touch (YlIce *self, uint64_t now_us);

void yl_ice_handle_timeout (YlIce *self, uint64_t now_us);

typedef struct {
  const uint8_t *data; /* borrowed until the next call on the YlIce */
  size_t size;
  YlIcePath path;
} YlIceTransmit;

bool yl_ice_poll_transmit (YlIce *self, YlIceTransmit *transmit);

typedef enum {
  YL_ICE_EVENT_PATH,    /* yl_ice_path() is new: first, changed, or back
                         * after EXPIRED */
  YL_ICE_EVENT_LOST,    /* silent for YL_ICE_LOST_US; path still in use */
  YL_ICE_EVENT_BACK,    /* heard of again after LOST */
  YL_ICE_EVENT_EXPIRED, /* consent is gone: yl_ice_path() is NULL */
} YlIceEvent;

bool yl_ice_poll_event (YlIce *self, YlIceEvent *event);

/* [µs], or YL_NEVER. */
uint64_t yl_ice_next_deadline (const YlIce *self);

/* Where to send: the newest nominated pair, borrowed until the next change;
 * NULL before the first nomination and while there is no consent. */
const YlIcePath *yl_ice_path (const YlIce *self);

/* Whether a valid check came from this address: only then is DTLS from it
 * handed to the peer's association. */
bool yl_ice_knows (const YlIce *self, const YlAddress *remote);

/* Datagrams dropped or answered by an error. */
uint64_t yl_ice_refused (const YlIce *self);
