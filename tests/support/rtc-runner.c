/* rtc-runner.c: test clients on real sockets and the real clock */
#include "rtc-runner.h"

#include "base/time.h"
#include "io/clock.h"
#include "udp-socket.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_WAIT_US (10 * YL_US_PER_MS)
#define DATAGRAM_MAX 2048

typedef struct {
  RtcClient *client;
  int fd;
} Entry;

struct RtcRunner {
  GArray *entries; /* of Entry */
  GArray *fds;     /* of struct pollfd, in the same order */
};

RtcRunner *
rtc_runner_new (void)
{
  RtcRunner *self = g_new0 (RtcRunner, 1);
  self->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  self->fds = g_array_new (FALSE, FALSE, sizeof (struct pollfd));
  return self;
}

static Entry *
entry_at (RtcRunner *self, guint i)
{
  return &g_array_index (self->entries, Entry, i);
}

void
rtc_runner_free (RtcRunner *self)
{
  for (guint i = 0; i < self->entries->len; i++)
    close (entry_at (self, i)->fd);
  g_array_unref (self->entries);
  g_array_unref (self->fds);
  g_free (self);
}

static int
open_socket (const RtcClient *client)
{
  const int fd = udp_socket_connect (rtc_client_remote (client));
  g_assert_cmpint (fd, >=, 0);
  return fd;
}

void
rtc_runner_add (RtcRunner *self, RtcClient *client)
{
  const Entry entry = { .client = client, .fd = open_socket (client) };
  const struct pollfd fd = { .fd = entry.fd, .events = POLLIN };
  g_array_append_val (self->entries, entry);
  g_array_append_val (self->fds, fd);
}

static guint
find (RtcRunner *self, const RtcClient *client)
{
  guint i = 0;
  while (entry_at (self, i)->client != client)
    i++;
  return i;
}

/* A full or refusing socket is a lossy network. */
static void
flush (Entry *entry)
{
  GBytes *datagram;
  while ((datagram = rtc_client_poll_transmit (entry->client)) != NULL) {
    size_t size;
    const void *data = g_bytes_get_data (datagram, &size);
    if (send (entry->fd, data, size, 0) < 0)
      g_debug ("send: %s", g_strerror (errno));
    g_bytes_unref (datagram);
  }
}

void
rtc_runner_remove (RtcRunner *self, RtcClient *client)
{
  const guint i = find (self, client);
  flush (entry_at (self, i));
  close (entry_at (self, i)->fd);
  g_array_remove_index_fast (self->entries, i);
  g_array_remove_index_fast (self->fds, i);
}

void
rtc_runner_move (RtcRunner *self, RtcClient *client)
{
  const guint i = find (self, client);
  Entry *entry = entry_at (self, i);
  close (entry->fd);
  entry->fd = open_socket (client);
  g_array_index (self->fds, struct pollfd, i).fd = entry->fd;
}

static void
receive (Entry *entry, uint64_t now_us)
{
  uint8_t data[DATAGRAM_MAX];
  ssize_t size;
  while ((size = recv (entry->fd, data, sizeof data, 0)) > 0)
    rtc_client_receive (entry->client, data, (size_t) size, now_us);
}

static void
turn (RtcRunner *self)
{
  uint64_t now_us = yl_clock_now_us ();
  uint64_t next_us = now_us + MAX_WAIT_US;
  for (guint i = 0; i < self->entries->len; i++) {
    Entry *entry = entry_at (self, i);
    if (now_us >= rtc_client_next_deadline (entry->client))
      rtc_client_handle_timeout (entry->client, now_us);
    flush (entry);
    next_us = yl_time_min (next_us, rtc_client_next_deadline (entry->client));
  }
  const uint64_t wait_us = next_us > now_us ? next_us - now_us : 0;
  struct pollfd *fds = (struct pollfd *) self->fds->data;
  poll (fds, self->fds->len,
        (int) ((wait_us + YL_US_PER_MS - 1) / YL_US_PER_MS));
  now_us = yl_clock_now_us ();
  for (guint i = 0; i < self->entries->len; i++) {
    if (fds[i].revents != 0)
      receive (entry_at (self, i), now_us);
    flush (entry_at (self, i));
  }
}

bool
rtc_runner_run (RtcRunner *self, bool (*done) (void *user), void *user,
                uint64_t limit_us)
{
  const uint64_t end_us = yl_clock_now_us () + limit_us;
  do {
    turn (self);
    if (done (user))
      return true;
  } while (yl_clock_now_us () < end_us);
  return false;
}

static bool
never (void *user)
{
  return false;
}

void
rtc_runner_pass (RtcRunner *self, uint64_t duration_us)
{
  rtc_runner_run (self, never, NULL, duration_us);
}
