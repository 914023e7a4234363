/* pad-properties.c: what both tap and branch pads are told, and tell */
#include "router/pad-properties.h"

#include "router/rtp-caps.h"

void
yl_pad_properties_install (GObjectClass *klass, const YlPadTexts *texts)
{
  const GParamFlags rw = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;
  g_object_class_install_property (
      klass, YL_PAD_ROOM,
      g_param_spec_uint64 ("room", "Room", texts->room, 0, G_MAXUINT64, 0, rw));
  g_object_class_install_property (
      klass, YL_PAD_KIND,
      g_param_spec_string ("kind", "Kind", texts->kind, texts->default_kind,
                           rw));
  g_object_class_install_property (
      klass, YL_PAD_DROPPED,
      g_param_spec_uint64 ("dropped", "Dropped", texts->dropped, 0, G_MAXUINT64,
                           0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

bool
yl_pad_properties_set (YlPadProperties *self, guint id, const GValue *value)
{
  switch (id) {
  case YL_PAD_ROOM:
    self->room = g_value_get_uint64 (value);
    return true;
  case YL_PAD_KIND:
    self->any_kind = g_value_get_string (value) == NULL;
    self->kind = yl_rtp_caps_kind (g_value_get_string (value));
    return true;
  default:
    return false;
  }
}

bool
yl_pad_properties_get (const YlPadProperties *self, guint id, GValue *value)
{
  switch (id) {
  case YL_PAD_ROOM:
    g_value_set_uint64 (value, self->room);
    return true;
  case YL_PAD_KIND:
    g_value_set_static_string (
        value, self->any_kind ? NULL : yl_rtp_caps_kind_name (self->kind));
    return true;
  case YL_PAD_DROPPED:
    g_value_set_uint64 (value, self->dropped);
    return true;
  default:
    return false;
  }
}
