#include "srtp/sender.h"

#include "base/writer.h"
#include "oracle.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#define SSRC 0x12345678

static unsigned allocations;

static void *
count_malloc (size_t size, const char *file, int line)
{
  allocations++;
  return malloc (size);
}

static void *
count_realloc (void *data, size_t size, const char *file, int line)
{
  allocations++;
  return realloc (data, size);
}

static void
count_free (void *data, const char *file, int line)
{
  free (data);
}

/* Protects a whole plain packet, the first @prefix octets of its payload in
 * place and the rest from where it is. */
static size_t
protect (YlSrtpSender *sender, int64_t seq, const uint8_t *plain, size_t size,
         size_t header_size, size_t prefix, uint8_t *out, size_t capacity)
{
  const YlSrtpPacket packet = {
    .stream = yl_srtp_sender_stream (sender, SSRC),
    .seq = seq,
    .payload = plain + header_size + prefix,
    .payload_size = (uint16_t) (size - header_size - prefix),
    .header_size = (uint16_t) header_size,
    .prefix_size = (uint8_t) prefix,
  };
  memcpy (out, plain, header_size + prefix);
  return yl_srtp_sender_protect (sender, &packet, out, capacity);
}

/* Octet by octet through two wraps of the sequence number, with late ones. */
static void
test_equals_libsrtp (gconstpointer data)
{
  const YlSrtpKeying keying = oracle_keying (GPOINTER_TO_UINT (data), 3);
  g_autoptr (YlSrtpSender) sender = yl_srtp_sender_new (&keying);
  srtp_t oracle = oracle_session (&keying, ssrc_any_outbound);
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);
  /* The caller's count may start in any cycle; libsrtp's starts in 0. */
  int64_t seq = 0x30000 + 65000;
  unsigned before = 0;
  for (int i = 0; i < 4000; i++) {
    seq += 1 + (i % 7 == 0 ? 3 : 0) + (i % 100 == 0 ? 2000 : 0);
    const int64_t now = i % 7 == 3 ? seq - 5 : seq; /* falls into the gap */
    uint8_t plain[PACKET_MAX], ours[PACKET_MAX];
    uint32_t theirs[PACKET_MAX / 4];
    size_t header_size;
    const size_t size =
        oracle_packet (rand, SSRC, (uint16_t) now, plain, &header_size);
    const size_t prefix = MIN (size - header_size, (size_t) i % 6);
    memcpy (theirs, plain, size);
    int theirs_size = (int) size;
    if (srtp_protect (oracle, theirs, &theirs_size) != srtp_err_status_ok) {
      /* A repeat by chance of the pattern: ours must refuse it too. */
      g_assert_cmpuint (protect (sender, now, plain, size, header_size, prefix,
                                 ours, sizeof ours),
                        ==, 0);
      continue;
    }
    const size_t ours_size = protect (sender, now, plain, size, header_size,
                                      prefix, ours, sizeof ours);
    g_assert_cmpmem (ours, ours_size, theirs, (size_t) theirs_size);
    if (i == 0)
      before = allocations;
  }
  g_assert_cmpuint (allocations, ==, before);
  g_assert_cmpint (seq, >, 0x50000);
  srtp_dealloc (oracle);
}

static void
test_padding (gconstpointer data)
{
  const YlSrtpKeying keying = oracle_keying (GPOINTER_TO_UINT (data), 4);
  g_autoptr (YlSrtpSender) sender = yl_srtp_sender_new (&keying);
  srtp_t oracle = oracle_session (&keying, ssrc_any_inbound);
  for (unsigned padding = 1; padding < 256; padding++) {
    union {
      uint8_t octets[PACKET_MAX];
      uint32_t aligned;
    } out;
    const uint8_t payload[] = "payload";
    YlWriter header = yl_writer_init (out.octets, sizeof out.octets);
    yl_writer_u16 (&header, 0xa060);
    yl_writer_u16 (&header, (uint16_t) padding);
    yl_writer_u32 (&header, 0);
    yl_writer_u32 (&header, SSRC);
    const YlSrtpPacket packet = { .stream =
                                      yl_srtp_sender_stream (sender, SSRC),
                                  .seq = padding,
                                  .payload = payload,
                                  .payload_size = sizeof payload,
                                  .header_size = 12,
                                  .padding = (uint8_t) padding };
    int size = (int) yl_srtp_sender_protect (sender, &packet, out.octets,
                                             sizeof out.octets);
    g_assert_cmpint (srtp_unprotect (oracle, out.octets, &size), ==,
                     srtp_err_status_ok);
    g_assert_cmpint (size, ==, 12 + (int) sizeof payload + (int) padding);
    g_assert_cmpmem (out.octets + 12, sizeof payload, payload, sizeof payload);
    g_assert_cmpuint (out.octets[size - 1], ==, padding);
  }
  srtp_dealloc (oracle);
}

