#include "consult/consult.h"

#include "fixture.h"

#include <string.h>

static YlParty *
party (void)
{
  return yl_party_new (&(YlParty){
      .post = "qinghe-doctor",
      .account = "clinic",
      .name = { "林小禾", "Lin \"X\" \\ Xiaohe" },
      .organisation = { "qinghe", { "青禾", "Qinghe" }, YL_LEVEL_VILLAGE },
      .department = { "general", { "全科", "General" } },
  });
}

/* One event of each kind with everything that kind carries. */
static YlConsultEvent *
sample (YlEventKind kind)
{
  YlParty *one = party ();
  g_autoptr (GPtrArray) rung = g_ptr_array_new ();
  g_ptr_array_add (rung, one);
  g_ptr_array_add (rung, one);
  const YlConsultEvent like = {
    .kind = kind,
    .seq = kind == YL_EVENT_DRAFT ? 0 : 7,
    .at_ms = T0_MS,
    .consultation = kind == YL_EVENT_DUTY ? NULL : "c-1",
    .account = "clinic",
    .command = "cmd-1",
    .post = "expert-cardiology",
    .text = "line\nnext\t\"quoted\" \\ \x01 医",
    .party = one,
    .department = { "cardiology", { "心内科", "Cardiology" } },
    .urgency = YL_URGENCY_EMERGENCY,
    .patient = { YL_SEX_OTHER, 61, "胸闷", "" },
    .question = "?",
    .consent = { true, "林", T0_MS - 1 },
    .level = YL_LEVEL_CITY,
    .deadline_ms = T0_MS + 60000,
    .rung = rung,
    .side = YL_SIDE_EXPERT,
    .media = YL_SIDE_MEDIA_LOST,
    .on = true,
    .opinion = { "a", "b", "", "d" },
  };
  YlConsultEvent *event = yl_consult_event_new (&like);
  yl_party_unref (one);
  return event;
}

static void
test_round_trip (void)
{
  for (unsigned kind = 0; kind < YL_N_EVENT_KINDS; kind++) {
    const YlConsultEvent *event = sample (kind);
    g_autofree char *text = yl_consult_event_encode (event);
    g_autoptr (GError) error = NULL;
    g_assert_null (strchr (text, '\n'));
    const YlConsultEvent *back =
        yl_consult_event_decode (text, strlen (text), 7, &error);
    g_assert_no_error (error);
    g_assert_cmpint (back->kind, ==, kind);
    g_assert_cmpuint (back->seq, ==, event->seq);
    g_assert_cmpint (back->at_ms, ==, event->at_ms);
    g_assert_cmpstr (back->command, ==, event->command);
    g_autofree char *again = yl_consult_event_encode (back);
    g_assert_cmpstr (text, ==, again);
    yl_consult_event_unref (back);
    yl_consult_event_unref (event);
  }
}

/* Everything an event can carry is carried by some kind and comes back. */
static void
test_members (void)
{
  const YlConsultEvent *event = sample (YL_EVENT_REQUESTED);
  g_autofree char *text = yl_consult_event_encode (event);
  const YlConsultEvent *back =
      yl_consult_event_decode (text, strlen (text), 7, NULL);
  g_assert_cmpstr (back->party->name.en, ==, event->party->name.en);
  g_assert_cmpint (back->party->organisation.level, ==, YL_LEVEL_VILLAGE);
  g_assert_cmpstr (back->party->department.name.zh, ==, "全科");
  g_assert_cmpint (back->urgency, ==, YL_URGENCY_EMERGENCY);
  g_assert_cmpint (back->patient.sex, ==, YL_SEX_OTHER);
  g_assert_cmpint (back->patient.age, ==, 61);
  g_assert_cmpstr (back->patient.summary, ==, "");
  g_assert_true (back->consent.read);
  g_assert_cmpint (back->consent.at_ms, ==, T0_MS - 1);
  yl_consult_event_unref (back);
  yl_consult_event_unref (event);

  event = sample (YL_EVENT_RINGING);
  g_autofree char *ringing = yl_consult_event_encode (event);
  back = yl_consult_event_decode (ringing, strlen (ringing), 7, NULL);
  g_assert_cmpint (back->level, ==, YL_LEVEL_CITY);
  g_assert_cmpint (back->deadline_ms, ==, T0_MS + 60000);
  g_assert_cmpuint (back->rung->len, ==, 2);
  yl_consult_event_unref (back);
  yl_consult_event_unref (event);

  event = sample (YL_EVENT_SIGNED);
  g_autofree char *opinion = yl_consult_event_encode (event);
  back = yl_consult_event_decode (opinion, strlen (opinion), 7, NULL);
  g_assert_cmpstr (back->text, ==, event->text);
  g_assert_cmpstr (back->opinion.findings, ==, "a");
  g_assert_cmpstr (back->opinion.follow_up, ==, "d");
  yl_consult_event_unref (back);
  yl_consult_event_unref (event);
}

