/* drops.h: what a server says it dropped, by reason */
#pragma once

#include <glib.h>
#include <stdint.h>

/* What found the server's socket full: the kernel's, not the server's. */
#define DROPS_BY_KERNEL "kernel_full"

typedef struct {
  char *reason; /* as the server calls it */
  uint64_t n;
} Drop;

/**
 * drops_read:
 * @metrics: Prometheus text
 * Returns: (transfer full): an array of Drop, empty if nothing is said of
 * any; g_array_unref().
 */
GArray *drops_read (const char *metrics);

/* What grew from @before to @after, by how much. */
GArray *drops_since (const GArray *before, const GArray *after);

/* Of one reason; 0 if there is none of that name. */
uint64_t drops_count (const GArray *self, const char *reason);

/* Of all reasons. */
uint64_t drops_sum (const GArray *self);
