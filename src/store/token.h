/* token.h: secrets that are shown once and kept as a hash
 *
 * 256 random bits, so the hash needs neither salt nor slowness. */
#pragma once

#include "base/random.h"

#include <stdbool.h>
#include <stdint.h>

#define YL_TOKEN_SIZE 44 /* as text (base64url, RFC 4648), with NUL */
#define YL_TOKEN_HASH_SIZE 32

/* A new one. Wipe it when it was told. */
void yl_token_make (YlRandom *random, char token[YL_TOKEN_SIZE]);

/* SHA-256 of any text that claims to be a token. */
void yl_token_hash (const char *token, uint8_t hash[YL_TOKEN_HASH_SIZE]);

/* In constant time: how long it takes tells nothing of @known. */
bool yl_token_hash_equal (const uint8_t known[YL_TOKEN_HASH_SIZE],
                          const uint8_t shown[YL_TOKEN_HASH_SIZE]);
