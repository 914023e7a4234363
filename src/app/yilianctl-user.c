/* yilianctl-user.c: accounts and their passwords */
#include "app/yilianctl.h"

#include "store/password-pool.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#define PASSWORD_MIN 8 /* characters, as session.password asks */
#define PASSWORD_MAX 128
#define ACCOUNT_MAX 64

/* --- reading a password --- */

static void
wipe (char *text)
{
  explicit_bzero (text, strlen (text));
  g_free (text);
}

/* One line without its end; NULL at the end of input. */
static char *
read_line (void)
{
  char line[4 * PASSWORD_MAX + 3];
  if (fgets (line, sizeof line, stdin) == NULL)
    return NULL;
  line[strcspn (line, "\r\n")] = '\0';
  char *copy = g_strdup (line);
  explicit_bzero (line, sizeof line);
  return copy;
}

static char *
ask (const char *prompt)
{
  struct termios shown;
  const bool terminal = tcgetattr (STDIN_FILENO, &shown) == 0;
  if (terminal) {
    struct termios hidden = shown;
    hidden.c_lflag &= (tcflag_t) ~ECHO;
    tcsetattr (STDIN_FILENO, TCSAFLUSH, &hidden);
    g_printerr ("%s: ", prompt);
  }
  char *line = read_line ();
  if (terminal) {
    tcsetattr (STDIN_FILENO, TCSAFLUSH, &shown);
    g_printerr ("\n");
  }
  return line;
}

static bool
check_password (const char *password, GError **error)
{
  const bool text = password != NULL && g_utf8_validate (password, -1, NULL);
  const glong n = text ? g_utf8_strlen (password, -1) : 0;
  if (n >= PASSWORD_MIN && n <= PASSWORD_MAX)
    return true;
  g_set_error (error, YL_CTL_ERROR, YL_CTL_ERROR_PASSWORD,
               "a password has %d to %d characters", PASSWORD_MIN,
               PASSWORD_MAX);
  return false;
}

char *
yl_ctl_read_password (GError **error)
{
  char *password = ask ("New password");
  bool done = check_password (password, error);
  if (done && isatty (STDIN_FILENO)) {
    char *again = ask ("Once more");
    done = g_strcmp0 (password, again) == 0;
    if (!done)
      g_set_error (error, YL_CTL_ERROR, YL_CTL_ERROR_PASSWORD,
                   "the two are not the same");
    if (again != NULL)
      wipe (again);
  }
  if (done)
    return password;
  if (password != NULL)
    wipe (password);
  return NULL;
}

/* The hash of a password that is read now. */
static char *
read_hash (GError **error)
{
  char hash[YL_PASSWORD_HASH_SIZE];
  char *password = yl_ctl_read_password (error);
  if (password == NULL)
    return NULL;
  const bool done = yl_password_hash_now (password, false, hash);
  wipe (password);
  if (done)
    return g_strdup (hash);
  g_set_error (error, YL_CTL_ERROR, YL_CTL_ERROR_PASSWORD,
               "no memory to hash the password");
  return NULL;
}

/* --- commands --- */

void
yl_ctl_give_to_daemon (const YlCtl *self)
{
  static const char *const tails[] = { "", "-wal", "-shm", ".lock" };
  struct stat folder;
  if (geteuid () != 0 || stat (self->data, &folder) != 0)
    return;
  for (size_t i = 0; i < G_N_ELEMENTS (tails); i++) {
    g_autofree char *name = g_strconcat (self->database, tails[i], NULL);
    if (lchown (name, folder.st_uid, folder.st_gid) != 0 && errno != ENOENT)
      g_printerr ("yilianctl: %s: %s\n", name, g_strerror (errno));
  }
}

static bool
check_account (const char *account, GError **error)
{
  size_t n = 0;
  while (g_ascii_isalnum (account[n])
         || (account[n] != '\0' && strchr ("-_.", account[n]) != NULL))
    n++;
  if (account[n] == '\0' && n > 0 && n <= ACCOUNT_MAX)
    return true;
  g_set_error (error, YL_CTL_ERROR, YL_CTL_ERROR_USAGE,
               "'%s' is no account: 1 to %d of A-Z a-z 0-9 - _ .", account,
               ACCOUNT_MAX);
  return false;
}

static void
warn_if_unknown (YlDatabase *database, const char *account)
{
  g_autoptr (YlAlliances) alliances = NULL;
  if (!yl_database_alliances (database, &alliances, NULL))
    return;
  if (alliances == NULL || yl_alliances_person (alliances, account) == NULL)
    g_printerr ("yilianctl: no alliance file has a person '%s' yet: the "
                "account holds no post\n",
                account);
}

/* Runs @write in a transaction of its own. */
static bool
write_account (YlDatabase *database, const YlAccountRow *row, bool create,
               GError **error)
{
  bool done = yl_database_begin (database, error);
  done =
      done && yl_database_put_account (database, row, create, error)
      && (create
          || yl_database_remove_sessions (database, row->account, NULL, error))
      && yl_database_commit (database, error);
  if (!done)
    yl_database_rollback (database);
  return done;
}

static bool
put (const YlCtl *self, char *account, bool create, GError **error)
{
  g_autoptr (YlAccountRow) there = NULL;
  if (!check_account (account, error))
    return false;
  g_autoptr (YlDatabase) database = yl_database_open (
      self->database, create ? YL_DATABASE_MAKE : YL_DATABASE_EXISTING, error);
  yl_ctl_give_to_daemon (self);
  if (database == NULL)
    return false;
  /* Say so before anybody types a password twice. */
  const bool exists = yl_database_account (database, account, &there, NULL);
  if (exists == create) {
    g_set_error (error, YL_STORE_ERROR,
                 create ? YL_STORE_ERROR_EXISTS : YL_STORE_ERROR_NOT_FOUND,
                 create ? "account '%s' exists already" : "no account '%s'",
                 account);
    return false;
  }
  g_autofree char *hash = read_hash (error);
  if (hash == NULL)
    return false;
  const YlAccountRow row = { .account = account,
                             .password_hash = hash,
                             .name_zh = self->name,
                             .name_en = self->name_en,
                             .locale = self->locale };
  if (!write_account (database, &row, create, error))
    return false;
  warn_if_unknown (database, account);
  return true;
}

bool
yl_ctl_user_add (const YlCtl *self, char **arguments, GError **error)
{
  if (self->locale != NULL && !g_str_equal (self->locale, "zh-CN")
      && !g_str_equal (self->locale, "en")) {
    g_set_error (error, YL_CTL_ERROR, YL_CTL_ERROR_USAGE,
                 "'%s' is neither zh-CN nor en", self->locale);
    return false;
  }
  if (!put (self, arguments[0], true, error))
    return false;
  g_print ("account '%s' made\n", arguments[0]);
  return true;
}

bool
yl_ctl_user_passwd (const YlCtl *self, char **arguments, GError **error)
{
  if (!put (self, arguments[0], false, error))
    return false;
  g_print ("password of '%s' changed; a running daemon ends the sessions "
           "with: systemctl reload yilian\n",
           arguments[0]);
  return true;
}
