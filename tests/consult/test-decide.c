#include "consult/consult.h"

#include "fixture.h"

#include <string.h>

typedef struct {
  YlConsultBook *book;
  int64_t now_ms;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->book = fixture_book ();
  f->now_ms = T0_MS;
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  yl_consult_book_free (f->book);
}

static const YlConsultation *
one (const Fixture *f)
{
  return yl_consult_book_find (f->book, "c1");
}

static YlRefusalKind
run (Fixture *f, YlConsultCommand command)
{
  if (command.consultation == NULL)
    command.consultation = "c1";
  return fixture_do (f->book, &command, f->now_ms, NULL).kind;
}

#define assert_done(f, ...)                                             \
  g_assert_cmpstr (                                                     \
      yl_refusal_name (run (f, (YlConsultCommand){ __VA_ARGS__ })), ==, \
      "none")
#define assert_refused(f, name, ...) \
  g_assert_cmpstr (                  \
      yl_refusal_name (run (f, (YlConsultCommand){ __VA_ARGS__ })), ==, name)
#define assert_state(f, name) \
  g_assert_cmpstr (yl_consult_state_name (one (f)->state), ==, name)

/* "yunshui-cardiology=ringing expert-cardiology=…" of the whole climb. */
static void
assert_rung (const Fixture *f, const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint c = 0; c < one (f)->climb->len; c++) {
    const YlClimb *climb = one (f)->climb->pdata[c];
    for (guint i = 0; i < climb->rung->len; i++) {
      const YlRung *rung = &g_array_index (climb->rung, YlRung, i);
      g_string_append_printf (text, "%s%s=%s", text->len > 0 ? " " : "",
                              rung->party->post,
                              yl_rung_state_name (rung->state));
    }
  }
  g_assert_cmpstr (text->str, ==, expected);
}

/* The first of the climb's step @c. */
static const YlRung *
rung_at (const Fixture *f, guint c)
{
  const YlClimb *climb = one (f)->climb->pdata[c];
  return &g_array_index (climb->rung, YlRung, 0);
}

static void
request (Fixture *f, const char *department, YlUrgency urgency)
{
  const YlConsultCommand command = fixture_request ("c1", department, urgency);
  g_assert_cmpint (fixture_do (f->book, &command, f->now_ms, NULL).kind, ==,
                   YL_REFUSAL_NONE);
}

/* Lets time pass up to and including the next deadline. */
static void
wait_for_deadline (Fixture *f)
{
  const char *id;
  f->now_ms = yl_consult_book_deadline_ms (f->book, &id);
  g_assert_cmpint (f->now_ms, !=, INT64_MAX);
  assert_done (f, .kind = YL_CONSULT_DO_TIME, .consultation = id);
}

static void
accept_as_county (Fixture *f)
{
  fixture_duty (f->book, "yunshui-cardiology", true, f->now_ms);
  request (f, "cardiology", YL_URGENCY_ROUTINE);
  assert_done (f, .kind = YL_CONSULT_DO_ACCEPT, .account = "county-cardio",
               .post = "yunshui-cardiology");
}

static void
media (Fixture *f, YlSide side, YlSideMedia state)
{
  assert_done (f, .kind = YL_CONSULT_DO_MEDIA, .side = side, .media = state);
}

