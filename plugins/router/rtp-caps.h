/* rtp-caps.h: tracks as GStreamer's RTP caps, and back */
#pragma once

#include "sfu/sfu.h"

#include <gst/gst.h>

/* (transfer full): caps event for packets like @packet. */
GstEvent *yl_rtp_caps_event (const YlSfuTrack *info, const YlPacket *packet);

/* Reads media, encoding-name and clock-rate into @info. False: a codec that
 * is not forwarded; @info untouched. */
bool yl_rtp_caps_read (const GstCaps *caps, YlSfuTrack *info);

/* "audio", "video"; anything else is audio. */
YlMediaKind yl_rtp_caps_kind (const char *name);
const char *yl_rtp_caps_kind_name (YlMediaKind kind);
