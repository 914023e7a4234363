/* path.c: what the packet path costs, with nothing but the path running
 *
 * A gateway in this process, one publisher and many viewers whose sockets
 * nobody reads (a full one drops what comes, which costs the sender the same
 * each time). Prints the processor time of the gateway's threads for each
 * packet that left. Small enough for callgrind and perf; the figures that
 * count are those of the load program against the daemon. */
#define _GNU_SOURCE /* RUSAGE_THREAD */
#include "../support/gateway.h"
#include "../support/udp-socket.h"

#include "base/time.h"
#include "base/writer.h"
#include "io/clock.h"
#include "rtp/rtp-view.h"

#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_PEERS 1200
#define FRAME_US 33333
#define AUDIO_US 20000
#define FRAME_PACKETS 5
#define VIDEO_SIZE 1180 /* header and payload [octets] */
#define AUDIO_SIZE 120
#define KEYFRAME_EVERY 15
/* Each client has its timers looked at so often. */
#define TIMERS_US (100 * YL_US_PER_MS)

typedef struct {
  RtcClient *client;
  int fd;
  bool publishes;
  uint64_t timers_us;
  uint32_t frame;
  uint32_t timestamp;
} Peer;

typedef struct {
  unsigned viewers; /* of each room */
  unsigned rooms;
  unsigned seconds;
  unsigned spread_us; /* over which the packets of a frame are sent */
  bool both;          /* everyone publishes: two-party rooms */
  Gateway *gateway;
  YlDtlsCertificate *certificate;
  YlDtlsContext *dtls;
  Peer peers[MAX_PEERS];
  unsigned n_peers;
} Bench;

/* ---- one peer ---- */

static void
flush (Peer *peer)
{
  GBytes *datagram;
  while ((datagram = rtc_client_poll_transmit (peer->client)) != NULL) {
    size_t size;
    const void *data = g_bytes_get_data (datagram, &size);
    if (send (peer->fd, data, size, 0) < 0)
      g_debug ("send: %s", g_strerror (errno));
    g_bytes_unref (datagram);
  }
}

static void
receive (Peer *peer, uint64_t now_us)
{
  uint8_t data[2048];
  ssize_t size;
  while ((size = recv (peer->fd, data, sizeof data, 0)) > 0)
    rtc_client_receive (peer->client, data, (size_t) size, now_us);
}

static void
run_timers (Peer *peer, uint64_t now_us)
{
  if (now_us >= rtc_client_next_deadline (peer->client))
    rtc_client_handle_timeout (peer->client, now_us);
  flush (peer);
  peer->timers_us = now_us + TIMERS_US;
}

static void
open_socket (Peer *peer)
{
  peer->fd = udp_socket_connect (rtc_client_remote (peer->client));
  g_assert_cmpint (peer->fd, >=, 0);
}

