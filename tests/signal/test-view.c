#include "signal/view.h"

#include "../consult/fixture.h"

#include <string.h>

/* A consultation in cardiology that `expert` is rung for. */
static YlConsultBook *
book_offered (void)
{
  YlConsultBook *book = fixture_book ();
  fixture_duty (book, "expert-cardiology", true, T0_MS);
  const YlConsultCommand request =
      fixture_request ("c1", "cardiology", YL_URGENCY_URGENT);
  g_assert_cmpint (fixture_do (book, &request, T0_MS, NULL).kind, ==,
                   YL_REFUSAL_NONE);
  return book;
}

static void
run (YlConsultBook *book, YlConsultCommand command)
{
  command.consultation = "c1";
  g_assert_cmpint (fixture_do (book, &command, T0_MS + 1000, NULL).kind, ==,
                   YL_REFUSAL_NONE);
}

static JsonObject *
view (const YlConsultBook *book, const char *account, bool summary)
{
  const YlViewContext context = {
    .account = account,
    .summary = summary,
    .sides[YL_SIDE_CLINIC] = { .present = true, .connecting = true },
  };
  g_autoptr (JsonNode) node =
      yl_view_consultation (yl_consult_book_find (book, "c1"), &context);
  return json_object_ref (json_node_get_object (node));
}

static const char *
text (JsonObject *object, const char *path)
{
  g_auto (GStrv) names = g_strsplit (path, ".", -1);
  char **name = names;
  for (; name[1] != NULL; name++)
    object = json_object_get_object_member (object, *name);
  return json_object_get_string_member_with_default (object, *name, NULL);
}

static void
test_rung (void)
{
  g_autoptr (YlConsultBook) book = book_offered ();
  g_autoptr (JsonObject) expert = view (book, "expert", false);
  g_assert_cmpstr (text (expert, "state"), ==, "offered");
  g_assert_cmpstr (text (expert, "mine"), ==, "rung");
  g_assert_cmpstr (text (expert, "urgency"), ==, "urgent");
  g_assert_cmpstr (text (expert, "clinic.organisation.level"), ==, "village");
  g_assert_cmpstr (text (expert, "patient.sex"), ==, "female");
  g_assert_true (json_object_get_boolean_member (expert, "ringing"));
  g_assert_true (json_object_get_null_member (expert, "expert"));
  JsonObject *climb = json_array_get_object_element (
      json_object_get_array_member (expert, "climb"), 0);
  JsonObject *rung = json_array_get_object_element (
      json_object_get_array_member (climb, "rung"), 0);
  g_assert_cmpstr (text (rung, "post"), ==, "expert-cardiology");
  g_assert_cmpstr (text (rung, "state"), ==, "ringing");
  g_autoptr (JsonObject) clinic = view (book, "clinic", false);
  g_assert_cmpstr (text (clinic, "mine"), ==, "clinic");
  g_assert_false (json_object_get_boolean_member (clinic, "ringing"));
}

static void
test_sides (void)
{
  g_autoptr (YlConsultBook) book = book_offered ();
  g_autoptr (JsonObject) before = view (book, "clinic", false);
  g_assert_cmpstr (text (before, "sides.clinic.media"), ==, "connecting");
  g_assert_cmpstr (text (before, "sides.expert.media"), ==, "none");
  run (book, (YlConsultCommand){ .kind = YL_CONSULT_DO_ACCEPT,
                                 .account = "expert",
                                 .post = "expert-cardiology" });
  run (book, (YlConsultCommand){ .kind = YL_CONSULT_DO_MEDIA,
                                 .side = YL_SIDE_CLINIC,
                                 .media = YL_SIDE_MEDIA_CONNECTED });
  g_autoptr (JsonObject) after = view (book, "clinic", false);
  g_assert_cmpstr (text (after, "sides.clinic.media"), ==, "connected");
  g_assert_cmpstr (text (after, "mine"), ==, "clinic");
  g_assert_cmpstr (text (after, "expert.doctor.name.en"), ==, "Shen Zhiyuan");
}

