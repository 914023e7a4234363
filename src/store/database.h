/* database.h: the SQLite file itself; whoever holds it may block
 *
 * One connection, one thread at a time: the store thread's, or yilianctl's
 * own. Writing functions belong between begin and commit. */
#pragma once

#include "consult/consult.h"
#include "store/store.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct YlDatabase YlDatabase;

#define YL_DATABASE_VERSION 2

typedef enum {
  YL_DATABASE_MAKE,     /* make it if it is not there, migrate */
  YL_DATABASE_EXISTING, /* must be there; migrate */
  YL_DATABASE_KEEP,     /* must be there, may be older; stays as it is */
  YL_DATABASE_READ,     /* the same of one nobody uses, like a backup */
} YlDatabaseMode;

YlDatabase *yl_database_open (const char *path, YlDatabaseMode mode,
                              GError **error);
void yl_database_close (YlDatabase *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlDatabase, yl_database_close)

/* That of its tables now; less than YL_DATABASE_VERSION: not migrated. */
int yl_database_version (YlDatabase *self);

bool yl_database_begin (YlDatabase *self, GError **error);
bool yl_database_commit (YlDatabase *self, GError **error);
void yl_database_rollback (YlDatabase *self);

/* --- accounts, sessions, the alliance file --- */

typedef struct {
  const char *account;
  const char *password_hash;
  const char *name_zh; /* or NULL */
  const char *name_en; /* or NULL */
  const char *locale;  /* or NULL */
  bool disabled;
} YlAccountRow;
void yl_account_row_free (YlAccountRow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlAccountRow, yl_account_row_free)

/* False with YL_STORE_ERROR_NOT_FOUND: no such account. */
bool yl_database_account (YlDatabase *self, const char *account,
                          YlAccountRow **row, GError **error);

/* NULL members of @row leave what is there. @create false: it must be
 * there; true and it exists: YL_STORE_ERROR_EXISTS. */
bool yl_database_put_account (YlDatabase *self, const YlAccountRow *row,
                              bool create, GError **error);

bool yl_database_sessions (YlDatabase *self, int64_t now_ms,
                           GPtrArray **sessions, GError **error);
bool yl_database_put_session (YlDatabase *self, const YlStoreSession *session,
                              GError **error);
bool yl_database_remove_session (YlDatabase *self, const uint8_t *token_hash,
                                 GError **error);
bool yl_database_remove_sessions (YlDatabase *self, const char *account,
                                  const uint8_t *keep, GError **error);

/* The newest one, parsed; *alliances is NULL if none was imported. */
bool yl_database_alliances (YlDatabase *self, YlAlliances **alliances,
                            GError **error);
bool yl_database_import_alliances (YlDatabase *self, const char *text,
                                   size_t size, GError **error);

/* --- courses --- */

/* False with YL_STORE_ERROR_NOT_FOUND: no such course. */
bool yl_database_course (YlDatabase *self, const char *name,
                         YlStoreCourse **course, GError **error);

/* (element-type YlStoreCourse) by name. */
bool yl_database_courses (YlDatabase *self, GPtrArray **courses,
                          GError **error);

/* False with YL_STORE_ERROR_EXISTS: there is one of that name. */
bool yl_database_add_course (YlDatabase *self, const YlStoreCourse *course,
                             GError **error);

/* New hashes of both tokens, all else stays. */
bool yl_database_set_course_tokens (YlDatabase *self,
                                    const YlStoreCourse *course,
                                    GError **error);

bool yl_database_remove_course (YlDatabase *self, const char *name,
                                GError **error);

/* --- events --- */

/* What history needs to know of a consultation besides its events. */
typedef struct {
  char *id;
  char *clinic; /* account */
  char *expert; /* account, or NULL */
  bool open;
  int64_t ended_ms;
  char *words; /* what a search looks through */
} YlConsultRow;
YlConsultRow *yl_consult_row_new (const YlConsultation *consultation);
void yl_consult_row_free (YlConsultRow *self);

/* One command's events, which are written together or not at all. */
typedef struct {
  GPtrArray *events; /* (element-type YlConsultEvent) references */
  GPtrArray *rows;   /* (element-type YlConsultRow), perhaps empty */
} YlBatch;
void yl_batch_free (YlBatch *self);

bool yl_database_append (YlDatabase *self, const YlBatch *batch,
                         GError **error);

/* Proves that the disk takes a write. */
bool yl_database_probe (YlDatabase *self, GError **error);

/* NULL in *consultation: there is none. */
bool yl_database_consultation (YlDatabase *self, const char *id,
                               YlConsultation **consultation, GError **error);

/* (element-type YlConsultation), newest first, at most the limit. */
bool yl_database_history (YlDatabase *self, const YlHistoryQuery *query,
                          GPtrArray **found, bool *more, GError **error);

typedef struct {
  char *account;
  char *command;
  char *consultation; /* or NULL */
  uint64_t seq;
} YlAnsweredRow;

/* What a journal starts from. */
typedef struct {
  uint64_t seq;
  GPtrArray *open;     /* (element-type YlConsultation) */
  GPtrArray *duty;     /* (element-type utf8) posts on duty */
  GPtrArray *answered; /* (element-type YlAnsweredRow), oldest first */
} YlJournalState;
bool yl_database_state (YlDatabase *self, YlJournalState **state,
                        GError **error);
void yl_journal_state_free (YlJournalState *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlJournalState, yl_journal_state_free)

/* Checks every hash of every chain and that no number is missing; *n: how
 * many events there are. What was cut off at the very end stays unseen. */
bool yl_database_verify (YlDatabase *self, uint64_t *n, GError **error);

/* --- whole files --- */

/* A consistent copy while others write, into a file that must not exist;
 * readable by its owner only, complete or not there. */
bool yl_database_backup (YlDatabase *self, const char *to, GError **error);

/* Puts @from (checked first: readable, not newer, hashes hold) in the place
 * of @path; what was there is kept as "@path.before-restore". */
bool yl_database_restore (const char *path, const char *from, GError **error);

/* Takes "@path.lock"; −1 and YL_STORE_ERROR_LOCKED: another has it. Close
 * the descriptor to let go. */
int yl_database_lock (const char *path, GError **error);
