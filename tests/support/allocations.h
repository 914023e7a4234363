/* allocations.h: counts what a test program takes from the heap
 *
 * Linked in, the program's own malloc counts. A sanitizer brings its own: then
 * there is nothing to count. */
#pragma once

#include <stdbool.h>

/* False under a sanitizer; then nothing is ever counted. */
bool allocations_counted (void);

/* Of all threads that were not left out. */
unsigned long allocations_so_far (void);

/* The calling thread counts no more, or again. */
void allocations_leave_out (bool leave_out);
