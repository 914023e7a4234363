/* packet-meta.c: a GstBuffer whose memory is one packet, with its YlPacket */
#include "packet-meta.h"

#include <string.h>

static gboolean
meta_init (GstMeta *meta, gpointer params, GstBuffer *buffer)
{
  YlPacketMeta *self = (YlPacketMeta *) meta;
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
  *buffer = gst_buffer_new_wrapped_full (0, storage, YL_PACKET_STORAGE, 0,
                                         YL_PACKET_STORAGE, storage, g_free);
  YlPacketMeta *meta = (YlPacketMeta *) gst_buffer_add_meta (
      *buffer, yl_packet_meta_get_info (), NULL);
  meta->storage = storage;
  return GST_FLOW_OK;
}

static void
yl_packet_pool_class_init (YlPacketPoolClass *klass)
{
  GST_BUFFER_POOL_CLASS (klass)->alloc_buffer = pool_alloc;
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
  gst_buffer_set_size (buffer, size);
}
