/* packet-meta.c: a GstBuffer whose memory is one packet, with its YlPacket */
#include "packet-meta.h"

#include <string.h>

static gboolean
meta_init (GstMeta *meta, gpointer params, GstBuffer *buffer)
{
  YlPacketMeta *self = (YlPacketMeta *) meta;
  self->memory = NULL;
  self->storage = NULL;
  self->track = (YlTrackId){ 0 };
  memset (&self->packet, 0, sizeof self->packet);
  return TRUE;
}

/* A copy of the buffer is an ordinary buffer: the view would borrow from the
 * wrong memory. */
static gboolean
meta_transform (GstBuffer *to, GstMeta *meta, GstBuffer *from, GQuark type,
                gpointer data)
{
  return TRUE;
}

GType
yl_packet_meta_api_get_type (void)
{
  static gsize type;
  if (g_once_init_enter (&type)) {
    static const char *tags[] = { NULL };
    g_once_init_leave (&type,
                       gst_meta_api_type_register ("YlPacketMetaAPI", tags));
  }
  return type;
}

const GstMetaInfo *
yl_packet_meta_get_info (void)
{
  static gsize info;
  if (g_once_init_enter (&info)) {
    const GstMetaInfo *made = gst_meta_register (
        yl_packet_meta_api_get_type (), "YlPacketMeta", sizeof (YlPacketMeta),
        meta_init, NULL, meta_transform);
    g_once_init_leave (&info, (gsize) made);
  }
  return (const GstMetaInfo *) info;
}

YlPacketMeta *
yl_packet_meta_get (GstBuffer *buffer)
{
  return (YlPacketMeta *) gst_buffer_get_meta (buffer,
                                               yl_packet_meta_api_get_type ());
}

/* ---- pool ---- */

typedef struct {
  GstBufferPool parent;
} YlPacketPool;

typedef struct {
  GstBufferPoolClass parent_class;
} YlPacketPoolClass;

static GType yl_packet_pool_get_type (void);
G_DEFINE_TYPE (YlPacketPool, yl_packet_pool, GST_TYPE_BUFFER_POOL)

static GstFlowReturn
pool_alloc (GstBufferPool *pool, GstBuffer **buffer,
            GstBufferPoolAcquireParams *params)
{
  uint8_t *storage = g_malloc (YL_PACKET_STORAGE);
  GstMemory *memory = gst_memory_new_wrapped (
      0, storage, YL_PACKET_STORAGE, 0, YL_PACKET_STORAGE, storage, g_free);
  *buffer = gst_buffer_new ();
  gst_buffer_append_memory (*buffer, memory);
  YlPacketMeta *meta = (YlPacketMeta *) gst_buffer_add_meta (
      *buffer, yl_packet_meta_get_info (), NULL);
  meta->memory = memory;
  meta->storage = storage;
  return GST_FLOW_OK;
}

static bool
has_only_our_meta (GstBuffer *buffer)
{
  gpointer state = NULL;
  return gst_buffer_iterate_meta (buffer, &state) != NULL
         && gst_buffer_iterate_meta (buffer, &state) == NULL;
}

/* What the parent's does, as far as it can be needed here: that one looks
 * through all memories and metas of each packet. */
static void
pool_reset (GstBufferPool *pool, GstBuffer *buffer)
{
  if (!has_only_our_meta (buffer)) {
    GST_BUFFER_POOL_CLASS (yl_packet_pool_parent_class)
        ->reset_buffer (pool, buffer);
    return;
  }
  GST_BUFFER_FLAGS (buffer) &= GST_BUFFER_FLAG_TAG_MEMORY;
  GST_BUFFER_PTS (buffer) = GST_CLOCK_TIME_NONE;
  GST_BUFFER_DTS (buffer) = GST_CLOCK_TIME_NONE;
  GST_BUFFER_DURATION (buffer) = GST_CLOCK_TIME_NONE;
  GST_BUFFER_OFFSET (buffer) = GST_BUFFER_OFFSET_NONE;
  GST_BUFFER_OFFSET_END (buffer) = GST_BUFFER_OFFSET_NONE;
  yl_packet_buffer_set_size (buffer, YL_PACKET_STORAGE);
}

static void
yl_packet_pool_class_init (YlPacketPoolClass *klass)
{
  GST_BUFFER_POOL_CLASS (klass)->alloc_buffer = pool_alloc;
  GST_BUFFER_POOL_CLASS (klass)->reset_buffer = pool_reset;
}

static void
yl_packet_pool_init (YlPacketPool *self)
{
}

GstBufferPool *
yl_packet_pool_new (guint max_buffers)
{
  GstBufferPool *pool = g_object_new (yl_packet_pool_get_type (), NULL);
  gst_object_ref_sink (pool);
  GstStructure *config = gst_buffer_pool_get_config (pool);
  gst_buffer_pool_config_set_params (config, NULL, YL_PACKET_STORAGE, 0,
                                     max_buffers);
  gst_buffer_pool_set_config (pool, config);
  gst_buffer_pool_set_active (pool, TRUE);
  return pool;
}

GstBuffer *
yl_packet_pool_acquire (GstBufferPool *pool, YlPacketMeta **meta)
{
  GstBufferPoolAcquireParams params = {
    .flags = GST_BUFFER_POOL_ACQUIRE_FLAG_DONTWAIT
  };
  GstBuffer *buffer = NULL;
  if (gst_buffer_pool_acquire_buffer (pool, &buffer, &params) != GST_FLOW_OK)
    return NULL;
  *meta = yl_packet_meta_get (buffer);
  return buffer;
}

void
yl_packet_buffer_set_size (GstBuffer *buffer, uint16_t size)
{
  YlPacketMeta *meta = yl_packet_meta_get (buffer);
  /* gst_buffer_set_size() looks for the memory, and whether it is ours. */
  if (gst_buffer_n_memory (buffer) == 1
      && gst_buffer_peek_memory (buffer, 0) == meta->memory)
    meta->memory->size = size;
  else
    gst_buffer_set_size (buffer, size);
}
