#include "whip/request.h"

#include <glib.h>
#include <string.h>

static YlWhipRequest
parse (YlWhipHead head)
{
  YlWhipRequest request;
  yl_whip_request_parse (&request, &head);
  return request;
}

static const YlWhipHead offer = {
  .method = YL_WHIP_METHOD_POST,
  .path = "/whip/ecg-101",
  .authorization = "Bearer abc.DEF-_~+/1=",
  .content_type = "application/sdp",
  .content_length = "1000",
};

static void
test_offer (void)
{
  YlWhipHead head = offer;
  YlWhipRequest request = parse (head);
  g_assert_cmpint (request.action, ==, YL_WHIP_OFFER);
  g_assert_cmpint (request.refusal, ==, YL_WHIP_OK);
  g_assert_cmpint (request.role, ==, YL_WHIP_PUBLISH);
  g_assert_cmpstr (request.course, ==, "ecg-101");
  g_assert_cmpstr (request.token, ==, "abc.DEF-_~+/1=");
  g_assert_false (request.is_resource);

  head.path = "/whep/ecg-101";
  g_assert_cmpint (parse (head).role, ==, YL_WHIP_WATCH);
}

static void
test_paths (void)
{
  static const struct {
    const char *path;
    bool owned;
    bool found;
  } cases[] = {
    { "/whip/a", true, true },       { "/whep/a", true, true },
    { "/whip", true, false },        { "/whip/", true, false },
    { "/whip/A", true, false },      { "/whip/a.b", true, false },
    { "/whip//a", true, false },     { "/whip/a/", true, false },
    { "/whip/a/b", true, true },     { "/whip/a/b/c", true, false },
    { "/whip/a/b%20", true, false }, { "/whip/../a", true, false },
    { "/whipa/b", false, false },    { "/", false, false },
    { "/rpc", false, false },        { "/whi", false, false },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("%s", cases[i].path);
    g_assert_cmpint (yl_whip_owns_path (cases[i].path), ==, cases[i].owned);
    if (!cases[i].owned)
      continue;
    YlWhipHead head = { .method = YL_WHIP_METHOD_OPTIONS,
                        .path = cases[i].path };
    const YlWhipRequest request = parse (head);
    g_assert_cmpint (request.refusal, ==,
                     cases[i].found ? YL_WHIP_OK : YL_WHIP_NOT_FOUND);
    g_assert_cmpint (request.action, ==,
                     cases[i].found ? YL_WHIP_OPTIONS : YL_WHIP_REFUSE);
  }
}

/* The longest name and id that fit, and one more. */
static void
test_lengths (void)
{
  g_autofree char *name = g_strnfill (YL_COURSE_NAME_MAX, 'n');
  g_autofree char *id = g_strnfill (YL_WHIP_ID_MAX, 'i');
  g_autofree char *fits = g_strdup_printf ("/whep/%s/%s", name, id);
  g_autofree char *long_name = g_strdup_printf ("/whep/%sn/%s", name, id);
  g_autofree char *long_id = g_strdup_printf ("/whep/%s/%si", name, id);
  YlWhipHead head = { .method = YL_WHIP_METHOD_DELETE,
                      .path = fits,
                      .authorization = "bearer t" };
  const YlWhipRequest request = parse (head);
  g_assert_cmpint (request.action, ==, YL_WHIP_REMOVE);
  g_assert_cmpstr (request.course, ==, name);
  g_assert_cmpstr (request.id, ==, id);
  head.path = long_name;
  g_assert_cmpint (parse (head).refusal, ==, YL_WHIP_NOT_FOUND);
  head.path = long_id;
  g_assert_cmpint (parse (head).refusal, ==, YL_WHIP_NOT_FOUND);

  g_autofree char *token = g_strnfill (YL_WHIP_TOKEN_MAX, 't');
  g_autofree char *shown = g_strdup_printf ("Bearer %s", token);
  g_autofree char *long_token = g_strdup_printf ("Bearer %st", token);
  head.path = fits;
  head.authorization = shown;
  g_assert_cmpstr (parse (head).token, ==, token);
  head.authorization = long_token;
  g_assert_cmpint (parse (head).refusal, ==, YL_WHIP_WRONG_TOKEN);
}

