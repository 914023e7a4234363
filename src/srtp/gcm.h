/* gcm.h: AES-GCM under a key that stays, by one of two libraries
 *
 * OpenSSL is always there. intel-ipsec-mb seals 1200 octets in 0.13 to 0.32 µs
 * where OpenSSL 3.0's EVP takes 0.45 to 0.6 (half of it for calls and
 * parameters, not for AES), so it is taken where it was built in and the
 * processor has AVX2 and carry-less multiplication. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define YL_GCM_IV_SIZE 12
#define YL_GCM_TAG_SIZE 16

typedef struct {
  const char *name;

  /* One direction's key, expanded; NULL: memory is exhausted. @size: 16 or 32
   * octets. */
  void *(*key_new) (const uint8_t *key, size_t size, bool seal);
  void (*key_free) (void *key);

  /* Encrypts @size octets after @header_size authenticated ones, in place,
   * and puts the tag behind them. Nothing is allocated. */
  bool (*seal) (void *key, const uint8_t iv[YL_GCM_IV_SIZE], uint8_t *packet,
                size_t header_size, size_t size);

  /* The opposite; false: the tag is wrong, and the payload is rubbish. */
  bool (*open) (void *key, const uint8_t iv[YL_GCM_IV_SIZE], uint8_t *packet,
                size_t header_size, size_t size);
} YlGcm;

const YlGcm *yl_gcm_openssl (void);

/* NULL where it was not built in, or would not be faster. */
const YlGcm *yl_gcm_ipsec_mb (void);

/* What contexts made from now on use. Any thread. */
const YlGcm *yl_gcm_get (void);

/* Keeps to OpenSSL, or not: then the faster one is taken. */
void yl_gcm_set_portable (bool portable);
