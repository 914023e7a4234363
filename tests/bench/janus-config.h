/* janus-config.h: the folder Debian's Janus is run from */
#pragma once

#include "base/address.h"

#include <glib.h>
#include <stdbool.h>

typedef struct {
  const char *folder; /* exists; where everything is written */
  YlAddress own;      /* the one address media goes over */
  unsigned event_loops;
} JanusConfig;

/* Is Debian's janus installed, with the video room and WebSockets? */
bool janus_config_installed (void);

/* Writes janus.jcfg and what it refers to into the folder. */
bool janus_config_write (const JanusConfig *self, GError **error);

/* What to run, to free with g_strfreev(). */
char **janus_config_argv (const JanusConfig *self);
