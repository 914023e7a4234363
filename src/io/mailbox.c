#include "io/mailbox.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* A pthread mutex, not a GMutex: TSan understands it without annotations. */
struct YlMailbox {
  /* constant */
  size_t item_size;
  uint32_t capacity;
  int fd;

  _Atomic uint64_t refused;

  /* under the lock; the fd is written and drained under it as well, so that
   * "readable" and "not empty" cannot drift apart */
  pthread_mutex_t lock;
  uint32_t first;
  uint32_t n;
  bool signalled;
  uint8_t *items;
};

YlMailbox *
yl_mailbox_new (size_t item_size, uint32_t capacity, GError **error)
{
  g_return_val_if_fail (item_size > 0 && capacity > 0, NULL);
  const int fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (fd < 0) {
    const int code = errno;
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
                 "no event fd: %s", g_strerror (code));
    return NULL;
  }
  YlMailbox *self = g_new0 (YlMailbox, 1);
  self->item_size = item_size;
  self->capacity = capacity;
  self->fd = fd;
  self->items = g_malloc_n (capacity, item_size);
  pthread_mutex_init (&self->lock, NULL);
  return self;
}

void
yl_mailbox_free (YlMailbox *self)
{
  if (self == NULL)
    return;
  pthread_mutex_destroy (&self->lock);
  close (self->fd);
  g_free (self->items);
  g_free (self);
}

static void
signal_locked (YlMailbox *self)
{
  const uint64_t one = 1;
  if (!self->signalled)
    self->signalled = write (self->fd, &one, sizeof one) == sizeof one;
}

static void
unsignal_locked (YlMailbox *self)
{
  uint64_t count;
  if (self->signalled)
    self->signalled = read (self->fd, &count, sizeof count) != sizeof count;
}

bool
yl_mailbox_post (YlMailbox *self, const void *item)
{
  pthread_mutex_lock (&self->lock);
  const bool fits = self->n < self->capacity;
  if (fits) {
    const uint32_t at = (self->first + self->n) % self->capacity;
    memcpy (self->items + at * self->item_size, item, self->item_size);
    self->n++;
    signal_locked (self);
  }
  pthread_mutex_unlock (&self->lock);
  if (!fits)
    atomic_fetch_add_explicit (&self->refused, 1, memory_order_relaxed);
  return fits;
}

bool
yl_mailbox_take (YlMailbox *self, void *item)
{
  pthread_mutex_lock (&self->lock);
  const bool found = self->n > 0;
  if (found) {
    memcpy (item, self->items + self->first * self->item_size, self->item_size);
    self->first = (self->first + 1) % self->capacity;
    self->n--;
  } else {
    unsignal_locked (self);
  }
  pthread_mutex_unlock (&self->lock);
  return found;
}

uint32_t
yl_mailbox_length (YlMailbox *self)
{
  pthread_mutex_lock (&self->lock);
  const uint32_t n = self->n;
  pthread_mutex_unlock (&self->lock);
  return n;
}

int
yl_mailbox_fd (const YlMailbox *self)
{
  return self->fd;
}

void
yl_mailbox_wake (YlMailbox *self)
{
  pthread_mutex_lock (&self->lock);
  signal_locked (self);
  pthread_mutex_unlock (&self->lock);
}

uint64_t
yl_mailbox_refused (const YlMailbox *self)
{
  return atomic_load_explicit (&self->refused, memory_order_relaxed);
}
