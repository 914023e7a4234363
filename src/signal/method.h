/* method.h: the table of methods: which right each needs, which parameters */
#pragma once

#include "alliance/rights.h"
#include "signal/codes.h"

#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
  YL_PARAM_NONE,    /* ends the list */
  YL_PARAM_ID,      /* 1..64 printable ASCII characters without space */
  YL_PARAM_COMMAND, /* 1..64 characters of A-Z a-z 0-9 - */
  YL_PARAM_TEXT,    /* min..max characters */
  YL_PARAM_INTEGER, /* min..max */
  YL_PARAM_BOOLEAN,
  YL_PARAM_TRUE,   /* the boolean true and nothing else */
  YL_PARAM_CHOICE, /* one of @choices */
} YlParamKind;

typedef struct {
  const char *name; /* "patient.age" is a member of the object `patient` */
  YlParamKind kind;
  bool optional;
  int64_t min, max;
  const char *choices; /* "a|b|c" */
} YlParam;

typedef enum {
  YL_METHOD_SESSION_OPEN,
  YL_METHOD_SESSION_GET,
  YL_METHOD_SESSION_CLOSE,
  YL_METHOD_SESSION_PASSWORD,
  YL_METHOD_HOME_GET,
  YL_METHOD_DUTY_SET,
  YL_METHOD_REQUEST,
  YL_METHOD_CANCEL,
  YL_METHOD_ACCEPT,
  YL_METHOD_DECLINE,
  YL_METHOD_REDIRECT,
  YL_METHOD_GET,
  YL_METHOD_LIST,
  YL_METHOD_END,
  YL_METHOD_CHAT,
  YL_METHOD_OPINION_SAVE,
  YL_METHOD_OPINION_SIGN,
  YL_METHOD_OPINION_SUPPLEMENT,
  YL_METHOD_OPINION_ACKNOWLEDGE,
  YL_METHOD_MEDIA_OFFER,
  YL_METHOD_MEDIA_STATE,
  YL_METHOD_MEDIA_CLOSE,
  YL_N_METHODS,
} YlMethodId;

#define YL_METHOD_MAX_PARAMS 16

typedef struct {
  const char *name;
  YlAction action; /* alliance/rights.h says who may do it */
  bool anybody;    /* even without signing in; then `action` means nothing */
  bool post_only;  /* POST /rpc, not a WebSocket: it sets a cookie */
  bool command;    /* changes something: takes `command` */
  bool draining;   /* still allowed while the server drains */
  YlParam params[YL_METHOD_MAX_PARAMS];
} YlMethod;

/* The row of a method, by its id; the table has YL_N_METHODS rows. */
const YlMethod *yl_method_row (YlMethodId id);

/* False: no method has this name; @id untouched. */
bool yl_method_find (const char *name, YlMethodId *id);

/**
 * yl_method_check_params:
 * @params: the object of the request
 * @param: (out): on failure the name of the parameter at fault
 * Returns: YL_CODE_OK, YL_CODE_INVALID_PARAMS or YL_CODE_TOO_LARGE. What the
 *   row does not name is ignored, so that clients may be newer than servers.
 */
YlCode yl_method_check_params (const YlMethod *self, JsonObject *params,
                               const char **param);

/* Reading of parameters that were checked before. A path may name a member of
 * a member ("patient.age"). Missing ones give NULL, 0 or false. Texts borrow
 * from @params. */
const char *yl_params_text (JsonObject *params, const char *path);
int64_t yl_params_integer (JsonObject *params, const char *path,
                           int64_t missing);
bool yl_params_boolean (JsonObject *params, const char *path);
