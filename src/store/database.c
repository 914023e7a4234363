/* database.c: opening, migrations, transactions, whole files */
#include "store/database.h"

#include "store/sql.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define APPLICATION_ID 0x596c6961 /* "Ylia" */
/* [KiB], as SQLite wants it: 2 MB of its own would fill over days of use and
 * look like a leak; the kernel keeps the pages anyway. */
#define CACHE_SIZE "-512"
#define BUSY_MS 5000 /* yilianctl writes beside the daemon */

G_DEFINE_QUARK (yl_store_error, yl_store_error)

/* Number n brings version n to n + 1; what has shipped is never edited. */
static const char *const MIGRATIONS[YL_DATABASE_VERSION] = {
  "CREATE TABLE account (account TEXT PRIMARY KEY,"
  " password_hash TEXT NOT NULL, name_zh TEXT, name_en TEXT, locale TEXT,"
  " disabled INTEGER NOT NULL) STRICT;"
  "CREATE TABLE session (token_hash BLOB PRIMARY KEY, account TEXT NOT NULL,"
  " expires_ms INTEGER NOT NULL) STRICT;"
  "CREATE INDEX session_account ON session (account);"
  "CREATE TABLE alliance_file (id INTEGER PRIMARY KEY,"
  " text TEXT NOT NULL) STRICT;"
  "CREATE TABLE event (seq INTEGER PRIMARY KEY, stream TEXT NOT NULL,"
  " payload TEXT NOT NULL, previous BLOB NOT NULL, hash BLOB NOT NULL) STRICT;"
  "CREATE UNIQUE INDEX event_stream ON event (stream, seq);"
  "CREATE TRIGGER event_no_update BEFORE UPDATE ON event BEGIN"
  " SELECT RAISE (ABORT, 'events are append-only'); END;"
  "CREATE TRIGGER event_no_delete BEFORE DELETE ON event BEGIN"
  " SELECT RAISE (ABORT, 'events are append-only'); END;"
  "CREATE TABLE draft (consultation TEXT PRIMARY KEY,"
  " payload TEXT NOT NULL) STRICT;"
  "CREATE TABLE duty (post TEXT PRIMARY KEY) STRICT;"
  "CREATE TABLE command (account TEXT NOT NULL, command TEXT NOT NULL,"
  " consultation TEXT, seq INTEGER NOT NULL,"
  " PRIMARY KEY (account, command)) STRICT;"
  "CREATE INDEX command_seq ON command (seq);"
  "CREATE TABLE consultation (id TEXT PRIMARY KEY, clinic TEXT NOT NULL,"
  " expert TEXT, open INTEGER NOT NULL, ended_ms INTEGER NOT NULL,"
  " words TEXT NOT NULL) STRICT;"
  "CREATE INDEX consultation_clinic ON consultation (clinic, ended_ms);"
  "CREATE INDEX consultation_expert ON consultation (expert, ended_ms);"
  "CREATE INDEX consultation_open ON consultation (id) WHERE open = 1;"
  "CREATE TABLE probe (id INTEGER PRIMARY KEY, n INTEGER NOT NULL) STRICT;",
  "CREATE TABLE course (name TEXT PRIMARY KEY, title TEXT,"
  " publish_hash BLOB NOT NULL, view_hash BLOB NOT NULL,"
  " created_ms INTEGER NOT NULL) STRICT;",
};

/* --- versions --- */

static int64_t
pragma_int (YlDatabase *self, const char *sql)
{
  sqlite3_stmt *statement = NULL;
  int64_t value = -1;
  if (sqlite3_prepare_v2 (self->db, sql, -1, &statement, NULL) == SQLITE_OK
      && sqlite3_step (statement) == SQLITE_ROW)
    value = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  return value;
}

int
yl_database_version (YlDatabase *self)
{
  return (int) pragma_int (self, "PRAGMA user_version");
}

static bool
set_pragma (YlDatabase *self, const char *name, int64_t value, GError **error)
{
  g_autofree char *sql =
      g_strdup_printf ("PRAGMA %s = %" G_GINT64_FORMAT, name, value);
  return yl_sql_exec (self, sql, error);
}

/* One transaction, so that a database is of one version or the next. */
static bool
migrate (YlDatabase *self, GError **error)
{
  if (!yl_database_begin (self, error))
    return false;
  bool done = set_pragma (self, "application_id", APPLICATION_ID, error);
  /* Read again: another process may have done it meanwhile. */
  for (int64_t v = pragma_int (self, "PRAGMA user_version");
       done && v < YL_DATABASE_VERSION; v++)
    done = yl_sql_exec (self, MIGRATIONS[v], error);
  done = done && set_pragma (self, "user_version", YL_DATABASE_VERSION, error)
         && yl_database_commit (self, error);
  if (!done)
    yl_database_rollback (self);
  return done;
}

