#include "packet-pool.h"

#include <stdatomic.h>

/* In `returned` of a closed pool. */
static YlPacketMeta closed;

struct YlPacketPool {
  /* constant */
  guint max_buffers;

  /* any thread */
  _Atomic guint refs; /* the owner's, and one of each buffer there is */
  _Atomic (YlPacketMeta *) returned; /* the newest first, or &closed */

  /* who acquires */
  YlPacketMeta *free;
};

static void
unref (YlPacketPool *self)
{
  if (atomic_fetch_sub_explicit (&self->refs, 1, memory_order_acq_rel) == 1)
    g_free (self);
}

/* ---- giving back, in any thread ---- */

static void
forget_buffer (gpointer pool, GstMiniObject *buffer)
{
  unref (pool);
}

/* Nobody else may hold the memory, nor anything be hung on the buffer. */
static bool
is_as_made (GstBuffer *buffer, const YlPacketMeta *meta)
{
  gpointer state = NULL;
  return meta != NULL && gst_buffer_n_memory (buffer) == 1
         && gst_buffer_peek_memory (buffer, 0) == meta->memory
         && GST_MINI_OBJECT_REFCOUNT_VALUE (meta->memory) == 1
         && meta->memory->offset == 0
         && gst_buffer_iterate_meta (buffer, &state) != NULL
         && gst_buffer_iterate_meta (buffer, &state) == NULL;
}

static void
reset (GstBuffer *buffer)
{
  GST_BUFFER_FLAGS (buffer) &= GST_BUFFER_FLAG_TAG_MEMORY;
  GST_BUFFER_PTS (buffer) = GST_CLOCK_TIME_NONE;
  GST_BUFFER_DTS (buffer) = GST_CLOCK_TIME_NONE;
  GST_BUFFER_DURATION (buffer) = GST_CLOCK_TIME_NONE;
  GST_BUFFER_OFFSET (buffer) = GST_BUFFER_OFFSET_NONE;
  GST_BUFFER_OFFSET_END (buffer) = GST_BUFFER_OFFSET_NONE;
}

static bool
push (YlPacketPool *self, YlPacketMeta *meta)
{
  YlPacketMeta *newest =
      atomic_load_explicit (&self->returned, memory_order_relaxed);
  do {
    if (newest == &closed)
      return false;
    meta->next = newest;
  } while (!atomic_compare_exchange_weak_explicit (&self->returned, &newest,
                                                   meta, memory_order_release,
                                                   memory_order_relaxed));
  return true;
}

/* The last reference is gone. Returns whether the buffer is to be freed. */
static gboolean
dispose (GstMiniObject *object)
{
  GstBuffer *buffer = GST_BUFFER_CAST (object);
  YlPacketMeta *meta = yl_packet_meta_get (buffer);
  if (!is_as_made (buffer, meta))
    return TRUE;
  reset (buffer);
  gst_buffer_ref (buffer); /* before another thread can take it */
  if (push (meta->pool, meta))
    return FALSE;
  GST_MINI_OBJECT_REFCOUNT (object) = 0;
  return TRUE;
}

/* ---- taking, by the owner ---- */

static YlPacketMeta *
make_buffer (YlPacketPool *self)
{
  if (atomic_load_explicit (&self->refs, memory_order_relaxed)
      > self->max_buffers)
    return NULL;
  GstBuffer *buffer = gst_buffer_new ();
  YlPacketMeta *meta = (YlPacketMeta *) gst_buffer_add_meta (
      buffer, yl_packet_meta_get_info (), NULL);
  meta->meta.flags |= GST_META_FLAG_POOLED | GST_META_FLAG_LOCKED;
  meta->storage = g_malloc (YL_PACKET_STORAGE);
  meta->memory =
      gst_memory_new_wrapped (0, meta->storage, YL_PACKET_STORAGE, 0,
                              YL_PACKET_STORAGE, meta->storage, g_free);
  gst_buffer_append_memory (buffer, meta->memory);
  meta->buffer = buffer;
  meta->pool = self;
  atomic_fetch_add_explicit (&self->refs, 1, memory_order_relaxed);
  gst_mini_object_weak_ref (GST_MINI_OBJECT_CAST (buffer), forget_buffer, self);
  GST_MINI_OBJECT_CAST (buffer)->dispose = dispose;
  return meta;
}

GstBuffer *
yl_packet_pool_acquire (YlPacketPool *self, YlPacketMeta **meta)
{
  if (self->free == NULL)
    self->free =
        atomic_exchange_explicit (&self->returned, NULL, memory_order_acquire);
  YlPacketMeta *taken = self->free;
  if (taken != NULL)
    self->free = taken->next;
  else if ((taken = make_buffer (self)) == NULL)
    return NULL;
  *meta = taken;
  return taken->buffer;
}

/* ---- the pool ---- */

YlPacketPool *
yl_packet_pool_new (guint max_buffers)
{
  YlPacketPool *self = g_new0 (YlPacketPool, 1);
  self->max_buffers = max_buffers;
  atomic_init (&self->refs, 1);
  return self;
}

static void
free_all (YlPacketMeta *meta)
{
  while (meta != NULL) {
    YlPacketMeta *next = meta->next;
    gst_buffer_unref (meta->buffer); /* the pool is closed */
    meta = next;
  }
}

void
yl_packet_pool_close (YlPacketPool *self)
{
  free_all (atomic_exchange_explicit (&self->returned, &closed,
                                      memory_order_acquire));
  free_all (self->free);
  unref (self);
}
