#include "store/database.h"

#include "fixture.h"
#include "folder.h"

#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
  char *folder;
  char *path;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->folder = folder_make ();
  f->path = g_build_filename (f->folder, "yilian.db", NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  folder_remove (f->folder);
  g_free (f->path);
}

static YlDatabase *
open_database (const Fixture *f)
{
  g_autoptr (GError) error = NULL;
  YlDatabase *database = yl_database_open (f->path, YL_DATABASE_MAKE, &error);
  g_assert_no_error (error);
  return database;
}

/* Behind the program's back. */
static void
meddle (const char *path, const char *sql)
{
  sqlite3 *db = NULL;
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

static void
free_row (gpointer row)
{
  yl_consult_row_free (row);
}

/* Appends what @command does to the events of @book. */
static void
append (YlDatabase *database, YlConsultBook *book,
        const YlConsultCommand *command)
{
  g_autoptr (GError) error = NULL;
  YlBatch *batch = g_new (YlBatch, 1);
  batch->events = fixture_events ();
  batch->rows = g_ptr_array_new_with_free_func (free_row);
  g_assert_cmpint (fixture_do (book, command, T0_MS, batch->events).kind, ==,
                   YL_REFUSAL_NONE);
  if (command->consultation != NULL)
    g_ptr_array_add (batch->rows, yl_consult_row_new (yl_consult_book_find (
                                      book, command->consultation)));
  g_assert_true (yl_database_begin (database, &error));
  g_assert_true (yl_database_append (database, batch, &error));
  g_assert_true (yl_database_commit (database, &error));
  g_assert_no_error (error);
  yl_batch_free (batch);
}

static void
append_some (YlDatabase *database, YlConsultBook *book)
{
  const YlConsultCommand one =
      fixture_request ("c1", "cardiology", YL_URGENCY_ROUTINE);
  const YlConsultCommand two =
      fixture_request ("c2", "general", YL_URGENCY_URGENT);
  const YlConsultCommand duty = { .kind = YL_CONSULT_DO_DUTY_SET,
                                  .account = "expert",
                                  .post = "expert-cardiology",
                                  .on = true };
  append (database, book, &one);
  append (database, book, &two);
  append (database, book, &duty);
}

static void
test_opens_again (Fixture *f, gconstpointer data)
{
  g_clear_pointer (&(YlDatabase *){ open_database (f) }, yl_database_close);
  g_autoptr (YlDatabase) database = open_database (f);
  g_assert_nonnull (database);
  struct stat file;
  g_assert_cmpint (stat (f->path, &file), ==, 0);
  g_assert_cmpint (file.st_mode & 0777, ==, 0600);
}

static void
assert_refused (const Fixture *f, YlDatabaseMode mode, YlStoreError code,
                const char *says)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (yl_database_open (f->path, mode, &error));
  g_assert_error (error, YL_STORE_ERROR, (int) code);
  g_assert_nonnull (strstr (error->message, says));
}

static void
test_newer_is_refused (Fixture *f, gconstpointer data)
{
  g_clear_pointer (&(YlDatabase *){ open_database (f) }, yl_database_close);
  meddle (f->path, "PRAGMA user_version = 99");
  assert_refused (f, YL_DATABASE_MAKE, YL_STORE_ERROR_VERSION,
                  "the database has version 99, this program knows up to 2");
}

static void
test_foreign_is_refused (Fixture *f, gconstpointer data)
{
  assert_refused (f, YL_DATABASE_EXISTING, YL_STORE_ERROR_OPEN, "yilian.db");
  meddle (f->path, "CREATE TABLE cake (slices INTEGER)");
  assert_refused (f, YL_DATABASE_MAKE, YL_STORE_ERROR_OPEN,
                  "no database of Yilian");
  g_assert_true (g_file_set_contents (f->path,
                                      "not a database, but long "
                                      "enough to look at",
                                      -1, NULL));
  assert_refused (f, YL_DATABASE_MAKE, YL_STORE_ERROR_OPEN, "yilian.db");
}