static void
test_truncations (void)
{
  for (unsigned kind = 0; kind < YL_N_EVENT_KINDS; kind++) {
    const YlConsultEvent *event = sample (kind);
    g_autofree char *text = yl_consult_event_encode (event);
    for (size_t size = 0; size < strlen (text); size++) {
      g_autoptr (GError) error = NULL;
      g_assert_null (yl_consult_event_decode (text, size, 7, &error));
      g_assert_error (error, YL_CONSULT_ERROR, YL_CONSULT_ERROR_MALFORMED);
    }
    yl_consult_event_unref (event);
  }
}

static void
test_missing_or_wrong (void)
{
  static const char *const bad[] = {
    "{}",
    "[]",
    "null",
    "{\"v\":1}",
    "{\"v\":1,\"kind\":\"chat\",\"at\":1}",
    "{\"v\":1,\"kind\":\"nonsense\",\"at\":1,\"consultation\":\"c\"}",
    "{\"v\":1,\"kind\":\"accepted\",\"at\":1,\"consultation\":\"c\"}",
    "{\"v\":1,\"kind\":\"accepted\",\"at\":1,\"consultation\":\"c\","
    "\"post\":7}",
    "{\"v\":1,\"kind\":\"accepted\",\"at\":\"1\",\"consultation\":"
    "\"c\",\"post\":\"p\"}",
    "{\"v\":1,\"kind\":\"duty\",\"at\":1,\"consultation\":\"c\","
    "\"post\":\"p\",\"on\":true}",
    "{\"v\":1,\"kind\":\"ringing\",\"at\":1,\"consultation\":\"c\","
    "\"level\":\"city\",\"deadline\":1,\"rung\":[]}",
    "{\"v\":1,\"kind\":\"ringing\",\"at\":1,\"consultation\":\"c\","
    "\"level\":\"city\",\"deadline\":1,\"rung\":[{}]}",
    "{\"v\":1,\"kind\":\"draft\",\"at\":1,\"consultation\":\"c\","
    "\"opinion\":{\"findings\":\"\"}}"
  };
  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_test_message ("%s", bad[i]);
    g_assert_null (
        yl_consult_event_decode (bad[i], strlen (bad[i]), 7, &error));
    g_assert_error (error, YL_CONSULT_ERROR, YL_CONSULT_ERROR_MALFORMED);
  }
}

static void
test_version (void)
{
  static const char newer[] = "{\"v\":2,\"kind\":\"telepathy\"}";
  g_autoptr (GError) error = NULL;
  g_assert_null (yl_consult_event_decode (newer, sizeof newer - 1, 7, &error));
  g_assert_error (error, YL_CONSULT_ERROR, YL_CONSULT_ERROR_VERSION);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/consult/event-json/round-trip", test_round_trip);
  g_test_add_func ("/consult/event-json/members", test_members);
  g_test_add_func ("/consult/event-json/truncations", test_truncations);
  g_test_add_func ("/consult/event-json/missing-or-wrong",
                   test_missing_or_wrong);
  g_test_add_func ("/consult/event-json/version", test_version);
  return g_test_run ();
}