/* A draft is its writer's alone; a signed opinion is for both. */
static void
test_opinion (void)
{
  g_autoptr (YlConsultBook) book = book_offered ();
  const YlOpinion opinion = { .findings = "f",
                              .diagnosis = "d",
                              .advice = "a" };
  run (book, (YlConsultCommand){ .kind = YL_CONSULT_DO_ACCEPT,
                                 .account = "expert",
                                 .post = "expert-cardiology" });
  run (book, (YlConsultCommand){ .kind = YL_CONSULT_DO_SAVE,
                                 .account = "expert",
                                 .opinion = opinion });
  g_autoptr (JsonObject) own = view (book, "expert", false);
  g_autoptr (JsonObject) other = view (book, "clinic", false);
  g_assert_cmpstr (text (own, "opinion.findings"), ==, "f");
  g_assert_null (text (own, "opinion.hash"));
  g_assert_true (json_object_get_null_member (other, "opinion"));
  run (book,
       (YlConsultCommand){ .kind = YL_CONSULT_DO_END, .account = "clinic" });
  run (book, (YlConsultCommand){ .kind = YL_CONSULT_DO_SIGN,
                                 .account = "expert",
                                 .opinion = opinion });
  g_autoptr (JsonObject) signed_one = view (book, "clinic", true);
  g_assert_cmpstr (text (signed_one, "state"), ==, "signed");
  g_assert_cmpstr (text (signed_one, "opinion.diagnosis"), ==, "d");
  g_assert_cmpstr (text (signed_one, "opinion.signed_by.zh"), ==, "沈知远");
  g_assert_cmpuint (strlen (text (signed_one, "opinion.hash")), ==, 64);
  g_assert_false (json_object_has_member (signed_one, "chat"));
  g_assert_false (json_object_has_member (signed_one, "climb"));
  g_assert_cmpstr (text (signed_one, "ended_by"), ==, "clinic");
}

static void
test_chat (void)
{
  g_autoptr (YlConsultBook) book = book_offered ();
  run (book, (YlConsultCommand){ .kind = YL_CONSULT_DO_ACCEPT,
                                 .account = "expert",
                                 .post = "expert-cardiology" });
  run (book, (YlConsultCommand){ .kind = YL_CONSULT_DO_CHAT,
                                 .account = "clinic",
                                 .text = "</script>\"您好\"" });
  g_autoptr (JsonObject) expert = view (book, "expert", false);
  JsonObject *line = json_array_get_object_element (
      json_object_get_array_member (expert, "chat"), 0);
  g_assert_cmpstr (text (line, "from"), ==, "clinic");
  g_assert_cmpstr (text (line, "text"), ==, "</script>\"您好\"");
  g_assert_cmpstr (text (line, "name.en"), ==, "Lin Xiaohe");
}

static void
test_people (void)
{
  g_autoptr (YlAlliances) alliances = fixture_alliances ();
  g_autoptr (YlDuty) duty = yl_duty_new ();
  yl_duty_set (duty, "expert-cardiology", true);
  g_autoptr (JsonNode) person = yl_view_person (alliances, duty, "expert");
  JsonArray *posts =
      json_object_get_array_member (json_node_get_object (person), "posts");
  JsonObject *post = json_array_get_object_element (posts, 0);
  g_assert_cmpstr (text (post, "role"), ==, "expert");
  g_assert_true (json_object_get_boolean_member (post, "duty"));
  g_autoptr (JsonNode) reach =
      yl_view_on_duty (alliances, duty, "clinic", T0_MS);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (reach)), ==, 1);
  g_autoptr (JsonNode) departments = yl_view_departments (alliances);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (departments)),
                    >, 3);
  /* An account without a person in the alliance still has a name. */
  g_autoptr (JsonNode) stranger = yl_view_person (alliances, duty, "stranger");
  g_assert_cmpstr (text (json_node_get_object (stranger), "name.zh"), ==,
                   "stranger");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/signal/view/rung", test_rung);
  g_test_add_func ("/signal/view/sides", test_sides);
  g_test_add_func ("/signal/view/opinion", test_opinion);
  g_test_add_func ("/signal/view/chat", test_chat);
  g_test_add_func ("/signal/view/people", test_people);
  return g_test_run ();
}
