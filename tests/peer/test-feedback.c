/* RTCP both ways: what the peer asks for and reports, what it is told. */
#include "peer-pair.h"

#include "rtcp/keyframe.h"
#include "rtcp/nack.h"
#include "rtcp/remb.h"
#include "rtcp/reports.h"
#include "rtcp/twcc.h"

typedef struct {
  YlRtcpPacket packet;
  size_t n;
} Found;

/* The newest packet of this kind that the client heard, and how many. */
static Found
find (const PeerPair *pair, uint8_t type, int format)
{
  Found found = { 0 };
  for (guint i = 0; i < pair->client->rtcp_in->len; i++) {
    size_t size;
    YlRtcpWalker walker;
    YlRtcpPacket packet;
    const uint8_t *data =
        g_bytes_get_data (pair->client->rtcp_in->pdata[i], &size);
    g_assert_true (yl_rtcp_walker_init (&walker, data, size));
    while (yl_rtcp_walker_next (&walker, &packet))
      if (packet.type == type && (format < 0 || packet.count == format)) {
        found.packet = packet;
        found.n++;
      }
  }
  return found;
}

static void
test_nack_out (void)
{
  g_autoptr (PeerPair) pair = peer_pair_new ();
  peer_pair_connect (pair);
  peer_client_send_frame (pair->client, CAMERA_SSRC, 10, true);
  peer_client_send_frame (pair->client, CAMERA_SSRC, 13, false);
  peer_pair_advance (pair, 100 * 1000);
  const Found nack = find (pair, YL_RTCP_RTPFB, YL_RTCP_RTPFB_NACK);
  g_assert_cmpuint (nack.n, >=, 1);
  uint32_t ssrc;
  uint16_t seqs[8];
  g_assert_cmpuint (yl_rtcp_nack_parse (&nack.packet, &ssrc, seqs, 8), ==, 2);
  g_assert_cmphex (ssrc, ==, CAMERA_SSRC);
  g_assert_cmpuint (seqs[0], ==, 11);
  g_assert_cmpuint (seqs[1], ==, 12);
  g_assert_cmpuint (pair->counters.nacks_sent, ==, 2 * nack.n);
}

/* What never comes is given up, and a keyframe asked for instead. */
static void
test_given_up (void)
{
  g_autoptr (PeerPair) pair = peer_pair_new ();
  peer_pair_connect (pair);
  peer_client_send_frame (pair->client, CAMERA_SSRC, 10, true);
  for (uint16_t seq = 12; seq < 120; seq++) {
    peer_client_send_frame (pair->client, CAMERA_SSRC, seq, false);
    peer_pair_advance (pair, 33 * 1000);
  }
  g_assert_cmpuint (find (pair, YL_RTCP_PSFB, YL_RTCP_PSFB_PLI).n, >=, 1);
}

/* Too many are missing to name them: the keyframe is asked for at once. */
static void
test_large_gap (void)
{
  g_autoptr (PeerPair) pair = peer_pair_new ();
  peer_pair_connect (pair);
  peer_client_send_frame (pair->client, CAMERA_SSRC, 10, true);
  peer_client_send_frame (pair->client, CAMERA_SSRC, 1010, false);
  peer_pair_settle (pair);
  g_assert_cmpuint (find (pair, YL_RTCP_PSFB, YL_RTCP_PSFB_PLI).n, ==, 1);
}

static void
test_keyframe_throttled (void)
{
  g_autoptr (PeerPair) pair = peer_pair_new ();
  peer_pair_connect (pair);
  peer_client_send_frame (pair->client, CAMERA_SSRC, 10, true);
  peer_pair_settle (pair);
  const uint8_t track = g_array_index (pair->tracks, uint8_t, 0);
  for (int i = 0; i < 10; i++) {
    yl_peer_request_keyframe (pair->peer, track, pair->now_us);
    peer_pair_advance (pair, 30 * 1000);
  }
  g_assert_cmpuint (find (pair, YL_RTCP_PSFB, YL_RTCP_PSFB_PLI).n, ==, 2);
  g_assert_cmpuint (pair->counters.keyframes_asked, ==, 2);
}

static void
test_transport_feedback_out (void)
{
  g_autoptr (PeerPair) pair = peer_pair_new ();
  peer_pair_connect (pair);
  const uint8_t payload[20] = { 0 };
  for (int i = 0; i < 50; i++) {
    const ClientPacket packet = { .ssrc = MIC_SSRC,
                                  .seq = (uint16_t) i,
                                  .payload_type = OPUS_PT,
                                  .transport_seq = 65520 + i,
                                  .payload = payload,
                                  .payload_size = sizeof payload };
    peer_client_send_rtp (pair->client, &packet);
    peer_pair_advance (pair, 20 * 1000);
  }
  const Found twcc = find (pair, YL_RTCP_RTPFB, YL_RTCP_RTPFB_TWCC);
  g_assert_cmpuint (twcc.n, >=, 8);
  g_assert_cmpuint (twcc.n, <=, 21);
  YlRtcpTwcc parsed;
  YlRtcpTwccStatus statuses[64];
  size_t n;
  g_assert_true (yl_rtcp_twcc_parse (&parsed, &twcc.packet, statuses, 64, &n));
  for (size_t i = 0; i < n; i++)
    g_assert_true (statuses[i].received);
}