static bool
may_migrate (YlDatabaseMode mode)
{
  return mode == YL_DATABASE_MAKE || mode == YL_DATABASE_EXISTING;
}

static bool
check_version (YlDatabase *self, YlDatabaseMode mode, GError **error)
{
  const int64_t version = pragma_int (self, "PRAGMA user_version");
  const int64_t id = pragma_int (self, "PRAGMA application_id");
  if (version < 0 || id < 0) {
    yl_sql_fail (self, YL_STORE_ERROR_OPEN, error);
    return false;
  }
  const bool fresh = version == 0 && id == 0
                     && pragma_int (self, "SELECT count (*) FROM"
                                          " sqlite_schema")
                            == 0;
  if (id != APPLICATION_ID && !(fresh && mode == YL_DATABASE_MAKE)) {
    g_set_error (error, YL_STORE_ERROR, YL_STORE_ERROR_OPEN,
                 "the file is no database of Yilian");
    return false;
  }
  if (version > YL_DATABASE_VERSION) {
    g_set_error (error, YL_STORE_ERROR, YL_STORE_ERROR_VERSION,
                 "the database has version %" G_GINT64_FORMAT
                 ", this program knows up to %d: install the newer program",
                 version, YL_DATABASE_VERSION);
    return false;
  }
  return version == YL_DATABASE_VERSION || !may_migrate (mode)
         || migrate (self, error);
}

YlDatabase *
yl_database_open (const char *path, YlDatabaseMode mode, GError **error)
{
  static const int FLAGS[] = {
    [YL_DATABASE_MAKE] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
    [YL_DATABASE_EXISTING] = SQLITE_OPEN_READWRITE,
    /* Who may write takes away the log's files again when it is the last. */
    [YL_DATABASE_KEEP] = SQLITE_OPEN_READWRITE,
    [YL_DATABASE_READ] = SQLITE_OPEN_READONLY,
  };
  g_autoptr (YlDatabase) self = g_new0 (YlDatabase, 1);
  g_autoptr (GError) wrong = NULL;
  const mode_t mask = umask (0077); /* patients' data: the owner's only */
  const int opened = sqlite3_open_v2 (path, &self->db,
                                      FLAGS[mode] | SQLITE_OPEN_NOMUTEX, NULL);
  const bool usable = opened == SQLITE_OK
                      && sqlite3_busy_timeout (self->db, BUSY_MS) == SQLITE_OK
                      && (!may_migrate (mode)
                          || yl_sql_exec (self,
                                          "PRAGMA journal_mode = WAL;"
                                          "PRAGMA synchronous = FULL;"
                                          "PRAGMA foreign_keys = ON;"
                                          "PRAGMA cache_size = " CACHE_SIZE ";"
                                          "PRAGMA trusted_schema = OFF",
                                          NULL));
  if (!usable)
    yl_sql_fail (self, YL_STORE_ERROR_OPEN, &wrong);
  else
    check_version (self, mode, &wrong);
  umask (mask);
  if (wrong != NULL) {
    g_propagate_prefixed_error (error, g_steal_pointer (&wrong), "%s: ", path);
    return NULL;
  }
  return g_steal_pointer (&self);
}

void
yl_database_close (YlDatabase *self)
{
  if (self == NULL)
    return;
  for (unsigned i = 0; i < YL_N_SQL; i++)
    sqlite3_finalize (self->statements[i]);
  sqlite3_close (self->db);
  g_free (self);
}

/* --- transactions --- */

bool
yl_database_begin (YlDatabase *self, GError **error)
{
  return yl_sql_exec (self, "BEGIN IMMEDIATE", error);
}

bool
yl_database_commit (YlDatabase *self, GError **error)
{
  return yl_sql_exec (self, "COMMIT", error);
}

void
yl_database_rollback (YlDatabase *self)
{
  /* SQLite rolls back by itself after some failures. */
  if (!sqlite3_get_autocommit (self->db))
    yl_sql_exec (self, "ROLLBACK", NULL);
}

bool
yl_database_probe (YlDatabase *self, GError **error)
{
  sqlite3_stmt *statement = yl_sql (self, YL_SQL_PROBE, error);
  return statement != NULL && yl_sql_run (self, statement, error);
}

/* --- whole files --- */

