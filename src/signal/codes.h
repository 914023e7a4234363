/* codes.h: the stable error codes of the protocol (PROTOCOL.md, 2) */
#pragma once

#include <stddef.h>

typedef enum {
  YL_CODE_OK = 0,
  YL_CODE_PARSE_ERROR = -32700,
  YL_CODE_INVALID_REQUEST = -32600,
  YL_CODE_UNKNOWN_METHOD = -32601,
  YL_CODE_INVALID_PARAMS = -32602,
  YL_CODE_INTERNAL = -32603,
  YL_CODE_NOT_SIGNED_IN = 1001,
  YL_CODE_WRONG_CREDENTIALS = 1002,
  YL_CODE_THROTTLED = 1003,
  YL_CODE_NO_RIGHT = 1004,
  YL_CODE_NOT_FOUND = 1005,
  YL_CODE_WRONG_STATE = 1006,
  YL_CODE_TAKEN = 1007,
  YL_CODE_NOT_SAVED = 1008,
  YL_CODE_BUSY = 1009,
  YL_CODE_DRAINING = 1010,
  YL_CODE_BAD_SDP = 1011,
  YL_CODE_STALE_GENERATION = 1012,
  YL_CODE_TOO_LARGE = 1013,
} YlCode;

typedef struct {
  YlCode code;
  const char *name;    /* clients act on this */
  const char *message; /* for a person who reads logs, lower case */
} YlCodeRow;

/* The table itself, for tests and metrics. */
const YlCodeRow *yl_code_rows (size_t *n_rows);

/* The row of @code; that of YL_CODE_INTERNAL for a number not in the table. */
const YlCodeRow *yl_code_row (YlCode code);
