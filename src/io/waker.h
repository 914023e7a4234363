/* waker.h: wakes a thread that sleeps in poll, and costs nothing while it
 * does not
 *
 * Many threads wake, one sleeps. A wake of a thread at work is one atomic
 * exchange; only one that sleeps gets a write to its event fd, and one for
 * all wakes until it looks. No lock. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Counted, so that who wakes may live longer than who sleeps. */
typedef struct YlWaker YlWaker;

/* @error: %G_FILE_ERROR when the kernel has no event fd to give */
YlWaker *yl_waker_new (GError **error);
YlWaker *yl_waker_ref (YlWaker *self);
void yl_waker_unref (YlWaker *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlWaker, yl_waker_unref)

/* Any thread; what was written before is seen after the sleep. */
void yl_waker_wake (YlWaker *self);

/* How often a wake had to write. Any thread. */
unsigned long yl_waker_writes (const YlWaker *self);

/* ---- the sleeping thread ---- */

/* To poll for input between sleep and awake. */
int yl_waker_fd (const YlWaker *self);

/* False: woken since the last time, look for work instead of waiting. */
bool yl_waker_sleep (YlWaker *self);

/* After every sleep that returned true. @readable: what poll said of the fd */
void yl_waker_awake (YlWaker *self, bool readable);
