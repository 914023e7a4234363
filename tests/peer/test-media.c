/* Media in: which track, what is restored, what is dropped and counted. */
#include "peer-pair.h"

#include "base/writer.h"
#include "rtcp/reports.h"

#include <string.h>

static const uint8_t *
payload_of (const PeerPair *pair, guint i, YlRtpView *view)
{
  size_t size;
  const uint8_t *data = g_bytes_get_data (pair->media->pdata[i], &size);
  g_assert_true (yl_rtp_view_parse (view, data, size, NULL));
  return view->payload;
}

static uint8_t
track_at (const PeerPair *pair, guint i)
{
  return g_array_index (pair->tracks, uint8_t, i);
}

static void
test_bound_by_ssrc (void)
{
  g_autoptr (PeerPair) pair = peer_pair_new ();
  peer_pair_connect (pair);
  peer_client_send_frame (pair->client, MIC_SSRC, 10, false);
  peer_client_send_frame (pair->client, CAMERA_SSRC, 20, true);
  peer_pair_settle (pair);
  g_assert_cmpuint (pair->media->len, ==, 2);
  g_assert_cmpuint (peer_pair_count (pair, YL_PEER_EVENT_TRACK_ADDED), ==, 2);
  YlPeerTrack mic, camera;
  g_assert_true (yl_peer_get_track (pair->peer, track_at (pair, 0), &mic));
  g_assert_true (yl_peer_get_track (pair->peer, track_at (pair, 1), &camera));
  g_assert_cmpuint (mic.section, ==, MIC);
  g_assert_cmpint (mic.codec, ==, YL_CODEC_OPUS);
  g_assert_cmpuint (camera.section, ==, CAMERA);
  g_assert_cmpint (camera.kind, ==, YL_MEDIA_VIDEO);
  g_assert_cmpuint (camera.clock_rate, ==, 90000);
  g_assert_cmpuint (pair->counters.rtp, ==, 2);
}

/* Without a=ssrc lines, as Firefox with simulcast: by mid, then by the one
 * section that has the payload type. */
static void
test_bound_otherwise (void)
{
  g_autoptr (PeerPair) pair = peer_pair_new ();
  YlPeerSection *sections = pair->config->sections;
  sections[MIC].ssrc = sections[CAMERA].ssrc = sections[CAMERA].rtx_ssrc = 0;
  peer_pair_connect (pair);
  const uint8_t payload[50] = { 0 };
  ClientPacket packet = { .ssrc = 0x51,
                          .seq = 1,
                          .payload_type = OPUS_PT,
                          .mid = "0",
                          .transport_seq = -1,
                          .payload = payload,
                          .payload_size = sizeof payload };
  peer_client_send_rtp (pair->client, &packet);
  packet.mid = "unknown"; /* and no unique payload type either */
  packet.ssrc = 0x52;
  packet.payload_type = 55;
  peer_client_send_rtp (pair->client, &packet);
  peer_client_send_frame (pair->client, 0x53, 1, true); /* no mid: VP8 */
  peer_pair_settle (pair);
  g_assert_cmpuint (pair->media->len, ==, 2);
  YlPeerTrack info;
  g_assert_true (yl_peer_get_track (pair->peer, track_at (pair, 0), &info));
  g_assert_cmpuint (info.section, ==, MIC);
  g_assert_true (yl_peer_get_track (pair->peer, track_at (pair, 1), &info));
  g_assert_cmpuint (info.section, ==, CAMERA);
  g_assert_cmpuint (pair->counters.unknown_ssrc, ==, 1);
}

/* A section's SSRC changes: the old track ends, a new one begins, and the old
 * SSRC cannot take it back. */
static void
test_new_ssrc (void)
{
  g_autoptr (PeerPair) pair = peer_pair_new ();
  pair->config->sections[CAMERA].ssrc = 0;
  peer_pair_connect (pair);
  for (uint32_t i = 0; i < 2; i++) {
    peer_client_send_frame (pair->client, 0x60 + i, 5, true);
    peer_pair_settle (pair);
  }
  peer_client_send_frame (pair->client, 0x60, 6, true);
  peer_pair_settle (pair);
  g_assert_cmpuint (pair->media->len, ==, 2);
  g_assert_cmpuint (peer_pair_count (pair, YL_PEER_EVENT_TRACK_ADDED), ==, 2);
  g_assert_cmpuint (peer_pair_count (pair, YL_PEER_EVENT_TRACK_REMOVED), ==, 1);
  g_assert_cmpuint (pair->counters.unknown_ssrc, ==, 1);
}

