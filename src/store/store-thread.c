/* store-thread.c: the mailbox, group commit and the delivery of answers */
#include "store/store-thread.h"

#include <pthread.h>
#include <unistd.h>

/* Of everything but appends, whose number the journal bounds: a refused one
 * would look as if the store could not write. */
#define MAILBOX_MAX 4096u
/* Writes committed together at most; bounds the time of one commit. */
#define GROUP_MAX 256u

struct YlStore {
  GMainContext *context;
  GThread *thread;
  int lock_fd;
  /* the store thread's */
  YlDatabase *database;
  bool append_failed; /* refuse appends until the state was read back */
  /* under the lock, both threads; pthread's, which TSan understands */
  pthread_mutex_t lock;
  pthread_cond_t wake;     /* the store thread: there is work */
  pthread_cond_t finished; /* yl_store_run_now(): its job is done */
  GQueue mailbox;          /* of YlStoreJob */
  GQueue answers;          /* of YlStoreJob */
  GSource *deliver;
  YlStoreStats stats;
  bool quit;
};

void
yl_store_job_free (gpointer data)
{
  YlStoreJob *job = data;
  yl_account_row_free (job->account);
  g_free (job->session.account);
  g_free (job->text);
  g_free ((char *) job->query.account);
  g_free ((char *) job->query.text);
  yl_batch_free (job->batch);
  g_clear_error (&job->error);
  g_clear_pointer (&job->list, g_ptr_array_unref);
  yl_consultation_free (job->consultation);
  yl_alliances_unref (job->alliances);
  yl_journal_state_free (job->state);
  yl_store_course_free (job->course);
  g_free (job);
}

/* --- the store thread --- */

static gboolean
deliver (gpointer data)
{
  YlStore *self = data;
  for (;;) {
    pthread_mutex_lock (&self->lock);
    YlStoreJob *job = g_queue_pop_head (&self->answers);
    if (job == NULL)
      self->deliver = NULL;
    pthread_mutex_unlock (&self->lock);
    if (job == NULL)
      return G_SOURCE_REMOVE;
    if (job->done != NULL)
      job->kind->reply (job);
    yl_store_job_free (job);
  }
}

/* Lock held. */
static void
answer (YlStore *self, YlStoreJob *job)
{
  if (job->waits) {
    job->finished = true;
    pthread_cond_broadcast (&self->finished);
    return;
  }
  g_queue_push_tail (&self->answers, job);
  if (self->deliver != NULL)
    return;
  self->deliver = g_idle_source_new ();
  g_source_set_priority (self->deliver, G_PRIORITY_DEFAULT);
  g_source_set_callback (self->deliver, deliver, self, NULL);
  g_source_attach (self->deliver, self->context);
  g_source_unref (self->deliver);
}

static void
count_commit (YlStore *self, int64_t began_us, bool done)
{
  const uint64_t took_us = (uint64_t) (g_get_monotonic_time () - began_us);
  pthread_mutex_lock (&self->lock);
  self->stats.commits += done;
  self->stats.failures += !done;
  self->stats.commit_us += took_us;
  self->stats.commit_us_max = MAX (self->stats.commit_us_max, took_us);
  pthread_mutex_unlock (&self->lock);
}

/* After an append failed no other may leave a gap in the numbers, until the
 * journal has read its state back. */
static bool
do_work (YlStore *self, YlStoreJob *job, GError **error)
{
  if (job->batch != NULL && self->append_failed) {
    g_set_error (error, YL_STORE_ERROR, YL_STORE_ERROR_WRITE,
                 "an append before this one failed");
    return false;
  }
  if (!job->kind->work (self->database, job, error))
    return false;
  if (job->state != NULL)
    self->append_failed = false;
  return true;
}

/* All of the group in one transaction. */
static bool
try_group (YlStore *self, GQueue *group, GError **error)
{
  const int64_t began_us = g_get_monotonic_time ();
  bool done = yl_database_begin (self->database, error);
  for (GList *l = group->head; done && l != NULL; l = l->next) {
    YlStoreJob *job = l->data;
    done = do_work (self, job, error);
  }
  done = done && yl_database_commit (self->database, error);
  if (!done)
    yl_database_rollback (self->database);
  count_commit (self, began_us, done);
  return done;
}

/* A group that fails is tried again one by one, so that a request fails only
 * for reasons of its own, or because an append before it did. */
static void
write_group (YlStore *self, GQueue *group)
{
  g_autoptr (GError) error = NULL;
  if (try_group (self, group, group->length == 1 ? &error : NULL))
    return;
  for (GList *l = group->head; l != NULL; l = l->next) {
    YlStoreJob *job = l->data;
    GQueue alone = G_QUEUE_INIT;
    if (group->length == 1) {
      job->error = g_steal_pointer (&error);
    } else {
      g_queue_push_tail (&alone, job);
      try_group (self, &alone, &job->error);
      g_queue_clear (&alone);
    }
    if (job->error != NULL && job->batch != NULL)
      self->append_failed = true;
  }
}

