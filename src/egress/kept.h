/* kept.h: messages waiting for a full socket: a bounded queue of copies */
#pragma once

#include "base/address.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct YlKept YlKept;

typedef struct {
  uint8_t *data;
  uint32_t size;         /* [octets] */
  uint16_t segment_size; /* [octets], 0: one datagram */
  YlAddress remote;
  YlAddress local;
} YlKeptMessage;

YlKept *yl_kept_new (size_t octets, uint32_t messages);
void yl_kept_free (YlKept *self);

/* Copies @message. Returns how many of the oldest had to go for it; one
 * larger than the whole queue is itself refused and counted. */
uint32_t yl_kept_push (YlKept *self, const YlKeptMessage *message,
                       uint64_t now_us);

/* The oldest, or NULL; borrowed until the next pop or push. */
const YlKeptMessage *yl_kept_peek (const YlKept *self);
void yl_kept_pop (YlKept *self);

/* Gives up what was pushed at @before_us or earlier; returns how many. */
uint32_t yl_kept_expire (YlKept *self, uint64_t before_us);

/* When the oldest was pushed, or YL_NEVER. */
uint64_t yl_kept_oldest (const YlKept *self);
