/* gcm.c: which library does AES-GCM */
#include "srtp/gcm.h"

#include <stdatomic.h>

static _Atomic bool only_portable;

void
yl_gcm_set_portable (bool portable)
{
  atomic_store (&only_portable, portable);
}

const YlGcm *
yl_gcm_get (void)
{
  const YlGcm *fast = atomic_load (&only_portable) ? NULL : yl_gcm_ipsec_mb ();
  return fast != NULL ? fast : yl_gcm_openssl ();
}
