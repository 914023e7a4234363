/* peer-config.h: what an answer settled about one connection, as a value */
#pragma once

#include "rtp/packet.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bounds of what is answered; sections or codecs beyond are rejected. */
#define YL_PEER_MAX_SECTIONS 16
#define YL_PEER_MAX_CODECS 4
#define YL_PEER_MAX_RIDS 3
#define YL_PEER_MAX_FINGERPRINTS 4
#define YL_PEER_MID_SIZE 17 /* with NUL; longer mids are refused */
#define YL_PEER_RID_SIZE 17
#define YL_PEER_CNAME_SIZE 33
#define YL_PEER_UFRAG_SIZE 33
#define YL_PEER_PWD_SIZE 65
#define YL_PAYLOAD_TYPE_NONE 0xff

typedef enum {
  YL_MEDIA_AUDIO,
  YL_MEDIA_VIDEO,
} YlMediaKind;

/* As the gateway sees it. */
typedef enum {
  YL_DIRECTION_INACTIVE,
  YL_DIRECTION_RECEIVE, /* the client publishes here */
  YL_DIRECTION_SEND,    /* a slot: the gateway sends here */
} YlDirection;

/* One payload type that both sides may use, numbers are the client's. */
typedef struct {
  YlCodec codec;
  uint8_t payload_type;     /* 0..127 */
  uint8_t rtx_payload_type; /* or YL_PAYLOAD_TYPE_NONE */
  uint8_t channels;
  uint32_t clock_rate;        /* [Hz] */
  uint32_t profile_level_id;  /* H264 (RFC 6184, 8.1), else 0 */
  uint8_t packetization_mode; /* H264 */
  bool nack, pli, fir, transport_cc, remb;
} YlPeerCodec;

/* RFC 8285 ids 1..14, 0 when not negotiated. */
typedef struct {
  uint8_t mid;
  uint8_t rid;
  uint8_t repaired_rid;
  uint8_t transport_cc;
  uint8_t audio_level;
  uint8_t abs_send_time;
} YlPeerExtensions;

/* One accepted m= section. */
typedef struct {
  char mid[YL_PEER_MID_SIZE];
  YlMediaKind kind;
  YlDirection direction; /* INACTIVE also stands for a rejected section */
  uint8_t n_codecs;
  uint8_t n_rids;
  YlPeerCodec codecs[YL_PEER_MAX_CODECS]; /* preferred first */
  YlPeerExtensions extensions;

  /* RECEIVE: as announced in a=ssrc, 0 when the offer names none. Then the
   * track is bound by the mid (and rid) header extension. */
  uint32_t ssrc;
  uint32_t rtx_ssrc;
  char rids[YL_PEER_MAX_RIDS][YL_PEER_RID_SIZE];

  /* SEND: chosen by us, announced in the answer, never reused within one
   * DTLS association. */
  uint32_t slot_ssrc;
  uint32_t slot_rtx_ssrc; /* 0 without RTX */
} YlPeerSection;

typedef struct {
  uint8_t sha256[32];
} YlFingerprint;

/* Immutable once handed to a worker; reference-counted because it crosses
 * threads. Built on the main thread by yl_nego_answer(). */
typedef struct {
  uint32_t generation; /* of the offer this answers */
  char local_ufrag[YL_PEER_UFRAG_SIZE];
  char local_pwd[YL_PEER_PWD_SIZE];
  char remote_ufrag[YL_PEER_UFRAG_SIZE];
  char remote_pwd[YL_PEER_PWD_SIZE];
  char cname[YL_PEER_CNAME_SIZE]; /* joins the slots for lip-sync */
  uint8_t n_fingerprints;
  uint8_t n_sections;
  YlFingerprint fingerprints[YL_PEER_MAX_FINGERPRINTS]; /* sha-256 only */
  YlPeerSection sections[YL_PEER_MAX_SECTIONS];
} YlPeerConfig;

/* Allocates a zeroed configuration with one reference. Any thread. */
YlPeerConfig *yl_peer_config_new (void);

/* A copy in as little memory as its sections need: of `sections` only the
 * first n_sections are there. */
YlPeerConfig *yl_peer_config_fit (const YlPeerConfig *self);

YlPeerConfig *yl_peer_config_ref (YlPeerConfig *self);
void yl_peer_config_unref (YlPeerConfig *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlPeerConfig, yl_peer_config_unref)
