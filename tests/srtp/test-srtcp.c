#include "srtp/srtcp.h"

#include "base/writer.h"
#include "oracle.h"

#include <string.h>

typedef struct {
  YlSrtcp *a;
  YlSrtcp *b;
} Pair;

static Pair
make_pair (YlSrtpProfile profile)
{
  const YlSrtpKeying left = oracle_keying (profile, 31);
  const YlSrtpKeying right = oracle_keying (profile, 32);
  const Pair pair = { yl_srtcp_new (&left, &right),
                      yl_srtcp_new (&right, &left) };
  g_assert_nonnull (pair.a);
  g_assert_nonnull (pair.b);
  return pair;
}

static void
free_pair (Pair *pair)
{
  yl_srtcp_free (pair->a);
  yl_srtcp_free (pair->b);
}

/* An empty receiver report of @ssrc. */
static size_t
make_report (uint8_t *data, uint32_t ssrc)
{
  data[0] = 0x80;
  data[1] = 201;
  yl_write_u16 (data + 2, 1);
  yl_write_u32 (data + 4, ssrc);
  return 8;
}

static void
test_both_ways (gconstpointer data)
{
  Pair pair = make_pair (GPOINTER_TO_UINT (data));
  for (unsigned i = 0; i < 100; i++) {
    uint8_t buffer[101], plain[8];
    uint8_t *report = buffer + i % 2; /* any alignment */
    const size_t size = make_report (report, 77);
    memcpy (plain, report, size);
    YlSrtcp *from = i % 3 ? pair.a : pair.b;
    YlSrtcp *to = i % 3 ? pair.b : pair.a;
    const size_t wire = yl_srtcp_protect (from, report, size, 100);
    g_assert_cmpuint (wire, >, size);
    g_assert_cmpuint (wire, <=, size + YL_SRTCP_MAX_OVERHEAD);
    uint8_t again[100];
    memcpy (again, report, wire);
    g_assert_cmpuint (yl_srtcp_unprotect (to, report, wire), ==, size);
    g_assert_cmpmem (report, size, plain, size);
    g_assert_cmpuint (yl_srtcp_unprotect (to, again, wire), ==, 0);
  }
  free_pair (&pair);
}

static void
test_bad_input (gconstpointer data)
{
  Pair pair = make_pair (GPOINTER_TO_UINT (data));
  uint8_t wire[100], copy[YL_SRTCP_MAX_SIZE + 1] = { 0 };
  const size_t size =
      yl_srtcp_protect (pair.a, wire, make_report (wire, 77), sizeof wire);
  for (size_t i = 0; i < size; i++) {
    memcpy (copy, wire, size);
    copy[i] ^= 1;
    g_assert_cmpuint (yl_srtcp_unprotect (pair.b, copy, size), ==, 0);
    memcpy (copy, wire, size);
    g_assert_cmpuint (yl_srtcp_unprotect (pair.b, copy, i), ==, 0);
  }
  g_assert_cmpuint (yl_srtcp_unprotect (pair.b, copy, sizeof copy), ==, 0);
  g_assert_cmpuint (yl_srtcp_unprotect (pair.b, wire, size), ==, 8);
  free_pair (&pair);
}

/* Forged packets use up no places; proved ones do, and only so many. */
static void
test_bounded (gconstpointer data)
{
  Pair pair = make_pair (GPOINTER_TO_UINT (data));
  uint8_t wire[100];
  for (uint32_t ssrc = 0; ssrc < 1000; ssrc++) {
    make_report (wire, ssrc);
    memset (wire + 8, 0xff, 40);
    g_assert_cmpuint (yl_srtcp_unprotect (pair.b, wire, 48), ==, 0);
  }
  for (uint32_t ssrc = 0; ssrc <= YL_SRTCP_MAX_SENDERS; ssrc++) {
    const size_t size =
        yl_srtcp_protect (pair.a, wire, make_report (wire, ssrc), sizeof wire);
    g_assert_cmpint (size > 0, ==, ssrc < YL_SRTCP_MAX_SENDERS);
    if (size > 0)
      g_assert_cmpuint (yl_srtcp_unprotect (pair.b, wire, size), ==, 8);
  }
  free_pair (&pair);
}

static void
test_unknown_profile (void)
{
  const YlSrtpKeying none = { .profile = YL_SRTP_PROFILE_NONE };
  g_assert_null (yl_srtcp_new (&none, &none));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  oracle_add ("/srtp/srtcp/both-ways", test_both_ways);
  oracle_add ("/srtp/srtcp/bad-input", test_bad_input);
  oracle_add ("/srtp/srtcp/bounded", test_bounded);
  g_test_add_func ("/srtp/srtcp/unknown-profile", test_unknown_profile);
  return g_test_run ();
}
