/* message.h: JSON-RPC 2.0 texts in and out (PROTOCOL.md) */
#pragma once

#include "signal/method.h"

#include <json-glib/json-glib.h>
#include <stdbool.h>

/* One request that is well-formed and whose parameters are as its method's
 * row says. Who asks is not checked yet (rights.h). */
typedef struct {
  YlMethodId method;
  JsonNode *id;       /* text or integer; owned */
  JsonObject *params; /* owned; empty when the request has none */
} YlRequest;

/* Why a text is no request that can be carried out. */
typedef struct {
  YlCode code;
  const char *param;  /* of invalid-params and too-large, static */
  JsonNode *id;       /* owned; NULL when it could not be read */
  bool beyond_bounds; /* over 64 KiB or 32 levels: close the connection */
} YlRequestError;

void yl_request_clear (YlRequest *self);
void yl_request_error_clear (YlRequestError *self);

/**
 * yl_request_parse:
 * @text: @size octets from a client, anything
 * @request: (out): filled on success, clear it with yl_request_clear()
 * @error: (out): filled on failure, clear with yl_request_error_clear()
 */
bool yl_request_parse (const char *text, size_t size, YlRequest *request,
                       YlRequestError *error);

/* Texts to send. @id may be NULL (JSON null). Nodes are borrowed; a NULL
 * result or params stands for {}. All return a newly allocated string. */
char *yl_message_result (JsonNode *id, JsonNode *result);
char *yl_message_notification (const char *method, JsonNode *params);

/* @data: more members of `data` beside `name`, or NULL. */
char *yl_message_error (JsonNode *id, YlCode code, JsonObject *data);
