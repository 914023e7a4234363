/* ice-check.h: a full agent's connectivity checks, for tests */
#pragma once

#include "base/address.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ICE_CHECK_MAX 512 /* [octets] */

typedef struct {
  const char *username; /* "theirs:ours" */
  const char *password; /* theirs */
  bool use_candidate;
  bool controlled; /* claim the wrong role */
} IceCheck;

typedef enum {
  ICE_REPLY_NONE, /* not a reply, or integrity or fingerprint are wrong */
  ICE_REPLY_SUCCESS,
  ICE_REPLY_ERROR,
} IceReplyKind;

typedef struct {
  IceReplyKind kind;
  int code;         /* of an error */
  YlAddress mapped; /* XOR-MAPPED-ADDRESS of a success */
} IceReply;

/* Writes a Binding request with a transaction id made from @number. */
size_t ice_check_write (const IceCheck *check, uint32_t number,
                        uint8_t data[ICE_CHECK_MAX]);

/* Judges a reply with a parser of its own: only HMAC and CRC are taken from
 * libraries. */
IceReply ice_reply_read (const char *password, const uint8_t *data,
                         size_t size);

/* Answers @data, a Binding request that came from @from, if it proves to
 * know our @password. Returns 0 if not. */
size_t ice_request_answer (const char *password, const YlAddress *from,
                           const uint8_t *data, size_t size,
                           uint8_t reply[ICE_CHECK_MAX]);