static void
test_whole_way (Fixture *f, gconstpointer data)
{
  accept_as_county (f);
  assert_state (f, "accepted");
  media (f, YL_SIDE_CLINIC, YL_SIDE_MEDIA_CONNECTED);
  assert_state (f, "waiting");
  f->now_ms += 500;
  media (f, YL_SIDE_EXPERT, YL_SIDE_MEDIA_CONNECTED);
  assert_state (f, "active");
  g_assert_cmpint (one (f)->active_ms, ==, T0_MS + 500);
  media (f, YL_SIDE_CLINIC, YL_SIDE_MEDIA_LOST);
  assert_state (f, "interrupted");
  media (f, YL_SIDE_CLINIC, YL_SIDE_MEDIA_CONNECTED);
  assert_state (f, "active");
  assert_done (f, .kind = YL_CONSULT_DO_CHAT, .account = "clinic",
               .text = "您好");
  const YlOpinion opinion = { "查体无殊", "稳定型心绞痛", "转县医院", "一周" };
  assert_done (f, .kind = YL_CONSULT_DO_SAVE, .account = "county-cardio",
               .opinion = opinion);
  g_assert_nonnull (one (f)->draft);
  assert_refused (f, "wrong-state", .kind = YL_CONSULT_DO_SIGN,
                  .account = "county-cardio", .opinion = opinion);
  f->now_ms += 1000;
  assert_done (f, .kind = YL_CONSULT_DO_END, .account = "clinic");
  assert_state (f, "opinion_pending");
  g_assert_cmpint (one (f)->ended_by, ==, YL_SIDE_CLINIC);
  assert_done (f, .kind = YL_CONSULT_DO_SIGN, .account = "county-cardio",
               .opinion = opinion);
  assert_state (f, "signed");
  g_assert_null (one (f)->draft);
  g_assert_cmpuint (strlen (one (f)->opinion->text), ==, 64);
  assert_refused (f, "wrong-state", .kind = YL_CONSULT_DO_CHAT,
                  .account = "clinic", .text = "谢谢");
  assert_done (f, .kind = YL_CONSULT_DO_ACKNOWLEDGE, .account = "clinic");
  assert_state (f, "closed");
  assert_done (f, .kind = YL_CONSULT_DO_SUPPLEMENT, .account = "county-cardio",
               .text = "补充");
  assert_state (f, "closed");
  g_assert_cmpuint (one (f)->supplements->len, ==, 1);
}

static void
test_first_has_it (Fixture *f, gconstpointer data)
{
  fixture_duty (f->book, "expert-cardiology", true, f->now_ms);
  fixture_duty (f->book, "jiangcheng-cardiology", true, f->now_ms);
  request (f, "cardiology", YL_URGENCY_URGENT);
  assert_rung (f, "expert-cardiology=ringing jiangcheng-cardiology=ringing");
  g_assert_true (yl_consultation_rings (one (f), "expert"));
  assert_done (f, .kind = YL_CONSULT_DO_ACCEPT, .account = "city-cardio",
               .post = "jiangcheng-cardiology");
  assert_rung (f, "expert-cardiology=withdrawn jiangcheng-cardiology=accepted");
  g_assert_false (yl_consultation_rings (one (f), "expert"));
  assert_refused (f, "taken", .kind = YL_CONSULT_DO_ACCEPT, .account = "expert",
                  .post = "expert-cardiology");
  assert_refused (f, "wrong-state", .kind = YL_CONSULT_DO_ACCEPT,
                  .account = "city-cardio", .post = "jiangcheng-cardiology");
}

static void
test_climbs_in_time (Fixture *f, gconstpointer data)
{
  fixture_duty (f->book, "yunshui-cardiology", true, f->now_ms);
  fixture_duty (f->book, "expert-cardiology", true, f->now_ms);
  fixture_duty (f->book, "huaxi-cardiology", true, f->now_ms);
  request (f, "cardiology", YL_URGENCY_ROUTINE);
  assert_rung (f, "yunshui-cardiology=ringing");
  f->now_ms += 59999;
  assert_done (f, .kind = YL_CONSULT_DO_TIME);
  assert_rung (f, "yunshui-cardiology=ringing");
  wait_for_deadline (f);
  g_assert_cmpint (f->now_ms, ==, T0_MS + 60000);
  assert_rung (f, "yunshui-cardiology=no_answer expert-cardiology=ringing");
  wait_for_deadline (f);
  wait_for_deadline (f);
  assert_state (f, "expired");
  g_assert_cmpstr (one (f)->reason, ==, "no_answer");
  assert_rung (f, "yunshui-cardiology=no_answer expert-cardiology=no_answer"
                  " huaxi-cardiology=no_answer");
}