static void
test_methods (void)
{
  static const struct {
    YlWhipMethod method;
    const char *path;
    YlWhipAction action;
  } cases[] = {
    { YL_WHIP_METHOD_POST, "/whip/a", YL_WHIP_OFFER },
    { YL_WHIP_METHOD_POST, "/whip/a/b", YL_WHIP_REFUSE },
    { YL_WHIP_METHOD_DELETE, "/whip/a", YL_WHIP_REFUSE },
    { YL_WHIP_METHOD_DELETE, "/whip/a/b", YL_WHIP_REMOVE },
    { YL_WHIP_METHOD_PATCH, "/whip/a", YL_WHIP_REFUSE },
    { YL_WHIP_METHOD_PATCH, "/whip/a/b", YL_WHIP_REFUSE },
    { YL_WHIP_METHOD_OTHER, "/whip/a", YL_WHIP_REFUSE },
    { YL_WHIP_METHOD_OPTIONS, "/whip/a", YL_WHIP_OPTIONS },
    { YL_WHIP_METHOD_OPTIONS, "/whip/a/b", YL_WHIP_OPTIONS },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    YlWhipHead head = offer;
    head.method = cases[i].method;
    head.path = cases[i].path;
    const YlWhipRequest request = parse (head);
    g_test_message ("case %zu", i);
    g_assert_cmpint (request.action, ==, cases[i].action);
    g_assert_cmpint (request.refusal, ==,
                     cases[i].action == YL_WHIP_REFUSE ? YL_WHIP_WRONG_METHOD
                                                       : YL_WHIP_OK);
  }
}

static void
test_tokens (void)
{
  static const struct {
    const char *authorization;
    YlWhipRefusal refusal;
  } cases[] = {
    { NULL, YL_WHIP_NO_TOKEN },
    { "", YL_WHIP_NO_TOKEN },
    { "Bearer", YL_WHIP_NO_TOKEN },
    { "Basic dTpw", YL_WHIP_NO_TOKEN },
    { "Bearertoken", YL_WHIP_NO_TOKEN },
    { "Bearer ", YL_WHIP_WRONG_TOKEN },
    { "Bearer a b", YL_WHIP_WRONG_TOKEN },
    { "Bearer a,b", YL_WHIP_WRONG_TOKEN },
    { "Bearer =a", YL_WHIP_WRONG_TOKEN },
    { "Bearer \xc3\xa4", YL_WHIP_WRONG_TOKEN },
    { "bEARER  a==", YL_WHIP_OK },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    YlWhipHead head = offer;
    head.authorization = cases[i].authorization;
    g_test_message ("case %zu", i);
    g_assert_cmpint (parse (head).refusal, ==, cases[i].refusal);
  }
}

static void
test_types (void)
{
  static const struct {
    const char *type, *accept;
    YlWhipRefusal refusal;
  } cases[] = {
    { NULL, NULL, YL_WHIP_WRONG_TYPE },
    { "", NULL, YL_WHIP_WRONG_TYPE },
    { "application/sdpx", NULL, YL_WHIP_WRONG_TYPE },
    { "application/json", NULL, YL_WHIP_WRONG_TYPE },
    { "Application/SDP; charset=utf-8", NULL, YL_WHIP_OK },
    { "application/sdp", "", YL_WHIP_OK },
    { "application/sdp", "*/*", YL_WHIP_OK },
    { "application/sdp", "text/html, application/*;q=0.1", YL_WHIP_OK },
    { "application/sdp", "application/sdp", YL_WHIP_OK },
    { "application/sdp", "application/json", YL_WHIP_NOT_ACCEPTABLE },
    { "application/sdp", "text/html, application/sdp;q=0.0",
      YL_WHIP_NOT_ACCEPTABLE },
    { "application/sdp", ",,,", YL_WHIP_NOT_ACCEPTABLE },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    YlWhipHead head = offer;
    head.content_type = cases[i].type;
    head.accept = cases[i].accept;
    g_test_message ("case %zu", i);
    g_assert_cmpint (parse (head).refusal, ==, cases[i].refusal);
  }
}

static void
test_body_length (void)
{
  static const struct {
    const char *length;
    YlWhipRefusal refusal;
  } cases[] = {
    { NULL, YL_WHIP_NO_LENGTH },
    { "0", YL_WHIP_BAD_OFFER },
    { "1", YL_WHIP_OK },
    { "65536", YL_WHIP_OK },
    { "65537", YL_WHIP_TOO_LARGE },
    { "-1", YL_WHIP_TOO_LARGE },
    { "1, 1", YL_WHIP_TOO_LARGE },
    { "", YL_WHIP_TOO_LARGE },
    { "99999999999999999999999", YL_WHIP_TOO_LARGE },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    YlWhipHead head = offer;
    head.content_length = cases[i].length;
    g_test_message ("case %zu", i);
    g_assert_cmpint (parse (head).refusal, ==, cases[i].refusal);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/whip/request/offer", test_offer);
  g_test_add_func ("/whip/request/paths", test_paths);
  g_test_add_func ("/whip/request/lengths", test_lengths);
  g_test_add_func ("/whip/request/methods", test_methods);
  g_test_add_func ("/whip/request/tokens", test_tokens);
  g_test_add_func ("/whip/request/types", test_types);
  g_test_add_func ("/whip/request/body-length", test_body_length);
  return g_test_run ();
}
