#include "rtp/history.h"

#include "base/time.h"
#include "rtp-fixture.h"

/* A packet of a frame of its own, or of one that does not end. */
static void
add_to_frame (YlRtpHistory *history, int64_t seq, size_t size, uint64_t now_us,
              uint32_t timestamp)
{
  Fixture f;
  fixture_init (&f, seq, size, (uint8_t) (seq * 7), now_us);
  yl_write_u32 (f.data + 4, timestamp);
  f.packet.view.timestamp = timestamp;
  yl_rtp_history_add (history, &f.packet);
  memset (&f, 0xee, sizeof f); /* nothing of it may be borrowed */
}

static void
add (YlRtpHistory *history, int64_t seq, size_t size, uint64_t now_us)
{
  add_to_frame (history, seq, size, now_us, (uint32_t) seq * 3000);
}

static void
assert_same_view (const YlRtpView *a, const YlRtpView *b)
{
  g_assert_cmpuint (a->ssrc, ==, b->ssrc);
  g_assert_cmpuint (a->timestamp, ==, b->timestamp);
  g_assert_cmpuint (a->seq, ==, b->seq);
  g_assert_cmpuint (a->extension_profile, ==, b->extension_profile);
  g_assert_cmpuint (a->payload_type, ==, b->payload_type);
  g_assert_true (a->marker == b->marker);
  g_assert_true (a->extension == b->extension);
  g_assert_cmpuint (a->extension_size, ==, b->extension_size);
  g_assert_true (a->payload == b->payload);
  g_assert_cmpuint (a->payload_size, ==, b->payload_size);
}

static void
assert_same_info (const YlPayloadInfo *a, const YlPayloadInfo *b)
{
  g_assert_true (a->keyframe_start == b->keyframe_start);
  g_assert_true (a->frame_start == b->frame_start);
  g_assert_cmpuint (a->temporal_id, ==, b->temporal_id);
  g_assert_true (a->switch_up == b->switch_up);
  g_assert_cmpuint (a->descriptor_size, ==, b->descriptor_size);
  g_assert_cmpuint (a->picture_id_bits, ==, b->picture_id_bits);
  g_assert_cmpuint (a->picture_id_at, ==, b->picture_id_at);
  g_assert_cmpuint (a->tl0picidx_at, ==, b->tl0picidx_at);
  g_assert_cmpuint (a->tl0picidx, ==, b->tl0picidx);
  g_assert_cmpuint (a->picture_id, ==, b->picture_id);
}

static void
assert_kept (const YlRtpHistory *history, int64_t seq, size_t size,
             uint64_t now_us)
{
  YlPacket kept;
  uint8_t room[YL_PACKET_MAX];
  g_assert_true (yl_rtp_history_find (history, seq, now_us, &kept, room));
  const YlPacket *packet = &kept;
  g_assert_cmpint (packet->seq, ==, seq);
  g_assert_cmpuint (packet->view.payload_size, ==, size);
  g_assert_cmpuint (packet->view.extension[1], ==, '0');
  YlRtpView view;
  g_assert_true (yl_rtp_view_parse (&view, packet->data, packet->size, NULL));
  g_assert_true (view.payload == packet->view.payload);
  assert_same_view (&view, &packet->view);
  g_assert_cmpuint (view.seq, ==, (uint16_t) seq);
  for (size_t i = 0; i < size; i++)
    g_assert_cmphex (view.payload[i], ==, (uint8_t) (seq * 7));
}

/* Empty, on pages of its own. */
typedef struct {
  YlPagePool *pages;
  YlRtpHistory *history;
} Store;

static void
store_clear (Store *self)
{
  yl_rtp_history_free (self->history);
  g_assert_cmpuint (yl_page_pool_used (self->pages), ==, 0);
  yl_page_pool_free (self->pages);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Store, store_clear)

static Store
store_new (size_t octets, uint32_t packets)
{
  YlPagePool *pages = yl_page_pool_new ();
  return (Store){ pages, yl_rtp_history_new (pages, octets, packets) };
}

