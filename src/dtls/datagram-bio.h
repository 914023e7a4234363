/* datagram-bio.h: an OpenSSL BIO that keeps the borders of datagrams
 *
 * OpenSSL 3.0 brings none: its memory BIO is a stream of octets. */
#pragma once

#include "base/reader.h"

#include <glib.h>
#include <openssl/bio.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Datagrams waiting to be sent. A flight of a handshake is 2 to 6; beyond
 * the bound they are dropped, and retransmission repairs it. */
#define YL_DATAGRAM_QUEUE_MAX 32

typedef struct {
  size_t size;
  uint8_t data[];
} YlDatagram;

typedef struct {
  const uint8_t *input; /* the datagram under way into OpenSSL, borrowed */
  size_t input_size;
  GQueue output; /* of YlDatagram */
  uint64_t dropped;
  uint64_t next_seq; /* after the newest record of epoch 1 */
} YlDatagramQueue;

/* Reads the header of the next record of a datagram and skips its body.
 * False: there is none, or it is cut short. */
typedef struct {
  uint8_t type;
  uint16_t epoch;
  uint64_t seq;
  const uint8_t *start; /* of the header, borrowed */
  size_t size;          /* header and body */
} YlDatagramRecord;

bool yl_datagram_next_record (YlReader *in, YlDatagramRecord *record);

/* Returns a BIO over @queue, which outlives it. NULL: out of memory. */
BIO *yl_datagram_bio_new (YlDatagramQueue *queue);

void yl_datagram_queue_init (YlDatagramQueue *self);
/* Queues a copy, or drops it when the queue is full. */
void yl_datagram_queue_push (YlDatagramQueue *self, const uint8_t *data,
                             size_t size);
void yl_datagram_queue_clear (YlDatagramQueue *self);
