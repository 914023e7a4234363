/* http.h: one HTTP request, one connection */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct {
  const char *host; /* "127.0.0.1:8080" */
  const char *method;
  const char *path;
  const char *token; /* of Bearer authorisation, NULL: none */
  const char *type;  /* of the body, NULL: there is none */
  const char *body;
} HttpRequest;

typedef struct {
  unsigned status;
  char *location; /* NULL: none */
  char *body;     /* may be "" */
} HttpAnswer;

void http_answer_clear (HttpAnswer *answer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HttpAnswer, http_answer_clear)

/* Blocking; the connection is closed afterwards. False: no answer came. */
bool http_exchange (const HttpRequest *request, HttpAnswer *answer,
                    GError **error);
