/* media-private.h: what the files of consultations' media share */
#pragma once

#include "app/media.h"

/* A slot of a peer and whose media it shows. */
typedef struct {
  char mid[YL_PEER_MID_SIZE];
  YlMediaKind kind;
  bool playable;
  YlPeerId source; /* 0: a branch, or nothing */
} YlMediaSlot;

typedef struct {
  YlRoomPeer base; /* first: events come with it */
  char *account;
  char *connection;
  GArray *slots; /* of YlMediaSlot */
} YlMediaPeer;

typedef struct {
  YlRoom base;
  char *consultation;
  YlMedia *owner;
  YlMediaPeer peers[YL_N_SIDES];
  bool branch[YL_N_SIDES];
  YlSideMedia media[YL_N_SIDES]; /* as reported, perhaps in vain */
  bool told[YL_N_SIDES];         /* media[] is what this process reported */
  bool audio[YL_N_SIDES], video[YL_N_SIDES];
} YlMediaRoom;

struct YlMedia {
  YlJournal *journal;
  YlRooms *rooms;
  GHashTable *consultations; /* YlMediaRoom by consultation */
  YlMediaHandler handler;
  void *user_data;
};

/* Tells the workflow how a side's media stands now. */
void yl_media_report (YlMedia *self, YlMediaRoom *room, YlSide side,
                      YlSideMedia media);

/* Forgets the peer and tells its worker, unless that knows. */
void yl_media_clear_peer (YlMedia *self, YlMediaRoom *room, YlSide side);

/* What the workers report of a side; @user_data: its YlMediaRoom. */
void yl_media_on_event (YlRoomPeer *peer, const YlWorkerEvent *event,
                        void *user_data);
