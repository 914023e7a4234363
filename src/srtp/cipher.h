/* cipher.h: session keys of one direction, and one packet under them */
#pragma once

#include "base/srtp-keying.h"
#include "srtp/hmac-sha1.h"

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
  EVP_CIPHER_CTX *evp; /* keyed once, given a new IV for each packet */
  YlHmacSha1 hmac;     /* CM_SHA1_80 only */
  size_t tag_size;     /* [octets] */
  uint8_t salt[YL_SRTP_MAX_SALT];
  bool aead;
} YlSrtpCipher;

/* Derives the SRTP session keys (RFC 3711, 4.3; RFC 7714, 11) for sealing
 * or for opening. False: unknown profile, or OpenSSL is exhausted. */
bool yl_srtp_cipher_init (YlSrtpCipher *self, const YlSrtpKeying *keying,
                          bool seal);
void yl_srtp_cipher_clear (YlSrtpCipher *self);

/* Begins the packet @index of @ssrc. @header: the part that is only
 * authenticated. */
bool yl_srtp_cipher_begin (YlSrtpCipher *self, uint32_t ssrc, int64_t index,
                           const uint8_t *header, size_t size);

/* Encrypts or decrypts the next @size octets; @out may equal @in. */
bool yl_srtp_cipher_update (YlSrtpCipher *self, uint8_t *out, const uint8_t *in,
                            size_t size);

/* Appends the tag to the @size octets of header and ciphertext. */
bool yl_srtp_cipher_seal (YlSrtpCipher *self, int64_t index, uint8_t *packet,
                          size_t size);

/* Checks the tag that follows @size octets and decrypts those after the
 * header, in place. */
bool yl_srtp_cipher_open (YlSrtpCipher *self, uint32_t ssrc, int64_t index,
                          uint8_t *packet, size_t header_size, size_t size);
