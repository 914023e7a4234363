/* store-thread.h: requests of the store thread; inside this folder only */
#pragma once

#include "store/database.h"
#include "store/store-jobs.h"
#include "store/store.h"

typedef struct YlStoreJob YlStoreJob;

/* Any of the callback types of store.h; the kind knows which. */
typedef void (*YlStoreCallback) (void);

/* One kind of request: what the store thread does, how the answer is given. */
typedef struct {
  bool writes;
  bool (*work) (YlDatabase *database, YlStoreJob *job, GError **error);
  void (*reply) (YlStoreJob *job);
} YlStoreJobKind;

struct YlStoreJob {
  const YlStoreJobKind *kind;
  /* arguments; which are used depends on the kind */
  YlAccountRow *account;
  YlStoreSession session;
  bool has_keep;
  char *text;
  size_t size;
  YlHistoryQuery query;
  YlBatch *batch;
  /* results */
  GError *error;
  GPtrArray *list;
  bool more;
  YlConsultation *consultation;
  YlAlliances *alliances;
  YlJournalState *state;
  YlStoreCourse *course;
  /* whom to tell; NULL: nobody, or `waits` */
  YlStoreCallback done;
  void *user_data;
  bool certain;  /* answered even while the store closes */
  bool waits;    /* somebody blocks in yl_store_run_now() */
  bool finished; /* under the lock */
};

YlStoreJob *yl_store_job_new (const YlStoreJobKind *kind, YlStoreCallback done,
                              void *user_data);
void yl_store_job_free (gpointer data);

/* Hands @job over; its answer is delivered on the store's context. */
void yl_store_submit (YlStore *self, YlStoreJob *job);

/* Blocks until @job is done; the caller frees it. */
bool yl_store_run_now (YlStore *self, YlStoreJob *job, GError **error);
