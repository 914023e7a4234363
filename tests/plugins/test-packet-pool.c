/* test-packet-pool.c: pooled packet buffers */
#include "packet-pool.h"

#include <pthread.h>
#include <string.h>

static void
test_pool (void)
{
  g_autoptr (YlPacketPool) pool = yl_packet_pool_new (2);
  YlPacketMeta *meta, *other;
  GstBuffer *first = yl_packet_pool_acquire (pool, &meta);
  g_assert_nonnull (first);
  g_assert_cmpuint (GPOINTER_TO_SIZE (meta->storage) % 4, ==, 0);
  memset (meta->storage, 7, YL_PACKET_STORAGE);
  yl_packet_meta_set_size (meta, 100);
  g_assert_cmpuint (gst_buffer_get_size (first), ==, 100);
  g_assert_true (yl_packet_meta_get (first) == meta);
  g_assert_true (meta->buffer == first);

  GstMapInfo map;
  g_assert_true (gst_buffer_map (first, &map, GST_MAP_READ));
  g_assert_true (map.data == meta->storage);
  gst_buffer_unmap (first, &map);

  GstBuffer *second = yl_packet_pool_acquire (pool, &other);
  g_assert_nonnull (second);
  g_assert_null (yl_packet_pool_acquire (pool, &other)); /* never waits */

  /* It comes back as it was made, with the same memory. */
  uint8_t *storage = meta->storage;
  GST_BUFFER_PTS (first) = 5;
  GST_BUFFER_FLAG_SET (first, GST_BUFFER_FLAG_DISCONT);
  gst_buffer_unref (first);
  first = yl_packet_pool_acquire (pool, &meta);
  g_assert_true (meta->storage == storage);
  g_assert_false (GST_BUFFER_PTS_IS_VALID (first));
  g_assert_false (GST_BUFFER_FLAG_IS_SET (first, GST_BUFFER_FLAG_DISCONT));
  yl_packet_meta_set_size (meta, YL_PACKET_STORAGE);
  g_assert_cmpuint (gst_buffer_get_size (first), ==, YL_PACKET_STORAGE);

  gst_buffer_unref (first);
  gst_buffer_unref (second);
}

/* Its memory is still in the cache. */
static void
test_newest_first (void)
{
  g_autoptr (YlPacketPool) pool = yl_packet_pool_new (3);
  GstBuffer *buffers[3];
  YlPacketMeta *meta;
  for (size_t i = 0; i < G_N_ELEMENTS (buffers); i++)
    buffers[i] = yl_packet_pool_acquire (pool, &meta);
  for (size_t i = 0; i < G_N_ELEMENTS (buffers); i++)
    gst_buffer_unref (buffers[i]);
  GstBuffer *taken = yl_packet_pool_acquire (pool, &meta);
  g_assert_true (taken == buffers[2]);
  gst_buffer_unref (taken);
}

static void
test_copy_is_ordinary (void)
{
  g_autoptr (YlPacketPool) pool = yl_packet_pool_new (1);
  YlPacketMeta *meta;
  GstBuffer *buffer = yl_packet_pool_acquire (pool, &meta);
  GstBuffer *copy = gst_buffer_copy_deep (buffer);
  g_assert_null (yl_packet_meta_get (copy));
  gst_buffer_unref (copy);
  gst_buffer_unref (buffer);
}

/* Somebody who still reads the memory must not see the next packet in it. */
static void
test_shared_memory_is_not_reused (void)
{
  g_autoptr (YlPacketPool) pool = yl_packet_pool_new (1);
  YlPacketMeta *meta;
  GstBuffer *buffer = yl_packet_pool_acquire (pool, &meta);
  memset (meta->storage, 1, YL_PACKET_STORAGE);
  yl_packet_meta_set_size (meta, YL_PACKET_STORAGE);
  GstMemory *shared = gst_buffer_get_memory (buffer, 0);
  gst_buffer_unref (buffer);

  buffer = yl_packet_pool_acquire (pool, &meta);
  g_assert_nonnull (buffer);
  memset (meta->storage, 2, YL_PACKET_STORAGE);
  GstMapInfo map;
  g_assert_true (gst_memory_map (shared, &map, GST_MAP_READ));
  g_assert_cmpuint (map.data[0], ==, 1);
  gst_memory_unmap (shared, &map);
  gst_memory_unref (shared);
  gst_buffer_unref (buffer);
}

