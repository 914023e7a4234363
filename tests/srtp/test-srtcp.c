#include "srtp/srtcp.h"

#include "base/writer.h"
#include "oracle.h"

#include <stdalign.h>
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

/* A compound of @size octets with a pattern in it. */
static void
make_compound (uint8_t *data, uint32_t ssrc, size_t size)
{
  for (size_t i = 0; i < size; i++)
    data[i] = (uint8_t) (17 * i);
  make_report (data, ssrc);
  yl_write_u16 (data + 2, (uint16_t) (size / 4 - 1));
}

/* Octet by octet what libsrtp sends, for several SSRCs in turn. */
static void
test_as_libsrtp (gconstpointer data)
{
  const YlSrtpProfile profile = GPOINTER_TO_UINT (data);
  Pair pair = make_pair (profile);
  const YlSrtpKeying keying = oracle_keying (profile, 31);
  srtp_t out = oracle_session (&keying, ssrc_any_outbound);
  for (unsigned i = 0; i < 200; i++) {
    alignas (4) uint8_t theirs[400], ours[400];
    const size_t size = 8 + 4 * (i % 80);
    int n = (int) size;
    make_compound (theirs, 70 + i % 3, size);
    memcpy (ours, theirs, size);
    g_assert_cmpint (srtp_protect_rtcp (out, theirs, &n), ==,
                     srtp_err_status_ok);
    g_assert_cmpuint (yl_srtcp_protect (pair.a, ours, size, sizeof ours), ==,
                      (size_t) n);
    g_assert_cmpmem (ours, (size_t) n, theirs, (size_t) n);
  }
  srtp_dealloc (out);
  free_pair (&pair);
}

/* And what libsrtp sends is read, in any order within the window, once. */
static void
test_from_libsrtp (gconstpointer data)
{
  enum { N = 300, SIZE = 60 };
  const YlSrtpProfile profile = GPOINTER_TO_UINT (data);
  Pair pair = make_pair (profile);
  const YlSrtpKeying keying = oracle_keying (profile, 32);
  srtp_t out = oracle_session (&keying, ssrc_any_outbound);
  alignas (4) static uint8_t wire[N][SIZE + YL_SRTCP_MAX_OVERHEAD];
  uint8_t plain[SIZE], copy[SIZE + YL_SRTCP_MAX_OVERHEAD];
  int n = 0;
  make_compound (plain, 70, SIZE);
  for (unsigned i = 0; i < N; i++) {
    n = SIZE;
    memcpy (wire[i], plain, SIZE);
    g_assert_cmpint (srtp_protect_rtcp (out, wire[i], &n), ==,
                     srtp_err_status_ok);
  }
  for (unsigned i = 0; i < N; i++) {
    const unsigned at = i ^ 63; /* 63 back at most */
    if (at >= N)
      continue;
    for (unsigned again = 0; again < 2; again++) {
      memcpy (copy, wire[at], sizeof copy);
      g_assert_cmpuint (yl_srtcp_unprotect (pair.a, copy, (size_t) n), ==,
                        again ? 0 : SIZE);
      if (!again)
        g_assert_cmpmem (copy, SIZE, plain, SIZE);
    }
  }
  /* Older than the window is as good as seen. */
  g_assert_cmpuint (yl_srtcp_unprotect (pair.a, wire[0], (size_t) n), ==, 0);
  srtp_dealloc (out);
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
  oracle_add ("/srtp/srtcp/as-libsrtp", test_as_libsrtp);
  oracle_add ("/srtp/srtcp/from-libsrtp", test_from_libsrtp);
  oracle_add ("/srtp/srtcp/bad-input", test_bad_input);
  oracle_add ("/srtp/srtcp/bounded", test_bounded);
  g_test_add_func ("/srtp/srtcp/unknown-profile", test_unknown_profile);
  return g_test_run ();
}
