#include "app/accounts.h"

#include "app/throttle.h"
#include "base/log.h"
#include "base/time.h"
#include "io/clock.h"
#include "io/system-random.h"

#include <string.h>

#define SESSIONS_MAX 100000

struct YlAccounts {
  YlStore *store;
  YlPasswordPool *pool;
  int64_t session_ms;
  YlRandom random;
  GHashTable *sessions; /* YlStoreSession by token_hash */
  GHashTable *locales;  /* by account; as many as there are accounts */
  GHashTable *changes;  /* by account: how often its password was set */
  YlThrottle *by_account;
  YlThrottle *by_address;
  YlAccountsStats stats;
};

static const YlThrottleRules account_rules = {
  .free_attempts = 5,
  .first_wait_us = 1 * YL_US_PER_S,
  .max_wait_us = 60 * YL_US_PER_S,
  .forget_us = 15 * 60 * YL_US_PER_S,
  .capacity = 10000,
};

/* A whole clinic may sit behind one address. */
static const YlThrottleRules address_rules = {
  .free_attempts = 20,
  .first_wait_us = 1 * YL_US_PER_S,
  .max_wait_us = 120 * YL_US_PER_S,
  .forget_us = 15 * 60 * YL_US_PER_S,
  .capacity = 10000,
};

typedef enum { SIGN_IN, VERIFY, SET_PASSWORD, SIGN_OUT } Purpose;

/* One attempt on its way through the store and the pool. */
typedef struct {
  YlAccounts *accounts;
  Purpose purpose;
  char *account;
  char *password;
  char *new_password;
  char *token; /* SET_PASSWORD: to keep; SIGN_IN: the new one; SIGN_OUT */
  char address[YL_ADDRESS_TEXT_SIZE];
  unsigned changes; /* when the account was read */
  YlAccountsDone done;
  void *user_data;
} Attempt;

static void
wipe (char *text)
{
  if (text != NULL)
    explicit_bzero (text, strlen (text));
  g_free (text);
}

static void
finish (Attempt *attempt, YlCode code, int64_t retry_after_ms)
{
  const char *token =
      code == YL_CODE_OK && attempt->purpose == SIGN_IN ? attempt->token : NULL;
  attempt->done (code, token, retry_after_ms, attempt->user_data);
  g_free (attempt->account);
  wipe (attempt->password);
  wipe (attempt->new_password);
  wipe (attempt->token);
  g_free (attempt);
}

/* --- sessions --- */

static guint
hash_of_hash (gconstpointer key)
{
  guint hash;
  memcpy (&hash, key, sizeof hash);
  return hash;
}

static gboolean
hashes_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, YL_TOKEN_HASH_SIZE) == 0;
}

static void
session_free (void *data)
{
  YlStoreSession *session = data;
  g_free (session->account);
  g_free (session);
}

static void
keep_session (YlAccounts *self, const YlStoreSession *session)
{
  YlStoreSession *copy = g_memdup2 (session, sizeof *session);
  copy->account = g_strdup (session->account);
  g_hash_table_replace (self->sessions, copy->token_hash, copy);
}

YlAccounts *
yl_accounts_new (YlStore *store, YlPasswordPool *pool, int session_hours,
                 GError **error)
{
  g_autoptr (GPtrArray) sessions =
      yl_store_sessions (store, yl_clock_wall_ms (), error);
  if (sessions == NULL)
    return NULL;
  YlAccounts *self = g_new0 (YlAccounts, 1);
  self->store = store;
  self->pool = pool;
  self->session_ms = session_hours * INT64_C (3600000);
  yl_system_random_init (&self->random);
  self->sessions =
      g_hash_table_new_full (hash_of_hash, hashes_equal, NULL, session_free);
  self->locales =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->changes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->by_account = yl_throttle_new (&account_rules);
  self->by_address = yl_throttle_new (&address_rules);
  for (unsigned i = 0; i < sessions->len; i++)
    keep_session (self, g_ptr_array_index (sessions, i));
  return self;
}

bool
yl_accounts_reload (YlAccounts *self, GError **error)
{
  g_autoptr (GPtrArray) sessions =
      yl_store_sessions (self->store, yl_clock_wall_ms (), error);
  if (sessions == NULL)
    return false;
  g_hash_table_remove_all (self->sessions);
  for (unsigned i = 0; i < sessions->len; i++)
    keep_session (self, g_ptr_array_index (sessions, i));
  return true;
}

void
yl_accounts_free (YlAccounts *self)
{
  g_hash_table_unref (self->sessions);
  g_hash_table_unref (self->locales);
  g_hash_table_unref (self->changes);
  yl_throttle_free (self->by_account);
  yl_throttle_free (self->by_address);
  g_free (self);
}

static YlStoreSession *
find_session (YlAccounts *self, const char *token)
{
  uint8_t hash[YL_TOKEN_HASH_SIZE];
  if (token == NULL)
    return NULL;
  yl_token_hash (token, hash);
  return g_hash_table_lookup (self->sessions, hash);
}

