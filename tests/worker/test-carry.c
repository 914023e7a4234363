/* test-carry.c: packets from one worker to another, by reference */
#include "worker/carry.h"

#include "io/clock.h"
#include "rtcp/keyframe.h"
#include "rtcp/reports.h"
#include "worker-rig.h"

#include <poll.h>
#include <pthread.h>

/* ---- the ring ---- */

typedef struct {
  _Atomic int references;
  YlPacket packet;
} Owner;

static void
keep (void *owner)
{
  ((Owner *) owner)->references++;
}

static void
release (void *owner)
{
  Owner *self = owner;
  g_assert_cmpint (self->references--, >, 0);
}

static const YlCarryOwners how = { keep, release };

typedef struct {
  YlWaker *wakers[2]; /* source, sink */
  YlCarry *carry;
  YlCarryItem item;
} Ring;

static void
set_up (Ring *r, gconstpointer data)
{
  for (size_t i = 0; i < 2; i++)
    r->wakers[i] = yl_waker_new (NULL);
  r->carry = yl_carry_new (r->wakers[0], r->wakers[1]);
}

static void
tear_down (Ring *r, gconstpointer data)
{
  yl_carry_unref (r->carry);
  for (size_t i = 0; i < 2; i++)
    yl_waker_unref (r->wakers[i]);
}

static bool
put (YlCarry *carry, uint8_t track, Owner *owners, size_t n)
{
  void *pointers[YL_PLAN_MAX_PACKETS];
  const YlPacket *packets[YL_PLAN_MAX_PACKETS];
  for (size_t i = 0; i < n; i++) {
    pointers[i] = &owners[i];
    packets[i] = &owners[i].packet;
  }
  const YlCarryBatch batch = {
    .how = &how, .n = n, .owners = pointers, .packets = packets
  };
  return yl_carry_put_batch (carry, track, &batch);
}

static void
release_item (Ring *r)
{
  for (size_t i = 0; i < r->item.n; i++)
    yl_carry_release (r->carry, r->item.owners[i]);
}

/* Packets of a track that stand together come out together; notes keep their
 * place among them. */
static void
test_order (Ring *r, gconstpointer data)
{
  Owner owners[5] = { 0 };
  const YlSfuTrack info = { .publisher = { 7 }, .clock_rate = 90000 };
  const YlSfuSourceReport report = { .ntp = 5, .received_us = 6, .rtp = 7 };
  g_assert_true (yl_carry_put_start (r->carry, 3, &info));
  g_assert_true (put (r->carry, 3, owners, 2));
  g_assert_true (put (r->carry, 3, owners + 2, 1));
  g_assert_true (put (r->carry, 4, owners + 3, 2));
  g_assert_true (yl_carry_put_report (r->carry, 3, &report));
  g_assert_true (yl_carry_put_end (r->carry, 3));

  g_assert_cmpint (yl_carry_take (r->carry, &r->item), ==, YL_CARRY_START);
  g_assert_cmpuint (r->item.track, ==, 3);
  g_assert_cmpuint (r->item.info.publisher.v, ==, 7);
  g_assert_cmpint (yl_carry_take (r->carry, &r->item), ==, YL_CARRY_BATCH);
  g_assert_cmpuint (r->item.n, ==, 3);
  g_assert_true (r->item.owners[2] == &owners[2]);
  g_assert_true (r->item.packets[2] == &owners[2].packet);
  release_item (r);
  g_assert_cmpint (yl_carry_take (r->carry, &r->item), ==, YL_CARRY_BATCH);
  g_assert_cmpuint (r->item.track, ==, 4);
  g_assert_cmpuint (r->item.n, ==, 2);
  release_item (r);
  g_assert_cmpint (yl_carry_take (r->carry, &r->item), ==, YL_CARRY_REPORT);
  g_assert_cmpuint (r->item.report.rtp, ==, 7);
  g_assert_cmpint (yl_carry_take (r->carry, &r->item), ==, YL_CARRY_END);
  g_assert_cmpint (yl_carry_take (r->carry, &r->item), ==, YL_CARRY_NOTHING);
  for (size_t i = 0; i < 5; i++)
    g_assert_cmpint (owners[i].references, ==, 0);
}

/* A batch that does not fit is refused whole; the source hears when there is
 * room again. */
