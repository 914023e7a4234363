/* derive.h: session keys from a master key (RFC 3711, 4.3; RFC 7714, 11) */
#pragma once

#include "base/srtp-keying.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the derived octets are for (RFC 3711, 4.3.2). */
typedef enum {
  YL_SRTP_LABEL_KEY = 0,
  YL_SRTP_LABEL_AUTH = 1,
  YL_SRTP_LABEL_SALT = 2,
  YL_SRTCP_LABEL_KEY = 3,
  YL_SRTCP_LABEL_AUTH = 4,
  YL_SRTCP_LABEL_SALT = 5,
} YlSrtpLabel;

/* False: unknown profile, or OpenSSL is exhausted. */
bool yl_srtp_derive (const YlSrtpKeying *keying, YlSrtpLabel label,
                     uint8_t *out, size_t size);
