#include "store/journal.h"

#include "store/journal-private.h"
#include "store/store-jobs.h"

#define PENDING_MAX 1000u
#define TIMER_MAX_MS 30000 /* wall clocks jump: look again that often */

/* A command that waits for its consultation to be read back. */
typedef struct {
  YlJournalLink *link;
  YlConsultCommand *command;
  YlJournalDone done;
  void *user_data;
} Fetch;

static void submit (YlJournal *self, const YlConsultCommand *command,
                    YlJournalDone done, void *user_data);

static int64_t
system_clock (void *user_data)
{
  return g_get_real_time () / 1000;
}

static void
unref_event (gpointer data)
{
  yl_consult_event_unref (data);
}

/* --- deciding --- */

/* A row for each consultation whose place in the tables changes. */
static GPtrArray *
make_rows (YlJournal *self, const GPtrArray *events)
{
  GPtrArray *rows =
      g_ptr_array_new_with_free_func ((GDestroyNotify) yl_consult_row_free);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < events->len; i++) {
    const YlConsultEvent *event = events->pdata[i];
    const bool plain =
        event->kind == YL_EVENT_DUTY || event->kind == YL_EVENT_MEDIA
        || event->kind == YL_EVENT_CHAT || event->kind == YL_EVENT_DRAFT;
    if (!plain && g_hash_table_add (seen, (gpointer) event->consultation))
      g_ptr_array_add (rows, yl_consult_row_new (yl_consult_book_find (
                                 self->head, event->consultation)));
  }
  return rows;
}

static void
append (YlJournal *self, YlJournalPending *pending)
{
  YlBatch *batch = g_new (YlBatch, 1);
  batch->events = g_ptr_array_new_full (pending->events->len, unref_event);
  for (guint i = 0; i < pending->events->len; i++) {
    const YlConsultEvent *event = pending->events->pdata[i];
    g_ptr_array_add (batch->events, yl_consult_event_ref (event));
    if (!yl_consult_apply (self->head, event))
      g_critical ("a decided event does not follow");
    if (event->seq > 0)
      pending->seq = event->seq;
  }
  batch->rows = make_rows (self, pending->events);
  yl_store_append (self->store, batch, yl_journal_on_appended, pending);
}

static YlJournalPending *
new_pending (YlJournal *self, YlJournalDone done, void *user_data)
{
  YlJournalPending *pending = g_new0 (YlJournalPending, 1);
  pending->link = g_rc_box_acquire (self->link);
  pending->events = g_ptr_array_new_with_free_func (unref_event);
  pending->done = done;
  pending->user_data = user_data;
  return pending;
}

static void
refuse (YlRefusalKind kind, YlJournalDone done, void *user_data)
{
  const YlJournalAnswer given = { .refusal = { .kind = kind } };
  if (done != NULL)
    done (&given, user_data);
}

/* Everything it needs is in the head. */
static void
decide (YlJournal *self, const YlConsultCommand *command, YlJournalDone done,
        void *user_data)
{
  const char *consultation = command->consultation;
  YlJournalPending *pending = new_pending (self, done, user_data);
  yl_consult_book_answered (self->head, command->account, command->id,
                            &consultation, &pending->seq);
  pending->consultation = g_strdup (consultation);
  yl_consult_decide (self->head, command, self->clock (self->clock_data),
                     pending->events, &pending->refusal);
  g_queue_push_tail (&self->pending, pending);
  if (pending->events->len > 0) {
    append (self, pending);
    yl_journal_arm_timer (self);
  } else {
    yl_journal_settle_idle (self);
  }
}

