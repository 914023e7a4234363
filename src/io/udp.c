#define _GNU_SOURCE /* recvmmsg, in6_pktinfo */
#include "io/udp.h"

#include "base/time.h"
#include "io/clock.h"

#include <errno.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Since Linux 4.18 and 5.0; older headers lack them. */
#ifndef UDP_SEGMENT
#  define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#  define UDP_GRO 104
#endif

#define RECEIVE_SIZE 65536
#define SEND_BATCH 64
/* An older time of arrival means that the wall clock was set. */
#define MAX_QUEUED_US YL_US_PER_S

/* Room for either family's packet info and a segment size. */
typedef union {
  uint8_t octets[CMSG_SPACE (sizeof (struct in6_pktinfo))
                 + CMSG_SPACE (sizeof (int))
                 + CMSG_SPACE (sizeof (struct timespec))];
  struct cmsghdr align;
} Control;

typedef struct {
  struct sockaddr_storage address;
  struct iovec iov;
  Control control;
} Slot;

struct YlUdp {
  int fd;
  int family; /* AF_INET6 (dual stack) or AF_INET */
  uint16_t port;
  YlUdpCounters counters;
  uint64_t offset_us;     /* when wall_offset_us was read */
  int64_t wall_offset_us; /* wall clock less monotonic */

  uint8_t *octets; /* YL_UDP_MAX_RECEIVE × RECEIVE_SIZE */
  Slot in[YL_UDP_MAX_RECEIVE];
  struct mmsghdr in_headers[YL_UDP_MAX_RECEIVE];
  YlUdpReceived received[YL_UDP_MAX_RECEIVE];

  struct {
    struct sockaddr_storage address;
    Control control;
  } out[SEND_BATCH];
  struct mmsghdr out_headers[SEND_BATCH];
};

G_DEFINE_QUARK (yl - udp - error - quark, yl_udp_error)

static bool
fail (GError **error, const char *what, uint16_t port)
{
  const int code = errno;
  g_set_error (error, YL_UDP_ERROR,
               code == EADDRINUSE ? YL_UDP_ERROR_IN_USE : YL_UDP_ERROR_SOCKET,
               "cannot %s UDP port %u: %s", what, port, g_strerror (code));
  return false;
}

static void
set_int (int fd, int level, int name, int value)
{
  (void) setsockopt (fd, level, name, &value, sizeof value);
}

