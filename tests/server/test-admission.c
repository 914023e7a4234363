#include "server/admission.h"

static const YlAdmissionCaps caps = {
  .guests = 4, .guests_per_address = 2, .members = 2, .members_per_address = 1
};

static YlAddress
address (const char *text)
{
  YlAddress a;
  g_assert_true (yl_address_parse_ip (&a, text, 1));
  return a;
}

static YlAdmissionEntry *
enter (YlAdmission *self, const char *text, const char *owner,
       const char *wanted)
{
  const YlAddress a = address (text);
  void *displaced;
  YlAdmissionEntry *entry =
      yl_admission_enter (self, &a, (void *) owner, &displaced);
  g_assert_cmpstr (displaced, ==, wanted);
  return entry;
}

static void
test_own_address_first (void)
{
  g_autoptr (YlAdmission) self = yl_admission_new (&caps);
  YlAdmissionEntry *other = enter (self, "192.0.2.1", "other", NULL);
  YlAdmissionEntry *a = enter (self, "192.0.2.2", "a", NULL);
  YlAdmissionEntry *b = enter (self, "192.0.2.2", "b", NULL);
  YlAdmissionEntry *c = enter (self, "192.0.2.2", "c", "a");
  yl_admission_leave (self, a);
  yl_admission_touch (self, b);
  YlAdmissionEntry *d = enter (self, "192.0.2.2", "d", "c");
  yl_admission_leave (self, c);
  YlAdmissionStats stats;
  yl_admission_stats (self, &stats);
  g_assert_cmpuint (stats.guests, ==, 3);
  g_assert_cmpuint (stats.displaced, ==, 2);
  yl_admission_leave (self, other);
  yl_admission_leave (self, b);
  yl_admission_leave (self, d);
}

static void
test_oldest_of_all (void)
{
  g_autoptr (YlAdmission) self = yl_admission_new (&caps);
  static const char *const texts[] = { "2001:db8:0:1::1", "2001:db8:0:2::1",
                                       "2001:db8:0:3::1", "2001:db8:0:4::1" };
  YlAdmissionEntry *entries[5];
  for (int i = 0; i < 4; i++)
    entries[i] = enter (self, texts[i], texts[i], NULL);
  yl_admission_touch (self, entries[0]);
  entries[4] = enter (self, "2001:db8:0:5::1", "new", texts[1]);
  for (int i = 0; i < 5; i++)
    yl_admission_leave (self, entries[i]);
}

/* One household has a whole /64 to choose addresses from. */
static void
test_ipv6_prefix (void)
{
  g_autoptr (YlAdmission) self = yl_admission_new (&caps);
  YlAdmissionEntry *a = enter (self, "2001:db8::1", "a", NULL);
  YlAdmissionEntry *b = enter (self, "2001:db8::2", "b", NULL);
  YlAdmissionEntry *c = enter (self, "2001:db8::3", "c", "a");
  yl_admission_leave (self, a);
  yl_admission_leave (self, b);
  yl_admission_leave (self, c);
}

static void
test_members (void)
{
  g_autoptr (YlAdmission) self = yl_admission_new (&caps);
  YlAdmissionEntry *a = enter (self, "192.0.2.1", "a", NULL);
  YlAdmissionEntry *b = enter (self, "192.0.2.1", "b", NULL);
  g_assert_true (yl_admission_promote (self, a));
  g_assert_true (yl_admission_promote (self, a));
  g_assert_false (yl_admission_promote (self, b));
  YlAdmissionEntry *c = enter (self, "192.0.2.1", "c", NULL);
  YlAdmissionEntry *d = enter (self, "192.0.2.1", "d", "b");
  g_assert_false (yl_admission_promote (self, b));
  YlAdmissionEntry *e = enter (self, "192.0.2.2", "e", NULL);
  g_assert_true (yl_admission_promote (self, e));
  YlAdmissionEntry *f = enter (self, "192.0.2.3", "f", NULL);
  g_assert_false (yl_admission_promote (self, f));
  YlAdmissionStats stats;
  yl_admission_stats (self, &stats);
  g_assert_cmpuint (stats.members, ==, 2);
  g_assert_cmpuint (stats.refused, ==, 3);
  YlAdmissionEntry *all[] = { a, b, c, d, e, f };
  for (size_t i = 0; i < G_N_ELEMENTS (all); i++)
    yl_admission_leave (self, all[i]);
  yl_admission_stats (self, &stats);
  g_assert_cmpuint (stats.members + stats.guests, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/server/admission/own-address-first",
                   test_own_address_first);
  g_test_add_func ("/server/admission/oldest-of-all", test_oldest_of_all);
  g_test_add_func ("/server/admission/ipv6-prefix", test_ipv6_prefix);
  g_test_add_func ("/server/admission/members", test_members);
  return g_test_run ();
}