static void
end_session (YlAccounts *self, YlStoreSession *session)
{
  yl_store_session_remove (self->store, session->token_hash, NULL, NULL);
  g_hash_table_remove (self->sessions, session->token_hash);
}

const char *
yl_accounts_session (YlAccounts *self, const char *token)
{
  YlStoreSession *session = find_session (self, token);
  if (session != NULL && session->expires_ms <= yl_clock_wall_ms ()) {
    end_session (self, session);
    session = NULL;
  }
  return session != NULL ? session->account : NULL;
}

static gboolean
has_expired (void *key, void *value, void *data)
{
  const YlStoreSession *session = value;
  return session->expires_ms <= *(const int64_t *) data;
}

static void
on_session_saved (const GError *error, void *user_data)
{
  Attempt *attempt = user_data;
  if (error != NULL) {
    yl_log_error ("a session could not be saved: %s", error->message);
    YlStoreSession *session = find_session (attempt->accounts, attempt->token);
    if (session != NULL)
      g_hash_table_remove (attempt->accounts->sessions, session->token_hash);
    finish (attempt, YL_CODE_NOT_SAVED, 0);
    return;
  }
  finish (attempt, YL_CODE_OK, 0);
}

static void
start_session (Attempt *attempt)
{
  YlAccounts *self = attempt->accounts;
  const int64_t now_ms = yl_clock_wall_ms ();
  if (g_hash_table_size (self->sessions) >= SESSIONS_MAX)
    g_hash_table_foreach_remove (self->sessions, has_expired, (void *) &now_ms);
  if (g_hash_table_size (self->sessions) >= SESSIONS_MAX) {
    finish (attempt, YL_CODE_BUSY, 0);
    return;
  }
  YlStoreSession session = {
    .account = attempt->account,
    .expires_ms = now_ms + self->session_ms,
  };
  attempt->token = g_malloc (YL_TOKEN_SIZE);
  yl_token_make (&self->random, attempt->token);
  yl_token_hash (attempt->token, session.token_hash);
  keep_session (self, &session);
  self->stats.signed_in++;
  yl_store_session_put (self->store, &session, on_session_saved, attempt);
}

/* --- passwords --- */

static gboolean
is_other_session (void *key, void *value, void *data)
{
  const YlStoreSession *session = value;
  const YlStoreSession *kept = ((void **) data)[0];
  return session != kept && strcmp (session->account, ((void **) data)[1]) == 0;
}

static unsigned
changes_of (const Attempt *attempt)
{
  return GPOINTER_TO_UINT (
      g_hash_table_lookup (attempt->accounts->changes, attempt->account));
}

static void
on_password_saved (const GError *error, void *user_data)
{
  Attempt *attempt = user_data;
  YlAccounts *self = attempt->accounts;
  if (error != NULL) {
    yl_log_error ("a password could not be saved: %s", error->message);
    finish (attempt, YL_CODE_NOT_SAVED, 0);
    return;
  }
  void *data[] = { find_session (self, attempt->token), attempt->account };
  g_hash_table_foreach_remove (self->sessions, is_other_session, data);
  finish (attempt, YL_CODE_OK, 0);
}

static void read_account (Attempt *attempt);

static void
on_hashed (const char *hash, void *user_data)
{
  Attempt *attempt = user_data;
  YlAccounts *self = attempt->accounts;
  if (hash == NULL) {
    finish (attempt, YL_CODE_BUSY, 0);
    return;
  }
  /* Another change came first: the old password may be wrong by now. */
  if (attempt->changes != changes_of (attempt)) {
    read_account (attempt);
    return;
  }
  const YlStoreSession *kept = find_session (self, attempt->token);
  g_hash_table_replace (self->changes, g_strdup (attempt->account),
                        GUINT_TO_POINTER (changes_of (attempt) + 1));
  yl_store_account_put (self->store, attempt->account, hash,
                        kept != NULL ? kept->token_hash : NULL,
                        on_password_saved, attempt);
}

static void
on_verified (bool ok, void *user_data)
{
  Attempt *attempt = user_data;
  YlAccounts *self = attempt->accounts;
  /* What it was compared with may be no password any more, and its sessions
   * are being ended: none may begin behind their back. */
  if (attempt->changes != changes_of (attempt)) {
    read_account (attempt);
    return;
  }
  if (!ok) {
    self->stats.failures++;
    yl_log_info ("a wrong password or account was given");
    finish (attempt, YL_CODE_WRONG_CREDENTIALS, 0);
    return;
  }
  yl_throttle_forgive (self->by_account, attempt->account);
  yl_throttle_forgive (self->by_address, attempt->address);
  switch (attempt->purpose) {
  case SIGN_IN:
    start_session (attempt);
    break;
  case SET_PASSWORD:
    if (!yl_password_hash (self->pool, attempt->new_password, on_hashed,
                           attempt))
      finish (attempt, YL_CODE_BUSY, 0);
    break;
  case VERIFY:
  default:
    finish (attempt, YL_CODE_OK, 0);
    break;
  }
}