/* Refusals are not fatal: the socket works, only slower. */
static void
set_options (const YlUdp *self)
{
  const int fd = self->fd;
  if (self->family == AF_INET6)
    set_int (fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
  else
    set_int (fd, IPPROTO_IP, IP_PKTINFO, 1);
  set_int (fd, IPPROTO_UDP, UDP_GRO, 1);
  set_int (fd, SOL_SOCKET, SO_TIMESTAMPNS, 1);
  set_int (fd, SOL_SOCKET, SO_RCVBUF, YL_UDP_SOCKET_BUFFER);
  set_int (fd, SOL_SOCKET, SO_SNDBUF, YL_UDP_SOCKET_BUFFER);
  /* beyond the system's limit, for those who may */
  set_int (fd, SOL_SOCKET, SO_RCVBUFFORCE, YL_UDP_SOCKET_BUFFER);
  set_int (fd, SOL_SOCKET, SO_SNDBUFFORCE, YL_UDP_SOCKET_BUFFER);
}

static bool
bind_socket (YlUdp *self, const YlAddress *address, GError **error)
{
  struct sockaddr_storage name;
  socklen_t size = (socklen_t) yl_address_to_sockaddr (
      address, &name, self->family == AF_INET6);
  if (bind (self->fd, (struct sockaddr *) &name, size) != 0)
    return fail (error, "bind", address->port);

  size = sizeof name;
  YlAddress bound;
  if (getsockname (self->fd, (struct sockaddr *) &name, &size) != 0
      || !yl_address_from_sockaddr (&bound, (struct sockaddr *) &name))
    return fail (error, "name", address->port);
  self->port = bound.port;
  return true;
}

static bool
open_socket (YlUdp *self, const YlAddress *address, GError **error)
{
  const int type = SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK;
  YlAddress any_v4;
  self->family = AF_INET6;
  self->fd = socket (AF_INET6, type, 0);
  if (self->fd < 0 && errno == EAFNOSUPPORT) {
    self->family = AF_INET;
    self->fd = socket (AF_INET, type, 0);
    yl_address_parse_ip (&any_v4, "0.0.0.0", address->port);
    if (yl_address_is_any (address))
      address = &any_v4;
  }
  if (self->fd < 0)
    return fail (error, "open a socket for", address->port);
  if (self->family == AF_INET6)
    set_int (self->fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
  set_options (self);
  return bind_socket (self, address, error);
}

/* The kernel overwrites the lengths of the headers it used. */
static void
prepare_slot (YlUdp *self, size_t i)
{
  Slot *slot = &self->in[i];
  slot->iov = (struct iovec){ .iov_base = self->octets + i * RECEIVE_SIZE,
                              .iov_len = RECEIVE_SIZE };
  self->in_headers[i].msg_hdr =
      (struct msghdr){ .msg_name = &slot->address,
                       .msg_namelen = sizeof slot->address,
                       .msg_iov = &slot->iov,
                       .msg_iovlen = 1,
                       .msg_control = slot->control.octets,
                       .msg_controllen = sizeof slot->control };
}

YlUdp *
yl_udp_new (const YlAddress *bind, GError **error)
{
  static const YlAddress any;
  g_autoptr (YlUdp) self = g_new0 (YlUdp, 1);
  if (!open_socket (self, bind != NULL ? bind : &any, error))
    return NULL;

  /* Pages are touched only as far as bursts need them. */
  self->octets = g_malloc ((size_t) YL_UDP_MAX_RECEIVE * RECEIVE_SIZE);
  for (size_t i = 0; i < YL_UDP_MAX_RECEIVE; i++)
    prepare_slot (self, i);
  return g_steal_pointer (&self);
}

void
yl_udp_free (YlUdp *self)
{
  if (self == NULL)
    return;
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->octets);
  g_free (self);
}

int
yl_udp_fd (const YlUdp *self)
{
  return self->fd;
}

uint16_t
yl_udp_port (const YlUdp *self)
{
  return self->port;
}

const YlUdpCounters *
yl_udp_counters (const YlUdp *self)
{
  return &self->counters;
}

void
yl_udp_ask_kernel (const YlUdp *self, YlUdpKernel *kernel)
{
  uint32_t values[SK_MEMINFO_VARS] = { 0 };
  socklen_t size = sizeof values;
  if (getsockopt (self->fd, SOL_SOCKET, SO_MEMINFO, values, &size) != 0)
    memset (values, 0, sizeof values);
  *kernel = (YlUdpKernel){ .dropped = values[SK_MEMINFO_DROPS],
                           .receive_buffer = values[SK_MEMINFO_RCVBUF] };
}

/* In the kernel's wall time; becomes monotonic in read_message(). */
static int64_t
read_arrival_us (const struct cmsghdr *c)
{
  struct timespec at;
  memcpy (&at, CMSG_DATA (c), sizeof at);
  return (int64_t) at.tv_sec * (int64_t) YL_US_PER_S + at.tv_nsec / 1000;
}

static void
read_control (struct msghdr *header, YlUdpReceived *datagram, int64_t *wall_us)
{
  for (struct cmsghdr *c = CMSG_FIRSTHDR (header); c != NULL;
       c = CMSG_NXTHDR (header, c)) {
    if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
      struct in6_pktinfo info;
      memcpy (&info, CMSG_DATA (c), sizeof info);
      memcpy (datagram->local.ip, &info.ipi6_addr, sizeof datagram->local.ip);
      if (IN6_IS_ADDR_LINKLOCAL (&info.ipi6_addr))
        datagram->local.scope_id = info.ipi6_ifindex;
    } else if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
      struct in_pktinfo info;
      memcpy (&info, CMSG_DATA (c), sizeof info);
      const struct sockaddr_in in = { .sin_family = AF_INET,
                                      .sin_addr = info.ipi_addr };
      yl_address_from_sockaddr (&datagram->local,
                                (const struct sockaddr *) &in);
    } else if (c->cmsg_level == IPPROTO_UDP && c->cmsg_type == UDP_GRO) {
      int size;
      memcpy (&size, CMSG_DATA (c), sizeof size);
      datagram->segment_size = (uint16_t) size;
    } else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
      *wall_us = read_arrival_us (c);
    }
  }
}

/* What the clocks say once a batch. */
typedef struct {
  uint64_t now_us;
  int64_t wall_offset_us;
} Clocks;

/* The clocks drift apart by less than 50 us in that time; where the wall clock
 * is set, times of arrival are off for so long at most. */
#define OFFSET_US (100 * YL_US_PER_MS)

static Clocks
read_clocks (YlUdp *self)
{
  const uint64_t now_us = yl_clock_now_us ();
  if (self->offset_us == 0 || now_us - self->offset_us >= OFFSET_US) {
    self->offset_us = now_us;
    self->wall_offset_us = yl_clock_wall_offset_us ();
  }
  return (Clocks){ now_us, self->wall_offset_us };
}

