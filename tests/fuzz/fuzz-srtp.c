/* fuzz-srtp.c: any packet as SRTP and SRTCP, and there and back again
 *
 * The first octet chooses the profile, the second how much of the rest is
 * handed over as header. */
#include "base/reader.h"
#include "srtp/receiver.h"
#include "srtp/sender.h"
#include "srtp/srtcp.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

#define PACKET_MAX 2000

static const YlSrtpProfile profiles[] = { YL_SRTP_PROFILE_AES128_CM_SHA1_80,
                                          YL_SRTP_PROFILE_AEAD_AES_128_GCM,
                                          YL_SRTP_PROFILE_AEAD_AES_256_GCM };

static void
try_as_it_is (YlSrtpReceiver *receiver, const uint8_t *data, size_t size)
{
  YlSrtpWindow window = { 0 };
  g_autofree uint8_t *copy = g_memdup2 (data, size);
  size_t n = size;
  int64_t seq;
  const YlSrtpResult result =
      yl_srtp_receiver_unprotect (receiver, &window, copy, &n, &seq);
  g_assert_cmpint (window.started, ==, result == YL_SRTP_OK);
  g_assert_cmpuint (n, <=, size);
}

/* What the sender takes for a header need not be one. Then the receiver
 * finds another border: an AEAD profile says no, CM_SHA1_80 does not know. */
static void
try_round_trip (YlSrtpSender *sender, YlSrtpReceiver *receiver,
                const uint8_t *data, size_t size, size_t header_size, bool aead)
{
  uint8_t out[PACKET_MAX];
  YlReader in = yl_reader_init (data, size);
  yl_reader_skip (&in, 2);
  const uint16_t seq = yl_reader_u16 (&in);
  yl_reader_skip (&in, 4);
  const uint32_t ssrc = yl_reader_u32 (&in);
  header_size = MIN (header_size, size);
  const YlSrtpPacket packet = {
    .stream = yl_srtp_sender_stream (sender, ssrc),
    .seq = seq,
    .payload = data + header_size,
    .payload_size = (uint16_t) (size - header_size),
    .header_size = (uint16_t) header_size,
  };
  memcpy (out, data, header_size);
  size_t n = yl_srtp_sender_protect (sender, &packet, out, sizeof out);
  g_assert_true ((n > 0) == (header_size >= 12));
  if (n == 0)
    return;
  YlSrtpWindow window = { 0 };
  if (yl_srtp_receiver_unprotect (receiver, &window, out, &n, NULL)
      == YL_SRTP_OK)
    g_assert_cmpmem (out, aead ? n : 12, data, aead ? size : 12);
}

static void
try_srtcp (const YlSrtpKeying *keying, const uint8_t *data, size_t size)
{
  g_autoptr (YlSrtcp) srtcp = yl_srtcp_new (keying, keying);
  uint8_t copy[PACKET_MAX + YL_SRTCP_MAX_OVERHEAD];
  memcpy (copy, data, size);
  yl_srtcp_unprotect (srtcp, copy, size);
  memcpy (copy, data, size);
  const size_t n = yl_srtcp_protect (srtcp, copy, size, sizeof copy);
  if (n > 0 && yl_srtcp_unprotect (srtcp, copy, n) > 0)
    g_assert_cmpmem (copy, size, data, size);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size < 3 || size > 1500)
    return 0;
  YlSrtpKeying keying = { .profile = profiles[data[0] % 3] };
  memset (keying.key, 0x41, sizeof keying.key);
  g_autoptr (YlSrtpSender) sender = yl_srtp_sender_new (&keying);
  g_autoptr (YlSrtpReceiver) receiver = yl_srtp_receiver_new (&keying);
  try_as_it_is (receiver, data + 2, size - 2);
  try_round_trip (sender, receiver, data + 2, size - 2, data[1],
                  keying.profile != YL_SRTP_PROFILE_AES128_CM_SHA1_80);
  try_srtcp (&keying, data + 2, size - 2);
  return 0;
}
