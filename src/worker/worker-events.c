/* What peers and the sfu tell, turned into calls and events. */
#include "worker/worker-private.h"

void
yl_worker_tell (YlWorker *self, const YlWorkerEvent *event)
{
  yl_mailbox_post (self->events, event);
}

static void
tell_peer (YlWorker *self, const YlWorkerPeer *entry, YlWorkerEventKind kind)
{
  const YlWorkerEvent event = { .kind = kind,
                                .room = entry->room,
                                .peer = entry->id };
  yl_worker_tell (self, &event);
}

static void
tell_track (YlWorker *self, const YlWorkerPeer *entry, uint8_t track,
            YlWorkerEventKind kind, bool on)
{
  YlPeerTrack info;
  if (!yl_peer_get_track (entry->peer, track, &info))
    return;
  YlWorkerEvent event = { .kind = kind,
                          .on = on,
                          .media = info.kind,
                          .room = entry->room,
                          .peer = entry->id };
  /* A sender can make these in any number; half is kept for the rest. */
  if (yl_mailbox_length (self->events) >= self->max_events / 2) {
    self->live.track_events_dropped++;
    return;
  }
  g_strlcpy (event.mid,
             yl_peer_config (entry->peer)->sections[info.section].mid,
             sizeof event.mid);
  yl_worker_tell (self, &event);
}

/* Media goes to whoever can read it and is somewhere. */
static void
update_ready (YlWorker *self, uint32_t place)
{
  YlWorkerPeer *entry = &self->peers[place];
  const bool ready = entry->has_keys && yl_peer_path (entry->peer) != NULL;
  if (ready == entry->ready)
    return;
  entry->ready = ready;
  yl_sfu_set_peer_ready (self->sfu, place, ready, self->now_us);
}

static void
on_connected (YlWorker *self, uint32_t place, const YlPeerEvent *event)
{
  YlWorkerPeer *entry = &self->peers[place];
  if (yl_peer_path (entry->peer) == NULL)
    return; /* gone again already: on_path() comes back to it */
  yl_worker_set_egress (self, place);
  entry->told_connected = true;
  self->live.peers_connected++;
  tell_peer (self, entry, YL_WORKER_EVENT_PEER_CONNECTED);
}

static void
on_path (YlWorker *self, uint32_t place, const YlPeerEvent *event)
{
  const YlWorkerPeer *entry = &self->peers[place];
  const YlIcePath *path = yl_peer_path (entry->peer);
  if (path != NULL && !entry->told_connected)
    on_connected (self, place, event);
  else if (path != NULL)
    yl_worker_set_path (self, place);
  update_ready (self, place);
}

static void
on_ready (YlWorker *self, uint32_t place, const YlPeerEvent *event)
{
  self->peers[place].has_keys = true;
  update_ready (self, place);
}

static void
on_lost (YlWorker *self, uint32_t place, const YlPeerEvent *event)
{
  YlWorkerPeer *entry = &self->peers[place];
  entry->lost = true;
  if (entry->told_connected)
    tell_peer (self, entry, YL_WORKER_EVENT_PEER_LOST);
}

static void
on_back (YlWorker *self, uint32_t place, const YlPeerEvent *event)
{
  YlWorkerPeer *entry = &self->peers[place];
  entry->lost = false;
  if (entry->told_connected)
    tell_peer (self, entry, YL_WORKER_EVENT_PEER_CONNECTED);
}

static void
on_closed (YlWorker *self, uint32_t place, const YlPeerEvent *event)
{
  tell_peer (self, &self->peers[place], YL_WORKER_EVENT_PEER_CLOSED);
  yl_worker_remove_peer (self, place);
}

