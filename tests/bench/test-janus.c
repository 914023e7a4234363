/* test-janus.c: the video room as a target, with media through it
 *
 * Where Debian's janus is not installed there is nothing to test. */
#include "janus-config.h"
#include "janus-message.h"
#include "target.h"

#include "../support/media-sender.h"
#include "../support/rtc-link.h"
#include "../support/udp-socket.h"
#include "base/random.h"
#include "base/reader.h"
#include "base/time.h"
#include "io/clock.h"
#include "rtp/rtp-view.h"
#include "srtp/receiver.h"

#include <ifaddrs.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define N_VIEWERS 2
#define ENOUGH 60 /* video packets at each viewer */
#define PATIENCE_US (30 * YL_US_PER_S)
#define DATAGRAM_MAX 2048

/* One connection. */
typedef struct {
  int fd;
  TargetLocal local;
  TargetRemote remote;
  TargetSeat *seat;
  RtcLink link;
  bool started; /* media, either way */
  MediaSender sender;
  YlSrtpReceiver *receiver;
  YlSrtpWindow windows[2];
  uint64_t packets[2];  /* decrypted, by kind */
  uint64_t first, last; /* number at the source of the video */
  unsigned bad;
} Client;

typedef struct {
  char *folder;
  Target *target;
  YlRandom random;
  YlDtlsCertificate *certificate;
  YlDtlsContext *context;
  Client clients[1 + N_VIEWERS]; /* the publisher first */
  GThread *viewers[N_VIEWERS];
  int viewing; /* atomic: threads that are done */
} Room;

/* --- set up --- */

static bool
find_own (YlAddress *own)
{
  struct ifaddrs *all = NULL;
  bool found = false;
  getifaddrs (&all);
  for (const struct ifaddrs *at = all; at != NULL && !found; at = at->ifa_next)
    found = at->ifa_addr != NULL && at->ifa_addr->sa_family == AF_INET
            && yl_address_from_sockaddr (own, at->ifa_addr)
            && !yl_address_is_loopback (own);
  freeifaddrs (all);
  own->port = 0;
  return found;
}

static void
open_socket (Client *client, const YlAddress *own)
{
  client->local.address = *own;
  client->fd = udp_socket_bind (&client->local.address);
  g_assert_cmpint (client->fd, >=, 0);
}

static void
open_client (Room *room, Client *client, bool publishes)
{
  TargetLocal *local = &client->local;
  open_socket (client, &room->target->setup.own);
  yl_random_ice_chars (&room->random, local->ufrag, 8);
  yl_random_ice_chars (&room->random, local->pwd, 24);
  local->fingerprint = yl_dtls_certificate_fingerprint (room->certificate);
  local->receives = !publishes;
  for (unsigned kind = 0; kind < 2 && publishes; kind++)
    local->ssrc[kind] = yl_random_u32 (&room->random);
  rtc_link_init (&client->link, room->context);
  media_sender_init (&client->sender);
}

static void
set_up (Room *room, gconstpointer options)
{
  g_autoptr (GError) error = NULL;
  room->folder = g_dir_make_tmp ("yilian-XXXXXX", NULL);
  room->target = g_malloc0 (target_janus.size);
  room->target->type = &target_janus;
  room->target->setup = (TargetSetup){ .rooms = 1,
                                       .courses = 1,
                                       .viewers = N_VIEWERS,
                                       .options = (char **) options,
                                       .folder = room->folder };
  g_assert_true (find_own (&room->target->setup.own));
  yl_random_init_seeded (&room->random, (uint32_t) getpid ());
  room->certificate = yl_dtls_certificate_new (NULL);
  room->context = yl_dtls_context_new (room->certificate, NULL);
  for (unsigned i = 0; i < 1 + N_VIEWERS; i++)
    open_client (room, &room->clients[i], i == 0);
  target_janus.start (room->target, &error);
  g_assert_no_error (error);
}

static void
tear_down (Room *room, gconstpointer unused)
{
  target_janus.stop (room->target);
  for (unsigned i = 0; i < 1 + N_VIEWERS; i++) {
    Client *client = &room->clients[i];
    close (client->fd);
    rtc_link_clear (&client->link);
    media_sender_clear (&client->sender);
    yl_srtp_receiver_free (client->receiver);
  }
  yl_dtls_context_free (room->context);
  yl_dtls_certificate_free (room->certificate);
  g_free (room->target);
  g_autofree char *command = g_strdup_printf ("rm -r '%s'", room->folder);
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  g_free (room->folder);
}