static void
send_sender_report (PeerPair *pair, uint64_t ntp, uint32_t timestamp)
{
  uint8_t data[128];
  YlWriter out = yl_writer_init (data, sizeof data);
  const YlRtcpReport report = { .ssrc = CAMERA_SSRC,
                                .is_sender = true,
                                .sender = { .ntp = ntp,
                                            .rtp_timestamp = timestamp } };
  g_assert_true (yl_rtcp_report_write (&out, &report));
  g_assert_true (yl_rtcp_sdes_write (&out, CAMERA_SSRC, "me"));
  peer_client_send_rtcp (pair->client, data, yl_writer_size (&out));
  peer_pair_settle (pair);
}

/* SR in: mapping told, LSR and DLSR in the next RR with loss and count. */
static void
test_receiver_report (void)
{
  g_autoptr (PeerPair) pair = peer_pair_new ();
  peer_pair_connect (pair);
  for (uint16_t seq = 1; seq <= 12; seq++)
    if (seq % 4 != 0)
      peer_client_send_frame (pair->client, CAMERA_SSRC, seq, seq == 1);
  peer_pair_settle (pair);
  send_sender_report (pair, UINT64_C (0x0000123456780000), 777);
  const YlPeerEvent *told = peer_pair_last (pair, YL_PEER_EVENT_SOURCE_REPORT);
  g_assert_nonnull (told);
  g_assert_cmpuint (told->sender.rtp_timestamp, ==, 777);
  peer_pair_advance (pair, 1100 * 1000);
  const Found rr = find (pair, YL_RTCP_RR, 1);
  g_assert_cmpuint (rr.n, ==, 1);
  YlRtcpReport report;
  g_assert_true (yl_rtcp_report_parse (&report, &rr.packet));
  g_assert_cmphex (report.blocks[0].ssrc, ==, CAMERA_SSRC);
  g_assert_cmpint (report.blocks[0].lost, ==, 2);
  g_assert_cmpuint (report.blocks[0].highest_seq & 0xffff, ==, 11);
  g_assert_cmphex (report.blocks[0].lsr, ==, 0x12345678);
  g_assert_cmpuint (report.blocks[0].dlsr, >, 60000);
  g_assert_cmpuint (report.blocks[0].dlsr, <, 72100);
}

static void
test_sender_report (void)
{
  g_autoptr (PeerPair) pair = peer_pair_new ();
  peer_pair_connect (pair);
  peer_pair_advance (pair, 1100 * 1000);
  g_assert_cmpuint (peer_pair_count (pair, YL_PEER_EVENT_REPORTS_DUE), ==, 1);
  const uint32_t ssrc = pair->config->sections[SLOT_VIDEO].slot_ssrc;
  const YlPeerSenderReport reports[] = {
    { ssrc, { .ntp = (uint64_t) 1 << 32, .packets = 5, .octets = 500 } },
    { ssrc + 1, { .ntp = (uint64_t) 1 << 32 } },
  };
  yl_peer_send_reports (pair->peer, reports, 2);
  peer_pair_settle (pair);
  g_assert_cmpuint (find (pair, YL_RTCP_SR, -1).n, ==, 2);
  const Found sdes = find (pair, YL_RTCP_SDES, -1);
  YlRtcpCname cname;
  g_assert_cmpuint (yl_rtcp_sdes_parse (&sdes.packet, &cname, 1), ==, 1);
  g_assert_cmpmem (cname.cname, cname.size, "cname", 5);
}

