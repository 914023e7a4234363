/* request.h: what a client of WHIP (RFC 9725) or WHEP wants
 *
 * The engine behind the HTTP routes /whip/COURSE and /whep/COURSE and the
 * resources below them. It knows no HTTP library: lines of a request go in,
 * an action or the reason of a refusal comes out. Whether a token is right
 * and what happens to an offer is the caller's. Any thread. */
#pragma once

#include "base/course-name.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define YL_WHIP_BODY_MAX 65536 /* [octets] of an offer */
#define YL_WHIP_TOKEN_MAX 128  /* characters of a token */
#define YL_WHIP_ID_MAX 64      /* characters of a resource's id */

typedef enum {
  YL_WHIP_PUBLISH, /* WHIP */
  YL_WHIP_WATCH,   /* WHEP */
} YlWhipRole;
#define YL_WHIP_N_ROLES 2

typedef enum {
  YL_WHIP_METHOD_OTHER,
  YL_WHIP_METHOD_OPTIONS,
  YL_WHIP_METHOD_POST,
  YL_WHIP_METHOD_DELETE,
  YL_WHIP_METHOD_PATCH,
} YlWhipMethod;

/* The lines of a request that matter; NULL: absent. Borrowed. */
typedef struct {
  YlWhipMethod method;
  const char *path; /* begins with '/', without the query */
  const char *authorization;
  const char *content_type;
  const char *content_length;
  const char *accept;
} YlWhipHead;

typedef enum {
  YL_WHIP_REFUSE,  /* answer with the refusal */
  YL_WHIP_OPTIONS, /* say what is possible here */
  YL_WHIP_OFFER,   /* course, token; the body is an offer */
  YL_WHIP_REMOVE,  /* course, id, token */
} YlWhipAction;

/* Why not; yl_whip_refusal_row() has the status of each. */
typedef enum {
  YL_WHIP_OK,
  YL_WHIP_NOT_FOUND,         /* no such path or resource */
  YL_WHIP_WRONG_METHOD,      /* among these PATCH: candidates are in the offer,
                                and ICE-lite needs none */
  YL_WHIP_NO_TOKEN,          /* no Authorization: Bearer */
  YL_WHIP_WRONG_TOKEN,       /* no such course, or not its token */
  YL_WHIP_WRONG_ROLE,        /* the course's token for the other role */
  YL_WHIP_WRONG_TYPE,        /* not application/sdp */
  YL_WHIP_NOT_ACCEPTABLE,    /* the client does not take application/sdp */
  YL_WHIP_NO_LENGTH,         /* no Content-Length */
  YL_WHIP_TOO_LARGE,         /* more than YL_WHIP_BODY_MAX */
  YL_WHIP_BAD_OFFER,         /* not SDP */
  YL_WHIP_UNSUPPORTED_OFFER, /* SDP, but nothing we could do */
  YL_WHIP_THROTTLED,         /* too many wrong tokens from there */
  YL_WHIP_FULL,              /* no place for one more */
  YL_WHIP_DRAINING,          /* the gateway is about to end */
  YL_WHIP_UNAVAILABLE,       /* the courses cannot be read */
  YL_WHIP_N_REFUSALS,
} YlWhipRefusal;

typedef struct {
  YlWhipAction action;
  YlWhipRefusal refusal; /* with YL_WHIP_REFUSE */
  YlWhipRole role;
  bool is_resource;                    /* the path names one below a course */
  char course[YL_COURSE_NAME_MAX + 1]; /* empty: the path names none */
  char id[YL_WHIP_ID_MAX + 1];
  char token[YL_WHIP_TOKEN_MAX + 1];
} YlWhipRequest;

/* Is this path ours, right or wrong? */
bool yl_whip_owns_path (const char *path);

/* Fills all of @request. */
void yl_whip_request_parse (YlWhipRequest *request, const YlWhipHead *head);
