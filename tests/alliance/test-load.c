#include "alliance/alliance.h"

#include <string.h>

/* The demo file, with one piece of text replaced. */
static char *
demo (const char *from, const char *to)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_file_get_contents (YL_TOP_SRCDIR "/packaging/demo-alliance.json", &text,
                       NULL, &error);
  g_assert_no_error (error);
  if (from == NULL)
    return g_steal_pointer (&text);
  char *at = strstr (text, from);
  g_assert_nonnull (at);
  *at = '\0';
  return g_strconcat (text, to, at + strlen (from), NULL);
}

static YlAlliances *
load_demo (void)
{
  g_autofree char *text = demo (NULL, NULL);
  g_autoptr (GError) error = NULL;
  YlAlliances *self = yl_alliances_parse (text, strlen (text), &error);
  g_assert_no_error (error);
  return self;
}

static void
test_demo (void)
{
  g_autoptr (YlAlliances) self = load_demo ();
  size_t n;
  const YlAlliance *alliances = yl_alliances_alliances (self, &n);
  unsigned kinds = 0;
  for (size_t i = 0; i < n; i++)
    kinds |= 1u << alliances[i].kind;
  g_assert_cmpuint (kinds, ==, (1u << YL_N_ALLIANCE_KINDS) - 1);

  static const char *const accounts[] = { "clinic",  "expert", "trainer",
                                          "learner", "office", "demo-expert" };
  for (size_t i = 0; i < G_N_ELEMENTS (accounts); i++)
    g_assert_cmpuint (yl_alliances_roles (self, accounts[i]), !=, 0);
  const YlPost *post = yl_alliances_post (self, "qinghe-doctor");
  g_assert_cmpstr (post->person->account, ==, "clinic");
  g_assert_cmpstr (post->organisation->parent->id, ==, "lianhua-health-centre");
  g_assert_cmpstr (post->person->locale, ==, "zh-CN");
  g_assert_true (yl_alliances_holds (self, "clinic", "qinghe-doctor"));
  g_assert_false (yl_alliances_holds (self, "expert", "qinghe-doctor"));
  g_assert_false (yl_alliances_holds (self, NULL, "qinghe-doctor"));
  g_assert_null (yl_alliances_post (self, NULL));
}

/* Each mistake, and the words its message must have. */
static const struct {
  const char *from;
  const char *to;
  const char *says;
} MISTAKES[] = {
  { "\"version\": 1", "\"version\": 2", "version" },
  { "\"version\": 1", "\"version\": 1, \"colour\": 1", "unknown key 'colour'" },
  { "\"parent\": \"lianhua-health-centre\"", "\"parent\": \"nowhere\"",
    "organisations[0]: parent: no organisation 'nowhere'" },
  { "\"parent\": \"lianhua-health-centre\"", "\"parnt\": \"x\"",
    "organisations[0]: unknown key 'parnt'" },
  { "\"parent\": \"lianhua-health-centre\"", "\"parent\": \"qinghe-clinic\"",
    "organisations[0]: parent: 'qinghe-clinic' reports to itself" },
  { "\"level\": \"village\"", "\"level\": \"hamlet\"",
    "organisations[0]: level: unknown word 'hamlet'" },
  { "\"level\": \"village\"", "\"level\": \"national\"",
    "organisations[0]: parent: 'lianhua-health-centre' is of a lower" },
  { "\"id\": \"shiqiao-clinic\"", "\"id\": \"qinghe-clinic\"",
    "organisations[1]: 'qinghe-clinic' is there twice" },
  { "\"zh\": \"全科\"", "\"zh\": \"\"", "departments[0]: zh" },
  { "\"zh\": \"全科\"", "\"zh\": 7", "departments[0]: zh: a text" },
  { "\"id\": \"general\"", "\"id\": \"gen eral\"", "departments[0]: id" },
  { "\"kind\": \"lead\"", "\"kind\": \"member\"", "nobody leads" },
  { "\"from\": \"2025-01-01\"", "\"from\": \"2025-13-01\"",
    "agreements[0]: from" },
  { "\"from\": \"2025-01-01\"", "\"from\": \"2099-01-01\"",
    "agreements[0]: until: not after from" },
  { "[\"beichen-university-hospital\", \"qinghe-clinic\"]",
    "[\"beichen-university-hospital\", \"shiqiao-clinic\"]",
    "parties[1]: 'shiqiao-clinic' is no member" },
  { "[\"beichen-university-hospital\", \"qinghe-clinic\"]",
    "[\"qinghe-clinic\"]", "parties: two" },
  { "\"kind\": \"specialist\", \"department\": \"cardiology\"",
    "\"kind\": \"specialist\"", "alliances[2]: department" },
  { "\"person\": \"clinic\"", "\"person\": \"nobody\"",
    "posts[0]: person: no person 'nobody'" },
  { "\"role\": \"clinic_doctor\"", "\"role\": \"king\"",
    "posts[0]: role: unknown word" },
  { "\"routine\": 60", "\"routine\": 0", "timeouts: routine" },
  { "\"routine\": 60", "\"routine\": \"60\"", "timeouts: routine" },
  { "\"account\": \"clinic\"", "\"account\": \"../x y\"", "persons[0]" },
};

