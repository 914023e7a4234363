/* test-janus-message.c: what Janus says, and what is made of it */
#include "janus-config.h"
#include "janus-message.h"
#include "janus-port.h"

#include <glib/gstdio.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void
read_message (JanusMessage *message, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *json = g_strdup (text);
  g_strdelimit (json, "'", '"');
  janus_message_parse (message, json, strlen (json), &error);
  g_assert_no_error (error);
}

static void
test_made (void)
{
  g_auto (JanusMessage) message = { 0 };
  read_message (&message, "{'janus':'success','transaction':'17',"
                          "'data':{'id':6677013298124433}}");
  g_assert_cmpint (message.kind, ==, JANUS_SUCCESS);
  g_assert_cmpuint (message.transaction, ==, 17);
  g_assert_cmpuint (message.id, ==, 6677013298124433);
  g_assert_true (janus_message_check (&message, NULL));
}

static void
test_event (void)
{
  g_auto (JanusMessage) message = { 0 };
  read_message (&message,
                "{'janus':'event','sender':5,'transaction':'3',"
                "'plugindata':{'plugin':'p','data':{'videoroom':'attached'}},"
                "'jsep':{'type':'offer','sdp':'v=0'}}");
  g_assert_cmpint (message.kind, ==, JANUS_EVENT);
  g_assert_cmpuint (message.handle, ==, 5);
  g_assert_cmpstr (message.sdp, ==, "v=0");
  g_assert_nonnull (message.data);
}

static void
assert_refused (const char *text, int code, const char *reason)
{
  g_auto (JanusMessage) message = { 0 };
  g_autoptr (GError) error = NULL;
  read_message (&message, text);
  g_assert_cmpint (message.kind, ==, JANUS_FAILURE);
  g_assert_false (janus_message_check (&message, &error));
  g_assert_error (error, JANUS_ERROR, code);
  g_assert_nonnull (strstr (error->message, reason));
}

static void
test_refusals (void)
{
  assert_refused ("{'janus':'error','transaction':'1',"
                  "'error':{'code':458,'reason':'No such session'}}",
                  458, "No such session");
  assert_refused ("{'janus':'event','plugindata':{'data':{'videoroom':'event',"
                  "'error_code':428,'error':'No such feed (1)'}}}",
                  JANUS_ERROR_NO_SUCH_FEED, "No such feed");
  assert_refused ("{'janus':'success','plugindata':{'data':{"
                  "'error_code':427,'error':'Room 1 already exists'}}}",
                  427, "already exists");
  assert_refused ("{'janus':'error'}", JANUS_ERROR_REFUSED, "no reason");
}

static void
test_notices (void)
{
  static const struct {
    const char *text;
    JanusKind kind;
  } NOTICES[] = {
    { "{'janus':'webrtcup','sender':9}", JANUS_UP },
    { "{'janus':'hangup','sender':9,'reason':'ICE failed'}", JANUS_DOWN },
    { "{'janus':'timeout','session_id':1}", JANUS_OVER },
    { "{'janus':'ack','transaction':'2'}", JANUS_ACK },
    { "{'janus':'media','sender':9}", JANUS_OTHER },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (NOTICES); i++) {
    g_auto (JanusMessage) message = { 0 };
    read_message (&message, NOTICES[i].text);
    g_assert_cmpint (message.kind, ==, NOTICES[i].kind);
  }
}

/* Truncated anywhere, and members that are not what they should be. */
static void
test_nonsense (void)
{
  static const char GOOD[] =
      "{\"janus\":\"event\",\"plugindata\":{\"data\":{\"a\":1}}}";
  static const char *const BAD[] = { "", "[]", "1", "{}", "{\"janus\":1}" };
  static const char *const ODD[] = {
    "{'janus':'success','data':7}",
    "{'janus':'success','data':{'id':'x'},'transaction':8}",
    "{'janus':'event','plugindata':[],'jsep':{'sdp':null}}",
    "{'janus':'event','plugindata':{'data':{'error':1}}}",
  };
  JanusMessage message = { .id = 1 };
  for (size_t size = 0; size < sizeof GOOD - 1; size++)
    g_assert_false (janus_message_parse (&message, GOOD, size, NULL));
  for (size_t i = 0; i < G_N_ELEMENTS (BAD); i++)
    g_assert_false (
        janus_message_parse (&message, BAD[i], strlen (BAD[i]), NULL));
  g_assert_cmpuint (message.id, ==, 1);
  for (size_t i = 0; i < G_N_ELEMENTS (ODD); i++) {
    g_auto (JanusMessage) odd = { 0 };
    read_message (&odd, ODD[i]);
    g_assert_cmpuint (odd.id, ==, 0);
    g_assert_cmpuint (odd.transaction, ==, 0);
    g_assert_null (odd.sdp);
  }
}

static void
test_port (void)
{
  struct sockaddr_in at = { .sin_family = AF_INET,
                            .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t size = sizeof at;
  uint16_t port = 0;
  const int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_false (janus_port_find (getpid (), &port));
  g_assert_cmpint (bind (fd, (struct sockaddr *) &at, size), ==, 0);
  g_assert_cmpint (listen (fd, 1), ==, 0);
  getsockname (fd, (struct sockaddr *) &at, &size);
  g_assert_true (janus_port_find (getpid (), &port));
  g_assert_cmpuint (port, ==, ntohs (at.sin_port));
  close (fd);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bench/janus-message/made", test_made);
  g_test_add_func ("/bench/janus-message/event", test_event);
  g_test_add_func ("/bench/janus-message/refusals", test_refusals);
  g_test_add_func ("/bench/janus-message/notices", test_notices);
  g_test_add_func ("/bench/janus-message/nonsense", test_nonsense);
  g_test_add_func ("/bench/janus-port/found", test_port);
  return g_test_run ();
}