/* Lock held: takes the next read, or all writes up to the next read. */
static void
take_group (YlStore *self, GQueue *group)
{
  for (;;) {
    YlStoreJob *job = g_queue_peek_head (&self->mailbox);
    if (job == NULL || group->length == GROUP_MAX
        || (group->length > 0 && !job->kind->writes))
      return;
    g_queue_push_tail (group, g_queue_pop_head (&self->mailbox));
    if (!job->kind->writes)
      return;
  }
}

static gpointer
run (gpointer data)
{
  YlStore *self = data;
  pthread_mutex_lock (&self->lock);
  for (;;) {
    GQueue group = G_QUEUE_INIT;
    take_group (self, &group);
    if (group.length == 0) {
      if (self->quit)
        break;
      pthread_cond_wait (&self->wake, &self->lock);
      continue;
    }
    pthread_mutex_unlock (&self->lock);
    YlStoreJob *first = group.head->data;
    if (first->kind->writes)
      write_group (self, &group);
    else
      do_work (self, first, &first->error);
    pthread_mutex_lock (&self->lock);
    for (YlStoreJob *job; (job = g_queue_pop_head (&group)) != NULL;) {
      if (job->batch != NULL && job->error == NULL)
        self->stats.events += job->batch->events->len;
      answer (self, job);
    }
  }
  pthread_mutex_unlock (&self->lock);
  return NULL;
}

/* --- the callers' thread --- */

YlStore *
yl_store_open (const char *path, GMainContext *context, GError **error)
{
  const int fd = yl_database_lock (path, error);
  if (fd < 0)
    return NULL;
  YlDatabase *database = yl_database_open (path, YL_DATABASE_MAKE, error);
  if (database == NULL) {
    close (fd);
    return NULL;
  }
  YlStore *self = g_new0 (YlStore, 1);
  self->context = g_main_context_ref (
      context != NULL ? context : g_main_context_default ());
  self->lock_fd = fd;
  self->database = database;
  pthread_mutex_init (&self->lock, NULL);
  pthread_cond_init (&self->wake, NULL);
  pthread_cond_init (&self->finished, NULL);
  g_queue_init (&self->mailbox);
  g_queue_init (&self->answers);
  self->thread = g_thread_new ("store", run, self);
  return self;
}

void
yl_store_close (YlStore *self)
{
  if (self == NULL)
    return;
  pthread_mutex_lock (&self->lock);
  self->quit = true;
  pthread_cond_signal (&self->wake);
  pthread_mutex_unlock (&self->lock);
  g_thread_join (self->thread);
  if (self->deliver != NULL)
    g_source_destroy (self->deliver);
  for (YlStoreJob *job; (job = g_queue_pop_head (&self->answers)) != NULL;) {
    if (job->certain && job->done != NULL)
      job->kind->reply (job);
    yl_store_job_free (job);
  }
  yl_database_close (self->database);
  close (self->lock_fd);
  g_main_context_unref (self->context);
  pthread_cond_destroy (&self->wake);
  pthread_cond_destroy (&self->finished);
  pthread_mutex_destroy (&self->lock);
  g_free (self);
}

GMainContext *
yl_store_context (YlStore *self)
{
  return self->context;
}

YlStoreJob *
yl_store_job_new (const YlStoreJobKind *kind, YlStoreCallback done,
                  void *user_data)
{
  YlStoreJob *job = g_new0 (YlStoreJob, 1);
  job->kind = kind;
  job->done = done;
  job->user_data = user_data;
  return job;
}

void
yl_store_submit (YlStore *self, YlStoreJob *job)
{
  pthread_mutex_lock (&self->lock);
  if (job->batch == NULL && self->mailbox.length >= MAILBOX_MAX) {
    g_set_error (&job->error, YL_STORE_ERROR, YL_STORE_ERROR_BUSY,
                 "%u requests wait already", MAILBOX_MAX);
    answer (self, job);
  } else {
    g_queue_push_tail (&self->mailbox, job);
    pthread_cond_signal (&self->wake);
  }
  pthread_mutex_unlock (&self->lock);
}

/* Blocks until the job is done; the caller frees it. */
bool
yl_store_run_now (YlStore *self, YlStoreJob *job, GError **error)
{
  job->waits = true;
  yl_store_submit (self, job);
  pthread_mutex_lock (&self->lock);
  while (!job->finished)
    pthread_cond_wait (&self->finished, &self->lock);
  pthread_mutex_unlock (&self->lock);
  if (job->error == NULL)
    return true;
  g_propagate_error (error, g_steal_pointer (&job->error));
  return false;
}

void
yl_store_stats (YlStore *self, YlStoreStats *stats)
{
  pthread_mutex_lock (&self->lock);
  *stats = self->stats;
  stats->waiting = self->mailbox.length;
  pthread_mutex_unlock (&self->lock);
}
