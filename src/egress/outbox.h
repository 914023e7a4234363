/* outbox.h: messages of one turn, how they leave, and those that must wait */
#pragma once

#include "egress/egress.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A turn has room for so many of each kind; then it has to be flushed. */
#define YL_OUTBOX_MAX_MESSAGES 512

/* One message under construction: iov[0] is filled by the writer; an audio
 * packet may join behind it. */
typedef struct {
  struct iovec iov[2];
  uint32_t peer;
  uint16_t segment_size; /* of all segments but the last, not 0 */
  uint8_t n_iov;
  YlAddress remote;
  YlAddress local;
} YlOutboxMessage;

typedef struct YlOutbox YlOutbox;

/* @counters: borrowed, written */
YlOutbox *yl_outbox_new (uint32_t max_peers, YlEgressSend send, void *user,
                         YlEgressCounters *counters);
void yl_outbox_free (YlOutbox *self);

/* Whether there is no room for another message of this kind. */
bool yl_outbox_is_full (const YlOutbox *self, bool audio);

/* A new message, its iov[0] at @data and empty. Fill it, then close it. */
YlOutboxMessage *yl_outbox_open (YlOutbox *self, bool audio, uint32_t peer,
                                 uint8_t *data);

/* The newest message of its kind is complete, or empty and forgotten. */
void yl_outbox_close (YlOutbox *self, bool audio);

/* Whether the path of @peer takes segments. */
bool yl_outbox_has_gso (const YlOutbox *self, uint32_t peer);

/* A new peer at this index, or a new path: nothing is known of it. */
void yl_outbox_reset_peer (YlOutbox *self, uint32_t peer);

/* Sends what is kept and what is new, audio before video; keeps the rest.
 * Memory of messages is free afterwards. */
void yl_outbox_flush (YlOutbox *self, uint64_t now_us);

/* The same for video and the audio that rides with it: the rest of the audio
 * stays, for it may ride with what comes. Memory of video is free
 * afterwards. */
void yl_outbox_flush_video (YlOutbox *self, uint64_t now_us);

/* As yl_egress_next_deadline(). */
uint64_t yl_outbox_next_deadline (const YlOutbox *self);