static void
on_account (const YlStoreAccount *account, const GError *error, void *user_data)
{
  Attempt *attempt = user_data;
  const bool known = account != NULL && !account->disabled;
  if (known)
    yl_accounts_note_locale (attempt->accounts, attempt->account,
                             account->locale);
  if (error != NULL)
    finish (attempt, YL_CODE_BUSY, 0);
  else if (!yl_password_verify (attempt->accounts->pool,
                                known ? account->password_hash : NULL,
                                attempt->password, on_verified, attempt))
    finish (attempt, YL_CODE_BUSY, 0);
}

static void
read_account (Attempt *attempt)
{
  attempt->changes = changes_of (attempt);
  yl_store_account_get (attempt->accounts->store, attempt->account, on_account,
                        attempt);
}

static void
begin (YlAccounts *self, Attempt *attempt, const YlAddress *from)
{
  const uint64_t now_us = yl_clock_now_us ();
  yl_address_ip_text (from, attempt->address);
  const uint64_t wait_us =
      MAX (yl_throttle_wait_us (self->by_account, attempt->account, now_us),
           yl_throttle_wait_us (self->by_address, attempt->address, now_us));
  if (wait_us > 0) {
    self->stats.throttled++;
    finish (attempt, YL_CODE_THROTTLED, (int64_t) (wait_us / 1000) + 1);
    return;
  }
  yl_throttle_attempt (self->by_account, attempt->account, now_us);
  yl_throttle_attempt (self->by_address, attempt->address, now_us);
  read_account (attempt);
}

static Attempt *
new_attempt (YlAccounts *self, Purpose purpose, const char *account,
             const char *password, YlAccountsDone done, void *user_data)
{
  Attempt *attempt = g_new0 (Attempt, 1);
  attempt->accounts = self;
  attempt->purpose = purpose;
  attempt->account = g_strdup (account);
  attempt->password = g_strdup (password);
  attempt->done = done;
  attempt->user_data = user_data;
  return attempt;
}

void
yl_accounts_sign_in (YlAccounts *self, const char *account,
                     const char *password, const YlAddress *from,
                     YlAccountsDone done, void *user_data)
{
  begin (self, new_attempt (self, SIGN_IN, account, password, done, user_data),
         from);
}

void
yl_accounts_verify (YlAccounts *self, const char *account, const char *password,
                    const YlAddress *from, YlAccountsDone done, void *user_data)
{
  begin (self, new_attempt (self, VERIFY, account, password, done, user_data),
         from);
}

void
yl_accounts_set_password (YlAccounts *self, const char *account,
                          const char *token, const char *old_password,
                          const char *new_password, const YlAddress *from,
                          YlAccountsDone done, void *user_data)
{
  Attempt *attempt =
      new_attempt (self, SET_PASSWORD, account, old_password, done, user_data);
  attempt->token = g_strdup (token);
  attempt->new_password = g_strdup (new_password);
  begin (self, attempt, from);
}

/* --- signing out --- */

static void
on_session_removed (const GError *error, void *user_data)
{
  Attempt *attempt = user_data;
  YlAccounts *self = attempt->accounts;
  if (error != NULL) {
    yl_log_error ("a session could not be ended: %s", error->message);
    finish (attempt, YL_CODE_NOT_SAVED, 0);
    return;
  }
  const YlStoreSession *session = find_session (self, attempt->token);
  if (session != NULL)
    g_hash_table_remove (self->sessions, session->token_hash);
  finish (attempt, YL_CODE_OK, 0);
}

void
yl_accounts_sign_out (YlAccounts *self, const char *token, YlAccountsDone done,
                      void *user_data)
{
  const YlStoreSession *session = find_session (self, token);
  if (session == NULL) {
    done (YL_CODE_OK, NULL, 0, user_data);
    return;
  }
  Attempt *attempt =
      new_attempt (self, SIGN_OUT, session->account, NULL, done, user_data);
  attempt->token = g_strdup (token);
  yl_store_session_remove (self->store, session->token_hash, on_session_removed,
                           attempt);
}

int64_t
yl_accounts_session_s (const YlAccounts *self)
{
  return self->session_ms / 1000;
}

void
yl_accounts_stats (const YlAccounts *self, YlAccountsStats *stats)
{
  *stats = self->stats;
}

/* --- languages --- */

const char *
yl_accounts_locale (const YlAccounts *self, const char *account)
{
  return g_hash_table_lookup (self->locales, account);
}

void
yl_accounts_note_locale (YlAccounts *self, const char *account,
                         const char *locale)
{
  if (locale != NULL)
    g_hash_table_replace (self->locales, g_strdup (account), g_strdup (locale));
}

void
yl_accounts_set_locale (YlAccounts *self, const char *account,
                        const char *locale)
{
  if (g_strcmp0 (yl_accounts_locale (self, account), locale) == 0)
    return;
  yl_accounts_note_locale (self, account, locale);
  yl_store_account_set_locale (self->store, account, locale, NULL, NULL);
}