static bool
fail_errno (GError **error, const char *path)
{
  const int reason = errno;
  g_set_error (error, YL_STORE_ERROR, YL_STORE_ERROR_WRITE, "%s: %s", path,
               g_strerror (reason));
  return false;
}

static bool
sync_path (const char *path, GError **error)
{
  const int fd = open (path, O_RDONLY | O_CLOEXEC);
  const bool done = fd >= 0 && fsync (fd) == 0;
  if (!done)
    fail_errno (error, path);
  if (fd >= 0)
    close (fd);
  return done;
}

/* Renames so that a power cut leaves the old name or the new one. */
static bool
move_into_place (const char *from, const char *to, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (to);
  if (!sync_path (from, error))
    return false;
  if (g_rename (from, to) != 0)
    return fail_errno (error, to);
  return sync_path (folder, error);
}

static bool
copy_into (YlDatabase *self, const char *to, GError **error)
{
  sqlite3_stmt *statement = NULL;
  const mode_t mask = umask (0077);
  bool done =
      sqlite3_prepare_v2 (self->db, "VACUUM INTO $1", -1, &statement, NULL)
      == SQLITE_OK;
  if (done) {
    yl_sql_bind_text (statement, 1, to);
    done = sqlite3_step (statement) == SQLITE_DONE;
  }
  if (!done)
    yl_sql_fail (self, YL_STORE_ERROR_WRITE, error);
  sqlite3_finalize (statement);
  umask (mask);
  return done;
}

bool
yl_database_backup (YlDatabase *self, const char *to, GError **error)
{
  g_autofree char *part = g_strconcat (to, ".part", NULL);
  if (g_file_test (to, G_FILE_TEST_EXISTS)) {
    g_set_error (error, YL_STORE_ERROR, YL_STORE_ERROR_EXISTS,
                 "%s exists already", to);
    return false;
  }
  g_unlink (part);
  if (copy_into (self, part, error) && move_into_place (part, to, error))
    return true;
  g_unlink (part);
  return false;
}

int
yl_database_lock (const char *path, GError **error)
{
  g_autofree char *name = g_strconcat (path, ".lock", NULL);
  const int fd = open (name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd >= 0 && flock (fd, LOCK_EX | LOCK_NB) == 0)
    return fd;
  g_set_error (
      error, YL_STORE_ERROR,
      fd >= 0 ? YL_STORE_ERROR_LOCKED : YL_STORE_ERROR_OPEN, "%s: %s", name,
      fd >= 0 ? "another process uses the database" : g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return -1;
}

/* Moves what is there out of the way, its write-ahead log folded in. */
static bool
put_aside (const char *path, GError **error)
{
  g_autofree char *aside = g_strconcat (path, ".before-restore", NULL);
  sqlite3 *old = NULL;
  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return true;
  if (sqlite3_open_v2 (path, &old, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK)
    sqlite3_wal_checkpoint_v2 (old, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL,
                               NULL);
  sqlite3_close (old);
  static const char *const tails[] = { "-wal", "-shm" };
  for (size_t i = 0; i < G_N_ELEMENTS (tails); i++) {
    g_autofree char *name = g_strconcat (path, tails[i], NULL);
    g_autofree char *kept = g_strconcat (aside, tails[i], NULL);
    g_unlink (kept);
    if (g_rename (name, kept) != 0 && errno != ENOENT)
      return fail_errno (error, name);
  }
  return g_rename (path, aside) == 0 || fail_errno (error, path);
}

static bool
restore_locked (const char *path, YlDatabase *from, GError **error)
{
  g_autofree char *part = g_strconcat (path, ".part", NULL);
  uint64_t n;
  g_unlink (part);
  if (pragma_int (from, "SELECT count (*) FROM pragma_integrity_check"
                        " WHERE integrity_check <> 'ok'")
      != 0) {
    g_set_error (error, YL_STORE_ERROR, YL_STORE_ERROR_READ,
                 "the backup is damaged");
    return false;
  }
  const bool done = yl_database_verify (from, &n, error)
                    && copy_into (from, part, error) && put_aside (path, error)
                    && move_into_place (part, path, error);
  if (!done)
    g_unlink (part);
  return done;
}

bool
yl_database_restore (const char *path, const char *from, GError **error)
{
  g_autoptr (YlDatabase) backup =
      yl_database_open (from, YL_DATABASE_READ, error);
  if (backup == NULL)
    return false;
  const int lock = yl_database_lock (path, error);
  if (lock < 0)
    return false;
  const bool done = restore_locked (path, backup, error);
  close (lock);
  return done;
}
