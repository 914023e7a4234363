/* test-paths.c: where media goes, and the address it comes from */
#include "worker-rig.h"

static bool
has_heard (Rig *rig, void *data)
{
  const RigBrowser *browser = data;
  return browser->client->rtp_in->len > 0;
}

/* Whatever the kernel would choose: the browser sent its checks to @data and
 * believes nobody else. */
static void
test_answers_from_where_it_was_asked (const void *data)
{
  g_autoptr (Rig) rig = rig_new_everywhere (data);
  RigBrowser *from = rig_add (rig), *to = rig_add (rig);
  const YlCommand forward = { .kind = YL_COMMAND_ROOM_FORWARD,
                              .room = RIG_ROOM,
                              .on = true };
  rig_command (rig, &forward);
  rig_connect (rig);
  peer_client_send_frame (from->client, CAMERA_SSRC, 1, true);
  rig_run_until (rig, has_heard, to);
  g_assert_cmpuint (from->strangers, ==, 0);
  g_assert_cmpuint (to->strangers, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/worker/paths/the-kernel-s-choice", "127.0.0.1",
                        test_answers_from_where_it_was_asked);
  g_test_add_data_func ("/worker/paths/another-address", "127.0.0.2",
                        test_answers_from_where_it_was_asked);
  return g_test_run ();
}
