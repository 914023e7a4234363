/* database-read.c: consultations, history and start-up, from the events */
#include "store/database.h"

#include "store/sql.h"

#include <string.h>

#define SEARCH_WORDS_MAX 3

/* --- reading back --- */

static bool
apply_payload (YlConsultation **one, sqlite3_stmt *row, int column,
               uint64_t seq, GError **error)
{
  const char *payload = yl_sql_text (row, column);
  const YlConsultEvent *event = yl_consult_event_decode (
      payload, payload != NULL ? strlen (payload) : 0, seq, error);
  if (event == NULL)
    return false;
  /* A draft that no longer fits belongs to an expert who sent it on. */
  const bool done =
      yl_consultation_apply (one, event) || event->kind == YL_EVENT_DRAFT;
  if (!done)
    g_set_error (error, YL_STORE_ERROR, YL_STORE_ERROR_BROKEN,
                 "event %" G_GUINT64_FORMAT " (%s) does not follow", seq,
                 yl_event_kind_name (event->kind));
  yl_consult_event_unref (event);
  return done;
}

static bool
apply_rows (YlDatabase *self, YlSqlId id, const char *key, YlConsultation **one,
            GError **error)
{
  const bool numbered = id == YL_SQL_EVENTS_OF;
  g_autoptr (GError) wrong = NULL;
  sqlite3_stmt *rows = yl_sql (self, id, error);
  if (rows == NULL)
    return false;
  yl_sql_bind_text (rows, 1, key);
  while (yl_sql_next (self, rows, &wrong)) {
    const uint64_t seq =
        numbered ? (uint64_t) sqlite3_column_int64 (rows, 0) : 0;
    if (!apply_payload (one, rows, numbered ? 1 : 0, seq, &wrong)) {
      yl_sql_reset (rows);
      break;
    }
  }
  if (wrong == NULL)
    return true;
  g_propagate_error (error, g_steal_pointer (&wrong));
  return false;
}

bool
yl_database_consultation (YlDatabase *self, const char *id,
                          YlConsultation **consultation, GError **error)
{
  g_autoptr (YlConsultation) one = NULL;
  if (g_str_equal (id, YL_SQL_DUTY_STREAM)) {
    *consultation = NULL;
    return true;
  }
  if (!apply_rows (self, YL_SQL_EVENTS_OF, id, &one, error)
      || (one != NULL && !apply_rows (self, YL_SQL_DRAFT_GET, id, &one, error)))
    return false;
  *consultation = g_steal_pointer (&one);
  return true;
}

/* The first column of all rows. */
static GPtrArray *
read_texts (YlDatabase *self, sqlite3_stmt *rows, GError **error)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) wrong = NULL;
  while (yl_sql_next (self, rows, &wrong))
    g_ptr_array_add (texts, g_strdup (yl_sql_text (rows, 0)));
  if (wrong == NULL)
    return g_steal_pointer (&texts);
  g_propagate_error (error, g_steal_pointer (&wrong));
  return NULL;
}

static void
free_consultation (gpointer data)
{
  yl_consultation_free (data);
}

static GPtrArray *
read_consultations (YlDatabase *self, const GPtrArray *ids, GError **error)
{
  g_autoptr (GPtrArray) found =
      g_ptr_array_new_with_free_func (free_consultation);
  for (guint i = 0; i < ids->len; i++) {
    YlConsultation *one = NULL;
    if (!yl_database_consultation (self, ids->pdata[i], &one, error))
      return NULL;
    if (one != NULL)
      g_ptr_array_add (found, one);
  }
  return g_steal_pointer (&found);
}

/* "%word%" with LIKE's own signs escaped; "%" for no word. */
static char *
like_pattern (const char *word)
{
  g_autoptr (GString) out = g_string_new ("%");
  if (word == NULL || *word == '\0')
    return g_strdup (out->str);
  g_autofree char *folded = g_utf8_casefold (word, -1);
  for (const char *c = folded; *c != '\0'; c++) {
    if (strchr ("%_\\", *c) != NULL)
      g_string_append_c (out, '\\');
    g_string_append_c (out, *c);
  }
  g_string_append_c (out, '%');
  return g_strdup (out->str);
}

/* At most SEARCH_WORDS_MAX words; what is more belongs to the last. */
static void
split_words (const char *text, char *patterns[SEARCH_WORDS_MAX])
{
  g_autofree char *bounded =
      text != NULL && g_utf8_validate (text, -1, NULL)
          ? g_utf8_substring (text, 0, MIN (g_utf8_strlen (text, -1), 100))
          : g_strdup ("");
  g_auto (GStrv) words =
      g_strsplit_set (g_strstrip (bounded), " \t\n", SEARCH_WORDS_MAX);
  const guint n = g_strv_length (words);
  for (guint i = 0; i < SEARCH_WORDS_MAX; i++)
    patterns[i] = like_pattern (i < n ? g_strstrip (words[i]) : NULL);
}

