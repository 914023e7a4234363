/* janus-message.h: one message of Janus, read */
#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Codes from 400 on are those of Janus and of its video room. */
#define JANUS_ERROR (janus_error_quark ())
GQuark janus_error_quark (void);
enum {
  JANUS_ERROR_CONNECTION, /* there is none, or no longer */
  JANUS_ERROR_TIMEOUT,
  JANUS_ERROR_MALFORMED,
  JANUS_ERROR_REFUSED, /* without a code of its own */
  JANUS_ERROR_NO_SUCH_FEED = 428,
  JANUS_ERROR_SENDER_EXISTS = 436,
};

typedef enum {
  JANUS_OTHER, /* of no interest */
  JANUS_SUCCESS,
  JANUS_ACK, /* accepted: the outcome comes as an event */
  JANUS_EVENT,
  JANUS_UP,   /* DTLS is done */
  JANUS_DOWN, /* a connection has ended */
  JANUS_OVER, /* the session has */
  JANUS_FAILURE,
} JanusKind;

typedef struct {
  JsonNode *root; /* owns what is borrowed below */
  JanusKind kind;
  uint64_t transaction; /* 0: none of ours */
  uint64_t handle;      /* it is about, 0: none */
  uint64_t id;          /* SUCCESS: of the session or handle made, 0: none */
  JsonObject *data;     /* the plugin's, NULL: none */
  const char *sdp;      /* NULL: none */
  int code;             /* FAILURE: Janus's number */
  const char *reason;   /* FAILURE, DOWN; NULL: none given */
} JanusMessage;

/* A plugin's refusal is a FAILURE, whatever it came in. Untouched on error:
 * JANUS_ERROR_MALFORMED. */
bool janus_message_parse (JanusMessage *self, const char *text, size_t size,
                          GError **error);
void janus_message_clear (JanusMessage *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (JanusMessage, janus_message_clear)

/* False, with @error, for a FAILURE. */
bool janus_message_check (const JanusMessage *self, GError **error);
