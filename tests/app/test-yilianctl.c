#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
  char *folder;
  char *out;
  char *err;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  f->folder = g_dir_make_tmp ("yilian-XXXXXX", &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  GDir *dir = g_dir_open (f->folder, 0, NULL);
  for (const char *name; (name = g_dir_read_name (dir)) != NULL;) {
    g_autofree char *path = g_build_filename (f->folder, name, NULL);
    g_unlink (path);
  }
  g_dir_close (dir);
  g_rmdir (f->folder);
  g_free (f->folder);
  g_free (f->out);
  g_free (f->err);
}

/* Runs `yilianctl --data FOLDER WORDS…` with @input; its exit status. */
static int
run (Fixture *f, const char *input, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *line = g_strdup_printf (
      YL_TOP_BUILDDIR "/src/app/yilianctl --data %s %s", f->folder, words);
  g_auto (GStrv) arguments = g_strsplit (line, " ", -1);
  /* A file, not a pipe: it may end without reading. */
  g_autofree char *typed = g_build_filename (f->folder, "typed", NULL);
  g_assert_true (
      g_file_set_contents (typed, input != NULL ? input : "", -1, NULL));
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_subprocess_launcher_set_stdin_file_path (launcher, typed);
  g_autoptr (GSubprocess) child = g_subprocess_launcher_spawnv (
      launcher, (const char *const *) arguments, &error);
  g_assert_no_error (error);
  g_clear_pointer (&f->out, g_free);
  g_clear_pointer (&f->err, g_free);
  g_subprocess_communicate_utf8 (child, NULL, NULL, &f->out, &f->err, &error);
  g_assert_no_error (error);
  return g_subprocess_get_exit_status (child);
}

static void
assert_says (const char *text, const char *part)
{
  g_test_message ("%s", text);
  g_assert_nonnull (strstr (text, part));
}

/* In octets among which there are NULs. */
static gboolean
holds (const char *data, gsize size, const char *part)
{
  const gsize n = strlen (part);
  for (gsize i = 0; i + n <= size; i++)
    if (memcmp (data + i, part, n) == 0)
      return TRUE;
  return FALSE;
}

static void
import (Fixture *f)
{
  g_assert_cmpint (run (f, NULL,
                        "alliance import " YL_TOP_SRCDIR
                        "/packaging/demo-alliance.json"),
                   ==, 0);
}

static void
test_users (Fixture *f, gconstpointer data)
{
  import (f);
  g_assert_cmpint (run (f, "long enough\n", "user add clinic"), ==, 0);
  g_assert_cmpstr (f->err, ==, "");
  g_assert_cmpint (run (f, "long enough\n", "user add clinic"), ==, 1);
  assert_says (f->err, "account 'clinic' exists already");
  g_assert_cmpint (run (f, "short\n", "user add expert"), ==, 1);
  assert_says (f->err, "8 to 128 characters");
  g_assert_cmpint (run (f, "", "user add expert"), ==, 1);
  g_assert_cmpint (run (f, "long enough\n", "user passwd expert"), ==, 1);
  assert_says (f->err, "no account 'expert'");
  g_assert_cmpint (run (f, "other than that\n", "user passwd clinic"), ==, 0);
  g_assert_cmpint (run (f, "long enough\n", "user add stranger --name 某"), ==,
                   0);
  assert_says (f->err, "no alliance file has a person 'stranger'");
  g_assert_cmpint (run (f, "long enough\n", "user add ../x"), ==, 2);
  /* The password is nowhere in the file. */
  g_autofree char *path = g_build_filename (f->folder, "yilian.db", NULL);
  g_autofree char *whole = NULL;
  gsize size;
  g_assert_true (g_file_get_contents (path, &whole, &size, NULL));
  g_assert_false (holds (whole, size, "other than that"));
  g_assert_true (holds (whole, size, "$argon2id$"));
}

/* What stands behind @label in the output. */
static char *
line_of (const Fixture *f, const char *label)
{
  const char *at = strstr (f->out, label);
  g_assert_nonnull (at);
  at += strlen (label);
  return g_strndup (at, strcspn (at, "\n"));
}

