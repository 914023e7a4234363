#include "ice/ice.h"

#include "../support/ice-check.h"
#include "base/time.h"

#include <string.h>

#define PASSWORD "our-password/0123456789"

static const YlIceCredentials credentials = { .local_ufrag = "ours",
                                              .local_pwd = PASSWORD,
                                              .remote_ufrag = "theirs" };
static const YlIceCredentials restarted = { .local_ufrag = "ours2",
                                            .local_pwd = "new-" PASSWORD,
                                            .remote_ufrag = "theirs2" };
static const IceCheck plain = { .username = "ours:theirs",
                                .password = PASSWORD };
static const IceCheck nominating = { .username = "ours:theirs",
                                     .password = PASSWORD,
                                     .use_candidate = true };
static const IceCheck nominating_new = { .username = "ours2:theirs2",
                                         .password = "new-" PASSWORD,
                                         .use_candidate = true };

typedef struct {
  YlIceAgent *agent;
  YlIce *ice;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->agent = yl_ice_agent_new ();
  f->ice = yl_ice_new (f->agent, &credentials);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  yl_ice_free (f->ice);
  yl_ice_agent_free (f->agent);
}

/* The path from client address number @n. */
static YlIcePath
path_of (unsigned n)
{
  YlIcePath path;
  g_autofree char *ip = g_strdup_printf ("192.0.2.%u", n + 1);
  g_assert_true (
      yl_address_parse_ip (&path.remote, ip, (uint16_t) (40000 + n)));
  g_assert_true (yl_address_parse_ip (&path.local, "198.51.100.7", 8443));
  return path;
}

static YlIceResult
send_check (Fixture *f, const IceCheck *check, unsigned from, uint64_t now_us)
{
  uint8_t data[ICE_CHECK_MAX];
  const YlIcePath path = path_of (from);
  const size_t size = ice_check_write (check, from, data);
  return yl_ice_receive (f->ice, data, size, &path, now_us);
}

static IceReply
take_reply (Fixture *f, const char *password, unsigned to)
{
  YlIceTransmit transmit;
  const YlIcePath path = path_of (to);
  g_assert_true (yl_ice_poll_transmit (f->ice, &transmit));
  g_assert_true (yl_address_equal (&transmit.path.remote, &path.remote));
  g_assert_true (yl_address_equal (&transmit.path.local, &path.local));
  return ice_reply_read (password, transmit.data, transmit.size);
}

static void
assert_answered (Fixture *f, const IceCheck *check, unsigned from,
                 uint64_t now_us)
{
  const YlIcePath path = path_of (from);
  g_assert_cmpint (send_check (f, check, from, now_us), ==, YL_ICE_VERIFIED);
  const IceReply reply = take_reply (f, check->password, from);
  g_assert_cmpint (reply.kind, ==, ICE_REPLY_SUCCESS);
  g_assert_true (yl_address_equal (&reply.mapped, &path.remote));
}

static void
assert_refused (Fixture *f, const IceCheck *check, int code)
{
  g_assert_cmpint (send_check (f, check, 0, 0), ==, YL_ICE_IGNORED);
  const IceReply reply = take_reply (f, check->password, 0);
  g_assert_cmpint (reply.kind, ==, ICE_REPLY_ERROR);
  g_assert_cmpint (reply.code, ==, code);
}

static void
assert_event (Fixture *f, YlIceEvent expected)
{
  YlIceEvent event;
  g_assert_true (yl_ice_poll_event (f->ice, &event));
  g_assert_cmpint (event, ==, expected);
}

static void
assert_no_event (Fixture *f)
{
  YlIceEvent event;
  g_assert_false (yl_ice_poll_event (f->ice, &event));
}

static void
assert_path (Fixture *f, unsigned n)
{
  const YlIcePath path = path_of (n);
  g_assert_nonnull (yl_ice_path (f->ice));
  g_assert_true (
      yl_address_equal (&yl_ice_path (f->ice)->remote, &path.remote));
}

static bool
knows (Fixture *f, unsigned n)
{
  const YlIcePath path = path_of (n);
  return yl_ice_knows (f->ice, &path.remote);
}

/* RFC 5769, 2.1: the integrity is right, but the sender claims to be
 * controlled. Nothing is known of its padding characters (spaces). */
