#include "store/store.h"

#include "store/store-thread.h"

#include <string.h>

static void
reply_done (YlStoreJob *job)
{
  ((YlStoreDone) job->done) (job->error, job->user_data);
}

/* --- accounts --- */

static bool
work_account_get (YlDatabase *database, YlStoreJob *job, GError **error)
{
  g_autoptr (GError) wrong = NULL;
  if (yl_database_account (database, job->text, &job->account, &wrong)
      || g_error_matches (wrong, YL_STORE_ERROR, YL_STORE_ERROR_NOT_FOUND))
    return true;
  g_propagate_error (error, g_steal_pointer (&wrong));
  return false;
}

static void
reply_account (YlStoreJob *job)
{
  const YlAccountRow *row = job->account;
  YlStoreAccount account = { 0 };
  if (row != NULL)
    account =
        (YlStoreAccount){ row->account, row->password_hash, row->name_zh,
                          row->name_en, row->locale,        row->disabled };
  ((YlStoreAccountDone) job->done) (row != NULL ? &account : NULL, job->error,
                                    job->user_data);
}

void
yl_store_account_get (YlStore *self, const char *account,
                      YlStoreAccountDone done, void *user_data)
{
  static const YlStoreJobKind kind = { false, work_account_get, reply_account };
  YlStoreJob *job = yl_store_job_new (&kind, (YlStoreCallback) done, user_data);
  job->text = g_strdup (account);
  yl_store_submit (self, job);
}

/* Made if it is not there, else the members that are set change. */
static bool
work_account_put (YlDatabase *database, YlStoreJob *job, GError **error)
{
  g_autoptr (GError) wrong = NULL;
  if (yl_database_put_account (database, job->account, false, &wrong))
    return true;
  if (g_error_matches (wrong, YL_STORE_ERROR, YL_STORE_ERROR_NOT_FOUND)
      && job->account->password_hash != NULL)
    return yl_database_put_account (database, job->account, true, error);
  g_propagate_error (error, g_steal_pointer (&wrong));
  return false;
}

/* In the transaction of the job: no session outlives its password. */
static bool
work_password_put (YlDatabase *database, YlStoreJob *job, GError **error)
{
  return work_account_put (database, job, error)
         && yl_database_remove_sessions (
             database, job->account->account,
             job->has_keep ? job->session.token_hash : NULL, error);
}

static YlStoreJob *
account_job (const char *account, const char *password_hash, const char *locale,
             YlStoreDone done, void *user_data)
{
  static const YlStoreJobKind kind = { true, work_account_put, reply_done };
  YlStoreJob *job = yl_store_job_new (&kind, (YlStoreCallback) done, user_data);
  job->account = g_new0 (YlAccountRow, 1);
  job->account->account = g_strdup (account);
  job->account->password_hash = g_strdup (password_hash);
  job->account->locale = g_strdup (locale);
  return job;
}

void
yl_store_account_put (YlStore *self, const char *account,
                      const char *password_hash, const uint8_t *keep,
                      YlStoreDone done, void *user_data)
{
  static const YlStoreJobKind kind = { true, work_password_put, reply_done };
  YlStoreJob *job = account_job (account, password_hash, NULL, done, user_data);
  job->kind = &kind;
  job->has_keep = keep != NULL;
  if (keep != NULL)
    memcpy (job->session.token_hash, keep, YL_TOKEN_HASH_SIZE);
  yl_store_submit (self, job);
}

void
yl_store_account_set_locale (YlStore *self, const char *account,
                             const char *locale, YlStoreDone done,
                             void *user_data)
{
  yl_store_submit (self, account_job (account, NULL, locale, done, user_data));
}

static bool
work_account_ensure (YlDatabase *database, YlStoreJob *job, GError **error)
{
  g_autoptr (GError) wrong = NULL;
  if (yl_database_put_account (database, job->account, true, &wrong)
      || g_error_matches (wrong, YL_STORE_ERROR, YL_STORE_ERROR_EXISTS))
    return true;
  g_propagate_error (error, g_steal_pointer (&wrong));
  return false;
}

bool
yl_store_ensure_account (YlStore *self, const char *account,
                         const char *password_hash, GError **error)
{
  static const YlStoreJobKind kind = { true, work_account_ensure, NULL };
  YlStoreJob *job = account_job (account, password_hash, NULL, NULL, NULL);
  job->kind = &kind;
  const bool done = yl_store_run_now (self, job, error);
  yl_store_job_free (job);
  return done;
}

/* --- sessions --- */

static bool
work_sessions (YlDatabase *database, YlStoreJob *job, GError **error)
{
  return yl_database_sessions (database, job->session.expires_ms, &job->list,
                               error);
}

GPtrArray *
yl_store_sessions (YlStore *self, int64_t now_ms, GError **error)
{
  static const YlStoreJobKind kind = { false, work_sessions, NULL };
  YlStoreJob *job = yl_store_job_new (&kind, NULL, NULL);
  job->session.expires_ms = now_ms;
  yl_store_run_now (self, job, error);
  GPtrArray *sessions = g_steal_pointer (&job->list);
  yl_store_job_free (job);
  return sessions;
}

static bool
work_session_put (YlDatabase *database, YlStoreJob *job, GError **error)
{
  return yl_database_put_session (database, &job->session, error);
}

void
yl_store_session_put (YlStore *self, const YlStoreSession *session,
                      YlStoreDone done, void *user_data)
{
  static const YlStoreJobKind kind = { true, work_session_put, reply_done };
  YlStoreJob *job = yl_store_job_new (&kind, (YlStoreCallback) done, user_data);
  job->session = *session;
  job->session.account = g_strdup (session->account);
  yl_store_submit (self, job);
}