/* A migration that is cut off leaves the version before it. */
static void
test_migrates_from_nothing (Fixture *f, gconstpointer data)
{
  meddle (f->path, "PRAGMA application_id = 1500277089");
  g_autoptr (YlDatabase) database = open_database (f);
  uint64_t n;
  g_assert_true (yl_database_verify (database, &n, NULL));
  g_assert_cmpuint (n, ==, 0);
}

/* As the first version of the program left it: accounts, but no courses. */
static void
make_first_version (const Fixture *f)
{
  g_autoptr (YlDatabase) database = open_database (f);
  const YlAccountRow row = { .account = "clinic", .password_hash = "$argon" };
  g_assert_true (yl_database_put_account (database, &row, true, NULL));
  meddle (f->path, "DROP TABLE course; PRAGMA user_version = 1");
}

static void
assert_migrated (const Fixture *f)
{
  g_autoptr (YlDatabase) database = open_database (f);
  g_autoptr (YlAccountRow) found = NULL;
  g_autoptr (GPtrArray) courses = NULL;
  g_assert_true (yl_database_account (database, "clinic", &found, NULL));
  g_assert_true (yl_database_courses (database, &courses, NULL));
  g_assert_cmpuint (courses->len, ==, 0);
}

static void
test_migrates_from_first (Fixture *f, gconstpointer data)
{
  make_first_version (f);
  assert_migrated (f);
}

static void
test_keeps_first (Fixture *f, gconstpointer data)
{
  static const YlDatabaseMode modes[] = { YL_DATABASE_KEEP, YL_DATABASE_READ };
  make_first_version (f);
  for (size_t i = 0; i < G_N_ELEMENTS (modes); i++) {
    g_autoptr (YlDatabase) kept = yl_database_open (f->path, modes[i], NULL);
    g_assert_cmpint (yl_database_version (kept), ==, 1);
  }
  g_autoptr (YlDatabase) migrated = open_database (f);
  g_assert_cmpint (yl_database_version (migrated), ==, YL_DATABASE_VERSION);
}

static void
test_restores_older (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *backup = g_build_filename (f->folder, "backup", NULL);
  make_first_version (f);
  g_assert_cmpint (rename (f->path, backup), ==, 0);
  g_assert_true (yl_database_restore (f->path, backup, &error));
  g_assert_no_error (error);
  assert_migrated (f);
}

