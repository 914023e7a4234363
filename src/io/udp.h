/* udp.h: one UDP socket that receives and sends in batches */
#pragma once

#include "base/address.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

typedef enum {
  YL_UDP_ERROR_SOCKET, /* the kernel refused the socket */
  YL_UDP_ERROR_IN_USE, /* another process holds the port */
} YlUdpError;

#define YL_UDP_ERROR (yl_udp_error_quark ())
GQuark yl_udp_error_quark (void);

/* What the socket is asked to hold each way [octets]. Within that, no datagram
 * is lost while the thread is busy for some 30 ms at 100 000 a second. The
 * kernel counts twice as much, for its own part. */
#define YL_UDP_SOCKET_BUFFER (4 * 1024 * 1024)

/* Messages that one yl_udp_receive() returns at most. */
#define YL_UDP_MAX_RECEIVE 32

/* What one recvmsg() yields: a datagram, or with `segment_size` several of
 * that size from one sender that the kernel joined (UDP_GRO), of which only
 * the last may be shorter. */
typedef struct {
  uint8_t *data;         /* may be written to */
  uint32_t size;         /* [octets], not 0 */
  uint16_t segment_size; /* [octets], 0: one datagram */
  YlAddress remote;
  YlAddress local;     /* where it arrived */
  uint64_t arrived_us; /* monotonic: when the kernel got it, which may be well
                        * before the thread did */
} YlUdpReceived;

/* One sendmsg(). All borrowed during the call. */
typedef struct {
  const YlAddress *remote;
  const YlAddress *local; /* source to send from; any: the kernel chooses */
  const struct iovec *iov;
  size_t n_iov;
  uint16_t segment_size; /* [octets] for UDP_SEGMENT, 0: one datagram */
} YlUdpMessage;

typedef enum {
  YL_UDP_SENT,
  YL_UDP_BLOCKED,    /* the socket is full: try when it is writable */
  YL_UDP_NO_SEGMENT, /* this one must go datagram by datagram: its path is
                      * narrower than a segment, or it has too many */
  YL_UDP_FAILED,     /* no route and the like: it is lost */
} YlUdpSendResult;

typedef struct {
  uint64_t received; /* messages */
  uint64_t received_octets;
  uint64_t truncated; /* dropped: larger than any buffer of ours */
  uint64_t sent;      /* messages */
  uint64_t sent_octets;
  uint64_t blocked; /* times the socket was full */
  uint64_t failed;  /* messages the kernel refused */
} YlUdpCounters;

/* A dual-stack socket, or an IPv4 one where the kernel has no IPv6. It knows
 * on which local address a datagram arrived and sends from the one asked for
 * (IP_PKTINFO both ways), so that a host with many addresses answers from the
 * right one. One owner, one thread. */
typedef struct YlUdp YlUdp;

/**
 * yl_udp_new:
 * @bind: (nullable): the address to listen on; its port counts, 0 for any.
 *   %NULL: every address, any port
 * @error: %YL_UDP_ERROR; the message names the port
 */
YlUdp *yl_udp_new (const YlAddress *bind, GError **error);
void yl_udp_free (YlUdp *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlUdp, yl_udp_free)

/* For epoll. */
int yl_udp_fd (const YlUdp *self);

/* The port the kernel bound. */
uint16_t yl_udp_port (const YlUdp *self);

/* Takes what waits, at most YL_UDP_MAX_RECEIVE messages; 0: nothing. Never
 * blocks. *@received is borrowed until the next call. */
size_t yl_udp_receive (YlUdp *self, const YlUdpReceived **received);

/**
 * yl_udp_send:
 * @why: (out): what happened to the first message that did not leave;
 *   %YL_UDP_SENT when all did
 * Returns: how many of the @n messages left, in order. Never blocks.
 */
size_t yl_udp_send (YlUdp *self, const YlUdpMessage *messages, size_t n,
                    YlUdpSendResult *why);

const YlUdpCounters *yl_udp_counters (const YlUdp *self);

/* What the kernel says of the socket. */
typedef struct {
  uint32_t dropped; /* datagrams that found it full, since it was opened; wraps
                     */
  uint32_t receive_buffer; /* what it holds [octets], as the kernel counts */
} YlUdpKernel;

/* All 0 where the kernel does not say (before Linux 4.12). Any thread. */
void yl_udp_ask_kernel (const YlUdp *self, YlUdpKernel *kernel);
