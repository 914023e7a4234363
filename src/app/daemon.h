/* daemon.h: all parts put together, started and stopped in order */
#pragma once

#include "app/config.h"

#include <glib.h>
#include <stdbool.h>

typedef struct {
  const YlConfig *config;
  bool demo;
  const char *ports_file; /* NULL: none; else told the ports chosen */
} YlDaemonOptions;

typedef struct YlDaemon YlDaemon;

/* Checks what can be checked without starting: certificate, folders. */
bool yl_daemon_check (const YlDaemonOptions *options, GError **error);

/* @options and its configuration outlive the daemon. */
YlDaemon *yl_daemon_new (const YlDaemonOptions *options, GError **error);
void yl_daemon_free (YlDaemon *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlDaemon, yl_daemon_free)

/* Until SIGTERM or SIGINT and the drain that follows. Returns the exit
 * status. */
int yl_daemon_run (YlDaemon *self);
