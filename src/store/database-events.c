/* database-events.c: the append-only log, its chains, and what is read back */
#include "store/database.h"

#include "store/sql.h"

#include <string.h>

#define HASH_SIZE 32
#define DUTY_STREAM "duty"
#define SEARCH_WORDS_MAX 3

void
yl_batch_free (YlBatch *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->events);
  g_ptr_array_unref (self->rows);
  g_free (self);
}

void
yl_consult_row_free (YlConsultRow *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->clinic);
  g_free (self->expert);
  g_free (self->words);
  g_free (self);
}

static void
add_name (GString *words, YlName name)
{
  g_string_append_printf (words, "%s\n%s\n", name.zh, name.en);
}

static void
add_party (GString *words, const YlParty *party)
{
  add_name (words, party->name);
  add_name (words, party->organisation.name);
}

YlConsultRow *
yl_consult_row_new (const YlConsultation *one)
{
  YlConsultRow *row = g_new0 (YlConsultRow, 1);
  row->id = g_strdup (one->id);
  row->clinic = g_strdup (one->request->party->account);
  row->expert = one->expert != NULL ? g_strdup (one->expert->account) : NULL;
  row->open = !yl_consult_state_is_final (one->state);
  row->ended_ms = one->ended_ms;
  g_autoptr (GString) words = g_string_new (NULL);
  if (!row->open) {
    add_party (words, one->request->party);
    if (one->expert != NULL)
      add_party (words, one->expert);
    add_name (words, one->department.name);
    g_string_append_printf (
        words, "%s\n%s\n%s\n", one->request->patient.complaint,
        one->request->patient.summary, one->request->question);
    if (one->opinion != NULL)
      g_string_append_printf (
          words, "%s\n%s\n%s\n%s\n", one->opinion->opinion.findings,
          one->opinion->opinion.diagnosis, one->opinion->opinion.advice,
          one->opinion->opinion.follow_up);
  }
  row->words = g_utf8_casefold (words->str, (gssize) words->len);
  return row;
}

/* --- the chain --- */

/* SHA-256 over the previous hash of the stream (32 zeros at its start), the
 * number in decimal, the stream and the payload, each ended by a NUL. */
static void
chain_hash (const uint8_t previous[HASH_SIZE], uint64_t seq, const char *stream,
            const char *payload, uint8_t hash[HASH_SIZE])
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  char number[24];
  gsize size = HASH_SIZE;
  g_snprintf (number, sizeof number, "%" G_GUINT64_FORMAT, seq);
  g_checksum_update (sum, previous, HASH_SIZE);
  g_checksum_update (sum, (const guchar *) number,
                     (gssize) strlen (number) + 1);
  g_checksum_update (sum, (const guchar *) stream,
                     (gssize) strlen (stream) + 1);
  g_checksum_update (sum, (const guchar *) payload,
                     (gssize) strlen (payload) + 1);
  g_checksum_get_digest (sum, hash, &size);
}

static bool
last_hash (YlDatabase *self, const char *stream, uint8_t hash[HASH_SIZE],
           GError **error)
{
  g_autoptr (GError) wrong = NULL;
  sqlite3_stmt *get = yl_sql (self, YL_SQL_EVENT_LAST_HASH, error);
  if (get == NULL)
    return false;
  yl_sql_bind_text (get, 1, stream);
  memset (hash, 0, HASH_SIZE);
  if (yl_sql_next (self, get, &wrong)) {
    if (sqlite3_column_bytes (get, 0) == HASH_SIZE)
      memcpy (hash, sqlite3_column_blob (get, 0), HASH_SIZE);
    yl_sql_reset (get);
  }
  if (wrong == NULL)
    return true;
  g_propagate_error (error, g_steal_pointer (&wrong));
  return false;
}

/* --- appending --- */

static bool
run_texts (YlDatabase *self, YlSqlId id, const char *first, const char *second,
           GError **error)
{
  sqlite3_stmt *statement = yl_sql (self, id, error);
  if (statement == NULL)
    return false;
  yl_sql_bind_text (statement, 1, first);
  if (second != NULL)
    yl_sql_bind_text (statement, 2, second);
  return yl_sql_run (self, statement, error);
}

static bool
append_event (YlDatabase *self, const YlConsultEvent *event,
              const char *payload, GError **error)
{
  const char *stream =
      event->consultation != NULL ? event->consultation : DUTY_STREAM;
  uint8_t previous[HASH_SIZE], hash[HASH_SIZE];
  sqlite3_stmt *put = yl_sql (self, YL_SQL_EVENT_INSERT, error);
  if (put == NULL || !last_hash (self, stream, previous, error))
    return false;
  chain_hash (previous, event->seq, stream, payload, hash);
  yl_sql_bind_int (put, 1, (int64_t) event->seq);
  yl_sql_bind_text (put, 2, stream);
  yl_sql_bind_text (put, 3, payload);
  yl_sql_bind_blob (put, 4, previous, sizeof previous);
  yl_sql_bind_blob (put, 5, hash, sizeof hash);
  return yl_sql_run (self, put, error);
}

