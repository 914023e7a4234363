#include "store/password-pool.h"

#include <pthread.h>
#include <sodium.h>
#include <string.h>

typedef struct {
  char *hash;     /* verify: to compare with, NULL: no such account */
  char *password; /* wiped when freed */
  YlPasswordVerified verified; /* one of the two is set */
  YlPasswordHashed hashed;
  void *user_data;
  bool ok;
  char result[YL_PASSWORD_HASH_SIZE];
} Job;

struct YlPasswordPool {
  GMainContext *context;
  GThread *thread;
  char nobody[YL_PASSWORD_HASH_SIZE]; /* read by the thread */
  /* under the lock, both threads; pthread's, which TSan understands */
  pthread_mutex_t lock;
  pthread_cond_t wake;
  GQueue waiting; /* of Job */
  GQueue done;    /* of Job */
  GSource *deliver;
  bool quit;
};

G_STATIC_ASSERT (YL_PASSWORD_HASH_SIZE >= crypto_pwhash_STRBYTES);

static void
free_job (gpointer data)
{
  Job *job = data;
  sodium_memzero (job->password, strlen (job->password));
  g_free (job->password);
  g_free (job->hash);
  g_free (job);
}

static bool
hash_interactive (const char *password, char hash[YL_PASSWORD_HASH_SIZE])
{
  return crypto_pwhash_str (hash, password, strlen (password),
                            crypto_pwhash_OPSLIMIT_INTERACTIVE,
                            crypto_pwhash_MEMLIMIT_INTERACTIVE)
         == 0;
}

static void
work (YlPasswordPool *self, Job *job)
{
  if (job->hashed != NULL) {
    job->ok = hash_interactive (job->password, job->result);
    return;
  }
  const char *hash = job->hash != NULL ? job->hash : self->nobody;
  job->ok =
      crypto_pwhash_str_verify (hash, job->password, strlen (job->password))
          == 0
      && job->hash != NULL;
}

static gboolean
deliver (gpointer data)
{
  YlPasswordPool *self = data;
  for (;;) {
    pthread_mutex_lock (&self->lock);
    Job *job = g_queue_pop_head (&self->done);
    if (job == NULL)
      self->deliver = NULL;
    pthread_mutex_unlock (&self->lock);
    if (job == NULL)
      return G_SOURCE_REMOVE;
    if (job->verified != NULL)
      job->verified (job->ok, job->user_data);
    else
      job->hashed (job->ok ? job->result : NULL, job->user_data);
    free_job (job);
  }
}

/* Lock held: what is done is handed over in the caller's loop. */
static void
schedule_delivery (YlPasswordPool *self)
{
  if (self->deliver != NULL)
    return;
  self->deliver = g_idle_source_new ();
  g_source_set_priority (self->deliver, G_PRIORITY_DEFAULT);
  g_source_set_callback (self->deliver, deliver, self, NULL);
  g_source_attach (self->deliver, self->context);
  g_source_unref (self->deliver);
}

static gpointer
run (gpointer data)
{
  YlPasswordPool *self = data;
  pthread_mutex_lock (&self->lock);
  for (;;) {
    while (!self->quit && g_queue_is_empty (&self->waiting))
      pthread_cond_wait (&self->wake, &self->lock);
    if (self->quit)
      break;
    Job *job = g_queue_pop_head (&self->waiting);
    pthread_mutex_unlock (&self->lock);
    work (self, job);
    pthread_mutex_lock (&self->lock);
    g_queue_push_tail (&self->done, job);
    schedule_delivery (self);
  }
  pthread_mutex_unlock (&self->lock);
  return NULL;
}

YlPasswordPool *
yl_password_pool_new (GMainContext *context)
{
  char nobody[YL_PASSWORD_HASH_SIZE];
  if (sodium_init () < 0 || !hash_interactive ("nobody", nobody))
    return NULL;
  YlPasswordPool *self = g_new0 (YlPasswordPool, 1);
  self->context = g_main_context_ref (
      context != NULL ? context : g_main_context_default ());
  memcpy (self->nobody, nobody, sizeof nobody);
  pthread_mutex_init (&self->lock, NULL);
  pthread_cond_init (&self->wake, NULL);
  g_queue_init (&self->waiting);
  g_queue_init (&self->done);
  self->thread = g_thread_new ("password", run, self);
  return self;
}

void
yl_password_pool_free (YlPasswordPool *self)
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
  g_queue_clear_full (&self->waiting, free_job);
  g_queue_clear_full (&self->done, free_job);
  g_main_context_unref (self->context);
  pthread_cond_destroy (&self->wake);
  pthread_mutex_destroy (&self->lock);
  g_free (self);
}

static bool
submit (YlPasswordPool *self, const Job *like)
{
  if (strlen (like->password) > YL_PASSWORD_OCTETS_MAX)
    return false;
  pthread_mutex_lock (&self->lock);
  const bool room = self->waiting.length < YL_PASSWORD_QUEUE_MAX;
  if (room) {
    Job *job = g_new (Job, 1);
    *job = *like;
    job->hash = g_strdup (like->hash);
    job->password = g_strdup (like->password);
    g_queue_push_tail (&self->waiting, job);
    pthread_cond_signal (&self->wake);
  }
  pthread_mutex_unlock (&self->lock);
  return room;
}

bool
yl_password_verify (YlPasswordPool *self, const char *hash,
                    const char *password, YlPasswordVerified done,
                    void *user_data)
{
  const Job job = { .hash = (char *) hash,
                    .password = (char *) password,
                    .verified = done,
                    .user_data = user_data };
  return submit (self, &job);
}

bool
yl_password_hash (YlPasswordPool *self, const char *password,
                  YlPasswordHashed done, void *user_data)
{
  const Job job = { .password = (char *) password,
                    .hashed = done,
                    .user_data = user_data };
  return submit (self, &job);
}

bool
yl_password_hash_now (const char *password, bool fast,
                      char hash[YL_PASSWORD_HASH_SIZE])
{
  if (sodium_init () < 0)
    return false;
  if (!fast)
    return hash_interactive (password, hash);
  return crypto_pwhash_str (hash, password, strlen (password),
                            crypto_pwhash_OPSLIMIT_MIN,
                            crypto_pwhash_MEMLIMIT_MIN)
         == 0;
}
