/* Where a peer's media goes to, and from which of our addresses. */
#include "worker/worker-private.h"

static const YlAddress any;

static bool
must_name_source (const YlWorker *self, const YlIcePath *path)
{
  return !yl_routes_choose (self->routes, &path->remote, &path->local);
}

/* What the kernel chooses by itself need not be said with each message. */
static const YlAddress *
source_of (const YlWorker *self, YlWorkerPeer *entry)
{
  const YlIcePath *path = yl_peer_path (entry->peer);
  entry->names_source = must_name_source (self, path);
  return entry->names_source ? &path->local : &any;
}

void
yl_worker_set_egress (YlWorker *self, uint32_t place)
{
  YlWorkerPeer *entry = &self->peers[place];
  const YlEgressPeer values = { .remote = yl_peer_path (entry->peer)->remote,
                                .local = *source_of (self, entry),
                                .sender = yl_peer_sender (entry->peer),
                                .config = yl_peer_config (entry->peer) };
  yl_egress_set_peer (self->egress, place, &values);
}

void
yl_worker_set_path (YlWorker *self, uint32_t place)
{
  YlWorkerPeer *entry = &self->peers[place];
  yl_egress_set_path (self->egress, place, &yl_peer_path (entry->peer)->remote,
                      source_of (self, entry));
}

void
yl_worker_ask_route (YlWorker *self, uint32_t place)
{
  YlWorkerPeer *entry = &self->peers[place];
  const YlIcePath *path = yl_peer_path (entry->peer);
  if (!entry->told_connected || path == NULL
      || entry->names_source == must_name_source (self, path))
    return;
  entry->names_source = !entry->names_source;
  yl_egress_set_source (self->egress, place,
                        entry->names_source ? &path->local : &any);
}

void
yl_worker_follow_routes (YlWorker *self)
{
  if (!yl_routes_changed (self->routes))
    return;
  for (uint32_t i = 0; i < self->max_peers; i++) {
    YlWorkerPeer *entry = &self->peers[i];
    const YlIcePath *path =
        entry->peer != NULL ? yl_peer_path (entry->peer) : NULL;
    if (!entry->told_connected || entry->names_source || path == NULL)
      continue;
    entry->names_source = true;
    yl_egress_set_source (self->egress, i, &path->local);
  }
}
