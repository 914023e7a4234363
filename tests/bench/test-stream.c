/* test-stream.c: what the load program counts by */
#include "../support/media-source.h"
#include "histogram.h"
#include "sdp.h"
#include "stream.h"

#include <string.h>

static void
test_gaps (void)
{
  Stream stream = { 0 };
  stream_receive (&stream, 65530);
  stream_mark (&stream);
  for (unsigned i = 1; i <= 20; i++) /* wraps */
    if (i != 5 && i != 6)
      stream_receive (&stream, (uint16_t) (65530 + i));
  g_assert_cmpuint (stream_received (&stream), ==, 18);
  g_assert_cmpuint (stream_lost (&stream), ==, 2);
  stream_receive (&stream, (uint16_t) (65530 + 5)); /* late */
  g_assert_cmpuint (stream_lost (&stream), ==, 1);
}

/* A server that leaves packets out and closes the gap has lost them all the
 * same; one that puts in some of its own has not. */
static void
test_renumbered (void)
{
  Stream stream = { 0 };
  const int64_t first = stream_receive (&stream, 100);
  stream_match (&stream, first, 7000);
  stream_mark (&stream);
  stream_match (&stream, stream_receive (&stream, 101), 7001);
  g_assert_cmpuint (stream_lost (&stream), ==, 0);
  stream_match (&stream, stream_receive (&stream, 102), 7005);
  g_assert_cmpuint (stream_lost (&stream), ==, 3);
  stream_match (&stream, stream_receive (&stream, 103), 7004);
  g_assert_cmpuint (stream_lost (&stream), ==, 3);
}

static void
test_quantiles (void)
{
  g_autofree Histogram *histogram = g_new0 (Histogram, 1);
  g_assert_cmpuint (histogram_quantile (histogram, 0.5), ==, 0);
  for (unsigned i = 1; i <= 100; i++)
    histogram_add (histogram, 10 * i);
  g_assert_cmpuint (histogram_quantile (histogram, 0.5), ==, 510);
  g_assert_cmpuint (histogram_quantile (histogram, 0.99), ==, 1000);
  histogram_add (histogram, 5000000);
  g_assert_cmpuint (histogram->max, ==, 5000000);
  g_assert_cmpuint (histogram->n, ==, 101);
}

/* --- what is sent --- */

static MediaSource
make_camera (uint32_t spread_us)
{
  const MediaSourceSetup setup = { .kind = YL_MEDIA_VIDEO,
                                   .mid = "1",
                                   .mid_id = 4,
                                   .payload_type = 96,
                                   .ssrc = 1,
                                   .bitrate_bps = 1500000,
                                   .interval_us = 33333,
                                   .spread_us = spread_us };
  MediaSource camera;
  media_source_init (&camera, &setup, 0);
  return camera;
}

/* As libwebrtc cuts a frame: equal packets, the last ones an octet longer. */
static void
test_even_packets (void)
{
  MediaSource camera = make_camera (0);
  for (unsigned frame = 0; frame < 3; frame++) {
    MediaPacket packet;
    unsigned n = 0;
    size_t first = 0, last = 0;
    while (media_source_next (&camera, frame * UINT64_C (33333), &packet)) {
      first = n++ == 0 ? packet.size : first;
      g_assert_cmpuint (packet.size, >=, last);
      g_assert_cmpuint (packet.size, <=, first + 1);
      last = packet.size;
    }
    g_assert_cmpuint (n, >=, frame == 0 ? 20 : 5);
    g_assert_cmpuint (camera.frames, ==, frame + 1);
  }
  g_assert_cmpuint (camera.keyframes, ==, 1);
}

static void
test_spread (void)
{
  MediaSource camera = make_camera (15000);
  MediaPacket packet;
  unsigned n = 0;
  uint64_t last_us = 0;
  for (uint64_t now_us = 0; now_us < 33333; now_us += 100) {
    if (!media_source_next (&camera, now_us, &packet))
      continue;
    g_assert_false (media_source_next (&camera, now_us, &packet));
    last_us = now_us;
    n++;
  }
  g_assert_cmpuint (n, >=, 20);
  g_assert_cmpuint (last_us, >, 10000);
  g_assert_cmpuint (last_us, <=, 15000);
}

/* --- descriptions --- */

static TargetLocal
make_local (bool sends)
{
  TargetLocal local = { .ufrag = "usersame",
                        .pwd = "passwordpasswordpassword",
                        .fingerprint = "00:11",
                        .receives = !sends,
                        .twcc = !sends };
  yl_address_parse_ip (&local.address, "192.0.2.7", 5000);
  if (sends) {
    local.ssrc[YL_MEDIA_AUDIO] = 11;
    local.ssrc[YL_MEDIA_VIDEO] = 12;
    local.rtx_ssrc = 13;
  }
  return local;
}

#define TRANSPORT                                           \
  "a=ice-ufrag:theirs\r\na=ice-pwd:theirpassword\r\n"       \
  "a=fingerprint:sha-256 01:23:45:67:89:AB:CD:EF:01:23:45:" \
  "67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:"  \
  "AB:CD:EF\r\n"