static void
test_vector (Fixture *f, gconstpointer data)
{
  static const uint8_t request[] = {
    0x00, 0x01, 0x00, 0x58, 0x21, 0x12, 0xa4, 0x42, 0xb7, 0xe7, 0xa7, 0x01,
    0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae, 0x80, 0x22, 0x00, 0x10,
    0x53, 0x54, 0x55, 0x4e, 0x20, 0x74, 0x65, 0x73, 0x74, 0x20, 0x63, 0x6c,
    0x69, 0x65, 0x6e, 0x74, 0x00, 0x24, 0x00, 0x04, 0x6e, 0x00, 0x01, 0xff,
    0x80, 0x29, 0x00, 0x08, 0x93, 0x2f, 0xf9, 0xb1, 0x51, 0x26, 0x3b, 0x36,
    0x00, 0x06, 0x00, 0x09, 0x65, 0x76, 0x74, 0x6a, 0x3a, 0x68, 0x36, 0x76,
    0x59, 0x20, 0x20, 0x20, 0x00, 0x08, 0x00, 0x14, 0x9a, 0xea, 0xa7, 0x0c,
    0xbf, 0xd8, 0xcb, 0x56, 0x78, 0x1e, 0xf2, 0xb5, 0xb2, 0xd3, 0xf2, 0x49,
    0xc1, 0xb5, 0x71, 0xa2, 0x80, 0x28, 0x00, 0x04, 0xe5, 0x7a, 0x3b, 0xcf,
  };
  const YlIceCredentials theirs = { .local_ufrag = "evtj",
                                    .local_pwd = "VOkJxbRl1RmTxUk/WvJxBt",
                                    .remote_ufrag = "h6vY" };
  g_autoptr (YlIce) ice = yl_ice_new (f->agent, &theirs);
  const YlIcePath path = path_of (0);
  YlIceTransmit transmit;
  yl_ice_receive (ice, request, sizeof request, &path, 0);
  g_assert_true (yl_ice_poll_transmit (ice, &transmit));
  const IceReply reply =
      ice_reply_read (theirs.local_pwd, transmit.data, transmit.size);
  g_assert_cmpint (reply.kind, ==, ICE_REPLY_ERROR);
  g_assert_cmpint (reply.code, ==, 487);
}

static void
test_nomination (Fixture *f, gconstpointer data)
{
  assert_answered (f, &plain, 0, 0);
  assert_no_event (f);
  g_assert_null (yl_ice_path (f->ice));
  g_assert_true (knows (f, 0));
  g_assert_false (knows (f, 1));

  assert_answered (f, &nominating, 0, 0);
  assert_event (f, YL_ICE_EVENT_PATH);
  assert_no_event (f);
  assert_path (f, 0);

  /* The client's address changes: the newest nomination wins. */
  assert_answered (f, &nominating, 1, 1000);
  assert_event (f, YL_ICE_EVENT_PATH);
  assert_path (f, 1);
  assert_answered (f, &plain, 0, 2000);
  assert_answered (f, &nominating, 1, 3000);
  assert_no_event (f);
  assert_path (f, 1);
}

static void
test_refused (Fixture *f, gconstpointer data)
{
  assert_refused (
      f, &(IceCheck){ .username = "ours:theirs", .password = "wrong" }, 401);
  assert_refused (
      f, &(IceCheck){ .username = "ours:other", .password = PASSWORD }, 401);
  assert_refused (f, &(IceCheck){ .username = "ours", .password = PASSWORD },
                  401);
  assert_refused (f,
                  &(IceCheck){ .username = "ours:theirs",
                               .password = PASSWORD,
                               .use_candidate = true,
                               .controlled = true },
                  487);
  assert_no_event (f);
  g_assert_null (yl_ice_path (f->ice));
  g_assert_false (knows (f, 0));
  g_assert_cmpuint (yl_ice_next_deadline (f->ice), ==, YL_NEVER);
  g_assert_cmpuint (yl_ice_refused (f->ice), ==, 4);
}

/* Every octet changed, every length: never taken as valid, and answered by
 * an error at most. */
static void
test_forged (Fixture *f, gconstpointer data)
{
  uint8_t check[ICE_CHECK_MAX];
  const YlIcePath path = path_of (0);
  const size_t size = ice_check_write (&nominating, 0, check);
  YlIceTransmit transmit;
  for (size_t i = 0; i < size; i++) {
    g_autofree uint8_t *forged = g_memdup2 (check, size);
    g_autofree uint8_t *cut = g_memdup2 (check, i);
    const uint64_t now_us = i * YL_US_PER_S; /* so that each is looked at */
    forged[i] ^= 0x04;
    g_assert_cmpint (yl_ice_receive (f->ice, forged, size, &path, now_us), ==,
                     YL_ICE_IGNORED);
    g_assert_cmpint (yl_ice_receive (f->ice, cut, i, &path, now_us), ==,
                     YL_ICE_IGNORED);
    while (yl_ice_poll_transmit (f->ice, &transmit))
      g_assert_cmpint (
          ice_reply_read (PASSWORD, transmit.data, transmit.size).kind, !=,
          ICE_REPLY_SUCCESS);
  }
  assert_no_event (f);
}

