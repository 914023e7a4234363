/* sql.h: prepared statements of one connection; inside this folder only */
#pragma once

#include "store/database.h"

#include <sqlite3.h>

/* Every statement there is, prepared when first used. Parameters are named
 * $1, $2, … and bound by name, since SQLite numbers them by appearance. */
typedef enum {
  YL_SQL_ACCOUNT_GET,
  YL_SQL_ACCOUNT_INSERT,
  YL_SQL_ACCOUNT_UPDATE,
  YL_SQL_SESSIONS,
  YL_SQL_SESSION_PUT,
  YL_SQL_SESSION_REMOVE,
  YL_SQL_SESSIONS_REMOVE,
  YL_SQL_COURSE_GET,
  YL_SQL_COURSES,
  YL_SQL_COURSE_INSERT,
  YL_SQL_COURSE_TOKENS,
  YL_SQL_COURSE_REMOVE,
  YL_SQL_ALLIANCES_GET,
  YL_SQL_ALLIANCES_PUT,
  YL_SQL_EVENT_INSERT,
  YL_SQL_EVENT_LAST_HASH,
  YL_SQL_EVENT_LAST_SEQ,
  YL_SQL_EVENTS_OF,
  YL_SQL_EVENTS_ALL,
  YL_SQL_DRAFT_PUT,
  YL_SQL_DRAFT_GET,
  YL_SQL_DRAFT_REMOVE,
  YL_SQL_DUTY_ON,
  YL_SQL_DUTY_OFF,
  YL_SQL_DUTY_ALL,
  YL_SQL_COMMAND_PUT,
  YL_SQL_COMMANDS,
  YL_SQL_CONSULTATION_PUT,
  YL_SQL_CONSULTATIONS_OPEN,
  YL_SQL_HISTORY,
  YL_SQL_PROBE,
  YL_N_SQL,
} YlSqlId;

/* The stream of the events that belong to no consultation. */
#define YL_SQL_DUTY_STREAM "duty"

struct YlDatabase {
  sqlite3 *db;
  sqlite3_stmt *statements[YL_N_SQL];
};

/* The statement, ready to bind; NULL and @error: it cannot be prepared. */
sqlite3_stmt *yl_sql (YlDatabase *self, YlSqlId id, GError **error);

/* @n: of $@n. A NULL text binds NULL. The text must outlive the step. */
void yl_sql_bind_text (sqlite3_stmt *statement, int n, const char *text);
void yl_sql_bind_int (sqlite3_stmt *statement, int n, int64_t value);
void yl_sql_bind_blob (sqlite3_stmt *statement, int n, const void *data,
                       size_t size);

/* Runs one that yields no rows, and resets it. */
bool yl_sql_run (YlDatabase *self, sqlite3_stmt *statement, GError **error);

/* True: a row is there. False without error: no more; it is reset then. */
bool yl_sql_next (YlDatabase *self, sqlite3_stmt *statement, GError **error);

/* Stops reading early. */
void yl_sql_reset (sqlite3_stmt *statement);

/* Text of a column, NULL for NULL; borrowed until the next step. */
const char *yl_sql_text (sqlite3_stmt *statement, int column);

/* One or more statements without parameters. */
bool yl_sql_exec (YlDatabase *self, const char *sql, GError **error);

/* Sets @error from the connection's last one. */
void yl_sql_fail (YlDatabase *self, YlStoreError code, GError **error);
