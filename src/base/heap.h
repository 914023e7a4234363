/* heap.h: deadlines of many small objects, the earliest first */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* A binary heap over the ids 0..capacity-1, each with at most one deadline.
 * Setting and removing cost O(log n). One owner, one thread. */
typedef struct YlHeap YlHeap;

YlHeap *yl_heap_new (uint32_t capacity);
void yl_heap_free (YlHeap *self);

/* Sets or moves the deadline [µs] of @id; YL_NEVER removes it. */
void yl_heap_set (YlHeap *self, uint32_t id, uint64_t deadline_us);

/* The earliest deadline, or YL_NEVER when there is none. */
uint64_t yl_heap_next (const YlHeap *self);

/* Takes out one id whose deadline is @now_us or earlier. False: none is. */
bool yl_heap_pop_due (YlHeap *self, uint64_t now_us, uint32_t *id);
