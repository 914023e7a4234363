/* scratch.h: memory for one batch of datagrams either way, shared by all
 * connections of a thread. Needs _GNU_SOURCE. */
#pragma once

#include "../support/media-sender.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#define SCRATCH_SEND 64
#define SCRATCH_RECEIVE 64
#define SCRATCH_JOINED 8 /* messages with UDP_GRO */
#define SCRATCH_CONTROL 128

/* What is kept of a datagram: all of it, its beginning, or several joined. */
typedef enum {
  SCRATCH_WHOLE,
  SCRATCH_BRIEF,
  SCRATCH_GRO,
  SCRATCH_N_KINDS,
} ScratchKind;

typedef struct {
  struct mmsghdr messages[SCRATCH_RECEIVE];
  struct iovec iovs[SCRATCH_RECEIVE];
  uint8_t controls[SCRATCH_RECEIVE][SCRATCH_CONTROL];
  unsigned n;
  size_t size; /* of each buffer */
  uint8_t *data;
} ScratchReceive;

typedef struct {
  struct mmsghdr messages[SCRATCH_SEND];
  struct iovec iovs[SCRATCH_SEND];
  uint8_t data[SCRATCH_SEND][MEDIA_PROTECTED_MAX];
} ScratchSend;

typedef struct Scratch {
  ScratchSend send;
  ScratchReceive receive[SCRATCH_N_KINDS];
} Scratch;

Scratch *scratch_new (void);
void scratch_free (Scratch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Scratch, scratch_free)
