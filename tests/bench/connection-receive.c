/* connection-receive.c: what comes, counted */
#define _GNU_SOURCE /* recvmmsg, sendmmsg */
#include "base/reader.h"
#include "base/time.h"
#include "connection.h"
#include "scratch.h"
#include "rtp/payload-info.h"
#include "rtp/rtp-ext.h"

#include <netinet/in.h>
#include <netinet/udp.h>
#include <string.h>
#include <time.h>

#define FORGOTTEN_US (5 * YL_US_PER_S)

/* One datagram. */
typedef struct {
  uint8_t *data;
  size_t kept; /* octets of it that are there */
  size_t size;
  uint64_t arrived_ns; /* wall clock, by the kernel */
  uint64_t now_us;
} Arrival;

/* --- what it is --- */

static void
note_settled (Connection *self)
{
  const bool audio = self->remote.payload_type[YL_MEDIA_AUDIO] == 0
                     || self->streams[YL_MEDIA_AUDIO].matched;
  if (self->first_ns == 0 || !self->streams[YL_MEDIA_VIDEO].matched || !audio)
    return;
  self->state = CONNECTION_SETTLED;
  self->pli_us = YL_NEVER;
}

static void
read_tail (Connection *self, Stream *stream, const YlRtpView *view, int64_t seq)
{
  YlReader in = yl_reader_init (
      view->payload + view->payload_size - MEDIA_TAIL_SIZE, MEDIA_TAIL_SIZE);
  const int64_t source_seq = (int64_t) yl_reader_u64 (&in);
  if (self->thorough && stream->matched && source_seq != seq + stream->offset)
    self->wrong++;
  stream_match (stream, seq, source_seq);
}

/* Decrypts it, and so learns which packet of the source it is. */
static void
inspect (Connection *self, YlMediaKind kind, const Arrival *arrival,
         int64_t seq)
{
  size_t size = arrival->size;
  YlRtpView view;
  if (yl_srtp_receiver_unprotect (self->receiver, &self->windows[kind],
                                  arrival->data, &size, NULL)
          != YL_SRTP_OK
      || !yl_rtp_view_parse (&view, arrival->data, size, NULL)) {
    self->bad++;
    return;
  }
  if (view.payload_size < MEDIA_TAIL_SIZE)
    return; /* padding only */
  read_tail (self, &self->streams[kind], &view, seq);
  if (self->state == CONNECTION_SETTLED)
    return;
  YlPayloadInfo info;
  if (kind == YL_MEDIA_VIDEO && self->first_ns == 0
      && yl_rtp_payload_info_read (&info, YL_CODEC_VP8, view.payload,
                                   view.payload_size)
      && info.keyframe_start)
    self->first_ns = arrival->arrived_ns;
  note_settled (self);
}

/* --- counting --- */

/* One that is so late that nobody knows any more when it was sent counts as
 * late, not as unseen. */
static void
count_latency (Connection *self, YlMediaKind kind, const Stream *stream,
               int64_t seq, uint64_t arrived_ns)
{
  const int64_t source_seq = seq + stream->offset;
  if (self->latency == NULL || !stream->matched || source_seq < 0)
    return;
  const SentPacket *sent = &self->source->sent[kind][source_seq % SENT_RING];
  if (sent->seq > source_seq)
    histogram_add (self->latency, FORGOTTEN_US);
  else if (sent->seq < source_seq || arrived_ns < sent->sent_ns)
    self->wrong++;
  else
    histogram_add (self->latency, (arrived_ns - sent->sent_ns) / 1000);
}

/* The padding bit speaks of the end, which is encrypted or not there. */
static void
record_transport_seq (Connection *self, const Arrival *arrival)
{
  const YlRtpExtIds ids = { .transport_cc = self->remote.twcc_id };
  YlRtpExtValues values;
  YlRtpView view;
  const uint8_t flags = arrival->data[0];
  arrival->data[0] &= (uint8_t) ~0x20;
  if (yl_rtp_view_parse (&view, arrival->data, arrival->kept, NULL)) {
    yl_rtp_ext_read (&view, &ids, &values);
    if (values.has_transport_seq)
      yl_rtcp_twcc_recorder_receive (self->twcc, view.ssrc,
                                     values.transport_seq, arrival->now_us);
  }
  arrival->data[0] = flags;
}