static void
test_full (Ring *r, gconstpointer data)
{
  Owner owners[64] = { 0 };
  for (size_t i = 0; i < YL_CARRY_CAPACITY / 64 - 1; i++)
    g_assert_true (put (r->carry, 0, owners, 64));
  g_assert_true (put (r->carry, 0, owners, 63));
  g_assert_false (put (r->carry, 0, owners, 2));
  g_assert_cmpuint (yl_carry_dropped (r->carry), ==, 2);
  g_assert_true (put (r->carry, 0, owners, 1));
  g_assert_false (yl_carry_put_end (r->carry, 0));
  g_assert_true (yl_waker_sleep (r->wakers[0]));
  g_assert_cmpint (yl_carry_take (r->carry, &r->item), ==, YL_CARRY_BATCH);
  g_assert_cmpuint (r->item.n, ==, 64);
  release_item (r);
  g_assert_cmpuint (yl_waker_writes (r->wakers[0]), ==, 1);
  g_assert_true (yl_carry_put_end (r->carry, 0));
}

/* What nobody took is released with the last reference. */
static void
test_rest (Ring *r, gconstpointer data)
{
  Owner owners[8] = { 0 };
  YlCarry *other = yl_carry_ref (r->carry);
  g_assert_true (put (r->carry, 0, owners, 8));
  yl_carry_close (other);
  g_assert_true (yl_carry_is_closed (r->carry));
  yl_carry_unref (other);
  g_assert_cmpint (owners[7].references, ==, 1);
  yl_carry_unref (g_steal_pointer (&r->carry));
  for (size_t i = 0; i < 8; i++)
    g_assert_cmpint (owners[i].references, ==, 0);
}

/* One write for all that is put while the sink sleeps, none while it works;
 * wishes are merged. */
static void
test_wakes (Ring *r, gconstpointer data)
{
  static Owner owners[3] = { 0 };
  g_assert_true (yl_waker_sleep (r->wakers[1]));
  for (size_t i = 0; i < 3; i++) {
    g_assert_true (put (r->carry, 0, &owners[i], 1));
    yl_carry_flush (r->carry);
    yl_carry_flush (r->carry);
  }
  g_assert_cmpuint (yl_waker_writes (r->wakers[1]), ==, 1);

  g_assert_true (yl_waker_sleep (r->wakers[0]));
  yl_carry_want_keyframe (r->carry, 2);
  yl_carry_want_keyframe (r->carry, 2);
  yl_carry_want_keyframe (r->carry, 5);
  g_assert_cmpuint (yl_waker_writes (r->wakers[0]), ==, 1);
  g_assert_cmphex (yl_carry_take_wishes (r->carry), ==, 0x24);
  g_assert_cmphex (yl_carry_take_wishes (r->carry), ==, 0);
}

#define STREAM 60000

static void *
take_all (void *data)
{
  Ring *r = data;
  int64_t next = 0;
  while (next < STREAM) {
    while (yl_carry_take (r->carry, &r->item) == YL_CARRY_BATCH) {
      for (size_t i = 0; i < r->item.n; i++) {
        g_assert_cmpint (r->item.packets[i]->seq, ==, next);
        next++;
      }
      release_item (r);
      if (next % 100 == 0)
        yl_carry_want_keyframe (r->carry, 1);
    }
    if (next < STREAM && yl_waker_sleep (r->wakers[1])) {
      struct pollfd p = { .fd = yl_waker_fd (r->wakers[1]), .events = POLLIN };
      yl_waker_awake (r->wakers[1], poll (&p, 1, -1) == 1);
    }
  }
  return NULL;
}

/* Nothing is lost, doubled or out of order between two threads, and neither
 * sleeps for good: the source waits for room as it waits for anything. */
static void
test_threads (Ring *r, gconstpointer data)
{
  pthread_t thread;
  Owner *owners = g_new0 (Owner, STREAM);
  pthread_create (&thread, NULL, take_all, r);
  for (int i = 0; i < STREAM;) {
    const size_t n = (size_t) MIN (1 + i % 17, STREAM - i);
    for (size_t k = 0; k < n; k++)
      owners[(size_t) i + k].packet.seq = i + (int) k;
    if (put (r->carry, 1, owners + i, n)) {
      yl_carry_flush (r->carry);
      i += (int) n;
    } else if (yl_waker_sleep (r->wakers[0])) {
      struct pollfd p = { .fd = yl_waker_fd (r->wakers[0]), .events = POLLIN };
      yl_waker_awake (r->wakers[0], poll (&p, 1, -1) == 1);
    }
  }
  pthread_join (thread, NULL);
  for (int i = 0; i < STREAM; i++)
    g_assert_cmpint (owners[i].references, ==, 0);
  g_free (owners);
}

