/* ice.c: ICE-lite for one peer: path, consent, restart */
#include "ice/ice.h"

#include "base/time.h"
#include "ice/agent.h"

#include <string.h>

#define MAX_REPLIES 8 /* waiting to be sent */
/* Error replies go to whoever asks, so there are few: this many at once, and
 * one more each interval. */
#define ERROR_BURST 10
#define ERROR_INTERVAL_US (YL_US_PER_S / 5)
/* To find a check forged takes some microseconds. From addresses that have
 * never proved anything so many are looked at; then they are dropped unread,
 * whatever they are: a client repeats its checks. */
#define FORGED_BURST 50
#define FORGED_INTERVAL_US (YL_US_PER_S / 50)
/* Beyond that one in so many is looked at. */
#define STRANGERS_LOOKED_AT 16

typedef struct {
  size_t size;
  YlIcePath path;
  uint8_t data[YL_ICE_REPLY_MAX];
} Reply;

/* A pair of addresses with a valid check. */
typedef struct {
  YlIcePath path;
  uint64_t checked_us;
} Pair;

struct YlIce {
  YlIceAgent *agent;
  YlIceCredentials current;
  YlIceCredentials previous; /* until the first check with `current` */
  bool has_previous;
  bool current_used;

  Pair pairs[YL_ICE_MAX_REMOTES];
  uint8_t n_pairs;
  int8_t selected; /* index of the nominated pair, or −1 */
  bool consent;    /* for the selected pair */

  bool heard; /* a valid check ever */
  bool lost;
  bool traffic;     /* the newest sign of life was not a check */
  uint64_t sign_us; /* newest sign of life */
  uint64_t deadline_us;

  uint8_t events; /* bit per YlIceEvent */
  uint8_t first_reply;
  uint8_t n_replies;
  uint64_t errors_paid_us; /* until when error replies are used up */
  uint32_t strangers;      /* checks that came while the bucket was empty */
  uint64_t forged_paid_us; /* the same of forged checks */
  uint64_t refused;
  uint8_t max_replies;
  Reply *replies; /* ring; mostly one is enough */
};

YlIce *
yl_ice_new (YlIceAgent *agent, const YlIceCredentials *credentials)
{
  YlIce *self = g_new0 (YlIce, 1);
  self->agent = agent;
  self->current = *credentials;
  self->selected = -1;
  self->deadline_us = YL_NEVER;
  self->max_replies = 1;
  self->replies = g_new (Reply, self->max_replies);
  return self;
}

void
yl_ice_free (YlIce *self)
{
  if (self != NULL)
    g_free (self->replies);
  g_free (self);
}

void
yl_ice_restart (YlIce *self, const YlIceCredentials *credentials)
{
  /* Of two restarts in a row, the credentials in use are what to keep. */
  if (self->current_used) {
    self->previous = self->current;
    self->has_previous = true;
  }
  self->current = *credentials;
  self->current_used = false;
}

/* Contrary events that wait together would only confuse. */
static void
push_event (YlIce *self, YlIceEvent event)
{
  static const uint8_t contrary[] = {
    [YL_ICE_EVENT_PATH] = 1 << YL_ICE_EVENT_EXPIRED,
    [YL_ICE_EVENT_LOST] = 1 << YL_ICE_EVENT_BACK,
    [YL_ICE_EVENT_BACK] = 1 << YL_ICE_EVENT_LOST,
    [YL_ICE_EVENT_EXPIRED] = 1 << YL_ICE_EVENT_PATH,
  };
  self->events &= (uint8_t) ~contrary[event];
  self->events |= (uint8_t) (1 << event);
}

static uint64_t
lost_at (const YlIce *self)
{
  return self->sign_us + (self->traffic ? YL_ICE_LOST_US : YL_ICE_LOST_IDLE_US);
}

static uint64_t
consent_until (const YlIce *self)
{
  return self->pairs[self->selected].checked_us + YL_ICE_CONSENT_US;
}

static void
update_deadline (YlIce *self)
{
  self->deadline_us = YL_NEVER;
  if (self->heard && !self->lost)
    self->deadline_us = lost_at (self);
  if (self->consent)
    self->deadline_us = yl_time_min (self->deadline_us, consent_until (self));
}

static void
note_sign (YlIce *self, bool traffic, uint64_t now_us)
{
  self->sign_us = now_us;
  self->traffic = traffic;
  if (self->lost) {
    self->lost = false;
    push_event (self, YL_ICE_EVENT_BACK);
    update_deadline (self);
  }
}

/* Leaves the deadline where it is: handle_timeout() looks again. This is
 * called for every batch. */
void
yl_ice_touch (YlIce *self, uint64_t now_us)
{
  if (self->heard)
    note_sign (self, true, now_us);
}

void
yl_ice_handle_timeout (YlIce *self, uint64_t now_us)
{
  if (self->heard && !self->lost && now_us >= lost_at (self)) {
    self->lost = true;
    push_event (self, YL_ICE_EVENT_LOST);
  }
  if (self->consent && now_us >= consent_until (self)) {
    self->consent = false;
    push_event (self, YL_ICE_EVENT_EXPIRED);
  }
  update_deadline (self);
}

static bool
path_equal (const YlIcePath *a, const YlIcePath *b)
{
  return yl_address_equal (&a->remote, &b->remote)
         && yl_address_equal (&a->local, &b->local);
}

/* The pair of @path; a new one takes the place of the one that was checked
 * longest ago, but never of the selected one. */
