/* database-accounts.c: accounts, sessions and the alliance file */
#include "store/database.h"

#include "store/sql.h"

#include <string.h>

void
yl_account_row_free (YlAccountRow *self)
{
  if (self == NULL)
    return;
  g_free ((char *) self->account);
  g_free ((char *) self->password_hash);
  g_free ((char *) self->name_zh);
  g_free ((char *) self->name_en);
  g_free ((char *) self->locale);
  g_free (self);
}

bool
yl_database_account (YlDatabase *self, const char *account, YlAccountRow **row,
                     GError **error)
{
  g_autoptr (GError) wrong = NULL;
  sqlite3_stmt *get = yl_sql (self, YL_SQL_ACCOUNT_GET, error);
  if (get == NULL)
    return false;
  yl_sql_bind_text (get, 1, account);
  if (!yl_sql_next (self, get, &wrong)) {
    if (wrong == NULL)
      g_set_error (&wrong, YL_STORE_ERROR, YL_STORE_ERROR_NOT_FOUND,
                   "no account '%s'", account);
    g_propagate_error (error, g_steal_pointer (&wrong));
    return false;
  }
  YlAccountRow *found = g_new0 (YlAccountRow, 1);
  found->account = g_strdup (yl_sql_text (get, 0));
  found->password_hash = g_strdup (yl_sql_text (get, 1));
  found->name_zh = g_strdup (yl_sql_text (get, 2));
  found->name_en = g_strdup (yl_sql_text (get, 3));
  found->locale = g_strdup (yl_sql_text (get, 4));
  found->disabled = sqlite3_column_int (get, 5) != 0;
  yl_sql_reset (get);
  *row = found;
  return true;
}

bool
yl_database_put_account (YlDatabase *self, const YlAccountRow *row, bool create,
                         GError **error)
{
  g_autoptr (GError) wrong = NULL;
  sqlite3_stmt *put = yl_sql (
      self, create ? YL_SQL_ACCOUNT_INSERT : YL_SQL_ACCOUNT_UPDATE, error);
  if (put == NULL)
    return false;
  yl_sql_bind_text (put, 1, row->account);
  yl_sql_bind_text (put, 2, row->password_hash);
  yl_sql_bind_text (put, 3, row->name_zh);
  yl_sql_bind_text (put, 4, row->name_en);
  yl_sql_bind_text (put, 5, row->locale);
  if (create)
    yl_sql_bind_int (put, 6, row->disabled);
  const bool done = yl_sql_next (self, put, &wrong);
  yl_sql_reset (put);
  if (done)
    return true;
  if (wrong == NULL)
    g_set_error (&wrong, YL_STORE_ERROR,
                 create ? YL_STORE_ERROR_EXISTS : YL_STORE_ERROR_NOT_FOUND,
                 create ? "account '%s' exists already" : "no account '%s'",
                 row->account);
  g_propagate_error (error, g_steal_pointer (&wrong));
  return false;
}

/* --- sessions --- */

static void
free_session (gpointer data)
{
  YlStoreSession *session = data;
  g_free (session->account);
  g_free (session);
}

bool
yl_database_sessions (YlDatabase *self, int64_t now_ms, GPtrArray **sessions,
                      GError **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (free_session);
  g_autoptr (GError) wrong = NULL;
  sqlite3_stmt *all = yl_sql (self, YL_SQL_SESSIONS, error);
  if (all == NULL)
    return false;
  yl_sql_bind_int (all, 1, now_ms);
  while (yl_sql_next (self, all, &wrong)) {
    if (sqlite3_column_bytes (all, 0) != YL_TOKEN_HASH_SIZE)
      continue;
    YlStoreSession *session = g_new0 (YlStoreSession, 1);
    memcpy (session->token_hash, sqlite3_column_blob (all, 0),
            YL_TOKEN_HASH_SIZE);
    session->account = g_strdup (yl_sql_text (all, 1));
    session->expires_ms = sqlite3_column_int64 (all, 2);
    g_ptr_array_add (found, session);
  }
  if (wrong != NULL) {
    g_propagate_error (error, g_steal_pointer (&wrong));
    return false;
  }
  *sessions = g_steal_pointer (&found);
  return true;
}

bool
yl_database_put_session (YlDatabase *self, const YlStoreSession *session,
                         GError **error)
{
  sqlite3_stmt *put = yl_sql (self, YL_SQL_SESSION_PUT, error);
  if (put == NULL)
    return false;
  yl_sql_bind_blob (put, 1, session->token_hash, YL_TOKEN_HASH_SIZE);
  yl_sql_bind_text (put, 2, session->account);
  yl_sql_bind_int (put, 3, session->expires_ms);
  return yl_sql_run (self, put, error);
}

bool
yl_database_remove_session (YlDatabase *self, const uint8_t *token_hash,
                            GError **error)
{
  sqlite3_stmt *gone = yl_sql (self, YL_SQL_SESSION_REMOVE, error);
  if (gone == NULL)
    return false;
  yl_sql_bind_blob (gone, 1, token_hash, YL_TOKEN_HASH_SIZE);
  return yl_sql_run (self, gone, error);
}

bool
yl_database_remove_sessions (YlDatabase *self, const char *account,
                             const uint8_t *keep, GError **error)
{
  sqlite3_stmt *gone = yl_sql (self, YL_SQL_SESSIONS_REMOVE, error);
  if (gone == NULL)
    return false;
  yl_sql_bind_text (gone, 1, account);
  if (keep != NULL)
    yl_sql_bind_blob (gone, 2, keep, YL_TOKEN_HASH_SIZE);
  return yl_sql_run (self, gone, error);
}

/* --- the alliance file --- */

bool
yl_database_alliances (YlDatabase *self, YlAlliances **alliances,
                       GError **error)
{
  g_autoptr (GError) wrong = NULL;
  YlAlliances *found = NULL;
  sqlite3_stmt *get = yl_sql (self, YL_SQL_ALLIANCES_GET, error);
  if (get == NULL)
    return false;
  if (yl_sql_next (self, get, &wrong)) {
    const char *text = yl_sql_text (get, 0);
    found = yl_alliances_parse (text, strlen (text), &wrong);
    yl_sql_reset (get);
  }
  if (wrong != NULL) {
    g_propagate_error (error, g_steal_pointer (&wrong));
    return false;
  }
  *alliances = found;
  return true;
}

bool
yl_database_import_alliances (YlDatabase *self, const char *text, size_t size,
                              GError **error)
{
  g_autoptr (YlAlliances) checked = yl_alliances_parse (text, size, error);
  if (checked == NULL)
    return false;
  g_autofree char *whole = g_strndup (text, size);
  sqlite3_stmt *put = yl_sql (self, YL_SQL_ALLIANCES_PUT, error);
  if (put == NULL)
    return false;
  yl_sql_bind_text (put, 1, whole);
  return yl_sql_run (self, put, error);
}
