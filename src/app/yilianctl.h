/* yilianctl.h: the parts of the admin tool */
#pragma once

#include "store/database.h"

#include <glib.h>
#include <stdbool.h>

typedef struct {
  char *data;     /* folder of the database */
  char *database; /* the file in it */
  char *metrics;  /* "address:port" of the daemon's metrics */
  char *name;     /* --name, or NULL */
  char *name_en;  /* --name-en, or NULL */
  char *locale;   /* --locale, or NULL */
  char *title;    /* --title, or NULL */
  char *https;    /* "address:port" of the daemon, or NULL: the default */
} YlCtl;

#define YL_CTL_ERROR (yl_ctl_error_quark ())
typedef enum {
  YL_CTL_ERROR_USAGE,
  YL_CTL_ERROR_PASSWORD,
  YL_CTL_ERROR_DAEMON, /* it does not answer */
} YlCtlError;
GQuark yl_ctl_error_quark (void);

/* One command each; @arguments follow its words. */
bool yl_ctl_user_add (const YlCtl *self, char **arguments, GError **error);
bool yl_ctl_user_passwd (const YlCtl *self, char **arguments, GError **error);
bool yl_ctl_course_add (const YlCtl *self, char **arguments, GError **error);
bool yl_ctl_course_token (const YlCtl *self, char **arguments, GError **error);
bool yl_ctl_course_remove (const YlCtl *self, char **arguments, GError **error);
bool yl_ctl_course_list (const YlCtl *self, char **arguments, GError **error);
bool yl_ctl_alliance_import (const YlCtl *self, char **arguments,
                             GError **error);
bool yl_ctl_backup (const YlCtl *self, char **arguments, GError **error);
bool yl_ctl_restore (const YlCtl *self, char **arguments, GError **error);
bool yl_ctl_status (const YlCtl *self, char **arguments, GError **error);

/* A new password: twice from the terminal without showing it, or the first
 * line of standard input. Wipe and free it. */
char *yl_ctl_read_password (GError **error);

/* Root's work must stay readable to the daemon: gives the database to the
 * owner of its folder. */
void yl_ctl_give_to_daemon (const YlCtl *self);
