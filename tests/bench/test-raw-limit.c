/* test-raw-limit.c: the raw limit moves the same packets as a gateway: what
 * comes out opens with the keys that were told, in order and unharmed */
#include "base/writer.h"
#include "rtp/rtp-view.h"
#include "srtp/receiver.h"
#include "srtp/sender.h"

#include <arpa/inet.h>
#include <gio/gio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_S 30
#define AUDIO 1000
#define VIDEO 2000
#define PACKET_MAX 1500

typedef struct {
  GSubprocess *process;
  GDataInputStream *answers;
  GOutputStream *lines;
  struct sockaddr_in server;
  int publisher;
  YlSrtpSender *sender;
} Fixture;

typedef struct {
  int fd;
  YlSrtpReceiver *receiver;
  YlSrtpWindow windows[2];
  uint32_t ssrcs[2];
} Viewer;

static int
open_socket (struct sockaddr_in *name)
{
  socklen_t size = sizeof *name;
  const struct timeval patience = { .tv_sec = PATIENCE_S };
  const int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  *name = (struct sockaddr_in){ .sin_family = AF_INET,
                                .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (bind (fd, (struct sockaddr *) name, size), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *) name, &size), ==, 0);
  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  return fd;
}

/* Keys that differ by @seed, and how a line tells them. */
static YlSrtpKeying
make_keys (uint8_t seed, char text[57])
{
  YlSrtpKeying keys = { .profile = YL_SRTP_PROFILE_AEAD_AES_128_GCM };
  for (unsigned i = 0; i < 28; i++) {
    uint8_t *to = i < 16 ? &keys.key[i] : &keys.salt[i - 16];
    *to = (uint8_t) (seed * 31 + i * 7);
    sprintf (text + 2 * (size_t) i, "%02x", *to);
  }
  return keys;
}

static char *
tell (Fixture *self, const char *line)
{
  g_autofree char *text = g_strconcat (line, "\n", NULL);
  g_assert_true (g_output_stream_write_all (self->lines, text, strlen (text),
                                            NULL, NULL, NULL));
  char *answer =
      g_data_input_stream_read_line (self->answers, NULL, NULL, NULL);
  g_assert_nonnull (answer);
  return answer;
}

static void
tell_ok (Fixture *self, const char *line, const char *expected)
{
  g_autofree char *answer = tell (self, line);
  g_assert_cmpstr (answer, ==, expected);
}

static void
set_up (Fixture *self, gconstpointer user)
{
  g_autofree char *program =
      g_test_build_filename (G_TEST_BUILT, "bench", "raw-limit", NULL);
  self->process = g_subprocess_new (
      G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE
          | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
      NULL, program, "--hold-us", (const char *) user, "127.0.0.1", NULL);
  g_assert_nonnull (self->process);
  self->lines = g_subprocess_get_stdin_pipe (self->process);
  self->answers =
      g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  g_autofree char *first =
      g_data_input_stream_read_line (self->answers, NULL, NULL, NULL);
  unsigned port = 0;
  g_assert_cmpint (sscanf (first, "port %u", &port), ==, 1);

  struct sockaddr_in own;
  self->publisher = open_socket (&own);
  self->server = own;
  self->server.sin_port = htons ((uint16_t) port);
  char key[57];
  const YlSrtpKeying keys = make_keys (1, key);
  self->sender = yl_srtp_sender_new (&keys);
  g_autofree char *line =
      g_strdup_printf ("source %s %u %u", key, AUDIO, VIDEO);
  tell_ok (self, line, "ok 0");
}

static void
tear_down (Fixture *self, gconstpointer user)
{
  /* The end of its input ends it. */
  g_assert_true (g_output_stream_close (self->lines, NULL, NULL));
  g_assert_true (g_subprocess_wait_check (self->process, NULL, NULL));
  g_object_unref (self->answers);
  g_object_unref (self->process);
  yl_srtp_sender_free (self->sender);
  close (self->publisher);
}

static void
add_viewer (Fixture *self, Viewer *viewer, uint8_t number)
{
  struct sockaddr_in name;
  char key[57];
  const YlSrtpKeying keys = make_keys ((uint8_t) (10 + number), key);
  memset (viewer, 0, sizeof *viewer);
  viewer->fd = open_socket (&name);
  viewer->receiver = yl_srtp_receiver_new (&keys);
  viewer->ssrcs[0] = 100u * number + 1;
  viewer->ssrcs[1] = 100u * number + 2;
  g_autofree char *line = g_strdup_printf (
      "viewer 0 127.0.0.1 %u %s %u:111:bede000140320000:0 "
      "%u:96:bede00025100004033000000:5",
      ntohs (name.sin_port), key, viewer->ssrcs[0], viewer->ssrcs[1]);
  g_autofree char *expected = g_strdup_printf ("ok %u", number);
  tell_ok (self, line, expected);
}

static void
clear_viewer (Viewer *viewer)
{
  yl_srtp_receiver_free (viewer->receiver);
  close (viewer->fd);
}