/* What others hung on a buffer goes with it. */
static void
test_changed_is_not_reused (void)
{
  g_autoptr (YlPacketPool) pool = yl_packet_pool_new (1);
  YlPacketMeta *meta;
  GstBuffer *buffer = yl_packet_pool_acquire (pool, &meta);
  GstBuffer *parent = gst_buffer_new ();
  gst_buffer_add_parent_buffer_meta (buffer, parent);
  gst_buffer_unref (buffer);
  g_assert_cmpint (GST_MINI_OBJECT_REFCOUNT_VALUE (parent), ==, 1);
  gst_buffer_unref (parent);

  buffer = yl_packet_pool_acquire (pool, &meta);
  gst_buffer_remove_all_memory (buffer);
  gst_buffer_unref (buffer);
  buffer = yl_packet_pool_acquire (pool, &meta);
  g_assert_cmpuint (gst_buffer_n_memory (buffer), ==, 1);
  gst_buffer_unref (buffer);
}

static void
test_outlives_the_pool (void)
{
  YlPacketPool *pool = yl_packet_pool_new (2);
  YlPacketMeta *meta, *other;
  GstBuffer *used = yl_packet_pool_acquire (pool, &meta);
  gst_buffer_unref (yl_packet_pool_acquire (pool, &other));
  memset (meta->storage, 9, YL_PACKET_STORAGE);
  yl_packet_pool_close (pool);
  g_assert_cmpuint (meta->storage[7], ==, 9);
  gst_buffer_unref (used);
}

/* Hands one buffer at a time to another thread. Not GAsyncQueue: a thread
 * sanitizer does not see GLib's locks. */
typedef struct {
  pthread_mutex_t lock;
  pthread_cond_t changed;
  GstBuffer *buffer;
  bool last;
} Hatch;

static GstBuffer *
take_from (Hatch *self)
{
  pthread_mutex_lock (&self->lock);
  while (self->buffer == NULL && !self->last)
    pthread_cond_wait (&self->changed, &self->lock);
  GstBuffer *buffer = self->buffer;
  self->buffer = NULL;
  pthread_cond_broadcast (&self->changed);
  pthread_mutex_unlock (&self->lock);
  return buffer;
}

static void
hand_over (Hatch *self, GstBuffer *buffer)
{
  pthread_mutex_lock (&self->lock);
  while (self->buffer != NULL)
    pthread_cond_wait (&self->changed, &self->lock);
  self->buffer = buffer;
  self->last = buffer == NULL;
  pthread_cond_broadcast (&self->changed);
  pthread_mutex_unlock (&self->lock);
}

static void *
give_back_all (void *user)
{
  Hatch *hatch = user;
  GstBuffer *buffer;
  while ((buffer = take_from (hatch)) != NULL)
    gst_buffer_unref (buffer);
  return NULL;
}

/* Two threads give back what a third takes; none is lost, none is twice
 * there. */
static void
test_given_back_elsewhere (void)
{
  enum { THREADS = 2, BUFFERS = 8, ROUNDS = 20000 };
  g_autoptr (YlPacketPool) pool = yl_packet_pool_new (BUFFERS);
  Hatch hatches[THREADS];
  pthread_t threads[THREADS];
  GstBuffer *all[BUFFERS];
  YlPacketMeta *meta;
  for (int i = 0; i < THREADS; i++) {
    hatches[i] = (Hatch){ PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER,
                          NULL, false };
    pthread_create (&threads[i], NULL, give_back_all, &hatches[i]);
  }
  /* A thread has one in its hatch and one in hand at most. */
  for (int i = 0; i < ROUNDS; i++) {
    GstBuffer *buffer = yl_packet_pool_acquire (pool, &meta);
    g_assert_nonnull (buffer);
    g_assert_cmpint (GST_MINI_OBJECT_REFCOUNT_VALUE (buffer), ==, 1);
    hand_over (&hatches[i % THREADS], buffer);
  }
  for (int i = 0; i < THREADS; i++) {
    hand_over (&hatches[i], NULL);
    pthread_join (threads[i], NULL);
  }
  for (int i = 0; i < BUFFERS; i++) {
    all[i] = yl_packet_pool_acquire (pool, &meta);
    g_assert_nonnull (all[i]);
    for (int other = 0; other < i; other++)
      g_assert_true (all[i] != all[other]);
  }
  g_assert_null (yl_packet_pool_acquire (pool, &meta));
  for (int i = 0; i < BUFFERS; i++)
    gst_buffer_unref (all[i]);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plugins/packet-pool/pool", test_pool);
  g_test_add_func ("/plugins/packet-pool/newest-first", test_newest_first);
  g_test_add_func ("/plugins/packet-pool/copy-is-ordinary",
                   test_copy_is_ordinary);
  g_test_add_func ("/plugins/packet-pool/shared-memory-is-not-reused",
                   test_shared_memory_is_not_reused);
  g_test_add_func ("/plugins/packet-pool/changed-is-not-reused",
                   test_changed_is_not_reused);
  g_test_add_func ("/plugins/packet-pool/outlives-the-pool",
                   test_outlives_the_pool);
  g_test_add_func ("/plugins/packet-pool/given-back-elsewhere",
                   test_given_back_elsewhere);
  return g_test_run ();
}
