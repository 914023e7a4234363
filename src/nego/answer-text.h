/* answer-text.h: writes the answer that a configuration stands for */
#pragma once

#include "nego/nego.h"
#include "sdp/sdp-offer.h"

/* Beside the configuration, what the text needs. Borrowed. */
typedef struct {
  const YlSdpOffer *offer;
  const YlPeerConfig *config; /* its sections are those of the offer */
  const YlNegoSite *site;
  uint64_t session_id; /* o= line, the same in all answers of a session */
  uint32_t version;    /* o= line, grows with every answer */
} YlAnswerText;

/* Returns: (transfer full): SDP with CRLF line ends. */
char *yl_answer_text_write (const YlAnswerText *self);