static bool
find_kind (const Connection *self, uint8_t payload_type, YlMediaKind *kind)
{
  for (unsigned i = 0; i < 2; i++) {
    if (self->remote.payload_type[i] != payload_type || payload_type == 0)
      continue;
    *kind = (YlMediaKind) i;
    return true;
  }
  return false;
}

static void
receive_rtp (Connection *self, const Arrival *arrival)
{
  YlMediaKind kind;
  const uint8_t payload_type = arrival->data[1] & 0x7f;
  if (self->twcc != NULL)
    record_transport_seq (self, arrival);
  if (!find_kind (self, payload_type, &kind)) {
    const bool rtx = payload_type == self->remote.rtx_payload_type;
    self->resent += rtx;
    self->unknown += !rtx;
    return;
  }
  Stream *stream = &self->streams[kind];
  YlReader in = yl_reader_init (arrival->data + 2, 10);
  const int64_t seq = stream_receive (stream, yl_reader_u16 (&in));
  yl_reader_skip (&in, 4);
  stream->ssrc = yl_reader_u32 (&in);
  const bool curious =
      self->thorough || self->state != CONNECTION_SETTLED || stream->inspect;
  if (curious && arrival->kept == arrival->size)
    inspect (self, kind, arrival, seq);
  count_latency (self, kind, stream, seq, arrival->arrived_ns);
}

static void
receive (Connection *self, const Arrival *arrival)
{
  const uint8_t *data = arrival->data;
  if (arrival->kept < YL_RTP_HEADER_SIZE)
    self->unknown++;
  else if (data[0] < 128)
    connection_receive_link (self, data, arrival->kept, arrival->now_us);
  else if (data[1] >= 192 && data[1] <= 223) {
    if (connection_sends (self) && self->srtcp != NULL)
      connection_receive_feedback (self, arrival->data, arrival->size,
                                   arrival->now_us);
  } else if (self->receiver != NULL) {
    receive_rtp (self, arrival);
  }
}

/* --- the socket --- */

static void
read_control (const struct msghdr *header, Arrival *arrival, uint16_t *segment)
{
  struct msghdr *writable = (struct msghdr *) header;
  for (const struct cmsghdr *c = CMSG_FIRSTHDR (header); c != NULL;
       c = CMSG_NXTHDR (writable, (struct cmsghdr *) c)) {
    if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
      struct timespec at;
      memcpy (&at, CMSG_DATA (c), sizeof at);
      arrival->arrived_ns =
          (uint64_t) at.tv_sec * 1000000000 + (uint64_t) at.tv_nsec;
    } else if (c->cmsg_level == SOL_UDP && c->cmsg_type == UDP_GRO) {
      int size;
      memcpy (&size, CMSG_DATA (c), sizeof size);
      *segment = (uint16_t) size;
    }
  }
}

static void
receive_message (Connection *self, const struct mmsghdr *message,
                 size_t capacity, uint64_t now_us)
{
  uint16_t segment = 0;
  Arrival arrival = { .now_us = now_us };
  uint8_t *data = message->msg_hdr.msg_iov->iov_base;
  size_t left = message->msg_len;
  read_control (&message->msg_hdr, &arrival, &segment);
  if (segment == 0) {
    arrival.data = data;
    arrival.size = left;
    arrival.kept = MIN (left, capacity);
    receive (self, &arrival);
    return;
  }
  for (; left > 0; data += arrival.size, left -= arrival.size) {
    arrival.data = data;
    arrival.kept = arrival.size = MIN (left, segment);
    receive (self, &arrival);
  }
}

static ScratchKind
choose_scratch (const Connection *self)
{
  if (self->setup->gro)
    return SCRATCH_GRO;
  const bool curious = self->streams[YL_MEDIA_AUDIO].inspect
                       || self->streams[YL_MEDIA_VIDEO].inspect;
  return self->state == CONNECTION_SETTLED && !self->thorough && !curious
                 && !connection_sends (self)
             ? SCRATCH_BRIEF
             : SCRATCH_WHOLE;
}

void
connection_drain (Connection *self, Scratch *scratch, uint64_t now_us)
{
  ScratchReceive *in = &scratch->receive[choose_scratch (self)];
  int n;
  do {
    n = recvmmsg (self->fd, in->messages, in->n, MSG_DONTWAIT | MSG_TRUNC,
                  NULL);
    for (int i = 0; i < n; i++) {
      receive_message (self, &in->messages[i], in->size, now_us);
      in->messages[i].msg_hdr.msg_controllen = SCRATCH_CONTROL;
    }
  } while (n == (int) in->n);
}
