/* numbers.h: payload types and extension ids, which may never change their
 * meaning within a connection (RFC 3264, 8.3.2; RFC 8843, 10.1.2) */
#pragma once

#include "nego/nego.h"

typedef struct {
  uint32_t payloads[128];     /* what a payload type means, 0: free */
  const char *extensions[16]; /* URI, static; NULL: free */
} YlNegoNumbers;

/* Notes the numbers of an accepted section. False with
 * %YL_NEGO_ERROR_CONFLICT if one already meant something else; @self may
 * then be half written: work on a copy. */
bool yl_nego_numbers_add (YlNegoNumbers *self, const YlPeerSection *section,
                          GError **error);