static void
test_emergency_two_levels (Fixture *f, gconstpointer data)
{
  fixture_duty (f->book, "yunshui-cardiology", true, f->now_ms);
  fixture_duty (f->book, "expert-cardiology", true, f->now_ms);
  fixture_duty (f->book, "huaxi-cardiology", true, f->now_ms);
  request (f, "cardiology", YL_URGENCY_EMERGENCY);
  assert_rung (f, "yunshui-cardiology=ringing expert-cardiology=ringing");
  assert_done (f, .kind = YL_CONSULT_DO_DECLINE, .account = "expert",
               .post = "expert-cardiology", .text = "手术中");
  assert_rung (f, "yunshui-cardiology=ringing expert-cardiology=declined");
  wait_for_deadline (f);
  g_assert_cmpint (f->now_ms, ==, T0_MS + 30000);
  assert_rung (f, "yunshui-cardiology=no_answer expert-cardiology=declined"
                  " huaxi-cardiology=ringing");
}

static void
test_all_decline (Fixture *f, gconstpointer data)
{
  fixture_duty (f->book, "yunshui-cardiology", true, f->now_ms);
  fixture_duty (f->book, "expert-cardiology", true, f->now_ms);
  request (f, "cardiology", YL_URGENCY_ROUTINE);
  assert_done (f, .kind = YL_CONSULT_DO_DECLINE, .account = "county-cardio",
               .post = "yunshui-cardiology");
  assert_rung (f, "yunshui-cardiology=declined expert-cardiology=ringing");
  assert_refused (f, "wrong-state", .kind = YL_CONSULT_DO_ACCEPT,
                  .account = "county-cardio", .post = "yunshui-cardiology");
  assert_done (f, .kind = YL_CONSULT_DO_DECLINE, .account = "expert",
               .post = "expert-cardiology");
  assert_state (f, "declined");
}

static void
test_duty_rings_at_once (Fixture *f, gconstpointer data)
{
  request (f, "cardiology", YL_URGENCY_ROUTINE);
  assert_state (f, "requested");
  fixture_duty (f->book, "expert-general", true, f->now_ms);
  assert_state (f, "requested");
  fixture_duty (f->book, "expert-cardiology", true, f->now_ms);
  assert_state (f, "offered");
  /* Nearer, and late: rings beside, until the same deadline. */
  f->now_ms += 1000;
  fixture_duty (f->book, "yunshui-cardiology", true, f->now_ms);
  assert_rung (f, "expert-cardiology=ringing yunshui-cardiology=ringing");
  g_assert_cmpint (((YlClimb *) one (f)->climb->pdata[1])->deadline_ms, ==,
                   T0_MS + 60000);
  /* Further up: waits for its turn. */
  fixture_duty (f->book, "huaxi-cardiology", true, f->now_ms);
  g_assert_cmpuint (one (f)->climb->len, ==, 2);
}

static void
test_off_duty_stops_ringing (Fixture *f, gconstpointer data)
{
  fixture_duty (f->book, "yunshui-cardiology", true, f->now_ms);
  request (f, "cardiology", YL_URGENCY_ROUTINE);
  fixture_duty (f->book, "yunshui-cardiology", false, f->now_ms);
  assert_rung (f, "yunshui-cardiology=withdrawn");
  assert_state (f, "requested");
  fixture_duty (f->book, "yunshui-cardiology", true, f->now_ms);
  assert_rung (f, "yunshui-cardiology=withdrawn yunshui-cardiology=ringing");
  fixture_duty (f->book, "expert-cardiology", true, f->now_ms);
  fixture_duty (f->book, "yunshui-cardiology", false, f->now_ms);
  assert_state (f, "offered");
  g_assert_true (yl_consultation_rings (one (f), "expert"));
}

