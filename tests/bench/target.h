/* target.h: one server under test, as the load program sees it
 *
 * Signalling only: media is the load program's. A target is a table of
 * blocking calls; all but start and stop run on several signalling threads
 * at once, while media flows on another. Who offers is the target's affair:
 * the load program only needs to know where to send, and the credentials.
 * Towards every server it is the controlling ICE agent and the DTLS client,
 * so what a target writes in our name says a=setup:active. */
#pragma once

#include "base/address.h"
#include "base/srtp-keying.h"
#include "dtls/certificate.h"
#include "nego/peer-config.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* The numbers we offer and send by where the server leaves them to us. */
enum {
  TARGET_OPUS = 111,
  TARGET_VP8 = 96,
  TARGET_RTX = 97,
  TARGET_MID_ID = 4, /* header extensions; mids are "0", "1", … by section */
  TARGET_TWCC_ID = 5,
};

/* Our side of one connection. Arrays are by YlMediaKind. */
typedef struct {
  YlAddress address; /* our socket is bound to, on the machine's own address */
  char ufrag[9];
  char pwd[25];
  const char *fingerprint; /* sha-256, "AB:CD:…", borrowed */
  uint32_t ssrc[2];        /* of what we send, 0: nothing */
  uint32_t rtx_ssrc;       /* of resent video, 0: nothing */
  bool receives;           /* audio and video are wanted */
  bool twcc;               /* transport-cc is to be offered for reception */
} TargetLocal;

/* The server's side of it. */
typedef struct {
  YlAddress address; /* where it wants ICE, DTLS and media */

  bool keyed; /* the keys are given: no ICE and no DTLS; our first packet may
               * be RTCP, media may come at once */
  YlSrtpKeying send_keys;    /* keyed only: protects what we send */
  YlSrtpKeying receive_keys; /* keyed only */

  char ufrag[YL_PEER_UFRAG_SIZE];
  char pwd[YL_PEER_PWD_SIZE];
  uint8_t sha256[YL_DTLS_SHA256_SIZE]; /* of its DTLS certificate */
  bool checks; /* it sends ICE checks, lite or not, and takes no DTLS before
                * they are answered */

  /* of what it will send: streams are told apart by payload type */
  uint8_t payload_type[2];
  uint8_t rtx_payload_type; /* 0: no resends */
  uint32_t ssrc[2];         /* 0: unknown */
  uint8_t twcc_id;          /* header extension, 0: none */

  /* of what we send */
  uint8_t send_payload_type[2];
  uint8_t send_rtx_payload_type; /* 0: it takes no RTX */
  uint8_t mid_id;                /* header extension, 0: none */
  char mid[2][YL_PEER_MID_SIZE];
} TargetRemote;

typedef struct {
  YlAddress own;      /* the machine's own address, port 0: to listen on */
  unsigned rooms;     /* numbered from 0 */
  unsigned courses;   /* rooms of one sender: the first; others are of two */
  unsigned viewers;   /* expected in each course */
  char **options;     /* "key=value" for this target, NULL at the end */
  const char *wrap;   /* command to put before the server's, NULL: none */
  const char *folder; /* empty, of this run: for configuration and data */
} TargetSetup;

typedef struct TargetType TargetType;

#define TARGET_SENDERS_MAX 2

/* Who send in @room, numbered from 0. */
static inline unsigned
target_senders (const TargetSetup *setup, unsigned room)
{
  return room < setup->courses ? 1 : 2;
}

/* What every target's own struct begins with; zeroed but for @type. */
typedef struct {
  const TargetType *type;
  TargetSetup setup; /* borrowed parts outlive the target */
  pid_t pid;         /* of the server, from start to stop: what is measured */
  char crypto[24];   /* start() says: the library that does its AES-GCM */
} Target;

/* One connection at the server, the target's own. */
typedef struct TargetSeat TargetSeat;

struct TargetType {
  const char *name;
  size_t size; /* of the target's own struct */

  /* Runs the server and makes ready @setup's rooms; returns when it accepts
   * connections. */
  bool (*start) (Target *self, GError **error);

  /* Ends the server and frees what start made, also after a start that
   * failed halfway. All seats are left. */
  void (*stop) (Target *self);

  /* Sends to @room as its sender @who. Returns NULL on error, like the
   * next two; after TARGET_ERROR_BUSY the same may be tried again. */
  TargetSeat *(*publish) (Target *self, unsigned room, unsigned who,
                          const TargetLocal *local, TargetRemote *remote,
                          GError **error);

  /* Receives what sender @who of @room, who is there already, sends. */
  TargetSeat *(*view) (Target *self, unsigned room, unsigned who,
                       const TargetLocal *local, TargetRemote *remote,
                       GError **error);

  /* Both on one connection in a room of two: sends as @who and receives the
   * other, who may come later. NULL: this server needs a publish and a view
   * for each of the two. */
  TargetSeat *(*join) (Target *self, unsigned room, unsigned who,
                       const TargetLocal *local, TargetRemote *remote,
                       GError **error);

  /* Frees @seat, also when the server does not want to hear of it. */
  void (*leave) (Target *self, TargetSeat *seat);

  /* What the server counts, as Prometheus text; NULL with @error, else
   * g_free(). NULL: this server has no such thing. */
  char *(*metrics) (Target *self, GError **error);
};

extern const TargetType target_yilian;
extern const TargetType target_janus;
extern const TargetType target_raw;

/* ---- for targets ---- */

#define TARGET_ERROR (target_error_quark ())
GQuark target_error_quark (void);
#define TARGET_ERROR_FAILED 0
#define TARGET_ERROR_BUSY 1 /* too much at once: ask again in a moment */

/* The value of an option, or @otherwise. Borrowed. */
const char *target_option (const Target *self, const char *key,
                           const char *otherwise);

/**
 * target_spawn:
 * @argv: of the server; the setup's wrapper goes before it
 * @log: (nullable): name of a file in the run's folder for what it prints
 * Sets the pid, which must be the server's own: wrappers have to exec.
 */
bool target_spawn (Target *self, const char *const *argv, const char *log,
                   GError **error);

/* Sends SIGTERM, SIGKILL after 5 s, and reaps it. Nothing without a pid. */
void target_reap (Target *self);

/* Has the server ended (the reason is then in @error)? For loops that wait. */
bool target_ended (const Target *self, GError **error);
