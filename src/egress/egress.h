/* egress.h: how it goes out: rewrite, protect, batch into messages
 *
 * Rows of a plan are written into one send buffer, encrypted straight from
 * the shared plaintext, and leave at the end of the worker's turn as few
 * messages with UDP_SEGMENT. No socket here: a callback sends. One thread. */
#pragma once

#include "base/address.h"
#include "nego/peer-config.h"
#include "sfu/plan.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

typedef struct YlEgress YlEgress;
typedef struct YlSrtpSender YlSrtpSender;

/* Limits of UDP_SEGMENT that every kernel with it accepts. */
#define YL_EGRESS_MAX_SEGMENTS 64
#define YL_EGRESS_MAX_OCTETS 65000

/* One sendmsg(): segments of `segment_size`, the last may be shorter. A
 * single datagram has segment_size == 0. Borrowed during the call. */
typedef struct {
  const YlAddress *remote;
  const YlAddress *local; /* source address to use (IP_PKTINFO) */
  const struct iovec *iov;
  uint8_t n_iov;
  uint16_t segment_size; /* [octets] */
  uint32_t size;         /* [octets] in all */
} YlEgressMessage;

typedef enum {
  YL_SEND_OK,
  YL_SEND_AGAIN,  /* the socket is full (EAGAIN, ENOBUFS) */
  YL_SEND_NO_GSO, /* EINVAL, EIO or EMSGSIZE on a message with segments */
  YL_SEND_ERROR,  /* anything else: that message is lost */
} YlSendResult;

/* Sends @n messages in order and returns how many left. If fewer, @why says
 * what happened to the first that did not. */
typedef size_t (*YlEgressSend) (void *user, const YlEgressMessage *messages,
                                size_t n, YlSendResult *why);

/* @max_peers: indices are below; @send: called from write and flush */
YlEgress *yl_egress_new (uint32_t max_peers, YlEgressSend send, void *user);
void yl_egress_free (YlEgress *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlEgress, yl_egress_free)

/* What the worker knows of a viewer; @sender is borrowed until cleared or
 * replaced, @config is copied as far as needed. */
typedef struct {
  YlAddress remote;
  YlAddress local;
  YlSrtpSender *sender;
  const YlPeerConfig *config;
} YlEgressPeer;

/* Adds or updates; the transport-wide sequence goes on. */
void yl_egress_set_peer (YlEgress *self, uint32_t peer,
                         const YlEgressPeer *values);

/* The selected path of a known peer moved. */
void yl_egress_set_path (YlEgress *self, uint32_t peer, const YlAddress *remote,
                         const YlAddress *local);

/* The path stays, but its datagrams leave from @local; any: from the address
 * that the kernel chooses. */
void yl_egress_set_source (YlEgress *self, uint32_t peer,
                           const YlAddress *local);

/* Forgets it; what is protected already still leaves. */
void yl_egress_clear_peer (YlEgress *self, uint32_t peer);

/* Writes and protects every row. Audio and video of one turn may share a
 * message, so most leaves with yl_egress_flush(); a full send buffer leaves
 * at once. */
void yl_egress_write (YlEgress *self, const YlPlan *plan, uint64_t now_us);

/* Sends what is pending: audio alone first, or as the short last segment of
 * a video message. What the socket does not take is kept for 20 ms; then the
 * oldest video goes, audio stays until the table of kept ones is full. */
void yl_egress_flush (YlEgress *self, uint64_t now_us);

/* When kept datagrams want another flush, or YL_NEVER. Flush also as soon as
 * the socket is writable while this is not YL_NEVER. */
uint64_t yl_egress_next_deadline (const YlEgress *self);

typedef struct {
  uint64_t packets;
  uint64_t octets; /* on the wire above UDP */
  uint64_t messages;
  uint64_t padding_octets;   /* spent on equal segments */
  uint64_t audio_alone;      /* audio packets with a message of their own */
  uint64_t dropped_no_peer;  /* rows without keys or path */
  uint64_t dropped_protect;  /* refused: index already used, or no slot */
  uint64_t dropped_oversize; /* would not fit in a datagram */
  uint64_t kept;             /* messages that had to wait for the socket */
  uint64_t dropped_video;    /* of these: waited too long, or no room */
  uint64_t dropped_audio;
  uint64_t send_errors;
  uint64_t gso_fallbacks;
} YlEgressCounters;

const YlEgressCounters *yl_egress_counters (const YlEgress *self);