static void
test_mistakes (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (MISTAKES); i++) {
    g_autofree char *text = demo (MISTAKES[i].from, MISTAKES[i].to);
    g_autoptr (GError) error = NULL;
    g_test_message ("%s", MISTAKES[i].to);
    g_assert_null (yl_alliances_parse (text, strlen (text), &error));
    g_assert_error (error, YL_ALLIANCE_ERROR, YL_ALLIANCE_ERROR_INVALID);
    g_assert_nonnull (strstr (error->message, MISTAKES[i].says));
  }
}

/* A longer circle than a thing that is its own parent. */
static void
test_circle (void)
{
  static const char text[] =
      "{\"version\":1,\"departments\":[],\"alliances\":[],\"persons\":[],"
      "\"posts\":[],\"organisations\":["
      "{\"id\":\"a\",\"zh\":\"a\",\"en\":\"a\",\"level\":\"city\","
      "\"kind\":\"hospital\",\"parent\":\"b\"},"
      "{\"id\":\"b\",\"zh\":\"b\",\"en\":\"b\",\"level\":\"city\","
      "\"kind\":\"hospital\",\"parent\":\"c\"},"
      "{\"id\":\"c\",\"zh\":\"c\",\"en\":\"c\",\"level\":\"city\","
      "\"kind\":\"hospital\",\"parent\":\"b\"}]}";
  g_autoptr (GError) error = NULL;
  g_assert_null (yl_alliances_parse (text, strlen (text), &error));
  g_assert_nonnull (strstr (error->message, "circle"));
}

static void
test_truncations (void)
{
  g_autofree char *text = demo (NULL, NULL);
  const size_t size = strlen (text);
  for (size_t cut = 0; cut < size - 2; cut += 1 + cut % 97)
    g_assert_null (yl_alliances_parse (text, cut, NULL));
}

static void
test_times (void)
{
  g_autofree char *text =
      demo ("\"patience\": 1800",
            "\"levels\": {\"county\": {\"urgent\": 7}}, \"patience\": 9");
  g_autoptr (YlAlliances) self = yl_alliances_parse (text, strlen (text), NULL);
  g_assert_cmpint (yl_alliances_patience_ms (self), ==, 9000);
  g_assert_cmpint (
      yl_alliances_ring_ms (self, YL_LEVEL_COUNTY, YL_URGENCY_URGENT), ==,
      7000);
  g_assert_cmpint (
      yl_alliances_ring_ms (self, YL_LEVEL_CITY, YL_URGENCY_URGENT), ==, 45000);
  g_assert_cmpint (
      yl_alliances_ring_ms (self, YL_LEVEL_VILLAGE, YL_URGENCY_ROUTINE), ==,
      60000);
}

static void
test_words (void)
{
  YlLevel level = YL_LEVEL_CITY;
  for (unsigned i = 0; i < YL_N_LEVELS; i++) {
    g_assert_true (yl_level_parse (yl_level_name (i), &level));
    g_assert_cmpuint (level, ==, i);
  }
  YlRole role;
  for (unsigned i = 0; i < YL_N_ROLES; i++)
    g_assert_true (yl_role_parse (yl_role_name (i), &role) && role == i);
  YlUrgency urgency;
  for (unsigned i = 0; i < YL_N_URGENCIES; i++)
    g_assert_true (yl_urgency_parse (yl_urgency_name (i), &urgency)
                   && urgency == i);
  level = YL_LEVEL_CITY;
  g_assert_false (yl_level_parse ("Village", &level));
  g_assert_false (yl_level_parse (NULL, &level));
  g_assert_cmpuint (level, ==, YL_LEVEL_CITY);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/alliance/load/demo", test_demo);
  g_test_add_func ("/alliance/load/mistakes", test_mistakes);
  g_test_add_func ("/alliance/load/circle", test_circle);
  g_test_add_func ("/alliance/load/truncations", test_truncations);
  g_test_add_func ("/alliance/load/times", test_times);
  g_test_add_func ("/alliance/words/round-trip", test_words);
  return g_test_run ();
}
