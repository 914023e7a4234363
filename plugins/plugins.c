/* plugins.c: the elements, registered from a file or from the daemon */
#include "config.h"

#include "plugins.h"

#include "plugin-init.h"
#include "router/ylrouter.h"
#include "rtcsink/ylrtcsink.h"
#include "rtcsrc/ylrtcsrc.h"

#include <gst/gst.h>

/* Also the entry of the plug-in file. */
gboolean
yl_plugins_init (GstPlugin *plugin)
{
  return gst_element_register (plugin, "ylrtcsrc", GST_RANK_NONE,
                               YL_TYPE_RTC_SRC)
         && gst_element_register (plugin, "ylrouter", GST_RANK_NONE,
                                  YL_TYPE_ROUTER)
         && gst_element_register (plugin, "ylrtcsink", GST_RANK_NONE,
                                  YL_TYPE_RTC_SINK);
}

void
yl_plugins_register_static (void)
{
  gst_plugin_register_static (GST_VERSION_MAJOR, GST_VERSION_MINOR, "yilian",
                              "Media path of the Yilian consultation gateway",
                              yl_plugins_init, PACKAGE_VERSION, "LGPL",
                              PACKAGE_NAME, PACKAGE_NAME,
                              "https://yilian.example/");
}
