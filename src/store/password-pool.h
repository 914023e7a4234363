/* password-pool.h: Argon2id off the main thread
 *
 * One thread and at most YL_PASSWORD_QUEUE_MAX jobs waiting, so that a storm
 * of sign-ins costs neither memory (64 MiB a hash) nor the calls. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define YL_PASSWORD_QUEUE_MAX 32
#define YL_PASSWORD_OCTETS_MAX 1024
#define YL_PASSWORD_HASH_SIZE 128 /* crypto_pwhash_STRBYTES */

typedef struct YlPasswordPool YlPasswordPool;

/* @context: where callbacks come; NULL: the default one. NULL: libsodium does
 * not work here. */
YlPasswordPool *yl_password_pool_new (GMainContext *context);

/* Waits for the job that runs; those waiting are dropped without a call. */
void yl_password_pool_free (YlPasswordPool *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlPasswordPool, yl_password_pool_free)

/* @ok: the password is the right one. */
typedef void (*YlPasswordVerified) (bool ok, void *user_data);

/* False: the queue is full, or the password is longer than
 * YL_PASSWORD_OCTETS_MAX ("busy"): @done will not be called. @hash may be
 * NULL (no such account): it then takes as long and answers no. */
bool yl_password_verify (YlPasswordPool *self, const char *hash,
                         const char *password, YlPasswordVerified done,
                         void *user_data);

/* @hash is NULL if there was no memory; borrowed. */
typedef void (*YlPasswordHashed) (const char *hash, void *user_data);

bool yl_password_hash (YlPasswordPool *self, const char *password,
                       YlPasswordHashed done, void *user_data);

/* The same at once, in this thread: for yilianctl and --demo. @fast: the
 * cheapest Argon2id there is, for accounts whose password everybody knows. */
bool yl_password_hash_now (const char *password, bool fast,
                           char hash[YL_PASSWORD_HASH_SIZE]);
