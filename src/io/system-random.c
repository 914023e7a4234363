#include "io/system-random.h"

#include <errno.h>
#include <glib.h>
#include <sys/random.h>

static void
fill (YlRandom *self, uint8_t *data, size_t size)
{
  (void) self;
  while (size > 0) {
    const ssize_t n = getrandom (data, size, 0);
    if (n < 0 && errno != EINTR)
      g_error ("getrandom failed: %s", g_strerror (errno));
    if (n > 0) {
      data += n;
      size -= (size_t) n;
    }
  }
}

void
yl_system_random_init (YlRandom *self)
{
  *self = (YlRandom){ .fill = fill };
}