/* --- media --- */

static void
connect_client (Client *client)
{
  const RtcLinkRemote remote = { .our_ufrag = client->local.ufrag,
                                 .ufrag = client->remote.ufrag,
                                 .pwd = client->remote.pwd,
                                 .sha256 = client->remote.sha256,
                                 .our_pwd = client->remote.checks
                                                ? client->local.pwd
                                                : NULL,
                                 .address = client->remote.address };
  g_assert_true (udp_socket_aim (client->fd, &client->remote.address));
  rtc_link_start (&client->link, &remote, yl_clock_now_us ());
}

static MediaSourceSetup
source_of (const Client *client, YlMediaKind kind)
{
  const bool video = kind == YL_MEDIA_VIDEO;
  return (MediaSourceSetup){
    .kind = kind,
    .mid = client->remote.mid[kind],
    .mid_id = client->remote.mid_id,
    .payload_type = client->remote.send_payload_type[kind],
    .ssrc = client->local.ssrc[kind],
    .bitrate_bps = video ? 1500000 : 32000,
    .interval_us = video ? 33333 : 20000,
  };
}

static void
start_media (Client *client, uint64_t now_us)
{
  const MediaSenderSetup setup = {
    .sources = { source_of (client, YL_MEDIA_AUDIO),
                 source_of (client, YL_MEDIA_VIDEO) },
  };
  client->started = true;
  if (client->local.receives)
    client->receiver = yl_srtp_receiver_new (&client->link.remote);
  else
    media_sender_start (&client->sender, &setup, &client->link.local, now_us);
}

/* The number that ends each payload, before the time. */
static void
note_number (Client *client, const YlRtpView *view)
{
  YlReader in = yl_reader_init (view->payload, view->payload_size);
  yl_reader_skip (&in, view->payload_size - MEDIA_TAIL_SIZE);
  const uint64_t high = yl_reader_u32 (&in);
  const uint64_t number = high << 32 | yl_reader_u32 (&in);
  if (client->packets[YL_MEDIA_VIDEO] == 0)
    client->first = number;
  client->last = number;
}

static void
receive_rtp (Client *client, uint8_t *data, size_t size)
{
  const bool video =
      (data[1] & 0x7f) == client->remote.payload_type[YL_MEDIA_VIDEO];
  YlRtpView view;
  if (client->receiver == NULL || (data[1] >= 192 && data[1] <= 223))
    return;
  if (yl_srtp_receiver_unprotect (client->receiver, &client->windows[video],
                                  data, &size, NULL)
          != YL_SRTP_OK
      || !yl_rtp_view_parse (&view, data, size, NULL)
      || view.payload_size < MEDIA_TAIL_SIZE) {
    client->bad++;
    return;
  }
  if (video)
    note_number (client, &view);
  client->packets[video ? YL_MEDIA_VIDEO : YL_MEDIA_AUDIO]++;
}

static void
receive (Client *client)
{
  uint8_t data[DATAGRAM_MAX];
  ssize_t size;
  while ((size = recv (client->fd, data, sizeof data, 0)) > 0)
    if (rtc_link_receive (&client->link, data, (size_t) size,
                          yl_clock_now_us ())
        == RTC_LINK_MEDIA)
      receive_rtp (client, data, (size_t) size);
}

static void
transmit (Client *client, uint64_t now_us)
{
  uint8_t data[MEDIA_PROTECTED_MAX];
  GBytes *datagram;
  size_t size;
  int64_t seq;
  rtc_link_handle_timeout (&client->link, now_us);
  while ((datagram = rtc_link_poll_transmit (&client->link)) != NULL) {
    const void *octets = g_bytes_get_data (datagram, &size);
    send (client->fd, octets, size, 0);
    g_bytes_unref (datagram);
  }
  if (client->link.state == RTC_CONNECTED && !client->started)
    start_media (client, now_us);
  for (unsigned kind = 0; kind < 2; kind++)
    while (
        (size = media_sender_next (&client->sender, kind, now_us, data, &seq))
        > 0)
      send (client->fd, data, size, 0);
}

/* The first @n clients, until @done or out of patience. */
static void
run (Room *room, unsigned n, bool (*done) (Room *room))
{
  const uint64_t end_us = yl_clock_now_us () + PATIENCE_US;
  struct pollfd fds[1 + N_VIEWERS];
  for (unsigned i = 0; i < n; i++)
    fds[i] = (struct pollfd){ .fd = room->clients[i].fd, .events = POLLIN };
  while (!done (room) && yl_clock_now_us () < end_us) {
    for (unsigned i = 0; i < n; i++)
      transmit (&room->clients[i], yl_clock_now_us ());
    poll (fds, n, 5);
    for (unsigned i = 0; i < n; i++)
      receive (&room->clients[i]);
  }
}

