/* Rooms on several workers: the tables of both ends of carries. */
#include "worker/worker-private.h"

/* (transfer full): of @carry. A room can go before its carry comes. */
static void
add (YlWorker *self, GPtrArray *to, YlRoomId room, YlCarry *carry)
{
  if (!g_hash_table_contains (self->rooms, &room.v)) {
    yl_carry_close (carry);
    yl_carry_unref (carry);
    return;
  }
  YlWorkerCarry *entry = g_new0 (YlWorkerCarry, 1);
  entry->carry = carry;
  entry->room = room;
  g_ptr_array_add (to, entry);
}

void
yl_worker_carry_out (YlWorker *self, YlRoomId room, YlCarry *carry)
{
  add (self, self->carries_out, room, carry);
}

void
yl_worker_carry_in (YlWorker *self, YlRoomId room, YlCarry *carry)
{
  add (self, self->carries_in, room, carry);
}

static void
drop (GPtrArray *from, guint i)
{
  YlWorkerCarry *entry = g_ptr_array_steal_index (from, i);
  yl_carry_close (entry->carry);
  yl_carry_unref (entry->carry);
  g_free (entry);
}

static void
end_all_in (YlWorker *self, const YlWorkerCarry *entry)
{
  for (size_t i = 0; i < YL_CARRY_MAX_TRACKS; i++)
    if (entry->tracks[i].track.v != 0)
      yl_sfu_remove_track (self->sfu, entry->tracks[i].track, self->now_us);
}

void
yl_worker_drop_carries (YlWorker *self, YlRoomId room)
{
  for (guint i = self->carries_out->len; i-- > 0;) {
    const YlWorkerCarry *entry = self->carries_out->pdata[i];
    if (yl_room_id_equal (entry->room, room))
      drop (self->carries_out, i);
  }
  for (guint i = self->carries_in->len; i-- > 0;) {
    const YlWorkerCarry *entry = self->carries_in->pdata[i];
    if (!yl_room_id_equal (entry->room, room))
      continue;
    end_all_in (self, entry);
    drop (self->carries_in, i);
    self->next_carry = 0;
  }
}

void
yl_worker_free_carries (YlWorker *self)
{
  while (self->carries_out->len > 0)
    drop (self->carries_out, self->carries_out->len - 1);
  while (self->carries_in->len > 0)
    drop (self->carries_in, self->carries_in->len - 1);
  g_ptr_array_unref (self->carries_out);
  g_ptr_array_unref (self->carries_in);
  g_free (self->carried);
}

/* ---- out ---- */

/* The place of @track, which starts there if it is new; -1: no place, or no
 * room in the ring now. */
static int
find_out (YlWorkerCarry *entry, YlTrackId track, const YlSfuTrack *info)
{
  int unused = -1;
  for (int i = 0; i < YL_CARRY_MAX_TRACKS; i++) {
    if (yl_track_id_equal (entry->tracks[i].track, track))
      return i;
    if (unused < 0 && entry->tracks[i].track.v == 0)
      unused = i;
  }
  if (unused < 0 || !yl_carry_put_start (entry->carry, (uint8_t) unused, info))
    return -1;
  entry->tracks[unused] = (YlWorkerCarryTrack){ .track = track };
  return unused;
}

static void
put_report (YlWorker *self, YlWorkerCarry *entry, uint8_t place)
{
  YlWorkerCarryTrack *track = &entry->tracks[place];
  YlSfuSourceReport report;
  if (yl_sfu_get_source_report (self->sfu, track->track, &report)
      && report.ntp != track->told_ntp
      && yl_carry_put_report (entry->carry, place, &report))
    track->told_ntp = report.ntp;
}

static void
put_batch (YlWorker *self, YlWorkerCarry *entry, YlTrackId id,
           const YlSfuTrack *info, const YlCarryBatch *batch)
{
  const int place = find_out (entry, id, info);
  if (place < 0) {
    self->live.carry_refused += batch->n;
    return;
  }
  YlWorkerCarryTrack *track = &entry->tracks[place];
  if (!yl_carry_put_batch (entry->carry, (uint8_t) place, batch)) {
    self->live.carry_refused += batch->n;
    track->starved = true;
    return;
  }
  self->live.carried_out += batch->n;
  /* What was refused is missing in pictures over there. */
  if (track->starved)
    yl_sfu_want_keyframe (self->sfu, id, self->now_us);
  track->starved = false;
}

void
yl_worker_carry (YlWorker *self, YlTrackId id, const YlCarryBatch *batch)
{
  YlSfuTrack info;
  if (self->carries_out->len == 0 || !yl_sfu_get_track (self->sfu, id, &info))
    return;
  for (guint i = 0; i < self->carries_out->len; i++) {
    YlWorkerCarry *entry = self->carries_out->pdata[i];
    if (!yl_room_id_equal (entry->room, info.room)
        || yl_carry_is_closed (entry->carry))
      continue;
    put_batch (self, entry, id, &info, batch);
    yl_carry_flush (entry->carry);
  }
}