static void
test_find (void)
{
  g_auto (Store) s = store_new (65536, 64);
  g_assert_false (yl_rtp_history_has (s.history, 0, 0));
  for (int64_t seq = 65530; seq < 65550; seq++)
    add (s.history, seq, 10 + (size_t) seq % 5, 0);
  for (int64_t seq = 65530; seq < 65550; seq++)
    assert_kept (s.history, seq, 10 + (size_t) seq % 5, 0);
  g_assert_false (yl_rtp_history_has (s.history, 65550, 0));
  g_assert_false (yl_rtp_history_has (s.history, 65529, 0));
}

/* All that the forwarder reads of a packet comes back. */
static void
test_whole_packet (void)
{
  g_auto (Store) s = store_new (65536, 64);
  Fixture f;
  fixture_init (&f, 7, 100, 1, 5);
  f.packet.view.marker = true;
  f.packet.audio_level = 33;
  f.packet.info = (YlPayloadInfo){ .keyframe_start = true,
                                   .frame_start = true,
                                   .temporal_id = 2,
                                   .descriptor_size = 6,
                                   .picture_id_bits = 15,
                                   .picture_id = 0x1234,
                                   .tl0picidx = 9 };
  yl_rtp_history_add (s.history, &f.packet);
  YlPacket packet;
  uint8_t room[YL_PACKET_MAX];
  g_assert_true (yl_rtp_history_find (s.history, 7, 5, &packet, room));
  g_assert_cmpmem (packet.data, packet.size, f.packet.data, f.packet.size);
  packet.data = f.packet.data;
  packet.view.extension = f.packet.view.extension;
  packet.view.payload = f.packet.view.payload;
  assert_same_view (&packet.view, &f.packet.view);
  assert_same_info (&packet.info, &f.packet.info);
  g_assert_cmpuint (packet.audio_level, ==, 33);
  g_assert_cmpint (packet.codec, ==, YL_CODEC_VP8);
  g_assert_cmpuint (packet.received_us, ==, 5);
}

static void
test_late_and_repeated (void)
{
  g_auto (Store) s = store_new (65536, 64);
  add (s.history, 100, 20, 0);
  add (s.history, 102, 20, 0);
  add (s.history, 101, 30, 0);
  add (s.history, 102, 40, 0); /* a repeat changes nothing */
  assert_kept (s.history, 101, 30, 0);
  assert_kept (s.history, 102, 20, 0);
  add (s.history, 102 - 64, 20, 0); /* would push out a newer one */
  assert_kept (s.history, 102, 20, 0);
  g_assert_false (yl_rtp_history_has (s.history, 102 - 64, 0));
}

static void
test_age (void)
{
  g_auto (Store) s = store_new (65536, 64);
  add (s.history, 1, 20, 5 * YL_US_PER_S);
  assert_kept (s.history, 1, 20, 6 * YL_US_PER_S);
  g_assert_false (yl_rtp_history_has (s.history, 1, 6 * YL_US_PER_S + 1));
  assert_kept (s.history, 1, 20, 0); /* a clock read before the batch's */
}

/* Whatever is still found is whole, through many pages of odd sizes. */
static void
test_octets (void)
{
  g_auto (Store) s = store_new (3 * YL_PAGE_SIZE, 1024);
  for (int64_t seq = 1; seq < 3000; seq++) {
    const size_t size = 1 + (size_t) (seq * 131) % 1200;
    add (s.history, seq, size, 0);
    assert_kept (s.history, seq, size, 0);
    g_assert_cmpuint (yl_page_pool_used (s.pages), <=, 3);
    size_t octets = 0;
    for (int64_t i = seq; i > 0 && i > seq - 100; i--) {
      if (!yl_rtp_history_has (s.history, i, 0))
        continue;
      assert_kept (s.history, i, 1 + (size_t) (i * 131) % 1200, 0);
      octets += 1 + (size_t) (i * 131) % 1200;
    }
    if (seq > 100)
      g_assert_cmpuint (octets, >, YL_PAGE_SIZE);
  }
}