/* ---- two workers ---- */

typedef struct {
  Rig *source, *sink;
  RigBrowser *from, *to;
} Pair;

static void
command (Rig *rig, YlCommandKind kind, YlCarry *carry)
{
  const YlCommand command = {
    .kind = kind, .room = RIG_ROOM, .on = true, .carry = carry
  };
  rig_command (rig, &command);
}

static void
pair_set_up (Pair *p, gconstpointer data)
{
  p->source = rig_new (false);
  p->sink = rig_new (false);
  p->sink->first_id = 200;
  p->from = rig_add (p->source);
  p->to = rig_add (p->sink);
  command (p->source, YL_COMMAND_ROOM_FORWARD, NULL);
  command (p->sink, YL_COMMAND_ROOM_FORWARD, NULL);
  YlCarry *carry = yl_carry_new (yl_worker_waker (p->source->worker),
                                 yl_worker_waker (p->sink->worker));
  command (p->sink, YL_COMMAND_CARRY_IN, yl_carry_ref (carry));
  command (p->source, YL_COMMAND_CARRY_OUT, carry);
  rig_connect (p->source);
  rig_connect (p->sink);
}

static void
pair_tear_down (Pair *p, gconstpointer data)
{
  rig_free (p->sink); /* lets go of the source's packets */
  rig_free (p->source);
}

static void
step (Pair *p)
{
  rig_step (p->source);
  rig_step (p->sink);
}

static void
send_frames (Pair *p, uint16_t *seq, guint n)
{
  const guint wanted = p->to->client->rtp_in->len + n;
  while (p->to->client->rtp_in->len < wanted) {
    peer_client_send_frame (p->from->client, CAMERA_SSRC, (*seq)++, true);
    step (p);
  }
}

static bool
got_rtcp (const PeerClient *client, uint8_t type, uint8_t count)
{
  const GPtrArray *in = client->rtcp_in;
  for (guint i = 0; i < in->len; i++) {
    size_t size;
    YlRtcpWalker walker;
    YlRtcpPacket packet;
    const uint8_t *octets = g_bytes_get_data (in->pdata[i], &size);
    g_assert_true (yl_rtcp_walker_init (&walker, octets, size));
    while (yl_rtcp_walker_next (&walker, &packet))
      if (packet.type == type && packet.count == count)
        return true;
  }
  return false;
}

static void
send_report (Pair *p)
{
  const YlRtcpReport report = {
    .ssrc = CAMERA_SSRC,
    .is_sender = true,
    .sender = { .ntp = UINT64_C (5) << 32, .rtp_timestamp = 77 },
  };
  uint8_t octets[128];
  YlWriter out = yl_writer_init (octets, sizeof octets);
  g_assert_true (yl_rtcp_report_write (&out, &report));
  g_assert_true (yl_rtcp_sdes_write (&out, CAMERA_SSRC, "me"));
  peer_client_send_rtcp (p->from->client, octets, yl_writer_size (&out));
}

static YlPeerId
shown (const Pair *p)
{
  YlPeerId source = { 0 };
  for (guint i = 0; i < p->sink->events->len; i++) {
    const YlWorkerEvent *event =
        &g_array_index (p->sink->events, YlWorkerEvent, i);
    if (event->kind == YL_WORKER_EVENT_SLOT && event->media == YL_MEDIA_VIDEO)
      source = event->source;
  }
  return source;
}

