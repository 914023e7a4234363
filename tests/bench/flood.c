/* flood.c: many useless packets a second at a media port */
#define _GNU_SOURCE /* sendmmsg */
#include "flood.h"

#include "base/random.h"
#include "base/time.h"
#include "base/writer.h"
#include "io/clock.h"
#include "../support/ice-check.h"
#include "../support/udp-socket.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BURST 64
#define PACKETS 1024 /* made beforehand and sent again and again */
#define PACKET_MAX 1500
#define SRTP_SIZE 1200
/* Between two looks at how many are due. */
#define TICK_US 500
/* What a late thread makes up for: more would be a burst, not a rate. */
#define MAX_LATE_US (20 * YL_US_PER_MS)

struct Flood {
  FloodConfig config;
  int fd;
  struct sockaddr_storage to;
  socklen_t to_size;
  GPtrArray *packets; /* of GBytes */
  size_t next;
  FloodReport report;
  uint64_t started_us;
  pthread_t thread;
  _Atomic bool ends;
};

bool
flood_kind_parse (const char *name, FloodKind *kind)
{
  static const char *const names[] = {
    [FLOOD_RTP] = "rtp",       [FLOOD_GARBAGE] = "garbage",
    [FLOOD_STUN] = "stun",     [FLOOD_CHECKS] = "checks",
    [FLOOD_REPLAY] = "replay",
  };
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_strcmp0 (name, names[i]) == 0) {
      *kind = (FloodKind) i;
      return true;
    }
  return false;
}

/* ---- what is sent ---- */

static size_t
write_srtp (YlRandom *random, uint8_t *data)
{
  random->fill (random, data, SRTP_SIZE);
  data[0] = 0x80;
  data[1] = 96;
  return SRTP_SIZE;
}

/* No first octet that means anything. */
static size_t
write_garbage (YlRandom *random, uint8_t *data)
{
  const size_t size = 1 + yl_random_u32 (random) % PACKET_MAX;
  random->fill (random, data, size);
  data[0] = (uint8_t) (192 + data[0] % 64);
  return size;
}

static size_t
write_check (YlRandom *random, const char *username, uint8_t *data)
{
  char password[25];
  char stranger[18];
  yl_random_ice_chars (random, password, sizeof password - 1);
  yl_random_ice_chars (random, stranger, sizeof stranger - 1);
  stranger[8] = ':';
  const IceCheck check = { .username = username != NULL ? username : stranger,
                           .password = password,
                           .use_candidate = true };
  return ice_check_write (&check, yl_random_u32 (random), data);
}

static GPtrArray *
make_packets (const FloodConfig *config)
{
  if (config->kind == FLOOD_REPLAY)
    return g_ptr_array_ref (config->packets);
  GPtrArray *packets =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  YlRandom random;
  yl_random_init_seeded (&random, 1);
  for (size_t i = 0; i < PACKETS; i++) {
    uint8_t data[PACKET_MAX];
    size_t size;
    switch (config->kind) {
    case FLOOD_RTP:
      size = write_srtp (&random, data);
      break;
    case FLOOD_STUN:
      size = write_check (&random, NULL, data);
      break;
    case FLOOD_CHECKS:
      size = write_check (&random, config->username, data);
      break;
    default:
      size = write_garbage (&random, data);
    }
    g_ptr_array_add (packets, g_bytes_new (data, size));
  }
  return packets;
}

/* ---- sending ---- */

static void
send_burst (Flood *self, unsigned n)
{
  struct mmsghdr messages[BURST];
  struct iovec iov[BURST];
  for (unsigned i = 0; i < n; i++) {
    size_t size;
    GBytes *packet = self->packets->pdata[self->next++ % self->packets->len];
    iov[i].iov_base = (void *) g_bytes_get_data (packet, &size);
    iov[i].iov_len = size;
    messages[i].msg_hdr = (struct msghdr){ .msg_name = &self->to,
                                           .msg_namelen = self->to_size,
                                           .msg_iov = &iov[i],
                                           .msg_iovlen = 1 };
  }
  const int sent = sendmmsg (self->fd, messages, n, 0);
  self->report.sent += sent > 0 ? (uint64_t) sent : 0;
  self->report.failed += n - (sent > 0 ? (unsigned) sent : 0);
}

static void *
run (void *data)
{
  Flood *self = data;
  uint64_t due_us = self->started_us;
  const double gap_us = (double) YL_US_PER_S / self->config.rate;
  double owed = 0;
  while (!atomic_load_explicit (&self->ends, memory_order_relaxed)) {
    const uint64_t now_us = yl_clock_now_us ();
    owed += (double) MIN (now_us - due_us, MAX_LATE_US) / gap_us;
    due_us = now_us;
    for (; owed >= 1; owed -= MIN (owed, BURST))
      send_burst (self, (unsigned) MIN (owed, BURST));
    g_usleep (TICK_US);
  }
  self->report.seconds =
      (double) (yl_clock_now_us () - self->started_us) / (double) YL_US_PER_S;
  return NULL;
}

/* ---- life ---- */

static bool
open_socket (Flood *self, GError **error)
{
  if (self->config.kind == FLOOD_REPLAY) {
    self->fd = self->config.fd;
    return true;
  }
  self->fd = udp_socket_bind (&self->config.own);
  if (self->fd >= 0)
    return true;
  const int code = errno;
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
               "no socket to flood from: %s", g_strerror (code));
  return false;
}

static void
flood_free (Flood *self)
{
  if (self->config.kind != FLOOD_REPLAY && self->fd >= 0)
    close (self->fd);
  g_clear_pointer (&self->packets, g_ptr_array_unref);
  g_free (self);
}

Flood *
flood_start (const FloodConfig *config, GError **error)
{
  g_return_val_if_fail (config->rate > 0, NULL);
  g_return_val_if_fail (
      config->kind != FLOOD_REPLAY || config->packets->len > 0, NULL);
  Flood *self = g_new0 (Flood, 1);
  self->config = *config;
  self->fd = -1;
  self->to_size =
      (socklen_t) yl_address_to_sockaddr (&config->target, &self->to, false);
  if (!open_socket (self, error)) {
    flood_free (self);
    return NULL;
  }
  self->packets = make_packets (config);
  self->started_us = yl_clock_now_us ();
  const int code = pthread_create (&self->thread, NULL, run, self);
  if (code != 0) {
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
                 "no thread: %s", g_strerror (code));
    flood_free (self);
    return NULL;
  }
  return self;
}

void
flood_stop (Flood *self, FloodReport *report)
{
  atomic_store_explicit (&self->ends, true, memory_order_relaxed);
  pthread_join (self->thread, NULL);
  *report = self->report;
  flood_free (self);
}
