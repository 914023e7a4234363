/* answers.h: what the last commands were answered, in memory of a fixed size;
 * inside this folder only */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define YL_ANSWERS_SETS 1024u
#define YL_ANSWERS_WAYS 16u        /* answers in a set */
#define YL_ANSWERS_CONSULTATION 39 /* octets of the longest id kept */

/* A set-associative cache, 1 MiB: a command's digest names its set, and a new
 * answer takes the place of the set's oldest. A client repeats within seconds,
 * and among so few newer commands hardly ever 16 fall into one set. */
typedef struct YlAnswers YlAnswers;

YlAnswers *yl_answers_new (void);
void yl_answers_free (YlAnswers *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlAnswers, yl_answers_free)

/* The first answer to a command stays. @consultation may be NULL; a longer one
 * than a place holds is not kept. @seq: at least 1, the age of the answer. */
void yl_answers_add (YlAnswers *self, const char *account, const char *command,
                     const char *consultation, uint64_t seq);

/* @consultation borrows from the table, until the next yl_answers_add(); it
 * and @seq are written only on success. */
bool yl_answers_find (const YlAnswers *self, const char *account,
                      const char *command, const char **consultation,
                      uint64_t *seq);
