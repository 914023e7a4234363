/* srtp-keying.h: what a DTLS-SRTP handshake yields for one direction
 *
 * In base, because dtls writes it and srtp reads it, and neither knows the
 * other. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* The values are the protection profile numbers of DTLS-SRTP (RFC 5764,
 * 4.1.2; RFC 7714, 14.2). */
typedef enum {
  YL_SRTP_PROFILE_NONE = 0,
  YL_SRTP_PROFILE_AES128_CM_SHA1_80 = 0x0001,
  YL_SRTP_PROFILE_AEAD_AES_128_GCM = 0x0007,
  YL_SRTP_PROFILE_AEAD_AES_256_GCM = 0x0008,
} YlSrtpProfile;

#define YL_SRTP_MAX_KEY 32
#define YL_SRTP_MAX_SALT 14

/* What the largest profile adds to an RTP packet [octets]. */
#define YL_SRTP_MAX_OVERHEAD 16

/* Master key and salt: secret, wipe after use (OPENSSL_cleanse). */
typedef struct {
  YlSrtpProfile profile;
  uint8_t key[YL_SRTP_MAX_KEY];
  uint8_t salt[YL_SRTP_MAX_SALT];
} YlSrtpKeying;

/* Master key [octets], 0 for an unknown profile. */
static inline size_t
yl_srtp_profile_key_size (YlSrtpProfile profile)
{
  switch (profile) {
  case YL_SRTP_PROFILE_AES128_CM_SHA1_80:
  case YL_SRTP_PROFILE_AEAD_AES_128_GCM:
    return 16;
  case YL_SRTP_PROFILE_AEAD_AES_256_GCM:
    return 32;
  default:
    return 0;
  }
}

static inline size_t
yl_srtp_profile_salt_size (YlSrtpProfile profile)
{
  return profile == YL_SRTP_PROFILE_AES128_CM_SHA1_80 ? 14
         : yl_srtp_profile_key_size (profile) > 0     ? 12
                                                      : 0;
}

/* What protection adds to an RTP packet [octets]. */
static inline size_t
yl_srtp_profile_overhead (YlSrtpProfile profile)
{
  return profile == YL_SRTP_PROFILE_AES128_CM_SHA1_80 ? 10
         : yl_srtp_profile_key_size (profile) > 0     ? 16
                                                      : 0;
}
