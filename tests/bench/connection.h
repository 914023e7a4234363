/* connection.h: one connection of the load program to the server under test
 *
 * Sends a camera and a microphone, or receives them, or both. What is
 * received is counted, not decrypted, once it is known for what it is. All
 * but `seat` and `error` belong to the media thread; see swarm.h. */
#pragma once

#include "../support/media-sender.h"
#include "../support/rtc-link.h"
#include "histogram.h"
#include "rtcp/twcc-recorder.h"
#include "srtp/receiver.h"
#include "srtp/srtcp.h"
#include "stream.h"
#include "target.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum {
  CONNECTION_PUBLISH,
  CONNECTION_VIEW,
  CONNECTION_JOIN,
} ConnectionRole;

typedef enum {
  CONNECTION_ASKING,     /* a signalling thread has it */
  CONNECTION_CONNECTING, /* ICE and DTLS */
  CONNECTION_WAITING,    /* media is not known for what it is yet */
  CONNECTION_SETTLED,
  CONNECTION_FAILED,
} ConnectionState;

#define SENT_RING 1024 /* packets whose time of sending is kept */

typedef struct {
  int64_t seq;
  uint64_t sent_ns;
} SentPacket;

typedef struct {
  YlDtlsContext *dtls;
  const char *fingerprint;
  YlAddress own;
  uint32_t video_bps;
  uint32_t spread_us;
  bool gro;
  bool twcc;
} ConnectionSetup;

typedef struct Connection Connection;
typedef struct Scratch Scratch; /* scratch.h */

struct Connection {
  const ConnectionSetup *setup;
  ConnectionRole role;
  unsigned room;
  unsigned who;
  unsigned number; /* of all connections */
  ConnectionState state;
  int fd;
  bool polled;    /* waited for, not only swept */
  bool under_way; /* asked for, not there yet */
  TargetLocal local;
  TargetRemote remote;
  TargetSeat *seat; /* these two: of the signalling thread until it is done */
  GError *error;
  RtcLink link;
  YlSrtpKeying send_keys;
  YlSrtcp *srtcp; /* NULL before the keys */
  uint64_t connected_us;

  /* sending */
  uint32_t video_bps;
  MediaSender sender;
  SentPacket *sent[2]; /* by kind; SENT_RING each */
  uint64_t packets_sent;
  uint64_t mark_sent; /* of those, before the measuring window */
  uint64_t unsent;    /* the socket was full */
  uint64_t plis;
  uint64_t nacked;
  GPtrArray *record; /* GBytes of what is sent go here, NULL: nowhere */
  guint record_max;

  /* receiving */
  Connection *source; /* whose media this is; may still be asking */
  YlSrtpReceiver *receiver;
  YlSrtpWindow windows[2];
  Stream streams[2];
  uint64_t report_ntp[2]; /* of the server's newest report, 0: none */
  uint64_t reported_us[2];
  YlRtcpTwccRecorder *twcc;
  bool thorough;      /* decrypts all and looks at it */
  Histogram *latency; /* where to count it, NULL: nowhere. Borrowed */
  uint64_t resent;    /* RTX packets received */
  uint64_t unknown;
  uint64_t bad;   /* not what the tag says */
  uint64_t wrong; /* decrypted, but another packet than it should be */
  uint64_t request_ns;
  uint64_t first_ns; /* arrival of the first packet of a keyframe, 0: none */

  bool nags;
  uint64_t report_us; /* when to report next */
  uint64_t pli_us;    /* when to ask for a keyframe next */
};

/* Opens the socket and says what we are. NULL: no socket. */
Connection *connection_new (const ConnectionSetup *setup, ConnectionRole role,
                            unsigned number, GError **error);
void connection_free (Connection *self);

static inline bool
connection_sends (const Connection *self)
{
  return self->role != CONNECTION_VIEW;
}

static inline bool
connection_receives (const Connection *self)
{
  return self->role != CONNECTION_PUBLISH;
}

/* Asks for keyframes all the time. */
void connection_nag (Connection *self);

/* Goes where `remote` points. */
void connection_start (Connection *self, uint64_t now_us);

/* What is due but media to send. */
void connection_handle_timeout (Connection *self, uint64_t now_us);
uint64_t connection_next_deadline (const Connection *self);

/* Says goodbye. */
void connection_close (Connection *self);

/* Takes a datagram that is neither RTP nor RTCP. */
void connection_receive_link (Connection *self, const uint8_t *data,
                              size_t size, uint64_t now_us);

/* ---- connection-send.c ---- */

void connection_start_sending (Connection *self, uint64_t now_us);

/* All media that is due, in one batch. */
void connection_send_media (Connection *self, Scratch *scratch,
                            uint64_t now_us);

/* The RTCP of who receives what we send. */
void connection_receive_feedback (Connection *self, uint8_t *data, size_t size,
                                  uint64_t now_us);

/* ---- connection-receive.c ---- */

/* Takes all that waits at the socket. */
void connection_drain (Connection *self, Scratch *scratch, uint64_t now_us);

/* ---- connection-report.c ---- */

/* Sender and receiver reports, requests for keyframes, transport-cc. */
void connection_report (Connection *self, uint64_t now_us);