static void
on_fetched (YlConsultation *one, const GError *error, void *user_data)
{
  Fetch *fetch = user_data;
  YlJournal *self = fetch->link->journal;
  g_autofree char *id = NULL;
  if (self == NULL || error != NULL || self->broken) {
    refuse (self == NULL || self->broken ? YL_REFUSAL_NOT_SAVED
                                         : YL_REFUSAL_BUSY,
            fetch->done, fetch->user_data);
  } else {
    if (one != NULL && yl_consult_book_find (self->head, one->id) == NULL) {
      id = g_strdup (one->id);
      yl_consult_book_add (self->head, yl_consultation_copy (one));
      yl_consult_book_add (self->durable, g_steal_pointer (&one));
    }
    decide (self, fetch->command, fetch->done, fetch->user_data);
    if (id != NULL)
      yl_journal_drop_settled (self, id);
  }
  yl_consultation_free (one);
  yl_consult_command_free (fetch->command);
  yl_journal_drop_link (fetch->link);
  g_free (fetch);
}

/* Which consultation the command or its first answer is about. */
static const char *
target_of (const YlJournal *self, const YlConsultCommand *command)
{
  const char *consultation = NULL;
  uint64_t seq;
  if (yl_consult_book_answered (self->head, command->account, command->id,
                                &consultation, &seq))
    return consultation;
  return command->kind != YL_CONSULT_DO_REQUEST ? command->consultation : NULL;
}

static void
submit (YlJournal *self, const YlConsultCommand *command, YlJournalDone done,
        void *user_data)
{
  /* What media reports nobody would ask again. */
  const bool full = self->pending.length >= PENDING_MAX
                    && command->kind != YL_CONSULT_DO_MEDIA;
  if (self->broken || full) {
    refuse (self->broken ? YL_REFUSAL_NOT_SAVED : YL_REFUSAL_BUSY, done,
            user_data);
    return;
  }
  const char *target = target_of (self, command);
  if (target == NULL || yl_consult_book_find (self->head, target) != NULL) {
    decide (self, command, done, user_data);
    return;
  }
  Fetch *fetch = g_new (Fetch, 1);
  *fetch = (Fetch){ .link = g_rc_box_acquire (self->link),
                    .command = yl_consult_command_copy (command),
                    .done = done,
                    .user_data = user_data };
  yl_store_fetch (self->store, target, on_fetched, fetch);
}

void
yl_journal_submit (YlJournal *self, const YlConsultCommand *command,
                   YlJournalDone done, void *user_data)
{
  if (command->kind != YL_CONSULT_DO_REQUEST || command->consultation != NULL) {
    submit (self, command, done, user_data);
    return;
  }
  g_autofree char *id = g_uuid_string_random ();
  YlConsultCommand named = *command;
  named.consultation = id;
  submit (self, &named, done, user_data);
}

/* --- time --- */

static gboolean
on_timer (gpointer data)
{
  YlJournal *self = data;
  yl_journal_clear_source (&self->timer);
  yl_journal_tick (self);
  return G_SOURCE_REMOVE;
}

void
yl_journal_arm_timer (YlJournal *self)
{
  const char *consultation;
  yl_journal_clear_source (&self->timer);
  if (self->own_clock || self->broken)
    return;
  const int64_t at_ms = yl_consult_book_deadline_ms (self->head, &consultation);
  if (at_ms == INT64_MAX)
    return;
  const int64_t in_ms = at_ms - self->clock (self->clock_data);
  self->timer = g_timeout_source_new ((guint) CLAMP (in_ms, 0, TIMER_MAX_MS));
  g_source_set_callback (self->timer, on_timer, self, NULL);
  g_source_attach (self->timer, yl_store_context (self->store));
}

void
yl_journal_tick (YlJournal *self)
{
  while (!self->broken && self->pending.length < PENDING_MAX) {
    const char *consultation;
    const int64_t at_ms =
        yl_consult_book_deadline_ms (self->head, &consultation);
    if (at_ms > self->clock (self->clock_data))
      break;
    g_autofree char *id = g_strdup (consultation);
    const YlConsultCommand time = { .kind = YL_CONSULT_DO_TIME,
                                    .consultation = id };
    submit (self, &time, NULL, NULL);
  }
  yl_journal_arm_timer (self);
}

