/* test-munger.c: a slot's numbering over switches, pauses and late packets */
#include "sfu/munger.h"

#include "packets.h"

#include <glib.h>

#define RATE 90000

typedef struct {
  YlSfuMunger munger;
  TestPacket packet;
  YlPlanRow row;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  YlRandom random;
  memset (f, 0, sizeof *f);
  yl_random_init_seeded (&random, 7);
  yl_sfu_munger_init (&f->munger, &random);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
}

static bool
map (Fixture *f, uint64_t source, int64_t seq, uint32_t ts, uint64_t us)
{
  const YlPacket *p =
      test_packet (&f->packet, YL_CODEC_VP8, seq, ts, us, false);
  return yl_sfu_munger_map (&f->munger, source, p, &f->row);
}

static void
open (Fixture *f, uint64_t source, int64_t seq, uint32_t ts, uint64_t us)
{
  const YlSfuSpanSource span = { .source = source,
                                 .clock_rate = RATE,
                                 .payload_type = 96,
                                 .rtx_payload_type = 97 };
  const YlPacket *p = test_packet (&f->packet, YL_CODEC_VP8, seq, ts, us, true);
  yl_sfu_munger_open (&f->munger, &span, p);
  g_assert_true (yl_sfu_munger_map (&f->munger, source, p, &f->row));
}

static void
test_switch (Fixture *f, gconstpointer data)
{
  open (f, 1, 1000, 5000, 1000000);
  const YlPlanRow first = f->row;
  g_assert_cmpint (first.seq, <=, 0x8000);
  g_assert_true (map (f, 1, 1001, 5000 + 3000, 1033333));
  g_assert_cmpint (f->row.seq, ==, first.seq + 1);
  g_assert_cmpuint (f->row.timestamp, ==, first.timestamp + 3000);
  g_assert_cmpuint (f->row.picture_id, ==, (first.picture_id + 1) & 0x7fff);

  /* Another source a second later: numbers go on, time says a second. */
  open (f, 2, 77, 123456, 2033333);
  g_assert_cmpint (f->row.seq, ==, first.seq + 2);
  g_assert_cmpuint (f->row.timestamp - first.timestamp, ==, 3000 + RATE);
  g_assert_cmpuint (f->row.picture_id, ==, (first.picture_id + 2) & 0x7fff);
  g_assert_cmpuint (f->row.tl0picidx, ==, (uint8_t) (first.tl0picidx + 2));
  g_assert_cmpuint (f->row.payload_type, ==, 96);
}

static void
test_same_instant (Fixture *f, gconstpointer data)
{
  open (f, 1, 1000, 5000, 1000000);
  const uint32_t first = f->row.timestamp;
  open (f, 2, 77, 123456, 1000000);
  g_assert_cmpuint (f->row.timestamp, ==, first + 1);
  open (f, 3, 77, 1, 999000); /* a clock that went back */
  g_assert_cmpuint (f->row.timestamp, ==, first + 2);
}

static void
test_pause (Fixture *f, gconstpointer data)
{
  open (f, 1, 1000, 5000, 1000000);
  const YlPlanRow first = f->row;
  yl_sfu_munger_close (&f->munger);
  g_assert_false (map (f, 1, 1001, 8000, 1033333));

  /* The same source again: its own clock says how long the pause was. */
  open (f, 1, 1300, 5000 + 10 * RATE, 11500000);
  g_assert_cmpint (f->row.seq, ==, first.seq + 1);
  g_assert_cmpuint (f->row.timestamp, ==, first.timestamp + 10 * RATE);
}

static void
test_late (Fixture *f, gconstpointer data)
{
  open (f, 1, 1000, 5000, 1000000);
  const int64_t first = f->row.seq;
  g_assert_true (map (f, 1, 1005, 8000, 1010000));
  g_assert_true (map (f, 1, 1003, 7000, 1011000)); /* fills its own hole */
  g_assert_cmpint (f->row.seq, ==, first + 3);
  g_assert_false (map (f, 1, 999, 4000, 1012000)); /* before the keyframe */

  open (f, 2, 50, 0, 1100000);
  g_assert_cmpint (f->row.seq, ==, first + 6);
  g_assert_true (map (f, 1, 1004, 7500, 1101000)); /* still its number */
  g_assert_cmpint (f->row.seq, ==, first + 4);
  g_assert_false (map (f, 1, 1006, 9000, 1102000)); /* taken by source 2 */
}

static void
test_find (Fixture *f, gconstpointer data)
{
  open (f, 1, 1000, 5000, 1000000);
  const int64_t first = f->row.seq;
  g_assert_true (map (f, 1, 1009, 8000, 1010000));
  open (f, 2, 50, 0, 1100000);
  const YlSfuSpan *old = yl_sfu_munger_find (&f->munger, first + 9);
  g_assert_nonnull (old);
  g_assert_cmpuint (old->source, ==, 1);
  g_assert_cmpint (first + 9 - old->seq_offset, ==, 1009);
  const YlSfuSpan *now = yl_sfu_munger_find (&f->munger, first + 10);
  g_assert_nonnull (now);
  g_assert_cmpuint (now->source, ==, 2);
  g_assert_null (yl_sfu_munger_find (&f->munger, first + 11));
  g_assert_null (yl_sfu_munger_find (&f->munger, first - 1));
}

/* 7-bit picture ids wrap within their own width. */
static void
test_narrow_picture_id (Fixture *f, gconstpointer data)
{
  open (f, 1, 0x7ff0, 5000, 1000000);
  const uint16_t before = f->row.picture_id;
  YlPacket *p = &f->packet.packet;
  test_packet (&f->packet, YL_CODEC_VP8, 126, 0, 1100000, true);
  p->info.picture_id_bits = 7;
  const YlSfuSpanSource span = { .source = 2, .clock_rate = RATE };
  yl_sfu_munger_open (&f->munger, &span, p);
  for (int i = 0; i < 300; i++) {
    test_packet (&f->packet, YL_CODEC_VP8, 126 + i, 0, 1100000, i == 0);
    p->info.picture_id_bits = 7;
    p->info.picture_id &= 0x7f;
    g_assert_true (yl_sfu_munger_map (&f->munger, 2, p, &f->row));
    g_assert_cmpuint (f->row.picture_id, ==, (before + 1 + i) & 0x7f);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, test) \
  g_test_add ("/sfu/munger/" path, Fixture, NULL, set_up, test, tear_down)
  ADD ("goes-on-after-switch", test_switch);
  ADD ("time-never-stands", test_same_instant);
  ADD ("pause-keeps-clock", test_pause);
  ADD ("late-packets-keep-number", test_late);
  ADD ("finds-span-for-resend", test_find);
  ADD ("narrow-picture-id", test_narrow_picture_id);
  return g_test_run ();
}