/* The report block of a viewer gives loss and round trip. */
static void
test_reception (void)
{
  g_autoptr (PeerPair) pair = peer_pair_new ();
  peer_pair_connect (pair);
  const uint32_t ssrc = pair->config->sections[SLOT_VIDEO].slot_ssrc;
  const uint64_t ntp = (pair->now_us / 1000000) << 32;
  const uint32_t sent_us = (uint32_t) (pair->now_us % 1000000);
  peer_pair_advance (pair, 80 * 1000);
  uint8_t data[128];
  YlWriter out = yl_writer_init (data, sizeof data);
  YlRtcpReport report = { .ssrc = 9, .n_blocks = 2 };
  report.blocks[0] = (YlRtcpReportBlock){
    .ssrc = ssrc,
    .fraction_lost = 64,
    .lsr = (uint32_t) ((ntp + (((uint64_t) sent_us << 32) / 1000000)) >> 16),
    .dlsr = 65536 / 50, /* 20 ms */
  };
  report.blocks[1].ssrc = ssrc + 1;
  g_assert_true (yl_rtcp_report_write (&out, &report));
  peer_client_send_rtcp (pair->client, data, yl_writer_size (&out));
  peer_pair_settle (pair);
  g_assert_cmpuint (peer_pair_count (pair, YL_PEER_EVENT_RECEPTION), ==, 2);
  const YlPeerEvent *event = &pair->events[pair->n_events - 2];
  g_assert_cmphex (event->ssrc, ==, ssrc);
  g_assert_cmpuint (event->block.fraction_lost, ==, 64);
  g_assert_cmpuint (event->rtt_us, >, 59000);
  g_assert_cmpuint (event->rtt_us, <, 61000);
}

/* Everything a viewer may say, in one datagram. */
static void
test_compound_in (void)
{
  g_autoptr (PeerPair) pair = peer_pair_new ();
  peer_pair_connect (pair);
  const uint32_t ssrc = pair->config->sections[SLOT_VIDEO].slot_ssrc;
  const uint16_t seqs[] = { 5, 6, 9, 40 };
  const YlRtcpFir fir = { ssrc, 3 };
  const YlRtcpRemb remb = { .bitrate_bps = 512000,
                            .n_ssrcs = 1,
                            .ssrcs = { ssrc } };
  const YlRtcpReport report = { .ssrc = 9 };
  uint8_t data[512];
  YlWriter out = yl_writer_init (data, sizeof data);
  g_assert_true (yl_rtcp_report_write (&out, &report));
  g_assert_true (yl_rtcp_sdes_write (&out, 9, "viewer"));
  g_assert_cmpuint (yl_rtcp_nack_write (&out, 9, ssrc, seqs, 4), ==, 4);
  g_assert_true (yl_rtcp_pli_write (&out, 9, ssrc));
  g_assert_true (yl_rtcp_fir_write (&out, 9, &fir));
  g_assert_true (yl_rtcp_fir_write (&out, 9, &fir)); /* the same again */
  g_assert_true (yl_rtcp_remb_write (&out, &remb));
  uint8_t *xr = yl_rtcp_begin (&out, YL_RTCP_XR, 0);
  yl_writer_u32 (&out, 9);
  g_assert_true (yl_rtcp_end (&out, xr));
  peer_client_send_rtcp (pair->client, data, yl_writer_size (&out));
  peer_pair_settle (pair);
  g_assert_cmpuint (pair->nacked->len, ==, 4);
  g_assert_cmpuint (g_array_index (pair->nacked, uint16_t, 3), ==, 40);
  g_assert_cmpuint (peer_pair_count (pair, YL_PEER_EVENT_KEYFRAME), ==, 2);
  g_assert_cmpuint (peer_pair_last (pair, YL_PEER_EVENT_REMB)->bitrate_bps, ==,
                    512000);
  g_assert_cmpuint (pair->counters.rtcp_ignored, ==, 1);
}

static void
test_bad_rtcp (void)
{
  g_autoptr (PeerPair) pair = peer_pair_new ();
  peer_pair_connect (pair);
  uint8_t lying[12] = { 0x80, 201, 0, 9 };
  peer_client_send_rtcp (pair->client, lying, sizeof lying);
  uint8_t forged[40] = { 0x80, 201, 0, 1 };
  g_ptr_array_add (pair->client->out, g_bytes_new (forged, sizeof forged));
  peer_pair_settle (pair);
  g_assert_cmpuint (pair->counters.rtcp_malformed, ==, 1);
  g_assert_cmpuint (pair->counters.srtcp_refused, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/peer/feedback/nack-out", test_nack_out);
  g_test_add_func ("/peer/feedback/given-up", test_given_up);
  g_test_add_func ("/peer/feedback/large-gap", test_large_gap);
  g_test_add_func ("/peer/feedback/keyframe-throttled",
                   test_keyframe_throttled);
  g_test_add_func ("/peer/feedback/transport-feedback-out",
                   test_transport_feedback_out);
  g_test_add_func ("/peer/feedback/receiver-report", test_receiver_report);
  g_test_add_func ("/peer/feedback/sender-report", test_sender_report);
  g_test_add_func ("/peer/feedback/reception", test_reception);
  g_test_add_func ("/peer/feedback/compound-in", test_compound_in);
  g_test_add_func ("/peer/feedback/bad-rtcp", test_bad_rtcp);
  return g_test_run ();
}
