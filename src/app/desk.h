/* desk.h: people's requests in, answers and pushes out
 *
 * Between the web server and everything that decides: reads requests by the
 * method table, asks the rights, hands commands to the journal, and shows
 * each durable change to those who may see it. Main thread. */
#pragma once

#include "app/accounts.h"
#include "server/server.h"
#include "signal/method.h"
#include "store/journal.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct YlDesk YlDesk;
typedef struct YlMedia YlMedia;
typedef struct YlCourses YlCourses;

typedef struct {
  YlStore *store;
  YlJournal *journal;
  YlAccounts *accounts;
  YlAlliances *alliances; /* a reference is taken */
  const char *epoch;      /* changes with every start */
  bool demo;
} YlDeskOptions;

typedef struct {
  uint64_t calls[YL_N_METHODS];
  uint64_t *errors; /* by row of yl_code_rows() */
  unsigned sockets; /* people connected now */
} YlDeskStats;

YlDesk *yl_desk_new (const YlDeskOptions *options);
void yl_desk_free (YlDesk *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlDesk, yl_desk_free)

/* Media comes after the desk, because it reports to it; NULL: no media. */
void yl_desk_set_media (YlDesk *self, YlMedia *media);

/* Who answers WHIP and WHEP. */
void yl_desk_set_courses (YlDesk *self, YlCourses *courses);

void yl_desk_set_alliances (YlDesk *self, YlAlliances *alliances);

/* What the web server calls; the user data is the desk. */
extern const YlServerHandler yl_desk_handler;

/* From now on new work is refused, and everybody is told. */
void yl_desk_drain (YlDesk *self, int64_t in_ms);

/* Closes every WebSocket so that its client comes back to the next server. */
void yl_desk_close_all (YlDesk *self);

/* Closes every WebSocket whose session has ended. */
void yl_desk_end_seats (YlDesk *self);

/* Is this account's WebSocket open? */
bool yl_desk_is_present (const YlDesk *self, const char *account);

/* Media: what a view shows changed; slots to be told. */
void yl_desk_show (YlDesk *self, const char *consultation);
void yl_desk_tell_slots (YlDesk *self, const char *consultation, YlSide side,
                         JsonNode *slots);

/* Called for each durable change of a consultation, after people were told;
 * NULL: nobody. */
typedef void (*YlDeskFollower) (const YlConsultation *consultation,
                                void *user_data);
void yl_desk_set_follower (YlDesk *self, YlDeskFollower follower,
                           void *user_data);

/* Who makes the text of /metrics. */
void yl_desk_set_metrics (YlDesk *self, char *(*metrics) (void *user_data),
                          void *user_data);

void yl_desk_stats (const YlDesk *self, YlDeskStats *stats);
