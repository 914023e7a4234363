#include "base/reader.h"
#include "base/writer.h"

#include <glib.h>

static void
test_round_trip (void)
{
  uint8_t data[32];
  YlWriter out = yl_writer_init (data, sizeof data);
  yl_writer_u8 (&out, 0x01);
  yl_writer_u16 (&out, 0x0203);
  yl_writer_u24 (&out, 0x040506);
  yl_writer_u32 (&out, 0x0708090a);
  yl_writer_u64 (&out, UINT64_C (0x0b0c0d0e0f101112));
  yl_writer_octets (&out, "ab", 2);
  yl_writer_zeros (&out, 2);
  g_assert_false (out.failed);
  g_assert_cmpuint (yl_writer_size (&out), ==, 22);

  YlReader in = yl_reader_init (data, yl_writer_size (&out));
  g_assert_cmphex (yl_reader_u8 (&in), ==, 0x01);
  g_assert_cmphex (yl_reader_u16 (&in), ==, 0x0203);
  g_assert_cmphex (yl_reader_u24 (&in), ==, 0x040506);
  g_assert_cmphex (yl_reader_u32 (&in), ==, 0x0708090a);
  g_assert_cmphex (yl_reader_u64 (&in), ==, UINT64_C (0x0b0c0d0e0f101112));
  g_assert_cmpmem (yl_reader_take (&in, 2), 2, "ab", 2);
  yl_reader_skip (&in, 2);
  g_assert_false (in.failed);
  g_assert_cmpuint (yl_reader_left (&in), ==, 0);
}

static void
test_failure_is_sticky (void)
{
  const uint8_t data[] = { 1, 2, 3 };
  YlReader in = yl_reader_init (data, sizeof data);
  g_assert_cmpuint (yl_reader_u32 (&in), ==, 0);
  g_assert_true (in.failed);
  g_assert_cmpuint (yl_reader_u8 (&in), ==, 0);
  g_assert_null (yl_reader_take (&in, 0));

  YlReader whole = yl_reader_init (data, sizeof data);
  YlReader part = yl_reader_narrow (&whole, 4);
  g_assert_true (part.failed && whole.failed);

  uint8_t small[3];
  YlWriter out = yl_writer_init (small, sizeof small);
  yl_writer_u32 (&out, 1);
  yl_writer_u8 (&out, 1);
  g_assert_true (out.failed);
  g_assert_cmpuint (yl_writer_size (&out), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/reader/round-trip", test_round_trip);
  g_test_add_func ("/base/reader/failure-is-sticky", test_failure_is_sticky);
  return g_test_run ();
}