static size_t
count_kept (YlRtpHistory *history, int64_t newest, uint64_t now_us)
{
  size_t n = 0;
  for (int64_t seq = newest; seq > 0 && seq > newest - 2000; seq--)
    if (yl_rtp_history_has (history, seq, now_us)) {
      assert_kept (history, seq, 1000, now_us);
      n++;
    }
  return n;
}

/* 160 packets a second of 1000 octets. */
#define GAP_US (YL_US_PER_S / 160)

/* Runs on until @end and returns how many are kept. At every moment all that
 * came in the last @promised_us is there. */
static size_t
run_until (YlRtpHistory *history, int64_t *seq, int64_t end,
           uint64_t promised_us)
{
  const int64_t begin = *seq;
  const int64_t promised = (int64_t) (promised_us / GAP_US);
  for (; *seq < end; (*seq)++) {
    add (history, *seq + 1, 1000, (uint64_t) *seq * GAP_US);
    if (*seq >= begin + promised)
      g_assert_true (yl_rtp_history_has (history, *seq + 1 - promised,
                                         (uint64_t) *seq * GAP_US));
  }
  return count_kept (history, *seq, (uint64_t) *seq * GAP_US);
}

/* What is promised is kept and little more, in whichever way that changes,
 * and what is not kept takes no memory. */
static void
test_keep (void)
{
  static const uint64_t AGES_US[] = { 200000, 400000,  10000000, 100000,
                                      60000,  1000000, 200000 };
  g_auto (Store) s = store_new (512 * 1024, 1024);
  int64_t seq = 0;
  for (size_t i = 0; i < G_N_ELEMENTS (AGES_US); i++) {
    const uint64_t age_us = MIN (AGES_US[i], YL_RTP_HISTORY_AGE_US);
    const size_t promised = age_us / GAP_US;
    yl_rtp_history_keep (s.history, AGES_US[i]);
    const size_t kept = run_until (s.history, &seq, seq + 1000, age_us);
    g_assert_cmpuint (kept, >=, promised - 1);
    g_assert_cmpuint (kept, <=, promised + 8); /* two pages */
    g_assert_cmpuint (yl_page_pool_used (s.pages), <=,
                      (promised + 8) * 1100 / YL_PAGE_SIZE + 2);
  }
}

/* What was needed is remembered for a minute or two, whatever the viewers'
 * reports say. */
static void
test_need (void)
{
  g_auto (Store) s = store_new (512 * 1024, 1024);
  int64_t seq = 0;
  yl_rtp_history_keep (s.history, 100000);
  run_until (s.history, &seq, 160, 100000);
  yl_rtp_history_need (s.history, 300000, (uint64_t) seq * GAP_US);
  yl_rtp_history_keep (s.history, 100000);
  const int64_t minute = 60 * 160;
  g_assert_cmpuint (run_until (s.history, &seq, seq + minute, 300000), >=, 47);
  yl_rtp_history_need_more (s.history, (uint64_t) seq * GAP_US);
  g_assert_cmpuint (run_until (s.history, &seq, seq + minute, 600000), >=, 95);
  for (int i = 0; i < 3; i++)
    yl_rtp_history_need_more (s.history, (uint64_t) seq * GAP_US);
  g_assert_cmpuint (run_until (s.history, &seq, seq + 1000, 1000000), >=, 159);
  g_assert_cmpuint (run_until (s.history, &seq, seq + 2 * minute, 100000), <=,
                    16 + 8);
}

