#include "store/sql.h"

static const char *const SQL[YL_N_SQL] = {
  [YL_SQL_ACCOUNT_GET] =
      "SELECT account, password_hash, name_zh, name_en, locale, disabled"
      " FROM account WHERE account = $1",
  [YL_SQL_ACCOUNT_INSERT] =
      "INSERT INTO account (account, password_hash, name_zh, name_en, locale,"
      " disabled) VALUES ($1, $2, $3, $4, $5, $6)"
      " ON CONFLICT (account) DO NOTHING RETURNING account",
  [YL_SQL_ACCOUNT_UPDATE] =
      "UPDATE account SET password_hash = coalesce ($2, password_hash),"
      " name_zh = coalesce ($3, name_zh), name_en = coalesce ($4, name_en),"
      " locale = coalesce ($5, locale) WHERE account = $1 RETURNING account",
  [YL_SQL_SESSIONS] = "SELECT token_hash, account, expires_ms FROM session"
                      " WHERE expires_ms > $1 ORDER BY expires_ms",
  [YL_SQL_SESSION_PUT] = "INSERT INTO session (token_hash, account, expires_ms)"
                         " VALUES ($1, $2, $3) ON CONFLICT (token_hash)"
                         " DO UPDATE SET expires_ms = excluded.expires_ms",
  [YL_SQL_SESSION_REMOVE] = "DELETE FROM session WHERE token_hash = $1",
  [YL_SQL_SESSIONS_REMOVE] = "DELETE FROM session WHERE account = $1"
                             " AND ($2 IS NULL OR token_hash <> $2)",
  [YL_SQL_COURSE_GET] =
      "SELECT name, title, publish_hash, view_hash, created_ms FROM course"
      " WHERE name = $1",
  [YL_SQL_COURSES] =
      "SELECT name, title, publish_hash, view_hash, created_ms FROM course"
      " ORDER BY name",
  [YL_SQL_COURSE_INSERT] =
      "INSERT INTO course (name, title, publish_hash, view_hash, created_ms)"
      " VALUES ($1, $2, $3, $4, $5)"
      " ON CONFLICT (name) DO NOTHING RETURNING name",
  [YL_SQL_COURSE_TOKENS] =
      "UPDATE course SET publish_hash = $2, view_hash = $3 WHERE name = $1"
      " RETURNING name",
  [YL_SQL_COURSE_REMOVE] = "DELETE FROM course WHERE name = $1 RETURNING name",
  [YL_SQL_ALLIANCES_GET] =
      "SELECT text FROM alliance_file ORDER BY id DESC LIMIT 1",
  [YL_SQL_ALLIANCES_PUT] = "INSERT INTO alliance_file (text) VALUES ($1)",
  [YL_SQL_EVENT_INSERT] =
      "INSERT INTO event (seq, stream, payload, previous, hash)"
      " VALUES ($1, $2, $3, $4, $5)",
  [YL_SQL_EVENT_LAST_HASH] =
      "SELECT hash FROM event WHERE stream = $1 ORDER BY seq DESC LIMIT 1",
  [YL_SQL_EVENT_LAST_SEQ] = "SELECT max (seq) FROM event",
  [YL_SQL_EVENTS_OF] =
      "SELECT seq, payload FROM event WHERE stream = $1 ORDER BY seq",
  [YL_SQL_EVENTS_ALL] =
      "SELECT seq, stream, payload, previous, hash FROM event ORDER BY seq",
  [YL_SQL_DRAFT_PUT] =
      "INSERT INTO draft (consultation, payload) VALUES ($1, $2)"
      " ON CONFLICT (consultation) DO UPDATE SET payload = excluded.payload",
  [YL_SQL_DRAFT_GET] = "SELECT payload FROM draft WHERE consultation = $1",
  [YL_SQL_DRAFT_REMOVE] = "DELETE FROM draft WHERE consultation = $1",
  [YL_SQL_DUTY_ON] =
      "INSERT INTO duty (post) VALUES ($1) ON CONFLICT (post) DO NOTHING",
  [YL_SQL_DUTY_OFF] = "DELETE FROM duty WHERE post = $1",
  [YL_SQL_DUTY_ALL] = "SELECT post FROM duty ORDER BY post",
  [YL_SQL_COMMAND_PUT] =
      "INSERT INTO command (account, command, consultation, seq)"
      " VALUES ($1, $2, $3, $4) ON CONFLICT (account, command) DO NOTHING",
  [YL_SQL_COMMANDS] =
      "SELECT account, command, consultation, seq FROM"
      " (SELECT * FROM command ORDER BY seq DESC LIMIT 10000) AS newest"
      " ORDER BY seq",
  [YL_SQL_CONSULTATION_PUT] =
      "INSERT INTO consultation (id, clinic, expert, open, ended_ms, words)"
      " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO UPDATE SET"
      " expert = excluded.expert, open = excluded.open,"
      " ended_ms = excluded.ended_ms, words = excluded.words",
  [YL_SQL_CONSULTATIONS_OPEN] =
      "SELECT id FROM consultation WHERE open = 1 ORDER BY id",
  [YL_SQL_HISTORY] =
      "SELECT id FROM consultation WHERE open = 0"
      " AND (clinic = $1 OR expert = $1) AND ended_ms < $2"
      " AND words LIKE $3 ESCAPE '\\' AND words LIKE $4 ESCAPE '\\'"
      " AND words LIKE $5 ESCAPE '\\'"
      " ORDER BY ended_ms DESC, id DESC LIMIT $6",
  [YL_SQL_PROBE] = "INSERT INTO probe (id, n) VALUES (1, 1)"
                   " ON CONFLICT (id) DO UPDATE SET n = probe.n + 1",
};

