#include "nego/numbers.h"

static YlPeerSection
vp8_section (uint8_t pt, uint8_t rtx, uint8_t mid)
{
  return (YlPeerSection){
    .n_codecs = 1,
    .codecs = { { .codec = YL_CODEC_VP8,
                  .payload_type = pt,
                  .rtx_payload_type = rtx } },
    .extensions = { .mid = mid },
  };
}

static void
test_payloads (void)
{
  const YlPeerSection first = vp8_section (96, 97, 4);
  const YlPeerSection other = vp8_section (97, YL_PAYLOAD_TYPE_NONE, 4);
  const YlPeerSection third = vp8_section (98, 97, 4);
  YlNegoNumbers numbers = { 0 };
  g_assert_true (yl_nego_numbers_add (&numbers, &first, NULL));
  g_assert_true (yl_nego_numbers_add (&numbers, &first, NULL));
  g_assert_false (yl_nego_numbers_add (&numbers, &other, NULL));
  g_autoptr (GError) error = NULL;
  g_assert_false (yl_nego_numbers_add (&numbers, &third, &error));
  g_assert_error (error, YL_NEGO_ERROR, YL_NEGO_ERROR_CONFLICT);
}

static void
test_extensions (void)
{
  const YlPeerSection first = vp8_section (96, 97, 4);
  YlPeerSection second = vp8_section (96, 97, 0);
  YlNegoNumbers numbers = { 0 };
  second.extensions.rid = 4;
  g_assert_true (yl_nego_numbers_add (&numbers, &first, NULL));
  g_assert_false (yl_nego_numbers_add (&numbers, &second, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nego/numbers/payloads", test_payloads);
  g_test_add_func ("/nego/numbers/extensions", test_extensions);
  return g_test_run ();
}
