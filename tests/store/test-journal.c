#include "store/journal.h"

#include "fault-vfs.h"
#include "fixture.h"
#include "folder.h"
#include "store/database.h"

typedef struct {
  char *folder;
  char *path;
  YlAlliances *alliances;
  YlStore *store;
  YlJournal *journal;
  int64_t now_ms;
  GString *seen; /* kinds of the events observed, in order */
  unsigned events;
  unsigned answers;
  unsigned not_saved;
  YlRefusal refusal;  /* of the last answer */
  char *consultation; /* of the last answer */
} Fixture;

static int64_t
clock_of (void *user_data)
{
  return ((Fixture *) user_data)->now_ms;
}

static void
on_event (const YlConsultEvent *event, const YlConsultation *consultation,
          void *user_data)
{
  Fixture *f = user_data;
  g_assert_cmpint (consultation == NULL, ==, event->consultation == NULL);
  if (consultation != NULL && event->seq > 0)
    g_assert_cmpuint (consultation->seq, ==, event->seq);
  g_string_append_printf (f->seen, "%s ", yl_event_kind_name (event->kind));
  f->events++;
}

static void
start (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  f->store = yl_store_open (f->path, NULL, &error);
  g_assert_no_error (error);
  f->journal = yl_journal_new (f->store, f->alliances, clock_of, f, &error);
  g_assert_no_error (error);
  yl_journal_observe (f->journal, on_event, f);
}

