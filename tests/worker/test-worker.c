/* Commands in, events out, and media from one browser to another. */
#include "worker-rig.h"

#include "io/clock.h"
#include "rtcp/keyframe.h"
#include "rtcp/nack.h"
#include "rtcp/reports.h"
#include "rtp/rtp-view.h"

/* Of what may wait for the main thread, YL_WORKER_MAX_EVENTS. */
#define EVENTS_HALF 2048

static void
forward (Rig *rig, bool on)
{
  const YlCommand command = { .kind = YL_COMMAND_ROOM_FORWARD,
                              .room = RIG_ROOM,
                              .on = on };
  rig_command (rig, &command);
}

static const YlWorkerEvent *
last (const Rig *rig, YlWorkerEventKind kind)
{
  for (guint i = rig->events->len; i > 0; i--) {
    const YlWorkerEvent *event =
        &g_array_index (rig->events, YlWorkerEvent, i - 1);
    if (event->kind == kind)
      return event;
  }
  return NULL;
}

static bool
has_heard (Rig *rig, void *browser)
{
  return ((RigBrowser *) browser)->client->rtp_in->len > 0;
}

static void
test_connect (void)
{
  g_autoptr (Rig) rig = rig_new (false);
  rig_add (rig);
  rig_add (rig);
  rig_connect (rig);
  YlWorkerMetrics metrics;
  yl_worker_get_metrics (rig->worker, &metrics);
  g_assert_cmpuint (metrics.peers, ==, 2);
  g_assert_cmpuint (metrics.peers_connected, ==, 2);
  g_assert_cmpuint (metrics.rooms, ==, 1);
}

/* What one sends the other decrypts, under the numbers of its slot. */
static void
test_forward (void)
{
  g_autoptr (Rig) rig = rig_new (false);
  RigBrowser *from = rig_add (rig), *to = rig_add (rig);
  forward (rig, true);
  rig_connect (rig);
  peer_client_send_frame (from->client, CAMERA_SSRC, 1, true);
  rig_run_until (rig, has_heard, to);
  g_assert_cmpuint (from->client->rtp_in->len, ==, 0);

  YlRtpView view;
  size_t size;
  const uint8_t *data = g_bytes_get_data (to->client->rtp_in->pdata[0], &size);
  g_assert_true (yl_rtp_view_parse (&view, data, size, NULL));
  g_assert_cmphex (view.ssrc, ==, to->config->sections[SLOT_VIDEO].slot_ssrc);
  g_assert_cmpuint (view.payload_type, ==, VP8_PT);
  g_assert_cmpuint (view.payload_size, ==, 200);
  g_assert_cmpuint (view.payload[view.payload_size - 1], ==, 1);

  const YlWorkerEvent *added = last (rig, YL_WORKER_EVENT_TRACK_ADDED);
  g_assert_nonnull (added);
  g_assert_cmpuint (added->peer.v, ==, from->id.v);
  g_assert_cmpint (added->media, ==, YL_MEDIA_VIDEO);
  g_assert_cmpstr (added->mid, ==, "1");
  const YlWorkerEvent *slot = last (rig, YL_WORKER_EVENT_SLOT);
  g_assert_nonnull (slot);
  g_assert_cmpuint (slot->peer.v, ==, to->id.v);
  g_assert_cmpuint (slot->source.v, ==, from->id.v);
  g_assert_cmpstr (slot->mid, ==, "3");
  g_assert_true (slot->on);
}

static bool
track_added (Rig *rig, void *data)
{
  return rig_count (rig, YL_WORKER_EVENT_TRACK_ADDED) > 0;
}

/* Nothing passes before ROOM_FORWARD. */
static void
test_gate (void)
{
  g_autoptr (Rig) rig = rig_new (false);
  RigBrowser *from = rig_add (rig), *to = rig_add (rig);
  rig_connect (rig);
  peer_client_send_frame (from->client, CAMERA_SSRC, 1, true);
  rig_run_until (rig, track_added, NULL);
  for (size_t i = 0; i < 5; i++)
    rig_step (rig);
  g_assert_cmpuint (to->client->rtp_in->len, ==, 0);
  forward (rig, true);
  rig_step (rig);
  peer_client_send_frame (from->client, CAMERA_SSRC, 2, true);
  rig_run_until (rig, has_heard, to);
}