static void
test_patience_ends (Fixture *f, gconstpointer data)
{
  request (f, "dermatology", YL_URGENCY_ROUTINE);
  wait_for_deadline (f);
  g_assert_cmpint (f->now_ms, ==, T0_MS + 1800000);
  assert_state (f, "expired");
  g_assert_cmpstr (one (f)->reason, ==, "nobody_on_duty");
  const char *id;
  g_assert_cmpint (yl_consult_book_deadline_ms (f->book, &id), ==, INT64_MAX);
}

static void
test_redirect (Fixture *f, gconstpointer data)
{
  fixture_duty (f->book, "yunshui-general", true, f->now_ms);
  fixture_duty (f->book, "lianhua-general", true, f->now_ms);
  fixture_duty (f->book, "yunshui-cardiology", true, f->now_ms);
  request (f, "general", YL_URGENCY_ROUTINE);
  assert_rung (f, "lianhua-general=ringing");
  assert_refused (f, "invalid-params", .kind = YL_CONSULT_DO_REDIRECT,
                  .account = "township", .post = "lianhua-general",
                  .department = "astrology");
  assert_done (f, .kind = YL_CONSULT_DO_REDIRECT, .account = "township",
               .post = "lianhua-general", .department = "cardiology",
               .text = "疑似心绞痛");
  assert_rung (f, "lianhua-general=redirected yunshui-cardiology=ringing");
  g_assert_cmpstr (rung_at (f, 0)->reason, ==, "疑似心绞痛");
  g_assert_cmpstr (one (f)->department.id, ==, "cardiology");
  assert_done (f, .kind = YL_CONSULT_DO_ACCEPT, .account = "county-cardio",
               .post = "yunshui-cardiology");
  media (f, YL_SIDE_EXPERT, YL_SIDE_MEDIA_CONNECTED);
  assert_state (f, "waiting");
  /* Its expert may send it on too; it never comes back to who did. */
  assert_done (f, .kind = YL_CONSULT_DO_REDIRECT, .account = "county-cardio",
               .post = "yunshui-cardiology", .department = "general");
  assert_rung (f, "lianhua-general=redirected yunshui-cardiology=redirected"
                  " yunshui-general=ringing");
  g_assert_null (rung_at (f, 1)->reason);
  g_assert_null (one (f)->expert);
  g_assert_cmpint (one (f)->media[YL_SIDE_EXPERT], ==, YL_SIDE_MEDIA_NONE);
  assert_refused (f, "not-found", .kind = YL_CONSULT_DO_END,
                  .account = "trainer");
  assert_refused (f, "no-right", .kind = YL_CONSULT_DO_END,
                  .account = "county-cardio");
}

static void
test_cancel (Fixture *f, gconstpointer data)
{
  fixture_duty (f->book, "yunshui-cardiology", true, f->now_ms);
  request (f, "cardiology", YL_URGENCY_ROUTINE);
  assert_refused (f, "no-right", .kind = YL_CONSULT_DO_CANCEL,
                  .account = "county-cardio");
  assert_done (f, .kind = YL_CONSULT_DO_CANCEL, .account = "clinic");
  assert_state (f, "cancelled");
  assert_rung (f, "yunshui-cardiology=withdrawn");
  assert_refused (f, "wrong-state", .kind = YL_CONSULT_DO_ACCEPT,
                  .account = "county-cardio", .post = "yunshui-cardiology");
}

