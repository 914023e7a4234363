#include "rtp/history.h"

#include "base/time.h"
#include "rtp-fixture.h"

static void
add (YlRtpHistory *history, int64_t seq, size_t size, uint64_t now_us)
{
  Fixture f;
  fixture_init (&f, seq, size, (uint8_t) (seq * 7), now_us);
  yl_rtp_history_add (history, &f.packet);
  memset (&f, 0xee, sizeof f); /* nothing of it may be borrowed */
}

static void
assert_kept (const YlRtpHistory *history, int64_t seq, size_t size,
             uint64_t now_us)
{
  const YlPacket *packet = yl_rtp_history_find (history, seq, now_us);
  g_assert_nonnull (packet);
  g_assert_cmpint (packet->seq, ==, seq);
  g_assert_cmpuint (packet->view.payload_size, ==, size);
  g_assert_cmpuint (packet->view.extension[1], ==, '0');
  YlRtpView view;
  g_assert_true (yl_rtp_view_parse (&view, packet->data, packet->size, NULL));
  g_assert_true (view.payload == packet->view.payload);
  g_assert_cmpuint (view.seq, ==, (uint16_t) seq);
  for (size_t i = 0; i < size; i++)
    g_assert_cmphex (view.payload[i], ==, (uint8_t) (seq * 7));
}

static void
test_find (void)
{
  g_autoptr (YlRtpHistory) history = yl_rtp_history_new (65536, 64);
  g_assert_null (yl_rtp_history_find (history, 0, 0));
  for (int64_t seq = 65530; seq < 65550; seq++)
    add (history, seq, 10 + (size_t) seq % 5, 0);
  for (int64_t seq = 65530; seq < 65550; seq++)
    assert_kept (history, seq, 10 + (size_t) seq % 5, 0);
  g_assert_null (yl_rtp_history_find (history, 65550, 0));
  g_assert_null (yl_rtp_history_find (history, 65529, 0));
}

static void
test_late_and_repeated (void)
{
  g_autoptr (YlRtpHistory) history = yl_rtp_history_new (65536, 64);
  add (history, 100, 20, 0);
  add (history, 102, 20, 0);
  add (history, 101, 30, 0);
  add (history, 102, 40, 0); /* a repeat changes nothing */
  assert_kept (history, 101, 30, 0);
  assert_kept (history, 102, 20, 0);
  add (history, 102 - 64, 20, 0); /* would push out a newer one */
  assert_kept (history, 102, 20, 0);
  g_assert_null (yl_rtp_history_find (history, 102 - 64, 0));
}

static void
test_age (void)
{
  g_autoptr (YlRtpHistory) history = yl_rtp_history_new (65536, 64);
  add (history, 1, 20, 5 * YL_US_PER_S);
  assert_kept (history, 1, 20, 6 * YL_US_PER_S);
  g_assert_null (yl_rtp_history_find (history, 1, 6 * YL_US_PER_S + 1));
  assert_kept (history, 1, 20, 0); /* a clock read before the batch's */
}

/* Whatever is still found is whole, through many laps of odd sizes. */
static void
test_octets (void)
{
  g_autoptr (YlRtpHistory) history = yl_rtp_history_new (5000, 1024);
  for (int64_t seq = 1; seq < 3000; seq++) {
    const size_t size = 1 + (size_t) (seq * 131) % 1200;
    add (history, seq, size, 0);
    assert_kept (history, seq, size, 0);
    size_t octets = 0;
    for (int64_t s = seq; s > 0 && s > seq - 100; s--) {
      if (yl_rtp_history_find (history, s, 0) == NULL)
        continue;
      assert_kept (history, s, 1 + (size_t) (s * 131) % 1200, 0);
      octets += 1 + (size_t) (s * 131) % 1200;
    }
    g_assert_cmpuint (octets, <=, 5000);
    if (seq > 100)
      g_assert_cmpuint (octets, >, 2000);
  }
}

static size_t
count_kept (YlRtpHistory *history, int64_t newest, uint64_t now_us)
{
  size_t n = 0;
  for (int64_t seq = newest; seq > 0; seq--)
    if (yl_rtp_history_find (history, seq, now_us) != NULL) {
      assert_kept (history, seq, 1000, now_us);
      n++;
    }
  return n;
}

/* 160 packets a second: first what 200 ms take, then more on demand, and all
 * that was to be kept is whole on the way there. */
static void
test_grows (void)
{
  const uint64_t gap_us = YL_US_PER_S / 160;
  g_autoptr (YlRtpHistory) history = yl_rtp_history_new (512 * 1024, 1024);
  int64_t seq = 0;
  for (; seq < 1000; seq++)
    add (history, seq + 1, 1000, (uint64_t) seq * gap_us);
  const size_t first = count_kept (history, seq, (uint64_t) seq * gap_us);
  g_assert_cmpuint (first, >=, 32);
  g_assert_cmpuint (first, <=, 64); /* a lap at most, not a second */
  yl_rtp_history_want_more (history);
  for (; seq < 2000; seq++)
    add (history, seq + 1, 1000, (uint64_t) seq * gap_us);
  const size_t more = count_kept (history, seq, (uint64_t) seq * gap_us);
  g_assert_cmpuint (more, >=, 64);
  g_assert_cmpuint (more, <=, 128);
  yl_rtp_history_want (history, 10 * YL_US_PER_S);
  for (; seq < 4000; seq++)
    add (history, seq + 1, 1000, (uint64_t) seq * gap_us);
  g_assert_cmpuint (count_kept (history, seq, (uint64_t) seq * gap_us), >=,
                    159);
}

/* A frame of hundreds of packets at once is kept whole. */
static void
test_burst (void)
{
  g_autoptr (YlRtpHistory) history = yl_rtp_history_new (512 * 1024, 1024);
  for (int64_t seq = 1; seq <= 400; seq++)
    add (history, seq, 1000, YL_US_PER_S);
  g_assert_cmpuint (count_kept (history, 400, YL_US_PER_S), ==, 400);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtp/history/find", test_find);
  g_test_add_func ("/rtp/history/late-and-repeated", test_late_and_repeated);
  g_test_add_func ("/rtp/history/age", test_age);
  g_test_add_func ("/rtp/history/octets", test_octets);
  g_test_add_func ("/rtp/history/grows", test_grows);
  g_test_add_func ("/rtp/history/burst", test_burst);
  return g_test_run ();
}
