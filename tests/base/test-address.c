#include "base/address.h"

#include <glib.h>
#include <netinet/in.h>
#include <sys/socket.h>

static void
test_text (void)
{
  static const char *const texts[] = { "127.0.0.1", "192.0.2.7", "2001:db8::1",
                                       "::1", "fe80::1" };
  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++) {
    YlAddress address;
    char text[YL_ADDRESS_TEXT_SIZE];
    g_assert_true (yl_address_parse_ip (&address, texts[i], 5000));
    g_assert_cmpstr (yl_address_ip_text (&address, text), ==, texts[i]);
  }
  YlAddress address = { .port = 7 };
  g_assert_false (yl_address_parse_ip (&address, "host.example", 1));
  g_assert_false (yl_address_parse_ip (&address, "1.2.3.4.5", 1));
  g_assert_cmpuint (address.port, ==, 7);
}

static void
test_mapped_equals_plain (void)
{
  YlAddress a, b, c;
  struct sockaddr_storage plain, mapped;
  g_assert_true (yl_address_parse_ip (&a, "192.0.2.7", 9));
  g_assert_cmpuint (yl_address_to_sockaddr (&a, &plain, false), ==,
                    sizeof (struct sockaddr_in));
  g_assert_cmpuint (yl_address_to_sockaddr (&a, &mapped, true), ==,
                    sizeof (struct sockaddr_in6));
  g_assert_true (yl_address_from_sockaddr (&b, (struct sockaddr *) &plain));
  g_assert_true (yl_address_from_sockaddr (&c, (struct sockaddr *) &mapped));
  g_assert_true (yl_address_equal (&a, &b));
  g_assert_true (yl_address_equal (&a, &c));
  g_assert_cmpuint (yl_address_hash (&b), ==, yl_address_hash (&c));
  c.port = 10;
  g_assert_false (yl_address_equal (&b, &c));
}

static void
test_kinds (void)
{
  YlAddress a;
  g_assert_true (yl_address_parse_ip (&a, "127.8.0.1", 0));
  g_assert_true (yl_address_is_loopback (&a) && yl_address_is_v4 (&a));
  g_assert_true (yl_address_parse_ip (&a, "::1", 0));
  g_assert_true (yl_address_is_loopback (&a) && !yl_address_is_v4 (&a));
  g_assert_true (yl_address_parse_ip (&a, "0.0.0.0", 0));
  g_assert_true (yl_address_is_any (&a));
  g_assert_true (yl_address_parse_ip (&a, "::", 0));
  g_assert_true (yl_address_is_any (&a));
  g_assert_true (yl_address_parse_ip (&a, "10.0.0.1", 0));
  g_assert_false (yl_address_is_any (&a) || yl_address_is_loopback (&a));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/address/text", test_text);
  g_test_add_func ("/base/address/mapped-equals-plain",
                   test_mapped_equals_plain);
  g_test_add_func ("/base/address/kinds", test_kinds);
  return g_test_run ();
}