/* A packet whose payload of @size octets is all @seq. */
static void
send_packet (Fixture *self, uint32_t ssrc, int64_t seq, size_t size)
{
  uint8_t payload[PACKET_MAX], out[PACKET_MAX];
  const YlRtpHeader header = { .ssrc = ssrc,
                               .timestamp = (uint32_t) seq * 10,
                               .seq = (uint16_t) seq,
                               .payload_type = 7,
                               .marker = seq % 2 };
  const YlSrtpPacket packet = {
    .stream = yl_srtp_sender_stream (self->sender, ssrc),
    .seq = seq,
    .payload = payload,
    .payload_size = (uint16_t) size,
    .header_size = YL_RTP_HEADER_SIZE,
  };
  memset (payload, (int) seq & 0xff, size);
  yl_rtp_header_write (out, &header);
  size = yl_srtp_sender_protect (self->sender, &packet, out, sizeof out);
  g_assert_cmpuint (size, >, 0);
  g_assert_cmpint (sendto (self->publisher, out, size, 0,
                           (struct sockaddr *) &self->server,
                           sizeof self->server),
                   ==, (ssize_t) size);
}

static size_t
receive (Viewer *viewer, uint8_t data[PACKET_MAX])
{
  const ssize_t got = recv (viewer->fd, data, PACKET_MAX, 0);
  g_assert_cmpint (got, >, 0);
  return (size_t) got;
}

/* @data has to be @seq of @kind with @size octets. */
static uint16_t
check_packet (Viewer *viewer, uint8_t *data, size_t n, unsigned kind,
              int64_t seq, size_t size)
{
  YlRtpView view;
  g_assert_cmpint (yl_srtp_receiver_unprotect (viewer->receiver,
                                               &viewer->windows[kind], data, &n,
                                               NULL),
                   ==, YL_SRTP_OK);
  g_assert_true (yl_rtp_view_parse (&view, data, n, NULL));
  g_assert_cmpuint (view.ssrc, ==, viewer->ssrcs[kind]);
  g_assert_cmpuint (view.payload_type, ==, kind == 0 ? 111 : 96);
  g_assert_cmpuint (view.payload_size, ==, size);
  g_assert_cmpint (view.marker, ==, seq % 2);
  g_assert_cmpuint (view.extension_size, ==, kind == 0 ? 4 : 8);
  for (size_t i = 0; i < size; i++)
    g_assert_cmpuint (view.payload[i], ==, (uint8_t) seq);
  return view.seq;
}

/* The next packet is that. */
static uint16_t
expect_packet (Viewer *viewer, unsigned kind, int64_t seq, size_t size)
{
  uint8_t data[PACKET_MAX];
  const size_t n = receive (viewer, data);
  return check_packet (viewer, data, n, kind, seq, size);
}

/* The next two are @seq of both kinds, one way or the other. */
static void
expect_either (Viewer *viewer, int64_t seq)
{
  for (unsigned i = 0, first = 2; i < 2; i++) {
    uint8_t data[PACKET_MAX];
    const size_t n = receive (viewer, data);
    const unsigned kind = (data[1] & 0x7f) == 96;
    g_assert_cmpuint (kind, !=, first);
    first = kind;
    check_packet (viewer, data, n, kind, seq, kind == 0 ? 80 : 1000);
  }
}

static void
test_course (Fixture *self, gconstpointer user)
{
  Viewer viewers[3];
  for (uint8_t i = 0; i < 3; i++)
    add_viewer (self, &viewers[i], i);

  /* Past 65535, sizes as a frame is split; each waits for the last, so that
   * no order is assumed between them. */
  uint16_t last[3] = { 0 };
  for (int64_t seq = 65500; seq < 65600; seq++) {
    const size_t size = 1100 + (size_t) (seq % 3);
    send_packet (self, VIDEO, seq, size);
    for (unsigned i = 0; i < 3; i++) {
      const uint16_t at = expect_packet (&viewers[i], 1, seq, size);
      g_assert_true (seq == 65500 || at == (uint16_t) (last[i] + 1));
      last[i] = at;
    }
  }
  send_packet (self, AUDIO, 5, 80);
  for (unsigned i = 0; i < 3; i++) {
    expect_packet (&viewers[i], 0, 5, 80);
    clear_viewer (&viewers[i]);
  }
}

/* Video waits for the end of its frame, audio does not, and what never ends
 * leaves all the same. */
static void
test_held (Fixture *self, gconstpointer user)
{
  Viewer viewers[8];
  for (uint8_t i = 0; i < 8; i++)
    add_viewer (self, &viewers[i], i);
  for (int64_t seq = 2; seq < 200; seq += 2) {
    send_packet (self, VIDEO, seq, 1000);
    send_packet (self, AUDIO, seq, 80);
    for (unsigned i = 0; i < 8; i++)
      expect_either (&viewers[i], seq);
  }
  for (unsigned i = 0; i < 8; i++)
    clear_viewer (&viewers[i]);
}

