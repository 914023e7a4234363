/* journal-settle.c: what happens once the store has answered: durable events
 * are applied and told, or, after a failure, everything is read back */
#include "store/journal-private.h"

#include "base/log.h"
#include "store/database.h"
#include "store/store-jobs.h"

#define RETRY_S 1

static void reload (YlJournal *self);

void
yl_journal_drop_link (YlJournalLink *link)
{
  g_rc_box_release (link);
}

static void
free_pending (gpointer data)
{
  YlJournalPending *pending = data;
  yl_journal_drop_link (pending->link);
  g_ptr_array_unref (pending->events);
  g_free (pending->consultation);
  g_free (pending);
}

void
yl_journal_clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

/* --- books --- */

static YlConsultBook *
make_book (YlAlliances *alliances, const YlJournalState *state)
{
  YlConsultBook *book = yl_consult_book_new (alliances);
  for (guint i = 0; i < state->duty->len; i++)
    yl_consult_book_set_duty (book, state->duty->pdata[i], true);
  for (guint i = 0; i < state->open->len; i++)
    yl_consult_book_add (book, yl_consultation_copy (state->open->pdata[i]));
  for (guint i = 0; i < state->answered->len; i++) {
    const YlAnsweredRow *row = state->answered->pdata[i];
    yl_consult_book_remember (book, row->account, row->command,
                              row->consultation, row->seq);
  }
  yl_consult_book_set_seq (book, state->seq);
  return book;
}

void
yl_journal_set_books (YlJournal *self, const YlJournalState *state)
{
  yl_consult_book_free (self->head);
  yl_consult_book_free (self->durable);
  self->head = make_book (self->alliances, state);
  self->durable = make_book (self->alliances, state);
  yl_consult_book_forget_answers (self->durable); /* only the head decides */
}

void
yl_journal_drop_settled (YlJournal *self, const char *id)
{
  const YlConsultation *one = yl_consult_book_find (self->durable, id);
  const YlConsultation *ahead = yl_consult_book_find (self->head, id);
  if (one == NULL || ahead == NULL || one->seq != ahead->seq
      || !yl_consult_state_is_final (one->state))
    return;
  for (GList *l = self->pending.head; l != NULL; l = l->next)
    if (g_strcmp0 (((YlJournalPending *) l->data)->consultation, id) == 0)
      return;
  g_autofree char *key = g_strdup (id); /* @id may be the one dropped */
  yl_consult_book_drop (self->head, key);
  yl_consult_book_drop (self->durable, key);
}

/* --- answering --- */

static void
answer (YlJournal *self, const YlJournalPending *pending)
{
  const YlJournalAnswer given = {
    .refusal = pending->refusal,
    .consultation = yl_consult_book_find (self->durable, pending->consultation),
    .seq = pending->seq,
  };
  if (pending->done != NULL)
    pending->done (&given, pending->user_data);
}

static void
answer_not_saved (YlJournalPending *pending)
{
  const YlJournalAnswer given = { .refusal = { .kind = YL_REFUSAL_NOT_SAVED } };
  if (pending->done != NULL)
    pending->done (&given, pending->user_data);
  pending->done = NULL;
}

static void
make_durable (YlJournal *self, const YlJournalPending *pending)
{
  for (guint i = 0; i < pending->events->len; i++) {
    const YlConsultEvent *event = pending->events->pdata[i];
    if (!yl_consult_apply (self->durable, event)) {
      g_critical ("a durable event does not follow");
      continue;
    }
    if (self->observer != NULL)
      self->observer (event,
                      yl_consult_book_find (self->durable, event->consultation),
                      self->observer_data);
  }
}

static void
settle_head (YlJournal *self)
{
  YlJournalPending *pending = g_queue_pop_head (&self->pending);
  make_durable (self, pending);
  answer (self, pending);
  if (pending->consultation != NULL)
    yl_journal_drop_settled (self, pending->consultation);
  free_pending (pending);
}

void
yl_journal_settle_idle (YlJournal *self)
{
  if (self->settling)
    return;
  self->settling = true;
  for (;;) {
    const YlJournalPending *next = g_queue_peek_head (&self->pending);
    if (next == NULL || next->events->len > 0)
      break;
    settle_head (self);
  }
  self->settling = false;
}

void
yl_journal_give_up (YlJournal *self)
{
  GQueue lost = self->pending;
  g_queue_init (&self->pending);
  self->broken = true;
  for (YlJournalPending *pending;
       (pending = g_queue_pop_head (&lost)) != NULL;) {
    pending->given_up = true;
    answer_not_saved (pending);
    if (pending->events->len == 0)
      free_pending (pending); /* else yl_journal_on_appended() does */
  }
}

void
yl_journal_on_appended (const GError *error, void *user_data)
{
  YlJournalPending *pending = user_data;
  YlJournal *self = pending->link->journal;
  if (self == NULL || pending->given_up) {
    free_pending (pending);
    return;
  }
  if (error != NULL) {
    yl_log_error ("the store cannot write: %s", error->message);
    yl_journal_give_up (self); /* leaves @pending to the next line */
    free_pending (pending);
    reload (self);
    return;
  }
  g_assert (g_queue_peek_head (&self->pending) == pending);
  self->settling = true;
  settle_head (self);
  self->settling = false;
  yl_journal_settle_idle (self);
}

/* --- reading the store again after a failure --- */

static void
after_a_second (YlJournal *self, GSourceFunc then)
{
  yl_journal_clear_source (&self->retry);
  self->retry = g_timeout_source_new_seconds (RETRY_S);
  g_source_set_callback (self->retry, then, self, NULL);
  g_source_attach (self->retry, yl_store_context (self->store));
}

/* Not at once: on a disk that is all but full the news might be what fails,
 * and so on round and round. */
static gboolean
on_calm (gpointer data)
{
  YlJournal *self = data;
  yl_journal_clear_source (&self->retry);
  if (self->recovered != NULL)
    self->recovered (self->recovered_data);
  return G_SOURCE_REMOVE;
}

static gboolean
on_retry (gpointer data)
{
  YlJournal *self = data;
  yl_journal_clear_source (&self->retry);
  reload (self);
  return G_SOURCE_REMOVE;
}

static void
on_reloaded (YlJournalState *state, const GError *error, void *user_data)
{
  YlJournalLink *link = user_data;
  YlJournal *self = link->journal;
  yl_journal_drop_link (link);
  if (self != NULL && state != NULL) {
    yl_journal_set_books (self, state);
    self->broken = false;
    yl_log_info ("the store writes again");
    yl_journal_arm_timer (self);
    after_a_second (self, on_calm);
  } else if (self != NULL) {
    after_a_second (self, on_retry);
  }
  yl_journal_state_free (state);
}

static void
reload (YlJournal *self)
{
  yl_journal_clear_source (&self->timer);
  yl_journal_clear_source (&self->retry);
  yl_store_reload (self->store, on_reloaded, g_rc_box_acquire (self->link));
}
