/* plugin-init.h: what the plug-in file and the daemon register alike */
#pragma once

#include <gst/gst.h>

gboolean yl_plugins_init (GstPlugin *plugin);
