/* flood.h: many useless packets a second at a media port
 *
 * A thread of its own sends them, paced, until stopped; the load program
 * looks meanwhile at what the calls lose. */
#pragma once

#include "base/address.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum {
  FLOOD_RTP,     /* like SRTP, from an address nobody knows */
  FLOOD_GARBAGE, /* random octets and sizes, from such an address */
  FLOOD_STUN,    /* checks for nobody: the ufrag is made up */
  FLOOD_CHECKS,  /* checks for a live peer with a wrong password */
  FLOOD_REPLAY,  /* SRTP that was sent before, from its sender's own socket */
} FloodKind;

/* "rtp", "garbage", "stun", "checks", "replay". */
bool flood_kind_parse (const char *name, FloodKind *kind);

/* Copied, but for the socket. */
typedef struct {
  FloodKind kind;
  unsigned rate;    /* [packets/s] */
  YlAddress target; /* the media port */
  YlAddress own;    /* to send from, any port; not for REPLAY */

  /* CHECKS: of a live peer, as its own checks say it: "server's:client's" */
  const char *username;

  /* REPLAY: the socket of a live peer, borrowed until flood_stop(), and
   * GBytes it sent through it. */
  int fd;
  GPtrArray *packets;
} FloodConfig;

typedef struct {
  uint64_t sent;   /* packets that left */
  uint64_t failed; /* that the kernel refused */
  double seconds;
} FloodReport;

typedef struct Flood Flood;

/* @error: G_FILE_ERROR: no socket */
Flood *flood_start (const FloodConfig *config, GError **error);

/* Ends and frees it. @report: (out) */
void flood_stop (Flood *self, FloodReport *report);
