/* datagram-bio.c: an OpenSSL BIO that keeps the borders of datagrams */
#include "dtls/datagram-bio.h"

#include "dtls/dtls.h"

#include <string.h>

static int
bio_read (BIO *bio, char *data, int size)
{
  YlDatagramQueue *queue = BIO_get_data (bio);
  BIO_clear_retry_flags (bio);
  if (queue->input == NULL) {
    BIO_set_retry_read (bio);
    return -1;
  }
  /* As a socket does: what does not fit is lost. */
  const size_t n = MIN ((size_t) size, queue->input_size);
  memcpy (data, queue->input, n);
  queue->input = NULL;
  return (int) n;
}

static int
bio_write (BIO *bio, const char *data, int size)
{
  YlDatagramQueue *queue = BIO_get_data (bio);
  BIO_clear_retry_flags (bio);
  if (queue->output.length == YL_DATAGRAM_QUEUE_MAX) {
    queue->dropped++;
    return size;
  }
  YlDatagram *datagram = g_malloc (sizeof *datagram + (size_t) size);
  datagram->size = (size_t) size;
  memcpy (datagram->data, data, (size_t) size);
  g_queue_push_tail (&queue->output, datagram);
  return size;
}

static long
bio_ctrl (BIO *bio, int command, long number, void *pointer)
{
  switch (command) {
  case BIO_CTRL_FLUSH:
    return 1;
  case BIO_CTRL_DGRAM_QUERY_MTU:
  case BIO_CTRL_DGRAM_GET_MTU:
  case BIO_CTRL_DGRAM_GET_FALLBACK_MTU:
    return YL_DTLS_MTU;
  default:
    return 0;
  }
}

/* Shared by all BIOs of the process and never freed. */
static const BIO_METHOD *
get_method (void)
{
  static gsize method = 0;
  if (g_once_init_enter (&method)) {
    const int type = BIO_get_new_index () | BIO_TYPE_SOURCE_SINK;
    BIO_METHOD *m = BIO_meth_new (type, "datagram");
    BIO_meth_set_read (m, bio_read);
    BIO_meth_set_write (m, bio_write);
    BIO_meth_set_ctrl (m, bio_ctrl);
    g_once_init_leave (&method, (gsize) m);
  }
  return (const BIO_METHOD *) method;
}

BIO *
yl_datagram_bio_new (YlDatagramQueue *queue)
{
  BIO *bio = BIO_new (get_method ());
  if (bio != NULL) {
    BIO_set_data (bio, queue);
    BIO_set_init (bio, 1);
  }
  return bio;
}

void
yl_datagram_queue_init (YlDatagramQueue *self)
{
  memset (self, 0, sizeof *self);
  g_queue_init (&self->output);
}

void
yl_datagram_queue_clear (YlDatagramQueue *self)
{
  g_queue_clear_full (&self->output, g_free);
}
