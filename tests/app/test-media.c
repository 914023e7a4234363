/* What the workflow knows of the sides' media, whatever the disk does */
#include "app/media.h"

#include "fault-vfs.h"
#include "fixture.h"
#include "folder.h"

typedef struct {
  char *folder;
  YlAlliances *alliances;
  YlStore *store;
  YlJournal *journal;
  YlDtlsCertificate *certificate;
  YlDtlsContext *dtls;
  YlWorker *worker; /* no thread runs it: commands stay in its mailbox */
  YlRooms *rooms;
  YlMedia *media;
  bool recovered;
  unsigned answers;
  YlRefusalKind refusal; /* of the last answer */
} Fixture;

static void
on_changed (const char *consultation, void *user_data)
{
}

static void
on_slots (const char *consultation, YlSide side, JsonNode *slots,
          void *user_data)
{
}

static void
on_recovered (void *user_data)
{
  Fixture *f = user_data;
  f->recovered = true;
  yl_media_report_again (f->media);
}

static void
on_event (const YlConsultEvent *event, const YlConsultation *consultation,
          void *user_data)
{
  if (consultation != NULL)
    yl_media_follow (((Fixture *) user_data)->media, consultation);
}

static void
open_worker (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  YlAddress loopback;
  g_assert_true (yl_address_parse_ip (&loopback, "127.0.0.1", 0));
  f->certificate = yl_dtls_certificate_new (&error);
  g_assert_no_error (error);
  f->dtls = yl_dtls_context_new (f->certificate, &error);
  g_assert_no_error (error);
  const YlWorkerConfig config = { .bind = &loopback, .dtls = f->dtls };
  f->worker = yl_worker_new (&config, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  static const YlMediaHandler handler = { on_changed, on_slots };
  g_autoptr (GError) error = NULL;
  fault_vfs_fail_from (0);
  f->folder = folder_make ();
  g_autofree char *path = g_build_filename (f->folder, "yilian.db", NULL);
  f->alliances = fixture_alliances ();
  f->store = yl_store_open (path, NULL, &error);
  g_assert_no_error (error);
  f->journal = yl_journal_new (f->store, f->alliances, NULL, NULL, &error);
  g_assert_no_error (error);
  open_worker (f);
  const YlRoomsOptions rooms = { .workers = &f->worker,
                                 .n_workers = 1,
                                 .max_peers = 2 };
  f->rooms = yl_rooms_new (&rooms);
  const YlMediaOptions options = {
    .journal = f->journal,
    .rooms = f->rooms,
    .handler = &handler,
    .user_data = f,
  };
  f->media = yl_media_new (&options);
  yl_journal_observe (f->journal, on_event, f);
  yl_journal_on_recovered (f->journal, on_recovered, f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  fault_vfs_fail_from (0);
  yl_media_free (f->media);
  yl_rooms_free (f->rooms);
  yl_journal_free (f->journal);
  yl_store_close (f->store);
  yl_worker_free (f->worker);
  yl_dtls_context_free (f->dtls);
  yl_dtls_certificate_free (f->certificate);
  yl_alliances_unref (f->alliances);
  folder_remove (f->folder);
}

static void
on_answer (const YlJournalAnswer *answer, void *user_data)
{
  Fixture *f = user_data;
  f->refusal = answer->refusal.kind;
  f->answers++;
}

static YlRefusalKind
run (Fixture *f, YlConsultCommand command)
{
  const unsigned before = f->answers;
  yl_journal_submit (f->journal, &command, on_answer, f);
  while (f->answers == before)
    g_main_context_iteration (NULL, TRUE);
  return f->refusal;
}

static void
set_duty (Fixture *f, const char *account, const char *post)
{
  g_assert_cmpint (run (f, (YlConsultCommand){ .kind = YL_CONSULT_DO_DUTY_SET,
                                               .account = account,
                                               .post = post,
                                               .on = true }),
                   ==, YL_REFUSAL_NONE);
}

static YlRefusalKind
act (Fixture *f, YlConsultCommandKind kind, const char *account,
     const char *post)
{
  return run (f, (YlConsultCommand){ .kind = kind,
                                     .account = account,
                                     .consultation = "c1",
                                     .post = post,
                                     .department = "cardiology",
                                     .text = "x" });
}

/* Two experts on duty, the first of whom accepted. */
static void
accept_one (Fixture *f)
{
  set_duty (f, "county-cardio", "yunshui-cardiology");
  g_assert_cmpint (
      run (f, fixture_request ("c1", "cardiology", YL_URGENCY_ROUTINE)), ==,
      YL_REFUSAL_NONE);
  g_assert_cmpint (
      act (f, YL_CONSULT_DO_ACCEPT, "county-cardio", "yunshui-cardiology"), ==,
      YL_REFUSAL_NONE);
}

static const YlConsultation *
durable (const Fixture *f)
{
  return yl_consult_book_find (yl_journal_book (f->journal), "c1");
}

static void
connect_side (Fixture *f, YlSide side)
{
  YlRoomId room;
  unsigned worker;
  yl_media_set_branch (f->media, "c1", side, &room, &worker);
}

static void
wait_for_media (const Fixture *f, YlSide side, YlSideMedia media)
{
  while (durable (f)->media[side] != media)
    g_main_context_iteration (NULL, TRUE);
}

static void
fill_disk (Fixture *f)
{
  fault_vfs_fail_from (1);
  g_assert_cmpint (act (f, YL_CONSULT_DO_CHAT, "clinic", NULL), ==,
                   YL_REFUSAL_NOT_SAVED);
}

static void
empty_disk (Fixture *f)
{
  fault_vfs_fail_from (0);
  while (!f->recovered)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_connected_on_full_disk (Fixture *f, gconstpointer data)
{
  accept_one (f);
  fill_disk (f);
  connect_side (f, YL_SIDE_EXPERT);
  g_assert_cmpint (durable (f)->media[YL_SIDE_EXPERT], ==, YL_SIDE_MEDIA_NONE);
  empty_disk (f);
  wait_for_media (f, YL_SIDE_EXPERT, YL_SIDE_MEDIA_CONNECTED);
  g_assert_cmpint (durable (f)->media[YL_SIDE_CLINIC], ==, YL_SIDE_MEDIA_NONE);
}

/* The media of one who sent the case on is not taken for a successor's. */
static void
test_redirected_then_full_disk (Fixture *f, gconstpointer data)
{
  accept_one (f);
  connect_side (f, YL_SIDE_EXPERT);
  wait_for_media (f, YL_SIDE_EXPERT, YL_SIDE_MEDIA_CONNECTED);
  set_duty (f, "city-cardio", "jiangcheng-cardiology");
  g_assert_cmpint (
      act (f, YL_CONSULT_DO_REDIRECT, "county-cardio", "yunshui-cardiology"),
      ==, YL_REFUSAL_NONE);
  g_assert_cmpint (
      act (f, YL_CONSULT_DO_ACCEPT, "city-cardio", "jiangcheng-cardiology"), ==,
      YL_REFUSAL_NONE);
  fill_disk (f);
  empty_disk (f);
  g_assert_cmpint (act (f, YL_CONSULT_DO_CHAT, "clinic", NULL), ==,
                   YL_REFUSAL_NONE);
  g_assert_cmpint (durable (f)->media[YL_SIDE_EXPERT], ==, YL_SIDE_MEDIA_NONE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fault_vfs_install ();
#define ADD(name, function) \
  g_test_add ("/app/media/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("connected-on-full-disk", test_connected_on_full_disk);
  ADD ("redirected-then-full-disk", test_redirected_then_full_disk);
  return g_test_run ();
}
