/* yilian-site.h: a site of our own to run the daemon with */
#pragma once

#include "target.h"

#include <stdbool.h>

#define YILIAN_SITE_PASSWORD "load-password"
#define YILIAN_SITE_CLINIC "clinic" /* and a number */
#define YILIAN_SITE_EXPERT "expert"
#define YILIAN_SITE_CLINIC_POST "clinic-doctor" /* and a number */
#define YILIAN_SITE_EXPERT_POST "hospital-expert"
#define YILIAN_SITE_DEPARTMENT "cardiology"
#define YILIAN_SITE_ROOMS 20 /* that one doctor asks for; there is a bound */

typedef struct {
  char *daemon; /* the programs */
  char *ctl;
  char *data; /* the database's folder */
} YilianSite;

/* Finds the programs beside this one, or where YL_BUILDDIR says. */
void yilian_site_init (YilianSite *self, const Target *target);
void yilian_site_clear (YilianSite *self);

/* A clinic, a hospital, one expert there, and as many doctors of the clinic
 * as the rooms need. */
bool yilian_site_make_people (const YilianSite *self, const Target *target,
                              GError **error);

typedef struct {
  char *publish; /* tokens; g_free() */
  char *view;
} YilianCourse;

bool yilian_site_make_course (const YilianSite *self, const char *name,
                              YilianCourse *course, GError **error);
