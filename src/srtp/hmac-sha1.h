/* hmac-sha1.h: HMAC-SHA1 (RFC 2104) under a key that stays
 *
 * No way through EVP in OpenSSL 3.0 is without two allocations for each
 * message: EVP_MAC duplicates the digest context twice, EVP_MD_CTX_copy_ex()
 * does so once for each pass, and EVP_DigestInit_ex2() makes it anew even for
 * the same digest (measured; the sender's test counts). The older interface
 * copies by value, and both key blocks are hashed once; EVP_MAC takes a third
 * longer. */
#pragma once

#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
#include <stddef.h>
#include <stdint.h>

#define YL_HMAC_SHA1_SIZE 20

typedef struct {
  SHA_CTX inner;
  SHA_CTX outer;
} YlHmacSha1;

/* @size: at most 64 octets. */
void yl_hmac_sha1_set_key (YlHmacSha1 *self, const uint8_t *key, size_t size);

/* Over @a followed by @b. */
void yl_hmac_sha1 (const YlHmacSha1 *self, const uint8_t *a, size_t a_size,
                   const uint8_t *b, size_t b_size,
                   uint8_t mac[YL_HMAC_SHA1_SIZE]);
