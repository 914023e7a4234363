#include "signal/codes.h"

#include <glib.h>

static const YlCodeRow rows[] = {
  { YL_CODE_INTERNAL, "internal", "something went wrong in the server" },
  { YL_CODE_PARSE_ERROR, "parse-error", "not JSON" },
  { YL_CODE_INVALID_REQUEST, "invalid-request", "not a JSON-RPC 2.0 request" },
  { YL_CODE_UNKNOWN_METHOD, "unknown-method", "no such method" },
  { YL_CODE_INVALID_PARAMS, "invalid-params",
    "a parameter is missing or wrong" },
  { YL_CODE_NOT_SIGNED_IN, "not-signed-in", "sign in first" },
  { YL_CODE_WRONG_CREDENTIALS, "wrong-credentials",
    "account or password is wrong" },
  { YL_CODE_THROTTLED, "throttled", "too many attempts, wait" },
  { YL_CODE_NO_RIGHT, "no-right", "this post may not do that" },
  { YL_CODE_NOT_FOUND, "not-found", "no such thing" },
  { YL_CODE_WRONG_STATE, "wrong-state",
    "not possible in the present state of the consultation" },
  { YL_CODE_TAKEN, "taken", "another expert accepted first" },
  { YL_CODE_NOT_SAVED, "not-saved", "could not be saved; nothing was done" },
  { YL_CODE_BUSY, "busy", "too much work at once, try later" },
  { YL_CODE_DRAINING, "draining", "the server is about to restart" },
  { YL_CODE_BAD_SDP, "bad-sdp", "the offer cannot be answered" },
  { YL_CODE_STALE_GENERATION, "stale-generation",
    "a newer offer was already answered" },
  { YL_CODE_TOO_LARGE, "too-large", "a text is over its bound" },
};

const YlCodeRow *
yl_code_rows (size_t *n_rows)
{
  *n_rows = G_N_ELEMENTS (rows);
  return rows;
}

const YlCodeRow *
yl_code_row (YlCode code)
{
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].code == code)
      return &rows[i];
  return &rows[0];
}