/* --- life --- */

/* No side of the process that ended is connected any more. */
static void
lose_sides (YlJournal *self)
{
  g_autoptr (GPtrArray) open = yl_consult_book_open (self->durable);
  for (guint i = 0; i < open->len; i++) {
    const YlConsultation *one = open->pdata[i];
    for (unsigned side = 0; side < YL_N_SIDES; side++) {
      const YlConsultCommand lost = { .kind = YL_CONSULT_DO_MEDIA,
                                      .consultation = one->id,
                                      .side = (YlSide) side,
                                      .media = YL_SIDE_MEDIA_LOST };
      if (one->media[side] == YL_SIDE_MEDIA_CONNECTED)
        submit (self, &lost, NULL, NULL);
    }
  }
}

YlJournal *
yl_journal_new (YlStore *store, YlAlliances *alliances, YlJournalClock clock,
                void *clock_data, GError **error)
{
  YlJournalState *state = yl_store_reload_now (store, error);
  if (state == NULL)
    return NULL;
  YlJournal *self = g_new0 (YlJournal, 1);
  self->store = store;
  self->alliances = yl_alliances_ref (alliances);
  self->clock = clock != NULL ? clock : system_clock;
  self->clock_data = clock_data;
  self->own_clock = clock != NULL;
  self->link = g_rc_box_new0 (YlJournalLink);
  self->link->journal = self;
  g_queue_init (&self->pending);
  yl_journal_set_books (self, state);
  yl_journal_state_free (state);
  lose_sides (self);
  yl_journal_arm_timer (self);
  return self;
}

void
yl_journal_free (YlJournal *self)
{
  if (self == NULL)
    return;
  yl_journal_clear_source (&self->timer);
  yl_journal_clear_source (&self->retry);
  yl_journal_give_up (self);
  self->link->journal = NULL;
  yl_journal_drop_link (self->link);
  yl_consult_book_free (self->head);
  yl_consult_book_free (self->durable);
  yl_alliances_unref (self->alliances);
  g_free (self);
}

void
yl_journal_observe (YlJournal *self, YlJournalObserver observer,
                    void *user_data)
{
  self->observer = observer;
  self->observer_data = user_data;
}

void
yl_journal_on_recovered (YlJournal *self, YlJournalRecovered recovered,
                         void *user_data)
{
  self->recovered = recovered;
  self->recovered_data = user_data;
}

void
yl_journal_set_alliances (YlJournal *self, YlAlliances *alliances)
{
  YlAlliances *old = self->alliances;
  self->alliances = yl_alliances_ref (alliances);
  yl_alliances_unref (old);
  yl_consult_book_set_alliances (self->head, alliances);
  yl_consult_book_set_alliances (self->durable, alliances);
  yl_journal_arm_timer (self);
}

bool
yl_journal_healthy (const YlJournal *self)
{
  return !self->broken;
}

/* --- reading --- */

const YlConsultBook *
yl_journal_book (const YlJournal *self)
{
  return self->durable;
}

GPtrArray *
yl_journal_open_of (const YlJournal *self, const char *account)
{
  GPtrArray *open = yl_consult_book_open (self->durable);
  for (guint i = open->len; i-- > 0;) {
    const YlRelation relation =
        yl_consultation_relation (open->pdata[i], account);
    if (relation == YL_RELATION_NONE || relation == YL_RELATION_PASSED)
      g_ptr_array_remove_index (open, i);
  }
  return open;
}

void
yl_journal_get (YlJournal *self, const char *id, YlConsultationDone done,
                void *user_data)
{
  const YlConsultation *one = yl_consult_book_find (self->durable, id);
  if (one != NULL)
    done (yl_consultation_copy (one), NULL, user_data);
  else
    yl_store_consultation (self->store, id, done, user_data);
}