static bool
append_command (YlDatabase *self, const YlConsultEvent *event, GError **error)
{
  sqlite3_stmt *put = yl_sql (self, YL_SQL_COMMAND_PUT, error);
  if (put == NULL)
    return false;
  yl_sql_bind_text (put, 1, event->account);
  yl_sql_bind_text (put, 2, event->command);
  yl_sql_bind_text (put, 3, event->consultation);
  yl_sql_bind_int (put, 4, (int64_t) event->seq);
  return yl_sql_run (self, put, error);
}

static bool
append_one (YlDatabase *self, const YlConsultEvent *event, GError **error)
{
  g_autofree char *payload = yl_consult_event_encode (event);
  if (event->kind == YL_EVENT_DRAFT)
    return run_texts (self, YL_SQL_DRAFT_PUT, event->consultation, payload,
                      error);
  if (!append_event (self, event, payload, error))
    return false;
  if (event->command != NULL && event->account != NULL
      && !append_command (self, event, error))
    return false;
  if (event->kind == YL_EVENT_DUTY)
    return run_texts (self, event->on ? YL_SQL_DUTY_ON : YL_SQL_DUTY_OFF,
                      event->post, NULL, error);
  if (event->kind == YL_EVENT_SIGNED || event->kind == YL_EVENT_REDIRECTED)
    return run_texts (self, YL_SQL_DRAFT_REMOVE, event->consultation, NULL,
                      error);
  return true;
}

static bool
put_row (YlDatabase *self, const YlConsultRow *row, GError **error)
{
  sqlite3_stmt *put = yl_sql (self, YL_SQL_CONSULTATION_PUT, error);
  if (put == NULL)
    return false;
  yl_sql_bind_text (put, 1, row->id);
  yl_sql_bind_text (put, 2, row->clinic);
  yl_sql_bind_text (put, 3, row->expert);
  yl_sql_bind_int (put, 4, row->open);
  yl_sql_bind_int (put, 5, row->ended_ms);
  yl_sql_bind_text (put, 6, row->words);
  return yl_sql_run (self, put, error);
}

bool
yl_database_append (YlDatabase *self, const YlBatch *batch, GError **error)
{
  for (guint i = 0; i < batch->events->len; i++)
    if (!append_one (self, batch->events->pdata[i], error))
      return false;
  for (guint i = 0; i < batch->rows->len; i++)
    if (!put_row (self, batch->rows->pdata[i], error))
      return false;
  return true;
}

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
  if (g_str_equal (id, DUTY_STREAM)) {
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

/* --- checking --- */

static bool
row_holds (GHashTable *last, uint64_t seq, sqlite3_stmt *row)
{
  static const uint8_t zeros[HASH_SIZE];
  const char *stream = yl_sql_text (row, 1);
  const char *payload = yl_sql_text (row, 2);
  const uint8_t *expected = g_hash_table_lookup (last, stream);
  uint8_t hash[HASH_SIZE];
  if (expected == NULL)
    expected = zeros;
  if ((uint64_t) sqlite3_column_int64 (row, 0) != seq
      || sqlite3_column_bytes (row, 3) != HASH_SIZE
      || sqlite3_column_bytes (row, 4) != HASH_SIZE
      || memcmp (sqlite3_column_blob (row, 3), expected, HASH_SIZE) != 0)
    return false;
  chain_hash (expected, seq, stream, payload, hash);
  if (memcmp (sqlite3_column_blob (row, 4), hash, HASH_SIZE) != 0)
    return false;
  g_hash_table_replace (last, g_strdup (stream), g_memdup2 (hash, HASH_SIZE));
  return true;
}

bool
yl_database_verify (YlDatabase *self, uint64_t *n, GError **error)
{
  g_autoptr (GHashTable) last =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GError) wrong = NULL;
  uint64_t count = 0;
  sqlite3_stmt *rows = yl_sql (self, YL_SQL_EVENTS_ALL, error);
  if (rows == NULL)
    return false;
  for (; yl_sql_next (self, rows, &wrong); count++)
    if (!row_holds (last, count + 1, rows)) {
      g_set_error (&wrong, YL_STORE_ERROR, YL_STORE_ERROR_BROKEN,
                   "the chain of events is broken at %" G_GINT64_FORMAT,
                   (gint64) sqlite3_column_int64 (rows, 0));
      yl_sql_reset (rows);
      break;
    }
  if (wrong != NULL) {
    g_propagate_error (error, g_steal_pointer (&wrong));
    return false;
  }
  *n = count;
  return true;
}
