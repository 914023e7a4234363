/* rtp-ext.h: RTP header extensions, read and written (RFC 8285) */
#pragma once

#include "base/reader.h"
#include "rtp/rtp-view.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define YL_RTP_EXT_ONE_OCTET 0xbede
#define YL_RTP_EXT_TWO_OCTET 0x1000 /* and the 15 profiles after it */

/* An id of 0 means: not negotiated. */
#define YL_RTP_EXT_MAX_ID 14

/* One element, borrowed from the packet. */
typedef struct {
  uint8_t id;          /* 1..14, or 1..255 with two-octet headers */
  uint8_t size;        /* [octets] */
  const uint8_t *data; /* may be NULL when size is 0 */
} YlRtpExt;

/* Walks the elements in order; a malformed rest ends the walk. */
typedef struct {
  YlReader in;
  bool two_octet;
} YlRtpExtIter;

void yl_rtp_ext_iter_init (YlRtpExtIter *self, const YlRtpView *view);

bool yl_rtp_ext_iter_next (YlRtpExtIter *self, YlRtpExt *element);

/* False if @id is 0 or not in the packet; @element untouched then. */
bool yl_rtp_ext_find (const YlRtpView *view, uint8_t id, YlRtpExt *element);

/* The ids of the extensions we know, as one peer numbers them. */
typedef struct {
  uint8_t mid;           /* RFC 8843, 15 */
  uint8_t rid;           /* RFC 8852, 3.1 */
  uint8_t repaired_rid;  /* RFC 8852, 3.2 */
  uint8_t transport_cc;  /* draft-holmer-rmcat-transport-wide-cc-extensions */
  uint8_t audio_level;   /* RFC 6464 */
  uint8_t abs_send_time; /* 24 bits of NTP seconds, 6.18 fixed point */
} YlRtpExtIds;

#define YL_RTP_EXT_AUDIO_LEVEL_ABSENT 255

/* What they carried. Texts borrow from the packet and are not terminated. */
typedef struct {
  const char *mid; /* NULL if absent */
  const char *rid;
  const char *repaired_rid;
  uint8_t mid_size; /* [octets] */
  uint8_t rid_size;
  uint8_t repaired_rid_size;
  uint8_t audio_level; /* -dBov 0..127, or YL_RTP_EXT_AUDIO_LEVEL_ABSENT */
  bool voice;          /* V bit of the audio level */
  bool has_transport_seq;
  bool has_abs_send_time;
  uint16_t transport_seq;
  uint32_t abs_send_time; /* 24 bits */
} YlRtpExtValues;

/* Reads all known extensions in one pass. Elements of a wrong size count as
 * absent. @values is always written. */
void yl_rtp_ext_read (const YlRtpView *view, const YlRtpExtIds *ids,
                      YlRtpExtValues *values);

/* Where the parts that change with every packet lie in a written block, from
 * its first octet; 0 when absent. A sender keeps the block as a template. */
typedef struct {
  uint8_t size;             /* whole block [octets], multiple of 4, 0: none */
  uint8_t transport_seq_at; /* 2 octets */
  uint8_t abs_send_time_at; /* 3 octets */
  uint8_t audio_level_at;   /* 1 octet: V bit and level */
} YlRtpExtLayout;

/* The largest block yl_rtp_ext_write() makes. */
#define YL_RTP_EXT_BLOCK_MAX 72

/**
 * yl_rtp_ext_write:
 * @to: room for %YL_RTP_EXT_BLOCK_MAX octets; gets profile, length, elements
 *   and zeros up to a multiple of four
 * @ids: the receiver's numbers; a value whose id is 0 is left out
 * @values: absent ones are left out; texts of 1..16 octets
 * @layout: (out caller-allocates): its size is 0 when nothing was written:
 *   then the header must not announce an extension
 */
void yl_rtp_ext_write (uint8_t to[YL_RTP_EXT_BLOCK_MAX], const YlRtpExtIds *ids,
                       const YlRtpExtValues *values, YlRtpExtLayout *layout);

static inline void
yl_rtp_ext_patch_abs_send_time (uint8_t *p, uint32_t abs_send_time)
{
  p[0] = (uint8_t) (abs_send_time >> 16);
  p[1] = (uint8_t) (abs_send_time >> 8);
  p[2] = (uint8_t) abs_send_time;
}

/* The abs-send-time of a monotonic time: 24 bits that wrap every 64 s. */
uint32_t yl_rtp_ext_abs_send_time (uint64_t now_us);
