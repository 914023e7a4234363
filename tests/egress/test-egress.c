/* test-egress.c: what leaves is decrypted and compared with the plan */
#include "egress/egress.h"

#include "base/seq.h"
#include "base/time.h"
#include "rtp/rtp-ext.h"
#include "rtp/rtp-view.h"
#include "rtp/vp8.h"
#include "srtp/receiver.h"
#include "srtp/sender.h"

#include <string.h>

#define VIEWERS 3
#define AUDIO_SSRC 100
#define VIDEO_SSRC 200
#define RTX_SSRC 201
#define T0 UINT64_C (9000000)
#define MAX_OUT 512

/* One datagram as it came out, decrypted. */
typedef struct {
  uint32_t viewer;
  uint8_t data[1600];
  size_t size;
  YlRtpView view;
} Datagram;

typedef struct {
  uint32_t viewer;
  uint32_t size;
  uint16_t segment_size;
} Sent;

typedef struct {
  YlEgress *egress;
  YlSrtpSender *senders[VIEWERS];
  YlSrtpReceiver *receivers[VIEWERS];
  YlSrtpWindow windows[VIEWERS][3];
  YlPeerConfig config;
  YlPlan *plan;

  size_t room;         /* messages the socket takes before it is full */
  YlSendResult refuse; /* what it says to segments, OK: nothing */
  Datagram out[MAX_OUT];
  size_t n_out;
  Sent sent[MAX_OUT];
  size_t n_sent;

  uint8_t data[64][1500];
  YlPacket packets[64];
} Fixture;

static YlSrtpKeying
keying (uint32_t viewer)
{
  YlSrtpKeying k = { .profile = YL_SRTP_PROFILE_AEAD_AES_128_GCM };
  memset (k.key, (int) viewer + 1, sizeof k.key);
  memset (k.salt, (int) viewer + 7, sizeof k.salt);
  return k;
}

static void
take_datagram (Fixture *f, uint32_t viewer, const uint8_t *data, size_t size)
{
  g_assert_cmpuint (f->n_out, <, MAX_OUT);
  Datagram *d = &f->out[f->n_out++];
  d->viewer = viewer;
  d->size = size;
  memcpy (d->data, data, size);
  const uint32_t ssrc = (uint32_t) data[8] << 24 | (uint32_t) data[9] << 16
                        | (uint32_t) data[10] << 8 | data[11];
  YlSrtpWindow *window = &f->windows[viewer][ssrc == AUDIO_SSRC   ? 0
                                             : ssrc == VIDEO_SSRC ? 1
                                                                  : 2];
  int64_t seq;
  g_assert_cmpint (yl_srtp_receiver_unprotect (f->receivers[viewer], window,
                                               d->data, &d->size, &seq),
                   ==, YL_SRTP_OK);
  g_assert_true (yl_rtp_view_parse (&d->view, d->data, d->size, NULL));
}

static void
take_message (Fixture *f, const YlEgressMessage *message)
{
  uint8_t all[70000];
  size_t size = 0;
  for (unsigned i = 0; i < message->n_iov; i++) {
    memcpy (all + size, message->iov[i].iov_base, message->iov[i].iov_len);
    size += message->iov[i].iov_len;
  }
  g_assert_cmpuint (size, ==, message->size);
  const uint32_t viewer = message->remote->port;
  f->sent[f->n_sent++] = (Sent){ viewer, message->size, message->segment_size };
  const size_t step = message->segment_size > 0 ? message->segment_size : size;
  g_assert_cmpuint ((size + step - 1) / step, <=, YL_EGRESS_MAX_SEGMENTS);
  for (size_t at = 0; at < size; at += step)
    take_datagram (f, viewer, all + at, MIN (step, size - at));
}

