#include "io/udp.h"

#include "io/clock.h"

#include <glib.h>
#include <poll.h>
#include <string.h>

static YlUdp *
open_at (const char *ip)
{
  YlAddress address;
  g_assert_true (yl_address_parse_ip (&address, ip, 0));
  g_autoptr (GError) error = NULL;
  YlUdp *udp = yl_udp_new (&address, &error);
  g_assert_no_error (error);
  return udp;
}

static YlAddress
address_of (const YlUdp *udp, const char *ip)
{
  YlAddress address;
  g_assert_true (yl_address_parse_ip (&address, ip, yl_udp_port (udp)));
  return address;
}

static size_t
receive (YlUdp *udp, const YlUdpReceived **received)
{
  struct pollfd p = { .fd = yl_udp_fd (udp), .events = POLLIN };
  g_assert_cmpint (poll (&p, 1, 10000), ==, 1);
  return yl_udp_receive (udp, received);
}

static YlUdpSendResult
send_octets (YlUdp *udp, uint8_t *octets, size_t size, uint16_t segment_size,
             YlAddress remote, YlAddress local)
{
  const struct iovec iov = { .iov_base = octets, .iov_len = size };
  const YlUdpMessage message = { .remote = &remote,
                                 .local = &local,
                                 .iov = &iov,
                                 .n_iov = 1,
                                 .segment_size = segment_size };
  YlUdpSendResult why;
  const size_t sent = yl_udp_send (udp, &message, 1, &why);
  g_assert_cmpuint (sent, ==, why == YL_UDP_SENT ? 1 : 0);
  return why;
}

static const YlAddress ANY;

static void
check_round_trip (const char *listen, const char *to)
{
  g_autoptr (YlUdp) server = open_at (listen);
  g_autoptr (YlUdp) client = open_at (to);
  uint8_t hello[5] = "hello";
  const uint64_t before_us = yl_clock_now_us ();
  g_assert_cmpint (send_octets (client, hello, sizeof hello, 0,
                                address_of (server, to), ANY),
                   ==, YL_UDP_SENT);

  const YlUdpReceived *in;
  g_assert_cmpuint (receive (server, &in), ==, 1);
  g_assert_cmpmem (in->data, in->size, hello, sizeof hello);
  g_assert_cmpuint (in->segment_size, ==, 0);
  const YlAddress from = address_of (client, to);
  const YlAddress at = address_of (server, to);
  g_assert_true (yl_address_equal (&in->remote, &from));
  g_assert_true (yl_address_equal (&in->local, &at));
  /* between before it was sent and now */
  g_assert_cmpuint (in->arrived_us, <=, yl_clock_now_us ());
  g_assert_cmpuint (in->arrived_us + 1000, >=, before_us);
}

static void
test_dual_stack (void)
{
  check_round_trip ("::", "127.0.0.1");
  check_round_trip ("::", "::1");
  check_round_trip ("127.0.0.1", "127.0.0.1");
}

/* The answer leaves from the address the question came to, although the
 * socket is bound to all of them. */
static void
test_source_address (void)
{
  g_autoptr (YlUdp) server = open_at ("::");
  g_autoptr (YlUdp) client = open_at ("127.0.0.1");
  uint8_t octet[1] = { 7 };
  g_assert_cmpint (send_octets (server, octet, 1, 0,
                                address_of (client, "127.0.0.1"),
                                address_of (server, "127.1.2.3")),
                   ==, YL_UDP_SENT);

  const YlUdpReceived *in;
  g_assert_cmpuint (receive (client, &in), ==, 1);
  const YlAddress from = address_of (server, "127.1.2.3");
  g_assert_true (yl_address_equal (&in->remote, &from));
}

/* 5 full segments and a shorter one arrive whole, whether the kernel joins
 * them again on the way in or not. */