static void
stop (Fixture *f)
{
  g_clear_pointer (&f->journal, yl_journal_free);
  g_clear_pointer (&f->store, yl_store_close);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  fault_vfs_fail_from (0);
  f->folder = folder_make ();
  f->path = g_build_filename (f->folder, "yilian.db", NULL);
  f->alliances = fixture_alliances ();
  f->seen = g_string_new (NULL);
  f->now_ms = T0_MS;
  start (f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  fault_vfs_fail_from (0);
  stop (f);
  folder_remove (f->folder);
  g_free (f->path);
  g_free (f->consultation);
  yl_alliances_unref (f->alliances);
  g_string_free (f->seen, TRUE);
}

static void
on_answer (const YlJournalAnswer *answer, void *user_data)
{
  Fixture *f = user_data;
  f->answers++;
  f->refusal = answer->refusal;
  f->not_saved += answer->refusal.kind == YL_REFUSAL_NOT_SAVED;
  g_free (f->consultation);
  f->consultation =
      answer->consultation != NULL ? g_strdup (answer->consultation->id) : NULL;
}

static void
wait_for_answers (Fixture *f, unsigned n)
{
  while (f->answers < n)
    g_main_context_iteration (NULL, TRUE);
}

static YlRefusalKind
run (Fixture *f, const YlConsultCommand *command)
{
  const unsigned before = f->answers;
  yl_journal_submit (f->journal, command, on_answer, f);
  wait_for_answers (f, before + 1);
  return f->refusal.kind;
}

#define assert_done(f, ...)                                              \
  g_assert_cmpstr (                                                      \
      yl_refusal_name (run (f, &(YlConsultCommand){ __VA_ARGS__ })), ==, \
      "none")

static void
duty (Fixture *f, const char *account, const char *post, bool on)
{
  assert_done (f, .kind = YL_CONSULT_DO_DUTY_SET, .account = account,
               .post = post, .on = on);
}

static YlRefusalKind
request (Fixture *f, const char *id, const char *consultation)
{
  YlConsultCommand command =
      fixture_request (consultation, "cardiology", YL_URGENCY_ROUTINE);
  command.id = id;
  return run (f, &command);
}

static char *
dump (const Fixture *f)
{
  GString *out = g_string_new (NULL);
  const YlConsultBook *book = yl_journal_book (f->journal);
  g_autoptr (GPtrArray) open = yl_consult_book_open (book);
  g_autoptr (GPtrArray) posts = yl_duty_posts (yl_consult_book_duty (book));
  g_string_append_printf (out, "seq %" G_GUINT64_FORMAT "\n",
                          yl_consult_book_seq (book));
  for (guint i = 0; i < posts->len; i++)
    g_string_append_printf (out, "duty %s\n", (char *) posts->pdata[i]);
  for (guint i = 0; i < open->len; i++)
    fixture_dump (out, open->pdata[i]);
  return g_string_free (out, FALSE);
}

static const YlConsultation *
find (const Fixture *f, const char *id)
{
  return yl_consult_book_find (yl_journal_book (f->journal), id);
}

static void
accept_one (Fixture *f)
{
  duty (f, "county-cardio", "yunshui-cardiology", true);
  g_assert_cmpint (request (f, "r-1", "c1"), ==, YL_REFUSAL_NONE);
  assert_done (f, .kind = YL_CONSULT_DO_ACCEPT, .account = "county-cardio",
               .consultation = "c1", .post = "yunshui-cardiology");
}

static void
close_one (Fixture *f)
{
  const YlOpinion opinion = { .diagnosis = "稳定型心绞痛" };
  assert_done (f, .kind = YL_CONSULT_DO_END, .account = "clinic",
               .consultation = "c1");
  f->now_ms += 1000;
  assert_done (f, .kind = YL_CONSULT_DO_SIGN, .account = "county-cardio",
               .consultation = "c1", .opinion = opinion);
  assert_done (f, .kind = YL_CONSULT_DO_ACKNOWLEDGE, .account = "clinic",
               .consultation = "c1", .id = "ack-1");
}

static void
test_told_after_durable (Fixture *f, gconstpointer data)
{
  duty (f, "county-cardio", "yunshui-cardiology", true);
  YlConsultCommand command =
      fixture_request (NULL, "cardiology", YL_URGENCY_ROUTINE);
  yl_journal_submit (f->journal, &command, on_answer, f);
  g_assert_cmpuint (f->answers, ==, 1);
  g_autoptr (GPtrArray) before =
      yl_consult_book_open (yl_journal_book (f->journal));
  g_assert_cmpuint (before->len, ==, 0);
  g_assert_cmpstr (f->seen->str, ==, "duty ");
  wait_for_answers (f, 2);
  g_assert_cmpstr (f->seen->str, ==, "duty requested ringing ");
  g_assert_nonnull (find (f, f->consultation));
}

static void
test_restart (Fixture *f, gconstpointer data)
{
  accept_one (f);
  assert_done (f, .kind = YL_CONSULT_DO_CHAT, .account = "clinic",
               .consultation = "c1", .text = "\"您好\"\n\t\\");
  assert_done (f, .kind = YL_CONSULT_DO_SAVE, .account = "county-cardio",
               .consultation = "c1", .opinion = { .advice = "草稿" });
  g_assert_cmpint (request (f, "r-2", "c2"), ==, YL_REFUSAL_NONE);
  g_autofree char *before = dump (f);
  stop (f);
  start (f);
  g_autofree char *after = dump (f);
  g_assert_cmpstr (before, ==, after);
  /* The command ids are remembered too. */
  g_assert_cmpint (request (f, "r-2", "c3"), ==, YL_REFUSAL_NONE);
  g_assert_cmpstr (f->consultation, ==, "c2");
  g_assert_null (find (f, "c3"));
}

static void
test_restart_loses_media (Fixture *f, gconstpointer data)
{
  accept_one (f);
  for (unsigned side = 0; side < YL_N_SIDES; side++)
    assert_done (f, .kind = YL_CONSULT_DO_MEDIA, .consultation = "c1",
                 .side = side, .media = YL_SIDE_MEDIA_CONNECTED);
  g_assert_cmpint (find (f, "c1")->state, ==, YL_CONSULT_ACTIVE);
  stop (f);
  start (f);
  while (find (f, "c1")->state != YL_CONSULT_INTERRUPTED
         || find (f, "c1")->media[YL_SIDE_EXPERT] != YL_SIDE_MEDIA_LOST)
    g_main_context_iteration (NULL, TRUE);
}

typedef struct {
  bool called;
  unsigned n;
  bool more;
  char *first;
} History;

static void
on_history (GPtrArray *consultations, bool more, const GError *error,
            void *user_data)
{
  History *h = user_data;
  g_assert_no_error (error);
  h->called = true;
  h->n = consultations->len;
  h->more = more;
  g_free (h->first);
  h->first = h->n > 0
                 ? g_strdup (((YlConsultation *) consultations->pdata[0])->id)
                 : NULL;
}

static unsigned
history (Fixture *f, History *h, YlHistoryQuery query)
{
  h->called = false;
  yl_store_history (f->store, &query, on_history, h);
  while (!h->called)
    g_main_context_iteration (NULL, TRUE);
  return h->n;
}

static void
test_history (Fixture *f, gconstpointer data)
{
  History h = { 0 };
  accept_one (f);
  close_one (f);
  g_assert_null (find (f, "c1"));
  for (unsigned i = 2; i < 6; i++) {
    g_autofree char *id = g_strdup_printf ("c%u", i);
    f->now_ms += 1000;
    g_assert_cmpint (request (f, id, id), ==, YL_REFUSAL_NONE);
    assert_done (f, .kind = YL_CONSULT_DO_CANCEL, .account = "clinic",
                 .consultation = id);
  }
  g_assert_cmpint (request (f, "open", "c9"), ==, YL_REFUSAL_NONE);
  g_assert_cmpuint (
      history (f, &h, (YlHistoryQuery){ .account = "clinic", .limit = 50 }), ==,
      5);
  g_assert_cmpstr (h.first, ==, "c5");
  g_assert_false (h.more);
  history (f, &h, (YlHistoryQuery){ .account = "clinic", .limit = 2 });
  g_assert_cmpuint (h.n, ==, 2);
  g_assert_true (h.more);
  history (f, &h,
           (YlHistoryQuery){
               .account = "clinic", .limit = 2, .before_ms = f->now_ms });
  g_assert_cmpstr (h.first, ==, "c4");
  history (f, &h, (YlHistoryQuery){ .account = "county-cardio", .limit = 9 });
  g_assert_cmpuint (h.n, ==, 1);
  g_assert_cmpuint (
      history (f, &h, (YlHistoryQuery){ .account = "expert", .limit = 9 }), ==,
      0);
  history (f, &h,
           (YlHistoryQuery){
               .account = "clinic", .limit = 9, .text = " 心绞痛  qinghe " });
  g_assert_cmpuint (h.n, ==, 1);
  g_assert_cmpstr (h.first, ==, "c1");
  history (f, &h,
           (YlHistoryQuery){ .account = "clinic", .limit = 9, .text = "100%" });
  g_assert_cmpuint (h.n, ==, 0);
  g_free (h.first);
}

static void
on_consultation (YlConsultation *consultation, const GError *error,
                 void *user_data)
{
  g_assert_no_error (error);
  *(YlConsultation **) user_data = consultation;
}

/* A closed consultation is in the store only, yet can be asked for and
 * supplemented; a repeated command still gets its first answer. */
static void
test_closed (Fixture *f, gconstpointer data)
{
  accept_one (f);
  close_one (f);
  g_assert_null (find (f, "c1"));
  YlConsultation *got = NULL;
  yl_journal_get (f->journal, "c1", on_consultation, &got);
  while (got == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (got->state, ==, YL_CONSULT_CLOSED);
  yl_consultation_free (got);

  assert_done (f, .kind = YL_CONSULT_DO_SUPPLEMENT, .account = "county-cardio",
               .consultation = "c1", .text = "补充");
  g_assert_cmpstr (f->consultation, ==, "c1");
  g_assert_null (find (f, "c1"));
  assert_done (f, .kind = YL_CONSULT_DO_ACKNOWLEDGE, .account = "clinic",
               .consultation = "c1", .id = "ack-1");
  g_assert_cmpstr (f->consultation, ==, "c1");
  const YlConsultCommand nothing = { .kind = YL_CONSULT_DO_CHAT,
                                     .account = "clinic",
                                     .consultation = "no-such",
                                     .text = "x" };
  g_assert_cmpint (run (f, &nothing), ==, YL_REFUSAL_NOT_FOUND);
  uint64_t n;
  g_autoptr (GError) error = NULL;
  stop (f);
  g_autoptr (YlDatabase) database =
      yl_database_open (f->path, YL_DATABASE_EXISTING, &error);
  g_assert_no_error (error);
  g_assert_true (yl_database_verify (database, &n, &error));
  g_assert_cmpuint (n, ==, f->events);
}

static void
test_time (Fixture *f, gconstpointer data)
{
  duty (f, "county-cardio", "yunshui-cardiology", true);
  g_assert_cmpint (request (f, NULL, "c1"), ==, YL_REFUSAL_NONE);
  f->now_ms += 60000;
  yl_journal_tick (f->journal);
  while (find (f, "c1") != NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (f->seen->str, ==,
                   "duty requested ringing unanswered expired ");
}

static void
test_many_at_once (Fixture *f, gconstpointer data)
{
  accept_one (f);
  const unsigned before = f->answers;
  YlStoreStats first, stats;
  yl_store_stats (f->store, &first);
  for (unsigned i = 0; i < 300; i++) {
    const YlConsultCommand chat = { .kind = YL_CONSULT_DO_CHAT,
                                    .account = "clinic",
                                    .consultation = "c1",
                                    .text = "x" };
    yl_journal_submit (f->journal, &chat, on_answer, f);
  }
  wait_for_answers (f, before + 300);
  yl_store_stats (f->store, &stats);
  g_assert_cmpuint (stats.events - first.events, ==, 300);
  g_assert_cmpuint (stats.commits - first.commits, <, 100);
  g_assert_cmpuint (find (f, "c1")->chat->len, ==, 300);
}

/* More at once than may wait: people are asked to try again, but nobody
 * would try again for the gateway. */
static void
test_busy (Fixture *f, gconstpointer data)
{
  accept_one (f);
  const unsigned before = f->answers;
  for (unsigned i = 0; i < 1001; i++) {
    const YlConsultCommand toggle = { .kind = YL_CONSULT_DO_DUTY_SET,
                                      .account = "county-cardio",
                                      .post = "yunshui-cardiology",
                                      .on = i % 2 == 1 };
    yl_journal_submit (f->journal, &toggle, on_answer, f);
  }
  g_assert_cmpint (f->refusal.kind, ==, YL_REFUSAL_BUSY);
  const YlConsultCommand connected = { .kind = YL_CONSULT_DO_MEDIA,
                                       .consultation = "c1",
                                       .side = YL_SIDE_CLINIC,
                                       .media = YL_SIDE_MEDIA_CONNECTED };
  yl_journal_submit (f->journal, &connected, on_answer, f);
  wait_for_answers (f, before + 1002);
  g_assert_cmpint (f->refusal.kind, ==, YL_REFUSAL_NONE);
  g_assert_cmpint (find (f, "c1")->media[YL_SIDE_CLINIC], ==,
                   YL_SIDE_MEDIA_CONNECTED);
}

static void
recover (Fixture *f)
{
  fault_vfs_fail_from (0);
  while (!yl_journal_healthy (f->journal))
    g_main_context_iteration (NULL, TRUE);
}

/* One run in which the disk fails from its @n-th write on. Returns false
 * once that is later than anything written. */
static bool
fail_at (Fixture *f, int n)
{
  g_autofree char *before = dump (f);
  const unsigned events = f->events;
  const unsigned answers = f->answers;
  const unsigned not_saved = f->not_saved;
  fault_vfs_fail_from (n);
  /* Two at once: a group, then a refusal that must not outrun them. */
  const YlConsultCommand chat = { .kind = YL_CONSULT_DO_CHAT,
                                  .account = "clinic",
                                  .consultation = "c1",
                                  .text = "x" };
  const YlConsultCommand refused = { .kind = YL_CONSULT_DO_ACKNOWLEDGE,
                                     .account = "clinic",
                                     .consultation = "c1" };
  yl_journal_submit (f->journal, &chat, on_answer, f);
  yl_journal_submit (f->journal, &chat, on_answer, f);
  yl_journal_submit (f->journal, &refused, on_answer, f);
  wait_for_answers (f, answers + 3);
  const unsigned lost = f->not_saved - not_saved;
  if (lost == 0) {
    g_assert_cmpuint (f->events, ==, events + 2);
    fault_vfs_fail_from (0);
    return fault_vfs_count () >= n;
  }
  /* 2: the first was committed before the second came. */
  g_assert_cmpuint (lost, >=, 2);
  g_assert_cmpuint (f->events, ==, events + 3 - lost);
  g_assert_false (yl_journal_healthy (f->journal));
  /* Nobody was told otherwise, and nothing is there otherwise. */
  g_assert_cmpint (run (f, &chat), ==, YL_REFUSAL_NOT_SAVED);
  g_autofree char *during = dump (f);
  if (lost == 3)
    g_assert_cmpstr (before, ==, during);
  recover (f);
  g_autofree char *after = dump (f);
  g_assert_cmpstr (during, ==, after);
  return true;
}

static void
test_full_disk (Fixture *f, gconstpointer data)
{
  accept_one (f);
  int failed = 0;
  for (int n = 1; n < 100; n++) {
    if (!fail_at (f, n))
      break;
    failed++;
  }
  g_assert_cmpint (failed, >, 1);
  g_test_message ("%d places to fail", failed);
  assert_done (f, .kind = YL_CONSULT_DO_CHAT, .account = "clinic",
               .consultation = "c1", .text = "y");
  g_autofree char *before = dump (f);
  stop (f);
  start (f);
  g_autofree char *after = dump (f);
  g_assert_cmpstr (before, ==, after);
}

static void
on_recovered (void *user_data)
{
  Fixture *f = user_data;
  g_assert_true (yl_journal_healthy (f->journal));
  g_string_append (f->seen, "recovered ");
  const YlConsultCommand connected = { .kind = YL_CONSULT_DO_MEDIA,
                                       .consultation = "c1",
                                       .side = YL_SIDE_CLINIC,
                                       .media = YL_SIDE_MEDIA_CONNECTED };
  yl_journal_submit (f->journal, &connected, on_answer, f);
}

/* Whoever could not be heard meanwhile is told, once. */
static void
test_recovered (Fixture *f, gconstpointer data)
{
  accept_one (f);
  yl_journal_on_recovered (f->journal, on_recovered, f);
  fault_vfs_fail_from (1);
  const YlConsultCommand chat = { .kind = YL_CONSULT_DO_CHAT,
                                  .account = "clinic",
                                  .consultation = "c1",
                                  .text = "x" };
  g_assert_cmpint (run (f, &chat), ==, YL_REFUSAL_NOT_SAVED);
  g_string_truncate (f->seen, 0);
  const unsigned answers = f->answers;
  recover (f);
  wait_for_answers (f, answers + 1);
  g_assert_cmpstr (f->seen->str, ==, "recovered media ");
  g_assert_cmpint (find (f, "c1")->media[YL_SIDE_CLINIC], ==,
                   YL_SIDE_MEDIA_CONNECTED);
}

/* Freed with answers outstanding: each is called, with not-saved. */
static void
test_free_in_flight (Fixture *f, gconstpointer data)
{
  accept_one (f);
  const unsigned before = f->answers;
  const YlConsultCommand chat = { .kind = YL_CONSULT_DO_CHAT,
                                  .account = "clinic",
                                  .consultation = "c1",
                                  .text = "x" };
  const YlConsultCommand fetch = { .kind = YL_CONSULT_DO_CHAT,
                                   .account = "clinic",
                                   .consultation = "elsewhere",
                                   .text = "x" };
  yl_journal_submit (f->journal, &chat, on_answer, f);
  yl_journal_submit (f->journal, &fetch, on_answer, f);
  stop (f);
  g_assert_cmpuint (f->answers, ==, before + 2);
  g_assert_cmpuint (f->not_saved, ==, 2);
}

static void
test_one_store_a_file (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (yl_store_open (f->path, NULL, &error));
  g_assert_error (error, YL_STORE_ERROR, YL_STORE_ERROR_LOCKED);
}

static void
test_new_alliances (Fixture *f, gconstpointer data)
{
  accept_one (f);
  static const char nobody[] =
      "{\"version\":1,\"departments\":[],\"organisations\":[],"
      "\"alliances\":[],\"persons\":[],\"posts\":[]}";
  g_autoptr (YlAlliances) empty =
      yl_alliances_parse (nobody, sizeof nobody - 1, NULL);
  g_autofree char *before = dump (f);
  yl_journal_set_alliances (f->journal, empty);
  g_autofree char *after = dump (f);
  g_assert_cmpstr (before, ==, after);
  g_assert_cmpint (request (f, NULL, "c2"), ==, YL_REFUSAL_NO_RIGHT);
}

#define ADD(name, function)                                            \
  g_test_add ("/store/journal/" name, Fixture, NULL, set_up, function, \
              tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fault_vfs_install ();
  /* The journal warns of a full disk. */
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
  ADD ("told-after-durable", test_told_after_durable);
  ADD ("restart", test_restart);
  ADD ("restart-loses-media", test_restart_loses_media);
  ADD ("history", test_history);
  ADD ("closed", test_closed);
  ADD ("time", test_time);
  ADD ("many-at-once", test_many_at_once);
  ADD ("busy", test_busy);
  ADD ("full-disk", test_full_disk);
  ADD ("recovered", test_recovered);
  ADD ("free-in-flight", test_free_in_flight);
  ADD ("one-store-a-file", test_one_store_a_file);
  ADD ("new-alliances", test_new_alliances);
  return g_test_run ();
}