/* A flood of bad checks gets few answers, then few a second. */
static void
test_errors_bounded (Fixture *f, gconstpointer data)
{
  const IceCheck bad = { .username = "ours:theirs", .password = "wrong" };
  YlIceTransmit transmit;
  unsigned replies = 0;
  for (unsigned i = 0; i < 10000; i++) {
    send_check (f, &bad, 0, i * 1000);
    while (yl_ice_poll_transmit (f->ice, &transmit))
      replies++;
  }
  g_assert_cmpuint (replies, >=, 50);
  g_assert_cmpuint (replies, <=, 60); /* 10 at once, then 5 a second */
  for (unsigned i = 0; i < 100; i++)
    send_check (f, &plain, 0, 20 * YL_US_PER_S);
  for (replies = 0; yl_ice_poll_transmit (f->ice, &transmit);)
    replies++;
  g_assert_cmpuint (replies, ==, 8);
}

/* Each of many candidates is answered, in their order, while others come. */
static void
test_many_at_once (Fixture *f, gconstpointer data)
{
  unsigned sent = 0, answered = 0;
  for (unsigned round = 0; round < 4; round++) {
    while (sent - answered < 1 + 7 * (round % 2))
      g_assert_cmpint (send_check (f, &plain, sent++, 0), ==, YL_ICE_VERIFIED);
    while (sent - answered > round % 2)
      g_assert_cmpint (take_reply (f, PASSWORD, answered++).kind, ==,
                       ICE_REPLY_SUCCESS);
  }
}

/* Forged checks from strangers use up what is looked at, for strangers. */
static void
test_flood (Fixture *f, gconstpointer data)
{
  const IceCheck bad = { .username = "ours:theirs", .password = "wrong" };
  YlIceTransmit transmit;
  assert_answered (f, &nominating, 0, 0);
  for (unsigned i = 0; i < 100000; i++)
    send_check (f, &bad, 1 + i % 200, 0);
  while (yl_ice_poll_transmit (f->ice, &transmit))
    continue;
  g_assert_cmpint (send_check (f, &nominating, 2, 0), ==, YL_ICE_IGNORED);
  assert_answered (f, &nominating, 0, 0);
  /* Who asks again and again gets through even so. */
  YlIceResult result = YL_ICE_IGNORED;
  for (unsigned i = 0; i < 40 && result != YL_ICE_VERIFIED; i++) {
    for (unsigned k = 0; k < 100; k++)
      send_check (f, &bad, 1 + k, 0);
    result = send_check (f, &nominating, 202, 0);
  }
  g_assert_cmpint (result, ==, YL_ICE_VERIFIED);
  while (yl_ice_poll_transmit (f->ice, &transmit))
    continue;
  /* A client that moves asks again, and good ones use up nothing. */
  for (unsigned i = 0; i < 10; i++)
    assert_answered (f, &nominating, 3 + i, YL_US_PER_S / 50);
}

static void
test_lost (Fixture *f, gconstpointer data)
{
  assert_answered (f, &nominating, 0, 0);
  assert_event (f, YL_ICE_EVENT_PATH);
  g_assert_cmpuint (yl_ice_next_deadline (f->ice), ==, YL_ICE_LOST_IDLE_US);

  /* Traffic arrives until 4 s, then nothing: lost at 9 s. */
  for (uint64_t t_us = 0; t_us <= 4 * YL_US_PER_S; t_us += 100000)
    yl_ice_touch (f->ice, t_us);
  yl_ice_handle_timeout (f->ice, YL_ICE_LOST_IDLE_US);
  assert_no_event (f);
  g_assert_cmpuint (yl_ice_next_deadline (f->ice), ==, 9 * YL_US_PER_S);
  yl_ice_handle_timeout (f->ice, 9 * YL_US_PER_S);
  assert_event (f, YL_ICE_EVENT_LOST);
  assert_path (f, 0);

  /* Back by traffic, but consent still counts from the check. */
  yl_ice_touch (f->ice, 10 * YL_US_PER_S);
  assert_event (f, YL_ICE_EVENT_BACK);
  g_assert_cmpuint (yl_ice_next_deadline (f->ice), ==, 15 * YL_US_PER_S);
  yl_ice_handle_timeout (f->ice, 30 * YL_US_PER_S);
  assert_event (f, YL_ICE_EVENT_LOST);
  assert_event (f, YL_ICE_EVENT_EXPIRED);
  assert_no_event (f);
  g_assert_null (yl_ice_path (f->ice));
  g_assert_cmpuint (yl_ice_next_deadline (f->ice), ==, YL_NEVER);

  /* A check on the same path brings all back, even without nomination. */
  assert_answered (f, &plain, 0, 40 * YL_US_PER_S);
  assert_event (f, YL_ICE_EVENT_PATH);
  assert_event (f, YL_ICE_EVENT_BACK);
  assert_path (f, 0);
}

