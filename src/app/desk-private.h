/* desk-private.h: what the files of the desk share */
#pragma once

#include "app/courses.h"
#include "app/desk.h"
#include "app/media.h"
#include "signal/message.h"
#include "signal/view.h"

/* A person with a WebSocket, or one POST of theirs. Lives as long as any of
 * its calls. */
typedef struct {
  unsigned references;
  YlDesk *desk;
  YlSocket *socket; /* NULL: closed, or a POST */
  YlHttpPost *post; /* NULL: answered, or a WebSocket */
  char *account;    /* NULL: not signed in */
  char *token;      /* of the session, or NULL */
  YlAddress address;
  bool secure;
  unsigned pending; /* calls not yet answered */
} YlClient;

/* One request on its way to its answer. */
typedef struct {
  YlClient *client; /* a reference */
  YlRequest request;
} YlCall;

struct YlDesk {
  YlStore *store;
  YlJournal *journal;
  YlAccounts *accounts;
  YlAlliances *alliances;
  YlMedia *media; /* may be NULL */
  YlCourses *courses;
  char *epoch;
  bool demo;
  bool draining;
  GHashTable *seats; /* YlClient by account: who has a WebSocket */
  YlDeskStats stats;
  YlDeskFollower follower;
  void *follower_data;
  char *(*metrics) (void *user_data);
  void *metrics_data;
};

/* Carries the request out; answers @call now or later. */
void yl_desk_carry_out (YlDesk *self, YlCall *call);

/* Each durable event; the user data is the desk. */
void yl_desk_on_event (const YlConsultEvent *event,
                       const YlConsultation *consultation, void *user_data);

/* Tells everybody who is on duty now. */
void yl_desk_tell_duty (YlDesk *self);

/* Shows the other side that this person came or went. */
void yl_desk_show_presence (YlDesk *self, const char *account);

/* False: its session has ended, and the WebSocket is being closed. */
bool yl_client_check_session (YlClient *client);

/* Closes the WebSocket of an account if its session has ended. */
void yl_desk_end_seat (YlDesk *self, const char *account);

/* Each answers the call and frees it. */
void yl_call_reply (YlCall *call, JsonNode *result /* (transfer full) */);
void yl_call_reply_cookie (YlCall *call, JsonNode *result,
                           const char *set_cookie);
void yl_call_fail (YlCall *call, YlCode code);
void yl_call_fail_with (YlCall *call, YlCode code, const char *name,
                        JsonNode *value /* (transfer full) */);
void yl_call_refuse (YlCall *call, const YlRefusal *refusal);

const YlDuty *yl_desk_duty (const YlDesk *self);

/* (transfer full): as @account may see it. */
JsonNode *yl_desk_view (const YlDesk *self, const YlConsultation *consultation,
                        const char *account, bool summary);

/* Pushes; @params are consumed. */
void yl_desk_push (YlDesk *self, const char *account, const char *method,
                   JsonNode *params);

/* An object with members given as name, (transfer full) node pairs; NULL
 * ends. */
JsonNode *yl_node_object (const char *name, ...) G_GNUC_NULL_TERMINATED;
JsonNode *yl_node_text (const char *text);
JsonNode *yl_node_integer (int64_t value);
JsonNode *yl_node_boolean (bool value);
