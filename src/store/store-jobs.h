/* store-jobs.h: what journal.c asks of the store thread besides store.h
 *
 * These are answered without fail: at the latest by yl_store_close(). */
#pragma once

#include "store/database.h"
#include "store/store.h"

/* Appends, in order. After one failed all others fail likewise until the
 * state was read back: the numbers must stay without a gap. */
void yl_store_append (YlStore *self, YlBatch *batch /* handed over */,
                      YlStoreDone done, void *user_data);

/* Reads everything a journal starts from, after proving that the disk takes
 * a write, and lets appends through again. @state is handed over; NULL on
 * error. */
typedef void (*YlStoreStateDone) (YlJournalState *state, const GError *error,
                                  void *user_data);
void yl_store_reload (YlStore *self, YlStoreStateDone done, void *user_data);

/* As yl_store_consultation(). */
void yl_store_fetch (YlStore *self, const char *id, YlConsultationDone done,
                     void *user_data);

/* As yl_store_reload(), at once; blocks. */
YlJournalState *yl_store_reload_now (YlStore *self, GError **error);

GMainContext *yl_store_context (YlStore *self);
