/* link.c: two DTLS associations, a link that misbehaves, and virtual time */
#include "link.h"

#include "base/time.h"

#include <string.h>
#include <sys/time.h>

static uint64_t virtual_us;

/* Takes the place of libc's for libssl. */
__attribute__ ((visibility ("default"))) int
gettimeofday (struct timeval *restrict now, void *restrict zone)
{
  now->tv_sec = (time_t) (1000 + virtual_us / YL_US_PER_S);
  now->tv_usec = (suseconds_t) (virtual_us % YL_US_PER_S);
  return 0;
}

static LinkFate
pass (Link *link, const uint8_t *data, size_t size)
{
  return LINK_PASS;
}

void
link_init (Link *link, YlDtls *server, YlDtls *client)
{
  *link = (Link){ .ends = { server, client },
                  .fate = pass,
                  .rand = g_rand_new_with_seed (1) };
  virtual_us = 0;
}

void
link_clear (Link *link)
{
  yl_dtls_free (link->ends[0]);
  yl_dtls_free (link->ends[1]);
  g_rand_free (link->rand);
}

static void
deliver (Link *link, unsigned to, GBytes *datagram)
{
  size_t size;
  const uint8_t *data = g_bytes_get_data (datagram, &size);
  yl_dtls_receive (link->ends[to], data, size, link->now_us);
}

static bool
settle_once (Link *link, unsigned from)
{
  g_autoptr (GPtrArray) late =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  bool any = false;
  const uint8_t *data;
  size_t size;
  while ((size = yl_dtls_poll_transmit (link->ends[from], &data)) > 0) {
    g_autoptr (GBytes) datagram = g_bytes_new (data, size);
    const LinkFate fate = link->fate (link, data, size);
    any = true;
    link->sent++;
    link->largest = MAX (link->largest, size);
    if (fate == LINK_LATE)
      g_ptr_array_add (late, g_bytes_ref (datagram));
    else if (fate != LINK_DROP)
      deliver (link, !from, datagram);
    if (fate == LINK_REPEAT)
      deliver (link, !from, datagram);
  }
  for (guint i = 0; i < late->len; i++)
    deliver (link, !from, g_ptr_array_index (late, i));
  return any;
}

void
link_settle (Link *link)
{
  bool any = true;
  while (any) {
    any = settle_once (link, 1);
    any = settle_once (link, 0) || any;
  }
}

uint64_t
link_run (Link *link, uint64_t limit_us)
{
  const uint64_t start_us = link->now_us;
  link_settle (link);
  while (!yl_dtls_is_connected (link->ends[0])
         || !yl_dtls_is_connected (link->ends[1])) {
    const uint64_t next_us =
        yl_time_min (yl_dtls_next_deadline (link->ends[0]),
                     yl_dtls_next_deadline (link->ends[1]));
    if (next_us == YL_NEVER || next_us - start_us > limit_us)
      break;
    link->now_us = virtual_us = next_us;
    for (unsigned i = 0; i < 2; i++)
      yl_dtls_handle_timeout (link->ends[i], link->now_us);
    link_settle (link);
  }
  return link->now_us - start_us;
}