static void
test_segments (void)
{
  g_autoptr (YlUdp) server = open_at ("::");
  g_autoptr (YlUdp) client = open_at ("127.0.0.1");
  uint8_t octets[5 * 1000 + 300];
  for (size_t i = 0; i < sizeof octets; i++)
    octets[i] = (uint8_t) (i * 7);
  g_assert_cmpint (send_octets (client, octets, sizeof octets, 1000,
                                address_of (server, "127.0.0.1"), ANY),
                   ==, YL_UDP_SENT);

  size_t at = 0;
  while (at < sizeof octets) {
    const YlUdpReceived *in;
    const size_t n = receive (server, &in);
    for (size_t i = 0; i < n; i++) {
      const size_t segment = in[i].segment_size;
      g_assert_cmpuint (segment, ==, in[i].size > 1000 ? 1000 : 0);
      g_assert_cmpmem (in[i].data, in[i].size, octets + at, in[i].size);
      at += in[i].size;
    }
  }
  g_assert_cmpuint (at, ==, sizeof octets);
}

/* More segments than any kernel takes: the caller has to do it. */
static void
test_too_many_segments (void)
{
  g_autoptr (YlUdp) client = open_at ("127.0.0.1");
  uint8_t octets[2000] = { 0 };
  g_assert_cmpint (send_octets (client, octets, sizeof octets, 1,
                                address_of (client, "127.0.0.1"), ANY),
                   ==, YL_UDP_NO_SEGMENT);
}

/* What cannot be sent is counted, and the next one leaves. */
static void
test_refused (void)
{
  g_autoptr (YlUdp) udp = open_at ("127.0.0.1");
  uint8_t octet[1] = { 9 };
  YlAddress nowhere;
  g_assert_true (yl_address_parse_ip (&nowhere, "2001:db8::1", 9));
  g_assert_cmpint (send_octets (udp, octet, 1, 0, nowhere, ANY), ==,
                   YL_UDP_FAILED);
  g_assert_cmpuint (yl_udp_counters (udp)->failed, ==, 1);
  g_assert_cmpint (
      send_octets (udp, octet, 1, 0, address_of (udp, "127.0.0.1"), ANY), ==,
      YL_UDP_SENT);
}

static void
test_port_in_use (void)
{
  g_autoptr (YlUdp) first = open_at ("127.0.0.1");
  const YlAddress taken = address_of (first, "127.0.0.1");
  g_autoptr (GError) error = NULL;
  g_assert_null (yl_udp_new (&taken, &error));
  g_assert_error (error, YL_UDP_ERROR, YL_UDP_ERROR_IN_USE);
}

/* What does not fit is lost in the kernel, which says so. */
static void
test_overflow (void)
{
  g_autoptr (YlUdp) server = open_at ("127.0.0.1");
  g_autoptr (YlUdp) client = open_at ("127.0.0.1");
  const YlAddress to = address_of (server, "127.0.0.1");
  uint8_t octets[1200] = { 0 };
  YlUdpKernel kernel;
  yl_udp_ask_kernel (server, &kernel);
  g_assert_cmpuint (kernel.dropped, ==, 0);
  g_assert_cmpuint (kernel.receive_buffer, >, 0);
  const unsigned n = 2 * kernel.receive_buffer / (unsigned) sizeof octets;
  for (unsigned i = 0; i < n; i++)
    send_octets (client, octets, sizeof octets, 0, to, ANY);
  yl_udp_ask_kernel (server, &kernel);
  g_assert_cmpuint (kernel.dropped, >, 0);
  const YlUdpReceived *received;
  size_t got = 0, round;
  while ((round = yl_udp_receive (server, &received)) > 0)
    got += round;
  g_assert_cmpuint (got + kernel.dropped, ==, n);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/io/udp/dual-stack", test_dual_stack);
  g_test_add_func ("/io/udp/source-address", test_source_address);
  g_test_add_func ("/io/udp/segments", test_segments);
  g_test_add_func ("/io/udp/too-many-segments", test_too_many_segments);
  g_test_add_func ("/io/udp/refused-is-counted", test_refused);
  g_test_add_func ("/io/udp/overflow", test_overflow);
  g_test_add_func ("/io/udp/port-in-use", test_port_in_use);
  return g_test_run ();
}
