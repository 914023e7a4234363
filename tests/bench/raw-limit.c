/* raw-limit.c: what moving the bytes of a gateway costs, and nothing else
 *
 * One thread, one UDP socket: recvmmsg, AES-128-GCM, sendmmsg with segments.
 * No ICE, DTLS, RTCP, replay window, resends or timers: no server. Keys come
 * in lines on standard input (raw-table.h), its end ends the program.
 *
 *   raw-limit [--ipsec-mb] [--hold-us N] [--control SOCKET] ADDRESS
 *
 * prints "port NUMBER". SOCKET, of the file system, takes the place of
 * standard input and output. Video waits up to N us for the rest of its
 * frame, less for few viewers; without, what one wake-up finds is sent. */
#define _GNU_SOURCE /* epoll_pwait2 */
#include "raw-forward.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#ifndef UDP_GRO
#  define UDP_GRO 104
#endif

#define SOCKET_BUFFER (4 * 1024 * 1024)
#define LINE_SIZE 512

static RawTable table;

static void
set_int (int fd, int level, int name, int value)
{
  (void) setsockopt (fd, level, name, &value, sizeof value);
}

static int
open_socket (const char *address)
{
  struct sockaddr_in name = { .sin_family = AF_INET };
  socklen_t size = sizeof name;
  const int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || inet_pton (AF_INET, address, &name.sin_addr) != 1
      || bind (fd, (struct sockaddr *) &name, sizeof name) != 0
      || getsockname (fd, (struct sockaddr *) &name, &size) != 0)
    return -1;
  set_int (fd, IPPROTO_UDP, UDP_GRO, 1);
  set_int (fd, SOL_SOCKET, SO_RCVBUF, SOCKET_BUFFER);
  set_int (fd, SOL_SOCKET, SO_SNDBUF, SOCKET_BUFFER);
  /* beyond the system's limit, for those who may */
  set_int (fd, SOL_SOCKET, SO_RCVBUFFORCE, SOCKET_BUFFER);
  set_int (fd, SOL_SOCKET, SO_SNDBUFFORCE, SOCKET_BUFFER);
  printf ("port %u\n", ntohs (name.sin_port));
  fflush (stdout);
  return fd;
}

/* Returns false at the end, or when somebody sends nonsense. */
static bool
read_lines (void)
{
  static char buffer[16 * LINE_SIZE];
  static size_t used;
  const ssize_t got =
      read (STDIN_FILENO, buffer + used, sizeof buffer - used - 1);
  if (got <= 0)
    return got < 0 && errno == EINTR;
  used += (size_t) got;
  buffer[used] = '\0';
  char *line = buffer, *end;
  while ((end = strchr (line, '\n')) != NULL) {
    char answer[LINE_SIZE];
    *end = '\0';
    raw_table_command (&table, line, answer, sizeof answer);
    fputs (answer, stdout);
    line = end + 1;
  }
  fflush (stdout);
  used -= (size_t) (line - buffer);
  memmove (buffer, line, used);
  return used + 1 < sizeof buffer;
}

static bool
watch (int epoll, int fd)
{
  struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };
  return epoll_ctl (epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

/* Kernels before 5.11 know milliseconds only, as do some tools that look
 * over a program's shoulder. */
static int
wait_for (int epoll, struct epoll_event *events, int n, uint64_t ns)
{
  const bool forever = ns == RAW_FOREVER;
  const struct timespec time = { .tv_sec = (time_t) (ns / 1000000000),
                                 .tv_nsec = (long) (ns % 1000000000) };
  const int got = epoll_pwait2 (epoll, events, n, forever ? NULL : &time, NULL);
  if (got >= 0 || errno != ENOSYS)
    return got;
  return epoll_wait (epoll, events, n, forever ? -1 : (int) (ns / 1000000));
}

static void
run (int epoll, RawForward *forward)
{
  bool open = true;
  while (open) {
    struct epoll_event events[2];
    const int n = wait_for (epoll, events, 2, raw_forward_wait_ns (forward));
    if (n == 0)
      raw_forward_turn (forward);
    for (int i = 0; i < n; i++) {
      if (events[i].data.fd == STDIN_FILENO)
        open = read_lines ();
      else
        raw_forward_turn (forward);
    }
  }
}

/* For whoever wonders how well the packets came together. */
static void
report (const RawForward *forward)
{
  const RawCounters *in = raw_forward_counters (forward);
  const RawEgressCounters *out = raw_forward_sent (forward);
  fprintf (stderr,
           "received %" PRIu64 " ignored %" PRIu64 " turns %" PRIu64
           " packets %" PRIu64 " messages %" PRIu64 " calls %" PRIu64
           " failed %" PRIu64 "\n",
           in->received, in->ignored, in->turns, out->packets, out->messages,
           out->calls, out->failed);
}

typedef struct {
  bool ipsec_mb;
  uint64_t hold_us;
  const char *control;
  const char *address;
} Options;

static bool
read_options (Options *options, int argc, char **argv)
{
  for (int i = 1; i < argc; i++) {
    if (strcmp (argv[i], "--ipsec-mb") == 0)
      options->ipsec_mb = true;
    else if (strcmp (argv[i], "--hold-us") == 0 && i + 1 < argc)
      options->hold_us = strtoull (argv[++i], NULL, 10);
    else if (strcmp (argv[i], "--control") == 0 && i + 1 < argc)
      options->control = argv[++i];
    else if (options->address == NULL && argv[i][0] != '-')
      options->address = argv[i];
    else
      return false;
  }
  return options->address != NULL;
}

static bool
use_control (const char *path)
{
  struct sockaddr_un name = { .sun_family = AF_UNIX };
  const int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || strlen (path) >= sizeof name.sun_path)
    return false;
  memcpy (name.sun_path, path, strlen (path));
  return connect (fd, (struct sockaddr *) &name, sizeof name) == 0
         && dup2 (fd, STDIN_FILENO) >= 0 && dup2 (fd, STDOUT_FILENO) >= 0
         && close (fd) == 0;
}

int
main (int argc, char **argv)
{
  Options options = { 0 };
  if (!read_options (&options, argc, argv)) {
    fprintf (stderr,
             "usage: %s [--ipsec-mb] [--hold-us N] [--control SOCKET] "
             "ADDRESS\n",
             argv[0]);
    return 2;
  }
  if (options.ipsec_mb && !raw_crypto_use_ipsec_mb ()) {
    fprintf (stderr, "no libipsec-mb here\n");
    return 1;
  }
  if (options.control != NULL && !use_control (options.control)) {
    perror (options.control);
    return 1;
  }
  const int epoll = epoll_create1 (EPOLL_CLOEXEC);
  const int fd = open_socket (options.address);
  if (fd < 0 || epoll < 0 || !watch (epoll, fd)
      || !watch (epoll, STDIN_FILENO)) {
    perror (options.address);
    return 1;
  }
  RawForward *forward = raw_forward_new (fd, &table, 1000 * options.hold_us);
  run (epoll, forward);
  report (forward);
  raw_forward_free (forward);
  raw_table_clear (&table);
  close (fd);
  close (epoll);
  return 0;
}