static void
on_track_added (YlWorker *self, uint32_t place, const YlPeerEvent *event)
{
  YlWorkerPeer *entry = &self->peers[place];
  YlPeerTrack info;
  if (!yl_peer_get_track (entry->peer, event->track, &info))
    return;
  yl_worker_end_track (self, place, event->track);
  const YlSfuTrack track = { .room = entry->room,
                             .publisher = entry->id,
                             .peer = place,
                             .kind = info.kind,
                             .codec = info.codec,
                             .clock_rate = info.clock_rate };
  entry->tracks[event->track] =
      yl_sfu_add_track (self->sfu, &track, self->now_us, NULL);
  if (entry->tracks[event->track].v == 0)
    return;
  self->live.tracks++;
  tell_track (self, entry, event->track, YL_WORKER_EVENT_TRACK_ADDED, true);
}

static void
on_track_removed (YlWorker *self, uint32_t place, const YlPeerEvent *event)
{
  yl_worker_end_track (self, place, event->track);
}

static void
on_track_flow (YlWorker *self, uint32_t place, const YlPeerEvent *event)
{
  tell_track (self, &self->peers[place], event->track,
              YL_WORKER_EVENT_TRACK_FLOW, event->on);
}

static void
on_source_report (YlWorker *self, uint32_t place, const YlPeerEvent *event)
{
  const YlTrackId track = self->peers[place].tracks[event->track];
  if (track.v != 0)
    yl_sfu_source_report (self->sfu, track, event->sender.ntp,
                          event->sender.rtp_timestamp, event->at_us);
}

static void
on_nack (YlWorker *self, uint32_t place, const YlPeerEvent *event)
{
  for (size_t at = 0; at < event->n_seqs; at += YL_PLAN_MAX_PACKETS) {
    const size_t n = MIN (event->n_seqs - at, (size_t) YL_PLAN_MAX_PACKETS);
    yl_sfu_nack (self->sfu, place, event->ssrc, event->seqs + at, n,
                 self->now_us, self->plan);
    if (self->plan->n_rows > 0)
      yl_egress_write (self->egress, self->plan, self->now_us);
  }
}

static void
on_keyframe (YlWorker *self, uint32_t place, const YlPeerEvent *event)
{
  yl_sfu_keyframe_request (self->sfu, place, event->ssrc, self->now_us);
}

static void
on_reports_due (YlWorker *self, uint32_t place, const YlPeerEvent *event)
{
  YlSfuReport from[YL_PEER_MAX_SECTIONS];
  YlPeerSenderReport reports[YL_PEER_MAX_SECTIONS];
  const size_t n = yl_sfu_sender_reports (self->sfu, place, self->now_us, from,
                                          G_N_ELEMENTS (from));
  for (size_t i = 0; i < n; i++)
    reports[i] = (YlPeerSenderReport){
      .ssrc = from[i].ssrc,
      .info = { .ntp = from[i].ntp,
                .rtp_timestamp = from[i].rtp,
                .packets = from[i].packets,
                .octets = from[i].octets },
    };
  yl_peer_send_reports (self->peers[place].peer, reports, n);
}

static void
on_reception (YlWorker *self, uint32_t place, const YlPeerEvent *event)
{
  yl_sfu_reception (self->sfu, place, event->rtt_us);
}

/* Nobody needs these before bandwidth estimation. */
static void
on_quality (YlWorker *self, uint32_t place, const YlPeerEvent *event)
{
}

typedef void (*Handler) (YlWorker *self, uint32_t place,
                         const YlPeerEvent *event);

