/* metrics.h: everything counted, as Prometheus reads it */
#pragma once

#include "app/accounts.h"
#include "app/courses.h"
#include "app/desk.h"
#include "app/media.h"
#include "app/plane.h"
#include "server/server.h"
#include "store/store.h"

typedef struct {
  YlDesk *desk;
  YlServer *server;
  YlStore *store;
  YlAccounts *accounts;
  YlMedia *media; /* may be NULL, with the plane */
  YlPlane *plane;
  YlCourses *courses;             /* may be NULL */
  int64_t certificate_expires_ms; /* 0: no TLS */
  int64_t started_ms;
} YlMetricsSources;

/* The whole text; g_free(). */
char *yl_metrics_text (const YlMetricsSources *sources);