typedef struct {
  RigBrowser *browser;
  uint8_t type;
  uint8_t format;
} WantedRtcp;

static bool
has_rtcp (Rig *rig, void *data)
{
  const WantedRtcp *wanted = data;
  const GPtrArray *in = wanted->browser->client->rtcp_in;
  for (guint i = 0; i < in->len; i++) {
    size_t size;
    YlRtcpWalker walker;
    YlRtcpPacket packet;
    const uint8_t *octets = g_bytes_get_data (in->pdata[i], &size);
    g_assert_true (yl_rtcp_walker_init (&walker, octets, size));
    while (yl_rtcp_walker_next (&walker, &packet))
      if (packet.type == wanted->type && packet.count == wanted->format)
        return true;
  }
  return false;
}

/* A viewer's PLI reaches the publisher; its NACK is answered by RTX. */
static void
test_feedback (void)
{
  g_autoptr (Rig) rig = rig_new (false);
  RigBrowser *from = rig_add (rig), *to = rig_add (rig);
  const YlPeerSection *slot = &to->config->sections[SLOT_VIDEO];
  forward (rig, true);
  rig_connect (rig);
  peer_client_send_frame (from->client, CAMERA_SSRC, 1, true);
  rig_run_until (rig, has_heard, to);

  WantedRtcp pli = { from, YL_RTCP_PSFB, YL_RTCP_PSFB_PLI };
  uint8_t data[64];
  YlWriter out = yl_writer_init (data, sizeof data);
  g_assert_true (yl_rtcp_pli_write (&out, 1, slot->slot_ssrc));
  peer_client_send_rtcp (to->client, data, yl_writer_size (&out));
  rig_run_until (rig, has_rtcp, &pli);

  YlRtpView view;
  size_t size;
  const uint8_t *rtp = g_bytes_get_data (to->client->rtp_in->pdata[0], &size);
  g_assert_true (yl_rtp_view_parse (&view, rtp, size, NULL));
  g_ptr_array_set_size (to->client->rtp_in, 0);
  out = yl_writer_init (data, sizeof data);
  g_assert_cmpuint (yl_rtcp_nack_write (&out, 1, slot->slot_ssrc, &view.seq, 1),
                    ==, 1);
  peer_client_send_rtcp (to->client, data, yl_writer_size (&out));
  rig_run_until (rig, has_heard, to);
  rtp = g_bytes_get_data (to->client->rtp_in->pdata[0], &size);
  g_assert_true (yl_rtp_view_parse (&view, rtp, size, NULL));
  g_assert_cmphex (view.ssrc, ==, slot->slot_rtx_ssrc);
  g_assert_cmpuint (view.payload_type, ==, VP8_RTX_PT);
}

static void
send_raw (Rig *rig, RigBrowser *browser, const void *data, size_t size)
{
  g_ptr_array_add (browser->client->out, g_bytes_new (data, size));
  rig_step (rig);
  rig_step (rig);
}

static void
test_unknown_source (void)
{
  g_autoptr (Rig) rig = rig_new (false);
  RigBrowser *browser = rig_add (rig);
  const uint8_t rtp[40] = { 0x80, 96 }, dtls[40] = { 22 }, junk[40] = { 99 };
  send_raw (rig, browser, rtp, sizeof rtp);
  send_raw (rig, browser, dtls, sizeof dtls);
  send_raw (rig, browser, junk, sizeof junk);
  YlPeerConfig *real = browser->config;
  browser->config = peer_client_config (rig->certificates[1], 99);
  browser->client->config = browser->config; /* a ufrag nobody has */
  peer_client_check (browser->client, true);
  rig_step (rig);
  rig_step (rig);
  YlWorkerMetrics metrics;
  yl_worker_get_metrics (rig->worker, &metrics);
  g_assert_cmpuint (metrics.unknown_source, ==, 4);
  g_assert_cmpuint (browser->client->check_replies, ==, 0);
  yl_peer_config_unref (real);
}

static bool
is_closed (Rig *rig, void *browser)
{
  return ((RigBrowser *) browser)->client->closed;
}

