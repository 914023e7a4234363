/* ylrtcsink.h: the end of the packet path: lists with a plan leave here */
#pragma once

#include <gst/gst.h>

#define YL_TYPE_RTC_SINK (yl_rtc_sink_get_type ())
G_DECLARE_FINAL_TYPE (YlRtcSink, yl_rtc_sink, YL, RTC_SINK, GstElement)
