/* journal.h: commands in, durable events out
 *
 * The journal keeps the workflow's state twice: the head, in which a command
 * is decided at once, and the durable state, which follows when the store
 * has the events on disk. Everything anybody is shown or told comes from the
 * durable one. If an append fails, all commands that were waiting are
 * answered "not saved", both states are read back from the store, and until
 * that worked new commands are refused likewise. Main thread only. */
#pragma once

#include "consult/consult.h"
#include "store/store.h"

typedef struct YlJournal YlJournal;

/* The wall clock [ms]; a test brings its own. */
typedef int64_t (*YlJournalClock) (void *user_data);

/**
 * yl_journal_new:
 * @store: outlives the journal
 * @alliances: the snapshot to decide with; a reference is taken
 * @clock: (nullable): %NULL: the system's
 *
 * Reads the open consultations and duties back. Blocks; for start-up. A side
 * that was connected when the last process ended is recorded as lost.
 */
YlJournal *yl_journal_new (YlStore *store, YlAlliances *alliances,
                           YlJournalClock clock, void *clock_data,
                           GError **error);
void yl_journal_free (YlJournal *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlJournal, yl_journal_free)

typedef struct {
  YlRefusal refusal; /* kind YL_REFUSAL_NONE: done and durable */
  const YlConsultation *consultation; /* durable state, or NULL; borrowed */
  uint64_t seq; /* of the answer: its last event, 0 if there was none */
} YlJournalAnswer;

typedef void (*YlJournalDone) (const YlJournalAnswer *answer, void *user_data);

/**
 * yl_journal_submit:
 * @command: borrowed for the call; for a request, `consultation` may be
 *   %NULL: the journal makes the id
 * @done: (nullable): called exactly once, perhaps before this returns
 *   (refusals, or nothing to do), and in the order of the commands
 *   otherwise; also by yl_journal_free(), with not-saved
 *
 * A consultation that is no longer in memory is fetched from the store first.
 */
void yl_journal_submit (YlJournal *self, const YlConsultCommand *command,
                        YlJournalDone done, void *user_data);

/* Each event once it and all before it are durable, in order, after it was
 * applied: @consultation is the state just after it (NULL for duty). Before
 * the answer of its command. To find whom it stopped ringing: every YlRung
 * whose ended_seq is the event's seq. Submitting from inside is allowed. */
typedef void (*YlJournalObserver) (const YlConsultEvent *event,
                                   const YlConsultation *consultation,
                                   void *user_data);
void yl_journal_observe (YlJournal *self, YlJournalObserver observer,
                         void *user_data);

/* A second after the store began to write again, with both states read back:
 * whoever has news that no command will bring again (the gateway's own, not a
 * person's) submits it now. NULL: nobody. */
typedef void (*YlJournalRecovered) (void *user_data);
void yl_journal_on_recovered (YlJournal *self, YlJournalRecovered recovered,
                              void *user_data);

/* --- the durable state --- */

const YlConsultBook *yl_journal_book (const YlJournal *self);

/* Sides of one account in open consultations, and those it is rung for:
 * container only, (element-type const YlConsultation *), oldest first. */
GPtrArray *yl_journal_open_of (const YlJournal *self, const char *account);

/* One consultation, open or closed, as yl_store_consultation(), but an open
 * one comes from memory: then @done is called before this returns. */
void yl_journal_get (YlJournal *self, const char *id, YlConsultationDone done,
                     void *user_data);

/* A new alliance file. */
void yl_journal_set_alliances (YlJournal *self, YlAlliances *alliances);

/* False while the store refuses to write: /readyz says so. */
bool yl_journal_healthy (const YlJournal *self);

/* Does what is due by now. The journal arms a timer on its own; tests with a
 * clock of their own call this. */
void yl_journal_tick (YlJournal *self);
