/* Sessions: what is answered is durable */
#include "app/accounts.h"

#include "fault-vfs.h"
#include "folder.h"

#define ACCOUNT "clinic"
#define PASSWORD "long enough"
#define CHANGED "longer than that"

typedef struct {
  char *folder;
  YlStore *store;
  YlPasswordPool *pool;
  YlAccounts *accounts;
  unsigned answers;
  YlCode code; /* of the last answer */
  char *token; /* of the last session */
} Fixture;

static void
open_accounts (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  f->accounts = yl_accounts_new (f->store, f->pool, 1, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  char hash[YL_PASSWORD_HASH_SIZE];
  g_autoptr (GError) error = NULL;
  fault_vfs_fail_from (0);
  f->folder = folder_make ();
  g_autofree char *path = g_build_filename (f->folder, "yilian.db", NULL);
  f->store = yl_store_open (path, NULL, &error);
  g_assert_no_error (error);
  f->pool = yl_password_pool_new (NULL);
  g_assert_true (yl_password_hash_now (PASSWORD, true, hash));
  g_assert_true (yl_store_ensure_account (f->store, ACCOUNT, hash, &error));
  open_accounts (f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  fault_vfs_fail_from (0);
  yl_password_pool_free (f->pool);
  yl_store_close (f->store);
  yl_accounts_free (f->accounts);
  g_free (f->token);
  folder_remove (f->folder);
}

static void
on_done (YlCode code, const char *token, int64_t retry_after_ms,
         void *user_data)
{
  Fixture *f = user_data;
  f->code = code;
  f->answers++;
  if (token != NULL) {
    g_free (f->token);
    f->token = g_strdup (token);
  }
}

static void
wait_for_answer (Fixture *f)
{
  while (f->answers == 0)
    g_main_context_iteration (NULL, TRUE);
  f->answers = 0;
}

static void
sign_in (Fixture *f)
{
  YlAddress from;
  g_assert_true (yl_address_parse_ip (&from, "127.0.0.1", 1));
  yl_accounts_sign_in (f->accounts, ACCOUNT, PASSWORD, &from, on_done, f);
  wait_for_answer (f);
  g_assert_cmpint (f->code, ==, YL_CODE_OK);
}

static YlCode
sign_out (Fixture *f)
{
  yl_accounts_sign_out (f->accounts, f->token, on_done, f);
  wait_for_answer (f);
  return f->code;
}

static void
restart (Fixture *f)
{
  yl_accounts_free (f->accounts);
  open_accounts (f);
}

static void
test_sign_out (Fixture *f, gconstpointer data)
{
  sign_in (f);
  restart (f);
  g_assert_cmpstr (yl_accounts_session (f->accounts, f->token), ==, ACCOUNT);
  g_assert_cmpint (sign_out (f), ==, YL_CODE_OK);
  g_assert_null (yl_accounts_session (f->accounts, f->token));
  restart (f);
  g_assert_null (yl_accounts_session (f->accounts, f->token));
  g_assert_cmpint (sign_out (f), ==, YL_CODE_OK);
}

/* Who is told to be signed out is so after a restart too. */
static void
test_sign_out_on_full_disk (Fixture *f, gconstpointer data)
{
  sign_in (f);
  fault_vfs_fail_from (1);
  g_assert_cmpint (sign_out (f), ==, YL_CODE_NOT_SAVED);
  g_assert_cmpstr (yl_accounts_session (f->accounts, f->token), ==, ACCOUNT);
  fault_vfs_fail_from (0);
  g_assert_cmpint (sign_out (f), ==, YL_CODE_OK);
  restart (f);
  g_assert_null (yl_accounts_session (f->accounts, f->token));
}

/* Twice at once: both are true. */
static void
test_sign_out_twice (Fixture *f, gconstpointer data)
{
  sign_in (f);
  yl_accounts_sign_out (f->accounts, f->token, on_done, f);
  g_assert_cmpuint (f->answers, ==, 0);
  yl_accounts_sign_out (f->accounts, f->token, on_done, f);
  while (f->answers < 2)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (f->code, ==, YL_CODE_OK);
}

static YlCode
set_password (Fixture *f)
{
  YlAddress from;
  g_assert_true (yl_address_parse_ip (&from, "127.0.0.1", 1));
  yl_accounts_set_password (f->accounts, ACCOUNT, f->token, PASSWORD, CHANGED,
                            &from, on_done, f);
  wait_for_answer (f);
  return f->code;
}

static YlCode
verify (Fixture *f, const char *password)
{
  YlAddress from;
  g_assert_true (yl_address_parse_ip (&from, "127.0.0.1", 1));
  yl_accounts_verify (f->accounts, ACCOUNT, password, &from, on_done, f);
  wait_for_answer (f);
  return f->code;
}

/* Wherever the disk fails, either nothing has changed, or password and other
 * sessions have, and a restart brings neither back. */
static void
test_password_on_full_disk (Fixture *f, gconstpointer data)
{
  unsigned refused = 0;
  sign_in (f);
  g_autofree char *other = g_strdup (f->token);
  sign_in (f);
  for (int n = 1;; n++) {
    fault_vfs_fail_from (n);
    const YlCode code = set_password (f);
    g_autofree char *now = g_strdup (yl_accounts_session (f->accounts, other));
    restart (f); /* reads what was on its way to the disk */
    fault_vfs_fail_from (0);
    g_assert_cmpstr (yl_accounts_session (f->accounts, other), ==, now);
    g_assert_cmpstr (yl_accounts_session (f->accounts, f->token), ==, ACCOUNT);
    if (code == YL_CODE_OK)
      break;
    g_assert_cmpint (code, ==, YL_CODE_NOT_SAVED);
    g_assert_cmpstr (now, ==, ACCOUNT);
    refused++;
  }
  g_assert_cmpuint (refused, >, 0);
  g_assert_null (yl_accounts_session (f->accounts, other));
  g_assert_cmpint (verify (f, CHANGED), ==, YL_CODE_OK);
  g_assert_cmpint (verify (f, PASSWORD), ==, YL_CODE_WRONG_CREDENTIALS);
}

static void
on_other_done (YlCode code, const char *token, int64_t retry_after_ms,
               void *user_data)
{
  *(YlCode *) user_data = code;
}

static void
note (bool ok, void *user_data)
{
  *(bool *) user_data = true;
}

/* Somebody with the old password signs in between its change being asked for
 * and being done. */
static void
test_sign_in_beside_change (Fixture *f, gconstpointer data)
{
  YlAddress from;
  YlCode code = YL_CODE_BUSY;
  bool verified = false;
  g_assert_true (yl_address_parse_ip (&from, "127.0.0.1", 1));
  yl_accounts_set_password (f->accounts, ACCOUNT, NULL, PASSWORD, CHANGED,
                            &from, on_done, f);
  /* The store and the pool do one after the other, so the account is read,
   * then the old password has been found right and the new one is hashed. */
  g_ptr_array_unref (yl_store_sessions (f->store, 0, NULL));
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_true (yl_password_verify (f->pool, NULL, "x", note, &verified));
  while (!verified)
    g_main_context_iteration (NULL, TRUE);
  yl_accounts_sign_in (f->accounts, ACCOUNT, PASSWORD, &from, on_other_done,
                       &code);
  wait_for_answer (f);
  g_assert_cmpint (f->code, ==, YL_CODE_OK);
  while (code == YL_CODE_BUSY)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (code, ==, YL_CODE_WRONG_CREDENTIALS);
  g_autoptr (GPtrArray) sessions = yl_store_sessions (f->store, 0, NULL);
  g_assert_cmpuint (sessions->len, ==, 0);
}

/* Two change the password at once: one of them knew only the old one, and its
 * answer must not undo the other's. */
static void
test_change_beside_change (Fixture *f, gconstpointer data)
{
  YlAddress from;
  YlCode code = YL_CODE_BUSY;
  g_assert_true (yl_address_parse_ip (&from, "127.0.0.1", 1));
  sign_in (f);
  g_autofree char *other = g_strdup (f->token);
  sign_in (f);
  yl_accounts_set_password (f->accounts, ACCOUNT, f->token, PASSWORD, CHANGED,
                            &from, on_done, f);
  yl_accounts_set_password (f->accounts, ACCOUNT, other, PASSWORD, "not this",
                            &from, on_other_done, &code);
  /* Both are read, then both are compared before either is hashed. */
  g_ptr_array_unref (yl_store_sessions (f->store, 0, NULL));
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  wait_for_answer (f);
  g_assert_cmpint (f->code, ==, YL_CODE_OK);
  while (code == YL_CODE_BUSY)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (code, ==, YL_CODE_WRONG_CREDENTIALS);
  g_assert_cmpstr (yl_accounts_session (f->accounts, f->token), ==, ACCOUNT);
  g_assert_null (yl_accounts_session (f->accounts, other));
  g_assert_cmpint (verify (f, CHANGED), ==, YL_CODE_OK);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fault_vfs_install ();
#define ADD(name, function) \
  g_test_add ("/app/accounts/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("sign-out", test_sign_out);
  ADD ("sign-out-on-full-disk", test_sign_out_on_full_disk);
  ADD ("sign-out-twice", test_sign_out_twice);
  ADD ("password-on-full-disk", test_password_on_full_disk);
  ADD ("sign-in-beside-change", test_sign_in_beside_change);
  ADD ("change-beside-change", test_change_beside_change);
  return g_test_run ();
}
