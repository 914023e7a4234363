/* What a connection tells its owner: marks first, then the RTCP datagram. */
#include "peer/peer-private.h"

static bool
take_flag (YlPeer *self, uint32_t flag)
{
  const bool set = self->flags & flag;
  self->flags &= ~flag;
  return set;
}

static bool
take_track (uint16_t *mask, uint8_t *index)
{
  if (*mask == 0)
    return false;
  *index = (uint8_t) __builtin_ctz (*mask);
  *mask &= (uint16_t) (*mask - 1);
  return true;
}

static bool
poll_track (YlPeer *self, YlPeerEvent *event)
{
  YlPeerEvent e = { 0 };
  if (take_track (&self->removed, &e.track)) {
    e.kind = YL_PEER_EVENT_TRACK_REMOVED;
  } else if (take_track (&self->added, &e.track)) {
    e.kind = YL_PEER_EVENT_TRACK_ADDED;
  } else if (take_track (&self->flow, &e.track)) {
    e.kind = YL_PEER_EVENT_TRACK_FLOW;
    e.on = self->tracks[e.track].flowing;
  } else if (take_track (&self->reported, &e.track)) {
    e.kind = YL_PEER_EVENT_SOURCE_REPORT;
    e.sender = self->tracks[e.track].report;
    e.at_us = self->tracks[e.track].report_us;
  } else {
    return false;
  }
  e.ssrc = self->tracks[e.track].info.ssrc;
  *event = e;
  return true;
}

static bool
poll_connection (YlPeer *self, YlPeerEvent *event)
{
  static const struct {
    uint32_t flag;
    YlPeerEventKind kind;
  } order[] = {
    { YL_PEER_FLAG_BACK, YL_PEER_EVENT_BACK },
    { YL_PEER_FLAG_CONNECTED, YL_PEER_EVENT_CONNECTED },
    { YL_PEER_FLAG_READY, YL_PEER_EVENT_READY },
    { YL_PEER_FLAG_PATH, YL_PEER_EVENT_PATH },
    { YL_PEER_FLAG_LOST, YL_PEER_EVENT_LOST },
    { YL_PEER_FLAG_REPORTS_DUE, YL_PEER_EVENT_REPORTS_DUE },
    { YL_PEER_FLAG_CLOSED, YL_PEER_EVENT_CLOSED },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (order); i++)
    if (take_flag (self, order[i].flag)) {
      *event = (YlPeerEvent){ .kind = order[i].kind };
      if (order[i].kind == YL_PEER_EVENT_CLOSED)
        event->reason = self->reason;
      return true;
    }
  return false;
}

bool
yl_peer_has_event (const YlPeer *self)
{
  return self->flags != 0 || self->packet_open
         || yl_reader_left (&self->walker.in) > 0
         || (self->added | self->removed | self->flow | self->reported) != 0;
}

bool
yl_peer_poll_event (YlPeer *self, YlPeerEvent *event)
{
  return poll_connection (self, event) || poll_track (self, event)
         || yl_peer_poll_feedback (self, event);
}
