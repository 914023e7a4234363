/* daemon-private.h: what the files of the daemon share */
#pragma once

#include "app/accounts.h"
#include "app/courses.h"
#include "app/daemon.h"
#include "app/demo.h"
#include "app/desk.h"
#include "app/media.h"
#include "app/metrics.h"
#include "app/plane.h"
#include "server/server.h"

struct YlDaemon {
  const YlDaemonOptions *options;
  const YlConfig *config;
  GMainLoop *loop;
  char *certificate;
  char *private_key;
  YlStore *store;
  YlPasswordPool *pool;
  YlAlliances *alliances;
  YlJournal *journal;
  YlAccounts *accounts;
  YlPlane *plane;
  YlRooms *rooms;
  YlMedia *media;
  YlCourses *courses;
  YlDesk *desk;
  YlServer *server;
  YlDemo *demo;
  YlMetricsSources sources;
  guint signals[3];
  guint certificate_timer;
  guint drain_timer;
  int64_t drain_until_us;
  int64_t drain_told_us;     /* when who is waited for was said last, */
  unsigned drain_told_rooms; /* and how many rooms that was */
  int status;
};

/* Where the certificate and its key lie. */
void yl_daemon_find_certificate (YlDaemon *self);

/* The certificate is there and good; the demo makes its own when @make, and
 * again when it expired. True with @error set: it will be made at start. */
bool yl_daemon_check_certificate (YlDaemon *self, bool make, GError **error);

/* Looks every day whether it expires soon. */
void yl_daemon_watch_certificate (YlDaemon *self);

/* The alliance file that was imported last, or an empty one. */
YlAlliances *yl_daemon_read_alliances (YlStore *store, GError **error);

/* SIGTERM and SIGINT drain, the second one ends at once; SIGHUP reads
 * certificate, sessions and alliance again. Before anybody is told that it is
 * ready. */
void yl_daemon_listen_to_signals (YlDaemon *self);
