/* test-udp-socket.c: a client's UDP socket */
#include "udp-socket.h"

#include <errno.h>
#include <glib.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

static YlAddress
address (const char *ip)
{
  YlAddress self;
  g_assert_true (yl_address_parse_ip (&self, ip, 0));
  return self;
}

/* The loopback may take its time. */
static void
await (int fd)
{
  struct pollfd one = { .fd = fd, .events = POLLIN };
  g_assert_cmpint (poll (&one, 1, 10000), ==, 1);
}

/* One asks, the other hears who it was and answers. */
static void
test_exchange (gconstpointer ip)
{
  YlAddress own = address (ip), client;
  const int server = udp_socket_bind (&own);
  if (server < 0 && errno == EADDRNOTAVAIL) {
    g_test_skip ("no such address here");
    return;
  }
  g_assert_cmpint (server, >=, 0);
  g_assert_cmpuint (own.port, !=, 0);
  const int fd = udp_socket_connect (&own);
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (send (fd, "ask", 3, 0), ==, 3);

  char data[8];
  struct sockaddr_storage from;
  socklen_t size = sizeof from;
  await (server);
  g_assert_cmpint (
      recvfrom (server, data, sizeof data, 0, (struct sockaddr *) &from, &size),
      ==, 3);
  g_assert_true (yl_address_from_sockaddr (&client, (struct sockaddr *) &from));
  g_assert_true (udp_socket_aim (server, &client));
  g_assert_cmpint (send (server, "answer", 6, 0), ==, 6);
  await (fd);
  g_assert_cmpint (recv (fd, data, sizeof data, 0), ==, 6);
  g_assert_cmpint (recv (fd, data, sizeof data, 0), ==, -1);
  g_assert_cmpint (errno, ==, EAGAIN);
  close (fd);
  close (server);
}

/* A block for documentation, so nobody's. */
static void
test_foreign (void)
{
  YlAddress own = address ("192.0.2.1");
  g_assert_cmpint (udp_socket_bind (&own), ==, -1);
  g_assert_cmpint (errno, ==, EADDRNOTAVAIL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/support/udp-socket/v4", "127.0.0.1", test_exchange);
  g_test_add_data_func ("/support/udp-socket/v6", "::1", test_exchange);
  g_test_add_func ("/support/udp-socket/foreign", test_foreign);
  return g_test_run ();
}