static void
test_courses (Fixture *f, gconstpointer data)
{
  g_assert_cmpint (run (f, NULL, "course add ecg-101 --title 心电图"), ==, 0);
  g_autofree char *at = line_of (f, "publish at: ");
  g_autofree char *publish = line_of (f, "publish token: ");
  g_autofree char *watch = line_of (f, "watch token: ");
  g_assert_true (g_str_has_prefix (at, "https://"));
  g_assert_true (g_str_has_suffix (at, "/whip/ecg-101"));
  g_assert_cmpuint (strlen (publish), ==, 43);
  g_assert_cmpuint (strlen (watch), ==, 43);
  g_assert_cmpstr (publish, !=, watch);

  /* The file tells nobody the tokens. */
  g_autofree char *path = g_build_filename (f->folder, "yilian.db", NULL);
  g_autofree char *content = NULL;
  gsize size;
  g_assert_true (g_file_get_contents (path, &content, &size, NULL));
  g_assert_true (holds (content, size, "ecg-101"));
  g_assert_false (holds (content, size, publish));
  g_assert_false (holds (content, size, watch));

  g_assert_cmpint (run (f, NULL, "course add ecg-101"), ==, 1);
  assert_says (f->err, "course 'ecg-101' exists already");
  g_assert_cmpint (run (f, NULL, "course add ECG"), ==, 2);
  assert_says (f->err, "'ECG' is no name of a course: 1 to 64 of a-z 0-9 -");
  g_assert_cmpint (run (f, NULL, "course list"), ==, 0);
  assert_says (f->out, "ecg-101\t");
  assert_says (f->out, "\t心电图\n");

  g_assert_cmpint (run (f, NULL, "course token ecg-101"), ==, 0);
  g_autofree char *renewed = line_of (f, "publish token: ");
  g_assert_cmpstr (renewed, !=, publish);
  g_assert_cmpint (run (f, NULL, "course token other"), ==, 1);
  assert_says (f->err, "no course 'other'");

  g_assert_cmpint (run (f, NULL, "course remove ecg-101"), ==, 0);
  g_assert_cmpint (run (f, NULL, "course remove ecg-101"), ==, 1);
  assert_says (f->err, "no course 'ecg-101'");
  g_assert_cmpint (run (f, NULL, "course list"), ==, 0);
  g_assert_cmpstr (f->out, ==, "");
}

static void
test_alliance (Fixture *f, gconstpointer data)
{
  g_autofree char *bad = g_build_filename (f->folder, "bad.json", NULL);
  g_assert_true (g_file_set_contents (bad, "{\"version\": 1}", -1, NULL));
  g_autofree char *words = g_strconcat ("alliance import ", bad, NULL);
  g_assert_cmpint (run (f, NULL, words), ==, 1);
  assert_says (f->err, "bad.json: the file: departments");
  import (f);
  assert_says (f->out, "4 alliances");
}

static void
test_backup (Fixture *f, gconstpointer data)
{
  g_autofree char *backup = g_strdup_printf ("backup %s/copy", f->folder);
  g_autofree char *restore = g_strdup_printf ("restore %s/copy", f->folder);
  g_assert_cmpint (run (f, NULL, backup), ==, 1);
  import (f);
  g_assert_cmpint (run (f, NULL, backup), ==, 0);
  g_assert_cmpint (run (f, NULL, backup), ==, 1);
  g_assert_cmpint (run (f, "long enough\n", "user add clinic"), ==, 0);
  g_assert_cmpint (run (f, NULL, restore), ==, 0);
  g_assert_cmpint (run (f, "long enough\n", "user passwd clinic"), ==, 1);
  assert_says (f->err, "no account 'clinic'");
}

static void
test_status (Fixture *f, gconstpointer data)
{
  g_assert_cmpint (run (f, NULL, "status"), ==, 1);
  import (f);
  g_assert_cmpint (run (f, NULL, "status"), ==, 0);
  assert_says (f->out, "events: 0, the chains hold");
  assert_says (f->out, "daemon: not running");
}