static bool
shows_nothing (Rig *rig, void *browser)
{
  const YlWorkerEvent *slot = last (rig, YL_WORKER_EVENT_SLOT);
  return slot->peer.v == ((RigBrowser *) browser)->id.v && slot->source.v == 0;
}

static void
test_remove (void)
{
  g_autoptr (Rig) rig = rig_new (false);
  RigBrowser *from = rig_add (rig), *to = rig_add (rig);
  forward (rig, true);
  rig_connect (rig);
  peer_client_send_frame (from->client, CAMERA_SSRC, 1, true);
  rig_run_until (rig, has_heard, to);
  const YlCommand remove = { .kind = YL_COMMAND_PEER_REMOVE, .peer = from->id };
  rig_command (rig, &remove);
  rig_run_until (rig, is_closed, from);
  rig_run_until (rig, shows_nothing, to);
  YlWorkerMetrics metrics;
  yl_worker_get_metrics (rig->worker, &metrics);
  g_assert_cmpuint (metrics.peers, ==, 1);
  g_assert_cmpuint (metrics.tracks, ==, 0);

  const YlCommand room = { .kind = YL_COMMAND_ROOM_REMOVE, .room = RIG_ROOM };
  rig_command (rig, &room);
  rig_run_until (rig, is_closed, to);
  yl_worker_get_metrics (rig->worker, &metrics);
  g_assert_cmpuint (metrics.peers, ==, 0);
  g_assert_cmpuint (metrics.rooms, ==, 0);
}

/* A browser that leaves by itself frees its place and its id. */
static void
test_closed (void)
{
  g_autoptr (Rig) rig = rig_new (false);
  RigBrowser *browser = rig_add (rig);
  rig_connect (rig);
  yl_dtls_close (browser->client->dtls);
  peer_client_shake (browser->client);
  while (rig_count (rig, YL_WORKER_EVENT_PEER_CLOSED) == 0)
    rig_step (rig);
  YlWorkerMetrics metrics;
  yl_worker_get_metrics (rig->worker, &metrics);
  g_assert_cmpuint (metrics.peers, ==, 0);
  g_assert_cmpuint (metrics.peers_connected, ==, 0);
}

/* No such room, the same id again, a table that is full: each is told. */
static void
test_refused (void)
{
  g_autoptr (Rig) rig = rig_new (false);
  RigBrowser *browser = rig_add (rig);
  YlCommand add = { .kind = YL_COMMAND_PEER_ADD,
                    .room = RIG_ROOM,
                    .peer = browser->id,
                    .config = yl_peer_config_ref (browser->config) };
  rig_command (rig, &add);
  rig_step (rig);
  g_assert_cmpuint (rig_count (rig, YL_WORKER_EVENT_PEER_CLOSED), ==, 1);
  for (uint32_t i = 0; i < 20; i++) {
    add.peer.v = 1000 + i;
    add.config = peer_client_config (rig->certificates[1], 1000 + i);
    rig_command (rig, &add);
  }
  add.room.v = 5;
  add.peer.v = 5000;
  add.config = peer_client_config (rig->certificates[1], 5000);
  rig_command (rig, &add);
  rig_step (rig);
  g_assert_cmpuint (rig_count (rig, YL_WORKER_EVENT_PEER_CLOSED), ==,
                    1 + 5 + 1);
}

/* The socket of a browser changes; its next check moves the path. */
static void
test_address_change (void)
{
  g_autoptr (Rig) rig = rig_new (false);
  RigBrowser *from = rig_add (rig), *to = rig_add (rig);
  forward (rig, true);
  rig_connect (rig);
  YlAddress loopback;
  yl_address_parse_ip (&loopback, "127.0.0.1", 0);
  yl_udp_free (to->udp);
  to->udp = yl_udp_new (&loopback, NULL);
  peer_client_check (to->client, true);
  rig_step (rig);
  rig_step (rig);
  peer_client_send_frame (from->client, CAMERA_SSRC, 1, true);
  rig_run_until (rig, has_heard, to);
}

