#include "rtp/resend-damper.h"

#include <glib.h>

static void
test_interval (void)
{
  YlRtpResendDamper damper = { 0 };
  g_assert_true (yl_rtp_resend_damper_allow (&damper, 0, 0, 50000));
  g_assert_false (yl_rtp_resend_damper_allow (&damper, 0, 0, 50000));
  g_assert_false (yl_rtp_resend_damper_allow (&damper, 0, 49000, 50000));
  g_assert_true (yl_rtp_resend_damper_allow (&damper, 0, 50000, 50000));
  g_assert_false (yl_rtp_resend_damper_allow (&damper, 0, 60000, 50000));
}

static void
test_others (void)
{
  YlRtpResendDamper damper = { 0 };
  for (unsigned seq = 65500; seq < 65540; seq++)
    g_assert_true (
        yl_rtp_resend_damper_allow (&damper, (uint16_t) seq, 0, 50000));
  for (unsigned seq = 65500; seq < 65540; seq++)
    g_assert_false (
        yl_rtp_resend_damper_allow (&damper, (uint16_t) seq, 1, 50000));
  /* one in the same place is not the same */
  g_assert_true (yl_rtp_resend_damper_allow (
      &damper, 65500 - YL_RTP_RESEND_DAMPER_SIZE, 1, 50000));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtp/resend-damper/interval", test_interval);
  g_test_add_func ("/rtp/resend-damper/others", test_others);
  return g_test_run ();
}