/* A number out of a database, behind the program's back. */
static int
ask_sql (const char *path, const char *sql)
{
  sqlite3 *db = NULL;
  sqlite3_stmt *statement = NULL;
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL), ==,
                   SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  const int value = sqlite3_column_int (statement, 0);
  sqlite3_finalize (statement);
  sqlite3_close (db);
  return value;
}

/* As the first version of the program left it: without courses. */
static void
make_older (const char *path)
{
  sqlite3 *db = NULL;
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db,
                                 "DROP TABLE course; PRAGMA user_version = 1",
                                 NULL, NULL, NULL),
                   ==, SQLITE_OK);
  sqlite3_close (db);
}

/* Who looks at an older database, or copies it, leaves it as it is: the older
 * program may have to go on with it. */
static void
test_older (Fixture *f, gconstpointer data)
{
  static const char *const courses =
      "SELECT count (*) FROM sqlite_schema WHERE name = 'course'";
  g_autofree char *path = g_build_filename (f->folder, "yilian.db", NULL);
  g_autofree char *copy = g_build_filename (f->folder, "copy", NULL);
  g_autofree char *backup = g_strdup_printf ("backup %s", copy);
  g_autofree char *before = NULL, *after = NULL;
  gsize n_before, n_after;
  import (f);
  make_older (path);
  g_assert_true (g_file_get_contents (path, &before, &n_before, NULL));

  g_assert_cmpint (run (f, NULL, "status"), ==, 0);
  assert_says (f->out, "yilian.db, schema 1, this program needs 2");
  assert_says (f->out, "the chains hold");
  g_assert_cmpint (run (f, NULL, backup), ==, 0);
  g_assert_true (g_file_get_contents (path, &after, &n_after, NULL));
  g_assert_cmpmem (before, n_before, after, n_after);
  g_assert_cmpint (ask_sql (copy, "PRAGMA user_version"), ==, 1);
  g_assert_cmpint (ask_sql (copy, courses), ==, 0);

  g_assert_cmpint (run (f, "long enough\n", "user add clinic"), ==, 0);
  g_assert_cmpint (run (f, NULL, "status"), ==, 0);
  assert_says (f->out, "yilian.db, schema 2\n");
  g_assert_cmpint (ask_sql (path, courses), ==, 1);
}

/* Root looks before the daemon's first start: it must be able to start. */
static void
test_status_of_root (Fixture *f, gconstpointer data)
{
  g_autofree char *lock = g_build_filename (f->folder, "yilian.db.lock", NULL);
  const uid_t daemon = 12345;
  struct stat file;
  if (geteuid () != 0 || chown (f->folder, daemon, daemon) != 0) {
    g_test_skip ("for root only");
    return;
  }
  import (f);
  g_assert_cmpint (run (f, NULL, "status"), ==, 0);
  g_assert_cmpint (stat (lock, &file), ==, 0);
  g_assert_cmpuint (file.st_uid, ==, daemon);
}

static void
test_usage (Fixture *f, gconstpointer data)
{
  g_assert_cmpint (run (f, NULL, "--help"), ==, 0);
  assert_says (f->out, "alliance import FILE");
  g_assert_cmpint (run (f, NULL, "user"), ==, 2);
  g_assert_cmpint (run (f, NULL, "user add"), ==, 2);
  assert_says (f->err, "usage: yilianctl user add ACCOUNT");
  g_assert_cmpint (run (f, NULL, "backup a b"), ==, 2);
  g_assert_cmpint (run (f, NULL, "--nonsense"), ==, 2);
  g_assert_cmpint (run (f, NULL, "--config /nowhere/at/all status"), ==, 1);
  assert_says (f->err, "/nowhere/at/all");
}

#define ADD(name, function)                                            \
  g_test_add ("/app/yilianctl/" name, Fixture, NULL, set_up, function, \
              tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("users", test_users);
  ADD ("courses", test_courses);
  ADD ("alliance", test_alliance);
  ADD ("backup", test_backup);
  ADD ("status", test_status);
  ADD ("older", test_older);
  ADD ("status-of-root", test_status_of_root);
  ADD ("usage", test_usage);
  return g_test_run ();
}
