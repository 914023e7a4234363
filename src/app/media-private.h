/* media-private.h: what the files of media coordination share */
#pragma once

#include "app/media.h"
#include "nego/nego.h"

/* A slot of a peer and whose media it shows. */
typedef struct {
  char mid[YL_PEER_MID_SIZE];
  YlMediaKind kind;
  bool playable;
  YlPeerId source; /* 0: a branch, or nothing */
} YlMediaSlot;

typedef struct {
  YlPeerId id; /* 0: none */
  char *account;
  char *connection;
  YlNegoSession *nego;
  bool connected;
  GArray *slots; /* of YlMediaSlot */
} YlMediaPeer;

typedef struct {
  char *consultation;
  YlRoomId id;
  unsigned worker;
  bool forwarding;
  YlMediaPeer peers[YL_N_SIDES];
  bool branch[YL_N_SIDES];
  YlSideMedia media[YL_N_SIDES]; /* as reported, perhaps in vain */
  bool audio[YL_N_SIDES], video[YL_N_SIDES];
} YlMediaRoom;

typedef struct {
  YlWorker *worker;
  GQueue waiting; /* of YlCommand that found its mailbox full */
  YlAddress *candidates;
} YlMediaLane;

struct YlMedia {
  YlJournal *journal;
  YlMediaLane *lanes;
  unsigned n_lanes;
  unsigned n_addresses;
  YlFingerprint fingerprint;
  YlRandom random;
  GHashTable *rooms; /* Room by consultation */
  GHashTable *by_id; /* Room by the id of the room */
  uint64_t last_room;
  uint64_t last_peer;
  guint retry_source;
  YlMediaHandler handler;
  void *user_data;
};

/* Tells the workflow how a side's media stands now. */
void yl_media_report (YlMedia *self, YlMediaRoom *room, YlSide side,
                      YlSideMedia media);

/* Forgets the peer; the worker is told unless it told us. */
void yl_media_clear_peer (YlMedia *self, YlMediaRoom *room, YlSide side,
                          bool tell);
