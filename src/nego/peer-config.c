#include "nego/peer-config.h"

#include <glib.h>

YlPeerConfig *
yl_peer_config_new (void)
{
  return g_atomic_rc_box_new0 (YlPeerConfig);
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
