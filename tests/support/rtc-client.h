/* rtc-client.h: a light WebRTC client on our own engines
 *
 * One peer connection as a connection engine: it sends a synthetic camera and
 * microphone, counts what the slots show, asks for what is lost, answers
 * PLI by a keyframe and NACK by RTX. No socket, no clock: see rtc-runner.h. */
#pragma once

#include "client-sdp.h"
#include "media-sink.h"
#include "media-source.h"
#include "rtc-link.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
  YlDtlsContext *dtls;                  /* outlives the client */
  const YlDtlsCertificate *certificate; /* announced in the offer: another
                                         * than that of @dtls is a lie */
  uint32_t seed;      /* of credentials and SSRCs: unlike for each client */
  uint32_t audio_bps; /* 0: no microphone */
  uint32_t video_bps; /* 0: no camera */
  uint32_t loss;      /* [1/1000] of media packets, each way */
} RtcClientSetup;

typedef struct {
  uint64_t sent;
  uint64_t received;
  uint64_t unknown; /* neither STUN reply, DTLS, nor RTP or RTCP we know */
  uint64_t lost;    /* dropped on purpose */
  uint64_t srtp_bad;
  uint64_t srtcp_bad;
  uint64_t plis;   /* received: keyframes asked of us */
  uint64_t nacked; /* packets asked of us again */
  uint64_t resent;
  uint64_t sender_reports;   /* of the gateway about the slots */
  uint64_t receiver_reports; /* of the gateway about our media */
} RtcClientCounters;

typedef struct RtcClient RtcClient;

RtcClient *rtc_client_new (const RtcClientSetup *setup, uint64_t now_us);
void rtc_client_free (RtcClient *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtcClient, rtc_client_free)

/* The offer; g_free(). The same until rtc_client_restart_ice(). */
char *rtc_client_offer (const RtcClient *self);

/* Takes the answer. False if it is of no use. */
bool rtc_client_answer (RtcClient *self, const char *sdp, uint64_t now_us);

/* New ICE credentials for the next offer. */
void rtc_client_restart_ice (RtcClient *self);

/* Where to send: the candidate on loopback if there is one. */
const YlAddress *rtc_client_remote (const RtcClient *self);

RtcState rtc_client_state (const RtcClient *self);
const RtcClientCounters *rtc_client_counters (const RtcClient *self);
const MediaSource *rtc_client_source (const RtcClient *self, YlMediaKind kind);
const MediaSink *rtc_client_sink (const RtcClient *self, YlMediaKind kind);

/* Stops or resumes camera and microphone. */
void rtc_client_set_sending (RtcClient *self, bool sending, uint64_t now_us);

/* Sends close_notify. */
void rtc_client_close (RtcClient *self);

void rtc_client_receive (RtcClient *self, uint8_t *data, size_t size,
                         uint64_t now_us);
void rtc_client_handle_timeout (RtcClient *self, uint64_t now_us);
/* NULL: nothing. g_bytes_unref(). */
GBytes *rtc_client_poll_transmit (RtcClient *self);
uint64_t rtc_client_next_deadline (const RtcClient *self);

/* ---- to be hostile with ---- */

/* Sends @data as it is. */
void rtc_client_send_raw (RtcClient *self, const uint8_t *data, size_t size);

/* Protects @plain (header of @header_size octets first) with the right keys
 * and a fresh number, and sends it. @plain is changed. */
void rtc_client_send_protected (RtcClient *self, YlMediaKind kind,
                                uint8_t *plain, size_t header_size,
                                size_t size);

/* Protects @size octets of anything as RTCP, at most 1200, and sends it. */
void rtc_client_send_rtcp (RtcClient *self, const uint8_t *plain, size_t size);

/* What both sides said of themselves, borrowed. */
const ClientAnswer *rtc_client_get_answer (const RtcClient *self);
const ClientOffer *rtc_client_get_offer (const RtcClient *self);

/* The last SRTP packet sent, NULL: none. Borrowed. */
GBytes *rtc_client_last_srtp (const RtcClient *self);
