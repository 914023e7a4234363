/* ylrtcsrc.h: what the peers of one worker publish, a pad per track
 *
 * Property "worker": a YlWorker pointer that outlives the element. The task
 * of this element is the worker thread: while PLAYING it runs the worker's
 * turns and pushes one GstBufferList per track and batch. Every buffer
 * carries a YlPacketMeta. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define YL_TYPE_RTC_SRC (yl_rtc_src_get_type ())
G_DECLARE_FINAL_TYPE (YlRtcSrc, yl_rtc_src, YL, RTC_SRC, GstElement)

GST_ELEMENT_REGISTER_DECLARE (ylrtcsrc)

G_END_DECLS