/* --- tests --- */

static void *
view (void *user)
{
  Room *room = user;
  const int i = g_atomic_int_add (&room->viewing, 1);
  Client *client = &room->clients[1 + i];
  g_autoptr (GError) error = NULL;
  client->seat = target_janus.view (room->target, 0, 0, &client->local,
                                    &client->remote, &error);
  g_assert_no_error (error);
  g_atomic_int_add (&room->viewing, 1);
  return NULL;
}

static bool
all_view (Room *room)
{
  return g_atomic_int_get (&room->viewing) == 2 * N_VIEWERS;
}

static bool
all_see (Room *room)
{
  for (unsigned i = 1; i <= N_VIEWERS; i++)
    if (room->clients[i].packets[YL_MEDIA_VIDEO] < ENOUGH)
      return false;
  return true;
}

static void
assert_sees (const Client *client)
{
  g_assert_cmpint (client->link.state, ==, RTC_CONNECTED);
  g_assert_cmpuint (client->bad, ==, 0);
  g_assert_cmpuint (client->packets[YL_MEDIA_AUDIO], >, 0);
  g_assert_cmpuint (client->packets[YL_MEDIA_VIDEO], >=, ENOUGH);
  g_assert_cmpuint (client->last - client->first + 1, >=,
                    client->packets[YL_MEDIA_VIDEO]);
  g_assert_cmpint (client->link.remote.profile, !=,
                   YL_SRTP_PROFILE_AES128_CM_SHA1_80);
}

/* Viewers ask at once, while the publisher's connection comes up. */
static void
test_course (Room *room, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  Client *publisher = &room->clients[0];
  publisher->seat = target_janus.publish (room->target, 0, 0, &publisher->local,
                                          &publisher->remote, &error);
  g_assert_no_error (error);
  connect_client (publisher);
  for (unsigned i = 0; i < N_VIEWERS; i++)
    room->viewers[i] = g_thread_new ("view", view, room);
  run (room, 1, all_view);
  for (unsigned i = 0; i < N_VIEWERS; i++)
    g_thread_join (room->viewers[i]);
  for (unsigned i = 1; i <= N_VIEWERS; i++)
    connect_client (&room->clients[i]);
  run (room, 1 + N_VIEWERS, all_see);
  for (unsigned i = 1; i <= N_VIEWERS; i++)
    assert_sees (&room->clients[i]);
  for (unsigned i = 0; i <= N_VIEWERS; i++)
    target_janus.leave (room->target, room->clients[i].seat);
}

/* Errors come back as they are, and leave the target usable. */
static void
test_refusals (Room *room, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  Client *client = &room->clients[1];
  g_assert_null (target_janus.view (room->target, 0, 0, &client->local,
                                    &client->remote, &error));
  g_assert_error (error, TARGET_ERROR, TARGET_ERROR_FAILED);
  g_clear_error (&error);
  Client *publisher = &room->clients[0];
  publisher->seat = target_janus.publish (room->target, 0, 0, &publisher->local,
                                          &publisher->remote, &error);
  g_assert_no_error (error);
  g_assert_null (target_janus.publish (room->target, 0, 0, &publisher->local,
                                       &publisher->remote, &error));
  g_assert_error (error, JANUS_ERROR, JANUS_ERROR_SENDER_EXISTS);
  target_janus.leave (room->target, publisher->seat);
}

static void
skip (void)
{
  g_test_skip ("Debian's package janus is not installed, or there is no "
               "address but loopback");
}

int
main (int argc, char **argv)
{
  static const char *const LOOPS[] = { "event_loops=2", NULL };
  YlAddress own;
  g_test_init (&argc, &argv, NULL);
  if (!janus_config_installed () || !find_own (&own)) {
    g_test_add_func ("/bench/janus/course", skip);
    return g_test_run ();
  }
  g_test_add ("/bench/janus/course", Room, NULL, set_up, test_course,
              tear_down);
  g_test_add ("/bench/janus/course-on-loops", Room, LOOPS, set_up, test_course,
              tear_down);
  g_test_add ("/bench/janus/refusals", Room, NULL, set_up, test_refusals,
              tear_down);
  return g_test_run ();
}
