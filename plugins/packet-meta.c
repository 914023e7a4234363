/* packet-meta.c: a GstBuffer whose memory is one packet, with its YlPacket */
#include "packet-meta.h"

#include <stddef.h>
#include <string.h>

static gboolean
meta_init (GstMeta *meta, gpointer params, GstBuffer *buffer)
{
  YlPacketMeta *self = (YlPacketMeta *) meta;
  memset (&self->buffer, 0, sizeof *self - offsetof (YlPacketMeta, buffer));
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

void
yl_packet_meta_set_size (YlPacketMeta *self, uint16_t size)
{
  self->memory->size = size;
}
