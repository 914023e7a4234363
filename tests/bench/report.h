/* report.h: a run as one JSON object */
#pragma once

#include "run.h"

/* g_free(). */
char *report_write (const Run *run);
