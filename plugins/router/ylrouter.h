/* ylrouter.h: who gets what, behind pads */
#pragma once

#include <gst/gst.h>

#define YL_TYPE_ROUTER (yl_router_get_type ())
G_DECLARE_FINAL_TYPE (YlRouter, yl_router, YL, ROUTER, GstElement)
