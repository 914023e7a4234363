/* client-sdp.h: the offer of the test client, and what it reads of an answer
 */
#pragma once

#include "base/address.h"
#include "dtls/certificate.h"
#include "nego/peer-config.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  CLIENT_MIC,        /* mid 0, audio, sendonly */
  CLIENT_CAMERA,     /* mid 1, video, sendonly */
  CLIENT_AUDIO_SLOT, /* mid 2, audio, recvonly */
  CLIENT_VIDEO_SLOT, /* mid 3, video, recvonly */
  CLIENT_N_SECTIONS,
};

enum {
  CLIENT_OPUS = 111,
  CLIENT_VP8 = 96,
  CLIENT_RTX = 97,
  CLIENT_MID_ID = 4, /* header extension */
};

typedef struct {
  char ufrag[9];
  char pwd[25];
  const char *fingerprint; /* "AB:CD:…" */
  uint32_t audio_ssrc;     /* 0: no microphone, the section is inactive */
  uint32_t video_ssrc;
  uint32_t video_rtx_ssrc;
} ClientOffer;

/* Returns the SDP; g_free(). */
char *client_offer_write (const ClientOffer *offer);

typedef struct {
  char ufrag[YL_PEER_UFRAG_SIZE];
  char pwd[YL_PEER_PWD_SIZE];
  uint8_t sha256[YL_DTLS_SHA256_SIZE];
  YlAddress candidates[8];
  size_t n_candidates;
  struct {
    bool accepted;
    uint32_t ssrc; /* of what the gateway sends, 0: nothing */
    uint32_t rtx_ssrc;
  } sections[CLIENT_N_SECTIONS];
} ClientAnswer;

/* False if anything a client needs is missing. */
bool client_answer_read (ClientAnswer *answer, const char *sdp);
