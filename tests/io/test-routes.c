#define _GNU_SOURCE /* unshare */
#include "io/routes.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static YlAddress
address (const char *ip)
{
  YlAddress result;
  g_assert_true (yl_address_parse_ip (&result, ip, 7000));
  return result;
}

static bool
choose (const YlRoutes *routes, const char *remote, const char *local)
{
  const YlAddress to = address (remote), from = address (local);
  return yl_routes_choose (routes, &to, &from);
}

static void
test_choose (void)
{
  g_autoptr (YlRoutes) routes = yl_routes_new ();
  if (yl_routes_fd (routes) < 0) {
    g_test_skip ("no netlink here");
    return;
  }
  g_assert_true (choose (routes, "127.0.0.1", "127.0.0.1"));
  g_assert_false (choose (routes, "127.0.0.1", "127.0.0.2"));
  g_assert_true (choose (routes, "127.0.0.9", "127.0.0.1"));
  /* no such family on the way there */
  g_assert_false (choose (routes, "127.0.0.1", "::1"));
}

/* ---- a network of our own ---- */

static int
set_up_loopback (int fd)
{
  struct ifreq request = { .ifr_flags = IFF_UP };
  strcpy (request.ifr_name, "lo");
  return ioctl (fd, SIOCSIFFLAGS, &request);
}

static void
add_address (int fd, const char *label, const char *ip)
{
  struct ifreq request = { 0 };
  struct sockaddr_storage name;
  const YlAddress given = address (ip);
  g_strlcpy (request.ifr_name, label, sizeof request.ifr_name);
  yl_address_to_sockaddr (&given, &name, false);
  memcpy (&request.ifr_addr, &name, sizeof request.ifr_addr);
  g_assert_cmpint (ioctl (fd, SIOCSIFADDR, &request), ==, 0);
}

/* from all lookup main, before the others */
static void
add_rule (void)
{
  const struct {
    struct nlmsghdr header;
    struct fib_rule_hdr rule;
    struct rtattr attribute;
    uint32_t priority;
  } request = {
    .header = { .nlmsg_len = sizeof request,
                .nlmsg_type = RTM_NEWRULE,
                .nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_ACK },
    .rule = { .family = AF_INET,
              .table = RT_TABLE_MAIN,
              .action = FR_ACT_TO_TBL },
    .attribute = { .rta_len = RTA_LENGTH (sizeof (uint32_t)),
                   .rta_type = FRA_PRIORITY },
    .priority = 100,
  };
  struct {
    struct nlmsghdr header;
    struct nlmsgerr result;
    char rest[sizeof request];
  } answer;
  const int fd = socket (AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  g_assert_cmpint (send (fd, &request, sizeof request, 0), ==, sizeof request);
  g_assert_cmpint (recv (fd, &answer, sizeof answer, 0), >, 0);
  g_assert_cmpint (answer.header.nlmsg_type, ==, NLMSG_ERROR);
  g_assert_cmpint (answer.result.error, ==, 0);
  close (fd);
}

static void
test_changes (void)
{
  const bool apart = unshare (CLONE_NEWUSER | CLONE_NEWNET) == 0;
  const int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  g_autoptr (YlRoutes) routes = yl_routes_new ();
  if (!apart || set_up_loopback (fd) != 0) {
    g_test_skip (g_strerror (errno));
    close (fd);
    return;
  }
  g_assert_true (yl_routes_changed (routes));
  g_assert_false (yl_routes_changed (routes));

  g_assert_false (choose (routes, "192.0.2.1", "192.0.2.1"));
  add_address (fd, "lo:1", "192.0.2.1");
  g_assert_true (yl_routes_changed (routes));
  g_assert_true (choose (routes, "192.0.2.1", "192.0.2.1"));
  g_assert_false (choose (routes, "192.0.2.1", "127.0.0.1"));

  /* The rule might look at the port that media leaves from. */
  add_rule ();
  g_assert_true (yl_routes_changed (routes));
  g_assert_false (choose (routes, "192.0.2.1", "192.0.2.1"));
  g_autoptr (YlRoutes) later = yl_routes_new ();
  g_assert_false (choose (later, "192.0.2.1", "192.0.2.1"));
  close (fd);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/io/routes/choose", test_choose);
  g_test_add_func ("/io/routes/changes", test_changes); /* the last: leaves */
  return g_test_run ();
}
