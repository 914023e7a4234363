/* agent.h: STUN as ICE-lite needs it: a check in, a reply out, no state */
#pragma once

#include "ice/ice.h"

/* Largest reply: error with a list of unknown attributes [octets]. */
#define YL_ICE_REPLY_MAX 160

typedef enum {
  YL_ICE_CHECK_DROP,  /* not a request, or too broken to answer */
  YL_ICE_CHECK_ERROR, /* refused, an error reply is ready */
  YL_ICE_CHECK_VALID, /* integrity is right, a success reply is ready */
} YlIceCheckResult;

typedef struct {
  const YlIceCredentials *credentials; /* which of those given were used */
  bool use_candidate;
  size_t reply_size;
  uint8_t reply[YL_ICE_REPLY_MAX];
} YlIceCheck;

/* Validates @data against the @n @credentials and prepares the answer to
 * @remote. @check is written fully. */
YlIceCheckResult yl_ice_agent_check (YlIceAgent *self,
                                     const YlIceCredentials *const *credentials,
                                     size_t n, const YlAddress *remote,
                                     const uint8_t *data, size_t size,
                                     YlIceCheck *check);
