/* wake.h: how late this machine wakes who waits
 *
 * A thread sleeps for a millisecond again and again and notes how much later
 * it ran than it asked for. What a server is late by contains that: the
 * largest of many delays is often the machine's and nobody else's. */
#pragma once

#include "histogram.h"

typedef struct Wake Wake;

/* NULL: no thread to be had. */
Wake *wake_start (GError **error);

/* Ends and frees it. @late: [us]; (out) (optional): what it saw. */
void wake_stop (Wake *self, Histogram *late);