static void
test_courses (Fixture *f, gconstpointer data)
{
  g_autoptr (YlDatabase) database = open_database (f);
  g_autoptr (GError) error = NULL;
  g_autoptr (YlStoreCourse) found = NULL;
  g_autoptr (GPtrArray) all = NULL;
  YlStoreCourse course = { .name = (char *) "ecg",
                           .title = (char *) "心电图",
                           .publish_hash = { 1 },
                           .view_hash = { 2 },
                           .created_ms = 1234 };
  g_assert_false (yl_database_course (database, "ecg", &found, &error));
  g_assert_error (error, YL_STORE_ERROR, YL_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (yl_database_add_course (database, &course, &error));
  g_assert_false (yl_database_add_course (database, &course, &error));
  g_assert_error (error, YL_STORE_ERROR, YL_STORE_ERROR_EXISTS);
  g_clear_error (&error);
  course.publish_hash[0] = 3;
  g_assert_true (yl_database_set_course_tokens (database, &course, &error));
  g_assert_true (yl_database_course (database, "ecg", &found, &error));
  g_assert_cmpstr (found->title, ==, "心电图");
  g_assert_cmpint (found->created_ms, ==, 1234);
  g_assert_cmpmem (found->publish_hash, YL_TOKEN_HASH_SIZE, course.publish_hash,
                   YL_TOKEN_HASH_SIZE);
  g_assert_cmpmem (found->view_hash, YL_TOKEN_HASH_SIZE, course.view_hash,
                   YL_TOKEN_HASH_SIZE);
  course.name = (char *) "burns";
  course.title = NULL;
  g_assert_true (yl_database_add_course (database, &course, &error));
  g_assert_true (yl_database_courses (database, &all, &error));
  g_assert_cmpuint (all->len, ==, 2);
  g_assert_cmpstr (((YlStoreCourse *) all->pdata[0])->name, ==, "burns");
  g_assert_null (((YlStoreCourse *) all->pdata[0])->title);
  g_assert_true (yl_database_remove_course (database, "ecg", &error));
  g_assert_false (yl_database_remove_course (database, "ecg", &error));
  g_assert_error (error, YL_STORE_ERROR, YL_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  course.name = (char *) "ecg";
  g_assert_false (yl_database_set_course_tokens (database, &course, &error));
  g_assert_error (error, YL_STORE_ERROR, YL_STORE_ERROR_NOT_FOUND);
}

static void
test_accounts (Fixture *f, gconstpointer data)
{
  g_autoptr (YlDatabase) database = open_database (f);
  g_autoptr (GError) error = NULL;
  g_autoptr (YlAccountRow) found = NULL;
  YlAccountRow row = { .account = "clinic", .password_hash = "$argon" };
  g_assert_false (yl_database_account (database, "clinic", &found, &error));
  g_assert_error (error, YL_STORE_ERROR, YL_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (yl_database_put_account (database, &row, false, &error));
  g_assert_error (error, YL_STORE_ERROR, YL_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (yl_database_put_account (database, &row, true, &error));
  g_assert_false (yl_database_put_account (database, &row, true, &error));
  g_assert_error (error, YL_STORE_ERROR, YL_STORE_ERROR_EXISTS);
  g_clear_error (&error);
  row = (YlAccountRow){ .account = "clinic", .locale = "en" };
  g_assert_true (yl_database_put_account (database, &row, false, &error));
  g_assert_true (yl_database_account (database, "clinic", &found, &error));
  g_assert_cmpstr (found->password_hash, ==, "$argon");
  g_assert_cmpstr (found->locale, ==, "en");
  g_assert_null (found->name_zh);
  g_assert_false (found->disabled);
}

static unsigned
count_sessions (YlDatabase *database, int64_t now_ms)
{
  g_autoptr (GPtrArray) sessions = NULL;
  g_assert_true (yl_database_sessions (database, now_ms, &sessions, NULL));
  return sessions->len;
}

static void
test_sessions (Fixture *f, gconstpointer data)
{
  g_autoptr (YlDatabase) database = open_database (f);
  YlStoreSession session = { .account = (char *) "clinic", .expires_ms = 100 };
  for (uint8_t i = 1; i <= 3; i++) {
    session.token_hash[0] = i;
    g_assert_true (yl_database_put_session (database, &session, NULL));
  }
  session.expires_ms = 200;
  g_assert_true (yl_database_put_session (database, &session, NULL));
  g_assert_cmpuint (count_sessions (database, 99), ==, 3);
  g_assert_cmpuint (count_sessions (database, 100), ==, 1);
  g_assert_true (
      yl_database_remove_session (database, (uint8_t[32]){ 1 }, NULL));
  g_assert_cmpuint (count_sessions (database, 0), ==, 2);
  g_assert_true (yl_database_remove_sessions (database, "clinic",
                                              (uint8_t[32]){ 3 }, NULL));
  g_assert_cmpuint (count_sessions (database, 0), ==, 1);
  g_assert_true (yl_database_remove_sessions (database, "clinic", NULL, NULL));
  g_assert_cmpuint (count_sessions (database, 0), ==, 0);
}

static void
test_alliances (Fixture *f, gconstpointer data)
{
  static const char empty[] =
      "{\"version\":1,\"departments\":[],\"organisations\":[],"
      "\"alliances\":[],\"persons\":[],\"posts\":[]}";
  g_autoptr (YlDatabase) database = open_database (f);
  g_autoptr (YlAlliances) alliances = NULL;
  g_autoptr (GError) error = NULL;
  g_assert_true (yl_database_alliances (database, &alliances, &error));
  g_assert_null (alliances);
  g_assert_false (yl_database_import_alliances (database, "{}", 2, &error));
  g_assert_error (error, YL_ALLIANCE_ERROR, YL_ALLIANCE_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_true (
      yl_database_import_alliances (database, empty, sizeof empty - 1, &error));
  g_assert_true (yl_database_alliances (database, &alliances, &error));
  g_assert_nonnull (alliances);
}

static void
test_chain (Fixture *f, gconstpointer data)
{
  static const char *const crimes[] = {
    ("UPDATE event SET payload = replace (payload, '61', '16')"
     " WHERE seq = 1"),
    "UPDATE event SET stream = 'c1' WHERE stream = 'c2'",
    "DELETE FROM event WHERE seq = 3",
    "UPDATE event SET hash = previous WHERE seq = 2"
  };
  g_autoptr (YlConsultBook) book = fixture_book ();
  YlDatabase *database = open_database (f);
  append_some (database, book);
  yl_database_close (database);
  g_autofree char *whole = NULL;
  gsize size;
  g_assert_true (g_file_get_contents (f->path, &whole, &size, NULL));
  for (size_t i = 0; i < G_N_ELEMENTS (crimes); i++) {
    g_autoptr (GError) error = NULL;
    uint64_t n = 0;
    g_assert_true (g_file_set_contents (f->path, whole, (gssize) size, NULL));
    database = open_database (f);
    g_assert_true (yl_database_verify (database, &n, &error));
    g_assert_cmpuint (n, ==, yl_consult_book_seq (book));
    yl_database_close (database);
    meddle (f->path, "DROP TRIGGER event_no_update;"
                     "DROP TRIGGER event_no_delete");
    meddle (f->path, crimes[i]);
    database = open_database (f);
    g_assert_false (yl_database_verify (database, &n, &error));
    g_assert_error (error, YL_STORE_ERROR, YL_STORE_ERROR_BROKEN);
    yl_database_close (database);
  }
}

static void
test_append_only (Fixture *f, gconstpointer data)
{
  g_autoptr (YlConsultBook) book = fixture_book ();
  g_autoptr (YlDatabase) database = open_database (f);
  append_some (database, book);
  sqlite3 *db = NULL;
  g_assert_cmpint (sqlite3_open (f->path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "DELETE FROM event", NULL, NULL, NULL), ==,
                   SQLITE_CONSTRAINT);
  g_assert_cmpint (
      sqlite3_exec (db, "UPDATE event SET seq = seq + 100", NULL, NULL, NULL),
      ==, SQLITE_CONSTRAINT);
  sqlite3_close (db);
}

static void
test_state (Fixture *f, gconstpointer data)
{
  g_autoptr (YlConsultBook) book = fixture_book ();
  g_autoptr (YlDatabase) database = open_database (f);
  g_autoptr (YlJournalState) state = NULL;
  append_some (database, book);
  g_assert_true (yl_database_state (database, &state, NULL));
  g_assert_cmpuint (state->seq, ==, yl_consult_book_seq (book));
  g_assert_cmpuint (state->open->len, ==, 2);
  g_assert_cmpuint (state->duty->len, ==, 1);
  for (guint i = 0; i < state->open->len; i++) {
    const YlConsultation *read = state->open->pdata[i];
    g_autoptr (GString) a = g_string_new (NULL);
    g_autoptr (GString) b = g_string_new (NULL);
    fixture_dump (a, read);
    fixture_dump (b, yl_consult_book_find (book, read->id));
    g_assert_cmpstr (a->str, ==, b->str);
  }
}

static void
test_backup_and_restore (Fixture *f, gconstpointer data)
{
  g_autoptr (YlConsultBook) book = fixture_book ();
  g_autoptr (GError) error = NULL;
  g_autofree char *copy = g_build_filename (f->folder, "copy", NULL);
  YlDatabase *database = open_database (f);
  YlDatabase *other = open_database (f);
  append_some (database, book);
  /* In the middle of somebody else's transaction. */
  g_assert_true (yl_database_begin (database, &error));
  g_assert_true (yl_database_probe (database, &error));
  g_assert_true (yl_database_backup (other, copy, &error));
  g_assert_no_error (error);
  g_assert_true (yl_database_commit (database, &error));
  g_assert_false (yl_database_backup (other, copy, &error));
  g_assert_error (error, YL_STORE_ERROR, YL_STORE_ERROR_EXISTS);
  g_clear_error (&error);
  const YlConsultCommand more =
      fixture_request ("c3", "general", YL_URGENCY_URGENT);
  append (database, book, &more);
  yl_database_close (other);
  yl_database_close (database);

  const int lock = yl_database_lock (f->path, &error);
  g_assert_cmpint (lock, >=, 0);
  g_assert_false (yl_database_restore (f->path, copy, &error));
  g_assert_error (error, YL_STORE_ERROR, YL_STORE_ERROR_LOCKED);
  g_clear_error (&error);
  close (lock);
  g_assert_true (yl_database_restore (f->path, copy, &error));
  g_assert_no_error (error);
  g_autoptr (YlDatabase) restored = open_database (f);
  YlConsultation *one = NULL;
  g_assert_true (yl_database_consultation (restored, "c3", &one, NULL));
  g_assert_null (one);
  g_assert_true (yl_database_consultation (restored, "c1", &one, NULL));
  g_assert_nonnull (one);
  yl_consultation_free (one);
  g_autofree char *aside = g_strconcat (f->path, ".before-restore", NULL);
  g_assert_true (g_file_test (aside, G_FILE_TEST_EXISTS));
}

/* What is no sound backup never touches the database. */
static void
test_bad_backup (Fixture *f, gconstpointer data)
{
  g_autoptr (YlConsultBook) book = fixture_book ();
  g_autoptr (GError) error = NULL;
  g_autofree char *copy = g_build_filename (f->folder, "copy", NULL);
  YlDatabase *database = open_database (f);
  append_some (database, book);
  g_assert_true (yl_database_backup (database, copy, &error));
  yl_database_close (database);
  meddle (copy, "DROP TRIGGER event_no_delete;"
                "DELETE FROM event WHERE seq = 3");
  g_assert_false (yl_database_restore (f->path, copy, &error));
  g_assert_error (error, YL_STORE_ERROR, YL_STORE_ERROR_BROKEN);
  g_clear_error (&error);
  g_assert_cmpint (truncate (copy, 5000), ==, 0);
  g_assert_false (yl_database_restore (f->path, copy, &error));
  g_assert_nonnull (error);
  uint64_t n;
  database = open_database (f);
  g_assert_true (yl_database_verify (database, &n, NULL));
  g_assert_cmpuint (n, ==, yl_consult_book_seq (book));
  yl_database_close (database);
}

#define ADD(name, function)                                             \
  g_test_add ("/store/database/" name, Fixture, NULL, set_up, function, \
              tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("opens-again", test_opens_again);
  ADD ("newer-is-refused", test_newer_is_refused);
  ADD ("foreign-is-refused", test_foreign_is_refused);
  ADD ("migrates-from-nothing", test_migrates_from_nothing);
  ADD ("accounts", test_accounts);
  ADD ("sessions", test_sessions);
  ADD ("alliances", test_alliances);
  ADD ("chain", test_chain);
  ADD ("append-only", test_append_only);
  ADD ("state", test_state);
  ADD ("backup-and-restore", test_backup_and_restore);
  ADD ("migrates-from-first", test_migrates_from_first);
  ADD ("keeps-first", test_keeps_first);
  ADD ("restores-older", test_restores_older);
  ADD ("courses", test_courses);
  ADD ("bad-backup", test_bad_backup);
  return g_test_run ();
}