static size_t
send_messages (void *user, const YlEgressMessage *messages, size_t n,
               YlSendResult *why)
{
  Fixture *f = user;
  for (size_t i = 0; i < n; i++) {
    if (f->room == 0) {
      *why = YL_SEND_AGAIN;
      return i;
    }
    if (messages[i].segment_size > 0 && f->refuse != YL_SEND_OK) {
      *why = f->refuse;
      return i;
    }
    take_message (f, &messages[i]);
    f->room--;
  }
  *why = YL_SEND_OK;
  return n;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  memset (f, 0, sizeof *f);
  f->room = SIZE_MAX;
  f->egress = yl_egress_new (VIEWERS + 1, send_messages, f);
  f->plan = yl_plan_new ();
  f->config = (YlPeerConfig){ .n_sections = 2 };
  f->config.sections[0] = (YlPeerSection){ .mid = "0",
                                           .kind = YL_MEDIA_AUDIO,
                                           .direction = YL_DIRECTION_SEND,
                                           .slot_ssrc = AUDIO_SSRC };
  f->config.sections[1] = (YlPeerSection){ .mid = "1",
                                           .kind = YL_MEDIA_VIDEO,
                                           .direction = YL_DIRECTION_SEND,
                                           .slot_ssrc = VIDEO_SSRC,
                                           .slot_rtx_ssrc = RTX_SSRC };
  f->config.sections[0].extensions =
      (YlPeerExtensions){ .mid = 4, .transport_cc = 3, .audio_level = 1 };
  f->config.sections[1].extensions =
      (YlPeerExtensions){ .mid = 4, .transport_cc = 3, .abs_send_time = 2 };
  for (uint32_t i = 0; i < VIEWERS; i++) {
    const YlSrtpKeying k = keying (i);
    f->senders[i] = yl_srtp_sender_new (&k);
    f->receivers[i] = yl_srtp_receiver_new (&k);
    YlEgressPeer peer = { .sender = f->senders[i], .config = &f->config };
    peer.remote.port = (uint16_t) i;
    yl_egress_set_peer (f->egress, i, &peer);
  }
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  yl_egress_free (f->egress);
  yl_plan_free (f->plan);
  for (uint32_t i = 0; i < VIEWERS; i++) {
    yl_srtp_sender_free (f->senders[i]);
    yl_srtp_receiver_free (f->receivers[i]);
  }
}

static const YlPacket *
packet (Fixture *f, unsigned i, size_t payload_size, bool vp8)
{
  YlPacket *p = &f->packets[i];
  memset (f->data[i], (int) (i + 1), sizeof f->data[i]);
  *p = (YlPacket){ .data = f->data[i], .audio_level = 255 };
  p->size = (uint16_t) (12 + payload_size);
  p->view.payload = f->data[i] + 12;
  p->view.payload_size = payload_size;
  p->view.marker = i % 2;
  if (vp8) { /* X, I (15 bits), L, T and K absent */
    static const uint8_t descriptor[] = { 0x90, 0xc0, 0x80, 0x01, 0x05 };
    memcpy (f->data[i] + 12, descriptor, sizeof descriptor);
    g_assert_true (yl_rtp_vp8_read (&p->info, p->view.payload, payload_size));
    g_assert_cmpuint (p->info.descriptor_size, ==, 5);
  }
  return p;
}

static YlPlanRow *
add_row (Fixture *f, uint32_t viewer, unsigned p, int64_t seq, bool audio)
{
  yl_plan_reserve (f->plan, f->plan->n_rows + 1);
  YlPlanRow *row = &f->plan->rows[f->plan->n_rows++];
  *row = (YlPlanRow){ .peer = viewer,
                      .packet = (uint16_t) p,
                      .seq = seq,
                      .timestamp = 777,
                      .ssrc = audio ? AUDIO_SSRC : VIDEO_SSRC,
                      .section = audio ? 0 : 1,
                      .payload_type = audio ? 111 : 96,
                      .picture_id = 0x1234,
                      .tl0picidx = 0x56,
                      .is_audio = audio };
  f->plan->packets[p] = &f->packets[p];
  f->plan->n_packets = MAX (f->plan->n_packets, p + 1u);
  return row;
}

static void
write_plan (Fixture *f, uint64_t now_us)
{
  yl_egress_write (f->egress, f->plan, now_us);
  yl_plan_reset (f->plan);
}

static void
test_rewrite (Fixture *f, gconstpointer data)
{
  const YlPacket *p = packet (f, 1, 900, true);
  add_row (f, 2, 1, 0x10005, false);
  write_plan (f, T0);
  g_assert_cmpuint (f->n_out, ==, 0); /* nothing before the flush */
  yl_egress_flush (f->egress, T0);
  g_assert_cmpuint (f->n_out, ==, 1);
  const Datagram *d = &f->out[0];
  g_assert_cmpuint (d->viewer, ==, 2);
  g_assert_cmpuint (d->view.seq, ==, 5);
  g_assert_cmpuint (d->view.ssrc, ==, VIDEO_SSRC);
  g_assert_cmpuint (d->view.timestamp, ==, 777);
  g_assert_cmpuint (d->view.payload_type, ==, 96);
  g_assert_true (d->view.marker);
  g_assert_cmpuint (d->view.payload_size, ==, 900);

  const YlRtpExtIds ids = { .mid = 4, .transport_cc = 3, .abs_send_time = 2 };
  YlRtpExtValues values;
  yl_rtp_ext_read (&d->view, &ids, &values);
  g_assert_cmpuint (values.mid_size, ==, 1);
  g_assert_cmpint (values.mid[0], ==, '1');
  g_assert_true (values.has_transport_seq);
  g_assert_cmpuint (values.abs_send_time, ==, yl_rtp_ext_abs_send_time (T0));

  YlPayloadInfo info;
  g_assert_true (
      yl_rtp_vp8_read (&info, d->view.payload, d->view.payload_size));
  g_assert_cmpuint (info.picture_id, ==, 0x1234);
  g_assert_cmpuint (info.tl0picidx, ==, 0x56);
  g_assert_cmpmem (d->view.payload + 5, 895, p->view.payload + 5, 895);
  g_assert_cmpuint (p->view.payload[2], ==, 0x80); /* shared: untouched */
}

