/* ids.h: ids that must not mix, as one-field structs */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* A room on a worker: the media side of a consultation or a course. 0: none */
typedef struct {
  uint64_t v;
} YlRoomId;

/* One WebRTC connection, never reused while the daemon runs. 0: none */
typedef struct {
  uint64_t v;
} YlPeerId;

/* A track published into a room, never reused on one worker. 0: none */
typedef struct {
  uint64_t v;
} YlTrackId;

static inline bool
yl_room_id_equal (YlRoomId a, YlRoomId b)
{
  return a.v == b.v;
}

static inline bool
yl_peer_id_equal (YlPeerId a, YlPeerId b)
{
  return a.v == b.v;
}

static inline bool
yl_track_id_equal (YlTrackId a, YlTrackId b)
{
  return a.v == b.v;
}