static uint8_t
find_pair (YlIce *self, const YlIcePath *path)
{
  uint8_t oldest = self->selected == 0 ? 1 : 0;
  for (uint8_t i = 0; i < self->n_pairs; i++) {
    if (path_equal (&self->pairs[i].path, path))
      return i;
    if (i != self->selected
        && self->pairs[i].checked_us < self->pairs[oldest].checked_us)
      oldest = i;
  }
  const uint8_t at =
      self->n_pairs < YL_ICE_MAX_REMOTES ? self->n_pairs++ : oldest;
  self->pairs[at].path = *path;
  return at;
}

static void
accept_check (YlIce *self, const YlIceCheck *check, const YlIcePath *path,
              uint64_t now_us)
{
  if (check->credentials == &self->current) {
    self->current_used = true;
    self->has_previous = false;
  }
  const uint8_t at = find_pair (self, path);
  self->pairs[at].checked_us = now_us;

  if (check->use_candidate && at != self->selected) {
    self->selected = (int8_t) at;
    self->consent = false;
  }
  if (at == self->selected && !self->consent) {
    self->consent = true;
    push_event (self, YL_ICE_EVENT_PATH);
  }
  self->heard = true;
  note_sign (self, false, now_us);
  update_deadline (self);
}

/* Buckets that fill by one each interval, kept as the time until which they
 * have been emptied. */
static bool
bucket_is_empty (uint64_t paid_us, unsigned burst, uint64_t interval_us,
                 uint64_t now_us)
{
  return MAX (paid_us, now_us) + interval_us > now_us + burst * interval_us;
}

static void
bucket_take (uint64_t *paid_us, uint64_t interval_us, uint64_t now_us)
{
  *paid_us = MAX (*paid_us, now_us) + interval_us;
}

static bool
may_send_error (YlIce *self, uint64_t now_us)
{
  if (bucket_is_empty (self->errors_paid_us, ERROR_BURST, ERROR_INTERVAL_US,
                       now_us))
    return false;
  bucket_take (&self->errors_paid_us, ERROR_INTERVAL_US, now_us);
  return true;
}

/* Checks of many candidates come at once when a client begins, later one
 * every few seconds. */
static void
fit_replies (YlIce *self)
{
  const uint8_t max = self->n_replies == 0 ? 1 : MAX_REPLIES;
  if (max == self->max_replies
      || (self->n_replies > 0 && self->n_replies < self->max_replies))
    return;
  Reply *replies = g_new (Reply, max);
  for (uint8_t i = 0; i < self->n_replies; i++)
    replies[i] = self->replies[(self->first_reply + i) % self->max_replies];
  g_free (self->replies);
  self->replies = replies;
  self->max_replies = max;
  self->first_reply = 0;
}

static void
queue_reply (YlIce *self, const YlIceCheck *check, const YlIcePath *path)
{
  if (self->n_replies == MAX_REPLIES) {
    self->refused++;
    return;
  }
  fit_replies (self);
  Reply *reply = &self->replies[(self->first_reply + self->n_replies++)
                                % self->max_replies];
  reply->size = check->reply_size;
  reply->path = *path;
  memcpy (reply->data, check->reply, check->reply_size);
}

YlIceResult
yl_ice_receive (YlIce *self, const uint8_t *data, size_t size,
                const YlIcePath *path, uint64_t now_us)
{
  const YlIceCredentials *credentials[2] = { &self->current, &self->previous };
  const bool stranger = !yl_ice_knows (self, &path->remote);
  YlIceCheck check;
  /* Thinned out, not shut out: the owner's checks come again and again. */
  const bool flooded = stranger
                       && bucket_is_empty (self->forged_paid_us, FORGED_BURST,
                                           FORGED_INTERVAL_US, now_us);
  if (flooded && ++self->strangers % STRANGERS_LOOKED_AT != 0) {
    self->refused++;
    return YL_ICE_IGNORED;
  }
  const YlIceCheckResult result =
      yl_ice_agent_check (self->agent, credentials, self->has_previous ? 2 : 1,
                          &path->remote, data, size, &check);
  if (result == YL_ICE_CHECK_VALID) {
    queue_reply (self, &check, path);
    accept_check (self, &check, path, now_us);
    return YL_ICE_VERIFIED;
  }
  self->refused++;
  if (stranger && !flooded)
    bucket_take (&self->forged_paid_us, FORGED_INTERVAL_US, now_us);
  if (result == YL_ICE_CHECK_ERROR && may_send_error (self, now_us))
    queue_reply (self, &check, path);
  return YL_ICE_IGNORED;
}

bool
yl_ice_poll_transmit (YlIce *self, YlIceTransmit *transmit)
{
  if (self->n_replies == 0)
    return false;
  const Reply *reply = &self->replies[self->first_reply];
  *transmit = (YlIceTransmit){ .data = reply->data,
                               .size = reply->size,
                               .path = reply->path };
  self->first_reply = (uint8_t) ((self->first_reply + 1) % self->max_replies);
  self->n_replies--;
  return true;
}

bool
yl_ice_poll_event (YlIce *self, YlIceEvent *event)
{
  for (unsigned i = 0; i <= YL_ICE_EVENT_EXPIRED; i++) {
    if (self->events >> i & 1) {
      self->events &= (uint8_t) ~(1 << i);
      *event = (YlIceEvent) i;
      return true;
    }
  }
  return false;
}

uint64_t
yl_ice_next_deadline (const YlIce *self)
{
  return self->deadline_us;
}

const YlIcePath *
yl_ice_path (const YlIce *self)
{
  return self->consent ? &self->pairs[self->selected].path : NULL;
}

bool
yl_ice_knows (const YlIce *self, const YlAddress *remote)
{
  for (uint8_t i = 0; i < self->n_pairs; i++) {
    if (yl_address_equal (&self->pairs[i].path.remote, remote))
      return true;
  }
  return false;
}

uint64_t
yl_ice_refused (const YlIce *self)
{
  return self->refused;
}