void
yl_sql_fail (YlDatabase *self, YlStoreError code, GError **error)
{
  g_set_error (error, YL_STORE_ERROR, code, "%s", sqlite3_errmsg (self->db));
}

/* A write that finds no room, or a read that finds nonsense. */
static YlStoreError
code_of (sqlite3_stmt *statement)
{
  return sqlite3_stmt_readonly (statement) ? YL_STORE_ERROR_READ
                                           : YL_STORE_ERROR_WRITE;
}

sqlite3_stmt *
yl_sql (YlDatabase *self, YlSqlId id, GError **error)
{
  sqlite3_stmt **statement = &self->statements[id];
  if (*statement == NULL
      && sqlite3_prepare_v3 (self->db, SQL[id], -1, SQLITE_PREPARE_PERSISTENT,
                             statement, NULL)
             != SQLITE_OK) {
    yl_sql_fail (self, YL_STORE_ERROR_READ, error);
    return NULL;
  }
  sqlite3_clear_bindings (*statement);
  return *statement;
}

static int
place (sqlite3_stmt *statement, int n)
{
  const char name[] = { '$', (char) ('0' + n), '\0' };
  return sqlite3_bind_parameter_index (statement, name);
}

void
yl_sql_bind_text (sqlite3_stmt *statement, int n, const char *text)
{
  sqlite3_bind_text (statement, place (statement, n), text, -1, SQLITE_STATIC);
}

void
yl_sql_bind_int (sqlite3_stmt *statement, int n, int64_t value)
{
  sqlite3_bind_int64 (statement, place (statement, n), value);
}

void
yl_sql_bind_blob (sqlite3_stmt *statement, int n, const void *data, size_t size)
{
  sqlite3_bind_blob64 (statement, place (statement, n), data, size,
                       SQLITE_STATIC);
}

bool
yl_sql_run (YlDatabase *self, sqlite3_stmt *statement, GError **error)
{
  const bool done = sqlite3_step (statement) == SQLITE_DONE;
  if (!done)
    yl_sql_fail (self, code_of (statement), error);
  sqlite3_reset (statement);
  return done;
}

bool
yl_sql_next (YlDatabase *self, sqlite3_stmt *statement, GError **error)
{
  const int result = sqlite3_step (statement);
  if (result == SQLITE_ROW)
    return true;
  if (result != SQLITE_DONE)
    yl_sql_fail (self, code_of (statement), error);
  sqlite3_reset (statement);
  return false;
}

void
yl_sql_reset (sqlite3_stmt *statement)
{
  sqlite3_reset (statement);
}

const char *
yl_sql_text (sqlite3_stmt *statement, int column)
{
  return (const char *) sqlite3_column_text (statement, column);
}

bool
yl_sql_exec (YlDatabase *self, const char *sql, GError **error)
{
  if (sqlite3_exec (self->db, sql, NULL, NULL, NULL) == SQLITE_OK)
    return true;
  yl_sql_fail (self, YL_STORE_ERROR_WRITE, error);
  return false;
}
