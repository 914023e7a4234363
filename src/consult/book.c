#include "consult/consult.h"

#include "consult/book.h"

static void
free_consultation (gpointer data)
{
  yl_consultation_free (data);
}

YlConsultBook *
yl_consult_book_new (YlAlliances *alliances)
{
  YlConsultBook *self = g_new0 (YlConsultBook, 1);
  self->alliances = yl_alliances_ref (alliances);
  self->duty = yl_duty_new ();
  self->consultations =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, free_consultation);
  self->answers = yl_answers_new ();
  return self;
}

void
yl_consult_book_free (YlConsultBook *self)
{
  if (self == NULL)
    return;
  yl_alliances_unref (self->alliances);
  yl_duty_free (self->duty);
  g_hash_table_unref (self->consultations);
  yl_answers_free (self->answers);
  g_free (self);
}

void
yl_consult_book_set_alliances (YlConsultBook *self, YlAlliances *alliances)
{
  YlAlliances *old = self->alliances;
  self->alliances = yl_alliances_ref (alliances);
  yl_alliances_unref (old);
}

const YlConsultation *
yl_consult_book_find (const YlConsultBook *self, const char *id)
{
  return id != NULL ? g_hash_table_lookup (self->consultations, id) : NULL;
}

const YlDuty *
yl_consult_book_duty (const YlConsultBook *self)
{
  return self->duty;
}

const YlAlliances *
yl_consult_book_alliances (const YlConsultBook *self)
{
  return self->alliances;
}

uint64_t
yl_consult_book_seq (const YlConsultBook *self)
{
  return self->seq;
}

void
yl_consult_book_set_duty (YlConsultBook *self, const char *post, bool on)
{
  yl_duty_set (self->duty, post, on);
}

void
yl_consult_book_set_seq (YlConsultBook *self, uint64_t seq)
{
  self->seq = seq;
}

void
yl_consult_book_add (YlConsultBook *self, YlConsultation *consultation)
{
  /* The key lives in the value, so an equal one must go with its value. */
  g_hash_table_replace (self->consultations, (gpointer) consultation->id,
                        consultation);
}

void
yl_consult_book_drop (YlConsultBook *self, const char *id)
{
  g_hash_table_remove (self->consultations, id);
}

/* --- commands answered before --- */

void
yl_consult_book_forget_answers (YlConsultBook *self)
{
  g_clear_pointer (&self->answers, yl_answers_free);
}

void
yl_consult_book_remember (YlConsultBook *self, const char *account,
                          const char *command, const char *consultation,
                          uint64_t seq)
{
  if (self->answers != NULL)
    yl_answers_add (self->answers, account, command, consultation, seq);
}

bool
yl_consult_book_answered (const YlConsultBook *self, const char *account,
                          const char *command, const char **consultation,
                          uint64_t *seq)
{
  return self->answers != NULL && account != NULL && command != NULL
         && yl_answers_find (self->answers, account, command, consultation,
                             seq);
}

/* --- what is open --- */

static int
compare_age (gconstpointer a, gconstpointer b)
{
  const YlConsultation *x = *(const YlConsultation *const *) a;
  const YlConsultation *y = *(const YlConsultation *const *) b;
  return x->request->seq < y->request->seq ? -1
                                           : x->request->seq > y->request->seq;
}

GPtrArray *
yl_consult_book_open (const YlConsultBook *self)
{
  GPtrArray *open = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init (&iter, self->consultations);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (!yl_consult_state_is_final (((YlConsultation *) value)->state))
      g_ptr_array_add (open, value);
  g_ptr_array_sort (open, compare_age);
  return open;
}

int64_t
yl_consult_book_deadline_ms (const YlConsultBook *self,
                             const char **consultation)
{
  int64_t earliest_ms = INT64_MAX;
  GHashTableIter iter;
  gpointer value;
  *consultation = NULL;
  g_hash_table_iter_init (&iter, self->consultations);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const YlConsultation *one = value;
    const int64_t at_ms = yl_consultation_deadline_ms (one, self->alliances);
    if (at_ms < earliest_ms) {
      earliest_ms = at_ms;
      *consultation = one->id;
    }
  }
  return earliest_ms;
}

/* --- events --- */

bool
yl_consult_apply (YlConsultBook *self, const YlConsultEvent *event)
{
  const bool numbered = event->kind != YL_EVENT_DRAFT;
  if (numbered && event->seq != self->seq + 1)
    return false;
  if (event->kind == YL_EVENT_DUTY) {
    yl_duty_set (self->duty, event->post, event->on);
  } else {
    YlConsultation *found =
        g_hash_table_lookup (self->consultations, event->consultation);
    YlConsultation *one = found;
    if (!yl_consultation_apply (&one, event))
      return false;
    if (found == NULL)
      yl_consult_book_add (self, one);
  }
  if (numbered)
    self->seq = event->seq;
  if (numbered && event->account != NULL && event->command != NULL)
    yl_consult_book_remember (self, event->account, event->command,
                              event->consultation, event->seq);
  return true;
}
