/* accounts.h: signing in, sessions, passwords. Main thread. */
#pragma once

#include "base/address.h"
#include "signal/codes.h"
#include "store/password-pool.h"
#include "store/store.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct YlAccounts YlAccounts;

typedef struct {
  uint64_t signed_in;
  uint64_t failures; /* wrong account or password */
  uint64_t throttled;
} YlAccountsStats;

/* Reads the sessions that are still valid: people stay signed in over a
 * restart. Blocks; for start-up. */
YlAccounts *yl_accounts_new (YlStore *store, YlPasswordPool *pool,
                             int session_hours, GError **error);

/* Reads the sessions again: those that yilianctl ended are over. */
bool yl_accounts_reload (YlAccounts *self, GError **error);
void yl_accounts_free (YlAccounts *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlAccounts, yl_accounts_free)

/* @token: of a new session, NULL unless one was made; borrowed.
 * @retry_after_ms: with YL_CODE_THROTTLED */
typedef void (*YlAccountsDone) (YlCode code, const char *token,
                                int64_t retry_after_ms, void *user_data);

/* The session is durable when @done says YL_CODE_OK. */
void yl_accounts_sign_in (YlAccounts *self, const char *account,
                          const char *password, const YlAddress *from,
                          YlAccountsDone done, void *user_data);

/* Is it this account's password? For signatures; throttled likewise. */
void yl_accounts_verify (YlAccounts *self, const char *account,
                         const char *password, const YlAddress *from,
                         YlAccountsDone done, void *user_data);

/* Verifies @old first. Once that is durable, other sessions of the account
 * have ended and that of @token stays; until then, and with
 * YL_CODE_NOT_SAVED, all and the old password go on. */
void yl_accounts_set_password (YlAccounts *self, const char *account,
                               const char *token, const char *old_password,
                               const char *new_password, const YlAddress *from,
                               YlAccountsDone done, void *user_data);

/* The language a person chose, as far as it was seen since the start; NULL:
 * none. Borrowed until it changes. */
const char *yl_accounts_locale (const YlAccounts *self, const char *account);

/* Remembers it, here and in the store. */
void yl_accounts_set_locale (YlAccounts *self, const char *account,
                             const char *locale);

/* The same, of what was just read from the store; NULL is nothing. */
void yl_accounts_note_locale (YlAccounts *self, const char *account,
                              const char *locale);

/* The account of a session, or NULL. Borrowed until it ends. */
const char *yl_accounts_session (YlAccounts *self, const char *token);

/* Ends the session once that is durable; until then, and with
 * YL_CODE_NOT_SAVED, it goes on. One that is unknown has ended. */
void yl_accounts_sign_out (YlAccounts *self, const char *token,
                           YlAccountsDone done, void *user_data);

/* Max-Age for the cookie [s]. */
int64_t yl_accounts_session_s (const YlAccounts *self);

void yl_accounts_stats (const YlAccounts *self, YlAccountsStats *stats);