/* Checks on another path prove nothing about the selected one. */
static void
test_consent_is_of_the_path (Fixture *f, gconstpointer data)
{
  assert_answered (f, &nominating, 0, 0);
  assert_event (f, YL_ICE_EVENT_PATH);
  for (uint64_t t_s = 1; t_s <= 30; t_s++) {
    assert_answered (f, &plain, 1, t_s * YL_US_PER_S);
    yl_ice_handle_timeout (f->ice, t_s * YL_US_PER_S);
  }
  assert_event (f, YL_ICE_EVENT_EXPIRED);
  assert_no_event (f);
}

static void
test_touch_before_check (Fixture *f, gconstpointer data)
{
  yl_ice_touch (f->ice, 1);
  g_assert_cmpuint (yl_ice_next_deadline (f->ice), ==, YL_NEVER);
  assert_no_event (f);
}

static void
test_restart (Fixture *f, gconstpointer data)
{
  assert_answered (f, &nominating, 0, 0);
  assert_event (f, YL_ICE_EVENT_PATH);
  yl_ice_restart (f->ice, &restarted);
  assert_path (f, 0);
  assert_answered (f, &plain, 0, 1000); /* the old path lives on */
  assert_answered (f, &nominating_new, 2, 2000);
  assert_event (f, YL_ICE_EVENT_PATH);
  assert_path (f, 2);
  g_assert_cmpint (send_check (f, &nominating, 0, 3000), ==, YL_ICE_IGNORED);
  assert_path (f, 2);
}

/* The second restart comes before anything was heard of the first. */
static void
test_restart_twice (Fixture *f, gconstpointer data)
{
  const YlIceCredentials never = { .local_ufrag = "never",
                                   .local_pwd = "never-" PASSWORD,
                                   .remote_ufrag = "used" };
  assert_answered (f, &nominating, 0, 0);
  yl_ice_restart (f->ice, &never);
  yl_ice_restart (f->ice, &restarted);
  assert_answered (f, &plain, 0, 1000);
  assert_answered (f, &nominating_new, 0, 2000);
  g_assert_cmpint (send_check (f, &plain, 0, 3000), ==, YL_ICE_IGNORED);
}

static void
test_remotes_bounded (Fixture *f, gconstpointer data)
{
  assert_answered (f, &nominating, 0, 0);
  for (unsigned i = 1; i <= 3 * YL_ICE_MAX_REMOTES; i++)
    assert_answered (f, &plain, i, i);
  assert_path (f, 0);
  g_assert_true (knows (f, 0));
  unsigned known = 0;
  for (unsigned i = 0; i <= 3 * YL_ICE_MAX_REMOTES; i++)
    known += knows (f, i);
  g_assert_cmpuint (known, ==, YL_ICE_MAX_REMOTES);
}

static void
test_ipv6 (Fixture *f, gconstpointer data)
{
  uint8_t check[ICE_CHECK_MAX];
  YlIcePath path;
  YlIceTransmit transmit;
  yl_address_parse_ip (&path.remote, "2001:db8::17", 50000);
  yl_address_parse_ip (&path.local, "2001:db8::1", 8443);
  const size_t size = ice_check_write (&nominating, 9, check);
  g_assert_cmpint (yl_ice_receive (f->ice, check, size, &path, 0), ==,
                   YL_ICE_VERIFIED);
  g_assert_true (yl_ice_poll_transmit (f->ice, &transmit));
  const IceReply reply =
      ice_reply_read (PASSWORD, transmit.data, transmit.size);
  g_assert_cmpint (reply.kind, ==, ICE_REPLY_SUCCESS);
  g_assert_true (yl_address_equal (&reply.mapped, &path.remote));
}

#define ADD(name, func) \
  g_test_add ("/ice/ice/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("vector", test_vector);
  ADD ("nomination", test_nomination);
  ADD ("refused", test_refused);
  ADD ("forged", test_forged);
  ADD ("errors-bounded", test_errors_bounded);
  ADD ("many-at-once", test_many_at_once);
  ADD ("flood", test_flood);
  ADD ("lost", test_lost);
  ADD ("consent-is-of-the-path", test_consent_is_of_the_path);
  ADD ("touch-before-check", test_touch_before_check);
  ADD ("restart", test_restart);
  ADD ("restart-twice", test_restart_twice);
  ADD ("remotes-bounded", test_remotes_bounded);
  ADD ("ipv6", test_ipv6);
  return g_test_run ();
}
