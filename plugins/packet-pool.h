/* packet-pool.h: buffers for packets, taken by one thread, given back by any
 *
 * What GstBufferPool does, for this one kind of buffer: a packet needs no
 * lock, no poll and none of the checks of buffers that may be of any shape.
 * The buffer given back last is taken first, its memory is still near. */
#pragma once

#include "packet-meta.h"

typedef struct YlPacketPool YlPacketPool;

/* At most @max_buffers are in use and kept together. */
YlPacketPool *yl_packet_pool_new (guint max_buffers);

/* Frees what is here; buffers in use live until their last reference. */
void yl_packet_pool_close (YlPacketPool *self);

/**
 * yl_packet_pool_acquire:
 * @meta: (out) (transfer none): of the buffer. Fill its storage and packet,
 *   then set the size.
 * Returns: (transfer full): %NULL when all are in use, never waits. Give it
 *   back by gst_buffer_unref(), in any thread.
 *
 * One thread at a time.
 */
GstBuffer *yl_packet_pool_acquire (YlPacketPool *self, YlPacketMeta **meta);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (YlPacketPool, yl_packet_pool_close)
