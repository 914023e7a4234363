/* journal-private.h: what a YlJournal is made of; inside this folder only */
#pragma once

#include "store/database.h"
#include "store/journal.h"

/* What outlives the journal while the store still works for it. */
typedef struct {
  YlJournal *journal; /* NULL: it is gone */
} YlJournalLink;

/* A command on its way: decided on the head, waiting to be durable. */
typedef struct {
  YlJournalLink *link;
  GPtrArray *events; /* (element-type YlConsultEvent); none: nothing to do */
  YlRefusal refusal;
  char *consultation; /* the answer's, or NULL */
  uint64_t seq;
  YlJournalDone done;
  void *user_data;
  bool given_up; /* answered not-saved while the store still has it */
} YlJournalPending;

struct YlJournal {
  YlStore *store;
  YlAlliances *alliances;
  YlJournalClock clock;
  void *clock_data;
  bool own_clock; /* a test's: no timer */
  YlConsultBook *head;
  YlConsultBook *durable;
  GQueue pending; /* of YlJournalPending, in the order of the commands */
  YlJournalLink *link;
  YlJournalObserver observer;
  void *observer_data;
  YlJournalRecovered recovered;
  void *recovered_data;
  GSource *timer; /* the next deadline */
  GSource *retry; /* reading the store again, or saying that it works */
  bool settling;  /* answers are being given: later ones queue up */
  bool broken;    /* the store failed and was not read back yet */
};

void yl_journal_drop_link (YlJournalLink *link);

/* Destroys *source and forgets it; NULL is fine. */
void yl_journal_clear_source (GSource **source);

/* Makes head and durable state anew from what was read. */
void yl_journal_set_books (YlJournal *self, const YlJournalState *state);

/* A final consultation leaves memory once nothing waits for it. */
void yl_journal_drop_settled (YlJournal *self, const char *id);

/* Answers those at the head that have nothing to become durable. */
void yl_journal_settle_idle (YlJournal *self);

/* Nothing that waits was saved. */
void yl_journal_give_up (YlJournal *self);

/* The store's answer to one YlJournalPending. */
void yl_journal_on_appended (const GError *error, void *user_data);

/* Wakes up at the next deadline. */
void yl_journal_arm_timer (YlJournal *self);