static void
connect_peer (Bench *self, unsigned room, bool publishes)
{
  g_assert_cmpuint (self->n_peers, <, MAX_PEERS);
  const RtcClientSetup setup = { .dtls = self->dtls,
                                 .certificate = self->certificate,
                                 .seed = 100 + self->n_peers,
                                 .audio_bps = publishes ? 40000 : 0,
                                 .video_bps = publishes ? 500000 : 0 };
  Peer *peer = &self->peers[self->n_peers];
  peer->client = rtc_client_new (&setup, yl_clock_now_us ());
  peer->publishes = publishes;
  gateway_answer (self->gateway, room, ++self->n_peers, peer->client);
  open_socket (peer);
  const uint64_t limit_us = yl_clock_now_us () + 60 * YL_US_PER_S;
  while (rtc_client_state (peer->client) != RTC_CONNECTED) {
    struct pollfd fd = { .fd = peer->fd, .events = POLLIN };
    run_timers (peer, yl_clock_now_us ());
    poll (&fd, 1, 20);
    receive (peer, yl_clock_now_us ());
    flush (peer);
    g_assert_cmpuint (yl_clock_now_us (), <, limit_us);
  }
  rtc_client_set_sending (peer->client, false, 0);
  flush (peer);
  if (!publishes) {
    const int small = 1;
    setsockopt (peer->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  }
}

/* ---- media ---- */

static void
send_packet (Peer *peer, YlMediaKind kind, unsigned i, bool last)
{
  uint8_t data[VIDEO_SIZE + 1] = { 0 };
  const bool video = kind == YL_MEDIA_VIDEO;
  const YlRtpHeader header = { .timestamp =
                                   video ? peer->frame * 3000 : peer->timestamp,
                               .payload_type = video ? CLIENT_VP8 : CLIENT_OPUS,
                               .marker = video && last };
  yl_rtp_header_write (data, &header);
  uint8_t *payload = data + YL_RTP_HEADER_SIZE;
  size_t size = AUDIO_SIZE;
  payload[0] = 0x78;
  if (video) {
    YlWriter out = yl_writer_init (payload, 16);
    const bool key = peer->frame % KEYFRAME_EVERY == 0;
    size = VIDEO_SIZE + last; /* as libwebrtc splits a frame */
    yl_writer_u8 (&out, i == 0 ? 0x90 : 0x80);
    yl_writer_u8 (&out, 0xe0);
    yl_writer_u16 (&out, (uint16_t) (0x8000 | (peer->frame & 0x7fff)));
    yl_writer_u8 (&out, (uint8_t) peer->frame);
    yl_writer_u8 (&out, 0);
    if (i == 0) {
      yl_writer_u8 (&out, key ? 0x10 : 0x11);
      yl_writer_u16 (&out, 0);
      yl_writer_u24 (&out, 0x9d012a);
      yl_writer_u32 (&out, 0x8002e001);
    }
  }
  rtc_client_send_protected (peer->client, kind, data, YL_RTP_HEADER_SIZE,
                             size);
  flush (peer);
}

typedef struct {
  uint64_t at_us;
  unsigned peer;
  YlMediaKind kind;
  unsigned i;
} Due;

static int
compare_due (const void *a, const void *b)
{
  const Due *x = a, *y = b;
  return x->at_us < y->at_us ? -1 : x->at_us > y->at_us;
}

/* What is to be sent in 100 ms: 3 frames, 5 audio packets a publisher, each
 * publisher out of step with the others. */
#define PERIOD_US 100000
static GArray *
make_schedule (Bench *self)
{
  GArray *all = g_array_new (FALSE, FALSE, sizeof (Due));
  for (unsigned p = 0; p < self->n_peers; p++) {
    if (!self->peers[p].publishes)
      continue;
    const uint64_t phase_us = (uint64_t) p * 7919 % AUDIO_US;
    for (unsigned i = 0; i < 3 * FRAME_PACKETS; i++) {
      const unsigned in_frame = i % FRAME_PACKETS;
      const Due due = { i / FRAME_PACKETS * FRAME_US
                            + in_frame * self->spread_us / FRAME_PACKETS
                            + phase_us,
                        p, YL_MEDIA_VIDEO, in_frame };
      g_array_append_val (all, due);
    }
    for (unsigned i = 0; i < PERIOD_US / AUDIO_US; i++) {
      const Due due = { i * AUDIO_US + phase_us * 3 % AUDIO_US, p,
                        YL_MEDIA_AUDIO, 0 };
      g_array_append_val (all, due);
    }
  }
  g_array_sort (all, compare_due);
  return all;
}

static void
sleep_until (uint64_t at_us)
{
  const struct timespec t = { .tv_sec = (time_t) (at_us / YL_US_PER_S),
                              .tv_nsec = (long) (at_us % YL_US_PER_S) * 1000 };
  clock_nanosleep (CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

static void
send_due (Bench *self, const Due *due)
{
  Peer *peer = &self->peers[due->peer];
  const bool last = due->i == FRAME_PACKETS - 1;
  send_packet (peer, due->kind, due->i, last);
  if (due->kind == YL_MEDIA_AUDIO)
    peer->timestamp += 960;
  else if (last)
    peer->frame++;
}

static void
run_clients (Bench *self, unsigned *next)
{
  const uint64_t now_us = yl_clock_now_us ();
  for (unsigned i = 0; i < 8; i++) {
    Peer *peer = &self->peers[*next];
    if (now_us < peer->timers_us)
      return;
    if (peer->publishes)
      receive (peer, now_us);
    run_timers (peer, now_us);
    *next = (*next + 1) % self->n_peers;
  }
}

static void
run_media (Bench *self, const GArray *schedule, uint64_t duration_us)
{
  const uint64_t start_us = yl_clock_now_us () + 10000;
  unsigned next = 0;
  for (uint64_t base = 0; base < duration_us; base += PERIOD_US)
    for (guint i = 0; i < schedule->len; i++) {
      const Due *due = &g_array_index (schedule, Due, i);
      const uint64_t at_us = start_us + base + due->at_us;
      if (at_us > yl_clock_now_us ()) {
        run_clients (self, &next);
        sleep_until (at_us);
      }
      send_due (self, due);
    }
}

/* ---- measuring ---- */

typedef struct {
  double cpu_us, user_us, system_us; /* of all threads but this one */
  YlWorkerMetrics metrics;
} Sample;

static double
clock_us (clockid_t id)
{
  struct timespec t;
  clock_gettime (id, &t);
  return (double) t.tv_sec * 1e6 + (double) t.tv_nsec / 1e3;
}

static double
timeval_us (struct timeval t)
{
  return (double) t.tv_sec * 1e6 + (double) t.tv_usec;
}

static void
take_sample (Bench *self, Sample *sample)
{
  struct rusage all, own;
  getrusage (RUSAGE_SELF, &all);
  getrusage (RUSAGE_THREAD, &own);
  sample->cpu_us =
      clock_us (CLOCK_PROCESS_CPUTIME_ID) - clock_us (CLOCK_THREAD_CPUTIME_ID);
  sample->user_us = timeval_us (all.ru_utime) - timeval_us (own.ru_utime);
  sample->system_us = timeval_us (all.ru_stime) - timeval_us (own.ru_stime);
  gateway_get_metrics (self->gateway, &sample->metrics);
}

static void
print_result (const Bench *self, const Sample *a, const Sample *b)
{
  const YlEgressCounters *from = &a->metrics.egress, *to = &b->metrics.egress;
  const double n = (double) (to->packets - from->packets);
  const double messages = (double) (to->messages - from->messages);
  const double turns = (double) (b->metrics.turns - a->metrics.turns);
  const double cpu = b->cpu_us - a->cpu_us;
  printf ("{\"rooms\": %u, \"viewers\": %u, \"spread_us\": %u, "
          "\"packets\": %.0f, \"ns_per_packet\": %.0f, \"user_ns\": %.0f, "
          "\"system_ns\": %.0f, \"packets_per_message\": %.2f, "
          "\"packets_per_turn\": %.2f, \"us_per_turn\": %.1f, "
          "\"packets_in\": %llu, \"no_slot\": %llu, \"audio_alone\": %llu, "
          "\"core_percent\": %.2f}\n",
          self->rooms, self->viewers, self->spread_us, n, 1e3 * cpu / n,
          1e3 * (b->user_us - a->user_us) / n,
          1e3 * (b->system_us - a->system_us) / n, n / messages, n / turns,
          cpu / turns,
          (unsigned long long) (b->metrics.sfu.packets_in
                                - a->metrics.sfu.packets_in),
          (unsigned long long) (b->metrics.no_slot - a->metrics.no_slot),
          (unsigned long long) (to->audio_alone - from->audio_alone),
          cpu / self->seconds / 1e4);
}

static void
set_up (Bench *self)
{
  g_autoptr (GError) error = NULL;
  self->certificate = yl_dtls_certificate_new (&error);
  g_assert_no_error (error);
  self->dtls = yl_dtls_context_new (self->certificate, &error);
  g_assert_no_error (error);
  self->gateway = gateway_new ();
  for (unsigned room = 1; room <= self->rooms; room++) {
    gateway_add_room (self->gateway, room, true);
    connect_peer (self, room, true);
    for (unsigned i = 0; i < self->viewers; i++)
      connect_peer (self, room, self->both);
  }
}

static void
tear_down (Bench *self)
{
  for (unsigned i = 0; i < self->n_peers; i++) {
    close (self->peers[i].fd);
    rtc_client_free (self->peers[i].client);
  }
  gateway_free (self->gateway);
  yl_dtls_context_free (self->dtls);
  yl_dtls_certificate_free (self->certificate);
}

static unsigned
read_number (const char *text)
{
  return (unsigned) strtoul (text, NULL, 10);
}

static bool
read_options (Bench *self, int argc, char **argv)
{
  static const struct option options[] = {
    { "viewers", required_argument, NULL, 'v' },
    { "rooms", required_argument, NULL, 'r' },
    { "seconds", required_argument, NULL, 's' },
    { "spread", required_argument, NULL, 'p' },
    { NULL, 0, NULL, 0 },
  };
  *self = (Bench){ .viewers = 30, .rooms = 1, .seconds = 5 };
  int c;
  while ((c = getopt_long (argc, argv, "", options, NULL)) != -1)
    switch (c) {
    case 'v':
      self->viewers = read_number (optarg);
      break;
    case 'r':
      self->rooms = read_number (optarg);
      self->viewers = 1;
      self->both = true;
      break;
    case 's':
      self->seconds = read_number (optarg);
      break;
    case 'p':
      self->spread_us = read_number (optarg);
      break;
    default:
      return false;
    }
  return optind == argc && self->seconds > 0 && self->viewers > 0;
}

int
main (int argc, char **argv)
{
  g_autofree Bench *self = g_new0 (Bench, 1);
  if (!read_options (self, argc, argv)) {
    fputs ("usage: path [--viewers N | --rooms N] [--seconds N] "
           "[--spread MICROSECONDS]\n",
           stderr);
    return 2;
  }
  Sample before, after;
  set_up (self);
  g_autoptr (GArray) schedule = make_schedule (self);
  run_media (self, schedule, YL_US_PER_S / 2); /* caches and histories */
  take_sample (self, &before);
  run_media (self, schedule, self->seconds * YL_US_PER_S);
  sleep_until (yl_clock_now_us () + 200000); /* the last ones leave */
  take_sample (self, &after);
  print_result (self, &before, &after);
  tear_down (self);
  return 0;
}
