/* cipher.h: session keys of one direction, and one packet under them */
#pragma once

#include "base/srtp-keying.h"
#include "srtp/gcm.h"
#include "srtp/hmac-sha1.h"

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
  /* AEAD profiles, else NULL */
  const YlGcm *gcm;
  void *key;

  uint64_t iv_salt[2]; /* the salt as two numbers, zeros behind it */
  size_t tag_size;     /* [octets] */
  uint8_t salt[YL_SRTP_MAX_SALT];

  /* CM_SHA1_80 */
  EVP_CIPHER_CTX *counter; /* keyed once, given a new IV for each packet */
  YlHmacSha1 hmac;
} YlSrtpCipher;

/* Derives the SRTP session keys (RFC 3711, 4.3; RFC 7714, 11) for sealing
 * or for opening. False: unknown profile, or out of memory. */
bool yl_srtp_cipher_init (YlSrtpCipher *self, const YlSrtpKeying *keying,
                          bool seal);
void yl_srtp_cipher_clear (YlSrtpCipher *self);

/* Encrypts @size octets after the header in place and appends the tag: room
 * for tag_size more. */
bool yl_srtp_cipher_seal (YlSrtpCipher *self, uint32_t ssrc, int64_t index,
                          uint8_t *packet, size_t header_size, size_t size);

/* Checks the tag that follows @size octets behind the header and decrypts
 * these, in place. False: wrong; what is behind the header is undefined. */
bool yl_srtp_cipher_open (YlSrtpCipher *self, uint32_t ssrc, int64_t index,
                          uint8_t *packet, size_t header_size, size_t size);
