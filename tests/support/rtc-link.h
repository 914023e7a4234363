/* rtc-link.h: the way from a client to a gateway: ICE checks, DTLS, keys
 *
 * The controlling ICE agent and the DTLS client as a connection engine. Who
 * offered and who answered does not matter here. */
#pragma once

#include "base/address.h"
#include "dtls/dtls.h"
#include "nego/peer-config.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
  RTC_NEW, /* no answer yet */
  RTC_CHECKING,
  RTC_HANDSHAKE,
  RTC_CONNECTED,
  RTC_CLOSED, /* by the gateway, or the handshake failed */
} RtcState;

typedef struct {
  YlDtlsContext *context;                /* outlives the link */
  char username[2 * YL_PEER_UFRAG_SIZE]; /* "theirs:ours" */
  char password[YL_PEER_PWD_SIZE];       /* theirs */
  uint8_t sha256[YL_DTLS_SHA256_SIZE];
  char our_password[YL_PEER_PWD_SIZE]; /* "": checks go unanswered */
  YlAddress address;                   /* theirs */
  RtcState state;
  uint32_t n_checks;
  uint64_t check_us; /* when to check next */
  YlDtls *dtls;
  YlDtlsReason reason; /* why DTLS failed */
  YlSrtpKeying local;  /* once connected: protects what we send */
  YlSrtpKeying remote;
  GQueue output; /* of GBytes */
} RtcLink;

/* What the other side said of itself, and our user name. Borrowed. */
typedef struct {
  const char *our_ufrag;
  const char *ufrag;
  const char *pwd;
  const uint8_t *sha256; /* YL_DTLS_SHA256_SIZE octets */
  /* Of a lite agent that checks us nevertheless, and takes no DTLS before it
   * has the answer. */
  const char *our_pwd; /* NULL: checks go unanswered */
  YlAddress address;   /* with our_pwd only: where its checks come from */
} RtcLinkRemote;

typedef enum {
  RTC_LINK_TAKEN,
  RTC_LINK_MEDIA, /* not the link's: RTP, RTCP, or unknown */
  RTC_LINK_BAD,   /* no reply to a check of ours */
} RtcLinkResult;

void rtc_link_init (RtcLink *self, YlDtlsContext *context);
void rtc_link_clear (RtcLink *self);

/* Begins, or goes on with new credentials after an ICE restart. */
void rtc_link_start (RtcLink *self, const RtcLinkRemote *remote,
                     uint64_t now_us);

RtcLinkResult rtc_link_receive (RtcLink *self, const uint8_t *data, size_t size,
                                uint64_t now_us);
void rtc_link_handle_timeout (RtcLink *self, uint64_t now_us);
uint64_t rtc_link_next_deadline (const RtcLink *self);

/* NULL: nothing. g_bytes_unref(). */
GBytes *rtc_link_poll_transmit (RtcLink *self);

/* Sends @data as it is. */
void rtc_link_send (RtcLink *self, const uint8_t *data, size_t size);

/* Sends close_notify. */
void rtc_link_close (RtcLink *self);
