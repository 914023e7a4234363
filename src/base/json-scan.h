/* json-scan.h: a look at JSON before a real parser may see it */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* True if @text is UTF-8 without NUL, its brackets and braces match outside
 * of strings, every string ends, and nothing nests deeper than @depth_max.
 * json-glib recurses without a bound (1.6.6 dies at some 10^5 brackets), so
 * nothing unscanned is handed to it. Says nothing else about validity. */
bool yl_json_scan (const char *text, size_t size, unsigned depth_max);
