/* Who may call what: every method by every kind of person, at a running
 * daemon, about a consultation that rings one expert. */
#include "daemon-process.h"

#include "signal/method.h"

#include <string.h>

enum { NOBODY, CLINIC, CLINIC2, EXPERT, HEART, TRAINER, LEARNER, OFFICE, N };

static const char *const accounts[N] = { NULL,      "clinic", "clinic2",
                                         "expert",  "heart",  "trainer",
                                         "learner", "office" };

/* What an answer is, one letter a person, in the order above:
 *   -  not signed in       r  no right          n  not found
 *   s  wrong state (so: a right, at another time)
 *   y  done                p  the right was there, a parameter was not
 *   .  not asked here: it would change what the others are asked about */
static const struct {
  const char *method;
  const char *answers;
  const char *params; /* %s: the consultation */
} matrix[] = {
  { "session.open", "ppp.....", "{'account':'','password':'x'}" },
  { "session.get", "-yyyyyyy", "{}" },
  /* Parameters are looked at before anything else. */
  { "session.password", "pppppppp", "{'old':'x','new':'short'}" },
  { "home.get", "-yyyyyyy", "{}" },
  { "consultation.list", "-yyyyyyy", "{}" },
  { "consultation.get", "-ynynnnn", "{'consultation':'%s'}" },
  /* Whose post is it? */
  { "duty.set", "-rrrrrrr",
    "{'command':'d-1','post':'huaxi-general','on':true}" },
  { "duty.set", "-rrryrrr",
    "{'command':'d-2','post':'huaxi-cardiology','on':false}" },
  { "consultation.request", "-rrrrrrr",
    "{'command':'r-1','post':'taoyuan-doctor','department':'cardiology',"
    "'urgency':'routine','patient':{'sex':'other','age':1,'complaint':'x',"
    "'summary':''},'question':'','consent':{'read':true,'doctor':'d',"
    "'at':1}}" },
  { "consultation.accept", "-rr.nrrr",
    "{'command':'a-1','consultation':'%s','post':'huaxi-cardiology'}" },
  { "consultation.decline", "-rr.nrrr",
    "{'command':'e-1','consultation':'%s','post':'huaxi-cardiology',"
    "'reason':''}" },
  { "consultation.redirect", "-rr.nrrr",
    "{'command':'t-1','consultation':'%s','post':'huaxi-cardiology',"
    "'department':'general','reason':''}" },
  { "consultation.cancel", "-.nrrrrr",
    "{'command':'c-1','consultation':'%s'}" },
  { "consultation.end", "-snrnnnn", "{'command':'n-1','consultation':'%s'}" },
  { "consultation.chat", "-snrnnnn",
    "{'command':'h-1','consultation':'%s','text':'x'}" },
  { "opinion.save", "-rrrnrrr",
    "{'command':'o-1','consultation':'%s','findings':'','diagnosis':'',"
    "'advice':'','follow_up':''}" },
  { "opinion.sign", "-rrrnrrr",
    "{'command':'o-2','consultation':'%s','findings':'','diagnosis':'',"
    "'advice':'','follow_up':'','password':'demo'}" },
  { "opinion.supplement", "-rrrnrrr",
    "{'command':'o-3','consultation':'%s','text':'x','password':'demo'}" },
  { "opinion.acknowledge", "-snrrrrr",
    "{'command':'o-4','consultation':'%s'}" },
  { "media.offer", "-bnrnnnn",
    "{'consultation':'%s','generation':1,'connection':'a','sdp':'v=0'}" },
  { "media.state", "-ynrnnnn",
    "{'consultation':'%s','audio':true,'video':true}" },
  { "media.close", "-ynrnnnn", "{'consultation':'%s'}" },
  { "session.close", "-yyyyyyy", "{}" },
};

static char
letter (int code)
{
  switch (code) {
  case 0:
    return 'y';
  case YL_CODE_INVALID_PARAMS:
    return 'p';
  case YL_CODE_NOT_SIGNED_IN:
    return '-';
  case YL_CODE_NO_RIGHT:
    return 'r';
  case YL_CODE_NOT_FOUND:
    return 'n';
  case YL_CODE_WRONG_STATE:
    return 's';
  case YL_CODE_BAD_SDP:
    return 'b';
  default:
    return '?';
  }
}