static bool
work_session_remove (YlDatabase *database, YlStoreJob *job, GError **error)
{
  return yl_database_remove_session (database, job->session.token_hash, error);
}

void
yl_store_session_remove (YlStore *self, const uint8_t *token_hash,
                         YlStoreDone done, void *user_data)
{
  static const YlStoreJobKind kind = { true, work_session_remove, reply_done };
  YlStoreJob *job = yl_store_job_new (&kind, (YlStoreCallback) done, user_data);
  memcpy (job->session.token_hash, token_hash, YL_TOKEN_HASH_SIZE);
  yl_store_submit (self, job);
}

/* --- the alliance file --- */

static bool
work_alliances (YlDatabase *database, YlStoreJob *job, GError **error)
{
  return yl_database_alliances (database, &job->alliances, error);
}

YlAlliances *
yl_store_alliances (YlStore *self, GError **error)
{
  static const YlStoreJobKind kind = { false, work_alliances, NULL };
  YlStoreJob *job = yl_store_job_new (&kind, NULL, NULL);
  yl_store_run_now (self, job, error);
  YlAlliances *alliances = g_steal_pointer (&job->alliances);
  yl_store_job_free (job);
  return alliances;
}

static bool
work_import (YlDatabase *database, YlStoreJob *job, GError **error)
{
  return yl_database_import_alliances (database, job->text, job->size, error);
}

bool
yl_store_import_alliances (YlStore *self, const char *text, size_t size,
                           GError **error)
{
  static const YlStoreJobKind kind = { true, work_import, NULL };
  YlStoreJob *job = yl_store_job_new (&kind, NULL, NULL);
  job->text = g_memdup2 (text, size);
  job->size = size;
  const bool done = yl_store_run_now (self, job, error);
  yl_store_job_free (job);
  return done;
}

/* --- reading back --- */

static bool
work_history (YlDatabase *database, YlStoreJob *job, GError **error)
{
  return yl_database_history (database, &job->query, &job->list, &job->more,
                              error);
}

static void
reply_history (YlStoreJob *job)
{
  ((YlHistoryDone) job->done) (job->list, job->more, job->error,
                               job->user_data);
}

void
yl_store_history (YlStore *self, const YlHistoryQuery *query,
                  YlHistoryDone done, void *user_data)
{
  static const YlStoreJobKind kind = { false, work_history, reply_history };
  YlStoreJob *job = yl_store_job_new (&kind, (YlStoreCallback) done, user_data);
  job->query = *query;
  job->query.account = g_strdup (query->account);
  job->query.text = g_strdup (query->text);
  yl_store_submit (self, job);
}

static bool
work_consultation (YlDatabase *database, YlStoreJob *job, GError **error)
{
  return yl_database_consultation (database, job->text, &job->consultation,
                                   error);
}

static void
reply_consultation (YlStoreJob *job)
{
  ((YlConsultationDone) job->done) (g_steal_pointer (&job->consultation),
                                    job->error, job->user_data);
}

static YlStoreJob *
consultation_job (const char *id, YlConsultationDone done, void *user_data)
{
  static const YlStoreJobKind kind = { false, work_consultation,
                                       reply_consultation };
  YlStoreJob *job = yl_store_job_new (&kind, (YlStoreCallback) done, user_data);
  job->text = g_strdup (id);
  return job;
}

void
yl_store_consultation (YlStore *self, const char *id, YlConsultationDone done,
                       void *user_data)
{
  yl_store_submit (self, consultation_job (id, done, user_data));
}

void
yl_store_fetch (YlStore *self, const char *id, YlConsultationDone done,
                void *user_data)
{
  YlStoreJob *job = consultation_job (id, done, user_data);
  job->certain = true;
  yl_store_submit (self, job);
}

/* --- for the journal --- */

static bool
work_append (YlDatabase *database, YlStoreJob *job, GError **error)
{
  return yl_database_append (database, job->batch, error);
}

void
yl_store_append (YlStore *self, YlBatch *batch, YlStoreDone done,
                 void *user_data)
{
  static const YlStoreJobKind kind = { true, work_append, reply_done };
  YlStoreJob *job = yl_store_job_new (&kind, (YlStoreCallback) done, user_data);
  job->batch = batch;
  job->certain = true;
  yl_store_submit (self, job);
}

/* Alone in its transaction, since it is no `writes` kind. */
static bool
work_reload (YlDatabase *database, YlStoreJob *job, GError **error)
{
  if (!yl_database_begin (database, error))
    return false;
  if (!yl_database_probe (database, error)
      || !yl_database_commit (database, error)) {
    yl_database_rollback (database);
    return false;
  }
  return yl_database_state (database, &job->state, error);
}

static void
reply_state (YlStoreJob *job)
{
  ((YlStoreStateDone) job->done) (g_steal_pointer (&job->state), job->error,
                                  job->user_data);
}

void
yl_store_reload (YlStore *self, YlStoreStateDone done, void *user_data)
{
  static const YlStoreJobKind kind = { false, work_reload, reply_state };
  YlStoreJob *job = yl_store_job_new (&kind, (YlStoreCallback) done, user_data);
  job->certain = true;
  yl_store_submit (self, job);
}

YlJournalState *
yl_store_reload_now (YlStore *self, GError **error)
{
  static const YlStoreJobKind kind = { false, work_reload, NULL };
  YlStoreJob *job = yl_store_job_new (&kind, NULL, NULL);
  yl_store_run_now (self, job, error);
  YlJournalState *state = g_steal_pointer (&job->state);
  yl_store_job_free (job);
  return state;
}