static const char SENDS[] =
    "v=0\r\na=group:BUNDLE a v\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 109\r\n" TRANSPORT
    "a=candidate:1 1 tcp 9 192.0.2.7 1 typ host\r\n"
    "a=candidate:2 1 udp 9 192.0.2.1 4000 typ host\r\n"
    "a=candidate:3 1 UDP 8 192.0.2.7 4001 typ host\r\n"
    "a=mid:a\r\na=sendonly\r\na=rtpmap:109 opus/48000/2\r\na=ssrc:77 "
    "cname:x\r\n"
    "m=video 9 UDP/TLS/RTP/SAVPF 120 121\r\n" TRANSPORT
    "a=mid:v\r\na=sendonly\r\na=rtpmap:120 VP8/90000\r\n"
    "a=rtpmap:121 rtx/90000\r\na=fmtp:121 apt=120\r\n"
    "a=extmap:3 http://www.ietf.org/id/"
    "draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n"
    "a=ssrc-group:FID 78 79\r\na=ssrc:78 cname:x\r\n";

static void
test_read (void)
{
  const TargetLocal local = make_local (false);
  TargetRemote remote;
  g_assert_true (bench_sdp_read (&remote, &local, SENDS));
  g_assert_cmpstr (remote.ufrag, ==, "theirs");
  g_assert_cmpstr (remote.pwd, ==, "theirpassword");
  g_assert_cmphex (remote.sha256[1], ==, 0x23);
  g_assert_cmphex (remote.sha256[31], ==, 0xef);
  g_assert_cmpuint (remote.address.port, ==, 4001);
  g_assert_cmpuint (remote.payload_type[YL_MEDIA_AUDIO], ==, 109);
  g_assert_cmpuint (remote.payload_type[YL_MEDIA_VIDEO], ==, 120);
  g_assert_cmpuint (remote.rtx_payload_type, ==, 121);
  g_assert_cmpuint (remote.ssrc[YL_MEDIA_AUDIO], ==, 77);
  g_assert_cmpuint (remote.ssrc[YL_MEDIA_VIDEO], ==, 78);
  g_assert_cmpuint (remote.twcc_id, ==, 3);
  g_assert_cmpuint (remote.send_payload_type[YL_MEDIA_VIDEO], ==, 0);
}

static void
test_read_truncated (void)
{
  const TargetLocal local = make_local (false);
  bool good = false;
  for (size_t size = 0; size < sizeof SENDS; size++) {
    g_autofree char *part = g_strndup (SENDS, size);
    TargetRemote remote;
    good = bench_sdp_read (&remote, &local, part);
    g_assert_true (!good || remote.address.port != 0);
  }
  g_assert_true (good);
}

/* Our own offer, mirrored, is what a server that takes all of it says. */
static void
test_offer (void)
{
  const TargetLocal local = make_local (true);
  g_autofree char *offer = bench_sdp_offer (&local);
  g_auto (GStrv) parts = g_strsplit (offer, "a=sendonly", -1);
  g_autofree char *mirrored = g_strjoinv ("a=recvonly", parts);
  g_autofree char *answer = g_strconcat (
      mirrored, "a=candidate:1 1 udp 9 192.0.2.7 4000 typ host\r\n", NULL);
  TargetRemote remote;
  g_assert_true (bench_sdp_read (&remote, &local, answer));
  g_assert_cmpuint (remote.send_payload_type[YL_MEDIA_AUDIO], ==, TARGET_OPUS);
  g_assert_cmpuint (remote.send_payload_type[YL_MEDIA_VIDEO], ==, TARGET_VP8);
  g_assert_cmpuint (remote.send_rtx_payload_type, ==, TARGET_RTX);
  g_assert_cmpuint (remote.mid_id, ==, TARGET_MID_ID);
  g_assert_cmpstr (remote.mid[YL_MEDIA_VIDEO], ==, "1");
}

static void
test_answer (void)
{
  const TargetLocal local = make_local (false);
  g_autofree char *answer = bench_sdp_answer (&local, SENDS);
  g_assert_nonnull (strstr (answer, "a=group:BUNDLE a v\r\n"));
  g_assert_nonnull (strstr (answer, "m=video 9 UDP/TLS/RTP/SAVPF 120 121\r\n"));
  g_assert_nonnull (strstr (answer, "a=setup:active\r\n"));
  g_assert_nonnull (strstr (answer, "a=mid:v\r\n"));
  g_assert_null (strstr (answer, "a=sendonly"));
  g_assert_null (strstr (answer, "theirs"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bench/stream/gaps", test_gaps);
  g_test_add_func ("/bench/stream/renumbered", test_renumbered);
  g_test_add_func ("/bench/histogram/quantiles", test_quantiles);
  g_test_add_func ("/bench/source/even-packets", test_even_packets);
  g_test_add_func ("/bench/source/spread", test_spread);
  g_test_add_func ("/bench/sdp/read", test_read);
  g_test_add_func ("/bench/sdp/read-truncated", test_read_truncated);
  g_test_add_func ("/bench/sdp/offer", test_offer);
  g_test_add_func ("/bench/sdp/answer", test_answer);
  return g_test_run ();
}
