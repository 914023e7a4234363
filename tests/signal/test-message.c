#include "signal/message.h"

#include <string.h>

static void
assert_error (const char *text, YlCode code, const char *param)
{
  YlRequest request;
  YlRequestError error;
  g_test_message ("%s", text);
  g_assert_false (yl_request_parse (text, strlen (text), &request, &error));
  g_assert_cmpint (error.code, ==, code);
  g_assert_cmpstr (error.param, ==, param);
  yl_request_error_clear (&error);
}

#define REQUEST(method, params)                                                \
  "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"" method "\",\"params\":" params \
  "}"

static void
test_good (void)
{
  YlRequest request;
  YlRequestError error;
  const char *text = REQUEST (
      "consultation.request",
      "{\"command\":\"a-1\",\"post\":\"p\",\"department\":\"d\","
      "\"urgency\":\"urgent\",\"patient\":{\"sex\":\"other\",\"age\":0,"
      "\"complaint\":\"头痛\",\"summary\":\"\"},\"question\":\"?\","
      "\"consent\":{\"read\":true,\"doctor\":\"林\",\"at\":1},\"more\":[]}");
  g_assert_true (yl_request_parse (text, strlen (text), &request, &error));
  g_assert_cmpint (request.method, ==, YL_METHOD_REQUEST);
  g_assert_cmpint (json_node_get_int (request.id), ==, 7);
  g_assert_cmpstr (yl_params_text (request.params, "patient.complaint"), ==,
                   "头痛");
  g_assert_cmpint (yl_params_integer (request.params, "patient.age", -1), ==,
                   0);
  g_assert_true (yl_params_boolean (request.params, "consent.read"));
  g_assert_null (yl_params_text (request.params, "patient.nothing"));
  g_assert_cmpint (yl_params_integer (request.params, "question", 5), ==, 5);
  yl_request_clear (&request);
}

static void
test_invalid (void)
{
  assert_error ("{", YL_CODE_PARSE_ERROR, NULL);
  assert_error ("[]", YL_CODE_INVALID_REQUEST, NULL);
  assert_error ("{}", YL_CODE_INVALID_REQUEST, NULL);
  assert_error ("{\"jsonrpc\":\"2.0\",\"method\":\"home.get\"}",
                YL_CODE_INVALID_REQUEST, NULL);
  assert_error ("{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"home.get\"}",
                YL_CODE_INVALID_REQUEST, NULL);
  assert_error ("{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"home.get\"}",
                YL_CODE_INVALID_REQUEST, NULL);
  assert_error ("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":7}",
                YL_CODE_INVALID_REQUEST, NULL);
  assert_error (REQUEST ("home.get", "[1]"), YL_CODE_INVALID_REQUEST, NULL);
  assert_error (REQUEST ("no.such", "{}"), YL_CODE_UNKNOWN_METHOD, NULL);
}

static void
test_params (void)
{
  assert_error (REQUEST ("duty.set", "{}"), YL_CODE_INVALID_PARAMS, "command");
  assert_error (REQUEST ("duty.set", "{\"command\":\"a b\",\"post\":\"p\","
                                     "\"on\":true}"),
                YL_CODE_INVALID_PARAMS, "command");
  assert_error (REQUEST ("duty.set", "{\"command\":\"a\",\"post\":\"\","
                                     "\"on\":true}"),
                YL_CODE_INVALID_PARAMS, "post");
  assert_error (REQUEST ("duty.set", "{\"command\":\"a\",\"post\":\"p\","
                                     "\"on\":1}"),
                YL_CODE_INVALID_PARAMS, "on");
  assert_error (REQUEST ("duty.set", "{\"command\":\"a\",\"post\":null,"
                                     "\"on\":true}"),
                YL_CODE_INVALID_PARAMS, "post");
  assert_error (REQUEST ("consultation.list", "{\"limit\":51}"),
                YL_CODE_INVALID_PARAMS, "limit");
  assert_error (REQUEST ("consultation.list", "{\"limit\":1.5}"),
                YL_CODE_INVALID_PARAMS, "limit");
  assert_error (REQUEST ("session.open",
                         "{\"account\":\"a\",\"password\":\"b\","
                         "\"locale\":\"z\"}"),
                YL_CODE_INVALID_PARAMS, "locale");
  assert_error (
      REQUEST ("session.password", "{\"old\":\"a\",\"new\":\"short\"}"),
      YL_CODE_INVALID_PARAMS, "new");
}

static void
test_too_large (void)
{
  g_autofree char *chat = g_strnfill (2001, 'x');
  g_autofree char *text = g_strdup_printf (
      REQUEST ("consultation.chat",
               "{\"command\":\"a\",\"consultation\":\"c\",\"text\":\"%s\"}"),
      chat);
  assert_error (text, YL_CODE_TOO_LARGE, "text");
}

static void
test_beyond_bounds (void)
{
  YlRequest request;
  YlRequestError error;
  g_autofree char *deep = g_strnfill (60000, '[');
  g_assert_false (yl_request_parse (deep, strlen (deep), &request, &error));
  g_assert_true (error.beyond_bounds);
  g_assert_false (yl_request_parse ("{", 1, &request, &error));
  g_assert_false (error.beyond_bounds);
}

/* The id of a request that is wrong in other ways is still answered. */
static void
test_id_kept (void)
{
  YlRequest request;
  YlRequestError error;
  const char *text = "{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"method\":\"no\"}";
  g_assert_false (yl_request_parse (text, strlen (text), &request, &error));
  g_autofree char *reply = yl_message_error (error.id, error.code, NULL);
  g_assert_cmpstr (reply, ==,
                   "{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"error\":{\"code\":"
                   "-32601,\"message\":\"no such method\",\"data\":{\"name\":"
                   "\"unknown-method\"}}}");
  yl_request_error_clear (&error);
}

static void
test_write (void)
{
  g_autoptr (JsonObject) data = json_object_new ();
  json_object_set_string_member (data, "param", "a\"b");
  g_autofree char *error =
      yl_message_error (NULL, YL_CODE_INVALID_PARAMS, data);
  g_assert_nonnull (strstr (error, "\"id\":null"));
  g_assert_nonnull (strstr (error, "\"param\":\"a\\\"b\""));
  g_autofree char *result = yl_message_result (NULL, NULL);
  g_assert_cmpstr (result, ==,
                   "{\"jsonrpc\":\"2.0\",\"id\":null,"
                   "\"result\":{}}");
  g_autofree char *notification = yl_message_notification ("hello", NULL);
  g_assert_cmpstr (notification, ==,
                   "{\"jsonrpc\":\"2.0\",\"method\":"
                   "\"hello\",\"params\":{}}");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/signal/message/good", test_good);
  g_test_add_func ("/signal/message/invalid", test_invalid);
  g_test_add_func ("/signal/message/params", test_params);
  g_test_add_func ("/signal/message/too-large", test_too_large);
  g_test_add_func ("/signal/message/beyond-bounds", test_beyond_bounds);
  g_test_add_func ("/signal/message/id-kept", test_id_kept);
  g_test_add_func ("/signal/message/write", test_write);
  return g_test_run ();
}
