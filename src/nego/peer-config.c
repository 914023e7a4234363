#include "nego/peer-config.h"

#include <glib.h>
#include <string.h>

YlPeerConfig *
yl_peer_config_new (void)
{
  return g_atomic_rc_box_new0 (YlPeerConfig);
}

YlPeerConfig *
yl_peer_config_fit (const YlPeerConfig *self)
{
  const size_t size = offsetof (YlPeerConfig, sections)
                      + self->n_sections * sizeof self->sections[0];
  YlPeerConfig *copy = g_atomic_rc_box_alloc (size);
  memcpy (copy, self, size);
  return copy;
}

YlPeerConfig *
yl_peer_config_ref (YlPeerConfig *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
yl_peer_config_unref (YlPeerConfig *self)
{
  g_atomic_rc_box_release (self);
}
