/* rtc-link.c: the way from a client to a gateway: ICE checks, DTLS, keys */
#include "rtc-link.h"

#include "base/time.h"
#include "ice-check.h"

#include <stdio.h>
#include <string.h>

#define CHECK_FAST_US (50 * YL_US_PER_MS)
#define CHECK_SLOW_US (2500 * YL_US_PER_MS)

void
rtc_link_init (RtcLink *self, YlDtlsContext *context)
{
  memset (self, 0, sizeof *self);
  self->context = context;
  self->check_us = YL_NEVER;
  g_queue_init (&self->output);
}

void
rtc_link_clear (RtcLink *self)
{
  g_queue_clear_full (&self->output, (GDestroyNotify) g_bytes_unref);
  yl_dtls_free (self->dtls);
  self->dtls = NULL;
}

void
rtc_link_start (RtcLink *self, const RtcLinkRemote *remote, uint64_t now_us)
{
  snprintf (self->username, sizeof self->username, "%s:%s", remote->ufrag,
            remote->our_ufrag);
  g_strlcpy (self->password, remote->pwd, sizeof self->password);
  memcpy (self->sha256, remote->sha256, sizeof self->sha256);
  g_strlcpy (self->our_password, remote->our_pwd != NULL ? remote->our_pwd : "",
             sizeof self->our_password);
  self->address = remote->address;
  if (self->state == RTC_NEW)
    self->state = RTC_CHECKING;
  self->check_us = now_us;
}

void
rtc_link_send (RtcLink *self, const uint8_t *data, size_t size)
{
  g_queue_push_tail (&self->output, g_bytes_new (data, size));
}

GBytes *
rtc_link_poll_transmit (RtcLink *self)
{
  return g_queue_pop_head (&self->output);
}

/* Every check nominates: there is one path. */
static void
send_check (RtcLink *self, uint64_t now_us)
{
  const IceCheck check = { .username = self->username,
                           .password = self->password,
                           .use_candidate = true };
  uint8_t data[ICE_CHECK_MAX];
  rtc_link_send (self, data, ice_check_write (&check, ++self->n_checks, data));
  self->check_us =
      now_us + (self->state == RTC_CHECKING ? CHECK_FAST_US : CHECK_SLOW_US);
}

static void
drain_dtls (RtcLink *self)
{
  const uint8_t *data;
  size_t size;
  YlDtlsEvent event;
  while ((size = yl_dtls_poll_transmit (self->dtls, &data)) > 0)
    rtc_link_send (self, data, size);
  while (yl_dtls_poll_event (self->dtls, &event)) {
    const bool connected =
        event.kind == YL_DTLS_EVENT_CONNECTED
        && yl_dtls_get_keying (self->dtls, &self->local, &self->remote);
    self->state = connected ? RTC_CONNECTED : RTC_CLOSED;
    self->reason = event.reason;
  }
}

static bool
answer_check (RtcLink *self, const uint8_t *data, size_t size)
{
  uint8_t reply[ICE_CHECK_MAX];
  if (self->our_password[0] == '\0')
    return false;
  const size_t n = ice_request_answer (self->our_password, &self->address, data,
                                       size, reply);
  if (n > 0)
    rtc_link_send (self, reply, n);
  return n > 0;
}

static RtcLinkResult
receive_stun (RtcLink *self, const uint8_t *data, size_t size, uint64_t now_us)
{
  if (answer_check (self, data, size))
    return RTC_LINK_TAKEN;
  const IceReply reply = ice_reply_read (self->password, data, size);
  if (reply.kind != ICE_REPLY_SUCCESS)
    return RTC_LINK_BAD;
  if (self->state != RTC_CHECKING)
    return RTC_LINK_TAKEN;
  self->state = RTC_HANDSHAKE;
  self->check_us = now_us + CHECK_SLOW_US;
  self->dtls = yl_dtls_new (
      self->context, YL_DTLS_CLIENT,
      (const uint8_t (*)[YL_DTLS_SHA256_SIZE]) self->sha256, 1, now_us);
  drain_dtls (self);
  return RTC_LINK_TAKEN;
}

RtcLinkResult
rtc_link_receive (RtcLink *self, const uint8_t *data, size_t size,
                  uint64_t now_us)
{
  if (size < 2)
    return RTC_LINK_BAD;
  if (data[0] < 4)
    return receive_stun (self, data, size, now_us);
  if (data[0] < 20 || data[0] >= 64 || self->dtls == NULL)
    return RTC_LINK_MEDIA;
  yl_dtls_receive (self->dtls, data, size, now_us);
  drain_dtls (self);
  return RTC_LINK_TAKEN;
}

void
rtc_link_handle_timeout (RtcLink *self, uint64_t now_us)
{
  if (now_us >= self->check_us && self->state != RTC_CLOSED)
    send_check (self, now_us);
  if (self->dtls == NULL)
    return;
  yl_dtls_handle_timeout (self->dtls, now_us);
  drain_dtls (self);
}

uint64_t
rtc_link_next_deadline (const RtcLink *self)
{
  const uint64_t check_us =
      self->state != RTC_CLOSED ? self->check_us : YL_NEVER;
  if (self->dtls == NULL)
    return check_us;
  return yl_time_min (check_us, yl_dtls_next_deadline (self->dtls));
}

void
rtc_link_close (RtcLink *self)
{
  if (self->dtls != NULL) {
    yl_dtls_close (self->dtls);
    drain_dtls (self);
  }
  self->state = RTC_CLOSED;
}