static void
test_strangers (Fixture *f, gconstpointer data)
{
  accept_as_county (f);
  assert_refused (f, "not-found", .kind = YL_CONSULT_DO_CHAT,
                  .account = "clinic2", .text = "x");
  assert_refused (f, "not-found", .kind = YL_CONSULT_DO_CANCEL,
                  .account = "clinic2");
  assert_refused (f, "no-right", .kind = YL_CONSULT_DO_ACCEPT,
                  .account = "clinic2", .post = "shiqiao-doctor");
  assert_refused (f, "not-found", .kind = YL_CONSULT_DO_ACCEPT,
                  .account = "expert", .post = "expert-cardiology");
  assert_refused (f, "not-found", .kind = YL_CONSULT_DO_CHAT,
                  .account = "clinic", .consultation = "c2", .text = "x");
  assert_refused (f, "no-right", .kind = YL_CONSULT_DO_DUTY_SET,
                  .account = "expert", .post = "yunshui-cardiology",
                  .on = true);
  assert_refused (f, "no-right", .kind = YL_CONSULT_DO_DUTY_SET,
                  .account = "clinic", .post = "qinghe-doctor", .on = true);
  YlConsultCommand forged =
      fixture_request ("c3", "general", YL_URGENCY_ROUTINE);
  forged.post = "shiqiao-doctor";
  assert_refused (f, "no-right", .kind = YL_CONSULT_DO_REQUEST,
                  .account = "clinic", .post = "shiqiao-doctor");
  g_assert_cmpint (fixture_do (f->book, &forged, f->now_ms, NULL).kind, ==,
                   YL_REFUSAL_NO_RIGHT);
}

static char *
long_text (size_t characters)
{
  GString *text = g_string_new (NULL);
  for (size_t i = 0; i < characters; i++)
    g_string_append (text, "医");
  return g_string_free (text, FALSE);
}

static void
test_bounds (Fixture *f, gconstpointer data)
{
  accept_as_county (f);
  g_autofree char *fits = long_text (YL_CONSULT_CHAT_MAX);
  g_autofree char *over = long_text (YL_CONSULT_CHAT_MAX + 1);
  assert_done (f, .kind = YL_CONSULT_DO_CHAT, .account = "clinic",
               .text = fits);
  assert_refused (f, "too-large", .kind = YL_CONSULT_DO_CHAT,
                  .account = "clinic", .text = over);
  assert_refused (f, "invalid-params", .kind = YL_CONSULT_DO_CHAT,
                  .account = "clinic", .text = "");
  assert_refused (f, "invalid-params", .kind = YL_CONSULT_DO_CHAT,
                  .account = "clinic", .text = "\xff");
  g_autofree char *opinion = long_text (YL_CONSULT_OPINION_MAX + 1);
  const YlConsultCommand save = { .kind = YL_CONSULT_DO_SAVE,
                                  .account = "county-cardio",
                                  .consultation = "c1",
                                  .opinion = { .advice = opinion } };
  const YlRefusal refusal = fixture_do (f->book, &save, f->now_ms, NULL);
  g_assert_cmpint (refusal.kind, ==, YL_REFUSAL_TOO_LARGE);
  g_assert_cmpstr (refusal.param, ==, "advice");

  YlConsultCommand bad = fixture_request ("c9", "general", 0);
  bad.consent.read = false;
  g_assert_cmpstr (fixture_do (f->book, &bad, f->now_ms, NULL).param, ==,
                   "consent.read");
  bad = fixture_request ("c9", "general", 0);
  bad.patient.age = YL_CONSULT_AGE_MAX + 1;
  g_assert_cmpstr (fixture_do (f->book, &bad, f->now_ms, NULL).param, ==,
                   "patient.age");
  bad = fixture_request ("c9", "general", 0);
  bad.id = "has a space";
  g_assert_cmpstr (fixture_do (f->book, &bad, f->now_ms, NULL).param, ==,
                   "command");
}

static void
test_too_many_open (Fixture *f, gconstpointer data)
{
  for (unsigned i = 0; i < 20; i++) {
    g_autofree char *id = g_strdup_printf ("m%u", i);
    const YlConsultCommand command =
        fixture_request (id, "general", YL_URGENCY_ROUTINE);
    g_assert_cmpint (fixture_do (f->book, &command, f->now_ms, NULL).kind, ==,
                     YL_REFUSAL_NONE);
  }
  const YlConsultCommand more =
      fixture_request ("c1", "general", YL_URGENCY_ROUTINE);
  g_assert_cmpint (fixture_do (f->book, &more, f->now_ms, NULL).kind, ==,
                   YL_REFUSAL_BUSY);
}

