#include "alliance/alliance.h"

#include <string.h>

#define NOW_MS INT64_C (1780000000000) /* in 2026 */

static YlAlliances *
load_demo (void)
{
  g_autofree char *text = NULL;
  gsize size;
  g_autoptr (GError) error = NULL;
  g_file_get_contents (YL_TOP_SRCDIR "/packaging/demo-alliance.json", &text,
                       &size, &error);
  g_assert_no_error (error);
  YlAlliances *self = yl_alliances_parse (text, size, &error);
  g_assert_no_error (error);
  return self;
}

static GPtrArray *
route_at (const YlAlliances *self, const YlDuty *duty, const char *clinic,
          const char *department, int64_t now_ms)
{
  const YlRouteQuery query = {
    .clinic = yl_alliances_organisation (self, clinic),
    .department = yl_alliances_department (self, department),
    .now_ms = now_ms,
  };
  g_assert_nonnull (query.clinic);
  g_assert_nonnull (query.department);
  return yl_alliances_route (self, duty, &query);
}

/* "county: a b; city: c", by post id. */
static char *
text_of (GPtrArray *route)
{
  GString *text = g_string_new (NULL);
  for (guint s = 0; s < route->len; s++) {
    const YlRouteStep *step = route->pdata[s];
    g_string_append_printf (text, "%s%s:", s > 0 ? "; " : "",
                            yl_level_name (step->level));
    for (guint p = 0; p < step->posts->len; p++)
      g_string_append_printf (text, " %s",
                              ((YlPost *) step->posts->pdata[p])->id);
  }
  g_ptr_array_unref (route);
  return g_string_free (text, FALSE);
}

#define assert_route(self, duty, clinic, department, expected)       \
  G_STMT_START                                                       \
  {                                                                  \
    g_autofree char *text_ =                                         \
        text_of (route_at (self, duty, clinic, department, NOW_MS)); \
    g_assert_cmpstr (text_, ==, expected);                           \
  }                                                                  \
  G_STMT_END

static void
test_climbs (void)
{
  g_autoptr (YlAlliances) self = load_demo ();
  assert_route (self, NULL, "qinghe-clinic", "cardiology",
                "county: yunshui-cardiology; "
                "city: expert-cardiology jiangcheng-cardiology; "
                "national: demo-expert-cardiology huaxi-cardiology");
  assert_route (self, NULL, "qinghe-clinic", "general",
                "township: lianhua-general; county: yunshui-general; "
                "city: expert-general; national: demo-expert-general");
  /* Never downwards, never to one's own house. */
  assert_route (self, NULL, "yunshui-county-hospital", "cardiology",
                "city: expert-cardiology jiangcheng-cardiology; "
                "national: demo-expert-cardiology huaxi-cardiology");
}

/* Taoyuan reports to Baiyun, so Lianhua's doctor is not rung. */
static void
test_own_superior (void)
{
  g_autoptr (YlAlliances) self = load_demo ();
  assert_route (self, NULL, "taoyuan-clinic", "general",
                "county: yunshui-general");
  assert_route (self, NULL, "shiqiao-clinic", "general",
                "township: lianhua-general; county: yunshui-general");
}

static void
test_specialty_only (void)
{
  g_autoptr (YlAlliances) self = load_demo ();
  assert_route (self, NULL, "taoyuan-clinic", "cardiology",
                "county: yunshui-cardiology; "
                "city: expert-cardiology jiangcheng-cardiology; "
                "national: huaxi-cardiology");
  assert_route (self, NULL, "taoyuan-clinic", "neurology", "");
}

static void
test_agreements (void)
{
  g_autoptr (YlAlliances) self = load_demo ();
  assert_route (self, NULL, "qinghe-clinic", "dermatology",
                "national: demo-expert-dermatology beichen-dermatology");
  assert_route (self, NULL, "shiqiao-clinic", "dermatology", "");
  const int64_t first_ms = INT64_C (1735660800000); /* 2025-01-01 +08:00 */
  const int64_t last_ms = INT64_C (2051193600000);  /* 2035-01-01 +08:00 */
  static const char found[] =
      "national: demo-expert-dermatology beichen-dermatology";
  const struct {
    int64_t at_ms;
    const char *expected;
  } days[] = { { first_ms - 1, "" },
               { first_ms, found },
               { last_ms - 1, found },
               { last_ms, "" } };
  for (size_t i = 0; i < G_N_ELEMENTS (days); i++) {
    g_autofree char *text = text_of (
        route_at (self, NULL, "qinghe-clinic", "dermatology", days[i].at_ms));
    g_assert_cmpstr (text, ==, days[i].expected);
  }
}

static void
test_duty (void)
{
  g_autoptr (YlAlliances) self = load_demo ();
  g_autoptr (YlDuty) duty = yl_duty_new ();
  assert_route (self, duty, "qinghe-clinic", "cardiology", "");
  yl_duty_set (duty, "jiangcheng-cardiology", true);
  yl_duty_set (duty, "expert-general", true);
  assert_route (self, duty, "qinghe-clinic", "cardiology",
                "city: jiangcheng-cardiology");
  g_autoptr (YlDuty) copy = yl_duty_copy (duty);
  yl_duty_set (duty, "jiangcheng-cardiology", false);
  assert_route (self, duty, "qinghe-clinic", "cardiology", "");
  assert_route (self, copy, "qinghe-clinic", "cardiology",
                "city: jiangcheng-cardiology");
  g_assert_false (yl_duty_get (duty, NULL));
  g_autoptr (GPtrArray) posts = yl_duty_posts (copy);
  g_assert_cmpuint (posts->len, ==, 2);
  g_assert_cmpstr (posts->pdata[0], ==, "expert-general");
}

static void
test_on_duty (void)
{
  g_autoptr (YlAlliances) self = load_demo ();
  g_autoptr (YlDuty) duty = yl_duty_new ();
  yl_duty_set (duty, "expert-general", true);
  yl_duty_set (duty, "beichen-neurology", true);
  yl_duty_set (duty, "lianhua-general", true);
  g_autoptr (GPtrArray) own =
      yl_alliances_on_duty (self, duty, "clinic", NOW_MS);
  g_assert_cmpuint (own->len, ==, 3);
  g_autoptr (GPtrArray) other =
      yl_alliances_on_duty (self, duty, "clinic3", NOW_MS);
  g_assert_cmpuint (other->len, ==, 0);
  g_autoptr (GPtrArray) stranger =
      yl_alliances_on_duty (self, duty, "nobody", NOW_MS);
  g_assert_cmpuint (stranger->len, ==, 0);
}

static void
test_width (void)
{
  g_assert_cmpuint (yl_route_width (YL_URGENCY_ROUTINE), ==, 1);
  g_assert_cmpuint (yl_route_width (YL_URGENCY_URGENT), ==, 1);
  g_assert_cmpuint (yl_route_width (YL_URGENCY_EMERGENCY), ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/alliance/route/climbs", test_climbs);
  g_test_add_func ("/alliance/route/own-superior", test_own_superior);
  g_test_add_func ("/alliance/route/specialty-only", test_specialty_only);
  g_test_add_func ("/alliance/route/agreements", test_agreements);
  g_test_add_func ("/alliance/route/duty", test_duty);
  g_test_add_func ("/alliance/route/on-duty", test_on_duty);
  g_test_add_func ("/alliance/route/width", test_width);
  return g_test_run ();
}
