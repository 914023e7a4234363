/* test-model.c: random commands, checked against a table written by hand from
 * the protocol, and against the state rebuilt from the events alone */
#include "consult/consult.h"

#include "fixture.h"

#include "base/random.h"

#include <string.h>

#define RUNS 60u
#define STEPS 250u
#define CONSULTATIONS 15u

/* Which state a command can lead to from which, by an asker who may. Letters:
 * q requested, o offered, a accepted, w waiting, v active, i interrupted,
 * p opinion pending, s signed, c closed, d declined, x cancelled, e expired.
 * "-" where the command is refused in that state. */
static const char LETTERS[] = "qoawvipscdxe";

static const struct {
  YlConsultCommandKind kind;
  const char *to[YL_CONSULT_N_STATES]; /* by the state before */
} TABLE[] = {
  /*                           q      o       a       w      v     i     p    s
     c    d    x    e */
  { YL_CONSULT_DO_CANCEL,
    { "x", "x", "x", "x", "-", "-", "-", "-", "-", "-", "-", "-" } },
  { YL_CONSULT_DO_ACCEPT,
    { "-", "aw", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-" } },
  { YL_CONSULT_DO_DECLINE,
    { "-", "qoed", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-" } },
  { YL_CONSULT_DO_REDIRECT,
    { "-", "qo", "qo", "qo", "-", "-", "-", "-", "-", "-", "-", "-" } },
  { YL_CONSULT_DO_END,
    { "-", "-", "p", "p", "p", "p", "-", "-", "-", "-", "-", "-" } },
  { YL_CONSULT_DO_CHAT,
    { "-", "-", "a", "w", "v", "i", "p", "-", "-", "-", "-", "-" } },
  { YL_CONSULT_DO_SAVE,
    { "-", "-", "a", "w", "v", "i", "p", "-", "-", "-", "-", "-" } },
  { YL_CONSULT_DO_SIGN,
    { "-", "-", "-", "-", "-", "-", "s", "-", "-", "-", "-", "-" } },
  { YL_CONSULT_DO_SUPPLEMENT,
    { "-", "-", "-", "-", "-", "-", "-", "s", "c", "-", "-", "-" } },
  { YL_CONSULT_DO_ACKNOWLEDGE,
    { "-", "-", "-", "-", "-", "-", "-", "c", "-", "-", "-", "-" } },
  { YL_CONSULT_DO_MEDIA,
    { "q", "o", "aw", "awv", "vi", "vi", "-", "-", "-", "-", "-", "-" } },
  { YL_CONSULT_DO_TIME,
    { "qe", "qoed", "a", "w", "v", "i", "p", "s", "c", "d", "x", "e" } },
};

/* Who asks for what by right: the clinic, an expert who rings, its expert. */
static bool
may_ask (YlConsultCommandKind kind, YlRelation relation)
{
  switch (kind) {
  case YL_CONSULT_DO_CANCEL:
  case YL_CONSULT_DO_ACKNOWLEDGE:
    return relation == YL_RELATION_CLINIC;
  case YL_CONSULT_DO_ACCEPT:
  case YL_CONSULT_DO_DECLINE:
    return relation == YL_RELATION_RUNG;
  case YL_CONSULT_DO_REDIRECT:
    return relation == YL_RELATION_RUNG || relation == YL_RELATION_EXPERT;
  case YL_CONSULT_DO_END:
  case YL_CONSULT_DO_CHAT:
    return relation == YL_RELATION_CLINIC || relation == YL_RELATION_EXPERT;
  case YL_CONSULT_DO_SAVE:
  case YL_CONSULT_DO_SIGN:
  case YL_CONSULT_DO_SUPPLEMENT:
    return relation == YL_RELATION_EXPERT;
  default:
    return true;
  }
}

typedef struct {
  YlRandom random;
  YlConsultBook *book;
  GPtrArray *log; /* every event there was */
  int64_t now_ms;
  unsigned accepted; /* commands that did something */
  unsigned refused;
} Model;

static unsigned
pick (Model *m, unsigned n)
{
  return yl_random_u32 (&m->random) % n;
}

static char
letter (const YlConsultBook *book, const char *id)
{
  const YlConsultation *one = yl_consult_book_find (book, id);
  return one != NULL ? LETTERS[one->state] : '?';
}

/* What must hold of every state, whatever happened. */
static void
check_invariants (const YlConsultation *one)
{
  unsigned ringing = 0, accepted = 0;
  for (guint c = 0; c < one->climb->len; c++) {
    const YlClimb *climb = one->climb->pdata[c];
    unsigned here = 0;
    for (guint i = 0; i < climb->rung->len; i++) {
      const YlRung *rung = &g_array_index (climb->rung, YlRung, i);
      here += rung->state == YL_RUNG_RINGING;
      accepted += rung->state == YL_RUNG_ACCEPTED && c >= one->round;
      g_assert_cmpint (rung->state == YL_RUNG_RINGING, ==,
                       rung->ended_seq == 0);
      g_assert_cmpstr (rung->party->account, !=, one->request->party->account);
    }
    g_assert_cmpint (here > 0, ==, climb->ended_ms == 0);
    g_assert_true (here == 0 || c >= one->round);
    ringing += here;
  }
  g_assert_cmpint (ringing > 0, ==, one->state == YL_CONSULT_OFFERED);
  const bool taken =
      one->state >= YL_CONSULT_ACCEPTED && one->state <= YL_CONSULT_CLOSED;
  if (one->state != YL_CONSULT_CANCELLED)
    g_assert_cmpint (one->expert != NULL, ==, taken);
  g_assert_cmpuint (accepted, ==, one->expert != NULL);
  g_assert_cmpint (one->active_ms != 0 && one->state < YL_CONSULT_ACTIVE, ==,
                   false);
  g_assert_cmpint (one->ended_ms != 0, ==,
                   one->state >= YL_CONSULT_OPINION_PENDING);
  g_assert_cmpint (one->opinion != NULL, ==,
                   one->state == YL_CONSULT_SIGNED
                       || one->state == YL_CONSULT_CLOSED);
}

static void
check_all (Model *m)
{
  for (unsigned i = 0; i < CONSULTATIONS; i++) {
    g_autofree char *id = g_strdup_printf ("c%u", i);
    const YlConsultation *one = yl_consult_book_find (m->book, id);
    if (one != NULL)
      check_invariants (one);
  }
}

/* The post by which @account is rung, or was. */
static const char *
post_for (const YlConsultation *one, const char *account)
{
  const char *post = "none";
  for (guint c = 0; c < one->climb->len; c++) {
    const YlClimb *climb = one->climb->pdata[c];
    for (guint i = 0; i < climb->rung->len; i++) {
      const YlRung *rung = &g_array_index (climb->rung, YlRung, i);
      if (g_str_equal (rung->party->account, account))
        post = rung->party->post;
    }
  }
  return post;
}

static const char *const EXPERTS[] = { "county-cardio",  "expert",
                                       "city-cardio",    "heart",
                                       "county-general", "township",
                                       "demo-expert" };
static const char *const DUTIES[][2] = {
  { "county-cardio", "yunshui-cardiology" },
  { "expert", "expert-cardiology" },
  { "expert", "expert-general" },
  { "city-cardio", "jiangcheng-cardiology" },
  { "heart", "huaxi-cardiology" },
  { "county-general", "yunshui-general" },
  { "township", "lianhua-general" },
  { "demo-expert", "demo-expert-general" }
};
static const char *const DEPARTMENTS[] = { "cardiology", "general" };

static void
step_command (Model *m, const char *id)
{
  const YlConsultation *one = yl_consult_book_find (m->book, id);
  const unsigned row = pick (m, G_N_ELEMENTS (TABLE));
  const char *account =
      pick (m, 3) == 0 ? "clinic" : EXPERTS[pick (m, G_N_ELEMENTS (EXPERTS))];
  if (one->expert != NULL && pick (m, 2) == 0)
    account = one->expert->account;
  YlConsultCommand command = {
    .kind = TABLE[row].kind,
    .account = account,
    .consultation = id,
    .post = post_for (one, account),
    .department = DEPARTMENTS[pick (m, 2)],
    .text = "x",
    .opinion = { .diagnosis = pick (m, 2) ? "y" : "z" },
    .side = (YlSide) pick (m, YL_N_SIDES),
    .media = (YlSideMedia) pick (m, YL_N_SIDE_MEDIA),
  };
  if (command.kind == YL_CONSULT_DO_MEDIA || command.kind == YL_CONSULT_DO_TIME)
    command.account = NULL;
  const YlRelation relation = yl_consultation_relation (one, account);
  const YlConsultState before = one->state;
  const char *to = TABLE[row].to[before];
  bool expected = may_ask (command.kind, relation) && *to != '-';
  if (command.kind == YL_CONSULT_DO_MEDIA && one->expert == NULL
      && command.side == YL_SIDE_EXPERT)
    expected = false;
  if (command.kind == YL_CONSULT_DO_REDIRECT
      && (one->redirects >= YL_CONSULT_REDIRECTS_MAX))
    expected = false;
  const YlRefusal refusal = fixture_do (m->book, &command, m->now_ms, m->log);
  g_assert_cmpint (refusal.kind == YL_REFUSAL_NONE, ==, expected);
  if (!expected) {
    m->refused++;
    g_assert_cmpint (letter (m->book, id), ==, LETTERS[before]);
    return;
  }
  m->accepted++;
  g_assert_nonnull (strchr (to, letter (m->book, id)));
}

static void
step (Model *m)
{
  g_autofree char *id = g_strdup_printf ("c%u", pick (m, CONSULTATIONS));
  m->now_ms += pick (m, 4) == 0 ? pick (m, 40000) : pick (m, 500);
  if (yl_consult_book_find (m->book, id) == NULL) {
    const YlConsultCommand request = fixture_request (
        id, DEPARTMENTS[pick (m, 2)], (YlUrgency) pick (m, YL_N_URGENCIES));
    g_assert_cmpint (fixture_do (m->book, &request, m->now_ms, m->log).kind, ==,
                     YL_REFUSAL_NONE);
  } else if (pick (m, 5) == 0) {
    const unsigned i = pick (m, G_N_ELEMENTS (DUTIES));
    const YlConsultCommand duty = { .kind = YL_CONSULT_DO_DUTY_SET,
                                    .account = DUTIES[i][0],
                                    .post = DUTIES[i][1],
                                    .on = pick (m, 3) > 0 };
    g_assert_cmpint (fixture_do (m->book, &duty, m->now_ms, m->log).kind, ==,
                     YL_REFUSAL_NONE);
  } else {
    step_command (m, id);
  }
  check_all (m);
}

static void
dump_book (GString *out, const YlConsultBook *book)
{
  g_autoptr (GPtrArray) posts = yl_duty_posts (yl_consult_book_duty (book));
  for (guint i = 0; i < posts->len; i++)
    g_string_append_printf (out, "duty %s\n", (char *) posts->pdata[i]);
  for (unsigned i = 0; i < CONSULTATIONS; i++) {
    g_autofree char *id = g_strdup_printf ("c%u", i);
    if (yl_consult_book_find (book, id) != NULL)
      fixture_dump (out, yl_consult_book_find (book, id));
  }
}

/* Through text and back: replay (events) == state. */
static void
check_replay (const Model *m)
{
  g_autoptr (YlConsultBook) again = fixture_book ();
  g_autoptr (GString) a = g_string_new (NULL);
  g_autoptr (GString) b = g_string_new (NULL);
  for (guint i = 0; i < m->log->len; i++) {
    const YlConsultEvent *event = m->log->pdata[i];
    g_autofree char *text = yl_consult_event_encode (event);
    g_autoptr (GError) error = NULL;
    const YlConsultEvent *back =
        yl_consult_event_decode (text, strlen (text), event->seq, &error);
    g_assert_no_error (error);
    g_assert_true (yl_consult_apply (again, back));
    yl_consult_event_unref (back);
  }
  dump_book (a, m->book);
  dump_book (b, again);
  g_assert_cmpstr (a->str, ==, b->str);
}

/* A copy is equal and shares nothing that changes. */
static void
check_copies (const Model *m)
{
  for (unsigned i = 0; i < CONSULTATIONS; i++) {
    g_autofree char *id = g_strdup_printf ("c%u", i);
    const YlConsultation *one = yl_consult_book_find (m->book, id);
    if (one == NULL)
      continue;
    g_autoptr (YlConsultation) copy = yl_consultation_copy (one);
    g_autoptr (GString) a = g_string_new (NULL);
    g_autoptr (GString) b = g_string_new (NULL);
    fixture_dump (a, one);
    fixture_dump (b, copy);
    g_assert_cmpstr (a->str, ==, b->str);
  }
}

static void
test_random (void)
{
  unsigned accepted = 0, refused = 0;
  for (unsigned run = 0; run < RUNS; run++) {
    Model m = { .now_ms = T0_MS };
    const uint64_t seed = (uint64_t) g_test_rand_int ();
    g_test_message ("seed %" G_GUINT64_FORMAT, seed);
    yl_random_init_seeded (&m.random, seed);
    m.book = fixture_book ();
    m.log = fixture_events ();
    for (unsigned i = 0; i < STEPS; i++)
      step (&m);
    check_replay (&m);
    check_copies (&m);
    accepted += m.accepted;
    refused += m.refused;
    g_ptr_array_unref (m.log);
    yl_consult_book_free (m.book);
  }
  g_test_message ("%u commands went, %u were refused", accepted, refused);
  g_assert_cmpuint (accepted, >, RUNS * 20);
  g_assert_cmpuint (refused, >, RUNS * 20);
}

/* An event out of its place changes nothing. */
static void
test_events_out_of_place (void)
{
  Model m = { .now_ms = T0_MS };
  yl_random_init_seeded (&m.random, 7);
  m.book = fixture_book ();
  m.log = fixture_events ();
  for (unsigned i = 0; i < STEPS; i++)
    step (&m);
  g_autoptr (YlConsultBook) again = fixture_book ();
  for (unsigned i = 0; i < 500; i++) {
    const YlConsultEvent *event = m.log->pdata[pick (&m, m.log->len)];
    const uint64_t seq = yl_consult_book_seq (again);
    const bool next = event->seq == seq + 1;
    if (event->kind != YL_EVENT_DRAFT && !next)
      g_assert_false (yl_consult_apply (again, event));
    else
      yl_consult_apply (again, event);
  }
  g_ptr_array_unref (m.log);
  yl_consult_book_free (m.book);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/consult/model/random", test_random);
  g_test_add_func ("/consult/model/events-out-of-place",
                   test_events_out_of_place);
  return g_test_run ();
}