static void
test_table_full (void)
{
  g_autoptr (PeerPair) pair = peer_pair_new ();
  peer_pair_connect (pair);
  for (uint32_t i = 0; i < YL_PEER_MAX_SSRCS + 3; i++) {
    const uint8_t payload[4] = { 0 };
    const ClientPacket packet = { .ssrc = 0x1000 + i,
                                  .payload_type = 50,
                                  .transport_seq = -1,
                                  .payload = payload,
                                  .payload_size = sizeof payload };
    peer_client_send_rtp (pair->client, &packet);
  }
  peer_pair_settle (pair);
  g_assert_cmpuint (pair->counters.unknown_ssrc, ==, YL_PEER_MAX_SSRCS);
  g_assert_cmpuint (pair->counters.ssrc_table_full, ==, 3);
}

static void
test_forged_and_replayed (void)
{
  g_autoptr (PeerPair) pair = peer_pair_new ();
  peer_pair_connect (pair);
  peer_client_send_frame (pair->client, MIC_SSRC, 1, false);
  GBytes *original = g_bytes_ref (pair->client->out->pdata[0]);
  size_t size;
  const uint8_t *octets = g_bytes_get_data (original, &size);
  g_autofree uint8_t *forged = g_memdup2 (octets, size);
  peer_pair_settle (pair);
  g_ptr_array_add (pair->client->out, original);
  forged[3] = 2; /* sequence number */
  g_ptr_array_add (pair->client->out, g_bytes_new (forged, size));
  g_ptr_array_add (pair->client->out, g_bytes_new (forged, 13));
  peer_pair_settle (pair);
  g_assert_cmpuint (pair->media->len, ==, 1);
  g_assert_cmpuint (pair->counters.srtp[YL_SRTP_REPLAYED], ==, 1);
  g_assert_cmpuint (pair->counters.srtp[YL_SRTP_FORGED], ==, 1);
  g_assert_cmpuint (pair->counters.srtp[YL_SRTP_MALFORMED], ==, 1);
}

static void
send_rtx (PeerClient *client, uint16_t seq, uint16_t osn, size_t media_size)
{
  uint8_t payload[64] = {
    (uint8_t) (osn >> 8), (uint8_t) osn, 0x10, 0x11, 0, 0, 42
  };
  const ClientPacket packet = { .ssrc = CAMERA_RTX_SSRC,
                                .seq = seq,
                                .timestamp = 3000u * osn,
                                .payload_type = VP8_RTX_PT,
                                .transport_seq = -1,
                                .payload = payload,
                                .payload_size = 2 + media_size };
  peer_client_send_rtp (client, &packet);
}

static void
test_rtx (void)
{
  g_autoptr (PeerPair) pair = peer_pair_new ();
  peer_pair_connect (pair);
  send_rtx (pair->client, 1, 7, 20); /* its media has not been seen */
  peer_client_send_frame (pair->client, CAMERA_SSRC, 6, true);
  peer_client_send_frame (pair->client, CAMERA_SSRC, 8, false);
  send_rtx (pair->client, 2, 7, 20);
  send_rtx (pair->client, 3, 7, 0); /* a probe */
  peer_pair_settle (pair);
  g_assert_cmpuint (pair->media->len, ==, 3);
  YlRtpView view;
  const uint8_t *payload = payload_of (pair, 2, &view);
  g_assert_cmphex (view.ssrc, ==, CAMERA_SSRC);
  g_assert_cmpuint (view.seq, ==, 7);
  g_assert_cmpuint (view.payload_type, ==, VP8_PT);
  g_assert_cmpuint (view.payload_size, ==, 20);
  g_assert_cmpuint (payload[4], ==, 42);
  g_assert_cmpint (g_array_index (pair->seqs, int64_t, 2), ==,
                   g_array_index (pair->seqs, int64_t, 1) - 1);
  g_assert_cmpuint (pair->counters.rtx_orphan, ==, 1);
  g_assert_cmpuint (pair->counters.rtx_restored, ==, 1);
  g_assert_cmpuint (pair->counters.rtx_empty, ==, 1);
}

static void
test_bad_packets (void)
{
  g_autoptr (PeerPair) pair = peer_pair_new ();
  peer_pair_connect (pair);
  uint8_t payload[1440] = { 0x10, 0x10 };
  ClientPacket packet = { .ssrc = CAMERA_SSRC,
                          .payload_type = 60,
                          .transport_seq = -1,
                          .payload = payload,
                          .payload_size = 10 };
  peer_client_send_rtp (pair->client, &packet); /* a number nobody agreed on */
  packet.seq = 1;
  packet.payload_type = VP8_PT;
  packet.payload_size = sizeof payload; /* 1452 and no more with a header */
  peer_client_send_rtp (pair->client, &packet);
  packet.seq = 2;
  packet.mid = "1"; /* a few octets too large */
  peer_client_send_rtp (pair->client, &packet);
  packet.seq = 3;
  packet.mid = NULL;
  payload[0] = 0x90; /* descriptor announces what is not there */
  payload[1] = 0xff;
  packet.payload_size = 2;
  peer_client_send_rtp (pair->client, &packet);
  packet.seq = 4;
  packet.payload_size = 0; /* forwarded, so that the numbers have no gap */
  peer_client_send_rtp (pair->client, &packet);
  peer_pair_settle (pair);
  g_assert_cmpuint (pair->counters.unknown_payload_type, ==, 1);
  g_assert_cmpuint (pair->counters.too_large, ==, 1);
  g_assert_cmpuint (pair->counters.payload_malformed, ==, 1);
  g_assert_cmpuint (pair->media->len, ==, 2);
}