/* After a keyframe all that followed is there until nobody may replay it. */
static void
test_hold (void)
{
  g_auto (Store) s = store_new (512 * 1024, 1024);
  int64_t seq = 0;
  yl_rtp_history_keep (s.history, 100000);
  run_until (s.history, &seq, 160, 100000);
  const int64_t key = seq;
  yl_rtp_history_hold (s.history, (uint64_t) (key - 1) * GAP_US,
                       (uint64_t) (key + 63) * GAP_US);
  for (; seq < key + 62;) {
    run_until (s.history, &seq, seq + 1, 0);
    for (int64_t i = key; i <= seq; i++)
      g_assert_true (
          yl_rtp_history_has (s.history, i, (uint64_t) seq * GAP_US));
  }
  g_assert_cmpuint (run_until (s.history, &seq, seq + 3, 0), <=, 16 + 8);
}

/* The two newest frames are there, however slowly frames come, but never more
 * than a second. */
static void
test_slow_frames (void)
{
  g_auto (Store) s = store_new (512 * 1024, 1024);
  yl_rtp_history_keep (s.history, 50000);
  uint64_t now_us = YL_US_PER_S;
  int64_t seq = 0;
  for (uint32_t frame = 0; frame < 20; frame++, now_us += 300000) {
    for (int i = 0; i < 20; i++)
      add_to_frame (s.history, ++seq, 1000, now_us, frame);
    for (int64_t i = MAX (1, seq - 39); i <= seq; i++)
      assert_kept (s.history, i, 1000, now_us);
    g_assert_false (yl_rtp_history_has (s.history, seq - 50, now_us));
  }
  for (int i = 0; i < 3000; i++, now_us += 10000)
    add_to_frame (s.history, ++seq, 1000, now_us, 20);
  g_assert_cmpuint (yl_page_pool_used (s.pages), <=, 30);
  assert_kept (s.history, seq - 99, 1000, now_us - 10000);
}

/* A track that has stopped is trimmed down to a page, and the table with it. */
static void
test_trim (void)
{
  g_auto (Store) s = store_new (512 * 1024, 1024);
  int64_t seq = 0;
  yl_rtp_history_keep (s.history, YL_US_PER_S);
  run_until (s.history, &seq, 500, YL_US_PER_S);
  const uint64_t now_us = (uint64_t) seq * GAP_US;
  for (int i = 0; i < 10; i++)
    yl_rtp_history_trim (s.history, now_us); /* takes nothing from it */
  g_assert_cmpuint (count_kept (s.history, seq, now_us), >=, 159);
  yl_rtp_history_trim (s.history, now_us + 2 * YL_US_PER_S);
  g_assert_cmpuint (yl_page_pool_used (s.pages), ==, 1);
  for (int i = 0; i < 10; i++)
    yl_rtp_history_trim (s.history, now_us + 2 * YL_US_PER_S);
  run_until (s.history, &seq, 1000, YL_US_PER_S);
  yl_rtp_history_clear (s.history);
  g_assert_cmpuint (yl_page_pool_used (s.pages), ==, 0);
  g_assert_cmpuint (count_kept (s.history, seq, (uint64_t) seq * GAP_US), ==,
                    0);
  run_until (s.history, &seq, 2000, YL_US_PER_S);
}

/* A frame of hundreds of packets at once is kept whole. */
static void
test_burst (void)
{
  g_auto (Store) s = store_new (512 * 1024, 1024);
  for (int64_t seq = 1; seq <= 400; seq++)
    add (s.history, seq, 1000, YL_US_PER_S);
  g_assert_cmpuint (count_kept (s.history, 400, YL_US_PER_S), ==, 400);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtp/history/find", test_find);
  g_test_add_func ("/rtp/history/whole-packet", test_whole_packet);
  g_test_add_func ("/rtp/history/late-and-repeated", test_late_and_repeated);
  g_test_add_func ("/rtp/history/age", test_age);
  g_test_add_func ("/rtp/history/octets", test_octets);
  g_test_add_func ("/rtp/history/keep", test_keep);
  g_test_add_func ("/rtp/history/need", test_need);
  g_test_add_func ("/rtp/history/hold", test_hold);
  g_test_add_func ("/rtp/history/slow-frames", test_slow_frames);
  g_test_add_func ("/rtp/history/trim", test_trim);
  g_test_add_func ("/rtp/history/burst", test_burst);
  return g_test_run ();
}
