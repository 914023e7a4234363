/* sdp-offer.h: an offer read into what answering needs (RFC 8829, 8866) */
#pragma once

#include "sdp/sdp-codec.h"
#include "sdp/sdp-text.h"

#include <gst/sdp/gstsdpmessage.h>

#define YL_SDP_MAX_MID 16
#define YL_SDP_MAX_RIDS 3
#define YL_SDP_MAX_FINGERPRINTS 4
#define YL_SDP_MAX_SSRCS 8

typedef enum {
  YL_SDP_EXT_MID,
  YL_SDP_EXT_RID,
  YL_SDP_EXT_REPAIRED_RID,
  YL_SDP_EXT_TRANSPORT_CC,
  YL_SDP_EXT_AUDIO_LEVEL,
  YL_SDP_EXT_ABS_SEND_TIME,
  YL_SDP_N_EXT,
} YlSdpExt;

extern const char *const yl_sdp_ext_uris[YL_SDP_N_EXT];

/* Directions as bits, from the client's side. */
enum { YL_SDP_SENDS = 1, YL_SDP_RECEIVES = 2 };

typedef enum {
  YL_SDP_SETUP_ABSENT,
  YL_SDP_SETUP_ACTIVE,
  YL_SDP_SETUP_PASSIVE,
  YL_SDP_SETUP_ACTPASS,
} YlSdpSetup;

/* ICE and DTLS lines, of the session or of one section. */
typedef struct {
  const char *ufrag; /* NULL: absent */
  const char *pwd;
  YlSdpSetup setup;
  uint8_t n_fingerprints; /* sha-256 only */
  uint8_t fingerprints[YL_SDP_MAX_FINGERPRINTS][32];
} YlSdpTransport;

typedef struct {
  uint8_t id;          /* 1..14, 0: not offered */
  uint8_t directions;  /* YL_SDP_SENDS, YL_SDP_RECEIVES */
  bool says_direction; /* "a=extmap:4/recvonly": the answer says it too */
} YlSdpExtension;

typedef struct {
  const char *media; /* "audio", "video" or another token */
  const char *proto;
  char mid[YL_SDP_MAX_MID + 1]; /* "" if absent */
  bool open;                    /* port not 0, or bundle-only */
  bool rtcp_mux, rtcp_rsize, bundle_only;
  uint8_t directions; /* YL_SDP_SENDS, YL_SDP_RECEIVES */
  uint8_t n_codecs, n_rids, n_ssrcs;
  YlSdpTransport transport;
  YlSdpCodec codecs[YL_SDP_MAX_CODECS];
  YlSdpExtension extensions[YL_SDP_N_EXT];
  char rids[YL_SDP_MAX_RIDS][YL_SDP_MAX_MID + 1]; /* a=simulcast:send */
  uint32_t ssrcs[YL_SDP_MAX_SSRCS];               /* distinct, in order */
  uint32_t fid[2];        /* media and RTX; 0: no FID group */
  const GstSDPMedia *gst; /* formats, for rejecting */
} YlSdpSection;

/* Strings borrow from the message inside. */
typedef struct {
  GstSDPMessage *message;
  YlSdpTransport transport; /* session level */
  uint8_t n_sections;
  uint8_t n_bundle;
  uint8_t bundle[YL_SDP_MAX_SECTIONS]; /* sections in a=group's order */
  YlSdpSection sections[YL_SDP_MAX_SECTIONS];
} YlSdpOffer;

/**
 * yl_sdp_offer_parse:
 * @text: @size octets, need not end in NUL; checked by yl_sdp_check_text()
 * @error: %YL_SDP_ERROR
 *
 * Unknown attributes, codecs and extensions are left out; known attributes
 * that cannot be read, or that contradict each other, are an error.
 *
 * Returns: (transfer full): the offer, or %NULL. Any thread.
 */
YlSdpOffer *yl_sdp_offer_parse (const char *text, size_t size, GError **error);
void yl_sdp_offer_free (YlSdpOffer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlSdpOffer, yl_sdp_offer_free)
