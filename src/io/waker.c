#include "io/waker.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

typedef enum {
  AWAKE,
  ASLEEP,
  WOKEN, /* since it last looked */
} State;

struct YlWaker {
  int fd;
  _Atomic unsigned references;
  _Atomic State state;
  _Atomic unsigned long writes;
};

YlWaker *
yl_waker_new (GError **error)
{
  const int fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (fd < 0) {
    const int code = errno;
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
                 "no event fd: %s", g_strerror (code));
    return NULL;
  }
  YlWaker *self = g_new0 (YlWaker, 1);
  self->fd = fd;
  atomic_init (&self->references, 1);
  atomic_init (&self->state, AWAKE);
  return self;
}

YlWaker *
yl_waker_ref (YlWaker *self)
{
  atomic_fetch_add_explicit (&self->references, 1, memory_order_relaxed);
  return self;
}

void
yl_waker_unref (YlWaker *self)
{
  if (self == NULL
      || atomic_fetch_sub_explicit (&self->references, 1, memory_order_acq_rel)
             > 1)
    return;
  close (self->fd);
  g_free (self);
}

void
yl_waker_wake (YlWaker *self)
{
  const uint64_t one = 1;
  if (atomic_exchange (&self->state, WOKEN) != ASLEEP)
    return;
  atomic_fetch_add_explicit (&self->writes, 1, memory_order_relaxed);
  /* The counter cannot be full: every write but one was read. */
  (void) !write (self->fd, &one, sizeof one);
}

unsigned long
yl_waker_writes (const YlWaker *self)
{
  return atomic_load_explicit (&self->writes, memory_order_relaxed);
}

int
yl_waker_fd (const YlWaker *self)
{
  return self->fd;
}

bool
yl_waker_sleep (YlWaker *self)
{
  if (atomic_exchange (&self->state, ASLEEP) != WOKEN)
    return true;
  atomic_store (&self->state, AWAKE);
  return false;
}

void
yl_waker_awake (YlWaker *self, bool readable)
{
  uint64_t count;
  /* The write of a wake may come after this, then it ends the next sleep. */
  /* An exchange: what a wake announced is seen from here on. */
  (void) atomic_exchange (&self->state, AWAKE);
  if (readable)
    (void) !read (self->fd, &count, sizeof count);
}
