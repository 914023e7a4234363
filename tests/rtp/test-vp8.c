#include "rtp/vp8.h"

#include <glib.h>
#include <string.h>

/* clang-format off */
static const uint8_t keyframe[] = {
  0x90, 0xe0,       /* X, S, partition 0; I, L, T */
  0x92, 0x34,       /* 15-bit picture id 0x1234 */
  0x2a,             /* TL0PICIDX */
  0x60,             /* TID 1, Y */
  0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, /* frame tag of a keyframe, start code */
  0x80, 0x02, 0x68, 0x01,             /* 640 x 360 */
};
/* clang-format on */

static void
test_keyframe (void)
{
  YlPayloadInfo info;
  uint16_t width, height;
  g_assert_true (yl_rtp_vp8_read (&info, keyframe, sizeof keyframe));
  g_assert_true (info.keyframe_start);
  g_assert_true (info.frame_start);
  g_assert_cmpuint (info.descriptor_size, ==, 6);
  g_assert_cmpuint (info.picture_id_bits, ==, 15);
  g_assert_cmpuint (info.picture_id_at, ==, 2);
  g_assert_cmphex (info.picture_id, ==, 0x1234);
  g_assert_cmpuint (info.tl0picidx_at, ==, 4);
  g_assert_cmphex (info.tl0picidx, ==, 0x2a);
  g_assert_cmpuint (info.temporal_id, ==, 1);
  g_assert_true (info.switch_up);
  g_assert_true (
      yl_rtp_vp8_read_size (&info, keyframe, sizeof keyframe, &width, &height));
  g_assert_cmpuint (width, ==, 640);
  g_assert_cmpuint (height, ==, 360);
  g_assert_false (yl_rtp_vp8_read_size (&info, keyframe, sizeof keyframe - 1,
                                        &width, &height));
}

static void
test_kinds (void)
{
  static const uint8_t plain[] = { 0x10, 0x01 };
  static const uint8_t later_packet[] = { 0x00, 0x10 };
  static const uint8_t later_partition[] = { 0x11, 0x10 };
  static const uint8_t short_id[] = { 0x90, 0x80, 0x7f, 0x01 };
  static const uint8_t keyidx[] = { 0x90, 0x10, 0x65, 0x01 };
  YlPayloadInfo info;
  g_assert_true (yl_rtp_vp8_read (&info, plain, sizeof plain));
  g_assert_true (info.frame_start);
  g_assert_false (info.keyframe_start);
  g_assert_cmpuint (info.descriptor_size, ==, 1);
  g_assert_cmpuint (info.picture_id_bits, ==, 0);
  g_assert_true (yl_rtp_vp8_read (&info, later_packet, sizeof later_packet));
  g_assert_false (info.frame_start || info.keyframe_start);
  g_assert_true (
      yl_rtp_vp8_read (&info, later_partition, sizeof later_partition));
  g_assert_false (info.frame_start || info.keyframe_start);
  g_assert_true (yl_rtp_vp8_read (&info, short_id, sizeof short_id));
  g_assert_cmpuint (info.picture_id_bits, ==, 7);
  g_assert_cmpuint (info.picture_id, ==, 127);
  /* TID and Y mean nothing when only KEYIDX is there */
  g_assert_true (yl_rtp_vp8_read (&info, keyidx, sizeof keyidx));
  g_assert_cmpuint (info.descriptor_size, ==, 3);
  g_assert_cmpuint (info.temporal_id, ==, 0);
  g_assert_false (info.switch_up);
}

static void
test_truncated (void)
{
  for (size_t size = 0; size <= 6; size++) {
    g_autofree uint8_t *cut = g_memdup2 (keyframe, size);
    YlPayloadInfo info = { .temporal_id = 3 };
    g_assert_false (yl_rtp_vp8_read (&info, cut, size));
    g_assert_cmpuint (info.temporal_id, ==, 3);
  }
}

static void
test_rewrite (void)
{
  uint8_t copy[sizeof keyframe];
  YlPayloadInfo info;
  memcpy (copy, keyframe, sizeof keyframe);
  g_assert_true (yl_rtp_vp8_read (&info, copy, sizeof copy));
  yl_rtp_vp8_rewrite (copy, &info, 0x7fff, 0xff);
  g_assert_true (yl_rtp_vp8_read (&info, copy, sizeof copy));
  g_assert_cmphex (info.picture_id, ==, 0x7fff);
  g_assert_cmphex (info.tl0picidx, ==, 0xff);
  yl_rtp_vp8_rewrite (copy, &info, 0x1234, 0x2a);
  g_assert_cmpmem (copy, sizeof copy, keyframe, sizeof keyframe);

  uint8_t short_id[] = { 0x90, 0x80, 0x7f, 0x01 };
  g_assert_true (yl_rtp_vp8_read (&info, short_id, sizeof short_id));
  yl_rtp_vp8_rewrite (short_id, &info, 0x1234, 9);
  g_assert_cmphex (short_id[2], ==, 0x34);
  g_assert_cmphex (short_id[3], ==, 0x01);

  uint8_t plain[] = { 0x10, 0x01 };
  g_assert_true (yl_rtp_vp8_read (&info, plain, sizeof plain));
  yl_rtp_vp8_rewrite (plain, &info, 0x1234, 9);
  g_assert_cmphex (plain[0], ==, 0x10);
  g_assert_cmphex (plain[1], ==, 0x01);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtp/vp8/keyframe", test_keyframe);
  g_test_add_func ("/rtp/vp8/kinds", test_kinds);
  g_test_add_func ("/rtp/vp8/truncated", test_truncated);
  g_test_add_func ("/rtp/vp8/rewrite", test_rewrite);
  return g_test_run ();
}