static void
test_repeated_command (Fixture *f, gconstpointer data)
{
  YlConsultCommand command =
      fixture_request ("c1", "general", YL_URGENCY_ROUTINE);
  command.id = "first-1";
  g_assert_cmpint (fixture_do (f->book, &command, f->now_ms, NULL).kind, ==,
                   YL_REFUSAL_NONE);
  const uint64_t seq = yl_consult_book_seq (f->book);
  command.consultation = "c2";
  g_assert_cmpint (fixture_do (f->book, &command, f->now_ms, NULL).kind, ==,
                   YL_REFUSAL_NONE);
  g_assert_cmpuint (yl_consult_book_seq (f->book), ==, seq);
  g_assert_null (yl_consult_book_find (f->book, "c2"));
  const char *consultation;
  uint64_t answer;
  g_assert_true (yl_consult_book_answered (f->book, "clinic", "first-1",
                                           &consultation, &answer));
  g_assert_cmpstr (consultation, ==, "c1");
  g_assert_cmpuint (answer, ==, 1);
  /* Another account's id is another id. */
  g_assert_false (yl_consult_book_answered (f->book, "clinic2", "first-1",
                                            &consultation, &answer));
}

static void
test_draft_leaves_with_its_expert (Fixture *f, gconstpointer data)
{
  accept_as_county (f);
  assert_done (f, .kind = YL_CONSULT_DO_SAVE, .account = "county-cardio",
               .opinion = { .findings = "x" });
  const uint64_t seq = yl_consult_book_seq (f->book);
  assert_done (f, .kind = YL_CONSULT_DO_SAVE, .account = "county-cardio",
               .opinion = { .findings = "y" });
  g_assert_cmpuint (yl_consult_book_seq (f->book), ==, seq);
  assert_done (f, .kind = YL_CONSULT_DO_REDIRECT, .account = "county-cardio",
               .post = "yunshui-cardiology", .department = "general");
  g_assert_null (one (f)->draft);
}

static void
test_media_before_acceptance (Fixture *f, gconstpointer data)
{
  fixture_duty (f->book, "yunshui-cardiology", true, f->now_ms);
  request (f, "cardiology", YL_URGENCY_ROUTINE);
  media (f, YL_SIDE_CLINIC, YL_SIDE_MEDIA_CONNECTED);
  assert_state (f, "offered");
  assert_refused (f, "wrong-state", .kind = YL_CONSULT_DO_MEDIA,
                  .side = YL_SIDE_EXPERT, .media = YL_SIDE_MEDIA_CONNECTED);
  assert_done (f, .kind = YL_CONSULT_DO_ACCEPT, .account = "county-cardio",
               .post = "yunshui-cardiology");
  assert_state (f, "waiting");
}

#define ADD(name, function)                                             \
  g_test_add ("/consult/decide/" name, Fixture, NULL, set_up, function, \
              tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("whole-way", test_whole_way);
  ADD ("first-has-it", test_first_has_it);
  ADD ("climbs-in-time", test_climbs_in_time);
  ADD ("emergency-two-levels", test_emergency_two_levels);
  ADD ("all-decline", test_all_decline);
  ADD ("duty-rings-at-once", test_duty_rings_at_once);
  ADD ("off-duty-stops-ringing", test_off_duty_stops_ringing);
  ADD ("patience-ends", test_patience_ends);
  ADD ("redirect", test_redirect);
  ADD ("cancel", test_cancel);
  ADD ("strangers", test_strangers);
  ADD ("bounds", test_bounds);
  ADD ("too-many-open", test_too_many_open);
  ADD ("repeated-command", test_repeated_command);
  ADD ("draft-leaves-with-its-expert", test_draft_leaves_with_its_expert);
  ADD ("media-before-acceptance", test_media_before_acceptance);
  return g_test_run ();
}
