#include "server/listener.h"

#include <string.h>

static void
on_accepted (int fd, const YlAddress *from, void *user_data)
{
  g_assert_not_reached ();
}

static void
test_port_in_use (void)
{
  YlAddress any, taken;
  g_autoptr (GError) error = NULL;
  g_assert_true (yl_address_parse_ip (&any, "127.0.0.1", 0));
  g_autoptr (YlListener) first =
      yl_listener_new (&any, on_accepted, NULL, &error);
  g_assert_no_error (error);
  taken = *yl_listener_address (first);
  g_assert_cmpuint (taken.port, >, 0);
  g_assert_null (yl_listener_new (&taken, on_accepted, NULL, &error));
  g_assert_error (error, YL_SERVER_ERROR, YL_SERVER_ERROR_LISTEN);
  g_autofree char *wanted = g_strdup_printf (
      "cannot listen on 127.0.0.1 port %u (TCP): the port is in use",
      taken.port);
  g_assert_true (g_str_has_prefix (error->message, wanted));
}

static void
test_not_our_address (void)
{
  YlAddress address;
  g_autoptr (GError) error = NULL;
  g_assert_true (yl_address_parse_ip (&address, "192.0.2.77", 0));
  g_assert_null (yl_listener_new (&address, on_accepted, NULL, &error));
  g_assert_nonnull (strstr (error->message, "does not have the address"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/server/listener/port-in-use", test_port_in_use);
  g_test_add_func ("/server/listener/not-our-address", test_not_our_address);
  return g_test_run ();
}