static bool
read_message (YlUdp *self, size_t i, const Clocks *clocks,
              YlUdpReceived *datagram)
{
  struct mmsghdr *message = &self->in_headers[i];
  if (message->msg_hdr.msg_flags & MSG_TRUNC) {
    self->counters.truncated++;
    return false;
  }
  *datagram = (YlUdpReceived){ .data = self->in[i].iov.iov_base,
                               .size = message->msg_len };
  if (!yl_address_from_sockaddr (&datagram->remote,
                                 (struct sockaddr *) &self->in[i].address))
    return false;
  int64_t wall_us = 0;
  read_control (&message->msg_hdr, datagram, &wall_us);
  const uint64_t arrived_us = (uint64_t) (wall_us - clocks->wall_offset_us);
  datagram->arrived_us =
      clocks->now_us - arrived_us < MAX_QUEUED_US ? arrived_us : clocks->now_us;
  datagram->local.port = self->port;
  if (datagram->segment_size >= datagram->size)
    datagram->segment_size = 0;
  self->counters.received++;
  self->counters.received_octets += datagram->size;
  return datagram->size > 0;
}

size_t
yl_udp_receive (YlUdp *self, const YlUdpReceived **received)
{
  int got;
  do
    got = recvmmsg (self->fd, self->in_headers, YL_UDP_MAX_RECEIVE, 0, NULL);
  while (got < 0 && errno == EINTR);

  const Clocks clocks = read_clocks (self);
  size_t n = 0;
  for (int i = 0; i < got; i++) {
    n += read_message (self, (size_t) i, &clocks, &self->received[n]);
    prepare_slot (self, (size_t) i);
  }
  *received = self->received;
  return n;
}

static void
put_control (struct msghdr *header, size_t *used, int level, int type,
             const void *value, size_t size)
{
  struct cmsghdr *c =
      (struct cmsghdr *) ((uint8_t *) header->msg_control + *used);
  c->cmsg_level = level;
  c->cmsg_type = type;
  c->cmsg_len = CMSG_LEN (size);
  memcpy (CMSG_DATA (c), value, size);
  *used += CMSG_SPACE (size);
}

static void
put_source (const YlUdp *self, struct msghdr *header, size_t *used,
            const YlAddress *local)
{
  if (yl_address_is_any (local))
    return;
  if (self->family == AF_INET6) {
    struct in6_pktinfo info = { .ipi6_ifindex = local->scope_id };
    memcpy (&info.ipi6_addr, local->ip, sizeof info.ipi6_addr);
    put_control (header, used, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof info);
  } else {
    struct in_pktinfo info = { 0 };
    memcpy (&info.ipi_spec_dst, local->ip + 12, 4);
    put_control (header, used, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
  }
}

static void
fill_message (YlUdp *self, size_t i, const YlUdpMessage *message)
{
  struct msghdr *header = &self->out_headers[i].msg_hdr;
  *header = (struct msghdr){ .msg_name = &self->out[i].address,
                             .msg_iov = (struct iovec *) message->iov,
                             .msg_iovlen = message->n_iov,
                             .msg_control = self->out[i].control.octets };
  header->msg_namelen = (socklen_t) yl_address_to_sockaddr (
      message->remote, &self->out[i].address, self->family == AF_INET6);

  size_t used = 0;
  put_source (self, header, &used, message->local);
  if (message->segment_size > 0)
    put_control (header, &used, IPPROTO_UDP, UDP_SEGMENT,
                 &message->segment_size, sizeof message->segment_size);
  header->msg_controllen = used;
  if (used == 0)
    header->msg_control = NULL;
}

static YlUdpSendResult
classify (YlUdp *self, int code, const YlUdpMessage *message)
{
  if (code == EAGAIN || code == EWOULDBLOCK || code == ENOBUFS) {
    self->counters.blocked++;
    return YL_UDP_BLOCKED;
  }
  if (message->segment_size > 0
      && (code == EINVAL || code == EIO || code == EMSGSIZE))
    return YL_UDP_NO_SEGMENT;
  self->counters.failed++;
  return YL_UDP_FAILED;
}

size_t
yl_udp_send (YlUdp *self, const YlUdpMessage *messages, size_t n,
             YlUdpSendResult *why)
{
  size_t done = 0;
  *why = YL_UDP_SENT;
  while (done < n && *why == YL_UDP_SENT) {
    const size_t batch = MIN (n - done, (size_t) SEND_BATCH);
    for (size_t i = 0; i < batch; i++)
      fill_message (self, i, &messages[done + i]);
    const int sent =
        sendmmsg (self->fd, self->out_headers, (unsigned int) batch, 0);
    for (int i = 0; i < sent; i++)
      self->counters.sent_octets += self->out_headers[i].msg_len;
    if (sent > 0) {
      self->counters.sent += (uint64_t) sent;
      done += (size_t) sent;
    } else if (errno != EINTR) {
      *why = classify (self, errno, &messages[done]);
    }
  }
  return done;
}