/* Returns once it has stopped: until then it goes on reading. */
static void
stop (Fixture *self)
{
  const char *name = g_subprocess_get_identifier (self->process);
  const id_t pid = (id_t) g_ascii_strtoull (name, NULL, 10);
  siginfo_t info;
  g_subprocess_send_signal (self->process, SIGSTOP);
  g_assert_cmpint (waitid (P_PID, pid, &info, WSTOPPED), ==, 0);
}

/* Stopped meanwhile, the program finds all of it at once. */
static void
test_batch (Fixture *self, gconstpointer user)
{
  Viewer viewer;
  add_viewer (self, &viewer, 0);
  stop (self);
  send_packet (self, VIDEO, 1, 1000);
  send_packet (self, VIDEO, 2, 1001);
  send_packet (self, AUDIO, 1, 80);
  send_packet (self, VIDEO, 3, 990);
  send_packet (self, VIDEO, 4, 300);
  send_packet (self, VIDEO, 5, 1000);
  g_subprocess_send_signal (self->process, SIGCONT);
  for (int i = 1; i <= 4; i++)
    expect_packet (&viewer, 1, i,
                   i == 4   ? 300
                   : i == 3 ? 990
                            : 999 + (size_t) i);
  expect_packet (&viewer, 1, 5, 1000);
  expect_packet (&viewer, 0, 1, 80);
  clear_viewer (&viewer);
}

static void
test_noise (Fixture *self, gconstpointer user)
{
  static const struct {
    uint8_t data[40];
    size_t size;
  } NOISE[] = {
    { { 0 }, 0 },
    { { 0x80 }, 1 },
    { { 0x80, 200, 0, 1 }, 40 },                          /* RTCP */
    { { 0x80, 96, 0, 1, 0, 0, 0, 0, 0, 0, 7, 208 }, 27 }, /* no tag */
    { { 0x80, 96, 0, 1, 0, 0, 0, 0, 0, 0, 7, 208 }, 28 }, /* forged */
    { { 0x8f, 96, 0, 1, 0, 0, 0, 0, 0, 0, 7, 208 }, 40 }, /* CSRCs */
    { { 0x90, 96, 0, 1, 0, 0, 0, 0, 0, 0, 7, 208 }, 28 }, /* extension */
    { { 0x90, 96, 0, 1, 0, 0, 0, 0, 0, 0, 7, 208, 0, 0, 255, 255 }, 40 },
    { { 0x80, 96, 0, 1, 0, 0, 0, 0, 9, 9, 9, 9 }, 40 }, /* nobody's */
  };
  Viewer viewer;
  add_viewer (self, &viewer, 0);
  for (size_t i = 0; i < G_N_ELEMENTS (NOISE); i++)
    g_assert_cmpint (sendto (self->publisher, NOISE[i].data, NOISE[i].size, 0,
                             (struct sockaddr *) &self->server,
                             sizeof self->server),
                     ==, (ssize_t) NOISE[i].size);
  send_packet (self, VIDEO, 1, 10);
  expect_packet (&viewer, 1, 1, 10);
  clear_viewer (&viewer);
}

static void
test_lines (Fixture *self, gconstpointer user)
{
  static const char *const WRONG[] = {
    "",
    "who",
    "source",
    "source 00 1 2",
    "leave 0",
    "leave x",
    "viewer 9 127.0.0.1 1 k a v",
    "viewer 0 ::1 1 k 1:1:-:0 1:1:-:0",
    "viewer 0 127.0.0.1 70000 k 1:1:-:0 1:1:-:0",
    "viewer 0 127.0.0.1 1 k 1:1:-:0 1:1:-",
    "viewer 0 127.0.0.1 1 k 1:1:-:0 1:1:bede0001:3",
    "viewer 0 127.0.0.1 1 k 1:1:-:0 1:1:zz:0",
    "viewer 0 127.0.0.1 1 zz 1:1:-:0 1:1:-:0",
  };
  for (size_t i = 0; i < G_N_ELEMENTS (WRONG); i++) {
    g_autofree char *answer = tell (self, WRONG[i]);
    g_assert_true (g_str_has_prefix (answer, "error "));
  }

  Viewer viewers[2];
  add_viewer (self, &viewers[0], 0);
  add_viewer (self, &viewers[1], 1);
  tell_ok (self, "leave 0", "ok 0");
  send_packet (self, VIDEO, 1, 10);
  expect_packet (&viewers[1], 1, 1, 10);
  g_assert_cmpint (recv (viewers[0].fd, &viewers[0], 1, MSG_DONTWAIT), <, 0);
  clear_viewer (&viewers[0]);
  clear_viewer (&viewers[1]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) \
  g_test_add (path, Fixture, "0", set_up, function, tear_down)
  ADD ("/bench/raw-limit/course", test_course);
  g_test_add ("/bench/raw-limit/held", Fixture, "5000", set_up, test_held,
              tear_down);
  ADD ("/bench/raw-limit/batch", test_batch);
  ADD ("/bench/raw-limit/noise", test_noise);
  ADD ("/bench/raw-limit/lines", test_lines);
  return g_test_run ();
}
