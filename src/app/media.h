/* media.h: the media side of consultations
 *
 * A room per consultation, a peer per side. Offers are answered here, the
 * worker is told, and what it reports becomes "connected" and "lost" in the
 * workflow. Main thread. */
#pragma once

#include "app/rooms.h"
#include "signal/codes.h"
#include "signal/view.h"
#include "store/journal.h"

#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct YlMedia YlMedia;

typedef struct {
  /* What a view of this consultation shows changed without an event. */
  void (*changed) (const char *consultation, void *user_data);
  /* @slots: [{mid, kind, source}] of this side's peer; borrowed. */
  void (*slots) (const char *consultation, YlSide side, JsonNode *slots,
                 void *user_data);
} YlMediaHandler;

typedef struct {
  YlJournal *journal;
  YlRooms *rooms;
  const YlMediaHandler *handler;
  void *user_data;
} YlMediaOptions;

YlMedia *yl_media_new (const YlMediaOptions *options);
void yl_media_free (YlMedia *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlMedia, yl_media_free)

typedef struct {
  const char *connection; /* the client's id of its peer connection */
  uint32_t generation;
  const char *sdp;
} YlMediaOffer;

/**
 * yl_media_offer:
 * @answer: (out): SDP, g_free(); only with YL_CODE_OK
 * Returns: YL_CODE_OK, YL_CODE_BAD_SDP, YL_CODE_STALE_GENERATION,
 *   YL_CODE_WRONG_STATE, YL_CODE_BUSY
 */
YlCode yl_media_offer (YlMedia *self, const YlConsultation *consultation,
                       YlSide side, const YlMediaOffer *offer, char **answer);

/* The side's microphone and camera are on. */
void yl_media_set_state (YlMedia *self, const char *consultation, YlSide side,
                         bool audio, bool video);

/* The side closed its peer connection. */
void yl_media_close (YlMedia *self, const char *consultation, YlSide side);

/* A consultation changed durably: opens the way between the sides, or takes
 * the room away. */
void yl_media_follow (YlMedia *self, const YlConsultation *consultation);

/* Fills connecting, audio and video. */
void yl_media_view (const YlMedia *self, const char *consultation, YlSide side,
                    YlViewSide *view);

/* A branch of this host stands for that side: it counts as connected, and
 * slots that show it name it. Makes the room if there is none yet; @worker is
 * the index of the one it is on. */
void yl_media_set_branch (YlMedia *self, const char *consultation, YlSide side,
                          YlRoomId *room, unsigned *worker);

/* After a time in which the workflow took no reports: how each side's media
 * stands now. What it knows already changes nothing. */
void yl_media_report_again (YlMedia *self);

/* Now: rooms. */
unsigned yl_media_count (const YlMedia *self);
