/* reply.h: answers of WHIP and WHEP as status, headers and body
 *
 * Every answer may be read by pages of any origin: what lets a client in is
 * the token it shows itself; cookies, which browsers would add of their own
 * accord, play no part here (so no Access-Control-Allow-Credentials). */
#pragma once

#include "whip/request.h"

#include <glib.h>

#define YL_WHIP_HEADERS_MAX 12

typedef struct {
  const char *name; /* lower case, with its colon */
  char *value;
} YlWhipHeader;

typedef struct {
  unsigned status;
  const char *mime_type; /* of the body */
  GBytes *body;          /* perhaps empty */
  unsigned n_headers;
  YlWhipHeader headers[YL_WHIP_HEADERS_MAX];
} YlWhipReply;

void yl_whip_reply_free (YlWhipReply *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlWhipReply, yl_whip_reply_free)

typedef struct {
  const char *name; /* as metrics show it */
  unsigned status;
  const char *text; /* for people, one line */
} YlWhipRefusalRow;
const YlWhipRefusalRow *yl_whip_refusal_row (YlWhipRefusal refusal);

/**
 * yl_whip_reply_created:
 * @id: of the new resource below the course of @request
 * @answer: SDP
 * Returns: (transfer full): 201 with Location (relative) and ETag
 */
YlWhipReply *yl_whip_reply_created (const YlWhipRequest *request,
                                    const char *id, const char *answer);

YlWhipReply *yl_whip_reply_removed (const YlWhipRequest *request);

/* What is possible at the path of @request; also answers a preflight. */
YlWhipReply *yl_whip_reply_options (const YlWhipRequest *request);

/* @retry_after_s: told with 429 and 503 */
YlWhipReply *yl_whip_reply_refused (const YlWhipRequest *request,
                                    YlWhipRefusal refusal,
                                    unsigned retry_after_s);