static void
test_rtx (Fixture *f, gconstpointer data)
{
  packet (f, 0, 300, true);
  YlPlanRow *row = add_row (f, 0, 0, 50, false);
  row->kind = YL_PLAN_RTX;
  row->ssrc = RTX_SSRC;
  row->osn = 0xabcd;
  row->payload_type = 97;
  write_plan (f, T0);
  yl_egress_flush (f->egress, T0);
  g_assert_cmpuint (f->n_out, ==, 1);
  const YlRtpView *view = &f->out[0].view;
  g_assert_cmpuint (view->ssrc, ==, RTX_SSRC);
  g_assert_cmpuint (view->payload_size, ==, 302);
  g_assert_cmpuint (view->payload[0] << 8 | view->payload[1], ==, 0xabcd);
  g_assert_cmpuint (view->payload[2 + 2] << 8 | view->payload[2 + 3], ==,
                    0x8000 | 0x1234);
}

/* A frame's packets differ by an octet; they leave in one message. */
static void
test_levelling (Fixture *f, gconstpointer data)
{
  static const size_t sizes[] = { 1000, 1001, 1000, 990, 400, 1000, 1001 };
  for (unsigned i = 0; i < G_N_ELEMENTS (sizes); i++) {
    packet (f, i, sizes[i], false);
    add_row (f, 0, i, 50 + i, false);
  }
  write_plan (f, T0);
  yl_egress_flush (f->egress, T0);
  g_assert_cmpuint (f->n_sent, ==, 2); /* the short one ends the first */
  g_assert_cmpuint (f->n_out, ==, G_N_ELEMENTS (sizes));
  for (unsigned i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_assert_cmpuint (f->out[i].view.seq, ==, 50 + i);
    g_assert_cmpuint (f->out[i].view.payload_size, ==, sizes[i]);
  }
  g_assert_cmpuint (yl_egress_counters (f->egress)->padding_octets, ==,
                    1 + 1 + 11 + 1);
}

static void
test_many_segments (Fixture *f, gconstpointer data)
{
  for (unsigned i = 0; i < 64; i++) {
    packet (f, i, 1200, false);
    for (uint32_t viewer = 0; viewer < 1; viewer++)
      add_row (f, viewer, i, 50 + i, false);
  }
  write_plan (f, T0);
  yl_egress_flush (f->egress, T0);
  g_assert_cmpuint (f->n_out, ==, 64);
  for (size_t i = 0; i < f->n_sent; i++)
    g_assert_cmpuint (f->sent[i].size, <=, YL_EGRESS_MAX_OCTETS);
}

/* Audio rides as the short last segment of pending video. */
static void
test_audio_rides (Fixture *f, gconstpointer data)
{
  for (unsigned i = 0; i < 3; i++) {
    packet (f, i, 1000, false);
    add_row (f, 0, i, 50 + i, false);
  }
  write_plan (f, T0);
  packet (f, 10, 80, false);
  f->packets[10].audio_level = 33;
  add_row (f, 0, 10, 700, true);
  add_row (f, 1, 10, 800, true); /* no video there */
  write_plan (f, T0);
  yl_egress_flush (f->egress, T0);
  g_assert_cmpuint (f->n_sent, ==, 2);
  g_assert_cmpuint (f->sent[0].viewer, ==, 1); /* alone: first */
  g_assert_cmpuint (f->sent[1].viewer, ==, 0);
  g_assert_cmpuint (f->n_out, ==, 5);
  const Datagram *last = &f->out[4];
  g_assert_cmpuint (last->view.ssrc, ==, AUDIO_SSRC);
  const YlRtpExtIds ids = { .audio_level = 1 };
  YlRtpExtValues values;
  yl_rtp_ext_read (&last->view, &ids, &values);
  g_assert_cmpuint (values.audio_level, ==, 33);
  g_assert_cmpuint (yl_egress_counters (f->egress)->audio_alone, ==, 1);
}

