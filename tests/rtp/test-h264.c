#include "rtp/h264.h"

#include "rtp/payload-info.h"

#include <glib.h>

/* clang-format off */
/* SPS and PPS as Chromium sends them before every IDR picture */
static const uint8_t stap[] = {
  0x78,
  0x00, 0x04, 0x67, 0x42, 0xe0, 0x1f,
  0x00, 0x03, 0x68, 0xce, 0x3c,
};
static const uint8_t stap_slice[] = { 0x78, 0x00, 0x02, 0x41, 0x9a };
static const uint8_t fu_idr_start[] = { 0x7c, 0x85, 0xb8, 0x00 };
static const uint8_t fu_idr_middle[] = { 0x7c, 0x05, 0xb8, 0x00 };
static const uint8_t sps[] = { 0x67, 0x42, 0xe0, 0x1f };
static const uint8_t slice[] = { 0x41, 0x9a, 0x00 };
static const uint8_t second_slice[] = { 0x41, 0x5a, 0x00 };
static const uint8_t delimiter[] = { 0x09, 0x10 };
/* clang-format on */

static void
assert_kind (const uint8_t *payload, size_t size, bool frame, bool keyframe)
{
  YlPayloadInfo info;
  g_assert_true (yl_rtp_h264_read (&info, payload, size));
  g_assert_cmpint (info.frame_start, ==, frame);
  g_assert_cmpint (info.keyframe_start, ==, keyframe);
}

static void
test_kinds (void)
{
  assert_kind (stap, sizeof stap, true, true);
  assert_kind (stap_slice, sizeof stap_slice, true, false);
  assert_kind (fu_idr_start, sizeof fu_idr_start, true, false);
  assert_kind (fu_idr_middle, sizeof fu_idr_middle, false, false);
  assert_kind (sps, sizeof sps, true, true);
  assert_kind (slice, sizeof slice, true, false);
  assert_kind (second_slice, sizeof second_slice, false, false);
  assert_kind (delimiter, sizeof delimiter, true, false);
}

static void
test_truncated (void)
{
  YlPayloadInfo info = { .temporal_id = 3 };
  for (size_t size = 0; size < sizeof stap; size++) {
    g_autofree uint8_t *cut = g_memdup2 (stap, size);
    /* only the end of the first unit is a border */
    g_assert_cmpint (yl_rtp_h264_read (&info, cut, size), ==, size == 7);
  }
  info.temporal_id = 3;
  g_assert_false (yl_rtp_h264_read (&info, fu_idr_start, 2));
  g_assert_false (yl_rtp_h264_read (&info, fu_idr_start, 1));
  static const uint8_t empty_unit[] = { 0x78, 0, 0, 0, 1, 0x67 };
  g_assert_false (yl_rtp_h264_read (&info, empty_unit, sizeof empty_unit));
  static const uint8_t type_0[] = { 0x60, 0x80 };
  g_assert_false (yl_rtp_h264_read (&info, type_0, sizeof type_0));
  g_assert_cmpuint (info.temporal_id, ==, 3);
}

static void
test_dispatch (void)
{
  static const uint8_t vp8[] = { 0x10, 0x00 };
  static const uint8_t opus[] = { 0x78 };
  YlPayloadInfo info;
  g_assert_true (
      yl_rtp_payload_info_read (&info, YL_CODEC_H264, stap, sizeof stap));
  g_assert_true (info.keyframe_start);
  g_assert_true (
      yl_rtp_payload_info_read (&info, YL_CODEC_VP8, vp8, sizeof vp8));
  g_assert_true (info.keyframe_start);
  g_assert_true (
      yl_rtp_payload_info_read (&info, YL_CODEC_OPUS, opus, sizeof opus));
  g_assert_true (info.frame_start);
  g_assert_false (info.keyframe_start);
  g_assert_false (yl_rtp_payload_info_read (&info, YL_CODEC_VP8, vp8, 0));
  g_assert_false (info.keyframe_start);
  g_assert_false (
      yl_rtp_payload_info_read (&info, YL_CODEC_NONE, vp8, sizeof vp8));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtp/h264/kinds", test_kinds);
  g_test_add_func ("/rtp/h264/truncated", test_truncated);
  g_test_add_func ("/rtp/payload-info/dispatch", test_dispatch);
  return g_test_run ();
}
