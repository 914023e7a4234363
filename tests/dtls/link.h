/* link.h: two DTLS associations, a link that misbehaves, and virtual time */
#pragma once

#include "dtls/dtls.h"

#include <glib.h>

/* What becomes of a datagram. */
typedef enum {
  LINK_PASS,
  LINK_DROP,
  LINK_REPEAT,
  LINK_LATE, /* after all others of this turn */
} LinkFate;

typedef struct Link Link;
struct Link {
  YlDtls *ends[2]; /* server, client */
  uint64_t now_us;
  unsigned sent; /* datagrams, both ways */
  size_t largest;
  LinkFate (*fate) (Link *link, const uint8_t *data, size_t size);
  GRand *rand;
};

/* OpenSSL's DTLS timer asks gettimeofday(), which link.c replaces in the
 * test program: it follows the clock of the link that ran last. */
void link_init (Link *link, YlDtls *server, YlDtls *client);
void link_clear (Link *link);

/* Delivers until nothing is under way. */
void link_settle (Link *link);

/* Settles, and fires time-outs until both are connected or @limit_us has
 * passed. Returns the time it took. */
uint64_t link_run (Link *link, uint64_t limit_us);
