/* test-paths.c: where media goes, and the address it comes from */
#define _GNU_SOURCE /* unshare */
#include "worker-rig.h"

#include "worker/worker-private.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static bool
has_heard (Rig *rig, void *data)
{
  const RigBrowser *browser = data;
  return browser->client->rtp_in->len > 0;
}

static void
send_frame (Rig *rig, RigBrowser *from, RigBrowser *to, uint16_t seq)
{
  g_ptr_array_set_size (to->client->rtp_in, 0);
  peer_client_send_frame (from->client, CAMERA_SSRC, seq, true);
  rig_run_until (rig, has_heard, to);
}

static bool
names_source (const Rig *rig, const RigBrowser *browser)
{
  const uint32_t place = yl_worker_find_peer (rig->worker, browser->id);
  return rig->worker->peers[place].names_source;
}

/* ---- either way ---- */

typedef struct {
  const char *ip; /* where the browsers send their checks */
  bool named;     /* the kernel would answer from elsewhere */
} Host;

/* A browser believes nobody but whom it asked. */
static void
test_answers_from_where_it_was_asked (const void *data)
{
  const Host *host = data;
  g_autoptr (Rig) rig = rig_new_everywhere (host->ip);
  RigBrowser *from = rig_add (rig), *to = rig_add (rig);
  const YlCommand forward = { .kind = YL_COMMAND_ROOM_FORWARD,
                              .room = RIG_ROOM,
                              .on = true };
  rig_command (rig, &forward);
  rig_connect (rig);
  send_frame (rig, from, to, 1);
  g_assert_cmpuint (from->strangers, ==, 0);
  g_assert_cmpuint (to->strangers, ==, 0);
  if (host->named)
    g_assert_true (names_source (rig, to));
}

/* ---- news ---- */

static bool
is_named (Rig *rig, void *data)
{
  return names_source (rig, data);
}

static bool
is_not_named (Rig *rig, void *data)
{
  return !names_source (rig, data);
}

static int
set_up_loopback (int fd)
{
  struct ifreq request = { .ifr_flags = IFF_UP };
  strcpy (request.ifr_name, "lo");
  return ioctl (fd, SIOCSIFFLAGS, &request);
}

static void
add_address (int fd)
{
  struct ifreq request = { 0 };
  struct sockaddr_in name = { .sin_family = AF_INET,
                              .sin_addr = { htonl (0xc0000201) } };
  strcpy (request.ifr_name, "lo:1");
  memcpy (&request.ifr_addr, &name, sizeof name);
  g_assert_cmpint (ioctl (fd, SIOCSIFADDR, &request), ==, 0);
}

static void
test_named_after_news (void)
{
  const bool apart = unshare (CLONE_NEWUSER | CLONE_NEWNET) == 0;
  const int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (!apart || set_up_loopback (fd) != 0) {
    g_test_skip (g_strerror (errno));
    close (fd);
    return;
  }
  g_autoptr (Rig) rig = rig_new_everywhere ("127.0.0.1");
  RigBrowser *from = rig_add (rig), *to = rig_add (rig);
  const YlCommand forward = { .kind = YL_COMMAND_ROOM_FORWARD,
                              .room = RIG_ROOM,
                              .on = true };
  rig_command (rig, &forward);
  rig_connect (rig);
  send_frame (rig, from, to, 1);
  g_assert_false (names_source (rig, to));

  add_address (fd);
  rig_run_until (rig, is_named, to);
  send_frame (rig, from, to, 2);
  peer_client_check (to->client, false);
  rig_run_until (rig, is_not_named, to);
  send_frame (rig, from, to, 3);
  g_assert_cmpuint (to->strangers, ==, 0);
  close (fd);
}

int
main (int argc, char **argv)
{
  static const Host same = { "127.0.0.1", false },
                    other = { "127.0.0.2", true };
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/worker/paths/the-kernel-s-choice", &same,
                        test_answers_from_where_it_was_asked);
  g_test_add_data_func ("/worker/paths/another-address", &other,
                        test_answers_from_where_it_was_asked);
  g_test_add_func ("/worker/paths/named-after-news", /* the last: leaves */
                   test_named_after_news);
  return g_test_run ();
}
