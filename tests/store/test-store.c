#include "store/store.h"

#include "folder.h"

typedef struct {
  char *folder;
  YlStore *store;
  unsigned calls;
  GError *error;
  char *hash;   /* of the account last got, or NULL */
  char *locale; /* the same */
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->folder = folder_make ();
  g_autofree char *path = g_build_filename (f->folder, "yilian.db", NULL);
  f->store = yl_store_open (path, NULL, &f->error);
  g_assert_no_error (f->error);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  yl_store_close (f->store);
  folder_remove (f->folder);
  g_clear_error (&f->error);
  g_free (f->hash);
  g_free (f->locale);
}

static void
on_done (const GError *error, void *user_data)
{
  Fixture *f = user_data;
  f->calls++;
  g_clear_error (&f->error);
  f->error = error != NULL ? g_error_copy (error) : NULL;
}

static void
on_account (const YlStoreAccount *account, const GError *error, void *user_data)
{
  Fixture *f = user_data;
  g_assert_no_error (error);
  f->calls++;
  g_free (f->hash);
  g_free (f->locale);
  f->hash = account != NULL ? g_strdup (account->password_hash) : NULL;
  f->locale = account != NULL ? g_strdup (account->locale) : NULL;
}

static void
wait_for (Fixture *f, unsigned calls)
{
  while (f->calls < calls)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_accounts (Fixture *f, gconstpointer data)
{
  yl_store_account_get (f->store, "clinic", on_account, f);
  g_assert_cmpuint (f->calls, ==, 0); /* never before it returns */
  wait_for (f, 1);
  g_assert_null (f->hash);
  yl_store_account_set_locale (f->store, "clinic", "en", on_done, f);
  wait_for (f, 2);
  g_assert_error (f->error, YL_STORE_ERROR, YL_STORE_ERROR_NOT_FOUND);
  yl_store_account_put (f->store, "clinic", "one", NULL, on_done, f);
  yl_store_account_set_locale (f->store, "clinic", "en", on_done, f);
  yl_store_account_put (f->store, "clinic", "two", NULL, on_done, f);
  yl_store_account_get (f->store, "clinic", on_account, f);
  wait_for (f, 6);
  g_assert_no_error (f->error);
  g_assert_cmpstr (f->hash, ==, "two");
  g_assert_cmpstr (f->locale, ==, "en");
  g_assert_true (yl_store_ensure_account (f->store, "clinic", "three", NULL));
  g_assert_true (yl_store_ensure_account (f->store, "expert", "four", NULL));
  yl_store_account_get (f->store, "clinic", on_account, f);
  wait_for (f, 7);
  g_assert_cmpstr (f->hash, ==, "two");
  yl_store_account_get (f->store, "expert", on_account, f);
  wait_for (f, 8);
  g_assert_cmpstr (f->hash, ==, "four");
}

static void
test_sessions (Fixture *f, gconstpointer data)
{
  YlStoreSession session = { .account = (char *) "clinic", .expires_ms = 100 };
  for (uint8_t i = 1; i <= 3; i++) {
    session.token_hash[31] = i;
    yl_store_session_put (f->store, &session, NULL, NULL);
  }
  /* Done in order, so a read sees every write before it. */
  g_autoptr (GPtrArray) three = yl_store_sessions (f->store, 0, NULL);
  g_assert_cmpuint (three->len, ==, 3);
  g_assert_cmpstr (((YlStoreSession *) three->pdata[0])->account, ==, "clinic");
  yl_store_session_remove (f->store, session.token_hash, NULL, NULL);
  session.token_hash[31] = 1;
  yl_store_account_put (f->store, "clinic", "x", session.token_hash, on_done,
                        f);
  wait_for (f, 1);
  g_autoptr (GPtrArray) one = yl_store_sessions (f->store, 0, NULL);
  g_assert_cmpuint (one->len, ==, 1);
  g_assert_cmpint (((YlStoreSession *) one->pdata[0])->token_hash[31], ==, 1);
}

/* One request of a group that fails takes no other with it. */
static void
test_group (Fixture *f, gconstpointer data)
{
  for (unsigned i = 0; i < 100; i++) {
    g_autofree char *account = g_strdup_printf ("a%u", i);
    yl_store_account_put (f->store, account, "x", NULL, on_done, f);
    yl_store_account_set_locale (f->store, "nobody", "en", NULL, NULL);
  }
  wait_for (f, 100);
  g_assert_no_error (f->error);
  yl_store_account_get (f->store, "a50", on_account, f);
  wait_for (f, 101);
  g_assert_cmpstr (f->hash, ==, "x");
}

static void
test_closes_with_work_left (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->folder, "yilian.db", NULL);
  for (unsigned i = 0; i < 50; i++)
    yl_store_account_put (f->store, "clinic", "x", NULL, on_done, f);
  yl_store_close (f->store);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_cmpuint (f->calls, ==, 0);
  f->store = yl_store_open (path, NULL, NULL);
  yl_store_account_get (f->store, "clinic", on_account, f);
  wait_for (f, 1);
  g_assert_cmpstr (f->hash, ==, "x");
}

#define ADD(name, function) \
  g_test_add ("/store/store/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("accounts", test_accounts);
  ADD ("sessions", test_sessions);
  ADD ("group", test_group);
  ADD ("closes-with-work-left", test_closes_with_work_left);
  return g_test_run ();
}