/* Checks from many addresses of one host do not unbind the one in use. */
static void
test_many_addresses (void)
{
  g_autoptr (Rig) rig = rig_new (false);
  RigBrowser *from = rig_add (rig);
  rig_connect (rig);
  YlAddress loopback;
  yl_address_parse_ip (&loopback, "127.0.0.1", 0);
  YlUdp *in_use = from->udp;
  for (int i = 0; i < YL_ICE_MAX_REMOTES + 2; i++) {
    from->udp = yl_udp_new (&loopback, NULL);
    peer_client_check (from->client, false);
    rig_step (rig);
    yl_udp_free (from->udp);
  }
  from->udp = in_use;
  peer_client_send_frame (from->client, CAMERA_SSRC, 1, true);
  rig_run_until (rig, track_added, NULL);
}

static bool
all_are_in (Rig *rig, void *data)
{
  YlWorkerMetrics metrics;
  yl_worker_get_metrics (rig->worker, &metrics);
  return metrics.peers_connected == rig->n_browsers;
}

/* One who handshakes without end fills its own share of the queue: another
 * is served meanwhile. */
static void
test_crowded (void)
{
  g_autoptr (Rig) rig = rig_new (false);
  RigBrowser *crowd = rig_add (rig);
  rig_connect (rig);
  RigBrowser *other = rig_add (rig);
  const uint8_t record[60] = { 22, 0xfe, 0xfd };
  for (unsigned i = 0; i < 100; i++)
    g_ptr_array_add (crowd->client->out, g_bytes_new (record, sizeof record));
  peer_client_check (other->client, true);
  peer_client_shake (other->client);
  rig_step (rig);
  YlWorkerMetrics metrics;
  yl_worker_get_metrics (rig->worker, &metrics);
  g_assert_cmpuint (metrics.handshakes_refused, >, 0);
  g_assert_cmpuint (metrics.handshakes_refused, <, 100);
  rig_run_until (rig, all_are_in, NULL);
}

static bool
has_reply (Rig *rig, void *browser)
{
  return ((RigBrowser *) browser)->client->check_replies > 0;
}

/* A check with right credentials from the address of another who is there:
 * somebody spoofs it, and neither address nor media change hands. */
static void
test_taken_address (void)
{
  g_autoptr (Rig) rig = rig_new (false);
  RigBrowser *owner = rig_add (rig);
  rig_connect (rig);
  RigBrowser *thief = rig_add (rig);
  YlUdp *own_socket = thief->udp;
  thief->udp = owner->udp;
  peer_client_check (thief->client, true);
  rig_step (rig);
  rig_step (rig);
  thief->udp = own_socket;
  g_assert_cmpuint (thief->client->check_replies, ==, 0);
  YlWorkerMetrics metrics;
  yl_worker_get_metrics (rig->worker, &metrics);
  g_assert_cmpuint (metrics.address_taken, ==, 1);
  peer_client_send_frame (owner->client, CAMERA_SSRC, 1, true);
  rig_run_until (rig, track_added, NULL);

  /* Once the owner is gone the address is anybody's. */
  const YlCommand remove = { .kind = YL_COMMAND_PEER_REMOVE,
                             .peer = owner->id };
  rig_command (rig, &remove);
  rig_step (rig);
  YlUdp *freed = owner->udp;
  owner->udp = thief->udp;
  thief->udp = freed;
  peer_client_check (thief->client, true);
  rig_run_until (rig, has_reply, thief);
}

static bool
shows_camera (Rig *rig, void *data)
{
  const YlWorkerEvent *slot = last (rig, YL_WORKER_EVENT_SLOT);
  return slot != NULL && slot->source.v != 0;
}

/* Slots that change all the time are told of now and then, their last state
 * in any case. */
static void
test_slots_flap (void)
{
  g_autoptr (Rig) rig = rig_new (false);
  RigBrowser *from = rig_add (rig);
  rig_add (rig);
  rig_connect (rig);
  peer_client_send_frame (from->client, CAMERA_SSRC, 1, true);
  rig_run_until (rig, track_added, NULL);
  const uint64_t start_us = yl_clock_now_us ();
  for (int i = 0; i < 101; i++) {
    forward (rig, i % 2 == 0);
    rig_step (rig);
  }
  const uint64_t took_us = yl_clock_now_us () - start_us;
  g_assert_cmpuint (rig_count (rig, YL_WORKER_EVENT_SLOT), <=,
                    took_us / 20000 + 2);
  rig_run_until (rig, shows_camera, NULL);
}