/* A consultation in cardiology, for which `expert` is rung. */
static char *
make_consultation (const DaemonProcess *daemon, char *const *sessions)
{
  g_assert_cmpint (daemon_ask_code (daemon, sessions[EXPERT], "duty.set",
                                    "{'command':'x-1',"
                                    "'post':'expert-cardiology','on':true}"),
                   ==, 0);
  g_autoptr (JsonNode) made = daemon_ask (
      daemon, sessions[CLINIC], "consultation.request",
      "{'command':'x-2','post':'qinghe-doctor','department':'cardiology',"
      "'urgency':'routine','patient':{'sex':'female','age':61,"
      "'complaint':'x','summary':''},'question':'',"
      "'consent':{'read':true,'doctor':'d','at':1}}");
  g_assert_cmpstr (daemon_text (made, "result.state"), ==, "offered");
  return g_strdup (daemon_text (made, "result.id"));
}

static void
test_matrix (void)
{
  DaemonProcess daemon;
  char *sessions[N] = { NULL };
  bool covered[YL_N_METHODS] = { false };
  daemon_set_up (&daemon);
  daemon_start (&daemon);
  for (int i = CLINIC; i < N; i++)
    sessions[i] = daemon_sign_in (&daemon, accounts[i]);
  g_autofree char *id = make_consultation (&daemon, sessions);

  for (size_t row = 0; row < G_N_ELEMENTS (matrix); row++) {
    g_auto (GStrv) parts = g_strsplit (matrix[row].params, "%s", 2);
    g_autofree char *params = g_strjoinv (id, parts);
    char answers[N + 1] = { 0 };
    YlMethodId method;
    g_assert_true (yl_method_find (matrix[row].method, &method));
    covered[method] = true;
    for (int i = 0; i < N; i++)
      answers[i] = matrix[row].answers[i] == '.'
                       ? '.'
                       : letter (daemon_ask_code (&daemon, sessions[i],
                                                  matrix[row].method, params));
    g_test_message ("%-24s %s %s", matrix[row].method, answers,
                    matrix[row].answers);
    if (strcmp (answers, matrix[row].answers) != 0)
      g_test_fail ();
  }
  for (int i = 0; i < YL_N_METHODS; i++)
    g_assert_true (covered[i]);
  for (int i = 0; i < N; i++)
    g_free (sessions[i]);
  daemon_tear_down (&daemon);
}

/* Who declined learns nothing more by repeating that. */
static void
test_repeated (void)
{
  DaemonProcess daemon;
  daemon_set_up (&daemon);
  daemon_start (&daemon);
  char *sessions[N] = { [CLINIC] = daemon_sign_in (&daemon, "clinic"),
                        [EXPERT] = daemon_sign_in (&daemon, "expert") };
  g_autofree char *id = make_consultation (&daemon, sessions);
  g_autofree char *params =
      g_strdup_printf ("{'command':'d-1','consultation':'%s',"
                       "'post':'expert-cardiology','reason':'x'}",
                       id);
  g_autofree char *cancel =
      g_strdup_printf ("{'command':'d-2','consultation':'%s'}", id);
  g_autoptr (JsonNode) first =
      daemon_ask (&daemon, sessions[EXPERT], "consultation.decline", params);
  g_assert_cmpstr (daemon_text (first, "result.id"), ==, id);
  g_assert_cmpint (daemon_ask_code (&daemon, sessions[CLINIC],
                                    "consultation.cancel", cancel),
                   ==, 0);
  g_autoptr (JsonNode) again =
      daemon_ask (&daemon, sessions[EXPERT], "consultation.decline", params);
  JsonObject *result =
      json_object_get_object_member (json_node_get_object (again), "result");
  g_assert_nonnull (result);
  g_assert_cmpuint (json_object_get_size (result), ==, 0);
  g_free (sessions[CLINIC]);
  g_free (sessions[EXPERT]);
  daemon_tear_down (&daemon);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/rights/matrix", test_matrix);
  g_test_add_func ("/app/rights/repeated", test_repeated);
  return g_test_run ();
}
