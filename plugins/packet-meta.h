/* packet-meta.h: a GstBuffer whose memory is one packet, with its YlPacket
 *
 * Buffers come from a pool of compact slots with the meta attached for good,
 * so that carrying a packet allocates nothing. Once a buffer is pushed nobody
 * writes to it or its meta: other workers may read it at the same time. */
#pragma once

#include "rtp/packet.h"
#include "base/ids.h"

#include <gst/gst.h>

typedef struct {
  GstMeta meta;
  GstMemory *memory; /* the buffer's own and only one */
  uint8_t *storage;  /* its YL_PACKET_STORAGE octets */
  YlTrackId track;
  YlPacket packet; /* borrows from storage */
} YlPacketMeta;

GType yl_packet_meta_api_get_type (void);
const GstMetaInfo *yl_packet_meta_get_info (void);

/* NULL when @buffer did not come from such a pool. */
YlPacketMeta *yl_packet_meta_get (GstBuffer *buffer);

/* An active pool of at most @max_buffers; unref when done. */
GstBufferPool *yl_packet_pool_new (guint max_buffers);

/* (transfer full): a buffer and its meta; NULL when all are in use, never
 * waits. Fill meta->storage and meta->packet, then set the size. */
GstBuffer *yl_packet_pool_acquire (GstBufferPool *pool, YlPacketMeta **meta);

/* The first @size octets of the storage are the packet. */
void yl_packet_buffer_set_size (GstBuffer *buffer, uint16_t size);
