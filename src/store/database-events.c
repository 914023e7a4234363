/* database-events.c: the append-only log and its chains */
#include "store/database.h"

#include "store/sql.h"

#include <string.h>

#define HASH_SIZE 32

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
      event->consultation != NULL ? event->consultation : YL_SQL_DUTY_STREAM;
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