static const Handler handlers[] = {
  [YL_PEER_EVENT_CONNECTED] = on_connected,
  [YL_PEER_EVENT_READY] = on_ready,
  [YL_PEER_EVENT_PATH] = on_path,
  [YL_PEER_EVENT_LOST] = on_lost,
  [YL_PEER_EVENT_BACK] = on_back,
  [YL_PEER_EVENT_CLOSED] = on_closed,
  [YL_PEER_EVENT_TRACK_ADDED] = on_track_added,
  [YL_PEER_EVENT_TRACK_REMOVED] = on_track_removed,
  [YL_PEER_EVENT_TRACK_FLOW] = on_track_flow,
  [YL_PEER_EVENT_SOURCE_REPORT] = on_source_report,
  [YL_PEER_EVENT_NACK] = on_nack,
  [YL_PEER_EVENT_KEYFRAME] = on_keyframe,
  [YL_PEER_EVENT_RECEPTION] = on_reception,
  [YL_PEER_EVENT_TRANSPORT_FEEDBACK] = on_quality,
  [YL_PEER_EVENT_REMB] = on_quality,
  [YL_PEER_EVENT_REPORTS_DUE] = on_reports_due,
};

void
yl_worker_follow_peer (YlWorker *self, uint32_t place)
{
  const YlWorkerPeer *entry = &self->peers[place];
  YlPeerEvent event;
  while (entry->peer != NULL && yl_peer_poll_event (entry->peer, &event))
    handlers[event.kind](self, place, &event);
}

/* ---- the sfu ---- */

static void
tell_slot (YlWorker *self, const YlSfuEvent *from)
{
  const YlWorkerPeer *entry = &self->peers[from->peer];
  if (entry->peer == NULL)
    return;
  const YlPeerConfig *config = yl_peer_config (entry->peer);
  if (from->section >= config->n_sections)
    return;
  const YlPeerSection *section = &config->sections[from->section];
  YlWorkerEvent event = { .kind = YL_WORKER_EVENT_SLOT,
                          .on = from->playable,
                          .media = section->kind,
                          .room = entry->room,
                          .peer = entry->id };
  YlSfuTrack source;
  if (yl_sfu_get_track (self->sfu, from->track, &source))
    event.source = source.publisher;
  g_strlcpy (event.mid, section->mid, sizeof event.mid);
  yl_worker_tell (self, &event);
}

static void
ask_publisher (YlWorker *self, YlTrackId track)
{
  YlSfuTrack info;
  if (!yl_sfu_get_track (self->sfu, track, &info))
    return;
  if (info.peer == YL_SFU_NO_PEER) {
    if (!yl_worker_ask_carried (self, track) && self->branches != NULL)
      self->branches->want_keyframe (self->branches_user, track);
    return;
  }
  const YlWorkerPeer *entry = &self->peers[info.peer];
  for (uint8_t i = 0; entry->peer != NULL && i < YL_PEER_MAX_TRACKS; i++)
    if (yl_track_id_equal (entry->tracks[i], track)) {
      yl_peer_request_keyframe (entry->peer, i, self->now_us);
      yl_worker_mark (self, info.peer);
    }
}

/* Each slot tells its newest state only, so a publisher that changes its
 * codec with every packet cannot keep the main thread busy. */
static void
tell_slots (YlWorker *self)
{
  YlSfuEvent event;
  if (self->now_us < self->slot_news_us || !yl_sfu_has_event (self->sfu))
    return;
  self->slot_news_us = self->now_us + YL_WORKER_SLOT_NEWS_US;
  /* A course has thousands of slots, and they change together: what does not
   * fit into half stays with the sfu, so that who comes and goes is told. */
  while (yl_mailbox_length (self->events) < self->max_events / 2
         && yl_sfu_poll_event (self->sfu, &event))
    tell_slot (self, &event);
}

void
yl_worker_follow_sfu (YlWorker *self)
{
  YlTrackId track;
  size_t rows = 0; /* a slot whose plan was full is not done yet */
  while ((rows < YL_WORKER_REPLAY_ROWS
          || self->plan->n_packets == YL_PLAN_MAX_PACKETS)
         && yl_sfu_poll_replay (self->sfu, self->now_us, self->plan)) {
    rows += self->plan->n_rows;
    yl_egress_write (self->egress, self->plan, self->now_us);
  }
  while (yl_sfu_poll_keyframe (self->sfu, self->now_us, &track))
    ask_publisher (self, track);
  tell_slots (self);
}
