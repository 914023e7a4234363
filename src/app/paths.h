/* paths.h: where things lie, installed or in the build tree */
#pragma once

#include <glib.h>

/* The folder of the web client. */
char *yl_paths_web (void);

/* A file of packaging/, installed beside the web client. */
char *yl_paths_data_file (const char *name);

/* Where --demo keeps its database and certificate. */
char *yl_paths_demo_data (void);