/* Media, wishes for keyframes, clocks and the end cross over. */
static void
test_pair (Pair *p, gconstpointer data)
{
  uint16_t seq = 1;
  send_frames (p, &seq, 5);
  YlWorkerMetrics source, sink;
  yl_worker_get_metrics (p->source->worker, &source);
  yl_worker_get_metrics (p->sink->worker, &sink);
  g_assert_cmpuint (source.carried_out, >=, 5);
  g_assert_cmpuint (sink.carried_in, >=, 5);
  while (shown (p).v != p->from->id.v)
    step (p);

  /* The viewer's wish reaches the publisher. */
  g_ptr_array_set_size (p->from->client->rtcp_in, 0);
  uint8_t octets[64];
  YlWriter out = yl_writer_init (octets, sizeof octets);
  g_assert_true (yl_rtcp_pli_write (
      &out, 1, p->to->config->sections[SLOT_VIDEO].slot_ssrc));
  peer_client_send_rtcp (p->to->client, octets, yl_writer_size (&out));
  while (!got_rtcp (p->from->client, YL_RTCP_PSFB, YL_RTCP_PSFB_PLI))
    step (p);

  /* Its clock is known over there. */
  YlSfuReport report;
  YlSfu *sfu = yl_worker_get_sfu (p->sink->worker);
  g_assert_cmpuint (
      yl_sfu_sender_reports (sfu, 0, yl_clock_now_us (), &report, 1), ==, 0);
  send_report (p);
  while (yl_sfu_sender_reports (sfu, 0, yl_clock_now_us (), &report, 1) == 0)
    step (p);

  /* The end empties the slot; the next publisher takes it. */
  const YlCommand remove = { .kind = YL_COMMAND_PEER_REMOVE,
                             .peer = p->from->id };
  rig_command (p->source, &remove);
  while (shown (p).v != 0)
    step (p);
  p->from = rig_add (p->source);
  rig_connect (p->source);
  send_frames (p, &seq, 5);
  while (shown (p).v != p->from->id.v)
    step (p);
}

static bool
nothing_carried (Rig *source, void *data)
{
  YlWorkerMetrics before = *(const YlWorkerMetrics *) data, now;
  yl_worker_get_metrics (source->worker, &now);
  return now.carried_out == before.carried_out;
}

/* The room goes over there: here it stays, and nothing is carried. */
static void
test_sink_leaves (Pair *p, gconstpointer data)
{
  uint16_t seq = 1;
  send_frames (p, &seq, 5);
  command (p->sink, YL_COMMAND_ROOM_REMOVE, NULL);
  step (p);
  step (p);
  YlWorkerMetrics before;
  yl_worker_get_metrics (p->source->worker, &before);
  for (int i = 0; i < 5; i++) {
    peer_client_send_frame (p->from->client, CAMERA_SSRC, seq++, true);
    step (p);
  }
  g_assert_true (nothing_carried (p->source, &before));
  g_assert_cmpuint (p->source->slots_in_use, <=, 1); /* the spare one */
}

/* The room goes here: over there the tracks end. */
static void
test_source_leaves (Pair *p, gconstpointer data)
{
  uint16_t seq = 1;
  send_frames (p, &seq, 5);
  command (p->source, YL_COMMAND_ROOM_REMOVE, NULL);
  while (shown (p).v != 0)
    step (p);
}

/* A sink that does nothing loses packets, whole batches of them, and gets a
 * keyframe when it works again. The source goes on. */
static void
test_sink_stalls (Pair *p, gconstpointer data)
{
  uint16_t seq = 1;
  send_frames (p, &seq, 5);
  g_ptr_array_set_size (p->from->client->rtcp_in, 0);
  YlWorkerMetrics metrics;
  do {
    peer_client_send_frame (p->from->client, CAMERA_SSRC, seq++, true);
    rig_step (p->source);
    yl_worker_get_metrics (p->source->worker, &metrics);
  } while (metrics.carry_refused < 10);
  g_assert_cmpuint (metrics.carried_out, >=, YL_CARRY_CAPACITY);
  g_assert_cmpuint (p->source->slots_in_use, <=, YL_CARRY_CAPACITY + 1);
  send_frames (p, &seq, YL_CARRY_CAPACITY);
  while (!got_rtcp (p->from->client, YL_RTCP_PSFB, YL_RTCP_PSFB_PLI)) {
    peer_client_send_frame (p->from->client, CAMERA_SSRC, seq++, false);
    step (p);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define RING(path, test) \
  g_test_add ("/worker/carry/" path, Ring, NULL, set_up, test, tear_down)
  RING ("order", test_order);
  RING ("full-refuses-whole-batches", test_full);
  RING ("rest-is-released", test_rest);
  RING ("wakes-are-few", test_wakes);
  RING ("threads", test_threads);
#define PAIR(path, test)                                            \
  g_test_add ("/worker/carry/" path, Pair, NULL, pair_set_up, test, \
              pair_tear_down)
  PAIR ("crosses-over", test_pair);
  PAIR ("sink-leaves", test_sink_leaves);
  PAIR ("source-leaves", test_source_leaves);
  PAIR ("sink-stalls", test_sink_stalls);
  return g_test_run ();
}
