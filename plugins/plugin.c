/* plugin.c: entry of the plug-in file, libgstyilian.so */
#include "config.h"

#include "plugin-init.h"

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, yilian,
                   "Media path of the Yilian consultation gateway",
                   yl_plugins_init, PACKAGE_VERSION, "LGPL", PACKAGE_NAME,
                   "https://yilian.example/")