static void
test_flow (void)
{
  g_autoptr (PeerPair) pair = peer_pair_new ();
  peer_pair_connect (pair);
  peer_client_send_frame (pair->client, MIC_SSRC, 1, false);
  peer_pair_advance (pair, 1900 * 1000);
  g_assert_cmpuint (peer_pair_count (pair, YL_PEER_EVENT_TRACK_FLOW), ==, 0);
  peer_pair_advance (pair, 200 * 1000);
  g_assert_cmpuint (peer_pair_count (pair, YL_PEER_EVENT_TRACK_FLOW), ==, 1);
  g_assert_false (peer_pair_last (pair, YL_PEER_EVENT_TRACK_FLOW)->on);
  peer_client_send_frame (pair->client, MIC_SSRC, 2, false);
  peer_pair_settle (pair);
  g_assert_cmpuint (peer_pair_count (pair, YL_PEER_EVENT_TRACK_FLOW), ==, 2);
  g_assert_true (peer_pair_last (pair, YL_PEER_EVENT_TRACK_FLOW)->on);

  uint8_t data[16];
  const uint32_t ssrc = MIC_SSRC;
  YlWriter out = yl_writer_init (data, sizeof data);
  g_assert_true (yl_rtcp_bye_write (&out, &ssrc, 1));
  peer_client_send_rtcp (pair->client, data, yl_writer_size (&out));
  peer_pair_settle (pair);
  g_assert_false (peer_pair_last (pair, YL_PEER_EVENT_TRACK_FLOW)->on);
}

/* The next offer stops the camera and later has it again. */
static void
test_section_ends (void)
{
  g_autoptr (PeerPair) pair = peer_pair_new ();
  peer_pair_connect (pair);
  peer_client_send_frame (pair->client, CAMERA_SSRC, 1, true);
  peer_pair_settle (pair);
  YlPeerConfig *stopped = peer_client_config (pair->certificates[1], 1);
  stopped->sections[CAMERA].direction = YL_DIRECTION_INACTIVE;
  yl_peer_update (pair->peer, stopped, pair->now_us);
  peer_client_send_frame (pair->client, CAMERA_SSRC, 2, true);
  peer_pair_settle (pair);
  g_assert_cmpuint (peer_pair_count (pair, YL_PEER_EVENT_TRACK_REMOVED), ==, 1);
  g_assert_cmpuint (pair->media->len, ==, 1);
  yl_peer_update (pair->peer, pair->config, pair->now_us);
  peer_client_send_frame (pair->client, CAMERA_SSRC, 3, true);
  peer_pair_settle (pair);
  g_assert_cmpuint (pair->media->len, ==, 2);
  g_assert_cmpuint (peer_pair_count (pair, YL_PEER_EVENT_TRACK_ADDED), ==, 2);
  yl_peer_config_unref (stopped);
}

/* Sequence numbers wrap; the count goes on, the replay window with it. */
static void
test_wrap (void)
{
  g_autoptr (PeerPair) pair = peer_pair_new ();
  peer_pair_connect (pair);
  const uint8_t payload[8] = { 0 };
  for (uint32_t i = 0; i < 20; i++) {
    ClientPacket packet = { .ssrc = MIC_SSRC,
                            .seq = (uint16_t) (65530 + i),
                            .payload_type = OPUS_PT,
                            .transport_seq = -1,
                            .index = 65530 + i,
                            .payload = payload,
                            .payload_size = sizeof payload };
    peer_client_send_rtp (pair->client, &packet);
  }
  peer_pair_settle (pair);
  g_assert_cmpuint (pair->media->len, ==, 20);
  for (guint i = 1; i < 20; i++)
    g_assert_cmpint (g_array_index (pair->seqs, int64_t, i), ==,
                     g_array_index (pair->seqs, int64_t, i - 1) + 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/peer/media/bound-by-ssrc", test_bound_by_ssrc);
  g_test_add_func ("/peer/media/bound-by-mid-or-type", test_bound_otherwise);
  g_test_add_func ("/peer/media/new-ssrc", test_new_ssrc);
  g_test_add_func ("/peer/media/table-full", test_table_full);
  g_test_add_func ("/peer/media/forged-and-replayed", test_forged_and_replayed);
  g_test_add_func ("/peer/media/rtx", test_rtx);
  g_test_add_func ("/peer/media/bad-packets", test_bad_packets);
  g_test_add_func ("/peer/media/flow", test_flow);
  g_test_add_func ("/peer/media/section-ends", test_section_ends);
  g_test_add_func ("/peer/media/wrap", test_wrap);
  return g_test_run ();
}
