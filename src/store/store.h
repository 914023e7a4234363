/* store.h: the store thread: SQLite, the only place that waits for a disk
 *
 * Requests go through one bounded mailbox and are done in order; what waits
 * together is committed together. Every callback comes on the main context
 * the store was opened with, never before the call returned. */
#pragma once

#include "consult/consult.h"
#include "store/token.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define YL_STORE_ERROR yl_store_error_quark ()
typedef enum {
  YL_STORE_ERROR_OPEN,      /* cannot open, not a database, locked */
  YL_STORE_ERROR_VERSION,   /* written by a newer program */
  YL_STORE_ERROR_WRITE,     /* disk full, I/O error: nothing was written */
  YL_STORE_ERROR_READ,      /* damaged, or the disk fails */
  YL_STORE_ERROR_BUSY,      /* the mailbox is full */
  YL_STORE_ERROR_NOT_FOUND, /* no such account or course */
  YL_STORE_ERROR_EXISTS,    /* the account, course or file exists already */
  YL_STORE_ERROR_LOCKED,    /* another process has the database */
  YL_STORE_ERROR_BROKEN,    /* the chain of events does not hold together */
} YlStoreError;
GQuark yl_store_error_quark (void);

typedef struct YlStore YlStore;

/**
 * yl_store_open:
 * @path: the database file; made when it does not exist
 * @context: (nullable): where callbacks are delivered; %NULL: the default
 *
 * Brings the database to this program's version (numbered migrations) and
 * starts the thread. Only one store a file: "@path.lock" is held meanwhile.
 * Blocks; for start-up.
 */
YlStore *yl_store_open (const char *path, GMainContext *context,
                        GError **error);

/* Finishes what is in the mailbox, delivers no more callbacks. Blocks. */
void yl_store_close (YlStore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlStore, yl_store_close)

/* @error is NULL on success, borrowed. */
typedef void (*YlStoreDone) (const GError *error, void *user_data);

/* --- accounts and sessions --- */

typedef struct {
  const char *account;
  const char *password_hash; /* Argon2id text of libsodium */
  const char *name_zh;       /* given to yilianctl, or NULL: the alliance */
  const char *name_en;       /* file's names are the usual ones */
  const char *locale;        /* chosen by the person, or NULL */
  bool disabled;
} YlStoreAccount;

/* @account is NULL if there is none (or on error); borrowed. */
typedef void (*YlStoreAccountDone) (const YlStoreAccount *account,
                                    const GError *error, void *user_data);

void yl_store_account_get (YlStore *self, const char *account,
                           YlStoreAccountDone done, void *user_data);

/* Sets the hash of an account, which is made if it does not exist, and ends
 * its sessions but the one of @keep (NULL: all): both, or neither. */
void yl_store_account_put (YlStore *self, const char *account,
                           const char *password_hash, const uint8_t *keep,
                           YlStoreDone done, void *user_data);

/* @locale: "zh-CN", "en". An account that does not exist: not-found. */
void yl_store_account_set_locale (YlStore *self, const char *account,
                                  const char *locale, YlStoreDone done,
                                  void *user_data);

/* Only the hash of a token is kept: who reads the file cannot sign in. */
typedef struct {
  uint8_t token_hash[YL_TOKEN_HASH_SIZE];
  char *account;
  int64_t expires_ms;
} YlStoreSession;

/* (element-type YlStoreSession): those not expired at @now_ms. Blocks; for
 * start-up: the server keeps them in memory. Free with g_ptr_array_unref(). */
GPtrArray *yl_store_sessions (YlStore *self, int64_t now_ms, GError **error);

/* @session is copied; @done may be NULL. */
void yl_store_session_put (YlStore *self, const YlStoreSession *session,
                           YlStoreDone done, void *user_data);
void yl_store_session_remove (YlStore *self, const uint8_t *token_hash,
                              YlStoreDone done, void *user_data);

/* --- courses --- */

/* Only the hashes of its tokens are kept. */
typedef struct {
  char *name;
  char *title; /* or NULL */
  uint8_t publish_hash[YL_TOKEN_HASH_SIZE];
  uint8_t view_hash[YL_TOKEN_HASH_SIZE];
  int64_t created_ms;
} YlStoreCourse;
void yl_store_course_free (YlStoreCourse *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlStoreCourse, yl_store_course_free)

/* @course is NULL if there is none (or on error); borrowed. */
typedef void (*YlStoreCourseDone) (const YlStoreCourse *course,
                                   const GError *error, void *user_data);

/* As it is on disk now: yilianctl may have changed it a moment ago. Answered
 * without fail: at the latest by yl_store_close(). */
void yl_store_course_get (YlStore *self, const char *name,
                          YlStoreCourseDone done, void *user_data);

/* (element-type YlStoreCourse) by name. Blocks; for a reload. */
GPtrArray *yl_store_courses (YlStore *self, GError **error);

/* --- the alliance file --- */

/* The newest one imported, or NULL without an error if there is none yet.
 * Blocks; for start-up and reload. */
YlAlliances *yl_store_alliances (YlStore *self, GError **error);

/* Parses (strictly) and keeps @text. Blocks; for start-up with --demo. */
bool yl_store_import_alliances (YlStore *self, const char *text, size_t size,
                                GError **error);

/* Makes the account with this hash unless it exists. Blocks; for --demo. */
bool yl_store_ensure_account (YlStore *self, const char *account,
                              const char *password_hash, GError **error);

/* --- reading back: never blocks the caller --- */

typedef struct {
  const char *account; /* one side of the consultation is this account */
  int64_t before_ms;   /* ended before that; 0: now */
  const char *text;    /* words to find, or NULL */
  unsigned limit;      /* 1..50 */
} YlHistoryQuery;

/* @consultations: (element-type YlConsultation), newest end first, borrowed
 * for the call; NULL on error. */
typedef void (*YlHistoryDone) (GPtrArray *consultations, bool more,
                               const GError *error, void *user_data);

/* Closed and ended ones; before_ms of the next page is the ended_ms of the
 * last consultation of this one. */
void yl_store_history (YlStore *self, const YlHistoryQuery *query,
                       YlHistoryDone done, void *user_data);

/* One consultation, open or closed, rebuilt from its events as they are on
 * disk; NULL: there is none. Ownership passes to the callback. */
typedef void (*YlConsultationDone) (YlConsultation *consultation,
                                    const GError *error, void *user_data);
void yl_store_consultation (YlStore *self, const char *id,
                            YlConsultationDone done, void *user_data);

/* --- for /metrics and /readyz --- */

typedef struct {
  uint64_t commits;
  uint64_t events;        /* appended */
  uint64_t failures;      /* commits that failed */
  uint64_t commit_us;     /* time spent in commits, all together */
  uint64_t commit_us_max; /* the longest */
  unsigned waiting;       /* requests in the mailbox */
} YlStoreStats;
void yl_store_stats (YlStore *self, YlStoreStats *stats);