/* Makes a track come and go until news of it are dropped: half of what can
 * wait for the main thread does. */
static void
flap_track (Rig *rig, RigBrowser *from)
{
  uint8_t data[64];
  YlWorkerMetrics metrics = { 0 };
  for (uint16_t i = 2; metrics.track_events_dropped == 0; i++) {
    const uint32_t ssrc = CAMERA_SSRC;
    const YlRtcpReport report = { .ssrc = 1 };
    YlWriter out = yl_writer_init (data, sizeof data);
    g_assert_true (yl_rtcp_report_write (&out, &report));
    g_assert_true (yl_rtcp_bye_write (&out, &ssrc, 1));
    peer_client_send_rtcp (from->client, data, yl_writer_size (&out));
    peer_client_send_frame (from->client, CAMERA_SSRC, i, false);
    rig_step (rig);
    yl_worker_get_metrics (rig->worker, &metrics);
  }
}

/* A sender that stops and goes on all the time costs nobody an event. */
static void
test_tracks_flap (void)
{
  g_autoptr (Rig) rig = rig_new (false);
  YlWorkerMetrics metrics;
  RigBrowser *from = rig_add (rig);
  rig_connect (rig);
  peer_client_send_frame (from->client, CAMERA_SSRC, 1, true);
  rig_run_until (rig, track_added, NULL);
  rig->deaf = true;
  flap_track (rig, from);
  const YlCommand unknown = { .kind = YL_COMMAND_PEER_ADD,
                              .room = { 1234 },
                              .peer = { 99 },
                              .config = yl_peer_config_ref (from->config) };
  rig_command (rig, &unknown);
  rig_step (rig);
  rig->deaf = false;
  rig_step (rig);
  g_assert_cmpuint (rig_count (rig, YL_WORKER_EVENT_PEER_CLOSED), ==, 1);
  yl_worker_get_metrics (rig->worker, &metrics);
  g_assert_cmpuint (metrics.events_refused, ==, 0);
}

/* Thousands of slots may change at once: their news wait as well, and come
 * when there is room. */
static void
test_slots_wait (void)
{
  g_autoptr (Rig) rig = rig_new (false);
  YlWorkerMetrics metrics;
  RigBrowser *from = rig_add (rig);
  rig_add (rig);
  rig_connect (rig);
  forward (rig, true);
  peer_client_send_frame (from->client, CAMERA_SSRC, 1, true);
  rig_run_until (rig, shows_camera, NULL);
  rig->deaf = true;
  flap_track (rig, from);
  const uint64_t end_us = yl_clock_now_us () + 5 * 20000;
  for (int i = 0; yl_clock_now_us () < end_us; i++) {
    forward (rig, i % 2 == 0);
    rig_step (rig);
  }
  forward (rig, true);
  rig_step (rig);
  g_array_set_size (rig->events, 0);
  rig->deaf = false;
  rig_step (rig);
  g_assert_cmpuint (rig->events->len, ==, EVENTS_HALF);
  rig_run_until (rig, shows_camera, NULL);
  yl_worker_get_metrics (rig->worker, &metrics);
  g_assert_cmpuint (metrics.events_refused, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/worker/worker/connect", test_connect);
  g_test_add_func ("/worker/worker/forward", test_forward);
  g_test_add_func ("/worker/worker/gate", test_gate);
  g_test_add_func ("/worker/worker/feedback", test_feedback);
  g_test_add_func ("/worker/worker/unknown-source", test_unknown_source);
  g_test_add_func ("/worker/worker/remove", test_remove);
  g_test_add_func ("/worker/worker/closed", test_closed);
  g_test_add_func ("/worker/worker/refused", test_refused);
  g_test_add_func ("/worker/worker/address-change", test_address_change);
  g_test_add_func ("/worker/worker/many-addresses", test_many_addresses);
  g_test_add_func ("/worker/worker/crowded", test_crowded);
  g_test_add_func ("/worker/worker/taken-address", test_taken_address);
  g_test_add_func ("/worker/worker/slots-flap", test_slots_flap);
  g_test_add_func ("/worker/worker/slots-wait", test_slots_wait);
  g_test_add_func ("/worker/worker/tracks-flap", test_tracks_flap);
  return g_test_run ();
}
