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

bool
yl_datagram_next_record (YlReader *in, YlDatagramRecord *record)
{
  record->start = in->cur;
  record->type = yl_reader_u8 (in);
  yl_reader_skip (in, 2); /* version */
  record->epoch = yl_reader_u16 (in);
  record->seq = (uint64_t) yl_reader_u16 (in) << 32;
  record->seq |= yl_reader_u32 (in);
  yl_reader_skip (in, yl_reader_u16 (in));
  record->size = (size_t) (in->cur - record->start);
  return !in->failed;
}

static void
note_numbers (YlDatagramQueue *queue, const uint8_t *data, size_t size)
{
  YlReader in = yl_reader_init (data, size);
  YlDatagramRecord record;
  while (yl_reader_left (&in) > 0 && yl_datagram_next_record (&in, &record))
    if (record.epoch == 1)
      queue->next_seq = MAX (queue->next_seq, record.seq + 1);
}

static int
bio_write (BIO *bio, const char *data, int size)
{
  YlDatagramQueue *queue = BIO_get_data (bio);
  BIO_clear_retry_flags (bio);
  note_numbers (queue, (const uint8_t *) data, (size_t) size);
  yl_datagram_queue_push (queue, (const uint8_t *) data, (size_t) size);
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
yl_datagram_queue_push (YlDatagramQueue *self, const uint8_t *data, size_t size)
{
  if (self->output.length == YL_DATAGRAM_QUEUE_MAX) {
    self->dropped++;
    return;
  }
  YlDatagram *datagram = g_malloc (sizeof *datagram + size);
  datagram->size = size;
  memcpy (datagram->data, data, size);
  g_queue_push_tail (&self->output, datagram);
}

void
yl_datagram_queue_clear (YlDatagramQueue *self)
{
  g_queue_clear_full (&self->output, g_free);
}
