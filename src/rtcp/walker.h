/* walker.h: the packets of a compound RTCP datagram (RFC 3550, 6.1) */
#pragma once

#include "base/reader.h"
#include "base/writer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
  YL_RTCP_SR = 200,
  YL_RTCP_RR = 201,
  YL_RTCP_SDES = 202,
  YL_RTCP_BYE = 203,
  YL_RTCP_APP = 204,
  YL_RTCP_RTPFB = 205, /* count is the format (RFC 4585, 6.1) */
  YL_RTCP_PSFB = 206,
  YL_RTCP_XR = 207,
} YlRtcpType;

enum {
  YL_RTCP_RTPFB_NACK = 1,
  YL_RTCP_RTPFB_TWCC = 15,
  YL_RTCP_PSFB_PLI = 1,
  YL_RTCP_PSFB_FIR = 4,
  YL_RTCP_PSFB_AFB = 15, /* REMB */
};

/* One packet, borrowed from the datagram. */
typedef struct {
  uint8_t type;        /* YlRtcpType, or another */
  uint8_t count;       /* reports, sources, or the feedback format */
  const uint8_t *body; /* what follows the 4 octets of header */
  size_t body_size;    /* [octets], padding removed */
} YlRtcpPacket;

typedef struct {
  YlReader in;
} YlRtcpWalker;

/* Checks the whole datagram (after SRTCP removal) before anything of it is
 * used: versions, lengths, padding only in the last packet. Any type may come
 * first (reduced-size, RFC 5506). False if malformed; @self is then empty. */
bool yl_rtcp_walker_init (YlRtcpWalker *self, const uint8_t *data, size_t size);

/* Writes the next packet, or returns false at the end. */
bool yl_rtcp_walker_next (YlRtcpWalker *self, YlRtcpPacket *packet);

static inline bool
yl_rtcp_packet_is (const YlRtcpPacket *self, YlRtcpType type, uint8_t format)
{
  return self->type == type && self->count == format;
}

/* Writes a header whose length is filled in by yl_rtcp_end(). Returns the
 * place to hand to it, or NULL when full. */
uint8_t *yl_rtcp_begin (YlWriter *out, YlRtcpType type, uint8_t count);

/* Pads to 32 bits with zeros and sets the length of the packet begun at
 * @begin. On failure the whole packet is taken back and false returned. */
bool yl_rtcp_end (YlWriter *out, uint8_t *begin);
