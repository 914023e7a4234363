/* janus-api.h: a session at Janus, for any number of threads at once */
#pragma once

#include "janus-message.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct JanusApi JanusApi;

/* Connects to 127.0.0.1 and opens a session, which is kept alive. */
JanusApi *janus_api_new (uint16_t port, GError **error);

/* Every handle goes with it. */
void janus_api_free (JanusApi *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (JanusApi, janus_api_free)

/* A handle at the video room. */
bool janus_api_attach (JanusApi *self, uint64_t *handle, GError **error);
bool janus_api_detach (JanusApi *self, uint64_t handle, GError **error);

typedef enum {
  JANUS_UNTIL_TAKEN, /* the core has taken it, and the description with it:
                      * what the plugin makes of it comes later */
  JANUS_UNTIL_DONE,
} JanusUntil;

typedef struct {
  uint64_t handle;
  JsonNode *body;       /* borrowed; its "request" says what is wanted */
  const char *sdp_type; /* "offer", "answer" */
  const char *sdp;      /* NULL: none; all candidates are in it */
  JanusUntil until;
} JanusRequest;

/* Asks the video room. @reply: (out): to clear; untouched on error, which is
 * a JANUS_ERROR: a refusal by Janus, no answer in time, no connection. */
bool janus_api_ask (JanusApi *self, const JanusRequest *request,
                    JanusMessage *reply, GError **error);

/* Waits until the connection of @handle is up: what it publishes can be
 * subscribed to from then on. */
bool janus_api_await_up (JanusApi *self, uint64_t handle, GError **error);