static void
tend_out (YlWorker *self, YlWorkerCarry *entry)
{
  const uint32_t wishes = yl_carry_take_wishes (entry->carry);
  for (uint8_t i = 0; i < YL_CARRY_MAX_TRACKS; i++) {
    YlWorkerCarryTrack *track = &entry->tracks[i];
    YlSfuTrack info;
    if (track->track.v == 0)
      continue;
    if (!yl_sfu_get_track (self->sfu, track->track, &info)) {
      if (yl_carry_put_end (entry->carry, i))
        *track = (YlWorkerCarryTrack){ 0 };
      continue;
    }
    put_report (self, entry, i);
    if ((wishes >> i & 1) != 0)
      yl_sfu_want_keyframe (self->sfu, track->track, self->now_us);
  }
  yl_carry_flush (entry->carry);
}

void
yl_worker_tend_carries (YlWorker *self)
{
  for (guint i = self->carries_out->len; i-- > 0;) {
    YlWorkerCarry *entry = self->carries_out->pdata[i];
    if (yl_carry_is_closed (entry->carry))
      drop (self->carries_out, i);
    else
      tend_out (self, entry);
  }
}

/* ---- in ---- */

bool
yl_worker_ask_carried (YlWorker *self, YlTrackId track)
{
  for (guint i = 0; i < self->carries_in->len; i++) {
    const YlWorkerCarry *entry = self->carries_in->pdata[i];
    for (uint8_t place = 0; place < YL_CARRY_MAX_TRACKS; place++)
      if (yl_track_id_equal (entry->tracks[place].track, track)) {
        yl_carry_want_keyframe (entry->carry, place);
        return true;
      }
  }
  return false;
}

static void
on_start (YlWorker *self, YlWorkerCarry *entry, const YlCarryItem *item)
{
  YlSfuTrack info = item->info;
  info.room = entry->room;
  info.peer = YL_SFU_NO_PEER;
  entry->tracks[item->track].track =
      yl_sfu_add_track (self->sfu, &info, self->now_us, NULL);
}

static void
on_end (YlWorker *self, YlWorkerCarry *entry, const YlCarryItem *item)
{
  YlWorkerCarryTrack *track = &entry->tracks[item->track];
  yl_sfu_remove_track (self->sfu, track->track, self->now_us);
  track->track.v = 0;
}

static bool
take_batch (YlWorker *self, const YlWorkerCarry *entry, YlWorkerBatch *batch)
{
  const YlCarryItem *item = self->carried;
  YlWorkerBatch taken = { .track = entry->tracks[item->track].track,
                          .n = item->n,
                          .owners = item->owners,
                          .packets = item->packets };
  self->live.carried_in += item->n;
  if (yl_sfu_get_track (self->sfu, taken.track, &taken.info)) {
    *batch = taken;
    return true;
  }
  for (size_t i = 0; i < item->n; i++)
    yl_carry_release (entry->carry, item->owners[i]);
  return false;
}

/* Acts on notes until there are packets (true) or nothing is left. */
static bool
take_from (YlWorker *self, YlWorkerCarry *entry, YlWorkerBatch *batch)
{
  YlCarryItem *item = self->carried;
  while (entry->taken < YL_CARRY_CAPACITY) {
    switch (yl_carry_take (entry->carry, item)) {
    case YL_CARRY_NOTHING:
      return false;
    case YL_CARRY_BATCH:
      entry->taken += (unsigned) item->n;
      if (take_batch (self, entry, batch))
        return true;
      continue;
    case YL_CARRY_START:
      on_start (self, entry, item);
      break;
    case YL_CARRY_REPORT:
      yl_sfu_source_report (self->sfu, entry->tracks[item->track].track,
                            item->report.ntp, item->report.rtp,
                            item->report.received_us);
      break;
    case YL_CARRY_END:
      on_end (self, entry, item);
      break;
    }
    entry->taken++;
  }
  yl_waker_wake (self->waker); /* the rest in the next turn, at once */
  return false;
}

bool
yl_worker_take_carried (YlWorker *self, YlWorkerBatch *batch)
{
  while (self->next_carry < self->carries_in->len) {
    YlWorkerCarry *entry = self->carries_in->pdata[self->next_carry];
    const bool closed = yl_carry_is_closed (entry->carry);
    if (take_from (self, entry, batch))
      return true;
    entry->taken = 0;
    if (closed) {
      end_all_in (self, entry);
      drop (self->carries_in, self->next_carry);
    } else {
      self->next_carry++;
    }
  }
  return false;
}
