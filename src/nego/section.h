/* section.h: one offered m= section to what is accepted of it */
#pragma once

#include "nego/nego.h"
#include "sdp/sdp-offer.h"

/**
 * yl_nego_accept_section:
 * @section: (out): zero when it is rejected (port 0): n_codecs is 0 then
 * @bundled: is its mid in the BUNDLE group?
 *
 * SSRCs of slots are left 0: the session chooses them.
 *
 * Returns: %false if the section would be accepted but lacks rtcp-mux.
 */
bool yl_nego_accept_section (const YlSdpSection *offered, bool bundled,
                             YlNegoRole role, bool simulcast,
                             YlPeerSection *section, GError **error);
