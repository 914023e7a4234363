/* test-packet-meta.c: pooled packet buffers */
#include "packet-meta.h"

static void
test_pool (void)
{
  GstBufferPool *pool = yl_packet_pool_new (2);
  YlPacketMeta *meta, *other;
  GstBuffer *first = yl_packet_pool_acquire (pool, &meta);
  g_assert_nonnull (first);
  g_assert_cmpuint (GPOINTER_TO_SIZE (meta->storage) % 4, ==, 0);
  memset (meta->storage, 7, YL_PACKET_STORAGE);
  yl_packet_buffer_set_size (first, 100);
  g_assert_cmpuint (gst_buffer_get_size (first), ==, 100);
  g_assert_true (yl_packet_meta_get (first) == meta);

  GstMapInfo map;
  g_assert_true (gst_buffer_map (first, &map, GST_MAP_READ));
  g_assert_true (map.data == meta->storage);
  gst_buffer_unmap (first, &map);

  GstBuffer *second = yl_packet_pool_acquire (pool, &other);
  g_assert_nonnull (second);
  g_assert_null (yl_packet_pool_acquire (pool, &other)); /* never waits */

  /* It comes back whole, with the same memory. */
  uint8_t *storage = meta->storage;
  gst_buffer_unref (first);
  first = yl_packet_pool_acquire (pool, &meta);
  g_assert_true (meta->storage == storage);
  yl_packet_buffer_set_size (first, YL_PACKET_STORAGE);
  g_assert_cmpuint (gst_buffer_get_size (first), ==, YL_PACKET_STORAGE);

  gst_buffer_unref (first);
  gst_buffer_unref (second);
  gst_buffer_pool_set_active (pool, FALSE);
  gst_object_unref (pool);
}

static void
test_copy_is_ordinary (void)
{
  GstBufferPool *pool = yl_packet_pool_new (1);
  YlPacketMeta *meta;
  GstBuffer *buffer = yl_packet_pool_acquire (pool, &meta);
  GstBuffer *copy = gst_buffer_copy_deep (buffer);
  g_assert_null (yl_packet_meta_get (copy));
  gst_buffer_unref (copy);
  gst_buffer_unref (buffer);
  gst_buffer_pool_set_active (pool, FALSE);
  gst_object_unref (pool);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plugins/packet-meta/pool", test_pool);
  g_test_add_func ("/plugins/packet-meta/copy-is-ordinary",
                   test_copy_is_ordinary);
  return g_test_run ();
}