/* Video that leaves early does not take the others' audio away from theirs. */
static void
test_audio_rides_in_large_turn (Fixture *f, gconstpointer data)
{
  packet (f, 60, 80, false);
  for (uint32_t v = 0; v < VIEWERS; v++)
    add_row (f, v, 60, 700, true);
  write_plan (f, T0);
  for (unsigned i = 0; i < 60; i++)
    packet (f, i, 1300, false);
  for (uint32_t v = 0; v < VIEWERS; v++)
    for (unsigned i = 0; i < 60; i++)
      add_row (f, v, i, 50 + i, false);
  write_plan (f, T0);
  g_assert_cmpuint (f->n_out, >, 0);
  g_assert_cmpuint (f->n_out, <, 61 * VIEWERS);
  yl_egress_flush (f->egress, T0);
  g_assert_cmpuint (f->n_out, ==, 61 * VIEWERS);
  g_assert_cmpuint (yl_egress_counters (f->egress)->audio_alone, ==, 0);
  unsigned heard = 0;
  for (size_t i = 0; i < f->n_out; i++)
    heard += f->out[i].view.ssrc == AUDIO_SSRC;
  g_assert_cmpuint (heard, ==, VIEWERS);
}

static void
test_transport_sequence (Fixture *f, gconstpointer data)
{
  const YlRtpExtIds ids = { .transport_cc = 3 };
  packet (f, 0, 500, false);
  packet (f, 1, 80, false);
  for (unsigned i = 0; i < 20; i++) {
    add_row (f, 0, i % 2, 50 + i, i % 2);
    write_plan (f, T0);
    yl_egress_flush (f->egress, T0);
    YlRtpExtValues values;
    yl_rtp_ext_read (&f->out[i].view, &ids, &values);
    g_assert_true (values.has_transport_seq);
    g_assert_cmpuint (values.transport_seq, ==, i);
  }
}

static void
test_full_socket (Fixture *f, gconstpointer data)
{
  f->room = 0;
  packet (f, 0, 1000, false);
  packet (f, 1, 80, false);
  add_row (f, 0, 0, 50, false);
  add_row (f, 0, 1, 700, true);
  write_plan (f, T0);
  yl_egress_flush (f->egress, T0);
  g_assert_cmpuint (f->n_sent, ==, 0);
  g_assert_cmpuint (yl_egress_next_deadline (f->egress), ==, T0 + 20000);

  /* After 20 ms the video is worthless, the audio is not. */
  add_row (f, 0, 0, 51, false);
  write_plan (f, T0 + 25000);
  f->room = SIZE_MAX;
  yl_egress_flush (f->egress, T0 + 25000);
  g_assert_cmpuint (f->n_out, ==, 2);
  g_assert_cmpuint (f->out[0].view.ssrc, ==, AUDIO_SSRC);
  g_assert_cmpuint (f->out[0].view.seq, ==, 700);
  g_assert_cmpuint (f->out[1].view.seq, ==, 51);
  g_assert_cmpuint (yl_egress_counters (f->egress)->dropped_video, ==, 1);
  g_assert_cmpuint (yl_egress_counters (f->egress)->dropped_audio, ==, 0);
  g_assert_cmpuint (yl_egress_next_deadline (f->egress), ==, YL_NEVER);
}

/* What is kept leaves before what is new, in order. */
static void
test_kept_order (Fixture *f, gconstpointer data)
{
  for (unsigned i = 0; i < 4; i++)
    packet (f, i, 1000, false);
  f->room = 0;
  add_row (f, 0, 0, 50, false);
  add_row (f, 0, 1, 51, false);
  write_plan (f, T0);
  yl_egress_flush (f->egress, T0);
  f->room = SIZE_MAX;
  add_row (f, 0, 2, 52, false);
  write_plan (f, T0 + 5000);
  yl_egress_flush (f->egress, T0 + 5000);
  g_assert_cmpuint (f->n_out, ==, 3);
  for (unsigned i = 0; i < 3; i++)
    g_assert_cmpuint (f->out[i].view.seq, ==, 50 + i);
}

