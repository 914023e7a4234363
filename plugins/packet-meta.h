/* packet-meta.h: a GstBuffer whose memory is one packet, with its YlPacket
 *
 * Buffers come from a pool (packet-pool.h) with the meta attached for good, so
 * that carrying a packet allocates nothing. Once a buffer is pushed nobody
 * writes to it or its meta: other workers may read it at the same time. */
#pragma once

#include "rtp/packet.h"
#include "base/ids.h"

#include <gst/gst.h>

typedef struct YlPacketMeta {
  GstMeta meta;
  GstBuffer *buffer; /* whose meta it is */
  GstMemory *memory; /* the buffer's own and only one */
  uint8_t *storage;  /* its YL_PACKET_STORAGE octets */
  YlTrackId track;
  YlPacket packet; /* borrows from storage */
  struct YlPacketPool *pool;
  struct YlPacketMeta *next; /* of those in the pool */
} YlPacketMeta;

GType yl_packet_meta_api_get_type (void);
const GstMetaInfo *yl_packet_meta_get_info (void);

/* NULL when @buffer did not come from such a pool. */
YlPacketMeta *yl_packet_meta_get (GstBuffer *buffer);

/* The first @size octets of the storage are the packet: before it is pushed. */
void yl_packet_meta_set_size (YlPacketMeta *self, uint16_t size);