static void
test_never_twice (gconstpointer data)
{
  const YlSrtpKeying keying = oracle_keying (GPOINTER_TO_UINT (data), 5);
  g_autoptr (YlSrtpSender) sender = yl_srtp_sender_new (&keying);
  uint8_t out[PACKET_MAX];
  static const struct {
    int64_t seq;
    bool accepted;
  } steps[] = {
    { 65530, true },      { 65530, false },        { 65535, true },
    { 65536, true },      { 65535, false },        { 65531, true },
    { 65531, false },     { 65536 + 200, true },   { 65536 + 72, false },
    { 65536 + 73, true }, { 65536 + 73, false },   { 65536 + 200, false },
    { 65536, false },     { -1, false },           { 65536 + 65530, true },
    { INT64_MAX, false }, { 65536 + 65531, true },
  };
  uint64_t refused = 0;
  for (size_t i = 0; i < G_N_ELEMENTS (steps); i++) {
    uint8_t plain[20] = { 0x80, 96 };
    yl_write_u16 (plain + 2, (uint16_t) steps[i].seq);
    yl_write_u32 (plain + 8, SSRC);
    const size_t size = protect (sender, steps[i].seq, plain, sizeof plain, 12,
                                 0, out, sizeof out);
    g_assert_cmpint (size > 0, ==, steps[i].accepted);
    refused += !steps[i].accepted;
  }
  g_assert_cmpuint (yl_srtp_sender_refused (sender), ==, refused);
}

/* The nonce comes from packet->seq and the stream, so a header that says
 * something else, or no room for the tag, is the caller's mistake. */
static void
test_refuses (gconstpointer data)
{
  const YlSrtpKeying keying = oracle_keying (GPOINTER_TO_UINT (data), 6);
  g_autoptr (YlSrtpSender) sender = yl_srtp_sender_new (&keying);
  const size_t overhead = yl_srtp_sender_overhead (sender);
  uint8_t plain[20] = { 0x80, 96, 0, 1 };
  uint8_t out[40];
  yl_write_u32 (plain + 8, SSRC);
  g_assert_cmpuint (protect (sender, 2, plain, 20, 12, 0, out, 40), ==, 0);
  g_assert_cmpuint (
      protect (sender, 1, plain, 20, 12, 0, out, 20 + overhead - 1), ==, 0);
  plain[8]++;
  g_assert_cmpuint (protect (sender, 1, plain, 20, 12, 0, out, 40), ==, 0);
  plain[8]--;
  g_assert_cmpuint (protect (sender, 1, plain, 20, 12, 0, out, 20 + overhead),
                    ==, 20 + overhead);
}

static void
test_streams (void)
{
  const YlSrtpKeying keying = oracle_keying (oracle_profiles[1], 7);
  g_autoptr (YlSrtpSender) sender = yl_srtp_sender_new (&keying);
  YlSrtpStream *first = yl_srtp_sender_stream (sender, 0);
  for (uint32_t i = 1; i < YL_SRTP_MAX_STREAMS; i++)
    g_assert_nonnull (yl_srtp_sender_stream (sender, i));
  g_assert_null (yl_srtp_sender_stream (sender, YL_SRTP_MAX_STREAMS));
  g_assert_true (yl_srtp_sender_stream (sender, 0) == first);
}

static void
test_unknown_profile (void)
{
  const YlSrtpKeying keying = { .profile = YL_SRTP_PROFILE_NONE };
  g_assert_null (yl_srtp_sender_new (&keying));
}

int
main (int argc, char **argv)
{
  CRYPTO_set_mem_functions (count_malloc, count_realloc, count_free);
  g_test_init (&argc, &argv, NULL);
  oracle_add ("/srtp/sender/equals-libsrtp", test_equals_libsrtp);
  oracle_add ("/srtp/sender/padding", test_padding);
  oracle_add ("/srtp/sender/never-twice", test_never_twice);
  oracle_add ("/srtp/sender/refuses", test_refuses);
  g_test_add_func ("/srtp/sender/streams", test_streams);
  g_test_add_func ("/srtp/sender/unknown-profile", test_unknown_profile);
  return g_test_run ();
}
