#include "store/password-pool.h"

#include <string.h>

typedef struct {
  unsigned calls;
  bool ok;
  char hash[YL_PASSWORD_HASH_SIZE];
} Answer;

static void
on_verified (bool ok, void *user_data)
{
  Answer *answer = user_data;
  answer->calls++;
  answer->ok = ok;
}

static void
on_hashed (const char *hash, void *user_data)
{
  Answer *answer = user_data;
  answer->calls++;
  g_assert_nonnull (hash);
  g_strlcpy (answer->hash, hash, sizeof answer->hash);
}

static void
wait_for (Answer *answer, unsigned calls)
{
  while (answer->calls < calls)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_verifies (void)
{
  g_autoptr (YlPasswordPool) pool = yl_password_pool_new (NULL);
  Answer answer = { 0 };
  g_assert_true (yl_password_hash (pool, "geheim 医联", on_hashed, &answer));
  wait_for (&answer, 1);
  g_assert_true (g_str_has_prefix (answer.hash, "$argon2id$"));
  g_assert_true (yl_password_verify (pool, answer.hash, "geheim 医联",
                                     on_verified, &answer));
  wait_for (&answer, 2);
  g_assert_true (answer.ok);
  g_assert_true (
      yl_password_verify (pool, answer.hash, "geheim", on_verified, &answer));
  wait_for (&answer, 3);
  g_assert_false (answer.ok);
  /* No such account, and a hash that is none. */
  answer.ok = true;
  g_assert_true (
      yl_password_verify (pool, NULL, "nobody", on_verified, &answer));
  wait_for (&answer, 4);
  g_assert_false (answer.ok);
  answer.ok = true;
  g_assert_true (yl_password_verify (pool, "junk", "x", on_verified, &answer));
  wait_for (&answer, 5);
  g_assert_false (answer.ok);
}

static void
test_now (void)
{
  char hash[YL_PASSWORD_HASH_SIZE];
  Answer answer = { 0 };
  g_autoptr (YlPasswordPool) pool = yl_password_pool_new (NULL);
  g_assert_true (yl_password_hash_now ("demo", true, hash));
  g_assert_true (yl_password_verify (pool, hash, "demo", on_verified, &answer));
  wait_for (&answer, 1);
  g_assert_true (answer.ok);
}

/* More than fit are turned away; freeing drops those that wait. */
static void
test_bounded (void)
{
  Answer answer = { 0 };
  unsigned taken = 0;
  YlPasswordPool *pool = yl_password_pool_new (NULL);
  while (taken < 2 * YL_PASSWORD_QUEUE_MAX
         && yl_password_verify (pool, NULL, "x", on_verified, &answer))
    taken++;
  g_assert_cmpuint (taken, >=, YL_PASSWORD_QUEUE_MAX);
  g_assert_cmpuint (taken, <=, YL_PASSWORD_QUEUE_MAX + 2);
  yl_password_pool_free (pool);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_cmpuint (answer.calls, ==, 0);

  char big[YL_PASSWORD_OCTETS_MAX + 2];
  memset (big, 'x', sizeof big);
  big[sizeof big - 1] = '\0';
  pool = yl_password_pool_new (NULL);
  g_assert_false (yl_password_verify (pool, NULL, big, on_verified, &answer));
  yl_password_pool_free (pool);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/password-pool/verifies", test_verifies);
  g_test_add_func ("/store/password-pool/now", test_now);
  g_test_add_func ("/store/password-pool/bounded", test_bounded);
  return g_test_run ();
}