bool
yl_database_history (YlDatabase *self, const YlHistoryQuery *query,
                     GPtrArray **found, bool *more, GError **error)
{
  const unsigned limit = CLAMP (query->limit, 1, 50);
  char *patterns[SEARCH_WORDS_MAX];
  sqlite3_stmt *rows = yl_sql (self, YL_SQL_HISTORY, error);
  if (rows == NULL)
    return false;
  split_words (query->text, patterns);
  yl_sql_bind_text (rows, 1, query->account);
  yl_sql_bind_int (rows, 2,
                   query->before_ms > 0 ? query->before_ms : INT64_MAX);
  for (int i = 0; i < SEARCH_WORDS_MAX; i++)
    yl_sql_bind_text (rows, 3 + i, patterns[i]);
  yl_sql_bind_int (rows, 6, (int64_t) limit + 1);
  g_autoptr (GPtrArray) ids = read_texts (self, rows, error);
  for (int i = 0; i < SEARCH_WORDS_MAX; i++)
    g_free (patterns[i]);
  if (ids == NULL)
    return false;
  const bool longer = ids->len > limit;
  if (longer)
    g_ptr_array_set_size (ids, (gint) limit);
  GPtrArray *list = read_consultations (self, ids, error);
  if (list == NULL)
    return false;
  *found = list;
  *more = longer;
  return true;
}

/* --- start-up --- */

static void
free_answered (gpointer data)
{
  YlAnsweredRow *row = data;
  g_free (row->account);
  g_free (row->command);
  g_free (row->consultation);
  g_free (row);
}

void
yl_journal_state_free (YlJournalState *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->open, g_ptr_array_unref);
  g_clear_pointer (&self->duty, g_ptr_array_unref);
  g_clear_pointer (&self->answered, g_ptr_array_unref);
  g_free (self);
}

static GPtrArray *
read_answered (YlDatabase *self, GError **error)
{
  g_autoptr (GPtrArray) answered =
      g_ptr_array_new_with_free_func (free_answered);
  g_autoptr (GError) wrong = NULL;
  sqlite3_stmt *rows = yl_sql (self, YL_SQL_COMMANDS, error);
  if (rows == NULL)
    return NULL;
  while (yl_sql_next (self, rows, &wrong)) {
    YlAnsweredRow *row = g_new (YlAnsweredRow, 1);
    row->account = g_strdup (yl_sql_text (rows, 0));
    row->command = g_strdup (yl_sql_text (rows, 1));
    row->consultation = g_strdup (yl_sql_text (rows, 2));
    row->seq = (uint64_t) sqlite3_column_int64 (rows, 3);
    g_ptr_array_add (answered, row);
  }
  if (wrong == NULL)
    return g_steal_pointer (&answered);
  g_propagate_error (error, g_steal_pointer (&wrong));
  return NULL;
}

static bool
read_last_seq (YlDatabase *self, uint64_t *seq, GError **error)
{
  sqlite3_stmt *last = yl_sql (self, YL_SQL_EVENT_LAST_SEQ, error);
  if (last == NULL || !yl_sql_next (self, last, error))
    return false;
  *seq = (uint64_t) sqlite3_column_int64 (last, 0);
  yl_sql_reset (last);
  return true;
}

static GPtrArray *
read_all_texts (YlDatabase *self, YlSqlId id, GError **error)
{
  sqlite3_stmt *rows = yl_sql (self, id, error);
  return rows != NULL ? read_texts (self, rows, error) : NULL;
}

bool
yl_database_state (YlDatabase *self, YlJournalState **state, GError **error)
{
  g_autoptr (YlJournalState) read = g_new0 (YlJournalState, 1);
  g_autoptr (GPtrArray) ids =
      read_all_texts (self, YL_SQL_CONSULTATIONS_OPEN, error);
  if (ids == NULL || !read_last_seq (self, &read->seq, error))
    return false;
  read->open = read_consultations (self, ids, error);
  if (read->open == NULL)
    return false;
  read->duty = read_all_texts (self, YL_SQL_DUTY_ALL, error);
  if (read->duty == NULL)
    return false;
  read->answered = read_answered (self, error);
  if (read->answered == NULL)
    return false;
  *state = g_steal_pointer (&read);
  return true;
}
