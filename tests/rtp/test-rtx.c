#include "rtp/rtx.h"

#include "rtp-fixture.h"

static void
test_round_trip (void)
{
  Fixture f;
  fixture_init (&f, 65535, 100, 0xab, 0);
  const YlRtpHeader header = { .ssrc = 0x55, .seq = 7, .payload_type = 97 };
  uint8_t rtx[200];
  size_t size =
      yl_rtp_rtx_wrap (rtx, sizeof rtx, &f.packet.view, &header, 65535);
  g_assert_cmpuint (size, ==, 12 + 2 + 100);

  YlRtpView view;
  g_assert_true (yl_rtp_view_parse (&view, rtx, size, NULL));
  g_assert_cmpuint (view.seq, ==, 7);
  g_assert_cmpuint (view.ssrc, ==, 0x55);
  g_assert_cmpuint (view.payload_type, ==, 97);
  g_assert_cmpuint (view.timestamp, ==, 90000);

  const uint8_t *media = yl_rtp_rtx_unwrap (rtx, &view, 0x11223344, 96, &size);
  g_assert_nonnull (media);
  g_assert_true (yl_rtp_view_parse (&view, media, size, NULL));
  g_assert_cmpuint (view.seq, ==, 65535);
  g_assert_cmphex (view.ssrc, ==, 0x11223344);
  g_assert_cmpuint (view.payload_type, ==, 96);
  g_assert_cmpuint (view.timestamp, ==, 90000);
  g_assert_cmpmem (view.payload, view.payload_size, f.packet.view.payload, 100);
}

/* Extensions stay, padding goes. */
static void
test_extension_and_padding (void)
{
  /* clang-format off */
  uint8_t rtx[] = {
    0xb0, 0xe1, 0x00, 0x01, 0, 0, 0, 9, 0, 0, 0, 2,
    0xbe, 0xde, 0x00, 0x01, 0x10, '0', 0x00, 0x00,
    0xff, 0xfe, 'm', 'e', 0x00, 0x02,
  };
  /* clang-format on */
  size_t size = sizeof rtx;
  YlRtpView view;
  g_assert_true (yl_rtp_view_parse (&view, rtx, size, NULL));
  const uint8_t *media = yl_rtp_rtx_unwrap (rtx, &view, 3, 96, &size);
  g_assert_true (media > rtx && media + size <= rtx + sizeof rtx);
  g_assert_true (yl_rtp_view_parse (&view, media, size, NULL));
  g_assert_cmphex (view.seq, ==, 0xfffe);
  g_assert_true (view.marker);
  g_assert_cmpuint (view.ssrc, ==, 3);
  g_assert_cmpuint (view.extension_size, ==, 4);
  g_assert_cmpuint (view.extension[1], ==, '0');
  g_assert_cmpmem (view.payload, view.payload_size, "me", 2);
}

static void
test_probe (void)
{
  uint8_t rtx[] = { 0x80, 97, 0, 1, 0, 0, 0, 9, 0, 0, 0, 2, 0xff, 0xfe };
  for (size_t payload = 0; payload <= 2; payload++) {
    size_t size = 12 + payload;
    YlRtpView view;
    g_assert_true (yl_rtp_view_parse (&view, rtx, size, NULL));
    g_assert_null (yl_rtp_rtx_unwrap (rtx, &view, 3, 96, &size));
  }
}

static void
test_no_room (void)
{
  Fixture f;
  fixture_init (&f, 1, 100, 0, 0);
  const YlRtpHeader header = { .ssrc = 1 };
  uint8_t rtx[200];
  g_assert_cmpuint (yl_rtp_rtx_wrap (rtx, 113, &f.packet.view, &header, 1), ==,
                    0);
  g_assert_cmpuint (yl_rtp_rtx_wrap (rtx, 11, &f.packet.view, &header, 1), ==,
                    0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtp/rtx/round-trip", test_round_trip);
  g_test_add_func ("/rtp/rtx/extension-and-padding",
                   test_extension_and_padding);
  g_test_add_func ("/rtp/rtx/probe", test_probe);
  g_test_add_func ("/rtp/rtx/no-room", test_no_room);
  return g_test_run ();
}