static void
test_no_gso (Fixture *f, gconstpointer data)
{
  f->refuse = YL_SEND_NO_GSO;
  for (int round = 0; round < 2; round++) {
    for (unsigned i = 0; i < 3; i++) {
      packet (f, i, 1000, false);
      add_row (f, 0, i, 50 + round * 10 + i, false);
    }
    packet (f, 3, 80, false);
    add_row (f, 0, 3, 50 + round, true);
    write_plan (f, T0);
    yl_egress_flush (f->egress, T0);
    g_assert_cmpuint (f->n_out, ==, 4 * (round + 1));
    g_assert_cmpuint (yl_egress_counters (f->egress)->gso_fallbacks, ==, 1);
  }
}

static void
test_lost_message (Fixture *f, gconstpointer data)
{
  f->refuse = YL_SEND_ERROR;
  packet (f, 0, 1000, false);
  packet (f, 1, 1000, false);
  add_row (f, 0, 0, 50, false);
  add_row (f, 0, 1, 51, false);
  add_row (f, 1, 0, 50, false);
  write_plan (f, T0);
  yl_egress_flush (f->egress, T0);
  g_assert_cmpuint (f->n_out, ==, 1); /* the next one still leaves */
  g_assert_cmpuint (yl_egress_counters (f->egress)->send_errors, ==, 1);
}

static void
test_refusals (Fixture *f, gconstpointer data)
{
  const YlEgressCounters *counters = yl_egress_counters (f->egress);
  packet (f, 0, 1000, false);
  add_row (f, VIEWERS, 0, 50, false); /* index without a peer */
  add_row (f, 999, 0, 50, false);
  add_row (f, 0, 0, 50, false);
  write_plan (f, T0);
  g_assert_cmpuint (counters->dropped_no_peer, ==, 2);

  add_row (f, 0, 0, 50, false); /* an index used before */
  write_plan (f, T0);
  g_assert_cmpuint (counters->dropped_protect, ==, 1);

  packet (f, 1, 1470, false);
  add_row (f, 0, 1, 51, false);
  write_plan (f, T0);
  g_assert_cmpuint (counters->dropped_oversize, ==, 1);

  yl_egress_clear_peer (f->egress, 0);
  add_row (f, 0, 0, 52, false);
  write_plan (f, T0);
  g_assert_cmpuint (counters->dropped_no_peer, ==, 3);
  yl_egress_flush (f->egress, T0);
  g_assert_cmpuint (f->n_out, ==, 1);
}

/* An answer that adds a section must not let an index be used again. */
static void
test_update (Fixture *f, gconstpointer data)
{
  packet (f, 0, 1000, false);
  add_row (f, 0, 0, 50, false);
  write_plan (f, T0);
  const YlEgressPeer peer = { .sender = f->senders[0], .config = &f->config };
  yl_egress_set_peer (f->egress, 0, &peer);
  add_row (f, 0, 0, 50, false);
  add_row (f, 0, 0, 51, false);
  write_plan (f, T0);
  yl_egress_flush (f->egress, T0);
  g_assert_cmpuint (f->n_out, ==, 2);
  g_assert_cmpuint (yl_egress_counters (f->egress)->dropped_protect, ==, 1);
}

/* More than the send buffer holds leaves in mid turn. */
static void
test_large_turn (Fixture *f, gconstpointer data)
{
  packet (f, 0, 1200, false);
  size_t sent = 0;
  for (unsigned i = 0; i < 2000; i++) {
    add_row (f, i % VIEWERS, 0, 50 + i / VIEWERS, false);
    write_plan (f, T0);
    sent += f->n_out;
    f->n_out = f->n_sent = 0;
  }
  yl_egress_flush (f->egress, T0);
  g_assert_cmpuint (sent + f->n_out, ==, 2000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, test) \
  g_test_add ("/egress/egress/" path, Fixture, NULL, set_up, test, tear_down)
  ADD ("rewrites", test_rewrite);
  ADD ("rtx", test_rtx);
  ADD ("levels-segments", test_levelling);
  ADD ("bounds-segments", test_many_segments);
  ADD ("audio-rides-or-leads", test_audio_rides);
  ADD ("audio-rides-in-a-large-turn", test_audio_rides_in_large_turn);
  ADD ("transport-sequence", test_transport_sequence);
  ADD ("full-socket-drops-video", test_full_socket);
  ADD ("kept-leaves-first", test_kept_order);
  ADD ("without-gso", test_no_gso);
  ADD ("lost-message", test_lost_message);
  ADD ("refusals", test_refusals);
  ADD ("update-keeps-indices", test_update);
  ADD ("large-turn", test_large_turn);
  return g_test_run ();
}
