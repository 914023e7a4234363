#include "whip/reply.h"

#include <string.h>

static const YlWhipRequest endpoint = { .role = YL_WHIP_WATCH,
                                        .course = "ecg" };
static const YlWhipRequest resource = {
  .role = YL_WHIP_WATCH, .is_resource = true, .course = "ecg", .id = "i"
};

static const char *
header (const YlWhipReply *reply, const char *name)
{
  for (unsigned i = 0; i < reply->n_headers; i++)
    if (strcmp (reply->headers[i].name, name) == 0)
      return reply->headers[i].value;
  return NULL;
}

static void
test_created (void)
{
  g_autoptr (YlWhipReply) reply =
      yl_whip_reply_created (&endpoint, "id1", "v=0\r\n");
  g_assert_cmpuint (reply->status, ==, 201);
  g_assert_cmpstr (reply->mime_type, ==, "application/sdp");
  g_assert_cmpuint (g_bytes_get_size (reply->body), ==, 5);
  g_assert_cmpstr (header (reply, "location:"), ==, "/whep/ecg/id1");
  g_assert_cmpstr (header (reply, "etag:"), ==, "\"id1\"");
}

/* Any page may read the answers, and none gets cookies sent along. */
static void
test_other_origins (void)
{
  g_autoptr (YlWhipReply) options = yl_whip_reply_options (&endpoint);
  g_assert_cmpuint (options->status, ==, 200);
  g_assert_cmpstr (header (options, "access-control-allow-origin:"), ==, "*");
  g_assert_null (header (options, "access-control-allow-credentials:"));
  g_assert_nonnull (strstr (header (options, "access-control-allow-headers:"),
                            "authorization"));
  g_assert_cmpstr (header (options, "access-control-allow-methods:"), ==,
                   "POST, OPTIONS");
  g_assert_cmpstr (header (options, "accept-post:"), ==, "application/sdp");

  g_autoptr (YlWhipReply) below = yl_whip_reply_options (&resource);
  g_assert_cmpstr (header (below, "allow:"), ==, "DELETE, OPTIONS");
  g_assert_null (header (below, "accept-post:"));

  g_autoptr (YlWhipReply) removed = yl_whip_reply_removed (&resource);
  g_assert_cmpuint (removed->status, ==, 200);
  g_assert_cmpstr (header (removed, "access-control-allow-origin:"), ==, "*");
  g_assert_nonnull (
      strstr (header (removed, "access-control-expose-headers:"), "location"));
}

static void
test_refusals (void)
{
  static const struct {
    YlWhipRefusal refusal;
    unsigned status;
    const char *name, *value; /* a header that must be there, or NULL */
  } cases[] = {
    { YL_WHIP_NOT_FOUND, 404, NULL, NULL },
    { YL_WHIP_WRONG_METHOD, 405, "allow:", "POST, OPTIONS" },
    { YL_WHIP_NO_TOKEN, 401, "www-authenticate:", "Bearer" },
    { YL_WHIP_WRONG_TOKEN, 401,
      "www-authenticate:", "Bearer error=\"invalid_token\"" },
    { YL_WHIP_WRONG_ROLE, 403,
      "www-authenticate:", "Bearer error=\"insufficient_scope\"" },
    { YL_WHIP_WRONG_TYPE, 415, "accept-post:", "application/sdp" },
    { YL_WHIP_NOT_ACCEPTABLE, 406, NULL, NULL },
    { YL_WHIP_NO_LENGTH, 411, NULL, NULL },
    { YL_WHIP_TOO_LARGE, 413, NULL, NULL },
    { YL_WHIP_BAD_OFFER, 400, NULL, NULL },
    { YL_WHIP_UNSUPPORTED_OFFER, 422, NULL, NULL },
    { YL_WHIP_THROTTLED, 429, "retry-after:", "7" },
    { YL_WHIP_FULL, 503, "retry-after:", "7" },
    { YL_WHIP_DRAINING, 503, "retry-after:", "7" },
    { YL_WHIP_UNAVAILABLE, 503, "retry-after:", "7" },
  };
  g_assert_cmpuint (G_N_ELEMENTS (cases), ==, YL_WHIP_N_REFUSALS - 1);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (YlWhipReply) reply =
        yl_whip_reply_refused (&endpoint, cases[i].refusal, 7);
    g_test_message ("%s", yl_whip_refusal_row (cases[i].refusal)->name);
    g_assert_cmpuint (reply->status, ==, cases[i].status);
    g_assert_cmpstr (header (reply, "access-control-allow-origin:"), ==, "*");
    g_assert_cmpuint (g_bytes_get_size (reply->body), >, 0);
    if (cases[i].name != NULL)
      g_assert_cmpstr (header (reply, cases[i].name), ==, cases[i].value);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/whip/reply/created", test_created);
  g_test_add_func ("/whip/reply/other-origins", test_other_origins);
  g_test_add_func ("/whip/reply/refusals", test_refusals);
  return g_test_run ();
}
